"""Everybody of two runs stands in one cell of the matrix, with the money of both."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.history.matrix import ENTERED, GONE, migration
from analysis.history.moment import Moment, moment_of, moment_then
from analysis.segments.crosstab import OUTSIDE
from tests.history.shops import moment
from tests.samples import sample

BEFORE, NOW = date(2024, 3, 1), date(2024, 4, 1)


def test_a_matrix_by_hand() -> None:
    was = moment(BEFORE, {"a": 10.1, "b": 5.0, "c": 1.0}, a="loyal", b="loyal", c=None)
    now = moment(NOW, {"a": 12.2, "c": 1.5, "d": 3.0}, a="at_risk", c="loyal", d="loyal")
    found = migration(was, now, "rfm")
    assert found.table.to_dict("records") == [
        dict(zip(found.table.columns, row, strict=True))
        for row in [
            ("loyal", "at_risk", 1, 0.5, 10.1, 12.2), ("loyal", GONE, 1, 0.5, 5.0, 0.0),
            (OUTSIDE, "loyal", 1, 1.0, 1.0, 1.5), (ENTERED, "loyal", 1, 1.0, 0.0, 3.0),
        ]
    ]  # fmt: skip
    assert (found.entered, found.gone, found.moved) == (1, 1, 2)
    assert found.who("loyal", "at_risk").tolist() == ["a"]
    assert found.largest(5)["before"].tolist() == ["loyal", OUTSIDE]


def test_who_has_ordered_again_after_a_long_time_came_back() -> None:
    def run(day: date, **recency: float) -> Moment:
        frame = pd.DataFrame({"recency_days": recency})
        return Moment(day, frame, {"rfm": pd.Series("a", index=frame.index, dtype="str")})

    found = migration(run(BEFORE, a=40, b=40, c=5), run(NOW, a=3, b=71, c=2, d=1), "rfm")
    assert found.came_back == 1
    assert migration(run(BEFORE, a=40), run(BEFORE, a=3), "rfm").came_back is None


places = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.sampled_from(["x", "y", "z", None]), min_size=1)
money = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 2))


@given(places, places, st.data())
def test_random_pairs_add_up_to_the_customer_and_the_cent(was: dict[str, Any], now: dict[str, Any], data: Any) -> None:
    spent = [{one: data.draw(money) for one in run} for run in (was, now)]
    found = migration(moment(BEFORE, spent[0], **was), moment(NOW, spent[1], **now), "rfm")
    assert found.table["customers"].sum() == len(set(was) | set(now))
    assert found.count() - found.entered == len(was) and found.count() - found.gone == len(now)
    for side, sums in zip(("money_before", "money_now"), spent, strict=True):
        assert round(found.table[side].sum(), 2) == round(sum(sums.values()), 2)
    for key in found.rows:
        assert found.table.loc[found.table["before"] == key, "customers"].sum() == found.count(before=key)


def test_the_same_run_twice_moves_nobody() -> None:
    one = moment_of(sample().result(judged=False))
    found = migration(one, one, "rfm")
    assert (found.moved, found.entered, found.gone) == (0, 0, 0)
    assert (found.table["before"] == found.table["now"]).all()


def test_a_run_as_it_was_kept_is_the_run_itself() -> None:
    result = sample().result(judged=False)

    class Kept:
        profiles = result.to_frame()
        segments = pd.DataFrame(
            [("rfm", key) for key in result.edited["rfm"].segmentation.segments["segment"]],
            columns=["method", "segment"],
        )

    then, now = moment_then(Kept(), result.profiles.as_of), moment_of(result)
    assert then.segments_of("rfm") == now.segments_of("rfm")
    assert migration(then, now, "rfm").moved == 0
    assert set(then.methods) == set(now.methods)


def test_refusals() -> None:
    with pytest.raises(AnalysisError, match="history_method_not_there"):
        migration(moment(BEFORE, a="x"), moment(NOW, a="x"), "tiers")

    class Masked:
        profiles = pd.DataFrame({"customer_id": ["***", "***"]})
        segments = pd.DataFrame()

    with pytest.raises(AnalysisError, match="history_ids_twice"):
        moment_then(Masked(), BEFORE)
