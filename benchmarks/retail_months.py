"""Online Retail cut by month and taken in month by month: what each brief says, and that what it rests on adds up.

``python -m benchmarks retail_months [MONTH …]`` prints a line a month, and the whole brief of those that are named
(``2011-06``). After each month the matrix of every segmentation has to hold each customer of either run and their money
once, and the bridge to lead from month to month to the last digit, together and by segment, product and country.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.history.bridge import bridge, since
from analysis.history.matrix import migration
from analysis.history.moment import moment_of
from analysis.history.params import BridgeParams
from analysis.history.words import brief_text
from analysis.intake.reading.read import read_file
from analysis.study.refresh import refresh
from analysis.workspace import Workspace, desk
from analysis.workspace.refreshing.refreshing import keep_run, refresh_study
from benchmarks.measure import DATA
from benchmarks.months import listed
from texts import translator

if TYPE_CHECKING:
    from analysis.workspace.refreshing.refreshing import Refreshed

FILE = DATA / "online_retail" / "Online Retail.xlsx"
FIRST_MONTHS = 3  # in the first file: a study of one month knows nobody who comes back
BY = ("segment", "product", "country")


def by_month(file: Path) -> Iterator[tuple[str, bytes]]:
    """Return the lines of each month as the text of a file, in the order of the months."""
    from python_calamine import CalamineWorkbook

    rows: list[list[Any]] = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    day = rows[0].index("InvoiceDate")
    months = sorted({f"{row[day]:%Y-%m}" for row in rows[1:]})
    for month in months:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(rows[0])
        for row in rows[1:]:
            if f"{row[day]:%Y-%m}" == month:
                whole = [int(one) if isinstance(one, float) and one.is_integer() else one for one in row]
                writer.writerow(whole)
        yield month, text.getvalue().encode()


def faults(done: Refreshed) -> list[str]:
    """Return what does not add up in a month."""
    found, now = [], moment_of(done.result)
    for method in (one for one in now.methods if one in done.earlier.moment.methods):
        moved = migration(done.earlier.moment, now, method)
        everybody = len(set(done.earlier.moment.customers.index) | set(now.customers.index))
        if int(moved.table["customers"].sum()) != everybody:
            found.append(f"{method}: the matrix holds {moved.table['customers'].sum()} of {everybody} customers")
        for side, run in (("money_before", done.earlier.moment), ("money_now", now)):
            cents = round(sum(map(Decimal, map(str, run.customers["spend"].round(6)))), 6)
            told = round(sum(Decimal(str(round(one, 6))) for one in moved.table[side]), 6)
            if abs(cents - told) >= Decimal("0.01"):
                found.append(f"{method}: {side} is {told} in the matrix, {cents} in the run")
    periods = since(done.earlier.as_of, now.as_of)
    method = done.result.cards.method
    for by in (None, *BY):
        segments = (done.earlier.moment, now) if by == "segment" else None
        params = BridgeParams(by=by, method=method) if by == "segment" else BridgeParams(by=by)
        whole = bridge(done.result.standard, *periods, params, segments=segments)
        for part in (whole.whole, *whole.parts):
            if part.before + sum((step.change for step in part.steps), Decimal(0)) != part.now:
                found.append(f"bridge by {by}: {part.value} does not lead from {part.before} to {part.now}")
        for side in ("before", "now") if whole.parts else ():
            if sum(getattr(part, side) for part in whole.parts) != getattr(whole.whole, side):
                found.append(f"bridge by {by}: the parts are not the whole ({side})")
        steps = {one.step: one.customers for one in whole.whole.steps}
        people = whole.customers_before + steps.get("new", 0) + steps.get("returned", 0) - steps.get("lost", 0)
        if people != whole.customers_now:
            found.append(f"bridge by {by}: customers {people}, not {whole.customers_now}")
    return found


def main() -> int:
    """Print each month; fail where something does not add up."""
    if not FILE.exists():
        print(f"skipped: {FILE.name} is not in PORTRAIT_SHARED_DATA")
        return 0
    t, shown, wrong = translator("en", "GBP"), set(sys.argv[2:]), 0
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace.open(Path(home))
        files = list(by_month(FILE))
        tables = [table for name, text in files[:FIRST_MONTHS] for table in read_file(text, name=f"{name}.csv")]
        study = desk.begin(workspace, tables, name="Online Retail")
        result = refresh(workspace.raw_tables(study), workspace.load_recipe(study).recipe)
        keep_run(workspace, study, result, listed(result))
        for month, text in files[FIRST_MONTHS:]:
            start = time.perf_counter()
            done = refresh_study(workspace, study, read_file(text, name=f"{month}.csv"), listed=listed)
            took = time.perf_counter() - start
            found = faults(done)
            wrong += len(found)
            print(f"{month}: {', '.join(dict.fromkeys(done.brief.codes))}; {took:.1f} s")
            for one in found:
                print(f"  DOES NOT ADD UP: {one}")
            if month in shown:
                print(brief_text(done.brief, t, name="Online Retail"))
        workspace.close()
    return 1 if wrong else 0
