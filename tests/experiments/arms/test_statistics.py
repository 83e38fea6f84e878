"""Sufficient statistics add up, equal the raw rows, and refuse what cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic, standard_error
from tests.thorough import examples

values = st.lists(st.floats(-1e4, 1e4).map(lambda value: round(value, 12)), min_size=2, max_size=30)


@examples(60)
@given(values, values)
def test_parts_add_up_to_the_whole(first, second):
    whole = MeanStatistic.from_values(first + second)
    parts = MeanStatistic.from_values(first) + MeanStatistic.from_values(second)
    assert parts.n == whole.n
    assert parts.sum == pytest.approx(whole.sum, abs=1e-6)
    assert parts.variance == pytest.approx(whole.variance, rel=1e-6, abs=1e-4)


def test_mean_statistic_equals_numpy():
    x = np.random.default_rng(1).gamma(2, 3, 500)
    assert MeanStatistic.from_values(x).variance == pytest.approx(x.var(ddof=1))
    assert standard_error(MeanStatistic.from_values(x)) == pytest.approx(x.std(ddof=1) / 500**0.5)


def test_typed_mean_and_deviation_come_back():
    arm = MeanStatistic.from_figures(40, 12.5, 3.0)
    assert (arm.mean, arm.variance) == pytest.approx((12.5, 9.0))


def test_ratio_variance_is_that_of_the_linearised_values():
    rng = np.random.default_rng(2)
    visits = rng.poisson(5, 300) + 1.0
    orders = rng.binomial(visits.astype(int), 0.2).astype(float)
    arm = RatioStatistic.from_values(orders, visits)
    linear = (orders - arm.mean * visits) / visits.mean()
    assert arm.variance == pytest.approx(linear.var(ddof=1))


def test_only_equal_kinds_add_up():
    with pytest.raises(TypeError):
        ProportionStatistic(5, 2) + MeanStatistic(5, 2, 2)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: ProportionStatistic(10, 11), "experiment_more_conversions_than_visitors"),
        (lambda: ProportionStatistic(10, -1), "experiment_negative_count"),
        (lambda: ProportionStatistic(-1, 0), "experiment_negative_count"),
        (lambda: ProportionStatistic(0, 0), "experiment_empty_arm"),
        (lambda: ProportionStatistic(10.5, 1), "experiment_not_whole"),
        (lambda: ProportionStatistic(10, 1.5), "experiment_not_whole"),
        (lambda: ProportionStatistic(10, float("nan")), "experiment_not_a_number"),
        (lambda: ProportionStatistic.from_values([0, 1, 2]), "experiment_not_binary"),
        (lambda: MeanStatistic(3, float("inf"), 1), "experiment_not_a_number"),
        (lambda: MeanStatistic(2, 10, 1), "experiment_impossible_sums"),
        (lambda: MeanStatistic.from_values([]), "experiment_empty_arm"),
        (lambda: MeanStatistic.from_values([1e200, 1.0]), "experiment_too_extreme"),
        (lambda: MeanStatistic.from_values([1e-160, 5e-324]), "experiment_too_extreme"),
        (lambda: MeanStatistic.from_values(["a", "b"]), "experiment_not_a_number"),
        (lambda: MeanStatistic.from_values([1.0, np.nan]), "experiment_not_a_number"),
        (lambda: MeanStatistic.from_figures(5, 1, -2), "experiment_negative_count"),
        (lambda: MeanStatistic(1, 1, 1).variance, "experiment_too_few"),
        (lambda: RatioStatistic.from_values([1, 2], [0, 0]).mean, "experiment_zero_denominator"),
        (lambda: RatioStatistic.from_values([1, 2], [1]), "experiment_unequal_lengths"),
        (lambda: RatioStatistic(2, 1, 1, 1, 1, 9), "experiment_impossible_sums"),
    ],
)
def test_what_cannot_be_is_refused(make, code):
    with pytest.raises(AnalysisError) as caught:
        make()
    assert caught.value.code == code
