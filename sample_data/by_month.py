"""The Chinese shop as twelve monthly exports, with one thing planted in some of the months.

Run from the project's folder: ``uv run python sample_data/by_month.py FOLDER`` writes the files, the same bytes each time;
``--until 2024-09`` stops after that month. The first export holds the half year before the first month.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

if (
    str(Path(__file__).resolve().parent.parent) not in sys.path
):  # a script's own folder is on the path, the project's not
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sample_data.shop_zh import ORDER_HEADERS, STORE, build

SEED = 20250630
DEARER = 1.08
WHEN, PRICE, SAVED, PAID, WHERE = (
    ORDER_HEADERS.index(one) for one in ("下单时间", "单价", "优惠金额", "实付金额", "渠道")
)
Row = list[Any]
# What is planted, and the code of the sentence that the brief of this month has to say.
PLANTED = {
    date(2024, 9, 1): "prices_up",
    date(2024, 10, 1): "arrived_renamed",
    date(2024, 12, 1): "restated_late",
    date(2025, 2, 1): "value_gone",
    date(2025, 3, 1): "restated",
    date(2025, 5, 1): "overlap",
}
FIRST = date(2024, 7, 1)
N_MONTHS = 12


@dataclass(frozen=True)
class Export:
    """What the shop hands over once: the month, and its files by name."""

    month: date
    files: dict[str, bytes]


def exports(seed: int = SEED) -> list[Export]:
    """Return the export of the half year before, and one for each month after it.

    Examples
    --------
    >>> found = exports()
    >>> len(found), list(found[6].files)
    (13, ['订单2024-12.csv', '补录2024-11.csv'])
    """
    orders = [_planted(list(row)) for row in build(seed).sheets[0].rows]
    orders = [row for row in orders if row[WHERE] != "天猫" or _day(row) < date(2025, 2, 1)]
    found = [Export(FIRST, {"订单2024上半年.csv": _file([row for row in orders if _day(row) < FIRST])})]
    for number in range(N_MONTHS):
        month = _later(FIRST, number)
        rows = [row for row in orders if _later(month, 0) <= _day(row) < _later(month, 1)]
        found.append(Export(month, _of_month(month, rows, orders)))
    return found


def _of_month(month: date, rows: list[Row], orders: list[Row]) -> dict[str, bytes]:
    """Return the files of a month, with what is planted in it."""
    headers, beside = ORDER_HEADERS, {}
    if month == date(2024, 10, 1):
        headers = tuple("实付款" if one == "实付金额" else one for one in ORDER_HEADERS)
    if month == date(2024, 11, 1):  # the till's second half is not there yet
        rows = [row for row in rows if not _late(row)]
    if month == date(2024, 12, 1):
        beside["补录2024-11.csv"] = _file([row for row in orders if _late(row)])
    if month == date(2025, 2, 1):  # the prices of its first days are ten times too high
        rows = [_times(row, 10) if _day(row).day <= 5 else row for row in rows]
    if month == date(2025, 3, 1):
        beside["更正2025-02.csv"] = _file([row for row in orders if date(2025, 2, 1) <= _day(row) < month])
    if month == date(2025, 5, 1):  # begins ten days early
        rows = [row for row in orders if date(2025, 4, 21) <= _day(row) < date(2025, 6, 1)]
    return {f"订单{month:%Y-%m}.csv": _file(rows, headers)} | beside


def _planted(row: Row) -> Row:
    return _times(row, DEARER) if _day(row) >= date(2024, 9, 1) else row


def _times(row: Row, factor: float) -> Row:
    changed = list(row)
    for place in (PRICE, SAVED, PAID):
        changed[place] = round(row[place] * factor, 2)
    return changed


def _late(row: Row) -> bool:
    return row[WHERE] == STORE and date(2024, 11, 16) <= _day(row) < date(2024, 12, 1)


def _day(row: Row) -> date:
    return row[WHEN].date()


def _later(month: date, n: int) -> date:
    place = month.month - 1 + n
    return date(month.year + place // 12, place % 12 + 1, 1)


def _file(rows: list[Row], headers: tuple[str, ...] = ORDER_HEADERS) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows([f"{one:%Y-%m-%d %H:%M:%S}" if isinstance(one, datetime) else one for one in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def main() -> None:
    """Write the files into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--until", default="9999-99", help="the last month, such as 2024-09")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    for export in exports():
        if f"{export.month:%Y-%m}" <= asked.until:
            for name, content in export.files.items():
                (asked.folder / name).write_bytes(content)
                print(name)


if __name__ == "__main__":
    main()
