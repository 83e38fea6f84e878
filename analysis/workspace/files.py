"""Files that are either whole or not there: temporary file, fsync, rename."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import parquet
from analysis.sealed.columns import Personal, beside
from analysis.temporary import own_folder
from analysis.workspace.home import MARK, TEMPORARY

if TYPE_CHECKING:
    import pandas as pd


@contextmanager
def whole_file(path: Path) -> Generator[Path]:
    """Yield a temporary file to write; it takes the place of ``path``, durably, when the block ends well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        yield temporary
        put(temporary, path)
    finally:
        remove(temporary)


def temporary_beside(path: Path) -> Path:
    """Return a fresh name on the disk of ``path``: in this process's own folder of the workspace that holds it.

    What is written elsewhere, as an export, has its name in the folder of ``path``.
    """
    home = _home_of(path)
    if home is None:
        return path.with_name(f".writing-{uuid.uuid4().hex}")
    return own_folder(home / TEMPORARY) / uuid.uuid4().hex


def fresh_id() -> str:
    """Return an id that nothing has had before."""
    return uuid.uuid4().hex


def put(source: Path, target: Path) -> None:
    """Move a finished file or folder to its place so that a loss of power leaves the old one or the new one.

    What is sealed of a file goes with it: it has a name of its own, so the file that names it decides which one counts.
    """
    private = _home_of(target) is not None
    sealed = beside(source) if source.is_file() else []
    for file in [source, *sealed] if source.is_file() else sorted(source.rglob("*")):
        if file.is_file():
            _sync(file)
        if private:
            _make_private(file)
    if source.is_dir():
        _sync_folder(source)
        if private:
            _make_private(source)
    target.parent.mkdir(mode=0o700 if private else 0o777, parents=True, exist_ok=True)
    kept = {target.with_name(target.name + one.name.removeprefix(source.name)) for one in sealed}
    for one, place in zip(sealed, sorted(kept), strict=True):
        os.replace(one, place)
    os.replace(source, target)
    _sync_folder(target.parent)
    for one in set(beside(target)) - kept:
        one.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Delete a file or folder; a folder is first renamed, so that half of it is never seen under its name."""
    if path.is_dir():
        doomed = temporary_beside(path)
        os.replace(path, doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
        for one in beside(path):
            one.unlink(missing_ok=True)


def write_frame(frame: pd.DataFrame, path: Path, *, personal: Personal = parquet.NOTHING) -> None:
    """Write a pandas frame as Parquet (zstd), whole or not at all."""
    with whole_file(path) as temporary:
        parquet.write_frame(frame, temporary, personal=personal)


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


def _home_of(path: Path) -> Path | None:
    """Return the workspace in which a path lies, or None."""
    return next((place for place in path.parents if (place / MARK).is_file()), None)


def _make_private(path: Path) -> None:
    if os.name != "nt":
        path.chmod(0o700 if path.is_dir() else 0o600)


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
