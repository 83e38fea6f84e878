"""How well a score tells two kinds apart: by hand, by a plain loop, and as printed."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.stats.discrimination import areas_of, auc, auc_difference, average_precision

SCORES = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=4, max_size=40).filter(
    lambda rows: 0 < sum(came for came, _ in rows) < len(rows)
)


def by_loop(came: np.ndarray, score: np.ndarray) -> float:
    pairs = list(product(score[came], score[~came]))
    return sum((first > second) + (first == second) / 2 for first, second in pairs) / len(pairs)


@given(SCORES)
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[bool, int]]) -> None:
    came, score = np.array([c for c, _ in rows]), np.array([s for _, s in rows], dtype=float)
    found = auc(came, score)
    assert found.value == pytest.approx(by_loop(came, score))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert areas_of(came, score[:, None])[0] == pytest.approx(found.value)
    assert auc(~came, -score).value == pytest.approx(found.value)


def test_the_interval_is_that_of_the_structural_components() -> None:
    rng = np.random.default_rng(0)
    came = rng.random(60) < 0.4
    score = rng.normal(size=60).round(1) + came
    pairs = (score[came][:, None] > score[~came]) + (score[came][:, None] == score[~came]) / 2
    error = np.sqrt(pairs.mean(axis=1).var(ddof=1) / came.sum() + pairs.mean(axis=0).var(ddof=1) / (~came).sum())
    found = auc(came, score)
    assert (found.low, found.high) == pytest.approx((pairs.mean() - 1.959964 * error, pairs.mean() + 1.959964 * error))


def test_the_haemorrhages_of_delong_as_printed(shared_data: Any) -> None:
    table = pd.read_csv(shared_data / "reference" / "aSAH.csv")
    found = auc((table["outcome"] == "Poor").to_numpy(), table["s100b"].to_numpy())
    assert (found.value, found.low, found.high) == pytest.approx((0.7313686, 0.6301182, 0.8326189), abs=1e-6)
    gain = auc_difference(
        (table["outcome"] == "Poor").to_numpy(), table["wfns"].to_numpy(float), table["s100b"].to_numpy()
    )
    assert gain.value == pytest.approx(0.8236789 - 0.7313686, abs=1e-6)
    assert gain.low < gain.value < gain.high


def test_two_equal_scores_do_not_differ_and_a_score_of_chance_covers_one_half() -> None:
    rng = np.random.default_rng(1)
    came, score = rng.random(200) < 0.5, rng.random(200)
    same = auc_difference(came, score, score * 2)
    assert (same.value, same.p) == (0, 1)
    covered = 0
    for _ in range(200):
        found = auc(rng.random(100) < 0.5, rng.random(100))
        covered += found.low <= 0.5 <= found.high
    assert 0.9 <= covered / 200 <= 0.99


def test_a_score_without_a_fault_has_room_below_it() -> None:
    found = auc(np.arange(20) >= 10, np.arange(20.0))
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.05**0.1)


def test_the_precision_of_a_constant_is_the_share() -> None:
    assert average_precision(np.arange(10) < 3, np.zeros(10)) == pytest.approx(0.3)


def test_one_kind_alone_cannot_be_told_apart() -> None:
    with pytest.raises(AnalysisError, match="auc_one_sided"):
        auc(np.ones(5, bool), np.arange(5.0))
