"""What is computed for one reader is kept for all, also when many open their own studies in turn."""

from __future__ import annotations

from collections import Counter
from unittest.mock import MagicMock

import duckdb
import pyarrow as pa
import pytest
import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.tables import RawTable
from ui.data import caches


def table_of(n_rows: int) -> RawTable:
    return RawTable("a.csv", "", "f", ("x",), n_rows, pa.table({"c0": ["1"]}))


@pytest.mark.parametrize("step", caches.KEPT_OF_FEW_ROWS)
@pytest.mark.parametrize(("n_rows", "times"), [(caches.FEW_ROWS, 1), (caches.FEW_ROWS + 1, 2)])
def test_twenty_readers_of_small_studies_do_not_push_out_each_others_results(
    step: str, n_rows: int, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    monkeypatch.setitem(caches.KEPT, step, 4)
    monkeypatch.setitem(caches.CACHES, step, caches.cache_of(step, 4, f"{step}_of_test"))
    monkeypatch.setattr(caches, "_kept_in_folder", lambda _folder, _tables, make: make())
    made: Counter[str] = Counter()
    for _ in range(2):
        for study in map(str, range(20)):
            caches.remember(
                MagicMock, study, (table_of(n_rows),), step, "state", lambda study=study: made.update([study])
            )
    assert set(made.values()) == {times}
    st.cache_resource.clear()


def test_rows_that_turn_out_to_be_damaged_in_the_middle_of_the_work_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    st.cache_resource.clear()
    kept = MagicMock()

    def fail() -> None:
        raise duckdb.InvalidInputException("Invalid string encoding found in Parquet file")

    with pytest.raises(duckdb.InvalidInputException):  # the rows are whole: an error of ours
        caches.remember(lambda: kept, "a", (table_of(9),), "guesses", "state", fail)
    kept.raw_tables.side_effect = AnalysisError("stored_rows_damaged", file="a.csv", n_usable=0)
    with pytest.raises(AnalysisError, match="stored_rows_damaged"):
        caches.remember(lambda: kept, "a", (table_of(9),), "guesses", "state", fail)
    kept.raw_tables.assert_called_with("a", thorough=True)
