from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.conditions import DEEPEST, OPS, AllOf, AnyOf, Condition, Expression, Not
from analysis.errors import AnalysisError, ChoiceError
from analysis.profiles.words import feature_name
from analysis.segments.by_rule.rule_edit import (
    add_rule,
    first_condition,
    group_kind,
    move_up,
    put,
    regrouped,
    with_rule,
)
from analysis.segments.by_rule.rule_reason import part_words, reasons
from analysis.segments.by_rule.rules import holds, rules
from analysis.segments.params import RulesParams, SegmentRule
from tests.segments.by_rule.makers import FEATURES, is_, profiles
from tests.thorough import examples
from texts import Translator


def who(expression: Expression) -> str:
    return "".join(np.array(list("abcdef"))[holds(expression, profiles())])


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (is_("spend", "gt", 50), "af"), (is_("spend", "ge", 50), "abf"), (is_("spend", "lt", 50), "cd"),
        (is_("spend", "le", 10), "cd"), (is_("spend", "eq", 0), "d"), (is_("spend", "ne", 0), "abcf"),
        (is_("spend", "between", 10, 60), "bcf"),
        (is_("spend", "is_missing"), "e"), (is_("spend", "is_known"), "abcdf"),
        (is_("first_order_date", "eq", "2024-01-01"), "a"), (is_("first_order_date", "gt", "2024-01-01"), "cf"),
        (is_("first_order_date", "between", "2023-05-01", "2024-01-01"), "ab"),
        (is_("city", "in", "York", "Hull"), "bde"), (is_("city", "not_in", "York"), "aef"),
        (is_("city", "is_missing"), "c"), (is_("remark", "contains", "call"), "ade"),
        (is_("remark", "contains", "50% off.*"), "a"), (is_("remark", "contains", ".*"), "a"),
        (is_("member", "yes"), "adf"), (is_("member", "no"), "be"), (is_("member", "is_missing"), "c"),
    ],
)  # fmt: skip
def test_each_comparison_holds_for_whom_it_says(condition, expected):
    assert who(condition) == expected


def test_all_any_and_not_nest():
    buyers = AnyOf(parts=(is_("spend", "ge", 60), AllOf(parts=(is_("n_orders", "eq", 2), is_("member", "no")))))
    assert who(buyers) == "abf"
    assert who(Not(part=buyers)) == "cde"
    assert who(AllOf(parts=(buyers, Not(part=is_("city", "in", "York"))))) == "af"


def rule(key: str, when: Expression, name: str | None = None) -> SegmentRule:
    return SegmentRule(key=key, name=name, when=when)


def test_the_first_rule_that_holds_decides_and_overlaps_are_counted():
    params = RulesParams(
        rules=(
            rule("large", is_("spend", "ge", 50), "VIP"),
            rule("repeat", is_("n_orders", "ge", 2)),
            rule("once", is_("n_orders", "ge", 1)),
        )
    )
    result = rules(profiles(), params)
    assert result.segmentation.labels.tolist() == [
        "rule_large", "rule_large", "rule_once", "other", "rule_once", "rule_large",
    ]  # fmt: skip
    assert result.rules[["matches", "taken", "only"]].to_numpy().tolist() == [[3, 3, 0], [3, 0, 0], [5, 2, 2]]
    assert result.rules["revenue"].tolist() == [210, 210, 220]
    assert result.overlaps.to_numpy().tolist() == [
        ["rule_large", "rule_repeat", 3], ["rule_large", "rule_once", 3], ["rule_repeat", "rule_once", 3],
    ]  # fmt: skip
    assert result.names == {"rule_large": "VIP"}
    assert [(note.code, note.facts["segment"]) for note in result.notes] == [("rules_shadowed", "rule_repeat")]
    assert result.n_other == 1
    assert [result.patterns[place].tolist() for place in result.pattern] == [
        [True, True, True], [True, True, True], [False, False, True], [False] * 3, [False, False, True], [True] * 3,
    ]  # fmt: skip


def test_a_rule_that_nobody_fulfils_is_told():
    result = rules(profiles(), RulesParams(rules=(rule("rich", is_("spend", "gt", 1e6)),)))
    assert [note.code for note in result.notes] == ["rules_nobody"]
    assert result.segmentation.segments["segment"].tolist() == ["other"]


CONDITIONS = st.one_of(
    st.builds(lambda op, v: is_("spend", op, v), st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]),
              st.integers(0, 100)),
    st.builds(lambda v: is_("city", "in", *v), st.lists(st.sampled_from(["York", "Bath"]), min_size=1)),
    st.sampled_from([is_("member", "yes"), is_("spend", "is_missing")]),
)  # fmt: skip
TREES = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AllOf(parts=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(parts=tuple(parts))),
        inner.map(lambda part: Not(part=part)),
    ),
    max_leaves=8,
)


