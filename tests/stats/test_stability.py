from __future__ import annotations

import numpy as np
import pytest

from analysis.segments.clustering.kmeans import kmeans, refit
from analysis.stats.stability import jaccard, stability


def slow_jaccard(before, after, k):
    found = []
    for g in range(k):
        own = {i for i, label in enumerate(before) if label == g}
        others = [{i for i, label in enumerate(after) if label == h} for h in set(after) if h >= 0]
        found.append(max((len(own & o) / len(own | o) for o in others), default=0.0) if own else np.nan)
    return found


@pytest.mark.parametrize("seed", range(5))
def test_jaccard_equals_a_plain_loop_over_sets(seed):
    random = np.random.default_rng(seed)
    before, after = random.integers(-1, 4, 60), random.integers(-1, 3, 60)
    before[before == 2] = 1
    assert jaccard(before, after, 4) == pytest.approx(slow_jaccard(before, after, 4), nan_ok=True)


def test_nothing_found_again_counts_zero():
    assert jaccard(np.array([0, 1]), np.array([-1, -1]), 2).tolist() == [0.0, 0.0]


def test_groups_that_are_cut_out_of_one_cloud_are_less_stable_than_planted_ones():
    random = np.random.default_rng(0)
    cloud = random.normal(size=(600, 4))
    planted = cloud + 12 * np.eye(4)[random.integers(0, 4, 600)]
    means = []
    for points in (cloud, planted):
        found = stability(points, kmeans(points, 4).labels, lambda drawn, turn: refit(drawn, 4, seed=turn))
        means.append(found.mean())
    assert means[0] < 0.7
    assert means[1] > 0.99


def test_the_same_seed_gives_the_same_figures():
    points = np.random.default_rng(0).normal(size=(300, 2))
    labels = kmeans(points, 3).labels
    one, two = (stability(points, labels, lambda p, turn: refit(p, 3, seed=turn), n_refits=5, seed=4) for _ in "ab")
    assert one.tolist() == two.tolist()
