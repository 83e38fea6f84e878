"""What Portrait has written itself, so that a walk through a folder never takes it for what it was made from."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from analysis import parquet
from analysis.errors import AnalysisError
from analysis.intake.tables import ReadAs

if TYPE_CHECKING:
    from analysis.intake.tables import RawTable

# In every folder of a run; what stands beside both of them under one of the other names is a part of that run.
SUMMARY, RECIPE = "summary.json", "recipe.yaml"
LISTS = {
    "parquet": ("profiles.parquet",),
    "csv": ("customers.csv", "segments.csv"),
    "xlsx": ("segments.xlsx",),
}
SET_ASIDE, FIT, PREDICTIONS, TREND = "set_aside.csv", "fit.json", "predictions.csv", "trend.csv"
RUN_FILES = (SUMMARY, RECIPE, SET_ASIDE, FIT, PREDICTIONS, TREND, *(name for names in LISTS.values() for name in names))
# Headers of the lists, by which a copy under another name is known.
SEGMENT_LIST = ("method", "segment", "name", "customers", "share", "revenue", "revenue_share", "hidden")
SET_ASIDE_LIST = ("file", "sheet", "line", "reason")  # then those of the files
# The list of customers: the header of the id, and those that a segmentation may have, in each language.
CUSTOMER_LISTS = (
    ("Customer id", {
        "RFM segment", "Cluster", "Value tier", "Lifecycle stage", "Movement", "Segment by rule", "Hybrid",
    }),
    ("客户编号", {"RFM 分群", "聚类分群", "价值分层", "生命周期阶段", "客户流转", "规则分群", "交叉分群"}),
)  # fmt: skip
LONGEST_HEADER = 1 << 16  # bytes
AUTHOR = "Portrait"
PARQUET_MARK = b"portrait"
_CREATOR = f"<dc:creator>{AUTHOR}</dc:creator>".encode()


def is_own(path: Path) -> bool:
    """Say whether Portrait wrote this file: as a part of a run, with its mark, or as a list by its exact header.

    Examples
    --------
    >>> is_own(Path("sample_data/members_gbk.csv"))
    False
    """
    return is_of_a_run(path) or _has_mark(path)


def is_of_a_run(path: Path) -> bool:
    """Say whether a file is a part of what ``write_folder`` left in its folder."""
    return path.name in RUN_FILES and all((path.parent / name).is_file() for name in (SUMMARY, RECIPE))


def own_list(headers: Sequence[str]) -> Literal["segments", "set_aside", "customers"] | None:
    """Say which list of Portrait has these headers, if one has.

    Those of the list of customers are no proof: who keeps it in a book of their own may add to it.

    Examples
    --------
    >>> own_list(["file", "sheet", "line", "reason", "city"]), own_list(["Customer id", "Cluster", "City"])
    ('set_aside', 'customers')
    >>> own_list(["customer_id", "segment"])
    """
    first = tuple(headers)
    if first == SEGMENT_LIST:
        return "segments"
    if first[: len(SET_ASIDE_LIST)] == SET_ASIDE_LIST:
        return "set_aside"
    are_customers = any(first[:1] == (own_id,) and set(first[1:2]) & others for own_id, others in CUSTOMER_LISTS)
    return "customers" if are_customers else None


def refuse_own(tables: Sequence[RawTable]) -> list[RawTable]:
    """Refuse the list of segments, which holds no customer; ask about what looks like the list of customers.

    Raises
    ------
    AnalysisError
        ``file_own`` (file).
    """
    found = []
    for table in tables:
        kind = own_list(table.columns)
        if kind == "segments":
            raise AnalysisError("file_own", file=table.file)
        asked = (ReadAs("list_of_customers", {}, "ask"),) if kind == "customers" else ()
        found.append(replace(table, read_as=(*table.read_as, *asked)) if asked else table)
    return found


def _has_mark(path: Path) -> bool:
    kind = path.suffix.lower()
    try:
        if kind == ".xlsx":
            with zipfile.ZipFile(path) as book, book.open("docProps/core.xml") as core:
                return _CREATOR in core.read(4096)
        if kind == ".csv":
            with path.open("rb") as file:
                header = file.readline(LONGEST_HEADER).decode("utf-8-sig")
            return own_list(next(csv.reader([header]), [])) in ("segments", "set_aside")
        if kind == ".parquet":
            with parquet.opened(path) as file:
                return PARQUET_MARK in (file.metadata.metadata or {})
    except (OSError, KeyError, ValueError, csv.Error, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False  # whatever it is, it is read, and what is wrong with it is said there
    return False
