from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.datasets import make_circles, make_moons
from sklearn.metrics import adjusted_rand_score

from analysis.segments.clustering.trust.apart import Between, between, pairs, rows_of, together_apart, verdict_of
from analysis.segments.clustering.trust.dense import far_groups, n_winding
from analysis.segments.clustering.trust.howmany import sweep
from benchmarks.noise import CLOUDS, FAR, far, members_right, verdict
from benchmarks.planted import drawn, far_group

NOISE = {
    "exponential": lambda random, shape: random.exponential(size=shape),
    "lognormal": lambda random, shape: np.exp(random.normal(size=shape)),
    "counts": lambda random, shape: random.poisson(1.0, size=shape).astype(float),
    "uniform": lambda random, shape: random.random(shape),
    "answers": lambda random, shape: random.integers(1, 6, shape).astype(float),
    "yes or no": lambda random, shape: random.integers(0, 2, shape) + 0.0,
}


def standardised(points: np.ndarray) -> np.ndarray:
    return (points - points.mean(axis=0)) / points.std(axis=0)


@pytest.mark.parametrize("columns", [2, 4])
@pytest.mark.parametrize("kind", NOISE)
def test_independent_noise_of_any_shape_holds_no_groups(kind: str, columns: int):
    points = standardised(NOISE[kind](np.random.default_rng(columns), (400, columns)))
    found = sweep(points[:, :columns], every_stability=False).recommended
    assert found.verdict == "none"
    assert found.reasons[0].code == "k_no_groups"


@pytest.mark.parametrize("kind", CLOUDS)
def test_one_cloud_of_any_shape_holds_no_groups(kind: str):
    assert verdict(CLOUDS[kind](np.random.default_rng(5), 400)) == "none"


@pytest.mark.parametrize(("shares", "apart"), FAR)
def test_small_groups_far_off_are_found_with_their_members(shares: tuple[float, ...], apart: float):
    assert members_right(*far(np.random.default_rng(1), shares, apart))


@pytest.mark.parametrize("make", [make_moons, lambda n, **rest: make_circles(n, factor=0.4, **rest)])
def test_winding_groups_are_counted_and_not_divided_into_many(make: Callable[..., tuple[np.ndarray, np.ndarray]]):
    points, truth = make(500, noise=0.05, random_state=0)
    found = sweep(standardised(points), every_stability=False).recommended
    assert (found.k, found.verdict, found.n_winding) == (2, "winding", 2)
    assert found.reasons[0].code == "k_winding"
    assert verdict_of(points, truth) == "clear"


