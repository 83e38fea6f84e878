"""Charts of churn, of the next order and of uplift, drawn of planted results."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.charts.predict.churn import calibration, found_by_risk, pictures, precision_recall
from analysis.charts.predict.next_order import MOST_CURVES, comes_back, due
from analysis.charts.predict.uplift import fifths, gained
from analysis.errors import AnalysisError
from analysis.predict.churn.definition import ChurnDefinition
from analysis.predict.churn.measure import Beside, beside
from analysis.predict.churn.result import ChurnResult
from analysis.predict.next_order.curves import Curve
from analysis.predict.next_order.result import NextOrders
from analysis.predict.uplift.qini import qini
from analysis.predict.uplift.uplift import UpliftResult
from analysis.profiles.result import Feature
from texts import Translator


@pytest.fixture(scope="module")
def result() -> ChurnResult:
    rng = np.random.default_rng(0)
    chance = rng.random(400)
    left = rng.random(400) < chance
    both = beside(left, chance, np.round(chance, 1), base=0.5)
    return ChurnResult(
        customers=pd.DataFrame(), definition=ChurnDefinition("silence", days=30), used="logistic", tried="logistic",
        measured=both.model, rule=both.rule, rule_feature=Feature("recency_days", "risk", "number", "days"),
        gain=both.gain, active=None, windows=(), leaks=(), season=None, features=(), typical={}, money=None,
        as_of=date(2024, 1, 1), version="churn_0",
    )  # fmt: skip


def layers(chart: Any) -> list[pd.DataFrame]:
    """Return the data of each layer; a chart of one layer holds it itself."""
    return [layer.data if isinstance(layer.data, pd.DataFrame) else chart.data for layer in chart.layer]


def test_each_tenth_stands_with_its_interval_beside_the_even_line(result: ChurnResult) -> None:
    even, rules, _ = layers(calibration(result, Translator("en")))
    assert even["foretold"].tolist() == even["observed"].tolist()
    assert len(rules) == 10 and rules["n"].sum() == 400
    assert ((rules["low"] <= rules["observed"]) & (rules["observed"] <= rules["high"])).all()


def test_the_leavers_found_rise_from_none_to_all_by_model_rule_and_chance(result: ChurnResult) -> None:
    (data,) = layers(found_by_risk(result, Translator("zh")))
    assert data["by"].nunique() == 3
    for _, line in data.groupby("by"):
        assert line["recall"].iloc[0] == 0 and line["recall"].iloc[-1] == 1
        assert line["recall"].is_monotonic_increasing
    assert set(pictures(result, Translator("en"))) == {"churn_calibration", "churn_found", "churn_precision"}


def test_titles_of_churn_say_what_was_found(result: ChurnResult) -> None:
    share, rate = result.measured.leavers, result.measured.rate
    tenth = Translator("en").percent(share.value * share.n / 400)
    assert found_by_risk(result, Translator("en")).title.text == (
        f"The tenth most at risk held {tenth} of those who left (n = 400)"
    )
    assert f"{Translator('zh').percent(rate)}（n = 400）" in calibration(result, Translator("zh")).title.text


def test_precision_begins_high_and_ends_at_the_share_who_left(result: ChurnResult) -> None:
    (data,) = layers(precision_recall(result, Translator("en")))
    for _, line in data.groupby("by"):
        assert line["precision"].iloc[-1] == pytest.approx(result.measured.rate)
    best = data.groupby("by")["precision"].max()
    assert best.pop("By chance") == result.measured.rate
    assert (best > 0.8).all()


def test_the_figures_stand_side_by_side(result: ChurnResult) -> None:
    table = result.figures()
    assert table[["scores", "customers"]].values.tolist() == [["model", "all"], ["rule", "all"]]
    both = replace(result, active=Beside(result.measured, result.rule, result.gain))
    assert both.figures()["customers"].tolist() == ["all", "all", "active", "active"]
    assert table["auc"].tolist() == [result.measured.auc.value, result.rule.auc.value]


def orders(state: str = "window") -> NextOrders:
    rows = pd.DataFrame({"state": [state] * 3, "middle": pd.to_datetime(["2024-01-03", "2024-01-05", "2030-01-01"])})
    curves = tuple(
        Curve(name, np.array([3.0, 9.0]), np.array([0.8, 0.5]), 10 + place, 5, 30.0)
        for place, name in enumerate(["", *"abcdefgh"])
    )
    none = pd.DataFrame()
    return NextOrders(rows, none, none, none, curves, "category", 90, date(2024, 1, 1))


def test_curves_rise_to_the_share_that_came_back_and_are_few() -> None:
    (data,) = layers(comes_back(orders(), Translator("en")))
    assert data["of"].nunique() == MOST_CURVES + 1
    assert data.groupby("of")["back"].max().eq(0.5).all()
    # Watched for 30 days: what 90 days bring nobody knows, 30 days hold the half.
    assert "within" not in comes_back(orders(), Translator("en")).title.text
    seen = comes_back(replace(orders(), days=30), Translator("en")).title.text
    assert seen == "50% come back within 30 days of the first order (n = 10)"


def test_orders_are_due_in_weeks_and_the_last_bar_holds_what_is_further_off() -> None:
    (data,) = layers(due(orders(), Translator("en")))
    assert data["customers"].tolist() == [2, 1]
    assert due(orders(), Translator("en")).title.text == "2 of 3 next orders are due within 90 days"
    assert data["week"].iloc[1] == pd.Timestamp("2024-12-30")
    with pytest.raises(AnalysisError, match="next_order_no_windows"):
        due(orders("overdue"), Translator("en"))


def test_the_gain_of_an_order_ends_where_chance_ends_and_fifths_stand_with_their_intervals() -> None:
    rng = np.random.default_rng(1)
    treated, score = rng.random(1_000) < 0.5, rng.random(1_000)
    came = rng.random(1_000) < 0.2 + 0.4 * treated * score
    parts = [(n, 200, 0.5, 0.1 * n, 0.1 * n - 0.05, 0.1 * n + 0.05) for n in range(1, 6)]
    found = UpliftResult(
        pd.DataFrame(), pd.DataFrame(), 0.2, 0.1, 0.3, 500, 500, qini(came, treated, score, draws=5),
        pd.DataFrame(parts, columns=["fifth", "n", "foretold", "effect", "low", "high"]), pd.DataFrame(), (),
        date(2024, 1, 1),
    )  # fmt: skip
    (data,) = layers(gained(found, Translator("en")))
    ends = data.groupby("by")["gained"].last()
    assert ends.iloc[0] == pytest.approx(ends.iloc[1])
    none, rules, _ = layers(fifths(found, Translator("zh")))
    assert none["effect"].tolist() == [0] and len(rules) == 5
