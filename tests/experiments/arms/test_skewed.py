from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import gamma

from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.skewed import few_buyers, skewed
from analysis.experiments.arms.statistics import MeanStatistic as M
from analysis.stats.skewed import quantile_of, tail_of


def revenue(rng, n, times=1.0):
    return np.where(rng.random(n) < 0.05, rng.lognormal(3, 1.2, n), 0.0) * times


@pytest.mark.parametrize(("n1", "n2", "times"), [(1800, 200, 1.0), (200, 1800, 1.0), (1800, 200, 1.6)])
def test_revenue_of_unequal_arms_keeps_its_level_and_its_intervals_hold(n1, n2, times):
    rng = np.random.default_rng(5)
    truth = 0.05 * np.exp(3 + 0.72)
    misses = lifts = 0
    for _ in range(300):
        found = compare_means(M.from_values(revenue(rng, n1)), M.from_values(revenue(rng, n2, times)))
        assert found.test.convention == "skewed_t"
        misses += not found.absolute.low <= truth * (times - 1) <= found.absolute.high  # type: ignore[operator]
        lift = found.relative
        lifts += lift is not None and not (lift.low <= times - 1 and (lift.high is None or times - 1 <= lift.high))
    # 300 draws at 6 % stay at or below 30 in 99.8 %; Welch misses 40 of them.
    assert misses <= 30 and lifts <= 30


def test_p_and_interval_say_the_same():
    rng = np.random.default_rng(8)
    for _ in range(60):
        found = compare_means(M.from_values(revenue(rng, 900)), M.from_values(revenue(rng, 100, 2.0)))
        assert (found.test.p < 0.05) == (not found.absolute.low <= 0 <= found.absolute.high)  # type: ignore[operator]


def test_equal_arms_and_even_amounts_are_read_by_welch():
    rng = np.random.default_rng(2)
    assert skewed(M.from_values(revenue(rng, 500)), M.from_values(revenue(rng, 500))) is None
    assert skewed(M.from_values(rng.normal(9, 2, 900)), M.from_values(rng.normal(9, 2, 100))) is None


def test_the_tail_is_the_heavier_one_of_student_and_pearson_three():
    shape = 4 / 1.5**2
    assert tail_of(2.5, 200, 1.5) == pytest.approx(gamma.sf(shape + 2.5 * shape**0.5, shape))
    assert quantile_of(tail_of(2.5, 200, 1.5), 200, 1.5) == pytest.approx(2.5)
    assert tail_of(2.0, 10, -1.5) == pytest.approx(0.0366940)  # Student


def test_ten_equal_buyers_are_ten_and_a_giant_among_them_makes_fewer():
    ten = M.from_values([0.0] * 90 + [5.0] * 10)
    assert few_buyers(ten, M.from_values([1.0] * 50)) == pytest.approx(10)
    note = compare_means(ten, M.from_values([0.0] * 80 + [4.0] * 20)).notes[0]
    assert (note.code, note.facts["least"]) == ("experiment_few_buyers", 300)


def test_large_values_close_together_keep_their_digits():
    values = 1e8 + np.random.default_rng(1).normal(size=1000)
    whole, parts = M.from_values(values), M.from_values(values[:300]) + M.from_values(values[300:])
    assert whole.variance == pytest.approx(values.var(ddof=1), rel=1e-9)
    assert parts.variance == pytest.approx(values.var(ddof=1), rel=1e-9)
    skew = np.random.default_rng(3).lognormal(size=400)
    added = M.from_values(skew[:150]) + M.from_values(skew[150:])
    assert added.third == pytest.approx(((skew - skew.mean()) ** 3).sum(), rel=1e-9)


def test_sums_that_amounts_of_0_and_more_cannot_have_are_not_read_as_such():
    tiny = M.from_figures(30, 8e-220, 1.0)
    for arms in ((tiny, M.from_figures(44, 0.0, 1.0)), (tiny, M.from_figures(30, 1.0, 1.0))):
        assert few_buyers(*arms) is None and skewed(*arms) is None
        assert compare_means(*arms).test.convention == "welch_t"
