from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

from analysis.segments.clustering.kmeans import START_ROWS, _best_on_all, _start_sample, kmeans, silhouettes
from tests.thorough import examples


def slow_silhouette(points, labels):
    values = []
    for i, point in enumerate(points):
        distance = [float(np.sqrt(((point - other) ** 2).sum())) for other in points]
        groups = {g: [d for j, d in enumerate(distance) if labels[j] == g and j != i] for g in set(labels)}
        own = groups.pop(labels[i])
        if not own:
            values.append(0.0)
            continue
        within, nearest = np.mean(own), min(np.mean(ds) for ds in groups.values())
        values.append((nearest - within) / max(within, nearest) if max(within, nearest) > 0 else 0.0)
    return np.mean(values)


def test_silhouette_equals_a_plain_loop():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(40, 3))
    labels = np.array([0] * 20 + [1] * 19 + [2])
    assert silhouettes(points, [labels])[0] == pytest.approx(slow_silhouette(points, labels), abs=1e-12)


@pytest.mark.parametrize("n", [7, 499, 501, 1700])
def test_silhouette_equals_scikit_learn_for_several_groupings_at_once(n):
    rng = np.random.default_rng(n)
    points = rng.normal(size=(n, 8)) * 30 + 1000
    groupings = [np.concatenate([np.arange(k), rng.integers(0, k, n - k)]) for k in (2, 3, 6)]
    for labels, value in zip(groupings, silhouettes(points, groupings), strict=True):
        assert value == pytest.approx(silhouette_score(points, labels), abs=1e-9)


def test_silhouette_of_identical_rows_in_two_groups_is_not_a_number_trap():
    points = np.array([[1.0], [1.0], [1.0], [5.0]])
    labels = np.array([0, 1, 0, 1])
    assert silhouettes(points, [labels])[0] == pytest.approx(silhouette_score(points, labels), abs=1e-9)


@examples(25)
@given(st.integers(0, 1000), st.integers(2, 5))
def test_silhouette_lies_between_minus_one_and_one(seed, k):
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(k), rng.integers(0, k, 30)])
    assert -1 <= silhouettes(rng.normal(size=(len(labels), 2)), [labels])[0] <= 1


def test_inertia_is_the_sum_of_squared_distances_to_the_centres_of_the_groups():
    points = np.random.default_rng(3).normal(size=(300, 4))
    grouping = kmeans(points, 4)
    slow = sum(
        ((p - points[grouping.labels == g].mean(axis=0)) ** 2).sum()
        for p, g in zip(points, grouping.labels, strict=True)
    )
    assert grouping.inertia == pytest.approx(slow, rel=1e-6)


def test_starts_on_a_sample_lose_nothing_against_one_start_on_all_rows():
    rng = np.random.default_rng(5)
    middles = rng.normal(size=(6, 5)) * 3
    points = middles[rng.integers(0, 6, 3 * START_ROWS)] + rng.normal(size=(3 * START_ROWS, 5))
    ours = kmeans(points, 6).inertia
    theirs = [KMeans(6, n_init=1, random_state=seed).fit(points).inertia_ for seed in range(4)]
    assert ours <= min(theirs) * 1.0001


def test_the_solution_taken_from_the_sample_is_the_best_of_them_on_all_rows():
    rng = np.random.default_rng(8)
    points = np.concatenate([rng.normal(size=(3 * START_ROWS, 3)), rng.normal(size=(3 * START_ROWS, 3)) + 1.5])
    rows, weights = _start_sample(points, 0)
    fitting: Any = KMeans
    turns = range(6)
    fits: list[Any] = [fitting(7, n_init=1, random_state=t).fit(points[rows], sample_weight=weights) for t in turns]
    taken = _best_on_all(points, [(fit.inertia_, fit.cluster_centers_) for fit in fits])

    def inertia(centres: Any) -> float:
        return float(((points[:, None, :] - centres) ** 2).sum(axis=2).min(axis=1).sum())

    assert inertia(taken) <= min(inertia(fit.cluster_centers_) for fit in fits) * 1.0005


def test_a_tiny_far_group_is_found_though_the_starts_run_on_a_sample():
    rng = np.random.default_rng(2)
    points = np.concatenate([rng.normal(size=(3 * START_ROWS, 2)), rng.normal(size=(5, 2)) + 400])
    assert sorted(np.bincount(kmeans(points, 2).labels).tolist()) == [5, 3 * START_ROWS]


def test_the_same_seed_gives_the_same_labels_every_time():
    points = np.random.default_rng(0).normal(size=(START_ROWS + 500, 3))
    assert (kmeans(points, 5, seed=3).labels == kmeans(points, 5, seed=3).labels).all()
