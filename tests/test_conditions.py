"""Conditions: what holds for whom, and what is refused with what would have been right."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.conditions import OPS, AllOf, AnyOf, Condition, Expression, Not, described, holds
from analysis.contradictions import refuse_contradictions
from analysis.errors import AnalysisError, ChoiceError


@dataclass(frozen=True)
class Asked:
    """A feature of whoever asks: the floor knows no profiles."""

    key: str
    kind: str


FEATURES = (
    Asked("spend", "number"), Asked("signup_date", "date"), Asked("city", "category"), Asked("note", "text"),
    Asked("member", "flag"),
)  # fmt: skip
CUSTOMERS = pd.DataFrame(
    {
        "spend": [5.0, 10.0, None, -1.0],
        "signup_date": pd.to_datetime(pd.Series(["2024-01-05 13:00", None, "2023-12-31 00:00", "2024-01-06 00:00"])),
        "city": ["Lyon", "Paris", None, "lyon"],
        "note": ["Likes TEA", None, "tea", ""],
        "member": pd.array([True, False, None, True], dtype="boolean"),
    }
)


def ask(feature: str, op: str, *values: float | str) -> Condition:
    return Condition(feature=feature, op=op, values=values)  # pyright: ignore


def whom(expression: Expression) -> str:
    return "".join("x" if one else "." for one in holds(expression, CUSTOMERS, FEATURES))


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (ask("spend", "ge", 5), "xx.."), (ask("spend", "lt", 5), "...x"), (ask("spend", "ne", 5), ".x.x"),
        (ask("spend", "between", -1, 5), "x..x"), (ask("spend", "is_missing"), "..x."),
        (ask("signup_date", "eq", "2024-01-05"), "x..."), (ask("signup_date", "lt", "2024-01-05"), "..x."),
        (ask("city", "in", "Lyon"), "x..."), (ask("city", "not_in", "Lyon"), ".x.x"),
        (ask("city", "contains", "LY"), "x..x"), (ask("note", "contains", "tea"), "x.x."),
        (ask("member", "yes"), "x..x"), (ask("member", "no"), ".x.."), (ask("member", "is_known"), "xx.x"),
    ],
)  # fmt: skip
def test_a_missing_value_fulfils_is_missing_and_nothing_else(condition: Condition, found: str) -> None:
    assert whom(condition) == found


def test_groups_join_masks_and_not_turns_one_round() -> None:
    rich, member = ask("spend", "ge", 5), ask("member", "yes")
    assert whom(AllOf(parts=(rich, member))) == "x..."
    assert whom(AnyOf(parts=(rich, member))) == "xx.x"
    assert whom(Not(part=rich)) == "..xx"


@pytest.mark.parametrize(
    ("condition", "code", "facts"),
    [
        (ask("loyalty", "ge", 1), "condition_feature_gone", {"feature": "loyalty"}),
        (ask("spent", "ge", 1), "condition_feature_misspelt", {"feature": "spent", "near": "spend"}),
        (
            ask("member", "in", "yes"), "condition_wrong_question",
            {"feature": "member", "op": "in", "allowed": "yes, no, is_missing, is_known"},
        ),
        (ask("spend", "ge", "much"), "condition_wrong_value", {"feature": "spend", "value": "much"}),
        (ask("signup_date", "ge", "soon"), "condition_wrong_value", {"feature": "signup_date", "value": "soon"}),
    ],
)  # fmt: skip
def test_a_condition_that_cannot_be_asked_says_what_could_be(condition: Condition, code: str, facts: dict) -> None:
    with pytest.raises(AnalysisError) as refused:
        holds(condition, CUSTOMERS, FEATURES)
    assert (refused.value.code, refused.value.facts) == (code, facts)


def test_a_feature_without_a_column_is_gone() -> None:
    with pytest.raises(AnalysisError, match="condition_feature_gone"):
        holds(ask("spend", "ge", 1), CUSTOMERS[["city"]], FEATURES)


def test_text_in_a_yes_no_column_is_never_taken_for_yes() -> None:
    with pytest.raises((TypeError, ValueError)):
        holds(ask("member", "yes"), pd.DataFrame({"member": ["no", "perhaps"]}), FEATURES)


def test_conditions_that_nobody_can_fulfil_together_are_refused_by_the_feature() -> None:
    both = AllOf(parts=(ask("member", "yes"), AllOf(parts=(ask("member", "no"),))))
    with pytest.raises(AnalysisError) as refused:
        refuse_contradictions(both, FEATURES)
    assert (refused.value.code, refused.value.facts) == ("conditions_contradict", {"feature": "member"})
    refuse_contradictions(AnyOf(parts=both.parts), FEATURES)


def test_the_model_is_closed() -> None:
    with pytest.raises(ChoiceError):
        Condition.model_validate({"feature": "spend", "op": "ge", "values": [1], "code": "x"})
    with pytest.raises(ChoiceError):
        ask("spend", "between", 1)


@given(st.sampled_from(FEATURES), st.data())
def test_every_question_a_kind_allows_is_answered_for_every_customer(feature: Asked, data) -> None:
    op = data.draw(st.sampled_from(OPS[feature.kind]))
    value = {"number": 3.0, "date": "2024-01-05"}.get(feature.kind, "tea")
    n = 0 if op in ("yes", "no", "is_missing", "is_known") else 2 if op == "between" else 1
    condition = ask(feature.key, op, *[value] * n)
    assert described(condition, FEATURES) is feature
    found = holds(condition, CUSTOMERS, FEATURES)
    missing = CUSTOMERS[feature.key].isna().to_numpy()
    assert len(found) == len(CUSTOMERS)
    assert op == "is_missing" or not (found & missing).any()
