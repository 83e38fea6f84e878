"""One refresh at a time in a workspace: a lock that the system lets go of however its process ends."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.temporary import take_lock

LOCK, HOLDER = "refresh.lock", "refresh.holder"


@contextmanager
def only_refresh(home: Path) -> Generator[None]:
    """Hold the lock of refreshes.

    Raises
    ------
    AnalysisError
        ``refresh_running`` (process, since): another process refreshes in this workspace.

    Examples
    --------
    >>> import tempfile
    >>> with only_refresh(Path(tempfile.mkdtemp())):
    ...     pass
    """
    with (home / LOCK).open("ab") as file:
        try:
            take_lock(file)
        except OSError as problem:
            process, since = _holder(home)
            raise AnalysisError("refresh_running", process=process, since=since) from problem
        (home / HOLDER).write_text(f"{os.getpid()} {datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "utf-8")
        yield


def _holder(home: Path) -> tuple[str, str]:
    try:
        process, _, since = (home / HOLDER).read_text("utf-8").partition(" ")
    except OSError:
        return "?", "?"
    return process, since
