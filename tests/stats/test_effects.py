from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.effects import cohen_d, cohen_h, d_interval, delta_interval, h_interval, two_shares_p, welch_p
from tests.thorough import examples


def moments(values: list[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([np.mean(values)]), np.array([np.std(values, ddof=1)]), np.array([len(values)])


def test_welch_equals_scipy():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 17), rng.normal(0.5, 3, 40)
    p = welch_p(*moments(a), *moments(b))[0]
    assert p == pytest.approx(stats.ttest_ind(a, b, equal_var=False)[1])


def test_cohens_d_by_hand():
    # Means 2 and 4, both variances 1 with three values each: pooled deviation 1.
    assert cohen_d(*moments([1, 2, 3]), *moments([3, 4, 5]))[0] == -2.0


def test_nothing_varies_means_no_effect_size():
    one = (np.array([3.0]), np.array([0.0]), np.array([5]))
    assert np.isnan(cohen_d(*one, *one)[0])
    assert np.isnan(welch_p(*one, *one)[0])


def test_two_shares_equal_the_chi_square_test_without_correction():
    p = two_shares_p(np.array([200]), np.array([1000]), np.array([250]), np.array([1000]))[0]
    chi = stats.chi2_contingency([[200, 800], [250, 750]], correction=False)[1]
    assert p == pytest.approx(chi)
    assert np.isnan(two_shares_p(np.array([0]), np.array([5]), np.array([0]), np.array([9]))[0])


@examples(50)
@given(st.floats(0, 1), st.floats(0, 1))
def test_cohens_h_turns_its_sign_with_the_sides(a: float, b: float):
    assert cohen_h(np.array(a), np.array(b)) == pytest.approx(-cohen_h(np.array(b), np.array(a)))


def test_the_interval_of_d_is_that_of_a_textbook():
    # Borenstein, Hedges, Higgins & Rothstein (2009), Introduction to Meta-Analysis, p. 26: d .5970, se .2044
    d = cohen_d(*(np.array([x]) for x in (103.0, 5.5, 50, 100.0, 4.5, 50)))
    low, high = d_interval(d, np.array([50]), np.array([50]))
    assert d[0] == pytest.approx(0.5970, abs=5e-5)
    assert (high[0] - low[0]) / 2 / stats.norm.ppf(0.975) == pytest.approx(0.2044, abs=5e-5)


def test_the_intervals_of_d_and_h_hold_what_they_promise():
    rng = np.random.default_rng(1)
    a, b = rng.normal(0.4, 1, (2_000, 40)), rng.normal(0, 1, (2_000, 300))
    sides = [(x.mean(axis=1), x.std(axis=1, ddof=1), np.full(2_000, x.shape[1])) for x in (a, b)]
    low, high = d_interval(cohen_d(*sides[0], *sides[1]), sides[0][2], sides[1][2])
    assert 0.93 <= ((low <= 0.4) & (high >= 0.4)).mean() <= 0.97
    shares = [rng.binomial(n, p, 2_000) / n for n, p in ((60, 0.3), (600, 0.15))]
    low, high = h_interval(cohen_h(*shares), np.full(2_000, 60), np.full(2_000, 600))
    true = cohen_h(np.array(0.3), np.array(0.15))
    assert 0.93 <= ((low <= true) & (high >= true)).mean() <= 0.97


def test_a_side_without_values_has_no_interval():
    assert np.isnan(d_interval(np.array([0.1]), np.array([0]), np.array([9]))).all()
    assert np.isnan(h_interval(np.array([0.1]), np.array([9]), np.array([0]))).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_interval_of_delta_ends_at_0_where_the_test_of_ranks_is_as_sure(seed):
    rng = np.random.default_rng(seed)
    a, b = rng.poisson(3, 30), rng.poisson(4, 45)
    test = stats.mannwhitneyu(a, b, method="asymptotic")
    _, equal = np.unique(np.r_[a, b], return_counts=True)
    delta = np.array([2 * test.statistic / (30 * 45) - 1])
    left = 1 - (equal**3 - equal).sum() / (75**3 - 75)
    ends = np.abs(delta_interval(delta, np.array([30]), np.array([45]), ties=left, z=stats.norm.isf(test.pvalue / 2)))
    assert ends.min() < 1e-8
    assert np.isnan(delta_interval(np.array([0.2]), np.array([0]), np.array([9]))).all()
