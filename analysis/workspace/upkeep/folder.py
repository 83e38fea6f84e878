"""The folder of a workspace: its mark, what in it is ours, and whether its database belongs to it.

Ours is what bears the mark and the shape of our names. Everything else in the folder is another's and is never touched.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.params import Params
from analysis.workspace.home import DATABASE, FOLDERS, HEAD, KEYS
from analysis.workspace.home import MARK as MARK
from analysis.workspace.home import TEMPORARY as TEMPORARY

FILES, STUDIES, EXPERIMENTS, TRASH = FOLDERS
PASSPORT = "study.json"
_NAMES = {
    FILES: re.compile(r"[0-9a-f]{64}"),
    STUDIES: re.compile(r"[0-9a-f]{32}"),
    EXPERIMENTS: re.compile(r"[0-9a-f]{32}"),
    TRASH: re.compile(r"[0-9a-f]{32}"),
}
# What an older version left of a write that was ended by force.
UNFINISHED = re.compile(r"\.writing-\d+-[0-9a-f]{32}-[0-9a-f]{32}")
# Left by the system or by a file manager in any folder.
_SYSTEM = {".DS_Store", "Thumbs.db", "desktop.ini", "lost+found"}


class Mark(Params):
    """The file that marks a folder as a workspace: the id it shares with its database."""

    id: str = Field(pattern=r"^[0-9a-f]{32}$")


def read_mark(home: Path) -> Mark | None:
    """Return the mark of a folder, or None when it bears none.

    Raises
    ------
    AnalysisError
        ``workspace_mark_unreadable``: the file is there and is no mark.
    """
    try:
        return Mark.model_validate_json((home / MARK).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ChoiceError) as error:
        raise AnalysisError("workspace_mark_unreadable", file=MARK, folder=str(home)) from error


def write_mark(home: Path, mark: Mark) -> None:
    """Mark a folder."""
    from analysis.workspace.files import whole_file

    with whole_file(home / MARK) as part:
        part.write_text(mark.model_dump_json(), "utf-8")


def own(home: Path, folder: str) -> Iterator[Path]:
    """Return what in one of our folders bears the shape of our names."""
    place = home / folder
    if place.is_dir() and not place.is_symlink():
        yield from (one for one in sorted(place.iterdir()) if _NAMES[folder].fullmatch(one.name) and one.is_dir())


def foreign(home: Path) -> list[str]:
    """Return what in our folders is not ours, relative to the home; it is left alone."""
    found = []
    for folder in FOLDERS:
        place = home / folder
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            found.append(folder)
        elif place.is_dir():
            ours = {one.name for one in own(home, folder)}
            found += [
                f"{folder}/{one.name}"
                for one in sorted(place.iterdir())
                if one.name not in ours | _SYSTEM and not UNFINISHED.fullmatch(one.name)
            ]
    return found


def holds_files(home: Path) -> bool:
    """Say whether there are rows, studies or experiments of a workspace in a folder."""
    return any(True for folder in (FILES, STUDIES, EXPERIMENTS) for _ in own(home, folder))


def holds_studies(home: Path) -> bool:
    """Say whether the folder knows of a study: its passport is written after the database names it, and goes before."""
    return any((one / PASSPORT).is_file() for one in own(home, STUDIES))


def check_before_opening(home: Path, *, has_database: bool) -> None:
    """Refuse a folder that is another's, or whose database is not there, before anything is written into it.

    Raises
    ------
    AnalysisError
        ``workspace_folder_foreign``, ``workspace_database_lost``, ``workspace_mark_unreadable``.
    """
    mark = read_mark(home)
    if not has_database and holds_files(home):
        raise AnalysisError("workspace_database_lost", folder=str(home), database=DATABASE)
    if mark is None and not (home / DATABASE).exists() and (others := foreign(home)):
        suggested = str(home / "portrait-workspace")
        raise AnalysisError("workspace_folder_foreign", folder=str(home), found=others[0], suggested=suggested)


def tie(home: Path, identity: str, n_studies: int) -> None:
    """Make sure that a database and a folder belong together. Called within a write transaction of the database.

    Raises
    ------
    AnalysisError
        ``workspace_database_lost``: the studies are gone and the files are there; ``workspace_database_other``: the
        database of another workspace.
    """
    mark = read_mark(home)
    if n_studies == 0 and holds_studies(home):
        raise AnalysisError("workspace_database_lost", folder=str(home), database=DATABASE)
    if mark is not None and mark.id != identity and holds_files(home):
        raise AnalysisError("workspace_database_other", folder=str(home))
    if mark is None:
        make_private(home, everything=True)
    if mark is None or mark.id != identity:
        write_mark(home, Mark(id=identity))


def make_private(home: Path, *, everything: bool = False) -> None:
    """Let only the user read what is ours: our folders and the database, or every file in them as well.

    The home itself too, unless it holds things of others.
    """
    if os.name == "nt":
        return
    ours = [home / folder for folder in FOLDERS if (home / folder).is_dir() and not (home / folder).is_symlink()]
    known = {*FOLDERS, TEMPORARY, MARK, HEAD, KEYS, *_SYSTEM}
    if all(one.name in known or one.name.startswith((DATABASE, KEYS)) for one in home.iterdir()):
        ours.append(home)
    single = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", MARK, HEAD, KEYS)
    ours += [home / name for name in single if (home / name).is_file()]
    if everything:
        ours += [path for folder in FOLDERS for one in own(home, folder) for path in (one, *one.rglob("*"))]
    for path in ours:
        wanted = 0o700 if path.is_dir() else 0o600
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) != wanted:
            path.chmod(wanted)
