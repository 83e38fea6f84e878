"""What leaving is: chosen from the data, bounded by what the orders cover, or as a person says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Named, begin, read
from analysis.conditions import holds
from analysis.errors import AnalysisError
from analysis.predict.churn.definition import churn_definition, left_when, who_left, whole_days
from analysis.predict.churn.params import ChurnParams
from analysis.predict.churn.windows import LASTING, past_windows
from analysis.predict.churn.words import definition_words
from analysis.profiles.build import build_profiles
from tests.predict.churn.shops import prepared
from texts import translator


def shop(days: int, gap: int, last: int | None = None) -> pd.DataFrame:
    rows = [
        (f"c{number:03}", date(2024, 1, 1) + timedelta(days=day), 10)
        for number in range(40)
        for day in range(number % gap, days if number % 2 or last is None else last, gap)
    ]
    return pd.DataFrame(rows, columns=["customer id", "order date", "amount"])


def defined(frame: pd.DataFrame, **chosen: Any) -> Any:
    found = prepared(frame)
    return churn_definition(found.standard, found.profiles, ChurnParams(**chosen)), found


@pytest.mark.parametrize(
    ("answer", "says_no"), [(None, False), ("Yes", False), ("No", True), ("False", True), ("否", True)]
)
def test_of_a_chosen_column_of_yes_and_no_either_can_say_that_somebody_left(answer: str | None, says_no: bool) -> None:
    frame = pd.DataFrame({"customer id": [f"c{n:03}" for n in range(100)], "Active": ["Yes"] * 60 + ["No"] * 40})
    definition, found = defined(frame, column="Active", answer=answer)
    left = who_left(found.profiles, definition).to_numpy(dtype=bool)
    assert left.sum() == (40 if says_no else 60)
    assert met(definition, found).tolist() == left.tolist()
    for language, word in (("en", "says no" if says_no else "says yes"), ("zh", "“否”" if says_no else "“是”")):
        assert word in definition_words(definition, translator(language))
    with pytest.raises(AnalysisError, match="churn_answer"):
        defined(frame, column="Active", answer="perhaps")


def met(definition: Any, found: Any) -> np.ndarray:
    """Who meets the condition that rules ask of those who have left."""
    return holds(left_when(definition, found.profiles.as_of), found.profiles.customers, found.profiles.features)


@given(st.floats(0.1, 1_000))
def test_days_are_rounded_up_to_weeks_or_to_thirty(gap: float) -> None:
    days = whole_days(gap)
    assert days >= gap and days >= 7
    assert days % (7 if gap < 60 else 30) == 0


def test_silence_follows_from_the_shops_own_gaps() -> None:
    found, _ = defined(shop(300, 20))
    assert (found.kind, found.days, found.gap_days, found.bounded) == ("silence", 21, 20, False)
    assert found.n_gaps == 40 * 14


def test_gaps_longer_than_the_orders_carry_are_bounded_and_said() -> None:
    found, _ = defined(shop(300, 80))
    assert (found.days, found.gap_days, found.bounded) == (60, 80, True)
    slip = pd.DataFrame({"customer id": ["c000"], "order date": [date(1970, 1, 1)], "amount": [10]})
    slipped, _ = defined(pd.concat([slip, shop(300, 80)]))
    assert (slipped.days, slipped.bounded, slipped.first, slipped.n_before) == (60, True, found.first, 1)


def test_the_windows_end_with_the_data_and_leave_out_who_came_later() -> None:
    late = shop(300, 20)
    late = pd.concat([late, pd.DataFrame({"customer id": ["new"], "order date": [date(2024, 10, 20)], "amount": [5]})])
    definition, found = defined(late)
    early, later = past_windows(found.standard, definition)
    assert later.end == definition.last and early.end == later.cut
    assert "new" not in set(later.customers["customer_id"])
    assert (later.customers["recency_days"] >= 0).all()


def test_what_is_known_on_a_day_is_what_a_file_of_that_day_holds() -> None:
    """Nothing of what came later reaches the features: not amounts, not products, not what was given back."""
    rows = shop(300, 20, last=200)
    kinds = [f"p{place % 7}" for place in range(len(rows))]
    back = rows[rows["order date"] > date(2024, 8, 1)].assign(amount=-4)
    whole = pd.concat([rows.assign(amount=5 + np.arange(len(rows)) % 9, product=kinds), back.assign(product="p1")])
    definition, found = defined(whole, days=30)
    early, _ = past_windows(found.standard, definition)
    then = prepared(whole[whole["order date"] <= early.cut])
    known = build_profiles(then.standard, as_of=early.cut).customers
    keys = [feature.key for feature in early.features]
    assert {"recency_days", "spend", "favourite_product"} <= set(keys)
    pd.testing.assert_frame_equal(early.customers[keys], known.loc[known["n_orders"] > 0, keys].reset_index(drop=True))


def test_a_refund_in_the_window_is_no_order() -> None:
    rows = shop(300, 20, last=200)
    refund = pd.DataFrame({"customer id": ["c000"], "order date": [date(2024, 10, 25)], "amount": [-10]})
    definition, found = defined(pd.concat([rows, refund]))
    _, later = past_windows(found.standard, definition)
    assert later.left[later.customers["customer_id"].tolist().index("c000")]


def test_a_day_of_the_end_says_who_left_when_it_has_passed() -> None:
    ends = [date(2024, 1, 1) + timedelta(days=7 * number) for number in range(100)]
    people = pd.DataFrame({"customer id": [f"c{n:03}" for n in range(100)], "contract end": ends, "colour": "red"})
    rows = pd.DataFrame({"customer id": ["c000"], "order date": [date(2024, 12, 30)], "amount": [1]})
    found = begin(read(Named("people", people), Named("orders", rows))).prepared()
    definition = churn_definition(found.standard, found.profiles, ChurnParams())
    assert definition.kind == "ended"
    left = who_left(found.profiles, definition)
    assert left.tolist() == [end <= found.profiles.as_of for end in ends]
    assert met(definition, found).tolist() == left.tolist()


def test_words_of_a_state_and_the_choice_of_a_person_define_it() -> None:
    n = 120
    frame = pd.DataFrame(
        {
            "customer id": [f"c{i:03}" for i in range(n)],
            "account status": np.where(np.arange(n) % 3 == 0, "closed", "active"),
            "mood": np.where(np.arange(n) % 4 == 0, "gone", "here"),
        }
    )
    chosen, found = defined(frame, column="mood", answer="gone")
    assert who_left(found.profiles, chosen).sum() == 30
    assert met(chosen, found).tolist() == who_left(found.profiles, chosen).tolist()


def test_columns_of_a_customers_file_are_only_known_where_they_last() -> None:
    """What an export says of a level or of the last visit was written after the window."""
    rows = shop(300, 20)
    members = pd.DataFrame({"customer id": [f"c{n:03}" for n in range(40)]})
    members["gender"] = ["f", "m"] * 20
    members["membership level"] = ["gold", "plain"] * 20
    found = begin(read(Named("orders", rows), Named("members", members))).prepared()
    definition = churn_definition(found.standard, found.profiles, ChurnParams())
    _, later = past_windows(found.standard, definition)
    known = {feature.key for feature in later.features}
    assert "gender" in known and "gender" in LASTING
    assert not known & {"level", "membership level"}
    assert {"recency_days", "n_orders", "spend"} <= known


@pytest.mark.parametrize("days", [30, 70])
def test_days_that_a_person_chooses_are_taken(days: int) -> None:
    found, _ = defined(shop(300, 20), days=days)
    assert (found.days, found.n_gaps, found.gap_days) == (days, 0, None)
