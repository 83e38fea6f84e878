from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.stats.intervals import index_interval, mean_interval, ratio_of_shares, wilson


@pytest.mark.parametrize(("count", "n"), [(0, 10), (10, 10), (3, 10), (120, 4000)])
def test_wilson_equals_statsmodels(count: int, n: int):
    low, high = wilson(np.array([count]), np.array([n]))
    expected = proportion_confint(count, n, method="wilson")
    assert (low[0], high[0]) == pytest.approx((max(expected[0], 0), min(expected[1], 1)), abs=1e-12)


def test_the_interval_of_a_mean_equals_scipy():
    values = np.random.default_rng(0).normal(5, 2, 12)
    low, high = mean_interval(*(np.array([x]) for x in (values.mean(), values.std(ddof=1), 12)))
    expected = stats.t.interval(0.95, 11, loc=values.mean(), scale=stats.sem(values))
    assert (low[0], high[0]) == pytest.approx(expected)


def test_one_value_has_no_interval():
    low, high = mean_interval(np.array([5.0]), np.array([np.nan]), np.array([1]))
    assert np.isnan(low[0])
    assert np.isnan(high[0])


@pytest.mark.parametrize(
    "cells", [(36, 40, 16, 80), (60, 100, 4, 100), (1, 50, 3, 2000), (50, 50, 3, 20), (0, 50, 3, 20)]
)
def test_the_ratio_of_shares_equals_statsmodels(cells: tuple[int, int, int, int]):
    low, high = ratio_of_shares(*(np.array([x]) for x in cells))
    expected = confint_proportions_2indep(*cells, method="score", compare="ratio", correction=False)
    assert (low[0], high[0]) == pytest.approx(expected, rel=1e-8)


def test_the_ratio_of_shares_is_that_of_koopmans_example():
    low, high = ratio_of_shares(*(np.array([x]) for x in (36, 40, 16, 80)))
    assert (low.round(2)[0], high.round(2)[0]) == (2.94, 7.15)  # Koopman (1984), table 1


def test_the_ratio_of_shares_is_open_where_the_other_side_counts_nobody():
    low, high = ratio_of_shares(np.array([3, 0, 3]), np.array([20, 10, 3]), np.array([0, 0, 0]), np.array([50, 10, 0]))
    assert low[:2] == pytest.approx([2.02078593, 0.0])
    assert np.isinf(high[:2]).all()
    assert np.isnan([low[2], high[2]]).all()


def test_the_interval_of_an_index_holds_what_it_promises():
    rng = np.random.default_rng(2)
    n, rest, p, q = 60, 540, 0.2, 0.1
    count, others = rng.binomial(n, p, 2_000), rng.binomial(rest, q, 2_000)
    low, high = index_interval(count, np.full(2_000, n), others, np.full(2_000, rest))
    true = 100 * p / ((n * p + rest * q) / (n + rest))
    assert 0.93 <= ((low <= true) & (high >= true)).mean() <= 0.98


def test_an_index_that_only_the_part_has_ends_where_the_rest_has_nothing():
    low, high = index_interval(np.array([3]), np.array([20]), np.array([0]), np.array([80]))
    assert 100 < low[0] < high[0] == pytest.approx(500)


def lognormal(n: int, sd: float, buy: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float]:
    rng = np.random.default_rng(3)
    values = np.exp(rng.normal(0, sd, (2_000, n))) * (rng.random((2_000, n)) < buy)
    mean, spread = values.mean(axis=1), values.std(axis=1, ddof=1)
    spread = np.where(spread > 0, spread, 1.0)
    skewness = ((values - mean[:, None]) ** 3).mean(axis=1) / spread**3
    return mean, spread, np.full(2_000, n), skewness, buy * float(np.exp(sd * sd / 2))


@pytest.mark.parametrize(
    ("n", "sd", "buy", "least", "student"),
    [(30, 1.5, 1, 0.87, 0.81), (30, 1.0, 1, 0.90, 0.90), (100, 1.2, 0.1, 0.92, 0.82)],
)
def test_the_interval_of_a_skewed_mean_covers_where_students_does_not(
    n: int, sd: float, buy: float, least: float, student: float
):
    mean, spread, size, skewness, true = lognormal(n, sd, buy)
    covered = []
    for own in (skewness, None):
        low, high = mean_interval(mean, spread, size, own)
        covered.append(((low <= true) & (true <= high)).mean())
    assert covered[0] >= least
    assert covered[1] <= student


def test_without_skewness_the_interval_is_students():
    sides = np.array([4.0]), np.array([2.0]), np.array([9])
    assert mean_interval(*sides, np.array([0.0])) == mean_interval(*sides)
    near = mean_interval(*sides, np.array([1e-4]))
    assert np.concatenate(near) == pytest.approx(np.concatenate(mean_interval(*sides)), abs=1e-3)


def test_the_interval_of_a_skewed_mean_is_mirrored_with_the_values():
    low, high = mean_interval(np.array([4.0]), np.array([2.0]), np.array([9]), np.array([1.5]))
    other = mean_interval(np.array([-4.0]), np.array([2.0]), np.array([9]), np.array([-1.5]))
    assert (low[0], high[0]) == pytest.approx((-other[1][0], -other[0][0]))
    assert 4 - low[0] < high[0] - 4


def test_halls_cubic_is_solved():
    low, _ = mean_interval(np.array([0.0]), np.array([1.0]), np.array([25]), np.array([2.0]))
    a, x = 2.0 / 5, -low[0] * 5
    assert x + a * x**2 / 3 + a**2 * x**3 / 27 + a / 6 == pytest.approx(stats.t.ppf(0.975, 24))
