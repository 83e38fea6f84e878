"""Temporary files: a private folder of this process, and the sweep of the folders of processes that have ended.

Whether a process lives is told by a lock that it holds on a file in its folder. The system lets go of it however the
process ends; unlike a process id, even with the time of its start, the lock is right after the clock was set, and when
containers that number their processes alike share a folder.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

_PREFIX = "portrait-"
_LOCK = ".lock"
MAKING_SECONDS = 60  # longer than a folder is without its lock
_FOLDER = re.compile(rf"{_PREFIX}[A-Za-z0-9_]+")
# By root and process id: a process that was forked makes a folder of its own.
_MAKING = threading.RLock()
_OWN: dict[tuple[Path, int], tuple[Path, Any]] = {}


def own_folder(root: Path | None = None) -> Path:
    """Return the folder of this process under ``root``, which only its user may read; it is removed at exit.

    Parameters
    ----------
    root : Path, optional
        Default: the system's folder for temporary files.

    Examples
    --------
    >>> own_folder() == own_folder(), own_folder().is_dir()
    (True, True)
    """
    root = Path(tempfile.gettempdir()) if root is None else root
    key = root, os.getpid()
    with _MAKING:
        if key not in _OWN or not _OWN[key][0].is_dir():
            sweep(root)
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            _OWN[key] = _made(root)
        return _OWN[key][0]


def _made(root: Path) -> tuple[Path, Any]:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
    # The lock gets its name once it is held, so that no sweep meets it before.
    file = (folder / f"{_LOCK}-new").open("wb")
    Path(file.name).chmod(0o600)
    take_lock(file)
    if os.name != "nt":  # an open file cannot be renamed there
        os.replace(folder / f"{_LOCK}-new", folder / _LOCK)
    atexit.register(_remove, folder, os.getpid())
    return folder, file


def sweep(root: Path | None = None) -> int:
    """Delete the folders under ``root`` whose processes have ended; return how many.

    Only folders of this user, named and locked as ``own_folder`` does, are touched.
    """
    root = Path(tempfile.gettempdir()) if root is None else root
    if not root.is_dir():
        return 0
    return sum(_swept(place) for place in root.glob(f"{_PREFIX}*") if _FOLDER.fullmatch(place.name))


def _swept(folder: Path) -> bool:
    lock = folder / (_LOCK if os.name != "nt" else f"{_LOCK}-new")
    try:
        found = folder.lstat()
        if folder.is_symlink() or not folder.is_dir() or (os.name != "nt" and found.st_uid != os.getuid()):
            return False
        if not lock.exists() and found.st_mtime < time.time() - MAKING_SECONDS:  # its process ended while it made it
            lock = folder / f"{_LOCK}-new"
        with lock.open("r+b") as file:
            take_lock(file)
            if os.name != "nt":
                shutil.rmtree(folder, ignore_errors=True)
    except OSError:  # no lock, or one that a living process holds
        return False
    if os.name == "nt":
        shutil.rmtree(folder, ignore_errors=True)
    return True


def take_lock(file: Any) -> None:
    """Take the lock of an open file; OSError when another process holds it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove(folder: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)
