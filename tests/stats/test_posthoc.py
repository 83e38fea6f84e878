"""Pairs of groups after an overall test: SciPy's figures, loops from the papers, how often chance alone is called."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kruskal, mannwhitneyu, norm, rankdata, tukey_hsd

from analysis.errors import AnalysisError
from analysis.stats.posthoc import dunn, games_howell


def summary(groups: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return (
        np.array([len(group) for group in groups]),
        np.array([group.mean() for group in groups]),
        np.array([group.std(ddof=1) for group in groups]),
    )


def test_games_and_howells_pairs_are_those_of_scipy():
    rng = np.random.default_rng(1)
    groups = [rng.normal(mean, sd, n) for mean, sd, n in ((5, 1, 12), (6, 3, 30), (5.5, 0.5, 20))]
    theirs = tukey_hsd(*groups, equal_var=False)
    ends = theirs.confidence_interval(0.95)
    for pair in games_howell(*summary(groups)):
        assert pair.p == pytest.approx(theirs.pvalue[pair.a, pair.b], abs=1e-6)
        assert (pair.low, pair.high) == pytest.approx((ends.low[pair.a, pair.b], ends.high[pair.a, pair.b]), abs=1e-5)
        assert (pair.p < 0.05) == (not pair.low <= 0 <= pair.high)


def test_dunns_pairs_are_those_of_his_formula_written_out():
    rng = np.random.default_rng(2)
    codes = rng.integers(0, 4, 80)
    values = np.round(rng.exponential(2, 80) + codes * 0.5, 1)  # with ties
    ranks, n = rankdata(values), 80
    ties = sum(count**3 - count for count in np.unique(values, return_counts=True)[1])
    for pair in dunn(values, codes):
        a, b = codes == pair.a, codes == pair.b
        spread = (n * (n + 1) / 12 - ties / 12 / (n - 1)) * (1 / a.sum() + 1 / b.sum())
        z = (ranks[a].mean() - ranks[b].mean()) / spread**0.5
        assert (pair.z, pair.p) == pytest.approx((z, 2 * norm.sf(abs(z))))


def test_of_two_groups_dunns_is_kruskal_and_walliss_and_near_mann_and_whitneys():
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=40), rng.normal(0.6, 1, 50)
    (pair,) = dunn(np.r_[a, b], np.repeat([0, 1], [40, 50]))
    assert pair.p == pytest.approx(kruskal(a, b).pvalue)
    assert pair.p == pytest.approx(mannwhitneyu(a, b, use_continuity=False, method="asymptotic").pvalue)


def test_of_groups_that_are_alike_some_pair_is_called_in_no_more_than_a_twentieth():
    rng = np.random.default_rng(4)
    called = 0
    for _ in range(200):
        values, codes = rng.exponential(size=80), np.repeat(range(4), 20)
        called += any(pair.p_holm < 0.05 for pair in dunn(values, codes))
    assert called / 200 < 0.11  # 99.9 % of such runs, were it 5 %


def test_what_cannot_be_compared_is_refused():
    for call, code in (
        (lambda: games_howell(np.array([1, 5]), np.array([1.0, 2]), np.array([1.0, 1])), "groups_constant"),
        (lambda: games_howell(np.array([5, 5]), np.array([1.0, np.nan]), np.array([1.0, 1])), "groups_not_numbers"),
        (lambda: dunn(np.ones(6), np.repeat([0, 1], 3)), "groups_constant"),
        (lambda: dunn(np.arange(6.0), np.zeros(6, int)), "groups_too_few"),
    ):
        with pytest.raises(AnalysisError, match=code):
            call()
