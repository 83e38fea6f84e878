"""A folder that a study watches: which files are new and complete, when it is due, how its runs went."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.intake.reading.read import TABLE_FILES
from analysis.params import Params

FAILURES_TOLD = 3
SETTLED = 2.0  # seconds without a change, after which a file counts as whole
EVERY = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=28)}
MOST_TAKEN = 10_000
_PARTIAL = (".part", ".crdownload", ".tmp", ".partial", ".download")


class Taken(Params):
    """A file that was taken in: its name, size in bytes and time of change in nanoseconds."""

    name: str = Field(max_length=1_000)
    size: int
    changed: int


class Watch(Params):
    """What a study watches.

    ``folder`` and ``pattern`` (``"orders_*.csv"``) say where files come to; ``every`` how often it is looked at.
    ``taken`` are the files that were taken in, each once; ``last_run`` when it was looked at last (UTC), ``problem``
    the code of what went wrong then, ``failures`` how many times in a row.
    """

    folder: str = Field(min_length=1, max_length=4_000)
    pattern: str = Field(default="*", min_length=1, max_length=200)
    every: Literal["day", "week", "month"] = "week"
    taken: tuple[Taken, ...] = Field(default=(), max_length=MOST_TAKEN)
    last_run: datetime | None = None
    problem: str = Field(default="", max_length=200)
    failures: int = Field(default=0, ge=0)

    @property
    def is_failing(self) -> bool:
        """Whether it has failed so often that the study says so."""
        return self.failures >= FAILURES_TOLD

    def next_run(self, now: datetime) -> datetime:
        """Return when it is due: at once where it never ran or failed, else a period after the last run."""
        if self.last_run is None or self.failures:
            return now
        return self.last_run + EVERY[self.every]


@dataclass(frozen=True)
class Found:
    """Files of a watched folder that are new: those that are whole, and those that somebody still writes."""

    whole: tuple[Path, ...]
    unfinished: tuple[Path, ...]


def new_files(watch: Watch, *, settled: float = SETTLED) -> Found:
    """Return the files of a folder that were not taken in yet; nothing is moved or changed.

    A file is whole when neither its size nor its time changes while it is looked at, and it has some content.

    Raises
    ------
    AnalysisError
        ``watch_folder_gone`` (folder).
    """
    folder = Path(watch.folder)
    if not folder.is_dir():
        raise AnalysisError("watch_folder_gone", folder=str(folder))
    known = {(one.name, one.size, one.changed) for one in watch.taken}
    first = {path: seen for path in _files(folder, watch.pattern) if (seen := _seen(path)) and seen not in known}
    if first and settled:
        time.sleep(settled)
    now = time.time_ns()
    whole = [
        path for path, seen in first.items()
        if _seen(path) == seen and seen[1] > 0 and now - seen[2] >= settled * 1e9
    ]  # fmt: skip
    return Found(tuple(whole), tuple(path for path in first if path not in whole))


def with_taken(watch: Watch, paths: Iterable[Path]) -> Watch:
    """Return the watch with files that were taken in."""
    new = tuple(Taken(name=name, size=size, changed=at) for path in paths for name, size, at in [_seen(path)] if name)
    return watch.model_copy(update={"taken": (*watch.taken, *new)[-MOST_TAKEN:]})


def _files(folder: Path, pattern: str) -> list[Path]:
    found = [path for path in folder.glob(pattern) if path.is_file() and not path.name.startswith((".", "~$"))]
    kinds = tuple(f".{kind.lstrip('.')}" for kind in TABLE_FILES)
    return sorted(path for path in found if path.suffix.lower() in kinds and path.suffix.lower() not in _PARTIAL)


def _seen(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return "", 0, 0
    return path.name, found.st_size, found.st_mtime_ns
