"""Figures typed in: the same sums as from rows, labels folded, what is no experiment refused."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.rows.typed import data_of_statistics


@pytest.mark.parametrize(
    ("arms", "code"),
    [
        ({"A": ProportionStatistic(10, 1)}, "experiment_one_arm"),
        ({"A": ProportionStatistic(10, 1), " a ": ProportionStatistic(10, 1)}, "experiment_one_arm"),
        ({"A": ProportionStatistic(10, 1), "  ": ProportionStatistic(10, 1)}, "experiment_unnamed_arm"),
        ({"A": ProportionStatistic(10, 1), "B": MeanStatistic(10, 1, 1)}, "experiment_mixed_kinds"),
    ],
)
def test_typed_arms_that_are_no_experiment_are_refused(arms, code):
    with pytest.raises(AnalysisError, match=code):
        data_of_statistics(arms, metric="x")


@pytest.mark.parametrize("arm", [ProportionStatistic(40, 7), MeanStatistic.from_figures(40, 3.5, 2.0)])
def test_the_sums_come_out_as_they_went_in(arm):
    data = data_of_statistics({"A": arm, "B": arm}, metric="x")
    assert data.statistic("x", "B") == arm
    assert data.sizes() == {"A": 40, "B": 40}


def test_typed_labels_that_differ_by_case_and_spaces_are_added_up():
    arms = {"A": ProportionStatistic(10, 1), "b": ProportionStatistic(20, 2), "B ": ProportionStatistic(30, 3)}
    data = data_of_statistics(arms, metric="x")
    assert data.statistic("x", "b") == ProportionStatistic(50, 5)
    assert data.merged == {"B ": "b"}
