"""What makes belonging to a segment more likely."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.charts.compare import influence_bars
from analysis.compare.compare import Comparison, compare
from analysis.compare.influence import influences
from analysis.compare.words import influence_answer
from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of
from texts import Translator

NAMES = {"left": "Left", "stayed": "Stayed"}


def compared(made_of: tuple[str, ...] = (), few: int = 100) -> Comparison:
    """Monthly customers leave 60 of 100, yearly ones 4 of 100; a coin says nothing."""
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(100 + few)]})
    frame["contract"] = ["monthly"] * 100 + ["yearly"] * few
    frame["coin"] = np.arange(100 + few) % 2 == 0
    features = (Feature("contract", "basic", "category"), Feature("coin", "basic", "flag"))
    labels = np.array([0] * 60 + [1] * 40 + [0] * 4 + [1] * (few - 4))
    groups = segmentation_of(labels, ["left", "stayed"], method="rules", made_of=made_of)
    return compare(Profiles(frame, features, date(2024, 1, 1)), groups, ["left", "stayed"])


def test_the_ratio_is_that_of_the_two_shares_and_lies_in_its_interval():
    rows = influences(compared(), "left").rows
    assert rows[["feature", "level", "n", "count"]].values.tolist() == [["contract", "monthly", 100, 60]]
    row = rows.iloc[0]
    assert row["ratio"] == pytest.approx((60 / 100) / (4 / 100))
    assert 1 < row["low"] < 15 < row["high"]


def test_the_other_segment_is_told_by_what_raises_its_own_chance():
    rows = influences(compared(), "stayed").rows
    assert rows["level"].tolist() == ["yearly"]
    assert rows["ratio"].tolist() == pytest.approx([0.96 / 0.4])


def test_what_made_the_segments_is_no_influence():
    found = influences(compared(made_of=("contract",)), "left")
    assert len(found.rows) == 0
    assert influence_answer(found, NAMES, Translator("en")) == [
        "Nothing beyond the definition of Left makes belonging to it more likely than chance explains."
    ]
    with pytest.raises(AnalysisError, match="chart_no_differences"):
        influence_bars(found, Translator("en"), names=NAMES)


def test_few_customers_without_the_level_are_no_yardstick():
    assert len(influences(compared(few=20), "left").rows) == 0


def test_an_unknown_segment_is_refused():
    with pytest.raises(AnalysisError, match="compare_no_segment"):
        influences(compared(), "nobody")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sentence_and_the_bar_say_the_ratio_its_interval_and_n(language: Any):
    t = Translator(language)
    found = influences(compared(), "left")
    (sentence,) = influence_answer(found, NAMES, t)
    for part in ("monthly", "15", "60%", "100", "Left"):
        assert part in sentence
    data = influence_bars(found, t, names=NAMES).to_dict()
    assert "15" in next(iter(data["datasets"].values()))[0]["label"]
