"""Twelve monthly exports of the sample shop, taken in one by one as ``portrait refresh`` does.

``python -m benchmarks months [lines …]`` prints whether the brief of each month names what was planted in it; then, for
a shop of so many lines (300,000 by default), how long the next month takes beside a first run of the same files. The
month before it was taken in by a refresh as well, which left its answers.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.exports.contents import segment_table
from analysis.intake.reading.read import read_file
from analysis.study.refresh import refresh
from analysis.workspace import Workspace, desk
from analysis.workspace.refreshing.refreshing import keep_run, refresh_study
from sample_data.by_month import PLANTED, exports
from texts import translator

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import RawTable
    from analysis.study.result import StudyResult

LINES = 300_000
MONTHS = 13
NAMES = translator("en", "CNY")


def listed(result: StudyResult) -> pd.DataFrame:
    """Return the list of segments that a snapshot keeps."""
    return segment_table(result, NAMES)


def months_of(lines: int) -> list[tuple[str, bytes]]:
    """Return as many lines in one file for each of thirteen months, with a tenth as many customers."""
    draw, found = random.Random(8), []
    for number in range(MONTHS):
        first = date(2024 + number // 12, number % 12 + 1, 1)
        rows = "\n".join(_line(draw, first, row, lines // 10) for row in range(lines // MONTHS))
        content = f"order_id,customer_id,order_date,product,quantity,amount\n{rows}\n".encode()
        found.append((f"{first:%Y-%m}.csv", content))
    return found


def _line(draw: random.Random, first: date, row: int, people: int) -> str:
    day = first + timedelta(days=draw.randrange(28))
    bought = f"p{draw.randrange(40)},{draw.randint(1, 3)},{draw.randint(5, 90)}.{draw.randrange(100):02d}"
    return f"{first:%y%m}-{row // 2:06d},c{draw.randrange(people):06d},{day},{bought}"


@dataclass(frozen=True)
class Cost:
    """What something took: seconds on the clock and of the processor, and the peak of memory after it in MB."""

    clock: float
    processor: float
    peak: float


@contextmanager
def cost() -> Generator[list[Cost]]:
    """Measure what happens inside; the list holds it afterwards."""
    found: list[Cost] = []
    clock, processor = time.perf_counter(), time.process_time()
    yield found
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found.append(Cost(time.perf_counter() - clock, time.process_time() - processor, peak))


def ratio(lines: int) -> tuple[Cost, Cost, Cost]:
    """Return what the last month costs that is taken into a study of those before, and a study of all months.

    The full run is measured twice: from the files on, as a person gives them, and from tables that are read and stored.
    """
    files = months_of(lines)
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace.open(Path(home))
        study = desk.begin(workspace, _read(files[:-2]), name="next")
        result = refresh(workspace.raw_tables(study), workspace.load_recipe(study).recipe)
        keep_run(workspace, study, result, listed(result))
        refresh_study(workspace, study, _read(files[-2:-1]), listed=listed)
        with cost() as following:
            refresh_study(workspace, study, _read(files[-1:]), listed=listed)
        with cost() as whole:
            study = desk.begin(workspace, _read(files), name="whole")
            with cost() as stored:
                result = refresh(workspace.raw_tables(study), workspace.load_recipe(study).recipe)
                keep_run(workspace, study, result, listed(result))
        workspace.close()
    return following[0], whole[0], stored[0]


def _read(files: Sequence[tuple[str, bytes]]) -> list[RawTable]:
    return [table for name, content in files for table in read_file(content, name=name)]


def named() -> list[tuple[date, str, bool, float]]:
    """Return each month, the code of what was planted in it, whether the brief says it, and the seconds it took."""
    found = []
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace.open(Path(home))
        first, *others = exports()
        tables = [table for name, content in first.files.items() for table in read_file(content, name=name)]
        study = desk.begin(workspace, tables, name="shop")
        for export in others:
            tables = [table for name, content in export.files.items() for table in read_file(content, name=name)]
            start = time.perf_counter()
            done = refresh_study(workspace, study, tables, listed=listed)
            took = time.perf_counter() - start
            code = PLANTED.get(export.month, "")
            found.append((export.month, code, not code or code in done.brief.codes, took))
        workspace.close()
    return found


def main() -> int:
    """Print both; fail where a brief does not name what was planted."""
    told = named()
    for month, code, is_named, took in told:
        print(f"{month:%Y-%m}: {code or 'nothing planted'}, {'named' if is_named else 'NOT NAMED'}; {took:.1f} s")
    for lines in [int(word) for word in sys.argv[1:] if word.isdigit()] or [LINES]:
        following, whole, stored = ratio(lines)
        print(f"{lines:,} lines: the next month {following.clock:.1f} s, processor {following.processor:.1f} s,")
        for name, one in (("from files", whole), ("from stored tables", stored)):
            print(
                f"  full run {name} {one.clock:.1f} s, processor {one.processor:.1f} s: ratio "
                f"{following.clock / one.clock:.2f}, processor {following.processor / one.processor:.2f}"
            )
        print(f"  peak of memory {following.peak:,.0f} MB with the next month, {whole.peak:,.0f} MB after all")
    return 0 if all(is_named for *_, is_named, _ in told) else 1
