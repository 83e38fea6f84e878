"""Products bought together: published numbers, a loop, planted pairs, and chance that stays chance."""

from __future__ import annotations

import csv
import json
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from analysis.errors import AnalysisError
from analysis.intake.baskets import Baskets
from analysis.predict.offers import sets as rules
from analysis.predict.offers.sets import frequent_sets, rules_of
from analysis.predict.offers.together import bought_together, pairs_of
from tests.predict.churn.shops import prepared
from tests.predict.offers.shops import by_chance, lines


def of(orders: list[set[str]]) -> Baskets:
    items = pd.Index(sorted(set().union(*orders)))
    held = [items.get_indexer(sorted(order)) for order in orders]
    size = [len(order) for order in orders]
    return Baskets(
        pd.Index(["a"]), items, np.zeros(len(orders), dtype=int), np.arange(len(orders)),
        np.repeat(np.arange(len(orders)), size), np.concatenate(held),
    )  # fmt: skip


@pytest.fixture(scope="module")
def groceries(shared_data: Any) -> tuple[Baskets, dict[str, Any]]:
    folder = shared_data / "reference"
    with (folder / "groceries_baskets.csv").open(encoding="utf-8") as file:
        orders = [set(row) for row in csv.reader(file) if row]
    vectors = json.loads((folder / "vectors.json").read_text("utf-8"))
    return of(orders), {vector["id"]: vector for vector in vectors}


@pytest.mark.parametrize(("vector", "told"), [("BK-02", ("top_lift", "second")), ("BK-04", ("r1", "r7", "r8", "r15"))])
def test_rules_are_those_that_arules_prints(
    groceries: tuple[Baskets, dict[str, Any]], vector: str, told: tuple[str, ...]
) -> None:
    baskets, vectors = groceries
    asked, expected = vectors[vector]["inputs"], vectors[vector]["expected"]
    least = int(np.ceil(asked["support"] * asked["n_transactions"]))
    found = rules_of(frequent_sets(baskets, least=least, longest=10), baskets.items, confidence=asked["confidence"])
    assert len(found) == expected["n_rules"]
    by_sides = {(frozenset(row["if_bought"]), row["then"]): row for row in found.to_dict("records")}
    for name in told:
        rule = expected[name]
        row = by_sides[frozenset(rule["lhs"]), rule["rhs"]]
        assert row["n"] == rule["count"]
        for figure in ("support", "confidence", "lift"):
            assert row[figure] == pytest.approx(rule[figure], rel=1e-6)
    if vector == "BK-02":
        assert [found["lift"].iloc[0], found["lift"].iloc[1]] == pytest.approx([11.2352694, 8.3404003], rel=1e-6)


def test_frequent_sets_are_as_many_as_two_programs_found(groceries: tuple[Baskets, dict[str, Any]]) -> None:
    baskets, vectors = groceries
    expected = vectors["BK-07"]["expected"]
    found = frequent_sets(baskets, least=int(np.ceil(0.05 * 9_835)))
    sizes = [len(one) for one in found.counts]
    assert (len(sizes), sizes.count(1), sizes.count(2)) == (
        expected["n"], expected["n_singletons"], expected["n_pairs"],
    )  # fmt: skip


ORDERS = st.lists(st.sets(st.sampled_from("abcdef"), min_size=1, max_size=5), min_size=4, max_size=25)


@settings(max_examples=40, deadline=None)
@given(ORDERS, st.integers(1, 3))
def test_sets_and_pairs_are_those_of_a_plain_loop(orders: list[set[str]], least: int) -> None:
    baskets = of(orders)
    found = frequent_sets(baskets, least=least, longest=3)
    names = sorted(set().union(*orders))
    loop = {
        wanted: n
        for size in (1, 2, 3)
        for wanted in combinations(names, size)
        if (n := sum(order >= set(wanted) for order in orders)) >= least
    }
    assert {tuple(baskets.items[list(one)]): n for one, n in found.counts.items()} == loop
    pairs = pairs_of(baskets, least=least, alpha=1.0).pairs
    single = {name: sum(name in order for order in orders) for name in names}
    positive = {
        pair: n for pair, n in loop.items()
        if len(pair) == 2 and n * len(orders) > single[pair[0]] * single[pair[1]]
    }  # fmt: skip
    assert dict(zip(zip(pairs["first"], pairs["second"], strict=True), pairs["n"], strict=True)) == positive
    for row in pairs.to_dict("records"):
        assert row["lift"] == pytest.approx(row["n"] * len(orders) / (single[row["first"]] * single[row["second"]]))
        assert row["low"] <= row["lift"] + 1e-9 and row["lift"] <= row["high"] + 1e-9


def test_a_pair_by_hand_with_fishers_exact_chance() -> None:
    orders = [{"tea", "cup"}] * 12 + [{"tea"}] * 3 + [{"cup"}] * 2 + [{"milk"}] * 33
    found = pairs_of(of(orders), least=2)
    [row] = found.pairs.to_dict("records")
    assert (row["n"], row["n_first"], row["n_second"], found.n_orders) == (12, 14, 15, 50)
    assert (row["support"], row["confidence"], row["confidence_back"]) == pytest.approx((12 / 50, 12 / 14, 12 / 15))
    assert row["lift"] == pytest.approx(12 * 50 / (14 * 15))
    exact = fisher_exact([[12, 3], [2, 33]]).pvalue
    assert found.n_tested == 3
    assert row["p"] == pytest.approx(3 * exact)  # three pairs could be asked, of which one was seen


def test_planted_pairs_are_found_and_chance_is_none() -> None:
    rng = np.random.default_rng(3)
    orders = [{f"p{place:02}" for place in rng.permutation(40)[:3]} for _ in range(1_500)]
    assert pairs_of(of(orders), least=5).n_found <= 2
    planted = [order | {"p01"} if "p00" in order and rng.random() < 0.7 else order for order in orders]
    best = pairs_of(of(planted), least=5).pairs.iloc[0]
    assert (best["first"], best["second"]) == ("p00", "p01")
    assert best["low"] > 1 and best["p"] < 1e-6


def test_too_many_sets_and_orders_without_products_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_SETS", 5)
    with pytest.raises(AnalysisError, match="offers_too_many_sets"):
        frequent_sets(of([{"a", "b", "c", "d"}] * 3), least=2)
    shop = prepared(lines(5, by_chance).drop(columns="product"))
    with pytest.raises(AnalysisError, match="offers_no_products"):
        bought_together(shop.standard, shop.profiles.as_of)
    named = prepared(lines(20, by_chance))
    one = bought_together(named.standard, named.profiles.as_of, least=2)
    assert one.n_orders == 120
    assert one.to_frame().equals(one.pairs)
