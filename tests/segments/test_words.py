from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.words import answer as clusters_answer
from analysis.segments.clustering.words import headline, trust, why_k
from analysis.segments.crosstab import cross
from analysis.segments.edit import apply_edits
from analysis.segments.methods import METHODS
from analysis.segments.names import edited_names
from analysis.segments.params import HybridParams, RulesParams, SegmentEdit, TierParams
from analysis.segments.result import Note, leading, segmentation_of
from analysis.segments.scores.boxes import BoxCheck
from analysis.segments.scores.tiers import tiers
from analysis.segments.scores.words import boxes_check, span
from analysis.segments.words import answer, crossing_answer
from texts import Translator

EN, ZH = Translator("en", "GBP"), Translator("zh", "CNY")
BOTH = pytest.mark.parametrize("t", [EN, ZH], ids=["en", "zh"])


def three(method: str, keys: list[str], *, spend: list[float] | None = None):
    """Six customers: three, two and one in each segment, and one outside."""
    codes = np.array([0, 0, 0, 1, 1, 2, -1])
    values = None if spend is None else np.array(spend)
    return segmentation_of(codes, keys, method=method, spend=values)


def said(result: Any, t: Translator, *edits: SegmentEdit) -> list[str]:
    edited = apply_edits(result.segmentation, edits)
    names = {key: key for key in result.segmentation.segments["segment"]}
    return METHODS[result.segmentation.method].answer(result, edited, names, t)


SPEND = [10.0, 10, 10, 60, 60, 50, 0]


def test_rfm_says_who_brings_most_and_which_good_customers_stay_away():
    found = three("rfm", ["new", "champions", "at_risk"], spend=SPEND)
    result = SimpleNamespace(segmentation=found, n_outside=found.n_outside)
    assert said(result, EN) == [
        "champions: 33% of customers bring 60% of revenue.",
        "1 good customer has not been back for long and has spent £50.",
        "1 customer has never bought and is in no segment.",
    ]
    assert said(result, ZH)[:2] == [
        "champions占客户的 33%，带来 60% 的销售额。",
        "1 位优质客户已很久没有回来，他们累计消费 ¥50。",
    ]


@pytest.mark.parametrize("hide", [("new", "loyal", "promising"), ()])
def test_rfm_still_answers_when_nothing_is_shown_or_returns_outweigh_the_sales(hide):
    spend = SPEND if hide else [-1.0] * 7
    found = three("rfm", ["new", "loyal", "promising"], spend=spend)
    result = SimpleNamespace(segmentation=found, n_outside=0)
    edits = [SegmentEdit(segment=key, hidden=True) for key in hide]
    assert said(result, EN, *edits) == ["RFM puts 6 customers into 3 segments."]
    assert said(result, ZH, *edits) == ["RFM 把 6 位客户分成 3 群。"]


def test_clusters_say_how_clearly_they_part():
    found = three("clusters", ["cluster_1", "cluster_2", "cluster_3"])
    result = SimpleNamespace(segmentation=found, silhouette=0.6, k=3, verdict="clear", recommended=None)
    assert said(result, EN) == [
        "6 customers fall into 3 groups that are clearly apart.",
        "1 customer is in no group, because they never bought or lack every chosen value.",
    ]
    assert said(result, ZH)[0] == "6 位客户分成 3 组，各组界限清楚。"
    assert METHODS["clusters"].answer is clusters_answer


@pytest.mark.parametrize(
    ("verdict", "silhouette", "suggested", "word"),
    [
        ("clear", 0.71, True, "strong"),
        ("clear", 0.2, True, "clear"),
        ("weak", 0.9, True, "weak"),
        ("winding", 0.9, True, "winding"),
        ("none", 0.99, True, "no_groups"),
        ("none", 0.99, False, "none"),
    ],
)
def test_the_headline_of_clusters_follows_the_verdict_whatever_the_silhouette(verdict, silhouette, suggested, word):
    result: Any = SimpleNamespace(verdict=verdict, silhouette=silhouette, recommended=object() if suggested else None)
    assert headline(result) == word


