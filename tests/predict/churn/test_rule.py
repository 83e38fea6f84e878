"""The plain rule, and columns that know the future."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.predict.churn.leaks import find_leak_pair, find_leaks
from analysis.predict.churn.rule import band_auc, banded, column_rule, rates, silence_rule
from analysis.profiles.result import Feature
from analysis.stats.discrimination import auc

LEFT = np.random.default_rng(0).random(1_000) < 0.3


def columns(n: int, seed: int = 1) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    frame = pd.DataFrame(np.random.default_rng(seed).normal(size=(len(LEFT), n)), columns=[f"x{i}" for i in range(n)])
    return frame, tuple(Feature(str(key), "basic", "number", header=str(key)) for key in frame)


def test_the_best_of_many_columns_of_noise_is_not_flattered() -> None:
    frame, features = columns(40)
    rule, seen = column_rule(frame, features, LEFT, folds=10, seed=0)
    assert auc(LEFT, rule.chances(frame)).value > 0.58  # chosen and measured on the same customers
    assert auc(LEFT, seen).low <= 0.5 + 0.02


def test_the_column_that_says_most_is_chosen_and_its_rates_are_those_of_its_bands() -> None:
    frame, features = columns(3)
    frame["plan"] = np.where(LEFT ^ (np.arange(1_000) % 5 == 0), "small", "large")
    rule, seen = column_rule(frame, (*features, Feature("plan", "basic", "category")), LEFT, folds=10, seed=0)
    assert rule.bands.feature.key == "plan"
    assert auc(LEFT, seen).value == pytest.approx(0.8, abs=0.03)
    small = LEFT[frame["plan"] == "small"].mean()
    assert rule.chances(pd.DataFrame({"plan": ["small"]}))[0] == pytest.approx(small, abs=0.02)
    unknown = rule.chances(pd.DataFrame({"plan": ["never seen", None]}))
    assert unknown == pytest.approx([LEFT.mean()] * 2)


def test_the_area_of_bands_is_that_of_their_rates() -> None:
    frame, features = columns(1)
    bands = banded(frame, features[0])
    rate = rates(bands.codes, LEFT, 12)
    assert band_auc(bands.codes, LEFT, rate) == pytest.approx(auc(LEFT, rate[bands.codes]).value)


def test_silence_that_says_nothing_gives_everybody_the_share_of_all() -> None:
    days = np.arange(1_000) % 50
    chances = silence_rule(days, days < 15).chances(days)  # the shorter the silence, the more left: no rule
    assert chances == pytest.approx(np.full(1_000, 0.3))


def test_strong_columns_are_no_leak_and_a_copy_with_faults_is() -> None:
    noise = np.random.default_rng(2).random(1_000)
    frame = pd.DataFrame(
        {"strong": LEFT + np.random.default_rng(3).normal(0, 0.6, 1_000), "copy": np.where(noise < 0.02, ~LEFT, LEFT)}
    )
    features = (Feature("strong", "basic", "number", header="s"), Feature("copy", "basic", "flag", header="c"))
    assert [leak.feature.key for leak in find_leaks(frame, features, LEFT)] == ["copy"]


def test_a_number_that_only_leavers_have_is_a_leak_and_one_that_is_often_missing_is_not() -> None:
    some = np.arange(1_000) % 2 == 0
    frame = pd.DataFrame({"days since notice": np.where(LEFT & some, 5.0, np.nan), "age": np.where(some, 40.0, np.nan)})
    features = tuple(Feature(str(key), "basic", "number", header=str(key)) for key in frame)
    assert [(leak.feature.key, leak.why) for leak in find_leaks(frame, features, LEFT)] == [
        ("days since notice", "all_left")
    ]


STARTS = np.random.default_rng(4).integers(0, 700, len(LEFT))
FLAGS = np.random.default_rng(5).random(len(LEFT)) < 0.5


@pytest.mark.parametrize(
    ("kind", "planted"),
    [
        ("flag", {"first": FLAGS, "second": FLAGS ^ LEFT}),
        ("number", {"first": STARTS, "second": STARTS + np.where(LEFT, 0, 1 + STARTS % 9)}),
        (
            "date",
            {
                "first": pd.Timestamp(2023, 1, 1) + pd.to_timedelta(STARTS, "D"),
                "second": pd.Timestamp(2023, 1, 1) + pd.to_timedelta(STARTS + np.where(LEFT, -4, 4), "D"),
            },
        ),
    ],
)
def test_two_columns_that_know_the_future_only_together_are_named_among_noise(kind: Any, planted: Any) -> None:
    frame, features = columns(6)
    features = (*features, *(Feature(key, "basic", kind, header=key) for key in planted))
    frame = frame.assign(**planted)
    assert find_leaks(frame, features, LEFT) == ()
    pair = find_leak_pair(frame, features, LEFT, seed=0)
    assert pair is not None and pair.auc > 0.97
    assert [feature.key for feature in pair.features] == ["first", "second"]


def test_two_strong_columns_and_pairs_of_noise_are_no_leak() -> None:
    frame, features = columns(12)
    for number in range(2):
        frame[f"strong{number}"] = LEFT + np.random.default_rng(number).normal(0, 0.75, len(LEFT))
    features = (*features, *(Feature(f"strong{number}", "basic", "number", header="s") for number in range(2)))
    assert find_leak_pair(frame, features, LEFT, seed=0) is None
    assert find_leak_pair(frame, features[:1], LEFT, seed=0) is None
