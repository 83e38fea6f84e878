"""Ranking and its measure: a loop, planted shops, chance, and the published next basket of Online Retail."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake.baskets import Baskets
from analysis.predict.offers import neighbours, ranking
from analysis.predict.offers.histories import histories, without_last
from analysis.predict.offers.measure import Measured, compare, measure
from analysis.predict.offers.neighbours import cosines, counted
from analysis.predict.offers.ranking import best, learn
from tests.predict.offers.shops import START, as_baskets, by_calendar, by_chance, by_habit, by_taste, lines


def of_last_orders(baskets: Baskets, at: int, category: Any = None) -> Measured:
    before, held = without_last(baskets)
    return measure(learn(histories(before), category), held, at)


def test_the_last_order_of_three_is_taken_out_and_no_other() -> None:
    frame = lines(30, by_habit, orders=3)
    frame = frame[~((frame["customer id"] == "c0007") & frame["order id"].str.endswith("2"))]
    whole = as_baskets(frame)
    before, held = without_last(whole)
    assert len(held.who) == 29 and 7 not in held.who
    assert len(before.who) == len(whole.who) - 29
    last = frame.sort_values("order date").drop_duplicates("customer id", keep="last")["order id"]
    kept = frame[~frame["order id"].isin(last[last.str.endswith("2")])]
    again = as_baskets(kept)
    assert np.array_equal(before.day, again.day) and np.array_equal(before.who, again.who)
    assert held.bought.sum() == len(frame) - len(kept)
    history = histories(before)
    loop = kept.groupby(["customer id", "product"])["order id"].nunique()
    assert history.n.tolist() == loop.tolist()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=8))
def test_cosines_are_those_of_a_plain_loop(customers: list[set[int]]) -> None:
    who = np.repeat(np.arange(len(customers)), [len(bought) for bought in customers])
    item = np.array([one for bought in customers for one in sorted(bought)])
    found = cosines(counted(who, item, (len(customers), 6))).toarray()
    for a in range(6):
        for b in range(6):
            both = sum({a, b} <= bought for bought in customers)
            sizes = [sum(one in bought for bought in customers) for one in (a, b)]
            expected = 0.0 if a == b or not both else both / math.sqrt(sizes[0] * sizes[1])
            assert found[a, b] == pytest.approx(expected, abs=1e-6)


def test_a_product_keeps_its_strongest_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    holds = counted(*np.nonzero(rng.random((60, 25)) < 0.3), (60, 25))
    whole = cosines(holds).toarray()
    monkeypatch.setattr(neighbours, "BLOCK", 7)
    few = cosines(holds, most=4).toarray()
    assert ((few > 0).sum(axis=1) == 4).all()
    assert np.sort(few, axis=1)[:, -4:] == pytest.approx(np.sort(whole, axis=1)[:, -4:])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=1, max_size=4), st.integers(1, 8))
def test_the_best_are_those_of_a_stable_sort_and_figures_those_of_a_loop(scores: list[list[int]], n: int) -> None:
    found = best(np.array(scores, dtype=float), n)
    bought = np.array([[(place + one) % 2 == 0 for place, one in enumerate(row)] for row in scores])
    figures = compare(found, bought, n)
    column = 0
    for row, listed, wanted in zip(scores, found.tolist(), bought, strict=True):
        order = [place for place in sorted(range(6), key=lambda place: -row[place]) if row[place] > 0][:n]
        assert [place for place in listed if place >= 0] == order
        if not wanted.any():
            continue
        right = [wanted[place] for place in order]
        gain = sum(hit / math.log2(rank + 2) for rank, hit in enumerate(right))
        ideal = sum(1 / math.log2(rank + 2) for rank in range(min(n, int(wanted.sum()))))
        assert figures[:, column] == pytest.approx([sum(right) / wanted.sum(), float(any(right)), gain / ideal])
        column += 1
    assert figures.shape[1] == column


def test_customers_alike_find_new_products_of_a_planted_taste() -> None:
    found = of_last_orders(as_baskets(lines(240, by_taste)), 10)
    assert found.way("new") == "model"
    assert found.gain("new").recall > 0.15
    assert found.way("all") in ("model", "alike")
    assert found.row("new", "model")["recall"] > 2 / 3 * found.row("new", "rule")["recall"] + 0.2
    assert found.row("again", "rule")["n"] == 0  # nothing is bought twice


def test_habits_are_found_by_the_rule_and_it_stays() -> None:
    found = of_last_orders(as_baskets(lines(240, by_habit)), 5)
    assert found.row("all", "rule")["recall"] > 2 * found.row("all", "popular")["recall"]
    assert found.way("all") == "rule"
    assert found.gain("all").rule == "rule"


def test_what_is_due_is_found_where_products_last_for_a_while() -> None:
    found = of_last_orders(as_baskets(lines(240, by_calendar, orders=9)), 1)
    assert found.way("again") == "model"
    assert found.row("again", "model")["hit"] > 0.6 > found.row("again", "rule")["hit"]


def test_chance_is_no_better_than_the_rule() -> None:
    for seed in range(3):
        found = of_last_orders(as_baskets(lines(200, by_chance, seed=seed)), 5)
        assert [found.way(task) for task in ("again", "new")] == ["rule", "rule"]
        assert found.way("all") in ("rule", "popular")


def test_intervals_hold_their_figures_and_few_orders_prove_nothing() -> None:
    found = of_last_orders(as_baskets(lines(30, by_taste)), 10)
    table = found.table[found.table["n"] > 1]
    for name in ("recall", "hit", "ndcg"):
        assert (table[f"{name}_low"] <= table[name] + 1e-9).all()
        assert (table[name] <= table[f"{name}_high"] + 1e-9).all()
    assert not any(gain.is_better for gain in found.gains)
    assert all(math.isnan(gain.recall) for gain in found.gains)


@pytest.mark.slow
def test_the_next_basket_of_online_retail_is_as_measured_by_others(shared_data: Any) -> None:
    path = shared_data / "online_retail" / "Online Retail.xlsx"
    columns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"]
    frame = pd.read_excel(path, engine="calamine", usecols=columns).dropna(subset="CustomerID")
    frame = frame[(frame["Quantity"] > 0) & (frame["UnitPrice"] > 0)]
    lines_sold = pd.DataFrame({
        "customer id": frame["CustomerID"].astype(int).astype(str), "order id": frame["InvoiceNo"].astype(str),
        "order date": frame["InvoiceDate"], "product": frame["StockCode"].astype(str),
    })  # fmt: skip
    found = of_last_orders(as_baskets(lines_sold), 10)
    expected = {
        "popular": (0.0428, 0.4017, 0.0712), "alike": (0.0803, 0.4818, 0.1370), "rule": (0.2048, 0.7601, 0.2985),
    }  # fmt: skip
    for way, figures in expected.items():
        row = found.row("all", way)
        for name, figure in zip(("recall", "hit", "ndcg"), figures, strict=True):
            assert row[name] >= figure - 0.005, (way, name)
    assert found.n == pytest.approx(2_009, abs=2)
    assert found.way("all") == "rule"
    assert found.way("new") == "model"


def test_many_products_are_ranked_by_what_speaks_for_them_with_the_same_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    baskets = as_baskets(lines(160, by_taste))
    of_tea = np.array([int(name.startswith("tea")) for name in baskets.items])
    for category in (None, of_tea):
        whole = of_last_orders(baskets, 10, category)
        with monkeypatch.context() as many:
            many.setattr(ranking, "WHOLE", 3)
            many.setattr(ranking, "BEST_SELLERS", 30)
            few = of_last_orders(baskets, 10, category)
        pd.testing.assert_frame_equal(few.table, whole.table)


def test_of_many_products_what_hardly_anybody_bought_speaks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = lines(60, by_taste)
    frame.loc[frame.index[:8:4], "product"] = "odd spoon"
    history = histories(as_baskets(frame))
    spoon = list(as_baskets(frame).items).index("odd spoon")
    assert learn(history, None).alike[spoon].nnz and not ranking.rare(history).any()
    monkeypatch.setattr(ranking, "WHOLE", 3)
    monkeypatch.setattr(ranking, "BEST_SELLERS", 5)
    learned = learn(history, None)
    assert np.flatnonzero(ranking.rare(history)).tolist() == [spoon] and not learned.alike[spoon].nnz
    scored = ranking.ranks(learned, np.arange(60), np.full(60, START.toordinal() + 500))
    ranked = (scored.places.items == spoon) & (scored.popular > 0)
    assert np.flatnonzero(ranked.any(axis=1)).tolist() == sorted(set(history.who[history.item == spoon]))
