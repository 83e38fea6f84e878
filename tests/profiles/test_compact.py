"""Lines read as slices of the customers give the profiles that all lines together give."""

from __future__ import annotations

import pandas as pd
import pytest

import analysis.profiles.compact as module
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.profiles.build import build_profiles
from analysis.recipe import Column
from analysis.study import suggest

# Customers without a sale and with orders 173 years apart: days between them, squared, need more than 32 bits.
LINES = """customer_id,order_id,order_time,amount,category,channel
a,1,1851-02-03 10:00,5,tea,web
a,2,2024-03-01 11:00,7,cups,shop
a,2,2024-03-01 11:00,7,tea,shop
b,3,2024-03-02 12:00,-4,tea,web
c,4,2024-03-05 23:00,9,,web
c,5,2024-03-05 08:00,9,cups,app
c,6,2024-04-05 08:00,1,cups,app
d,7,2024-05-05 08:00,0,,
"""


@pytest.mark.parametrize("lines", [1, 4])
def test_slices_of_the_customers_give_the_same_profiles(monkeypatch: pytest.MonkeyPatch, lines: int) -> None:
    tables = read_file(LINES.encode(), name="a.csv")
    standard = standardise(tables, suggest(tables))
    at_once = build_profiles(standard)
    monkeypatch.setattr(module, "SLICE", lines)
    in_slices = build_profiles(standard)
    pd.testing.assert_frame_equal(in_slices.customers, at_once.customers)
    assert in_slices.features == at_once.features
    assert list(at_once.customers["mean_gap_days"].dropna()) == [63214.0, 31.0]


def test_a_column_without_any_value_has_no_favourite() -> None:
    lines = "\n".join(f"{line.rsplit(',', 2)[0]},,x" for line in LINES.splitlines()[1:])
    tables = read_file(f"{LINES.splitlines()[0]}\n{lines}\n".encode(), name="a.csv")
    recipe = suggest(tables)
    [source] = recipe.sources
    columns = tuple(
        Column(name=name, role="order_date" if name == "order_time" else name) for name in tables[0].columns
    )
    recipe = recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})
    customers = build_profiles(standardise(tables, recipe)).customers
    assert customers["favourite_category"].isna().all()
    assert set(customers["favourite_channel"].dropna()) == {"x"}