def slow(expression, row) -> bool:
    if isinstance(expression, Not):
        return not slow(expression.part, row)
    if isinstance(expression, AllOf):
        return all(slow(part, row) for part in expression.parts)
    if isinstance(expression, AnyOf):
        return any(slow(part, row) for part in expression.parts)
    value = row[expression.feature]
    if pd.isna(value):
        return expression.op == "is_missing"
    asked = expression.values[0] if expression.values else None
    return {
        "lt": lambda: value < asked, "le": lambda: value <= asked, "gt": lambda: value > asked,
        "ge": lambda: value >= asked, "eq": lambda: value == asked, "ne": lambda: value != asked,
        "in": lambda: value in expression.values, "yes": lambda: bool(value), "is_missing": lambda: False,
    }[expression.op]()  # fmt: skip


@examples(60)
@given(TREES)
def test_masks_equal_a_walk_over_every_customer(expression):
    base = profiles()
    assert holds(expression, base).tolist() == [slow(expression, row) for _, row in base.customers.iterrows()]


@examples(30)
@given(st.lists(CONDITIONS, min_size=1, max_size=4))
def test_everybody_is_in_one_segment_and_rules_come_back_from_their_text(conditions):
    params = RulesParams(rules=tuple(rule(str(i), condition) for i, condition in enumerate(conditions)))
    assert RulesParams.model_validate_json(params.model_dump_json()) == params
    result = rules(profiles(), params)
    assert result.segmentation.segments["customers"].sum() == 6
    assert result.segmentation.n_outside == 0
    assert result.rules["taken"].sum() + result.n_other == 6


@pytest.mark.parametrize(
    "parts",
    [
        (is_("spend", "gt", 10), is_("spend", "lt", 10)), (is_("spend", "ge", 10), is_("spend", "lt", 10)),
        (is_("spend", "between", 9, 3),), (is_("spend", "eq", 3), is_("spend", "eq", 4)),
        (is_("spend", "eq", 3), is_("spend", "ne", 3)), (is_("spend", "is_missing"), is_("spend", "ge", 0)),
        (is_("spend", "is_missing"), is_("spend", "is_known")), (is_("member", "yes"), is_("member", "no")),
        (is_("city", "in", "York"), is_("city", "in", "Bath")),
        (is_("city", "in", "York"), is_("city", "not_in", "York")),
        (is_("first_order_date", "gt", "2024-02-01"), is_("first_order_date", "lt", "2024-01-01")),
        (AllOf(parts=(is_("spend", "gt", 10),)), is_("spend", "lt", 10)),
    ],
)  # fmt: skip
def test_conditions_that_nobody_can_fulfil_together_are_refused(parts):
    for when in (AllOf(parts=parts), AnyOf(parts=(is_("n_orders", "ge", 1), AllOf(parts=parts)))):
        with pytest.raises(AnalysisError) as raised:
            rules(profiles(), RulesParams(rules=(rule("a", is_("n_orders", "ge", 1)), rule("b", when))))
        assert (raised.value.code, raised.value.facts["rule"]) == ("rules_contradiction", 2)


@pytest.mark.parametrize(
    "when",
    [
        AllOf(parts=(is_("spend", "ge", 10), is_("spend", "le", 10))),
        AnyOf(parts=(is_("spend", "gt", 10), is_("spend", "lt", 10))),
        AllOf(parts=(is_("spend", "is_missing"), is_("city", "is_known"))),
    ],
)
def test_conditions_that_somebody_could_fulfil_are_not(when):
    assert len(rules(profiles(), RulesParams(rules=(rule("a", when),))).rules) == 1


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        (is_("loyalty", "ge", 1), "rules_feature_gone"), (is_("spend", "in", "5"), "rules_wrong_question"),
        (is_("city", "gt", 5), "rules_wrong_question"), (is_("member", "contains", "y"), "rules_wrong_question"),
        (is_("spend", "ge", "much"), "rules_wrong_value"), (is_("first_order_date", "ge", "soon"), "rules_wrong_value"),
        (is_("spend", "ge", float("inf")), "rules_wrong_value"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(condition, code):
    with pytest.raises(AnalysisError) as raised:
        rules(profiles(), RulesParams(rules=(rule("a", AllOf(parts=(condition,))),)))
    assert raised.value.code == code
    assert raised.value.facts["feature"] == condition.feature


def test_no_rules_are_refused():
    with pytest.raises(AnalysisError) as raised:
        rules(profiles(), RulesParams())
    assert raised.value.code == "rules_none"


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "condition", "feature": "spend", "op": "ge"},
        {"kind": "condition", "feature": "spend", "op": "between", "values": [1]},
        {"kind": "condition", "feature": "spend", "op": "is_missing", "values": [1]},
        {"kind": "condition", "feature": "spend", "op": "eval", "values": ["1"]},
        {"kind": "code", "text": "__import__('os')"},
        {"kind": "all", "parts": []},
        {"kind": "not", "part": {"kind": "not", "part": {"kind": "not", "part": {"kind": "not", "part": {
            "kind": "not", "part": {"kind": "not", "part": {"kind": "condition", "feature": "a", "op": "yes"}}}}}}},
    ],
)  # fmt: skip
def test_the_model_is_closed(written):
    with pytest.raises(ChoiceError):
        RulesParams.model_validate({"rules": [{"key": "a", "when": written}]})