@BOTH
@pytest.mark.parametrize(
    ("stable", "key", "n"),
    [
        ({"a": 0.9, "b": 0.8}, "stable", 0),
        ({"a": 0.9, "b": 0.1}, "unstable", 1),
        ({"a": 0.9, "b": 0.55, "c": 0.9}, "partly", 1),
        ({"a": 0.7, "b": 0.7}, "partly_all", 0),
    ],
)
def test_trust_says_how_many_groups_are_found_again(stable, key, n, t):
    result: Any = SimpleNamespace(k=len(stable), recommended=None)
    mean = sum(stable.values()) / len(stable)
    assert trust(result, stable, t) == [t(f"clusters.stability_{key}", mean=mean, k=len(stable), n=n)]


def test_no_groups_at_all_are_a_reason_and_what_could_not_be_measured_is_not_said():
    none: Any = SimpleNamespace(k=2, recommended=SimpleNamespace(verdict="none", reasons=(Note("k_no_groups"),)))
    assert why_k(none, EN) == [EN("reason.k_no_groups")]
    assert trust(none, {"a": float("nan")}, EN) == []
    chosen: Any = SimpleNamespace(k=2, recommended=None)
    assert trust(chosen, {}, EN) == why_k(chosen, EN) == []


@BOTH
def test_tiers_say_what_the_best_bring_and_who_spent_nothing(t):
    customers = pd.DataFrame({"customer_id": list("abcdefg"), "spend": [60.0, 10, 10, 10, 10, 0, np.nan]})
    profiles = Profiles(customers, (Feature("spend", "value", "number", "money"),), date(2024, 1, 1))
    result = tiers(profiles, TierParams())
    edited = apply_edits(result.segmentation, ())
    best = edited_names(result, edited, t)["tier_heavy"]
    assert answer(result, edited, t) == [
        t("tiers.answer", segment=best, share=0.2, revenue_share=0.6, n=5),
        t("tiers.answer_zero", n=1),
        t("tiers.answer_outside", n=1),
    ]


def test_movement_says_both_revenues_and_what_left():
    keys = ["movement_new", "movement_lapsed", "movement_repeating"]
    money = pd.DataFrame({"segment": keys, "customers": [3, 2, 1], "before": [0.0, 70, 30], "now": [50.0, 0, 40]})
    result = SimpleNamespace(
        segmentation=three("movement", keys), money=money, revenue_before=100.0, revenue_now=90.0,
        before=(date(2024, 1, 1), date(2024, 1, 31)), now=(date(2024, 2, 1), date(2024, 2, 29)),
    )  # fmt: skip
    first, who, lost = said(result, EN)
    assert "£100" in first and "£90" in first and "2024" in first
    assert who == "3 customers are new, 0 came back, 1 ordered in both periods and 2 only in the earlier one."
    assert lost == "The 2 who stayed away had brought £70."
    result.money = money.assign(now=[50.0, -5, 40])  # the picture shows a step of £75
    assert said(result, EN)[2] == "The 2 who stayed away had brought £70 and have sent back £5 since."
    result.money = money[money["segment"] != "movement_lapsed"]
    assert len(said(result, ZH)) == 2


@pytest.mark.parametrize("spend", [SPEND, None])
def test_lifecycle_says_who_is_due_with_their_money_where_it_is_known(spend):
    keys = ["lifecycle_prospect", "lifecycle_at_risk", "lifecycle_dormant"]
    result = SimpleNamespace(
        segmentation=three("lifecycle", keys, spend=spend), customers=range(7), share_here=0.25,
        shop_rhythm=30.0, usual_first_gap=20.0,
    )  # fmt: skip
    told = said(result, EN)
    assert told[0] == "Of 4 customers who have ordered, 25% are new or active."
    assert told[1].startswith("3 customers are at risk or dormant")
    assert ("£170" in told[1]) == (spend is not None)
    assert told[3] == "3 customers have never ordered."
    result.shop_rhythm = float("nan")
    assert len(said(result, ZH)) == 3


