"""The trend: whole months, the rule it gives way to, intervals that hold, and what cannot be told."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.predict.beginning import place_of_beginning
from analysis.predict.trend.models import forecast, rule_for
from analysis.predict.trend.params import TrendParams
from analysis.predict.trend.rolling import ahead, most_months
from analysis.predict.trend.trend import trend
from analysis.predict.trend.words import answer
from analysis.recipe import Recipe
from analysis.study import begin, read, suggest
from tests.predict.churn.shops import prepared
from tests.thorough import THOROUGH, examples
from texts import Translator


def orders_of(months: dict[str, float], *, days: tuple[int, ...] = (1, 10, 20, 28), **columns: Any) -> pd.DataFrame:
    """Four orders a month that come to so much money."""
    rows = [
        (f"c{number}", date.fromisoformat(f"{month}-{day:02}"), money / len(days))
        for month, money in months.items()
        for number, day in enumerate(days)
    ]
    return pd.DataFrame(rows, columns=["customer id", "order date", "amount"]).assign(**columns)


def names(n: int, start: str = "2022-01") -> list[str]:
    return [f"{month:%Y-%m}" for month in pd.date_range(f"{start}-01", periods=n, freq="MS")]


def of(frame: pd.DataFrame, **chosen: Any) -> Any:
    found = prepared(frame)
    return trend(found.standard, found.profiles, TrendParams(**chosen))


def test_months_are_summed_and_only_whole_ones_count() -> None:
    months = dict.fromkeys(names(14), 400.0)
    frame = orders_of(months)
    late = pd.DataFrame({"customer id": ["c0"], "order date": [date(2023, 3, 4)], "amount": [9.0]})
    found = of(pd.concat([frame, late]), measure="revenue", months=3)
    assert (found.n_months, found.first, found.last) == (14, date(2022, 1, 1), date(2023, 2, 1))
    known = found.months[~found.months["is_told"]]
    assert known["value"].tolist() == [400.0] * 14
    assert found.months.loc[found.months["is_told"], "month"].dt.strftime("%Y-%m").tolist() == [
        "2023-03", "2023-04", "2023-05",
    ]  # fmt: skip
    counted = of(frame, measure="customers", months=1)
    assert counted.months["value"].iloc[0] == 4


def test_a_day_decades_before_the_others_does_not_stretch_the_months() -> None:
    early = pd.DataFrame({"customer id": ["c0"], "order date": [date(1970, 1, 1)], "amount": [25.0]})
    found = of(pd.concat([early, orders_of(dict.fromkeys(names(14), 100.0))]), months=1)
    assert (found.first, found.n_months) == (date(2022, 1, 1), 14)
    assert (found.notes[0].code, found.notes[0].facts["n"]) == ("orders_begun", 1)
    # Two years, a pause of two and a few months: the few are too little to tell anything from.
    paused = [date.fromisoformat(f"{month}-10") for month in (*names(24, "2018-01"), *names(3, "2022-01"))]
    assert place_of_beginning(paused) == 0


def test_a_season_is_told_by_last_year_and_growth_by_a_way_that_beats_it() -> None:
    rng = np.random.default_rng(3)
    season = 1000 * np.exp(0.5 * np.sin(np.arange(40) / 12 * 2 * np.pi) + rng.normal(0, 0.05, 40))
    told = ahead(season[:34], 6)
    assert np.abs(told.values / season[34:] - 1).max() < 0.3
    growth = 1000 * np.exp(0.03 * np.arange(40) + rng.normal(0, 0.02, 40))
    found = ahead(growth[:34], 6)
    assert found.way in ("ets", "damped")
    assert found.tried[0].way == "last_year"
    better = next(one.better for one in found.tried if one.way == found.way)
    assert better is not None and better > 0.5
    assert found.values[-1] > growth[33]


def test_noise_gives_way_to_the_rule_or_is_as_flat_as_it() -> None:
    rng = np.random.default_rng(0)
    found = [ahead(1000 * np.exp(np.cumsum(rng.normal(0, 0.05, 18))), 3) for _ in range(12)]
    assert [one.way for one in found].count("last_month") >= 8
    # Smoothing that all but repeats the last month is better by next to nothing, and very surely so.
    gains = [tried.better for one in found for tried in one.tried if tried.way == one.way]
    assert all(gain is None or gain > 0.01 for gain in gains)


def test_eighty_percent_intervals_hold_eighty_percent_of_planted_months() -> None:
    rng = np.random.default_rng(7)
    held = []
    for number in range(60 if THOROUGH else 20):
        n = (18, 24)[number % 2] if THOROUGH else 18
        flat = 1000 * np.exp(rng.normal(0, 0.1, n + 3) + (0.01 * np.arange(n + 3) if number % 3 else 0))
        told = ahead(flat[:n], 3)
        held.append((told.low <= flat[n:]) & (flat[n:] <= told.high))
    assert 0.65 <= float(np.mean(held)) <= 0.95  # of 60 or 180, which lie three and three beside each other


def test_widths_by_hand() -> None:
    """As last month, errors of one month ahead are the steps: their root mean square times t of as many degrees."""
    values = np.exp(np.array([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1], dtype=float))
    found = ahead(values, 1)
    told = {one.way: one for one in found.tried}
    steps = np.abs(np.diff(values))[-6:]
    assert told["last_month"].error == pytest.approx(steps.mean())
    if found.way == "last_month":
        assert np.log(found.high[0]) - np.log(found.values[0]) == pytest.approx(1.4398 * 1.0, abs=1e-3)


def test_rules_and_how_far_ahead() -> None:
    assert rule_for(24) == "last_year"
    assert forecast("last_year", np.arange(30.0), 14) is not None
    assert [most_months(n) for n in (12, 13, 24)] == [3, 4, 9]
    constant = ahead(np.full(14, 7.0), 3)
    assert [*constant.values, *constant.low, *constant.high] == pytest.approx([7.0] * 9)


@examples(24)
@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=16))
def test_never_below_nothing_never_no_number(values: list[int]) -> None:
    found = ahead(np.array(values, dtype=float), 2)
    assert np.isfinite([found.values, found.low, found.high]).all()
    assert (found.low >= 0).all()
    assert (found.low <= found.values + 1e-6).all() and (found.values <= found.high + 1e-6).all()


def test_groups_are_lines_of_their_own_and_small_ones_are_named() -> None:
    big = orders_of(dict.fromkeys(names(13), 400.0), channel="shop")
    small = orders_of(dict.fromkeys(names(13), 40.0), channel="web")
    rare = orders_of({"2022-03": 10.0}, channel="fair")
    found = of(pd.concat([big, small, rare]), by="channel")
    assert [one.group for one in found.groups] == ["shop", "web"]
    assert "trend_left_out" in {note.code for note in found.notes}
    told = found.months[found.months["is_told"]].groupby("group")["value"].first()
    assert told.to_dict() == pytest.approx({"shop": 400.0, "web": 40.0})


@pytest.mark.parametrize(
    ("frame", "chosen", "code"),
    [
        (orders_of(dict.fromkeys(names(7), 100.0)), {}, "trend_short"),
        (orders_of(dict.fromkeys(names(13), 100.0)), {"by": "region"}, "trend_no_column"),
        (orders_of(dict.fromkeys(names(13), 100.0)), {"by": "segments"}, "trend_no_segments"),
        (orders_of(dict.fromkeys(names(13), 100.0)).drop(columns="amount"), {"measure": "revenue"}, "trend_no_money"),
        (pd.DataFrame({"customer id": ["a", "b"], "name": ["x", "y"], "age": [3, 4]}), {}, "trend_no_orders"),
    ],
)
def test_what_cannot_be_told_is_refused(frame: pd.DataFrame, chosen: dict[str, Any], code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        of(frame, **chosen)
    assert refused.value.code == code
    for language in ("en", "zh"):
        assert "{" not in Translator(language)(f"error.{code}", **refused.value.facts)


def test_a_study_tells_it_by_segment_after_the_segments_and_makes_no_feature_of_it(tmp_path: Any) -> None:
    rng = np.random.default_rng(1)
    rows = [
        (
            f"c{rng.integers(80):02}",
            date(2022, 1, 1) + timedelta(days=int(rng.integers(480))),
            float(rng.uniform(5, 90)),
        )
        for _ in range(900)
    ]
    tables = read(pd.DataFrame(rows, columns=["customer id", "order date", "amount"]))
    recipe: Recipe = suggest(tables).with_prediction(TrendParams(by="segments", months=2))
    run = begin(tables, recipe)
    found = run.predicted()
    assert set(found.results) == {"trend"} and not found.problems
    assert {one.group for one in found.results["trend"].groups} <= set(
        run.segmentation("rfm")[1].segmentation.segments["segment"]
    )
    assert found.profiles.customers.equals(run.untagged().profiles.customers)
    assert run.state == begin(tables, recipe.without_prediction("trend")).state
    from analysis.exports.folder import write_folder
    from analysis.predict.trend.told import figures

    written = write_folder(run.result(), tmp_path, Translator("en"), only="csv")
    assert {"trend.csv"} <= {path.name for path in written}
    assert "predictions.csv" not in {path.name for path in written}
    table = pd.read_csv(tmp_path / "trend.csv")
    assert len(table) == len(found.results["trend"].months)
    assert len(figures(found.results["trend"])["groups"][0]["months"]) == 2


@pytest.mark.parametrize(("language", "said"), [("en", "Revenue in 2023-03: about"), ("zh", "2023-03 销售额约")])
def test_the_words_say_next_month_the_months_after_and_the_way(language: Any, said: str) -> None:
    t = Translator(language)
    found = of(orders_of(dict.fromkeys(names(14), 400.0)), months=3)
    sentences = answer(found, t)
    assert sentences[0].startswith(said)
    assert "400" in sentences[0]
    assert all("{" not in one for one in sentences)
    for note in found.notes:
        assert "{" not in t(f"note.{note.code}", **note.facts)
