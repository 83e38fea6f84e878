"""Columns are counted some at a time; together they are counted as one by one."""

from __future__ import annotations

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.describe import COUNTED_TOGETHER, describe


def test_every_column_of_a_wide_table_is_counted_as_a_loop_counts_it() -> None:
    width = 2 * COUNTED_TOGETHER + 1
    rows = [["" if (row * place) % 5 == 1 else str((row * place) % 7) for place in range(width)] for row in range(40)]
    header = ",".join(f"h{place}" for place in range(width))
    [table] = read_file("\n".join([header, *map(",".join, rows)]).encode(), name="wide.csv")
    found = [(one.n_filled, one.n_distinct) for one in describe(table)]
    cells = [[row[place] for row in rows if row[place]] for place in range(width)]
    assert found == [(len(column), len(set(column))) for column in cells]
