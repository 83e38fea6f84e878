"""Lifetime value of a shop: what is planted comes out, and what cannot be said is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.intake.questions import purchase_days_after, purchase_histories, share_kept
from analysis.notes import Note
from analysis.predict.lifetime.beta_geometric import BetaGeometric
from analysis.predict.lifetime.histories import histories
from analysis.predict.lifetime.ladder import fit_orders, steady_pace
from analysis.predict.lifetime.likely import Fit
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.result import LifetimeValue
from analysis.predict.lifetime.spend import Spend
from analysis.predict.lifetime.tried import Tried, as_wide_as_missed
from analysis.predict.lifetime.value import discounted_orders, lifetime_value
from analysis.predict.lifetime.words import answer, unused_sentence
from analysis.study import begin, read, suggest
from analysis.study.prepared import Prepared
from texts import Translator

START = date(2023, 1, 1)


def prepared(rows: list[tuple[Any, ...]]) -> Prepared:
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    frame["order_id"] = [f"o{place}" for place in range(len(frame))]
    return begin(read(frame)).prepared()


def leavers(n: int = 700, days: int = 720, leave: float = 0.08, seed: int = 1) -> list[tuple[str, date, float]]:
    """Customers with a pace of their own who leave after an order with a chance; orders of about 50."""
    rng = np.random.default_rng(seed)
    rows = []
    for one in range(n):
        gap = 1 / rng.gamma(2, 1 / 60)
        day, level = float(rng.integers(0, days // 2)), rng.gamma(6, 50 / 6)
        while day < days:
            rows.append((f"c{one:04}", START + timedelta(days=int(day)), round(float(rng.gamma(4, level / 4)), 2) + 1))
            if rng.random() < leave:
                break
            day += max(rng.exponential(gap), 1)
    return rows


@pytest.fixture(scope="module")
def shop() -> Prepared:
    return prepared(leavers())


def test_the_day_itself_counts_as_in_every_other_figure() -> None:
    rows = leavers(300, 500)
    day = max(when for _, when, _ in rows) - timedelta(days=30)
    frame = pd.DataFrame([*rows, ("new on the day", day, 20.0)], columns=["customer_id", "order_date", "amount"])
    tables = read(frame.assign(order_id=[f"o{place}" for place in range(len(frame))]))
    found = begin(tables, suggest(tables).model_copy(update={"as_of": day})).prepared()
    bought = (found.profiles.customers["n_orders"] > 0).to_numpy()
    worth = lifetime_value(found.standard, found.profiles, LifetimeParams(model="bg_nbd"))
    assert worth.n == bought.sum()
    assert worth.customers["value"].notna().tolist() == bought.tolist()
    for key in ("orders", "value"):
        told = worth.customers[bought]
        assert (told[f"{key}_low"] <= told[key]).all() and (told[key] <= told[f"{key}_high"]).all()


def test_what_a_repeat_day_brought_is_the_same_to_the_last_bit_in_any_order_of_the_rows() -> None:
    rows = [(who, when, money / 7) for who, when, money in leavers(120)]
    asked = (START + timedelta(days=600), 90)
    means = [
        purchase_histories(prepared(one).standard, *asked)["mean"].to_numpy()
        for one in (rows, rows[::-1], rows[1::2] + rows[::2])
    ]
    assert np.isfinite(means[0]).sum() > 80
    assert all(np.array_equal(means[0], one, equal_nan=True) for one in means)


def test_days_with_a_sale_are_counted_as_the_models_read_them() -> None:
    """The published example of customers 1 to 6: repeat days, and the money of days after the first."""
    rows = [
        (1, "2015-01-01", 1), (1, "2015-02-06", 2), (2, "2015-01-01", 2), (3, "2015-01-01", 3), (3, "2015-01-02", 1),
        (3, "2015-01-05", 5), (4, "2015-01-16", 6), (4, "2015-02-02", 3), (4, "2015-02-05", 3), (5, "2015-01-16", 3),
        (5, "2015-01-17", 1), (5, "2015-01-18", 8), (6, "2015-02-02", 5),
    ]  # fmt: skip
    found = prepared([(f"k{one}", day, money) for one, day, money in rows])
    told = purchase_histories(found.standard, date(2015, 2, 7), 5)
    end = date(2015, 2, 7).toordinal()
    assert (told["days"] - 1).tolist() == [1, 0, 2, 2, 2, 0]
    assert (told["last"] - told["first"]).tolist() == [36, 0, 4, 20, 2, 0]
    assert (end - told["first"]).tolist() == [37, 37, 37, 22, 22, 5]
    assert told["mean"].fillna(0).tolist() == [2, 0, 3, 3, 4.5, 0]
    assert told["recent"].tolist() == [1, 0, 0, 1, 0, 0]
    before = purchase_histories(found.standard, date(2015, 1, 17), 20)
    assert before["later"].tolist() == [1, 0, 0, 2, 1]
    after = purchase_days_after(found.standard, date(2015, 1, 17), date(2015, 2, 7))
    assert after["n"].tolist() == [1, 1, 1, 1]


def test_money_that_came_back_is_taken_off(shop: Prepared) -> None:
    found = prepared([("a", "2024-01-01", 100), ("b", "2024-01-02", 100), ("a", "2024-01-03", -50)])
    assert share_kept(found.standard, date(2024, 2, 1)) == pytest.approx(0.75)
    assert share_kept(shop.standard, date(2026, 1, 1)) == 1


def test_value_in_money_is_that_of_two_other_implementations() -> None:
    """CDNOW at the published parameters: a year at 1 % a month, months of 4.345 weeks."""
    model = BetaGeometric("bg_nbd", Fit((0.2425929, 4.4135318, 0.7928861, 2.4257532), 0.0, None, True))
    spend = Spend(Fit((6.2488032, 3.7445884, 15.4477459), 0.0, None, True), 38.8, 946, None)
    seen = histories([2, 1, 0, 7, 2], [30.43, 1.71, 0, 29.43, 35.71], [38.86] * 5)
    order = spend.expected([2.0, 1, 0, 7, 2], [22.35, 11.77, 0, 73.74, 25.55])
    year = seen.at(discounted_orders(model, seen, 12, 1.01**12 - 1, weeks_a_month=4.345))
    assert year * order == pytest.approx([36.278497, 4.6374668, 8.3440928, 283.5235892, 43.3536436], rel=1e-4)


def test_every_customer_of_the_profiles_has_a_value_with_an_interval(shop: Prepared) -> None:
    found = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd"))
    rows = found.customers
    assert rows["customer_id"].tolist() == shop.profiles.customers["customer_id"].tolist()
    assert (rows["orders_low"] <= rows["orders_high"]).all()
    assert (rows["value_low"] <= rows["value_high"]).all()
    assert found.total == pytest.approx(rows["value"].sum())
    assert found.total_low < found.total < found.total_high  # pyright: ignore[reportOperatorIssue]
    assert found.n == len(rows)
    assert found.tried is not None
    assert found.tried.model_is_better, "who stopped long ago is not expected to do the same again"
    auto = lifetime_value(shop.standard, shop.profiles, LifetimeParams())
    assert auto.used != "rule"
    assert [rung.loglik for rung in auto.ladder] == sorted((rung.loglik for rung in auto.ladder), reverse=True)


def test_a_slip_of_a_date_decades_ago_is_left_out_and_said(shop: Prepared) -> None:
    plain = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd"))
    slipped = prepared([*leavers(), ("c0001", date(1970, 1, 1), 50.0), ("stray", date(1970, 1, 1), 50.0)])
    told = lifetime_value(slipped.standard, slipped.profiles, LifetimeParams(model="bg_nbd"))
    # Sums of the same numbers in another order differ in their last digits, and the search ends a little elsewhere.
    assert told.fitted == pytest.approx(dict(plain.fitted), rel=1e-4)
    assert told.total == pytest.approx(plain.total or 0, rel=1e-4)
    assert (told.notes[0].code, told.notes[0].facts["n"]) == ("orders_begun", 1)
    values = told.customers.set_index("customer_id")["value"]
    assert np.isnan(values["stray"]) and values["c0001"] > 0
    for language in ("en", "zh"):
        assert "2023" in Translator(language)("note.orders_begun", **told.notes[0].facts)


def test_margin_and_discount_make_money_less_and_leave_orders_alone(shop: Prepared) -> None:
    plain = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd", discount=0))
    less = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd", discount=0, margin=0.3))
    later = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd", discount=0.2))
    assert less.total == pytest.approx(0.3 * (plain.total or 0))
    assert 0.83 * (plain.total or 0) < (later.total or 0) < 0.97 * (plain.total or 0)
    assert later.customers["orders"].tolist() == plain.customers["orders"].tolist()
    assert plain.version != less.version


def test_what_comes_lies_in_the_interval_of_the_sum_and_of_eight_in_ten_customers() -> None:
    """Trained on the first year and a half of shops that go on; the half year after it was never seen."""
    inside, covered = 0, []
    for seed in range(6):
        rows = leavers(250, 720, seed=seed + 10)
        cut = START + timedelta(days=540)
        found = prepared([row for row in rows if row[1] < cut])
        told = lifetime_value(
            found.standard, found.profiles, LifetimeParams(model="bg_nbd", months=6, discount=0)
        )  # fmt: skip
        later = pd.DataFrame([row for row in rows if row[1] >= cut], columns=["customer_id", "day", "amount"])
        later = later[later["customer_id"].isin(told.customers["customer_id"])]
        inside += (told.total_low or 0) <= later["amount"].sum() <= (told.total_high or 0)
        came = later.groupby("customer_id")["day"].nunique().reindex(told.customers["customer_id"]).fillna(0).to_numpy()
        covered.append(((told.customers["orders_low"] <= came) & (came <= told.customers["orders_high"])).mean())
    assert inside >= 4  # 80 % would be about five of six
    assert np.mean(covered) == pytest.approx(
        0.85, abs=0.1
    )  # counts are whole, so an interval of 80 % holds a little more


def test_where_all_buy_like_clockwork_the_rule_is_used() -> None:
    rows = [
        (f"c{one:03}", START + timedelta(days=(one % 5) + every * step), 20.0)
        for one, every in ((one, (7, 14, 28)[one % 3]) for one in range(90))
        for step in range(364 // every)
    ]
    found = prepared(rows)
    told = lifetime_value(found.standard, found.profiles)
    assert told.used == "rule"
    assert told.tried is not None
    assert told.tried.mae_rule < told.tried.mae_model
    weekly = told.customers["orders"].to_numpy()[0::3]
    assert weekly == pytest.approx(np.full(30, 52), abs=2)
    assert (told.customers["value"] <= told.customers["orders"] * 20).all()


def test_without_money_orders_are_expected_and_no_value_is_said() -> None:
    rows = pd.DataFrame(leavers(200), columns=["customer_id", "order_date", "amount"])[["customer_id", "order_date"]]
    rows["order_id"] = [f"o{place}" for place in range(len(rows))]
    found = begin(read(rows)).prepared()
    told = lifetime_value(found.standard, found.profiles)
    assert not told.has_money
    assert list(told.customers) == ["customer_id", "orders", "orders_low", "orders_high"]


@pytest.mark.parametrize(
    ("rows", "code", "facts"),
    [
        (leavers(12), "lifetime_few_customers", {"n": 12, "least": 50}),
        ([(f"c{n}", START + timedelta(days=n % 28), 9.0) for n in range(300)], "lifetime_short",
         {"days": 28, "least": 60}),
        ([(f"c{n}", START + timedelta(days=n), 9.0) for n in range(300)], "lifetime_few_repeats",
         {"n": 300, "repeats": 0, "least": 20}),
    ],
)  # fmt: skip
def test_a_past_that_tells_no_pace_is_refused_with_its_numbers(
    rows: list[tuple[str, date, float]], code: str, facts: dict[str, int]
) -> None:
    found = prepared(rows)
    with pytest.raises(AnalysisError) as refused:
        lifetime_value(found.standard, found.profiles)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_the_rule_alone_needs_a_past_to_be_tried_on() -> None:
    late = [(f"c{n}", START + timedelta(days=day), 9.0) for n in range(60) for day in (40 + n % 9, 51 + n % 9)]
    found = prepared([*late, ("first", START, 9.0)])
    with pytest.raises(AnalysisError, match="lifetime_rule_needs_past"):
        lifetime_value(found.standard, found.profiles, LifetimeParams(model="rule"))
    told = lifetime_value(found.standard, found.profiles)
    assert [note.code for note in told.notes][:1] == ["lifetime_untried"]


def test_where_everybody_is_alike_and_nobody_leaves_the_models_still_say_so() -> None:
    """Bought once a week until the last day: all spread and all leaving lie at their limits."""
    seen = histories([50.0] * 80, [50.0] * 80, [50.0] * 80)
    for kind in ("bg_nbd", "mbg_nbd", "pareto_nbd"):
        model, ladder = fit_orders(seen, kind)
        assert ladder[0].found
        assert model.expected(seen, 10)[0] == pytest.approx(10, rel=0.01)
    assert steady_pace(seen).expected(seen, 10)[0] == pytest.approx(10, rel=0.01)


def test_a_fit_that_fails_gives_way_to_a_steady_pace(monkeypatch: pytest.MonkeyPatch, shop: Prepared) -> None:
    failed = BetaGeometric("bg_nbd", Fit((1.0, 1.0, 1.0, 1.0), -1.0, None, False))
    monkeypatch.setattr("analysis.predict.lifetime.ladder.fit_beta_geometric", lambda seen, kind: failed)
    found = lifetime_value(shop.standard, shop.profiles, LifetimeParams(model="bg_nbd"))
    assert found.used == "steady_pace"
    assert [rung.found for rung in found.ladder] == [False]
    assert "lifetime_fit_failed" in [note.code for note in found.notes]
    assert found.total is not None


def test_cdnow_is_known_to_be_said_too_low(shared_data: Path) -> None:
    rows = pd.read_csv(shared_data / "cdnow" / "CDNOW_sample.txt", sep=r"\s+", header=None)
    rows = rows[[1, 2, 4]].astype({1: "str"})
    rows["day"] = pd.to_datetime(rows[2].astype(str))
    found = prepared([(one, day.date(), money) for one, day, money in zip(rows[1], rows["day"], rows[4], strict=True)])
    told = lifetime_value(found.standard, found.profiles, LifetimeParams(months=9, model="bg_nbd"))
    assert told.tried is not None
    assert (told.tried.n, told.tried.cut) == (2349, date(1997, 10, 1))  # eight of 2,357 only took what was free
    assert told.tried.error == pytest.approx(-0.12, abs=0.015)
    assert "lifetime_off" not in [note.code for note in told.notes]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sum_that_was_far_off_in_the_trial_is_never_told_without_it(language: Any) -> None:
    """And the error is that of what is used: a model that gave way may have been far off without the rule being so."""
    t, rows = Translator(language), pd.DataFrame({"value": [60.0, 40.0], "orders": [2.0, 1.0]})
    trial = Tried(date(2024, 1, 1), 26.0, 2, 146.0, 80.0, 100.0, 1.0, 1.0, -3.0, pd.DataFrame(), pd.DataFrame())
    told = LifetimeValue(
        LifetimeParams(), date(2024, 7, 1), "bg_nbd", rows, 100.0, 90.0, 110.0, 2, {}, (), None, trial, 1.0, "v",
        (Note("lifetime_off", {"off": 0.46, "months": 12}),),
    )  # fmt: skip
    by_rule = replace(told, used="rule")
    assert "46" in answer(told, t)[0] and not unused_sentence(told, t)
    assert "20" in answer(by_rule, t)[0] and "46" not in answer(by_rule, t)[0] and "80" in unused_sentence(by_rule, t)
    assert "%" not in answer(replace(told, notes=()), t)[0]
    assert len(answer(replace(told, total_low=10.0), t)) == len(answer(told, t)) + 1
    assert any("46" in sentence for sentence in answer(replace(told, total=None), t))


@pytest.mark.parametrize("missed", [-1.0, -0.999999, 0.0, 40.0])
def test_where_a_trial_foretold_next_to_nothing_the_interval_of_the_sum_has_an_end(missed: float) -> None:
    total, low, high = as_wide_as_missed((100.0, 90.0, 110.0), missed)
    assert np.isfinite([total, low, high]).all() and 0 < low <= 90 < 110 <= high
