from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from sklearn.isotonic import isotonic_regression
from sklearn.metrics import adjusted_rand_score

from analysis.segments.clustering.kmeans import refit
from analysis.segments.clustering.trust.howmany import sweep
from analysis.segments.clustering.trust.one_peak import nearest_with_one_peak, one_peak_draws
from analysis.segments.clustering.trust.tendency import gap_to_one_peak

NOISE = {
    "exponential": lambda random, shape: random.exponential(size=shape),
    "lognormal": lambda random, shape: np.exp(random.normal(size=shape)),
    "pareto": lambda random, shape: np.log1p(random.pareto(1.5, size=shape)),
    "gamma": lambda random, shape: random.gamma(0.5, size=shape),
    "counts": lambda random, shape: random.poisson(1.0, size=shape).astype(float),
    "uniform": lambda random, shape: random.random(shape),
}


def is_one_peak(found):
    peak = int(np.argmax(found))
    return (np.diff(found[: peak + 1]) >= -1e-9).all() and (np.diff(found[peak:]) <= 1e-9).all()


@pytest.mark.parametrize("seed", range(5))
def test_nothing_on_a_grid_with_one_peak_lies_nearer(seed):
    counts = np.random.default_rng(seed).integers(0, 5, 5).astype(float)
    found = nearest_with_one_peak(counts)
    assert is_one_peak(found)
    assert found.sum() == pytest.approx(counts.sum())
    grid = [c for c in product(np.arange(0, 4.5, 0.5), repeat=5) if is_one_peak(np.array(c))]
    best = min(((np.array(c) - counts) ** 2).sum() for c in grid)
    assert ((found - counts) ** 2).sum() <= best + 1e-9


def test_draws_keep_the_correlation_the_values_and_the_shape_of_what_has_one_peak():
    random = np.random.default_rng(0)
    one = random.normal(size=2_000)
    points = np.column_stack([one, 0.8 * one + 0.6 * random.normal(size=2_000), random.poisson(2.0, 2_000)])
    [draw] = one_peak_draws(points, 1, np.random.default_rng(1))
    assert np.corrcoef(draw[:, :2].T)[0, 1] == pytest.approx(0.8, abs=0.04)
    assert set(draw[:, 2]) <= set(points[:, 2])
    for column in range(3):
        assert draw[:, column].mean() == pytest.approx(points[:, column].mean(), abs=0.15)
        assert draw[:, column].std() == pytest.approx(points[:, column].std(), rel=0.1)


def test_the_same_seed_draws_the_same_and_another_column_changes_no_place():
    points = np.random.default_rng(0).exponential(size=(50, 2))
    first, second = ([*one_peak_draws(points, 2, np.random.default_rng(3))] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert not np.array_equal(first[0], first[1])


def test_a_gap_between_few_values_is_filled_so_that_two_heaps_are_not_one():
    points = np.repeat([0.0, 1.0, 2.0, 50.0, 51.0, 52.0], 50)[:, None]
    [draw] = one_peak_draws(points, 1, np.random.default_rng(0))
    assert ((draw > 2) & (draw < 50)).mean() > 0.3
    assert gap_to_one_peak(points, [2], lambda x, k: refit(x, k, seed=0)).groups


@pytest.mark.parametrize("columns", [2, 4])
@pytest.mark.parametrize("kind", NOISE)
def test_independent_noise_of_any_shape_holds_no_groups(kind, columns):
    points = NOISE[kind](np.random.default_rng(columns), (400, columns))
    found = sweep((points - points.mean(axis=0)) / points.std(axis=0), every_stability=False).recommended
    assert found.verdict == "none"
    assert found.reasons[0].code == "k_no_groups"


@pytest.mark.parametrize("apart", [5.0, 8.0])
@pytest.mark.parametrize("k", [2, 3, 5])
def test_groups_are_still_seen_beside_a_skewed_feature_of_noise(k, apart):
    random = np.random.default_rng(k)
    middles = apart * random.permutation(np.array([*product([0, 1], repeat=3)], float))[:k]
    truth = random.integers(0, k, 500)
    points = np.column_stack([middles[truth] + random.normal(size=(500, 3)), random.exponential(size=500)])
    found = sweep((points - points.mean(axis=0)) / points.std(axis=0), every_stability=False)
    assert found.recommended.verdict != "none"
    chosen = found.groupings[found.recommended.k - 2].labels
    assert adjusted_rand_score(truth, chosen) > 0.8


@pytest.mark.parametrize("seed", range(20))
def test_the_fit_is_the_best_of_scikit_learns_over_every_peak(seed):
    random = np.random.default_rng(seed)
    counts = random.integers(0, 6, random.integers(1, 30)).astype(float)

    def with_peak(at):
        rest = counts[at + 1 :]
        falling = isotonic_regression(rest, increasing=False) if len(rest) else []
        return [*isotonic_regression(counts[: at + 1]), *falling]

    least = min(((np.array(with_peak(at)) - counts) ** 2).sum() for at in range(len(counts)))
    found = nearest_with_one_peak(counts)
    assert is_one_peak(found)
    assert ((found - counts) ** 2).sum() == pytest.approx(least)
