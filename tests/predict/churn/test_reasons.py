"""Reasons and changes: the part of each feature by hand, what can be acted on, and the money of it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.predict.churn.design import design_matrix, learn_design
from analysis.predict.churn.model import fit_model
from analysis.predict.churn.money import saved
from analysis.predict.churn.params import ChurnParams
from analysis.predict.churn.reasons import actionable, alike, changes, reasons, typical
from analysis.predict.churn.words import money_words
from analysis.profiles.result import Feature
from texts import Translator

RNG = np.random.default_rng(0)
N = 500
BASE = pd.DataFrame(
    {
        "recency_days": RNG.integers(1, 200, N).astype(float),
        "orders_last_90_days": RNG.integers(0, 4, N),
        "plan": RNG.choice(["month", "year"], N),
        "gender": RNG.choice(["f", "m"], N),
    }
)
LEFT = RNG.random(N) < np.where(BASE["plan"] == "month", 0.7, 0.1) * np.where(BASE["recency_days"] > 100, 1.0, 0.4)
FEATURES = (
    Feature("recency_days", "risk", "number", "days", origin="orders"),
    Feature("orders_last_90_days", "risk", "number", "count", origin="orders"),
    Feature("plan", "basic", "category", header="plan"),
    Feature("gender", "basic", "category"),
)
DESIGN = learn_design(BASE, FEATURES)
MATRIX = design_matrix(DESIGN, BASE)
FITTED = fit_model(MATRIX, LEFT, "logistic", seed=0)


def test_reasons_are_the_largest_parts_of_the_odds_in_the_direction_of_the_risk() -> None:
    chance = FITTED.chances(MATRIX)
    table = reasons(DESIGN, FITTED, MATRIX, chance, float(LEFT.mean()))
    groups = alike(DESIGN)
    assert list(groups) == ["recency_days", "plan", "gender"]
    for place in range(0, N, 50):
        parts = {
            key: sum(MATRIX[place, at] * FITTED.weights[at] for at in own) * FITTED.slope for key, own in groups.items()
        }
        sign = 1 if chance[place] >= LEFT.mean() else -1
        expected = [key for key in sorted(parts, key=lambda key: -sign * parts[key]) if sign * parts[key] > 0.05]
        told = [str(key) for key in table.loc[place, ["reason_1", "reason_2", "reason_3"]] if key]
        heads = ["recency_days" if key == "orders_last_90_days" else key for key in told]
        assert heads == [key for key in expected if key in heads] and {*expected} - {*heads} <= {"recency_days"}
        for key, head in zip(told, heads, strict=True):
            assert table.loc[place, f"weight_{told.index(key) + 1}"] == pytest.approx(parts[head])


def test_a_number_is_a_reason_only_on_its_side_of_the_usual_one() -> None:
    chance = FITTED.chances(MATRIX)
    table = reasons(DESIGN, FITTED, MATRIX, chance, float(LEFT.mean()))
    place = [column.feature for column in DESIGN.columns].index("recency_days")
    assert FITTED.weights[place] > 0
    days, risky = BASE["recency_days"], chance >= LEFT.mean()
    told = (table[["reason_1", "reason_2", "reason_3"]] == "recency_days").any(axis=1)
    assert told[risky].any() and days[told & risky].min() >= days.median()
    assert told[~risky].any() and days[told & ~risky].max() <= days.median()


def test_who_somebody_is_cannot_be_changed_and_a_person_may_say_otherwise() -> None:
    assert [feature.key for feature in actionable(FEATURES, ())] == ["recency_days", "plan"]
    assert [feature.key for feature in actionable(FEATURES, ("gender",))] == ["gender"]
    senior = Feature("SeniorCitizen", "basic", "flag", header="SeniorCitizen")
    region = Feature("所在省份", "basic", "category", header="所在省份")
    assert actionable((senior, region), ()) == ()


def test_the_change_is_the_one_with_the_lowest_chance_and_never_a_higher_one() -> None:
    found = changes(DESIGN, FITTED, BASE, FEATURES[2:3], 0.0)
    now = FITTED.chances(MATRIX)
    told = found["change"] == "plan"
    assert told.sum() == (BASE["plan"] == "month").sum()
    assert set(found.loc[told, "change_to"]) == {"year"}
    other = FITTED.chances(design_matrix(DESIGN, BASE.assign(plan="year")))
    np.testing.assert_allclose(found.loc[told, "risk_then"], other[told])
    assert (found.loc[told, "risk_then"] < now[told]).all()


def test_an_order_today_counts_as_an_order_too() -> None:
    found = changes(DESIGN, FITTED, BASE, FEATURES[:1], 0.0)
    then = BASE.assign(recency_days=1.0, orders_last_90_days=BASE["orders_last_90_days"] + 1)
    told = found["change"] == "recency_days"
    np.testing.assert_allclose(found.loc[told, "risk_then"], FITTED.chances(design_matrix(DESIGN, then))[told])


def test_what_is_usual_is_the_median_and_the_most_frequent_level() -> None:
    usual = typical(BASE, FEATURES)
    assert usual["recency_days"] == BASE["recency_days"].median()
    assert usual["plan"] == BASE["plan"].mode()[0]


def test_nobody_is_saved_twice_and_who_has_left_is_not() -> None:
    chance, value = np.array([0.2, 0.9, 0.5]), np.array([100.0, 100.0, np.nan])
    rows, money = saved(chance, value, np.array([False, True, False]), ChurnParams(cost=1.0))
    assert rows["saved"].isna().tolist() == [False, True, True]
    assert rows["saved_low"][0] == pytest.approx(0.2 * 100 * 0.05 - 1)
    assert money is not None and (money.n, money.saved) == (1, pytest.approx(1.0))


@pytest.mark.parametrize(
    ("cost", "n", "pays_from", "said"),
    [(0.0, 2, None, ""), (1.0, 2, 0.02, "2.0%"), (4.0, 1, 0.05, "5.0%"), (8.8, 0, 0.11, "11%"), (200.0, 0, 2.5, "")],
)
def test_the_save_rate_from_which_an_offer_pays_by_hand(
    cost: float, n: int, pays_from: float | None, said: str
) -> None:
    """At stake are 80 and 20, of which a tenth is saved: at a cost of 4 the first alone pays, from 4 / 80 on."""
    chance, value = np.array([0.8, 0.2]), np.array([100.0, 100.0])
    _, money = saved(chance, value, np.array([False, False]), ChurnParams(cost=cost))
    assert money is not None and money.n == n and money.pays_from == (pays_from and pytest.approx(pays_from))
    for language in ("en", "zh"):
        told = money_words(SimpleNamespace(money=money), Translator(language))  # pyright: ignore[reportArgumentType]
        assert "{" not in " ".join(told) and said in told[-1] and len(told) == (2 if n and cost else 1)


def test_without_a_value_there_is_no_money() -> None:
    assert saved(np.array([0.5]), np.array([np.nan]), np.array([False]), ChurnParams())[1] is None
