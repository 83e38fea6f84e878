"""What a score is worth: by hand, against plain loops, and where chances are equal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from analysis.predict.churn.measure import beside, measured, observed_near

ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=20, max_size=80).filter(
    lambda rows: 0 < sum(left for left, _ in rows) < len(rows)
)


@given(ROWS)
def test_figures_are_those_of_plain_loops(rows: list[tuple[bool, int]]) -> None:
    left, chance = np.array([one for one, _ in rows]), np.array([c / 8 for _, c in rows])
    found = measured(left, chance, base=0.4)
    assert found.brier == pytest.approx(sum((c - one) ** 2 for one, c in zip(left, chance, strict=True)) / len(left))
    assert found.brier_base == pytest.approx(sum((0.4 - one) ** 2 for one in left) / len(left))
    table = found.calibration
    assert table["n"].sum() == len(left) and table["n_left"].sum() == left.sum()
    for row in table.to_dict("records"):
        below = table.loc[table["band"] < row["band"], "upto"].max()
        own = (chance <= row["upto"]) & ((chance > below) if below == below else True)
        assert (row["n"], row["n_left"]) == (own.sum(), left[own].sum())
        assert row["low"] - 1e-12 <= row["observed"] <= row["high"] + 1e-12
    assert found.recall["recall"].iloc[-1] == 1 and found.recall["precision"].iloc[-1] == pytest.approx(left.mean())


def test_the_top_tenth_holds_the_share_of_equal_scores_that_fits() -> None:
    left = np.array([True] * 10 + [False] * 30)
    assert measured(left, np.full(40, 0.5), base=0.25).leavers.value == pytest.approx(1)
    best = measured(left, np.arange(40, 0, -1) / 40, base=0.25)
    assert (best.leavers.value, best.leavers.n, best.stayers.value) == (4, 4, pytest.approx(4 / 3))


def test_the_interval_near_a_chance_is_that_of_its_tenth() -> None:
    chance = np.linspace(0.01, 1, 100)
    found = measured(np.arange(100) % 3 == 0, chance, base=0.3)
    low, high = observed_near(found, np.array([0.35, 0.92]))
    middle, last = found.calibration.iloc[3], found.calibration.iloc[-1]
    assert (low[0], high[0]) == (middle["low"], middle["high"])
    # Of those of whom nine in ten were to leave a third left: what was foretold lies beside that, and is held as well.
    assert (low[1], high[1]) == (last["low"], 0.92) and last["high"] < 0.92


@pytest.mark.parametrize("shift", [0.0, -1.5, 0.7])
def test_every_chance_lies_in_its_interval_and_a_season_moves_both(shift: float) -> None:
    rng = np.random.default_rng(2)
    chance = rng.random(300)
    found = measured(rng.random(300) < chance**3, chance, base=0.25)
    low, high = observed_near(found, chance, shift)
    moved = expit(logit(chance) + shift)
    assert (low <= moved + 1e-12).all() and (moved <= high + 1e-12).all()
    plain = observed_near(found, chance)
    assert np.sign(np.sum(low - plain[0])) == np.sign(np.sum(high - plain[1])) == np.sign(shift)


def test_equal_orders_are_no_gain_whatever_the_chances() -> None:
    left = np.arange(60) % 4 == 0
    chance = (np.arange(60) * 7 % 60 + 1) / 61
    found = beside(left, chance, chance**2, base=0.25)
    assert found.gain.value == 0 and not found.model_is_better


def test_to_beat_a_rule_that_is_worse_than_chance_is_nothing() -> None:
    """Where nothing tells, a rule learned on the others runs against those held out."""
    left = np.arange(400) % 2 == 0
    chance = np.random.default_rng(0).random(400)
    found = beside(left, chance, np.where(left, 0.2, 0.8) + chance / 100, base=0.5)
    assert found.gain.low > 0 and found.model.auc.low <= 0.5
    assert not found.model_is_better
