"""Why segments changed: definition or customers, chance or not, and which features are spread otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.history.chance import chance_moves
from analysis.history.drift import alarm_level, drift, psi
from analysis.history.moment import Moment, moment_of
from analysis.history.params import ChanceParams, DriftParams
from analysis.history.split import by_old_definition, split_change
from analysis.profiles.result import Feature
from analysis.recipe import SegmentationPlan
from analysis.segments.params import HybridParams, RfmParams
from tests.history.shops import moment
from tests.samples import sample

BEFORE, NOW = date(2024, 3, 1), date(2024, 4, 1)
places = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["x", "y", None]), min_size=1)


@given(places, places, st.data())
def test_both_parts_of_a_change_add_up(was: dict[str, Any], now: dict[str, Any], data: Any) -> None:
    middle = pd.Series({one: data.draw(st.sampled_from(["x", "y", "z"])) for one in now}, dtype="str")
    found = split_change(moment(BEFORE, {"a": 5.5}, **was), moment(NOW, {"a": 7.25}, **now), "rfm", middle).table
    assert (found["before"] + found["by_customers"] + found["by_definition"] == found["now"]).all()
    sums = found["money_before"] + found["money_by_customers"] + found["money_by_definition"]
    assert np.allclose(sums, found["money_now"])


def test_the_same_definition_leaves_all_to_the_customers() -> None:
    result = sample().result(judged=False)
    now = moment_of(result)
    again = by_old_definition(result.fitted, "rfm", result.profiles, standard=result.standard)
    found = split_change(now, now, "rfm", again)
    assert (
        found.redefined == 0 and (found.table["by_definition"] == 0).all() and (found.table["by_customers"] == 0).all()
    )


def test_moved_borders_are_a_change_of_definition() -> None:
    run = sample()
    before = moment_of(run.result(judged=False))
    _, edited = run.segmentation(RfmParams(n_scores=3))
    labels = edited.segmentation.labels.set_axis(before.customers.index)
    middle = by_old_definition(run.fitted("rfm"), "rfm", run.prepared().profiles)
    found = split_change(before, Moment(before.as_of, before.customers, {"rfm": labels}), "rfm", middle)
    assert (found.table["by_customers"] == 0).all() and found.redefined > 0
    assert (found.table["by_definition"] == found.table["now"] - found.table["before"]).all()


def test_borders_that_are_fixed_move_nobody_by_chance_and_learned_ones_some() -> None:
    run = sample()
    profiles = run.prepared().profiles
    params = ChanceParams(draws=3, most_customers=500)
    learned = chance_moves(profiles, SegmentationPlan(params=RfmParams()), params)
    assert 0 < learned.low <= learned.share <= learned.high < 0.5
    assert learned == chance_moves(profiles, SegmentationPlan(params=RfmParams()), params)
    assert learned.of(1000) == round(1000 * learned.share)
    assert chance_moves(profiles, SegmentationPlan(params=RfmParams(), fit="frozen"), params).draws == 0
    with pytest.raises(AnalysisError, match="history_chance_unknown"):
        chance_moves(profiles, SegmentationPlan(params=HybridParams()), params)


def test_published_indices_and_levels() -> None:
    assert psi([0.1] * 10, [0.12, 0.11, *[0.1] * 5, *[0.09] * 3]) == pytest.approx(0.0077603, abs=1e-7)
    levels = [alarm_level(n, n, bins) for n, bins in ((100, 10), (500, 10), (4338, 10), (500, 5))]
    assert levels == pytest.approx([0.3384, 0.0677, 0.0078, 0.0380], abs=1e-4)
    with pytest.raises(AnalysisError, match="history_empty_bin"):
        psi([1, 0], [0.5, 0.5])


def test_equal_samples_seldom_pass_the_level_and_moved_ones_do() -> None:
    random = np.random.default_rng(5)
    feature = [Feature("x", "value", "number")]

    def run(day: date, shift: float) -> Moment:
        ids = [f"c{n}" for n in range(400)]
        return Moment(day, pd.DataFrame({"x": random.normal(shift, 1, 400)}, index=ids), {})

    alarms = [len(drift(run(BEFORE, 0), run(NOW, 0), feature).drifted) for _ in range(60)]
    assert sum(alarms) <= 8  # 5 % of 60 are 3; more than 8 has a chance of .4 %
    assert all(drift(run(BEFORE, 0), run(NOW, 0.5), feature).drifted for _ in range(5))


def test_features_that_move_segments_come_first_and_the_effect_is_the_share_who_move() -> None:
    ids = [f"c{n}" for n in range(200)]
    half = ["low"] * 100 + ["high"] * 100
    labels = pd.Series(half, index=ids, dtype="str")
    before = Moment(BEFORE, pd.DataFrame({"deciding": half, "idle": ["p", "q"] * 100}, index=ids), {"rfm": labels})
    fewer = ["low"] * 150 + ["high"] * 50
    now = Moment(NOW, pd.DataFrame({"deciding": fewer, "idle": ["p"] * 160 + ["q"] * 40}, index=ids), {"rfm": labels})
    features = [Feature("idle", "basic", "category"), Feature("deciding", "basic", "category")]
    found = drift(before, now, features, method="rfm")
    assert [one.feature for one in found.features] == ["deciding", "idle"]
    assert found.features[0].effect == pytest.approx(0.25) and found.features[1].effect == pytest.approx(0)


def test_missing_values_constants_personal_features_and_few_customers() -> None:
    ids = [f"c{n}" for n in range(100)]
    some = [float(n) if n % 2 else None for n in range(100)]
    frame = pd.DataFrame({"half": some, "same": 1.0, "phone": "1", "rare": [1.0] * 10 + [None] * 90}, index=ids)
    run = Moment(BEFORE, frame, {})
    features = [Feature(key, "value", "number") for key in ("half", "same", "rare")]
    found = drift(run, run, [*features, Feature("phone", "basic", "category", personal="phone")], DriftParams(bins=4))
    assert {one.feature: (one.psi, one.missing_now, one.drifted) for one in found.features} == {
        "half": (0.0, 0.5, False), "same": (0.0, 0.0, False),
    }  # fmt: skip
    assert found.too_few == ("rare",)


def test_only_who_was_there_before_and_would_have_stayed_is_moved_by_borders_alone() -> None:
    def run(day: date, **where: str) -> Moment:
        labels = pd.Series(where, dtype="str")
        return Moment(day, pd.DataFrame(index=labels.index), {"rfm": labels})

    # stays; moved by borders alone; moved by herself; would have moved, the borders hold her; new.
    was = run(date(2024, 1, 1), a="x", b="x", c="x", d="x")
    now = run(date(2024, 2, 1), a="x", b="y", c="y", d="x", e="y")
    middle = pd.Series({"a": "x", "b": "x", "c": "y", "d": "y", "e": "x"})
    assert split_change(was, now, "rfm", middle).redefined == 1
