from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import fisher_exact

from analysis.stats.exact import fisher_p


def test_one_of_thirty_where_none_of_many_is_rare_but_no_wonder():
    # 30 / 2000, by hand: the one customer falls on either side, and this side is the unlikely one.
    assert fisher_p([1], [30], [0], [1970])[0] == pytest.approx(0.015)


@given(some.integers(1, 60), some.integers(1, 300), some.data())
def test_it_is_scipys_exact_test(n_a, n_b, data):
    a, b = data.draw(some.integers(0, n_a)), data.draw(some.integers(0, n_b))
    p = fisher_p([a], [n_a], [b], [n_b])[0]
    if a + b in (0, n_a + n_b):
        assert np.isnan(p)
    else:
        assert p == pytest.approx(fisher_exact([[a, n_a - a], [b, n_b - b]])[1], rel=1e-6)


@pytest.mark.parametrize(
    ("a", "n_a", "b", "n_b"), [(300, 10_000, 250, 9_000), (5_000, 100_000, 4_500, 100_000), (0, 30, 900, 1_000)]
)
def test_large_tables_agree_with_scipy_far_into_the_tail(a, n_a, b, n_b):
    assert fisher_p([a], [n_a], [b], [n_b])[0] == pytest.approx(fisher_exact([[a, n_a - a], [b, n_b - b]])[1], rel=1e-6)


def test_an_empty_side_and_shares_without_a_difference_to_see_have_no_p():
    assert np.isnan(fisher_p([0, 0, 5], [0, 10, 10], [1, 0, 7], [5, 20, 7])[:2]).all()
    assert fisher_p(np.array([[1, 2]]), 30, np.array([[0, 2]]), 30).shape == (1, 2)
