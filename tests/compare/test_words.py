from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from analysis.compare.compare import YES
from analysis.compare.words import answer, is_same_said, said_once, sure_text, telling_differences
from analysis.profiles.result import Feature
from analysis.profiles.words import feature_name
from texts import Translator

FEATURES = (
    Feature("spend", "value", "number", "money"),
    Feature("n_orders", "value", "number", "count"),
    Feature("member", "basic", "flag"),
    Feature("city", "basic", "category"),
)
COLUMNS = ("segment", "feature", "level", "value", "rest_value", "significant")
NAMES = {"a": "Alpha", "b": "Beta"}


def compared(*rows: tuple[Any, ...]) -> Any:
    differences = pd.DataFrame([row[:6] for row in rows], columns=pd.Index(COLUMNS))
    differences["effect"] = [row[6] if len(row) > 6 else 1.0 for row in rows]
    return SimpleNamespace(made_of=(), features=FEATURES, differences=differences)


def test_a_trifle_of_large_groups_is_not_told_while_something_else_differs():
    found = compared(
        ("a", "spend", "", 90.0, 40.0, True, 1.2),
        ("b", "spend", "", 70.0, 50.0, True, 0.6),
        ("b", "n_orders", "", 2.7, 2.5, True, 0.03),
    )
    told = [(row["segment"], row["feature"]) for row in telling_differences(found)]
    assert told == [("a", "spend"), ("b", "spend")]
    alone = compared(("b", "n_orders", "", 2.7, 2.5, True, 0.03))
    assert [row["feature"] for row in telling_differences(alone)] == ["n_orders"]


def test_each_segment_has_its_strongest_difference_told_before_any_has_two():
    found = compared(
        ("a", "spend", "", 90.0, 40.0, True),
        ("a", "n_orders", "", 9.0, 4.0, True),
        ("b", "spend", "", 40.0, 90.0, True),
        ("b", "city", "Oslo", 0.5, 0.1, True),
        ("b", "member", YES, 0.7, 0.2, False),
    )
    told = [(row["segment"], row["feature"]) for row in telling_differences(found)]
    assert told == [("a", "spend"), ("b", "city"), ("a", "n_orders")]
    assert len(telling_differences(found, most=1)) == 1


def test_a_mean_a_share_and_a_flag_each_have_their_sentence():
    found = compared(
        ("a", "spend", "", 90.0, 40.0, True),
        ("b", "city", "Oslo", 0.5, 0.1, True),
        ("a", "member", YES, 0.7, 0.2, True),
    )
    assert answer(found, NAMES, Translator("en", "GBP")) == [
        "Alpha stand out in “Spend”: £90 on average, against £40 for the other customers.",
        "Beta stand out in “City”: Oslo for 50%, against 10% of the other customers.",
        "Alpha stand out in “member”: it holds for 70%, against 20% of the other customers.",
    ]
    assert answer(found, NAMES, Translator("zh", "CNY"))[1] == "“Beta”里，“城市”为“Oslo”的占 50%，其他客户里占 10%。"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_that_nothing_differs_is_a_sentence_too(language):
    t = Translator(language)
    found = compared(("a", "spend", "", 41.0, 40.0, False))
    assert answer(found, NAMES, t) == [t("compare.answer_none")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_made_the_segments_is_said_to_be_by_construction(language):
    t = Translator(language)
    spend = Feature("spend", "value", "number", "money")
    rows = pd.DataFrame({"significant": [], "segment": [], "feature": []}).astype({"significant": bool})
    found = SimpleNamespace(made_of=("spend",), features=(spend,), differences=rows)
    said = answer(found, {}, t)
    assert said == [
        t("compare.answer_none_else"),
        t("compare.answer_by_construction", features=feature_name(spend, t)),
    ]
    assert sure_text({"by_construction": True, "significant": False}, t) == t("compare.sure_by_construction")


def test_one_fact_under_two_headings_is_told_once():
    gift = {"segment": "a", "feature": "favourite_category", "level": "Gift", "value": 0.59}
    assert is_same_said({**gift, "feature": "level", "level": "gift", "value": 0.6}, gift)
    assert not is_same_said({**gift, "feature": "level", "value": 0.9}, gift)
    assert not is_same_said({**gift, "segment": "b"}, gift)
    assert not is_same_said({**gift, "level": ""}, {**gift, "level": ""})


def test_a_tag_that_says_what_its_column_says_takes_no_place_of_another_difference():
    def share(segment: str, feature: str, level: str, effect: float) -> dict[str, Any]:
        return {"segment": segment, "feature": feature, "level": level, "value": 0.0, "effect": effect}

    level, tag = (share(one, key, "Family", -1.5) for one, key in (("a", "level"), ("a", "tag_level")))
    city = share("a", "city", "Rome", 0.4)
    assert said_once([level, tag, city]) == [level, city]
    assert said_once([level, {**tag, "segment": "b"}]) == [level, {**tag, "segment": "b"}]
