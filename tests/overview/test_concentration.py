from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.overview.concentration import concentration

spends = st.lists(st.integers(1, 10_000), min_size=5, max_size=300)


def test_a_case_worked_by_hand():
    result = concentration(np.array([5.0, 40, 5, 20, 5, 5, 5, 5, 5, 5]))
    assert (result.n, result.top_n, result.top_share) == (10, 2, 0.6)
    assert result.half_n == 2
    assert result.curve["revenue"].tolist()[:4] == [0.0, 0.4, 0.6, 0.65]


def test_the_top_is_never_more_than_a_fifth():
    assert concentration(np.ones(15)).top_n == 3
    assert concentration(np.ones(19)).top_n == 3
    assert concentration(np.ones(35)).top_n == 7


@given(spends)
def test_it_equals_a_plain_loop(values):
    result = concentration(np.array(values, dtype=float))
    ordered = sorted(values, reverse=True)
    top_n = len(values) // 5
    assert result.top_n == top_n
    assert result.top_share == pytest.approx(sum(ordered[:top_n]) / sum(values))
    taken, half_n = 0, 0
    while taken < sum(values) / 2:
        taken, half_n = taken + ordered[half_n], half_n + 1
    assert result.half_n == half_n


@given(spends)
def test_the_curve_rises_from_nothing_to_all_ever_slower(values):
    curve = concentration(np.array(values, dtype=float)).curve
    assert curve.iloc[0].tolist() == [0.0, 0.0]
    assert curve.iloc[-1].tolist() == pytest.approx([1.0, 1.0])
    assert len(curve) <= 101
    slopes = np.diff(curve["revenue"]) / np.diff(curve["buyers"])
    assert (np.diff(slopes) <= 1e-6).all()


@given(spends, st.randoms(use_true_random=False))
def test_the_order_of_the_buyers_does_not_matter(values, random):
    shuffled = random.sample(values, len(values))
    one, two = (concentration(np.array(v, dtype=float)) for v in (values, shuffled))
    assert (one.top_share, one.half_n) == (two.top_share, two.half_n)


@pytest.mark.parametrize(
    ("spend", "code"),
    [([1.0, 2, 3, 4], "concentration_too_few_buyers"), ([1.0, -2, 0, 0, 0.5], "concentration_no_revenue")],
)
def test_what_has_no_shares_is_refused(spend, code):
    with pytest.raises(AnalysisError) as raised:
        concentration(np.array(spend))
    assert raised.value.code == code
