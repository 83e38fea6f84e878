"""Studies begin, gain and lose files: reading uploads into the workspace, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.errors import AnalysisError
from ui import undo
from ui.compute import LoadedStudy, workspace

if TYPE_CHECKING:
    from analysis.goals import Goal
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe

NAME_LENGTH = 200
Say = Callable[..., None]
"""Takes the key and the facts of the sentence that says which step has begun."""
Report = Callable[[float], None]
"""Takes how far the work is, 0..1."""


def put_down(files: Iterable[tuple[str, bytes | memoryview]], folder: Path) -> tuple[tuple[str, Path], ...]:
    """Put uploads into a folder under names of their own, so that they need no memory; return name and path of each."""
    found = []
    for place, (name, content) in enumerate(files):
        path = folder / f"upload_{place}"
        path.write_bytes(content)
        found.append((name, path))
    return tuple(found)


def read_uploads(
    files: Sequence[tuple[str, Path]], say: Say, recipe: Recipe | None = None, report: Report = lambda share: None
) -> list[RawTable]:
    """Read files, given as name and path, into raw tables, as the recipe of the study says where it says so.

    Raises
    ------
    AnalysisError
        As ``intake.read.read_file``, and ``file_twice`` when two files have the same content.
    """
    from dataclasses import replace

    from analysis.intake.reading.overrides import read_as_chosen
    from analysis.intake.reading.read import free_name

    tables: list[RawTable] = []
    first: dict[str, str] = {}
    size, done = sum(path.stat().st_size for _, path in files), 0
    for name, path in files:
        say("start.reading", file=name)
        # Of several files a share can be told; of one nobody knows.
        if len(files) > 1 and size:
            report(done / size)
        found = read_as_chosen(path, recipe, name=name, lasting=False)
        done += path.stat().st_size
        if found[0].fingerprint in first:
            raise AnalysisError("file_twice", file=name, first=first[found[0].fingerprint])
        shown = free_name(found[0].file, {table.file for table in tables})
        first[found[0].fingerprint] = shown
        tables += [replace(table, file=shown) for table in found]
    return tables


def begin(
    tables: Sequence[RawTable],
    *,
    name: str,
    goal: Goal | None,
    say: Say,
    by_hand: bool = False,
    originals: Iterable[Path] = (),
) -> str:
    """Create a study of these tables with the suggested recipe, as ``desk.begin``; return its id."""
    from analysis.workspace import desk

    return desk.begin(
        workspace(),
        tables,
        name=name,
        goal=goal,
        originals=originals,
        by_hand=by_hand,
        say=lambda step: say(f"start.{step}"),
    )


def add(
    study: LoadedStudy,
    tables: Sequence[RawTable],
    known: Sequence[TableGuess],
    say: Say,
    originals: Iterable[Path] = (),
) -> None:
    """Add tables to a study, as ``desk.add``; ``known`` is what was guessed of the tables that are there."""
    from analysis.workspace import desk

    desk.add(
        workspace(),
        study.id,
        tables,
        revision=study.revision,
        known=known,
        originals=originals,
        say=lambda step: say(f"start.{step}"),
    )


def remove(study: LoadedStudy, fingerprint: str) -> None:
    """Take a file with all its sheets out of a study, and what the recipe says of them."""
    from analysis.workspace import desk

    desk.remove(workspace(), study.id, fingerprint, revision=study.revision)
    undo.forget(workspace(), study.id)


def read_differently(table: RawTable, *, encoding: str | None, header_row: int | None) -> RawTable:
    """Return a table of the study as it reads with another encoding or header row; nothing is kept."""
    from analysis.workspace import desk

    return desk.read_differently(workspace(), table, encoding=encoding, header_row=header_row)


def keep_reading(
    study: LoadedStudy, old: RawTable, new: RawTable, *, encoding: str | None, header_row: int | None
) -> None:
    """Put another reading of a table in its place, with what the recipe says of it; both are kept or neither."""
    from analysis.workspace import desk

    desk.keep_reading(
        workspace(), study.id, old, new, encoding=encoding, header_row=header_row, revision=study.revision
    )
    undo.forget(workspace(), study.id)


def rename(study_id: str, name: str) -> None:
    """Give a study another name, in the list and in its recipe."""
    from analysis.workspace import desk

    desk.rename(workspace(), study_id, name)


def set_goal(study_id: str, goal: Goal | None) -> None:
    """Set the goal of a study."""
    from analysis.workspace import desk

    desk.set_goal(workspace(), study_id, goal)


def bring(source: Path | BinaryIO) -> str:
    """Add the study of an exported zip; return its id."""
    return workspace().import_study(source)


def packed(study_id: str) -> bytes:
    """Return a whole study as one zip."""
    import io

    target = io.BytesIO()
    workspace().export_study(study_id, target)
    return target.getvalue()
