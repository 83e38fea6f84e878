"""Bands between two segmentations: as wide as their customers, none on top of another."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.charts.explain import cross_heat
from analysis.charts.flow import MOST_BANDS, flow
from analysis.segments.crosstab import cross
from texts import Translator

NAMES = {"a": "A", "b": "B"}, {"x": "X", "y": "Y"}


def crossing():
    return cross(pd.Series([*"aaaaabbbb", None]), pd.Series([*"xxxyyyyyy", "x"]))


def bands(table, before, after):
    chart = flow(table, Translator("en"), before=before, after=after, title="")
    return chart, chart.layer[0].data


def test_a_band_is_as_wide_as_its_customers_and_meets_no_other():
    outside = {"outside": "Outside"}
    _, data = bands(crossing().table, NAMES[0] | outside, NAMES[1] | outside)
    ends = data[data["x"].isin([0.0, 1.0])]
    np.testing.assert_allclose(ends["y2"] - ends["y"], ends["customers"])
    for x in (0.0, 1.0):
        side = ends[ends["x"] == x].sort_values("y")
        assert (side["y"].to_numpy()[1:] >= side["y2"].to_numpy()[:-1] - 1e-9).all()
    sizes = {tuple(pair): n for *pair, n in ends[ends["x"] == 0][["segment", "other", "customers"]].values}
    assert sizes == {("A", "X"): 3, ("A", "Y"): 2, ("B", "Y"): 4, ("Outside", "X"): 1}


def test_only_the_widest_bands_are_drawn():
    pairs = [(f"a{i}", f"x{j}", i * 10 + j + 1) for i in range(10) for j in range(10)]
    table = pd.DataFrame(pairs, columns=["before", "after", "customers"])
    _, data = bands(table, {f"a{i}": f"A{i}" for i in range(10)}, {f"x{i}": f"X{i}" for i in range(10)})
    assert data.groupby(["segment", "other"]).ngroups == MOST_BANDS
    assert data["customers"].min() == 100 - MOST_BANDS + 1


def test_the_cross_table_shows_the_share_of_each_row():
    table = crossing().table.rename(columns={"before": "first", "after": "second"})
    outside = {"outside": "Outside"}
    chart = cross_heat(table, Translator("en"), rows=NAMES[0] | outside, columns=NAMES[1] | outside)
    data = chart.data.set_index(["first", "second"])["share"]
    assert data["A", "X"] == 0.6 and data["B", "Y"] == 1.0
