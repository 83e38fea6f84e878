"""The next order: windows that hold what they promise, curves by hand, and what cannot be said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.predict.next_order.coverage import calibrate, held_back, measure_coverage
from analysis.predict.next_order.curves import first_curve
from analysis.predict.next_order.gaps import foretell, gaps_of
from analysis.predict.next_order.next_order import next_orders
from analysis.predict.next_order.params import NextOrderParams
from analysis.predict.next_order.words import answer, customer_words
from tests.predict.churn.shops import START, prepared
from texts import Translator

DAYS = 700


def of(frame: pd.DataFrame, **chosen: Any) -> Any:
    found = prepared(frame)
    return next_orders(found.standard, found.profiles, NextOrderParams(**chosen))


def shop(customers: int, seed: int = 0) -> pd.DataFrame:
    """Tea about every 20 days, cups about every 100; each has a rhythm of their own, one in ten comes once."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        kind, usual = (("tea", 20.0), ("cups", 100.0))[number % 2]
        rhythm, day = usual * rng.lognormal(0, 0.3), rng.uniform(0, 300)
        once = number % 10 == 9
        while day < DAYS:
            rows.append((f"c{number:04}", START + timedelta(days=int(day)), 10.0, kind))
            day += DAYS if once else 1 + rng.gamma(4, rhythm / 4)
    return pd.DataFrame(rows, columns=["customer id", "order date", "amount", "category"])


@pytest.fixture(scope="module")
def found() -> Any:
    return of(shop(500))


@pytest.mark.parametrize("gap", [14, 30])
def test_who_orders_every_so_many_days_is_told_that_very_day(gap: int) -> None:
    """The logarithm of thirty, and back, is a hair more than thirty; whoever is due today is not overdue."""
    rows = [
        (f"c{number:03}", START + timedelta(days=number % gap + gap * turn), 10.0) for number in range(90)
        for turn in range(8)
    ]  # fmt: skip
    told = of(pd.DataFrame(rows, columns=["customer id", "order date", "amount"])).customers
    assert told["state"].eq("window").all()
    due = pd.to_datetime([START + timedelta(days=int(who[1:]) % gap + gap * 8) for who in told["customer_id"]])
    for name in ("low_80", "low_50", "middle", "high_50", "high_80"):
        assert (told[name].to_numpy() == due.to_numpy()).all(), name


def test_windows_hold_what_they_promise_in_a_planted_shop(found: Any) -> None:
    assert found.coverage["covered"].to_numpy() == pytest.approx([0.5, 0.8], abs=0.05)
    assert found.notes == () or (found.coverage["low"] > found.coverage["covered"] - 0.06).all()
    rows = found.customers[found.customers["state"] == "window"]
    order = rows[["low_80", "low_50", "middle", "high_50", "high_80"]].to_numpy()
    assert (order[:, 1:] >= order[:, :-1]).all()
    assert (rows["low_80"] >= pd.Timestamp(found.as_of)).all()


def test_each_customer_keeps_a_rhythm_of_their_own(found: Any) -> None:
    usual = found.customers.set_index("customer_id")["usual_days"]
    tea, cups = (usual[usual.index.str[1:].astype(int) % 2 == side].median() for side in (0, 1))
    assert 15 < tea < 25 and 70 < cups < 120


@pytest.mark.parametrize(("t", "word"), [(Translator("en"), "too little time"), (Translator("zh"), "时间太短")])
def test_a_share_that_comes_back_is_promised_only_where_one_is_told(found: Any, t: Translator, word: str) -> None:
    assert not any(word in sentence for sentence in answer(found, t))
    short = replace(found, customers=found.customers.assign(comes_back=np.nan))
    assert any(word in sentence for sentence in answer(short, t))


def test_one_order_gets_no_window_but_the_curve_of_what_was_bought(found: Any) -> None:
    once = found.customers[found.customers["state"] == "one_order"]
    assert len(once) >= 40
    assert once[["low_50", "high_80", "usual_days", "next_order_days"]].isna().all(axis=None)
    assert set(once["curve"]) == {"cups"}
    assert [curve.name for curve in found.curves] == ["", "cups", "tea"]
    assert once["comes_back"].dropna().between(0, 1).all()


def test_categories_with_two_hundred_gaps_have_windows_of_their_own(found: Any) -> None:
    table = found.categories.set_index("value")
    assert set(table.index) == {"tea", "cups"}
    assert table.loc["tea", "usual_days"] < 30 < table.loc["cups", "usual_days"]
    assert (found.by_category["high_80"] >= found.by_category["low_80"]).all()
    assert of(shop(500), by="none").categories.empty


def test_what_is_said_reads_as_a_sentence_in_both_languages(found: Any) -> None:
    for language in ("en", "zh"):
        t = Translator(language)
        told = answer(found, t)
        assert len(told) >= 3 and all("{" not in sentence for sentence in told)
        for state in found.customers["state"].unique():
            one = found.customers.loc[found.customers["state"] == state, "customer_id"].iloc[0]
            assert "{" not in customer_words(found, one, t)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 60)), min_size=1, max_size=20))
