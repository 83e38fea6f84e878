from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.stats.effects import cohen_d, cohen_h, two_shares_p, welch_p
from tests.thorough import examples


def moments(values):
    return np.array([np.mean(values)]), np.array([np.std(values, ddof=1)]), np.array([len(values)])


def test_welch_equals_scipy():
    rng = np.random.default_rng(0)
    a, b = rng.normal(0, 1, 17), rng.normal(0.5, 3, 40)
    p = welch_p(*moments(a), *moments(b))[0]
    assert p == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue)


def test_cohens_d_by_hand():
    # Means 2 and 4, both variances 1 with three values each: pooled deviation 1.
    assert cohen_d(*moments([1, 2, 3]), *moments([3, 4, 5]))[0] == -2.0


def test_nothing_varies_means_no_effect_size():
    one = (np.array([3.0]), np.array([0.0]), np.array([5]))
    assert np.isnan(cohen_d(*one, *one)[0])
    assert np.isnan(welch_p(*one, *one)[0])


def test_two_shares_equal_the_chi_square_test_without_correction():
    p = two_shares_p(np.array([200]), np.array([1000]), np.array([250]), np.array([1000]))[0]
    chi = stats.chi2_contingency([[200, 800], [250, 750]], correction=False).pvalue
    assert p == pytest.approx(chi)
    assert np.isnan(two_shares_p(np.array([0]), np.array([5]), np.array([0]), np.array([9]))[0])


@examples(50)
@given(st.floats(0, 1), st.floats(0, 1))
def test_cohens_h_turns_its_sign_with_the_sides(a, b):
    assert cohen_h(np.array(a), np.array(b)) == pytest.approx(-cohen_h(np.array(b), np.array(a)))
