from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from analysis.segments.kmeans import refit
from analysis.segments.tendency import dispersion, gap, hopkins, hopkins_at


def kmeans_labels(points, k):
    return refit(points, k, seed=0)


def slow_dispersion(points, labels, power):
    total = 0.0
    for g in set(labels.tolist()):
        rows = [p for p, own in zip(points, labels, strict=True) if own == g]
        pairs = [float(np.linalg.norm(a - b)) ** power for i, a in enumerate(rows) for b in rows[i + 1 :]]
        total += sum(pairs) / len(rows)
    return total / 2


@pytest.mark.parametrize("power", [1, 2])
def test_dispersion_equals_a_plain_loop_over_pairs(power):
    random = np.random.default_rng(1)
    points, labels = random.normal(size=(30, 3)), random.integers(0, 4, 30)
    assert dispersion(points, labels, power=power) == pytest.approx(slow_dispersion(points, labels, power), rel=1e-12)


def around_medoids(points, k):
    """Partition around medoids (Kaufman & Rousseeuw): build, then the best swap until none helps."""
    distance = cdist(points, points)
    medoids = [int(distance.sum(axis=0).argmin())]
    while len(medoids) < k:
        nearest = distance[:, medoids].min(axis=1)
        medoids.append(int(np.minimum(distance, nearest[:, None]).sum(axis=0).argmin()))
    cost = distance[:, medoids].min(axis=1).sum()
    while True:
        best = (cost - 1e-12, None)
        for i in range(k):
            others = [m for j, m in enumerate(medoids) if j != i]
            nearest = distance[:, others].min(axis=1) if others else np.full(len(points), np.inf)
            costs = np.minimum(distance, nearest[:, None]).sum(axis=0)
            if costs.min() < best[0]:
                best = (costs.min(), (i, int(costs.argmin())))
        if best[1] is None:
            return distance[:, medoids].argmin(axis=1)
        cost, (i, row) = best
        medoids[i] = row


def reference(shared_data, name):
    entries = json.loads((shared_data / "reference" / "vectors.json").read_text("utf-8"))
    return {entry["id"]: entry for entry in entries}[name]


def test_gap_on_ruspini_is_that_of_r_with_unsquared_distances(shared_data):
    entry = reference(shared_data, "CL-15")
    points = pd.read_csv(shared_data / "reference" / "ruspini.csv")[["x", "y"]].to_numpy(float)
    found = gap(points, range(2, 9), around_medoids, n_references=40, power=1)
    assert found.log_w == pytest.approx(np.array(entry["expected"]["logW"]), abs=entry["tolerance"]["abs"]["logW"])
    assert found.gap == pytest.approx(np.array(entry["expected"]["gap"]), abs=entry["tolerance"]["abs"]["gap"])
    assert found.best == entry["expected"]["best_k"]
    assert found.groups


def test_hopkins_of_the_worked_example_is_three_quarters(shared_data):
    entry = reference(shared_data, "CL-25")
    given = entry["inputs"]
    rows = np.array(given["marked_rows_1based"]) - 1
    found = hopkins_at(np.array(given["X"], float), rows, np.array(given["U"], float))
    assert found == pytest.approx(entry["expected"]["hopkins"], abs=1e-12)


def test_hopkins_of_iris_is_that_of_the_r_package(shared_data):
    entry = reference(shared_data, "CL-27")
    points = pd.read_csv(shared_data / "reference" / "iris.csv").drop(columns="Species").to_numpy(float)
    expected, tolerance = entry["expected"], entry["tolerance"]["abs"]
    assert hopkins(points, n_places=15, repeats=200) == pytest.approx(expected["hopkins"], abs=tolerance)
    assert hopkins(points, n_places=8, repeats=100) == pytest.approx(expected["mean_100_runs_m8"], abs=tolerance)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("columns", [1, 2, 6])
def test_uniform_and_normal_clouds_hold_no_groups(seed, columns):
    random = np.random.default_rng(seed)
    for points in (random.random((300, columns)), random.normal(size=(300, columns))):
        assert not gap(points, range(2, 6), kmeans_labels, seed=seed).groups


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [2, 4])
def test_planted_groups_are_seen(seed, k):
    random = np.random.default_rng(seed)
    points = random.normal(size=(400, 3)) + 6 * np.eye(4)[random.integers(0, k, 400)][:, :3]
    found = gap(points, range(2, 7), kmeans_labels, seed=seed)
    assert found.groups
    assert found.ks[int(found.gap.argmax())] == k


def test_rows_that_are_all_alike_within_groups_leave_a_finite_gap():
    points = np.repeat([[0.0], [1.0], [5.0]], 10, axis=0)
    found = gap(points, [2, 3], kmeans_labels)
    assert np.isfinite(found.gap).all()
    assert found.groups
