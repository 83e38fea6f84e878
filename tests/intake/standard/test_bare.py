"""Cells that are all written as programs write them are read as every other way of reading would read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.reading.read import read_file
from analysis.intake.standard import typed
from analysis.intake.standard.standardise import standardise
from analysis.study import suggest
from tests.thorough import examples

DAYS = st.sampled_from(["2024-01-05", "2024-02-29", "2023-02-30", "2024-01-05 10:20:30", "9999-12-31", "0001-01-01"])
SUMS = st.one_of(
    st.integers(-5, 10**12 - 1).map(str), st.decimals(-5, 10**6, places=2).map(str), st.just("000012.5000000")
)
WORDS = ["C-1", "c_1", "0007", "none", "NULL", "-", "guest", "NA"]
IDS = st.one_of(st.integers(0, 30).map(str), st.sampled_from(WORDS))
ROWS = st.lists(st.tuples(IDS, DAYS, SUMS), min_size=3, max_size=30)


def read_all(text: str) -> object:
    tables = read_file(text.encode(), name="orders.csv")
    standard = standardise(tables, suggest(tables))
    return (
        standard.orders().collect().to_native().to_pandas().to_csv(),
        [(count.kept, dict(count.set_aside)) for count in standard.counts],
        [(note.code, dict(note.facts)) for note in standard.notes],
    )


@given(rows=ROWS)
@examples(60)
def test_a_short_cut_reads_what_the_long_way_reads(rows: list[tuple[str, str, str]]) -> None:
    text = "order id,customer id,date,amount\n" + "\n".join(
        f"{number},{who},{day},{money}" for number, (who, day, money) in enumerate(rows)
    )
    with pytest.MonkeyPatch.context() as patch:
        quick = read_or_refused(text)
        patch.setattr(typed, "SHORT", 0)
        assert read_or_refused(text) == quick


def read_or_refused(text: str) -> object:
    from analysis.errors import AnalysisError

    try:
        return read_all(text)
    except AnalysisError as refusal:
        return refusal.code, refusal.facts
