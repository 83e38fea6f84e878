"""Quantiles of two arms: by hand, against NumPy and SciPy, refusals, and that test and interval agree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from analysis.errors import AnalysisError
from analysis.experiments.arms.quantiles import QuantileStatistic, compare_quantiles, quantile_interval
from analysis.experiments.arms.sequential import always_valid_arms
from analysis.experiments.reading.results import compare_statistics

RNG = np.random.default_rng(3)
CONTROL, TREATMENT = RNG.lognormal(4, 1.2, 900), RNG.lognormal(4.3, 1.2, 300)


def of(values, quantile=0.5):
    return QuantileStatistic.from_values(values, quantile)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9, 0.95])
def test_a_quantile_is_that_of_hazen(quantile):
    assert of(CONTROL, quantile).mean == pytest.approx(np.quantile(CONTROL, quantile, method="hazen"), rel=1e-12)


@pytest.mark.parametrize(("n", "quantile"), [(60, 0.5), (400, 0.5), (400, 0.9), (5000, 0.95)])
def test_the_ends_of_one_quantile_leave_out_what_the_binomial_says(n, quantile):
    # Values 1..n are their ranks: how likely the true quantile lies below the rank of an end is a binomial tail.
    low, high = of(np.arange(1, n + 1), quantile).ends(1.959964)
    assert binom.cdf(low - 1, n, quantile) == pytest.approx(0.025, abs=0.012)
    assert binom.sf(high - 1, n, quantile) == pytest.approx(0.025, abs=0.012)


def test_the_difference_has_the_distances_of_the_ends_it_is_made_of():
    reading = compare_quantiles(of(CONTROL), of(TREATMENT))
    (l1, u1), (l2, u2) = of(CONTROL).ends(1.959964), of(TREATMENT).ends(1.959964)
    q1, q2 = np.median(CONTROL), np.median(TREATMENT)
    assert reading.absolute.value == pytest.approx(q2 - q1)
    assert reading.absolute.low == pytest.approx(q2 - q1 - np.hypot(q2 - l2, u1 - q1), rel=1e-6)
    assert reading.absolute.high == pytest.approx(q2 - q1 + np.hypot(u2 - q2, q1 - l1), rel=1e-6)
    assert reading.relative.value == pytest.approx(q2 / q1 - 1)
    assert reading.relative.low < reading.relative.value < reading.relative.high


@given(st.integers(0, 10_000), st.floats(0.6, 1.6), st.sampled_from([0.01, 0.05, 0.2]), st.sampled_from([0.5, 0.9]))
def test_the_test_is_clear_exactly_where_the_interval_leaves_0_out(seed, times, alpha, quantile):
    rng = np.random.default_rng(seed)
    arms = of(rng.lognormal(3, 1, 300), quantile), of(times * rng.lognormal(3, 1, 150), quantile)
    reading = compare_quantiles(*arms, alpha=alpha)
    low, high = reading.absolute.low, reading.absolute.high
    outside = (low is not None and low > 0) or (high is not None and high < 0)
    assert outside == (reading.test.p < alpha) or reading.test.p == pytest.approx(alpha, rel=1e-6)


def test_the_other_way_round_it_is_the_same_with_the_other_sign():
    there, back = compare_quantiles(of(CONTROL), of(TREATMENT)), compare_quantiles(of(TREATMENT), of(CONTROL))
    assert (there.absolute.low, there.absolute.high) == pytest.approx((-back.absolute.high, -back.absolute.low))
    assert there.test.p == pytest.approx(back.test.p)


def test_money_in_cents_gives_a_hundred_times_the_difference_and_the_same_p():
    plain, cents = (compare_quantiles(of(times * CONTROL), of(times * TREATMENT)) for times in (1, 100))
    assert cents.absolute.low == pytest.approx(100 * plain.absolute.low)
    assert cents.test.p == pytest.approx(plain.test.p)
    assert cents.relative.low == pytest.approx(plain.relative.low)


def test_one_sided_there_is_one_end():
    reading = compare_quantiles(of(CONTROL), of(TREATMENT), alternative="greater")
    both = compare_quantiles(of(CONTROL), of(TREATMENT), alpha=0.1)
    assert reading.absolute.high is None
    assert reading.absolute.low == pytest.approx(both.absolute.low)
    assert reading.test.p == pytest.approx(compare_quantiles(of(CONTROL), of(TREATMENT)).test.p / 2)


def test_a_quantile_at_any_time_is_less_sure_and_holds_the_same_estimate():
    always, test = always_valid_arms(of(CONTROL), of(TREATMENT))
    once = compare_quantiles(of(CONTROL), of(TREATMENT))
    assert always.value == once.absolute.value
    assert always.low < once.absolute.low < once.absolute.high < always.high
    assert once.test.p < test.p <= 1
    assert (test.p < 0.05) == (always.low > 0)
    same = of(CONTROL)
    assert always_valid_arms(same, same)[1].p == 1


def test_without_a_lift_where_control_may_be_nothing():
    shifted = CONTROL - np.quantile(CONTROL, 0.49)
    reading = compare_quantiles(of(shifted), of(TREATMENT))
    assert reading.relative is None
    assert [note.code for note in reading.notes] == ["experiment_no_relative"]


ZEROS = np.r_[np.zeros(700), CONTROL[:300]]


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: compare_quantiles(of(ZEROS), of(CONTROL)), "experiment_quantile_tied"),
        (lambda: quantile_interval(of(np.repeat(np.arange(10), 50))), "experiment_quantile_tied"),
        (lambda: compare_quantiles(of(CONTROL, 0.95), of(TREATMENT[:199], 0.95)), "experiment_quantile_few"),
        (lambda: compare_quantiles(of(CONTROL), of(TREATMENT, 0.9)), "experiment_mixed_kinds"),
        (lambda: compare_quantiles(of(CONTROL), of(TREATMENT), alpha=0), "experiment_bad_alpha"),
        (lambda: of(CONTROL, 1.0), "experiment_bad_metric_quantile"),
        (lambda: of([]), "experiment_empty_arm"),
        (lambda: of([1.0, float("nan")]), "experiment_not_a_number"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


def test_where_three_in_ten_buy_their_90th_percentile_is_compared():
    reading = compare_statistics(of(ZEROS, 0.9), of(np.r_[np.zeros(700), 2 * CONTROL[300:600]], 0.9))
    assert reading.test.convention == "quantile_mover"
    assert reading.absolute.value > 0
