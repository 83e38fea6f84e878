from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact, mannwhitneyu

from analysis.stats import ranks
from analysis.stats.ranks import against_rest


def test_without_many_equal_values_it_is_mann_whitney():
    rng = np.random.default_rng(1)
    values, codes = rng.normal(size=400), rng.integers(-1, 3, 400)
    p, towards = against_rest(values, codes, 3)
    for group in range(3):
        own, rest = values[codes == group], values[codes != group]
        assert p[group] == pytest.approx(mannwhitneyu(own, rest).pvalue, rel=0.02)
        assert towards[group] == np.sign(own.mean() - rest.mean()) or p[group] > 0.5


def test_where_most_are_zero_buying_at_all_is_tested_exactly():
    values = np.zeros(300)
    values[:20] = np.arange(1, 21)  # all buyers are in the first group
    codes = np.repeat([0, 1], [30, 270])
    p, towards = against_rest(values, codes, 2)
    assert p[0] == pytest.approx(2 * fisher_exact([[20, 10], [0, 270]])[1], rel=1e-6)
    assert towards.tolist() == [1, -1]


@pytest.mark.parametrize("kind", ["geometric", "five in a hundred buy", "lognormal"])
def test_chance_alone_is_called_no_more_often_than_promised(kind):
    rng = np.random.default_rng(7)
    draw = {
        "geometric": lambda n: rng.geometric(0.8, n).astype(float),
        "five in a hundred buy": lambda n: np.where(rng.random(n) < 0.05, rng.lognormal(3, 1.2, n), 0.0),
        "lognormal": lambda n: rng.lognormal(0, 2, n),
    }[kind]
    # 33 groups of 30 and one of 10 among 1,000: each is set against all others.
    found = np.concatenate(
        [against_rest(draw(1000), rng.permutation(np.arange(1000) // 30), 34)[0] for _ in range(120)]
    )
    for level in (0.05, 0.01, 0.001):
        limit = level + 4 * np.sqrt(level / len(found))
        assert (found < level).mean() <= limit


def test_many_values_are_ranked_in_a_sample_and_small_groups_whole(monkeypatch):
    rng = np.random.default_rng(3)
    values, codes = rng.lognormal(size=5000), np.repeat([0, 1, 2], [40, 2460, 2500])
    values[codes == 0] *= 3
    whole, _ = against_rest(values, codes, 3)
    monkeypatch.setattr(ranks, "MOST_RANKED", 1000)
    sampled, towards = against_rest(values, codes, 3)
    assert whole[0] < 1e-4 and sampled[0] < 1e-3 and towards[0] == 1
    assert np.array_equal(sampled, against_rest(values, codes, 3)[0])


def test_nothing_that_varies_and_an_empty_group_have_no_p():
    assert np.isnan(against_rest(np.ones(50), np.zeros(50, int), 1)[0]).all()
    assert np.isnan(against_rest(np.arange(9.0), np.zeros(9, int), 2)[0]).all()
