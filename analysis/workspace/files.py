"""Files that are either whole or not there: temporary file, fsync, rename; and the sweep of what a crash left."""

from __future__ import annotations

import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".writing-"
_TEMPORARY = re.compile(r"\.writing-(\d+)-([0-9a-f]{32})-[0-9a-f]{32}")
_PROCESS = uuid.uuid4().hex
_DAY_SECONDS = 86_400


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary file to write; it takes the place of ``path``, durably, when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        yield temporary
        put(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def temporary_beside(path: Path) -> Path:
    """Return a fresh name in the folder of ``path`` that ``sweep`` knows as unfinished work of this process."""
    return path.with_name(f"{_PREFIX}{os.getpid()}-{_PROCESS}-{uuid.uuid4().hex}")


def put(source: Path, target: Path) -> None:
    """Move a finished file or folder to its place so that a loss of power leaves the old one or the new one."""
    for file in [source] if source.is_file() else sorted(source.rglob("*")):
        if file.is_file():
            _sync(file)
    if source.is_dir():
        _sync_folder(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(source, target)
    _sync_folder(target.parent)


def remove(path: Path) -> None:
    """Delete a file or folder; a folder is first renamed, so that half of it is never seen under its name."""
    if path.is_dir():
        doomed = temporary_beside(path)
        os.replace(path, doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> int:
    """Delete what processes that are gone left unfinished under ``folder``; return how many entries."""
    stale = [path for path in folder.rglob(_PREFIX + "*") if _is_stale(path)]
    for path in stale:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(stale)


def write_folder(folder: Path, write: Callable[[Path], None]) -> None:
    """Fill a folder with ``write`` and put it in its place in one step."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(folder)
    temporary.mkdir()
    try:
        write(temporary)
        put(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _is_stale(path: Path) -> bool:
    match = _TEMPORARY.fullmatch(path.name)
    if match is None:
        return False
    pid, process = int(match[1]), match[2]
    if process == _PROCESS:
        return pid != os.getpid() and not _alive(pid)
    if pid != os.getpid() and _alive(pid):
        # The number may have been given to another process since: what nobody touched for a day is dead.
        try:
            return time.time() - path.stat().st_mtime > _DAY_SECONDS
        except FileNotFoundError:
            return False
    return True


def _alive(pid: int) -> bool:
    if os.name == "nt":
        return True  # os.kill(pid, 0) would end the process there; the age decides
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