def test_gaps_and_the_curve_are_those_of_a_plain_loop(rows: list[tuple[str, int]]) -> None:
    days = pd.DataFrame(sorted(set(rows)), columns=["customer_id", "day"])
    gaps = gaps_of(days)
    own = {who: sorted(group["day"]) for who, group in days.groupby("customer_id")}
    loop = [later - earlier for days_of in own.values() for earlier, later in pairwise(days_of)]
    assert np.exp(gaps.logs).round().tolist() == loop
    assert gaps.last.tolist() == [days_of[-1] for days_of in own.values()]
    seen = [
        (days_of[1] - days_of[0], True) if len(days_of) > 1 else (61 - days_of[0], False) for days_of in own.values()
    ]
    curve = first_curve("", gaps, 61)
    for day in (0, 5, 20, 59):
        still = 1.0
        for gap in sorted({gap for gap, back in seen if back and gap <= day}):
            still *= 1 - sum(g == gap and b for g, b in seen) / sum(g >= gap for g, _ in seen)
        assert curve.not_back(np.array([float(day)]))[0] == pytest.approx(still)


def test_who_was_never_watched_so_long_gets_no_share() -> None:
    curve = first_curve("", gaps_of(pd.DataFrame({"customer_id": ["a", "a", "b"], "day": [1, 11, 5]})), 41)
    assert curve.comes_back(np.array([5.0, 36.0]), 10.0).tolist() == [
        pytest.approx(0.5),
        pytest.approx(np.nan, nan_ok=True),
    ]


def test_one_gap_is_drawn_to_the_shops_and_many_keep_their_own() -> None:
    rows = [(f"x{n}", 1 + gap * step) for n in range(30) for gap in [10 + n] for step in range(4)]
    rows += [("many", 1 + 90 * step) for step in range(20)] + [("one", 1), ("one", 91)]
    gaps = gaps_of(pd.DataFrame(sorted(rows), columns=["customer_id", "day"]))
    middle = dict(zip(gaps.customers, np.exp(foretell(gaps).middle), strict=True))
    assert 20 < middle["one"] < middle["many"] <= 91


def test_groups_with_few_held_back_gaps_share_their_widths() -> None:
    misses = np.linspace(-2, 2, 150)
    assert calibrate(misses, np.arange(150) % 6 + 1).groups == (1,)
    many = calibrate(np.tile(misses, 6), np.repeat([1, 2, 5], 300))
    assert many.groups == (1, 2, 4)
    assert many.quantile(np.array([1, 9]), 0.5) == pytest.approx([0, 0], abs=0.05)


def test_the_last_gap_is_foretold_without_itself() -> None:
    rows = [("a", 1), ("a", 11), ("a", 1_000)] + [(f"b{n}", day) for n in range(9) for day in (1, 11, 21)]
    days = pd.DataFrame(sorted(rows), columns=["customer_id", "day"])
    misses, known, _ = held_back(gaps_of(days))
    assert known.tolist() == [1] * 10
    assert misses[0] > 5 and np.abs(misses[1:]).max() < 1


def test_skewed_misses_are_covered_as_well() -> None:
    misses = np.random.default_rng(2).exponential(size=3_000)
    assert measure_coverage(misses, np.full(3_000, 1), seed=0)["covered"].to_numpy() == pytest.approx(
        [0.5, 0.8], abs=0.03
    )


@pytest.mark.parametrize(
    ("frame", "chosen", "code"),
    [
        (shop(12), {}, "next_order_few"),
        (shop(120), {"by": "brand"}, "next_order_no_column"),
        (
            pd.DataFrame({"customer id": [f"c{n}" for n in range(50)], "age": range(20, 70)}),
            {},
            "next_order_no_orders",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_in_words(frame: pd.DataFrame, chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        of(frame, **chosen)
    assert refused.value.code == code
    for language in ("en", "zh"):
        assert refused.value.sentence(Translator(language))


def test_windows_hold_what_they_promise_of_buyers_of_discs(shared_data: Any) -> None:
    lines = (shared_data / "cdnow" / "CDNOW_master.txt").read_text("ascii").splitlines()
    cells = [line.split() for line in lines if line.strip()]
    days = pd.DataFrame(
        [(c[0], c[1]) for c in cells if c[1].isdigit() and float(c[3]) > 0], columns=["customer_id", "day"]
    )
    days["day"] = pd.to_datetime(days["day"], format="%Y%m%d").map(date.toordinal)
    misses, known, _ = held_back(gaps_of(days.drop_duplicates().sort_values(["customer_id", "day"])))
    assert measure_coverage(misses, known, seed=0)["covered"].to_numpy() == pytest.approx([0.5, 0.8], abs=0.03)
