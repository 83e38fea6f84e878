"""Charts of offers, of a planted shop: titles say the finding, marks stand with their intervals, none is empty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.charts.predict.offers import MOST_BARS, offered, together, tried
from analysis.errors import AnalysisError
from analysis.predict.offers.offers import offers
from analysis.predict.offers.params import OffersParams
from analysis.predict.offers.together import Together, pairs_of
from tests.predict.churn.shops import prepared
from tests.predict.offers.shops import as_baskets, by_habit, lines
from texts import Translator


@pytest.fixture(scope="module")
def found() -> Any:
    shop = prepared(lines(120, by_habit))
    return offers(shop.standard, shop.profiles, OffersParams())


def data(chart: Any) -> Any:
    return chart.layer[-1].data if isinstance(chart.layer[-1].data, pd.DataFrame) else chart.data


@pytest.mark.parametrize("language", ["en", "zh"])
def test_most_offered_products_stand_in_order(found: Any, language: Any) -> None:
    chart = offered(found, Translator(language), "next")
    bars = data(chart)
    assert len(bars) <= MOST_BARS and bars["customers"].is_monotonic_decreasing
    rows = found.firsts()[found.firsts()["name"] == bars["name"].iloc[0]]
    assert bars["customers"].iloc[0] == len(rows)
    assert str(len(rows)) in chart.title.text and "{" not in chart.title.text


def test_what_each_way_found_stands_beside_the_rule(found: Any) -> None:
    points = data(tried(found, Translator("en")))
    assert points["task"].nunique() == 3 and points["way"].nunique() == 4
    assert ((points["recall_low"] <= points["recall"]) & (points["recall"] <= points["recall_high"])).all()
    share = Translator("en").percent(found.measured.row("all", found.used["all"])["recall"])
    assert share in tried(found, Translator("en")).title.text


def test_pairs_are_named_and_nothing_is_an_empty_picture(found: Any) -> None:
    pairs = pairs_of(as_baskets(lines(120, by_habit)), least=3, alpha=1.0)
    marks = data(together(pairs, {pairs.pairs["first"].iloc[0]: "Green tea"}, Translator("en")))
    assert marks["pair"].iloc[0] == f"Green tea + {pairs.pairs['second'].iloc[0]}"
    assert ((marks["low"] <= marks["lift"]) & (marks["lift"] <= marks["high"])).all()
    with pytest.raises(AnalysisError, match="offers_no_pairs"):
        together(Together(pairs.pairs.head(0), 0, 720, 435, 3), {}, Translator("en"))
    with pytest.raises(AnalysisError, match="offers_not_tried"):
        tried(replace(found, measured=None), Translator("zh"))
    with pytest.raises(AnalysisError, match="offers_none_again"):
        offered(replace(found, offers=found.offers.head(0)), Translator("en"))