def test_rules_count_each_customer_once():
    found = three("rules", ["rule_a", "rule_b", "other"])
    table = pd.DataFrame({"segment": ["rule_a", "rule_b"], "only": [2, 1]})
    result = SimpleNamespace(segmentation=found, rules=table, n_other=2, params=RulesParams)
    assert said(result, EN) == [
        "2 rules cover 5 of 7 customers (71%).",
        "2 customers fulfil no rule and are listed as “Other”.",
        "2 customers fulfil more than one rule and are counted under the first.",
    ]
    assert said(result, ZH)[0] == "2 条规则共覆盖 7 位客户中的 5 位（71%）。"


@BOTH
def test_a_hybrid_says_what_was_crossed_and_who_is_left_out(t):
    found = three("hybrid", ["hybrid:a|x", "hybrid:a|y", "hybrid:b|x"], spend=SPEND)
    result = SimpleNamespace(segmentation=found, params=HybridParams(), first=("a", "b"), second=("x", "y"))
    told = said(result, t)
    facts = {"first": t("compare.rfm"), "second": t("compare.clusters"), "n_first": 2, "n_second": 2, "n": 3}
    assert told[0] == t("hybrid.answer", **facts)
    assert told[2] == t("hybrid.answer_outside", n=1)


def test_the_leading_segment_is_the_one_with_most_revenue_and_nobody_leads_without_revenue():
    found = three("rfm", ["new", "loyal", "at_risk"], spend=SPEND)
    assert leading(found.segments, {"loyal": "Loyal"}) == {
        "segment": "Loyal", "share": pytest.approx(1 / 3), "revenue_share": pytest.approx(0.6),
    }  # fmt: skip
    assert leading(three("rfm", ["new", "loyal", "at_risk"]).segments, {}) == {}


@BOTH
def test_a_check_of_boxes_names_what_is_never_given(t):
    found = BoxCheck(uncovered=(), twice={"555": ("a", "b")}, empty=("lost", "new"))
    names = {"lost": "L", "new": "N"}
    assert boxes_check(found, 0, names, t) == [
        t("rfm.check_covered"), t("rfm.check_twice", n=1), t("rfm.check_empty", names=t("segments.between").join("LN")),
    ]  # fmt: skip
    gaps = BoxCheck(uncovered=("111",), twice={}, empty=())
    assert boxes_check(gaps, 9, {}, t) == [t("rfm.check_uncovered", n=1, customers=9)]


NAN = float("nan")


@pytest.mark.parametrize(
    ("above", "up_to", "measure", "two", "words"),
    [
        (NAN, 30.0, "r", False, "up to 30"),
        (30.0, 90.0, "r", False, "31 – 90"),
        (30.0, 31.0, "r", False, "31"),
        (90.0, NAN, "r", False, "91 or more"),
        (30.0, 30.0, "f", False, "–"),
        (2.2, 2.8, "f", False, "–"),
        (10.0, 20.0, "m", False, "£10 – £20"),
        (20.0, NAN, "m", False, "over £20"),
        (NAN, 40.0, "r", True, "under 40"),
        (40.0, NAN, "r", True, "40 or more"),
    ],
)
def test_whole_numbers_of_a_score_begin_where_the_score_before_ends(above, up_to, measure, two, words):
    unused = EN("rfm.unused")
    assert span(above, up_to, measure, EN, two_classes=two).lower() == (unused if words == "–" else words).lower()


@BOTH
def test_two_segmentations_that_are_the_same_are_called_so(t):
    labels = pd.Series(["a", "a", "b", "b"])
    assert crossing_answer(cross(labels, labels), t) == [
        t("beside.alike_same", rand=1.0, n=4), t("beside.moved", n=0, share=0.0, all=4),
    ]  # fmt: skip


def test_a_merged_and_a_hidden_segment_keep_their_words():
    found = three("rfm", ["new", "loyal", "at_risk"], spend=SPEND)
    result: Any = SimpleNamespace(segmentation=found, names={}, notes=())
    edits = [
        SegmentEdit(segment="new", merge_into="champions", name="gone"),
        SegmentEdit(segment="champions", name="Core"),
        SegmentEdit(segment="loyal", hidden=True),
    ]
    edited = apply_edits(found, edits)
    names = edited_names(result, edited, EN)
    assert names["champions"] == "Core" and {"new", "loyal", "at_risk"} <= set(names)
    assert edited.table["segment"].tolist() == list(edited.shown)
    assert "loyal" not in edited.shown
