"""Shapes of customers: planted ones are found, noise gives none, and what cannot be told is refused with numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.predict.shapes.forms import SHAPES, Years, again, lean, shape_of
from analysis.predict.shapes.params import ShapesParams
from analysis.predict.shapes.result import Shapes
from analysis.predict.shapes.shapes import shapes
from analysis.predict.shapes.told import features, figures
from analysis.predict.shapes.words import answer
from analysis.reports.hush import MARK, Hushed
from tests.predict.churn.shops import prepared
from texts import Translator

END = date(2024, 12, 30)
ANY = np.full(12, 1 / 12)


def by_months(groups: dict[str, tuple[int, Any]], *, orders: int = 30, seed: int = 0) -> pd.DataFrame:
    """So many customers of each name, whose orders of two years lie over twelve months as ``weights(rng, year)``."""
    rng = np.random.default_rng(seed)
    rows = [("last", END)]
    for name, (n, weights) in groups.items():
        for number in range(n):
            rows.append((f"{name}{number:03}", END - timedelta(days=735)))
            own = np.random.default_rng([seed, number])
            for year in (1, 0):
                months = rng.choice(12, orders, p=weights(own, year))
                days = 365 * year + 365 - np.ceil((months + rng.random(orders)) * 365 / 12).astype(int)
                rows += [(f"{name}{number:03}", END - timedelta(days=int(ago))) for ago in np.unique(days)]
    return pd.DataFrame(rows, columns=["customer id", "order date"]).assign(amount=10)


def even(rng: Any, year: int) -> np.ndarray:
    return ANY


def sloped(by: float) -> Any:
    weights = np.exp(np.linspace(-by, by, 12))
    return lambda rng, year: ANY if year else weights / weights.sum()


def in_two_months(rng: Any, year: int) -> np.ndarray:
    weights = np.full(12, 0.015)
    start = rng.integers(0, 11)
    weights[start : start + 2] = 0.425
    return ANY if year else weights / weights.sum()


def in_season(rng: Any, year: int) -> np.ndarray:
    start = np.random.default_rng(int(rng.bit_generator.seed_seq.entropy[1])).integers(0, 12)
    weights = np.full(12, 0.03)
    weights[(start + np.arange(3)) % 12] += 0.25
    return weights / weights.sum()


def found_in(frame: pd.DataFrame, **chosen: Any) -> Shapes:
    found = prepared(frame)
    return shapes(found.standard, found.profiles, ShapesParams(**chosen))


@pytest.fixture(scope="module")
def planted() -> Shapes:
    groups = {"rise": sloped(1.3), "fade": sloped(-1.3), "once": in_two_months, "turn": in_season, "even": even}
    return found_in(by_months({name: (40, weights) for name, weights in groups.items()}))


@pytest.mark.parametrize(
    ("name", "shape", "least"),
    [
        ("rise", "rising", 32), ("fade", "fading", 32), ("once", "burst", 36), ("turn", "seasonal", 32),
        ("even", "steady", 32),
    ],
)  # fmt: skip
def test_planted_shapes_are_found(planted: Shapes, name: str, shape: str, least: int) -> None:
    rows = planted.customers[planted.customers["customer_id"].str.startswith(name)]
    assert (rows["shape"] == shape).sum() >= least
    row = planted.shapes.set_index("shape").loc[shape]
    assert row["is_told"] and row["stable"] >= 0.6 and row["low"] < row["share"] < row["high"]
    assert shape == "steady" or row["by_chance"] < row["customers"] / 4


def test_the_picture_adds_up_and_its_peak_is_where_it_says(planted: Shapes) -> None:
    by_shape = planted.months.groupby("shape")["share"]
    assert by_shape.sum().round(9).eq(1).all() and by_shape.size().eq(12).all()
    burst = planted.months[planted.months["shape"] == "burst"]
    assert burst.loc[burst["share"].idxmax(), "month"] == 6


@pytest.mark.parametrize("seed", range(2))
def test_noise_gives_no_shapes_but_the_rule_of_thumb_sees_some(seed: int) -> None:
    noise = found_in(by_months({"any": (200, even)}, orders=20, seed=seed))
    told = noise.shapes.set_index("shape")["is_told"]
    assert not told.drop("steady").any()
    assert set(noise.customers["shape"].dropna()) == {"steady"}
    assert noise.rule > 10 and abs(noise.rule - noise.rule_by_chance) < 4 * noise.rule_by_chance**0.5
    said = answer(noise, Translator("en"))
    assert said[0].startswith("No shapes: of 200 customers")
    assert "没有可靠的走势类型" in answer(noise, Translator("zh"))[0]


def test_lean_and_season_are_correlations_worked_by_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    now, before = rng.poisson(3, (6, 12)), rng.poisson(3, (6, 12))
    time = np.arange(12)
    beyond = [
        [year[row] - np.polyval(np.polyfit(time, year[row], 1), time) for row in range(6)] for year in (now, before)
    ]
    for row in range(6):
        assert lean(now)[row] == pytest.approx(np.corrcoef(now[row], time)[0, 1])
        told = again(Years(now, before, np.ones(6, dtype=bool)))[row]
        assert told == pytest.approx(np.corrcoef(beyond[0][row], beyond[1][row])[0, 1])


def test_growth_over_two_years_is_no_season_and_an_unknown_year_is_not_asked() -> None:
    now, before = np.arange(12, 24)[None], np.arange(12)[None]
    grown = shape_of(Years(now, before, np.array([True])))
    assert SHAPES[grown[0]] == "rising"
    peak = np.array([[1, 1, 1, 9, 6, 1, 1, 1, 1, 1, 1, 1]])
    asked = [SHAPES[shape_of(Years(peak, peak, np.array([known])))[0]] for known in (True, False)]
    assert asked == ["seasonal", "burst"]


def test_newcomers_and_those_with_few_orders_are_left_out_by_number() -> None:
    frame = by_months({"any": (40, even)}, orders=20)
    days = [END - timedelta(days=ago) for ago in range(100, 112)]
    new = pd.DataFrame({"customer id": ["new"] * 12, "order date": days, "amount": 1})
    few = pd.DataFrame({"customer id": ["few"] * 2, "order date": [END - timedelta(days=500), END], "amount": 1})
    found = found_in(pd.concat([frame, new, few]))
    assert (found.n, found.n_new, found.n_few) == (40, 2, 1)  # "last" is new as well
    assert found.customers.set_index("customer_id").loc[["new", "few"], "shape"].isna().all()


def test_it_leaves_one_feature_and_finite_figures(planted: Shapes) -> None:
    [(feature, values)] = features(planted)
    assert (feature.key, feature.kind, len(values)) == ("order_shape", "category", len(planted.customers))
    told = figures(planted)
    assert told["shapes"]["steady"]["p"] is None and told["shapes"]["rising"]["is_told"] is True
    for language in ("en", "zh"):
        assert "{" not in " ".join(answer(planted, Translator(language)))


def test_others_are_told_of_no_few(planted: Shapes) -> None:
    def marked(**changed: Any) -> list[bool]:
        return [MARK in said for said in answer(replace(planted, **changed), Hushed(Translator("en")))]

    many = {"n": int(planted.shapes["customers"].sum()) + 9, "n_new": 20, "n_few": 0}
    assert marked(**many) == [False, False, False]
    assert marked(**many | {"n": many["n"] - 6}) == [True, False, False]  # three have no shape
    assert marked(**many | {"n_new": 2}) == [False, False, True]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (by_months({"any": (5, even)}), "shapes_few"),
        (pd.DataFrame({"customer id": "a", "order date": [date(2024, 3, 1), END], "amount": 1}), "shapes_short"),
    ],
)  # fmt: skip
def test_too_little_is_refused_with_numbers(frame: pd.DataFrame, code: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        found_in(frame)
    assert refused.value.code == code
    for language in ("en", "zh"):
        assert "{" not in refused.value.sentence(Translator(language))
