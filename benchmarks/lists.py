"""How long a list of 200,000 rows takes to write, beside what pandas and XlsxWriter need at the very least.

``python -m benchmarks lists`` prints seconds and ratios; the goals are 2 for CSV and 1.2 for a workbook.
"""

from __future__ import annotations

import io
from datetime import date
from time import perf_counter

import numpy as np
import pandas as pd

from analysis.exports.act.write import write_list

ROWS, ROUNDS = 200_000, 3
CSV_GOAL, XLSX_GOAL = 2.0, 1.2


def made_up(n: int = ROWS) -> pd.DataFrame:
    """Return a list of six columns: ids and numbers as text, a name, a segment, days and money."""
    rng = np.random.default_rng(7)
    numbers = rng.integers(0, 10**9, n)
    return pd.DataFrame(
        {
            "id": [f"{one:09d}" for one in numbers],
            "name": [f"Customer {one}" for one in numbers],
            "phone": [f"+8613{one:09d}" for one in numbers],
            "segment": rng.choice(["At risk", "Champions", "Lost"], n),
            "days": rng.integers(0, 900, n),
            "spend": rng.gamma(2, 80, n).round(2),
        }
    )


def bare_csv(frame: pd.DataFrame) -> None:
    """Write with pandas alone."""
    io.BytesIO(frame.to_csv(index=False).encode())


def bare_workbook(frame: pd.DataFrame) -> None:
    """Write with XlsxWriter in constant memory, cell by cell."""
    from xlsxwriter import Workbook

    book = Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(frame.columns))
    for line, row in enumerate(frame.itertuples(index=False), start=1):
        for place, value in enumerate(row):
            sheet.write(line, place, value)
    book.close()


def seconds(what: object) -> float:
    """Return the least of some rounds."""
    assert callable(what)
    taken = []
    for _ in range(ROUNDS):
        before = perf_counter()
        what()
        taken.append(perf_counter() - before)
    return min(taken)


def main() -> None:
    """Print the table."""
    frame, day = made_up(), date(2024, 5, 1)
    for kind, bare, goal in (("csv", bare_csv, CSV_GOAL), ("xlsx", bare_workbook, XLSX_GOAL)):
        least = seconds(lambda bare=bare: bare(frame))
        ours = seconds(lambda kind=kind: write_list(frame, io.BytesIO(), kind, title="May", day=day))  # pyright: ignore
        print(f"{kind:<5} bare {least:6.2f} s  ours {ours:6.2f} s  ratio {ours / least:.2f} (goal {goal})")


if __name__ == "__main__":
    main()
