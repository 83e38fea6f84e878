"""What Portrait has written itself, so that a walk through a folder never takes it for what it was made from."""

from __future__ import annotations

import zipfile
from pathlib import Path

from analysis import parquet

# In every folder of a run; what stands beside both of them under one of the other names is a part of that run.
SUMMARY, RECIPE = "summary.json", "recipe.yaml"
LISTS = {
    "parquet": ("profiles.parquet",),
    "csv": ("customers.csv", "segments.csv"),
    "xlsx": ("segments.xlsx",),
}
SET_ASIDE, FIT = "set_aside.csv", "fit.json"
RUN_FILES = (SUMMARY, RECIPE, SET_ASIDE, FIT, *(name for names in LISTS.values() for name in names))
AUTHOR = "Portrait"
PARQUET_MARK = b"portrait"
_CREATOR = f"<dc:creator>{AUTHOR}</dc:creator>".encode()


def is_own(path: Path) -> bool:
    """Say whether Portrait wrote this file: as a part of a run, or as a workbook or Parquet file that carries its mark.

    Examples
    --------
    >>> is_own(Path("sample_data/members_gbk.csv"))
    False
    """
    return is_of_a_run(path) or _has_mark(path)


def is_of_a_run(path: Path) -> bool:
    """Say whether a file is a part of what ``write_folder`` left in its folder."""
    return path.name in RUN_FILES and all((path.parent / name).is_file() for name in (SUMMARY, RECIPE))


def _has_mark(path: Path) -> bool:
    kind = path.suffix.lower()
    try:
        if kind == ".xlsx":
            with zipfile.ZipFile(path) as book, book.open("docProps/core.xml") as core:
                return _CREATOR in core.read(4096)
        if kind == ".parquet":
            with parquet.opened(path) as file:
                return PARQUET_MARK in (file.metadata.metadata or {})
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False  # whatever it is, it is read, and what is wrong with it is said there
    return False
