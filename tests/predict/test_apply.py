"""Predictions in a study: features for everything after them, equal through every door, and refused one by one."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.conditions import Condition
from analysis.errors import AnalysisError, ChoiceError
from analysis.exports.code import JoinedStudy, prediction_code
from analysis.figures import summary
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.methods import PREDICTIONS
from analysis.predict.trend.params import TrendParams
from analysis.recipe import Recipe
from analysis.study import begin, read, run, suggest
from analysis.tags.params import Rule, Tag, Top
from cli import main
from texts import Translator


def orders(n: int = 120, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for one in range(n):
        day = int(rng.integers(0, 100))
        while day < 400:
            rows.append((f"c{one:03}", date(2023, 1, 1) + timedelta(days=day), round(float(rng.gamma(3, 10)), 2) + 1))
            if rng.random() < 0.15:
                break
            day += int(rng.exponential(5 + one % 40)) + 1
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    return frame.assign(order_id=[f"o{place}" for place in range(len(frame))])


@pytest.fixture(scope="module")
def tables() -> Any:
    return read(orders())


@pytest.fixture(scope="module")
def recipe(tables: Any) -> Recipe:
    tag = Tag(key="promising", type="predictive", source=Top(feature="lifetime_value", share=0.2))
    return suggest(tables).with_prediction(LifetimeParams()).with_tag(tag)


@pytest.fixture(scope="module")
def refunds() -> Any:
    days = [date(2023, 1, 1) + timedelta(days=3 * place) for place in range(120)]
    return begin(read(pd.DataFrame({
        "customer_id": [f"c{place % 20}" for place in range(120)], "order_id": [f"o{place}" for place in range(120)],
        "order_date": days, "amount": -10.0, "product": [f"p{place % 3}" for place in range(120)],
    })))  # fmt: skip


def test_a_prediction_is_a_feature_for_tags_segments_and_the_summary(tables: Any, recipe: Recipe) -> None:
    result = run(tables, recipe)
    frame = result.profiles.customers
    assert {"lifetime_value", "lifetime_orders", "tag_promising"} <= set(frame)
    best = frame["lifetime_value"].nlargest(len(frame) // 5).index
    assert frame["tag_promising"].fillna(False)[best].all()
    feature = result.profiles.feature("lifetime_value")
    assert feature is not None
    assert (feature.origin, feature.as_of) == ("prediction", result.profiles.as_of)
    told = summary(result)["predictions"]["lifetime"]
    assert told["value"] == pytest.approx(frame["lifetime_value"].sum())
    assert told["customers"] == len(frame)
    assert "lifetime_value" not in run(tables, suggest(tables)).profiles.customers


def test_without_a_prediction_the_state_is_that_of_the_tables_alone(tables: Any, recipe: Recipe) -> None:
    plain = begin(tables, suggest(tables))
    assert plain.state == plain.version
    one, other = (begin(tables, recipe.with_prediction(LifetimeParams(months=months))) for months in (6, 12))
    assert len({plain.state, one.state, other.state}) == 3
    assert one.prediction(LifetimeParams()).version == other.predicted().results["lifetime"].version


def test_one_that_cannot_be_made_stops_nothing_and_says_why() -> None:
    few = read(orders(20))
    result = run(few, suggest(few).with_prediction(LifetimeParams()))
    assert result.predicted is not None
    assert result.predicted.problems["lifetime"].code == "lifetime_few_customers"
    assert summary(result)["predictions"]["lifetime"]["problem"] == {
        "code": "lifetime_few_customers", "n": 20, "least": 50,
    }  # fmt: skip
    assert result.edited


def test_a_recipe_holds_one_prediction_of_each_kind() -> None:
    with pytest.raises(ChoiceError, match="prediction_twice"):
        Recipe(predictions=(LifetimeParams(), LifetimeParams(months=3)))
    changed = Recipe().with_prediction(LifetimeParams()).with_prediction(LifetimeParams(months=3))
    assert changed.prediction("lifetime") == LifetimeParams(months=3)
    assert Recipe.model_validate_json(changed.model_dump_json()) == changed
    assert changed.without_prediction("lifetime") == Recipe()


@pytest.mark.parametrize("wrong", [{"months": 0}, {"margin": 0}, {"discount": 2}, {"model": "prophet"}, {"horizon": 1}])
def test_what_cannot_be_chosen_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ChoiceError):
        LifetimeParams.model_validate(wrong)


def test_command_and_engine_give_one_figure(tmp_path: Path, tables: Any) -> None:
    orders().to_csv(tmp_path / "orders.csv", index=False)
    assert (
        main(["run", str(tmp_path / "orders.csv"), "-o", str(tmp_path / "out"), "--predict", "all", "--only", "csv"])
        == 0
    )
    told = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))["predictions"]
    assert set(told) == {kind for kind, one in PREDICTIONS.items() if not one.is_told} == set(PREDICTIONS) - {"uplift"}
    of_engine = run(tables, suggest(tables).with_prediction(LifetimeParams()))
    assert told["lifetime"]["value"] == pytest.approx(summary(of_engine)["predictions"]["lifetime"]["value"])
    rows = pd.read_csv(tmp_path / "out" / "predictions.csv")
    assert rows["lifetime_value"].sum() == pytest.approx(told["lifetime"]["value"])
    assert (rows["lifetime_value_low"] <= rows["lifetime_value_high"]).all()
    assert main(["run", str(tmp_path / "orders.csv"), "-o", str(tmp_path / "no"), "--predict", "weather"]) != 0
    assert not (tmp_path / "no").exists()


def test_the_code_that_is_shown_gives_the_prediction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    orders().to_csv("orders.csv", index=False)
    tables = read("orders.csv")
    code = prediction_code(JoinedStudy(suggest(tables), ["orders.csv"], suggest(tables)), LifetimeParams(months=6))
    held: dict[str, Any] = {}
    exec(code, held)
    told = begin(tables).prediction(LifetimeParams(months=6))
    assert held["found"].total == pytest.approx(told.total)


def test_a_rule_can_ask_for_a_prediction(tables: Any, recipe: Recipe) -> None:
    when = Condition.model_validate({"feature": "lifetime_orders", "op": "ge", "values": [2.0]})
    tag = Tag(key="again", type="predictive", source=Rule(when=when))
    result = run(tables, recipe.with_tag(tag))
    assert result.tagged is not None
    expected = int((result.profiles.customers["lifetime_orders"] >= 2).sum())
    assert result.tagged.values["again"].n == expected > 0


@pytest.mark.parametrize("kind", ["churn", "lifetime", "trend", "offers", "next_order", "shapes"])
def test_of_refunds_alone_nothing_is_foretold_and_the_lines_are_counted(refunds: Any, kind: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        refunds.prediction(PREDICTIONS[kind].params())
    assert (refused.value.code, refused.value.facts) == ("predict_no_sales", {"n": 120})
    for language in ("en", "zh"):
        assert "120" in refused.value.sentence(Translator(language))


def test_where_returns_took_all_money_back_no_value_of_nothing_is_told() -> None:
    sold = orders(120)
    back = sold.assign(amount=-sold["amount"], order_id="r" + sold["order_id"])
    study = begin(read(pd.concat([sold, back])))
    found = study.prediction(LifetimeParams())
    assert not found.has_money and found.notes[0].code == "lifetime_all_returned"
    with pytest.raises(AnalysisError, match="trend_nothing_left"):
        study.prediction(TrendParams(measure="revenue"))