@pytest.mark.parametrize("turn", range(8))
def test_rings_around_one_middle_are_told_wherever_their_medians_fall(turn: int):
    random = np.random.default_rng([3, turn])
    angle, ring = random.uniform(0, 2 * np.pi, 500), random.integers(0, 2, 500)
    points = np.array([0.4, 1.0])[ring][:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    rows = rows_of(standardised(points + 0.04 * random.normal(size=(500, 2))))
    inner, outer = np.flatnonzero(ring == 0), np.flatnonzero(ring == 1)
    for a, b in ((inner, outer), (outer, inner)):
        found = between(rows, a, b)
        assert found.crossing > 2.5 and not found.empty  # no straight line parts them
    assert n_winding(rows) == 2


def test_a_division_of_one_cloud_is_no_groups_and_one_that_cuts_a_group_is_weak():
    random = np.random.default_rng(0)
    truth = np.repeat([0, 1], 200)
    points = random.normal(size=(400, 2)) + np.array([[0.0, 0.0], [9.0, 0.0]])[truth]
    assert verdict_of(points, truth) == "clear"
    assert verdict_of(points[truth == 0], (points[truth == 0, 0] > 0).astype(int)) == "none"
    assert verdict_of(points, np.where(truth == 1, 2, points[:, 1] > 0).astype(int)) == "weak"


def test_the_stretch_between_halves_of_a_flat_cloud_is_as_full_as_they_are():
    points = np.linspace(0, 1, 2_001)[:, None]
    found = between(rows_of(points), np.arange(1_000), np.arange(1_000, 2_001))
    assert found.full == pytest.approx(1.0, abs=0.02)
    assert not found.empty


def test_an_empty_stretch_is_told_by_hand():
    points = np.array([[float(i)] for i in [*range(10), *range(30, 40)]])
    found = between(rows_of(points), np.arange(10), np.arange(10, 20))
    assert found.full == 0
    # None in a stretch of 7.5 beside 5 customers on 4.5: (4.5 / 12) to the fifth.
    assert found.p == pytest.approx((4.5 / 12) ** 5)


def test_values_that_all_customers_share_are_no_gaps_and_wide_steps_are():
    random = np.random.default_rng(0)
    counts = random.integers(1, 5, 400).astype(float)[:, None]
    assert set(np.round(np.diff(np.unique(np.floor(rows_of(counts).points * 2))))) == {1.0}
    heaps = np.repeat([0.0, 1.0, 2.0, 50.0, 51.0, 52.0], 50)[:, None]
    assert ((rows_of(heaps).points > 3) & (rows_of(heaps).points < 49)).sum() == 0


def test_groups_of_fewer_than_five_are_apart_from_nothing():
    points = np.array([[float(i)] for i in [*range(20), *range(100, 104)]])
    assert not any(pair.empty for pair in pairs(rows_of(points), np.repeat([0, 1], [20, 4])).values())


def test_a_far_division_is_one_of_groups_that_are_all_apart():
    points, truth = far(np.random.default_rng(4), (0.9, 0.07, 0.03), 8.0)
    found = far_groups(rows_of(standardised(points)))
    assert max(adjusted_rand_score(truth, division) for division in found) > 0.95
    assert far_groups(rows_of(np.random.default_rng(0).normal(size=(300, 2)))) == []
    assert n_winding(rows_of(np.random.default_rng(0).normal(size=(300, 2)))) == 0


def test_the_number_of_planted_groups_is_found():
    right = {6.0: 0, 4.0: 0}
    for apart in right:
        for turn in range(4):
            points, _, k = drawn(np.random.default_rng([31, int(apart), turn]), apart)
            found = sweep(standardised(points), every_stability=False).recommended
            right[apart] += found.verdict != "none" and found.k == k
    assert right[6.0] == 4
    assert right[4.0] >= 3


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_one_far_group_on_one_of_two_features_is_found_with_its_members(share: float):
    assert members_right(*far_group(np.random.default_rng(3), share, 15.0))


def test_three_groups_are_apart_together_though_no_two_are_surely_by_themselves():
    def all_of(k: int, full: float, p: float) -> dict[tuple[int, int], Between]:
        return {(i, j): Between(full, p, crossing=1.0) for j in range(k) for i in range(j)}

    assert not any(pair.empty for pair in all_of(4, 0.3, 0.0006).values())
    assert together_apart(all_of(4, 0.3, 0.0006))
    assert not together_apart(all_of(4, 0.3, 0.05))
    assert not together_apart(all_of(4, 0.3, 0.0006) | {(0, 1): Between(0.7, 1e-9, crossing=1.0)})
    assert not together_apart(all_of(2, 0.3, 1e-12))


@pytest.mark.parametrize("n", [300, 1_200])
def test_the_pieces_of_a_ring_are_no_groups(n: int):
    assert verdict(CLOUDS["ring"](np.random.default_rng(8), n)) == "none"


def test_the_crossing_is_that_of_all_rows_looked_at_one_by_one():
    random = np.random.default_rng(11)
    for apart, n, columns in ((0.0, 60, 1), (3.0, 200, 2), (7.0, 300, 6), (2.0, 90, 3)):
        points = random.normal(size=(n, columns))
        points[n // 3 :, 0] += apart
        rows = rows_of(points)
        a, b = np.arange(n // 3), np.arange(n // 3, n)
        away = np.linalg.norm(rows.points[b][:, None] - rows.points[a][None], axis=2)
        nearest = away.argmin(axis=1)
        reached = np.maximum(np.maximum(rows.reach[b], rows.reach[a][nearest]), away.min(axis=1))
        usual = max(np.median(rows.reach[a]), np.median(rows.reach[b]))
        found = between(rows, a, b)
        if found.crossing:  # 0 where the middles do not lie one after the other
            assert found.crossing == pytest.approx(np.sort(reached)[:3].mean() / usual)
