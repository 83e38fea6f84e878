"""Levels go up and down by their thresholds, and what they cost adds up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.act.playbook.levels import Level, Levels, simulate_levels
from analysis.errors import AnalysisError
from tests.act.makers import profiles


def test_who_moves_and_what_it_costs_by_hand() -> None:
    base = profiles(
        spend=[50.0, 150.0, 600.0, 700.0, np.nan], n_orders=[1, 2, 9, 2, 0],
        recency_days=[5.0, 5.0, 400.0, 5.0, np.nan], tenure_days=[10.0, 730.5, 365.25, 1461.0, np.nan],
    )  # fmt: skip
    now = Levels(levels=(Level(name="silver", spend=100, benefit=0.1), Level(name="gold", spend=500, benefit=0.2)))
    then = Levels(
        levels=(
            Level(name="silver", spend=40, benefit=0.1), Level(name="gold", spend=500, recency_days=365, benefit=0.2),
        )
    )  # fmt: skip
    found = simulate_levels(base, then, now)
    assert found.place.tolist() == [1, 1, 1, 2, 0]
    assert (found.up, found.down) == (1, 1)  # the first comes up, the third has not ordered for too long
    # A year: 50 (known for less than one), 75, 600, 175, nothing.
    assert [row.revenue for row in found.rows] == pytest.approx([175.0, 725.0, 0.0])
    assert found.cost == pytest.approx(175 * 0.2 + 725 * 0.1)
    assert found.cost_before == pytest.approx(75 * 0.1 + 775 * 0.2)
    assert found.moved_revenue == pytest.approx(650.0)
    assert [row.moved_down for row in found.rows] == [0, 1, 0]


@given(st.lists(st.tuples(st.floats(0, 1e4), st.integers(0, 20)), min_size=1, max_size=30), st.integers(0, 5000))
def test_customers_add_up_and_equal_levels_move_nobody(rows: list[Any], least: int) -> None:
    base = profiles(spend=[row[0] for row in rows], n_orders=[row[1] for row in rows])
    plan = Levels(levels=(Level(name="a", spend=least), Level(name="b", spend=2 * least, orders=3)))
    found = simulate_levels(base, plan, plan)
    assert sum(row.customers for row in found.rows) == len(rows) and found.up == found.down == 0
    assert found.cost == found.cost_before and found.moved_revenue == 0


def test_what_no_column_says_and_a_name_that_stands_twice_are_refused() -> None:
    with pytest.raises(AnalysisError, match="act_levels_need"):
        simulate_levels(profiles(spend=[1.0]), Levels(levels=(Level(name="a", orders=2),)))
    with pytest.raises(AnalysisError, match="act_level_twice"):
        Levels(levels=(Level(name="a"), Level(name="a")))
    with pytest.raises(AnalysisError, match="choice_too_few"):
        Levels(levels=())
