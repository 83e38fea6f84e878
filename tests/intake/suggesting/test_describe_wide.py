"""Columns are counted some at a time; together they are counted as one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting import describe as describe_module
from analysis.intake.suggesting.describe import COUNTED_TOGETHER, describe


def test_every_column_of_a_wide_table_is_counted_as_a_loop_counts_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(describe_module, "COUNTED_HERE", -1)
    width = 2 * COUNTED_TOGETHER + 1
    rows = [["" if (row * place) % 5 == 1 else str((row * place) % 7) for place in range(width)] for row in range(40)]
    header = ",".join(f"h{place}" for place in range(width))
    [table] = read_file("\n".join([header, *map(",".join, rows)]).encode(), name="wide.csv")
    found = [(one.n_filled, one.n_distinct) for one in describe(table)]
    cells = [[row[place] for row in rows if row[place]] for place in range(width)]
    assert found == [(len(column), len(set(column))) for column in cells]


@given(st.lists(st.sampled_from(["", "a", "A", " N/A ", "n/a", "无", "-", "--", "0", "null", "b "]), min_size=1))
def test_a_short_table_is_counted_without_a_query_as_a_long_one_is_with_it(cells: list[str]) -> None:
    rows = "\n".join(f'{place},"{cell}"' for place, cell in enumerate(cells))
    [table] = read_file(f"no,what\n{rows}\n".encode(), name="short.csv")
    here = describe_module._counts(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(describe_module, "COUNTED_HERE", -1)
        assert describe_module._counts(table) == here
