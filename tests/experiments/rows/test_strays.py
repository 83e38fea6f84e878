from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.reading.health import check_experiment, sample_ratio
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.suggest import suggest_columns


def table(cells, n=4000):
    rng = np.random.default_rng(0)
    arm = np.where(np.arange(n) % 2 == 0, "A", "B").astype(object)
    arm[5] = "Bb"
    bought = rng.binomial(1, 0.1, n).astype(object)
    bought[[10, 99]] = cells
    text = isinstance(cells[0], str)
    return pd.DataFrame({"customer_id": np.arange(n), "arm": arm, "bought": bought.astype(str if text else float)})


@pytest.mark.parametrize("cells", [(2, 7), ("?", "x")])
def test_a_mistyped_arm_and_two_stray_cells_are_named_and_left_out(cells):
    rows = table(cells)
    assert suggest_columns(rows).proportions == ("bought",)
    data = read_experiment(rows, ReadParams(arm="arm", unit="customer_id", metrics=(Metric(column="bought"),)))
    assert (data.arms, data.strays, data.counts.no_arm) == (("A", "B"), {"Bb": 1}, 1)
    assert data.stray_cells["bought"][0] == 2
    assert sum(data.statistic("bought", arm).n for arm in data.arms) == 4000 - 3
    notes = check_experiment(data)
    assert {note.code for note in notes} == {"experiment_stray_arm", "experiment_stray_cells"}
    assert all(note.level != "ask" for note in notes)


def test_many_other_cells_are_no_slips():
    rows = table((2, 7))
    rows.loc[rows.index[:40], "bought"] = 3.0
    with pytest.raises(AnalysisError, match="experiment_not_binary"):
        read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="bought"),)))


def test_small_counts_are_tested_exactly():
    # One of ten where one of a thousand was planned: 1 - 0.999^10, by hand.
    assert sample_ratio({"a": 9, "b": 1}, {"a": 999, "b": 1}).p == pytest.approx(1 - 0.999**10)
    three = sample_ratio({"a": 20, "b": 20, "c": 5})
    assert three.convention == "sample_ratio_exact" and 0.001 < three.p < 0.05
