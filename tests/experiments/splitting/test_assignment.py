"""An assignment is kept without the customers and is met again by the same ids."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.experiments.splitting.assignment import arms_of, customer_hashes, to_table


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), unique=True, max_size=30), st.randoms(use_true_random=False))
def test_every_customer_finds_the_own_arm_in_any_order(customers: list[str], turn) -> None:
    arms = [turn.choice(["A", "B", "对照"]) for _ in customers]
    table = to_table(customers, arms, seed="春")
    given_arms = dict(zip(customers, arms, strict=True))
    shuffled = sorted(customers, key=lambda _: turn.random())
    assert arms_of(shuffled, table, seed="春") == [given_arms[customer] for customer in shuffled]


def test_a_new_customer_has_no_arm() -> None:
    assert arms_of(["3"], to_table(["1", "2"], ["A", "B"], seed="s"), seed="s") == [None]


def test_neither_the_table_nor_another_seed_gives_a_customer_away() -> None:
    table = to_table(["13800138000"], ["A"], seed="s")
    assert "13800138000" not in str(table.to_pydict())
    assert arms_of(["13800138000"], table, seed="t") == [None]
    assert len(set(customer_hashes(["1", "2", "1"], seed="s"))) == 2


def test_the_kept_order_tells_nothing_of_the_order_of_the_customers() -> None:
    customers = [str(i) for i in range(200)]
    table = to_table(customers, ["A"] * 200, seed="s")
    assert table["customer"].to_pylist() == sorted(customer_hashes(customers, seed="s"))


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(AnalysisError, match="experiment_unequal_lengths"):
        to_table(["1"], [], seed="s")


def test_another_table_is_no_assignment() -> None:
    with pytest.raises(AnalysisError, match="experiment_table_lost"):
        arms_of(["1"], pa.table({"x": ["1"]}), seed="s")