@pytest.mark.parametrize("feature", [feature.key for feature in FEATURES])
def test_a_condition_to_start_from_can_be_asked_with_every_comparison(feature):
    base = profiles()
    for op in OPS[base.feature(feature).kind]:
        assert holds(first_condition(base, feature, op), base).shape == (6,)


def test_parts_are_replaced_added_and_taken_out_by_their_path():
    one, two, three = is_("spend", "ge", 1), is_("spend", "ge", 2), is_("spend", "ge", 3)
    tree = AllOf(parts=(one, AnyOf(parts=(two,))))
    assert put(tree, (1, 1), three) == AllOf(parts=(one, AnyOf(parts=(two, three))))
    assert put(tree, (1, 0), None) == AllOf(parts=(one,))
    assert put(AllOf(parts=(one,)), (0,), None) is None
    assert put(Not(part=one), (0,), two) == Not(part=two)
    params = add_rule(RulesParams(rules=(rule("1", one), rule("b", two))), three)
    assert [each.key for each in params.rules] == ["1", "b", "2"]
    assert [each.key for each in move_up(params, 2).rules] == ["1", "2", "b"]
    assert [each.key for each in with_rule(params, 0, None).rules] == ["b", "2"]


@pytest.mark.parametrize("kind", ["all", "any", "none", "not_all"])
def test_a_group_asks_all_any_none_or_not_all_of_its_parts(kind):
    base = profiles()
    parts = tuple(Condition(feature="spend", op="ge", values=(value,)) for value in (1, 100))
    each = np.array([holds(part, base) for part in parts])
    asked = regrouped(AllOf(parts=parts), kind)
    assert group_kind(asked) == kind
    expected = {
        "all": each.all(axis=0),
        "any": each.any(axis=0),
        "none": ~each.any(axis=0),
        "not_all": ~each.all(axis=0),
    }
    assert holds(asked, base).tolist() == expected[kind].tolist()
    assert regrouped(asked, "all") == AllOf(parts=parts)


def test_a_condition_joins_one_that_must_not_hold():
    one, two = (Condition(feature="spend", op=op) for op in ("is_known", "is_missing"))
    assert put(Not(part=one), (1,), two) == Not(part=AnyOf(parts=(one, two)))


def test_groups_within_groups_end_with_a_sentence():
    deep = Condition(feature="spend", op="is_known")
    for _ in range(DEEPEST):
        deep = AnyOf(parts=(deep,))
    params = RulesParams(rules=(SegmentRule(key="1", when=Condition(feature="spend", op="is_known")),))
    with pytest.raises(AnalysisError) as raised:
        with_rule(params, 0, deep)
    assert raised.value.code == "rules_too_deep"
    assert raised.value.facts["levels"] == DEEPEST


def test_every_part_of_a_rule_says_whether_it_holds_for_one_customer():
    known = AnyOf(parts=(is_("city", "in", "Bath"), Not(part=is_("member", "yes"))))
    rule = SegmentRule(key="x", when=AllOf(parts=(is_("spend", "ge", 50), known)))
    base = profiles()

    def told(row: int) -> list[tuple[int, str, bool]]:
        return [(one.depth, one.part.kind, one.met) for one in reasons(rule, base, row)]

    kinds = ["all", "condition", "any", "condition", "not", "condition"]
    assert [one[:2] for one in told(0)] == list(zip([0, 1, 1, 2, 2, 3], kinds, strict=True))
    assert [met for *_, met in told(0)] == [True, True, True, True, False, True]
    assert [met for *_, met in told(3)] == [False, False, False, False, False, True]
    for row in range(len(base.customers)):
        assert told(row)[0][2] == bool(holds(rule.when, base)[row])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_comparison_is_written_with_its_values(language):
    t = Translator(language, "GBP")
    for feature in FEATURES:
        for op in OPS[feature.kind]:
            condition = first_condition(profiles(), feature.key, op)
            words = part_words(condition, FEATURES, t)
            assert feature_name(feature, t) in words
            if feature.kind in ("date", "category", "text"):
                assert all(str(value) in words for value in condition.values)
    gone = is_("shoe size", "ge", 42)
    assert "shoe size" in part_words(gone, FEATURES, t)
