from __future__ import annotations

import numpy as np
import pytest

from analysis.segments.clustering.kmeans import refit
from analysis.segments.clustering.trust.tendency import dispersion, gap


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


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [2, 4])
def test_the_gap_is_widest_at_the_planted_number(seed, k):
    random = np.random.default_rng(seed)
    points = random.normal(size=(400, 3)) + 6 * np.eye(4)[random.integers(0, k, 400)][:, :3]
    found = gap(points, range(2, 7), kmeans_labels, seed=seed)
    assert found.ks[int(found.gap.argmax())] == k


def test_rows_that_are_all_alike_within_groups_leave_a_finite_gap():
    points = np.repeat([[0.0], [1.0], [5.0]], 10, axis=0)
    found = gap(points, [2, 3], kmeans_labels)
    assert np.isfinite(found.gap).all()
