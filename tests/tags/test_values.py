"""Who has a tag: each way to make one by hand, what cannot be is refused, and one number wherever it is counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError, ChoiceError
from analysis.exports.contents import tag_table
from analysis.segments.edit import apply_edits
from analysis.segments.result import segmentation_of
from analysis.tags.apply import with_tags
from analysis.tags.dictionary import dictionary
from analysis.tags.params import Bands, Case, Cases, FromColumn, OfSegment, Rule, Score, Tag, Top
from analysis.tags.values import Basis, band_names, tag_values
from tests.tags.makers import profiles_of, rule
from texts import Translator

EN = Translator("en")


def found(tag_source: Any, **columns: Any) -> Any:
    return tag_values(Tag(key="t", type="value", source=tag_source), Basis(profiles_of(**columns)))


def counts(values: Any) -> Any:
    return dict(zip(values.counts["value"], values.counts["customers"], strict=True))


def test_a_column_gives_its_values_and_nobody_without_one_has_the_tag() -> None:
    one = found(FromColumn(feature="region"), region=["north", None, "south", "north"], spend=[1.0, 2.0, 3.0, 4.0])
    assert counts(one) == {"north": 2, "south": 1}
    assert one.n == 3 and one.coverage == 0.75
    assert one.counts["revenue"].tolist() == [5.0, 3.0]


def test_a_yes_no_column_gives_the_tag_to_those_who_are_yes() -> None:
    one = found(FromColumn(feature="member"), member=pd.array([True, False, None], dtype="boolean"))
    assert one.is_flag and one.has.tolist() == [True, False, False]


def test_own_cuts_begin_their_band() -> None:
    one = found(Bands(feature="spend", cuts=(10, 20), names=("low", "middle", "high")), spend=[9.9, 10, 20, np.nan])
    assert [one.values[code] if code >= 0 else None for code in one.codes] == ["low", "middle", "high", None]


def test_equal_parts_keep_equal_customers_together() -> None:
    one = found(Bands(feature="n_orders", quantiles=4), n_orders=[1, 1, 1, 1, 1, 1, 2, 9])
    assert len(set(one.codes[:6])) == 1
    assert one.counts["customers"].sum() == 8


def test_equal_parts_are_the_type_7_quantiles() -> None:
    numbers = np.arange(100.0)
    one = found(Bands(feature="spend", quantiles=5), spend=numbers)
    assert one.cuts == pytest.approx([19.8, 39.6, 59.4, 79.2])
    assert one.counts["customers"].tolist() == [20] * 5


@pytest.mark.parametrize("lowest", [False, True])
def test_the_top_takes_all_who_equal_the_last(lowest: Any) -> None:
    one = found(Top(feature="spend", n=2, lowest=lowest), spend=[5.0, 3.0, 3.0, 1.0, np.nan])
    assert one.has.tolist() == ([False, True, True, True, False] if lowest else [True, True, True, False, False])


def test_the_top_share_is_of_those_with_a_value() -> None:
    one = found(Top(feature="spend", share=0.5), spend=[4.0, 3.0, 2.0, 1.0, np.nan, np.nan])
    assert one.n == 2


def test_the_first_case_that_holds_decides_unless_the_tag_has_several() -> None:
    cases = Cases(
        cases=(
            Case(value="big", when=rule("x", "spend", "ge", 5).source.when),
            Case(value="often", when=rule("x", "n_orders", "ge", 2).source.when),
        )
    )
    columns = {"spend": [9.0, 1.0, 1.0], "n_orders": [3, 3, 1]}
    assert counts(found(cases, **columns)) == {"big": 1, "often": 1}
    several = tag_values(Tag(key="t", type="value", source=cases, several=True), Basis(profiles_of(**columns)))
    assert counts(several) == {"big": 1, "often": 2}
    assert several.who("often").tolist() == [True, True, False]
    assert several.n == 2


def test_a_score_enters_by_its_threshold_whoever_made_it() -> None:
    score = Score(feature="recency_days", threshold=30, model="churn", model_version="7")
    assert found(score, recency_days=[29, 30, np.nan]).has.tolist() == [False, True, False]
    assert found(score.model_copy(update={"below": True}), recency_days=[29, 31, np.nan]).n == 1


def test_a_segment_is_a_value_or_some_of_them_are_the_tag() -> None:
    base = profiles_of(spend=[1.0, 2.0, 3.0, 4.0])
    segments = segmentation_of(np.array([0, 1, 1, -1]), ["gold", "rest"], method="rfm")
    basis = Basis(base, segmentations={"rfm": apply_edits(segments, ())})
    every = tag_values(Tag(key="t", type="value", source=OfSegment(method="rfm")), basis)
    assert counts(every) == {"gold": 1, "rest": 2} and every.n == 3
    gold = Tag(key="t", type="value", source=OfSegment(method="rfm", segments=("gold",)))
    assert tag_values(gold, basis).has.tolist() == [True, False, False, False]
    with pytest.raises(AnalysisError, match="tag_segment_gone"):
        tag_values(Tag(key="t", type="value", source=OfSegment(method="rfm", segments=("silver",))), basis)
    with pytest.raises(AnalysisError, match="tag_segmentation_gone"):
        tag_values(gold, Basis(base))


@pytest.mark.parametrize(
    ("source", "columns", "code"),
    [
        (FromColumn(feature="colour"), {"spend": [1.0]}, "tag_feature_gone"),
        (FromColumn(feature="phone"), {"phone": ["138"]}, "tag_personal"),
        (rule("x", "phone", "is_known").source, {"phone": ["138"]}, "tag_personal"),
        (FromColumn(feature="born"), {"born": pd.to_datetime(["2000-01-01"])}, "tag_of_dates"),
        (FromColumn(feature="region"), {"region": [f"r{n}" for n in range(101)]}, "tag_too_many_values"),
        (Top(feature="region", n=3), {"region": ["a"]}, "tag_wrong_kind"),
        (Bands(feature="member", quantiles=2), {"member": [True]}, "tag_wrong_kind"),
        (Rule(when=rule("x", "spend", "contains", "a").source.when), {"spend": [1.0]}, "condition_wrong_question"),
    ],
)
def test_what_cannot_be_a_tag_is_refused(source: Any, columns: Any, code: Any) -> None:
    with pytest.raises(AnalysisError, match=code):
        found(source, **columns)


def test_conditions_that_nobody_can_fulfil_are_refused() -> None:
    when = {"kind": "all", "parts": [rule("x", "spend", op, value).source.when for op, value in (("gt", 9), ("lt", 1))]}
    with pytest.raises(AnalysisError, match="conditions_contradict"):
        found(Rule.model_validate({"when": when}), spend=[1.0])


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"source": {"kind": "bands", "feature": "a"}}, "tag_bands_one_way"),
        ({"source": {"kind": "bands", "feature": "a", "cuts": [2, 1]}}, "tag_cuts_rise"),
        ({"source": {"kind": "bands", "feature": "a", "cuts": [2], "names": ["x"]}}, "tag_bands_names"),
        ({"source": {"kind": "top", "feature": "a"}}, "tag_top_one_way"),
        ({"source": {"kind": "activity", "days": 3, "least_days": 4}}, "tag_days_beyond_window"),
        ({"source": {"kind": "column", "feature": "tag_t"}}, "tag_circle"),
        ({"source": {"kind": "column", "feature": "a"}, "several": True}, "tag_several_not_here"),
        ({"source": {"kind": "column", "feature": "a"}, "lives_days": 3, "refresh_days": 7}, "tag_lives_shorter"),
    ],
)
def test_a_definition_that_cannot_be_is_refused_when_it_is_made(choices: Any, code: Any) -> None:
    with pytest.raises(ChoiceError, match=code):
        Tag.model_validate({"key": "t", "type": "value", **choices})


numbers = st.one_of(st.none(), st.integers(-3, 6).map(float))


@given(
    st.lists(st.tuples(numbers, st.sampled_from(["a", "b", None])), min_size=1, max_size=40),
    st.sampled_from(["lt", "le", "gt", "ge", "eq", "ne"]),
    st.integers(-3, 6),
)
def test_one_number_stands_everywhere(rows: Any, op: Any, border: Any) -> None:
    base = profiles_of(spend=np.array([row[0] for row in rows], dtype=float), region=[row[1] for row in rows])
    tags = [
        rule("one", "spend", op, border),
        Tag(key="where", type="static", source=FromColumn(feature="region")),
        rule("both", "tag_one", "yes"),
    ]
    tagged = with_tags(base, tags)
    compare = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}[op]
    by_hand = int(pd.Series(base.customers["spend"].dropna()).to_frame().query(f"spend {compare} {border}").shape[0])
    frame = tagged.profiles.customers
    edited = tag_values(tags[0], Basis(base))
    assert edited.n == by_hand == tagged.values["one"].n == tagged.values["both"].n == int(frame["tag_one"].sum())
    if "where" in tagged.values:
        where = tagged.values["where"]
        assert where.counts["customers"].sum() == where.n == int(frame["tag_where"].notna().sum())
    exported = tag_table(tagged.profiles, list(tagged.values.values()), EN)  # what the command line writes
    assert exported.iloc[:, 1:].notna().sum().tolist() == [found.n for found in tagged.values.values()]
    shown = [entry.n for entry in dictionary(tags, tagged) if entry.values is not None]
    assert sorted(shown) == sorted(found.n for found in tagged.values.values())


NOT_A_NUMBER: list[Any] = [float("nan"), float("inf"), -float("inf")]


@pytest.mark.parametrize("number", NOT_A_NUMBER)
def test_a_border_that_is_no_number_is_refused(number: float) -> None:
    sources: list[dict[str, Any]] = [
        {"kind": "bands", "feature": "spend", "cuts": [1, number]},
        {"kind": "score", "feature": "spend", "threshold": number},
        {"kind": "top", "feature": "spend", "share": number},
    ]
    for source in sources:
        with pytest.raises(ChoiceError):
            Tag.model_validate({"key": "t", "type": "value", "source": source})


def test_who_has_no_number_is_in_no_band_and_reaches_no_score() -> None:
    spend = [np.nan, 1.0, 5.0]
    for source in (Bands(feature="spend", cuts=(2,)), Bands(feature="spend", quantiles=2)):
        assert found(source, spend=spend).codes.tolist() == [-1, 0, 1]
    for below in (False, True):
        assert not found(Score(feature="spend", threshold=3, below=below), spend=spend).has[0]
        assert not found(Top(feature="spend", n=3, lowest=below), spend=spend).has[0]
    nobody = found(Bands(feature="spend", quantiles=3), spend=[np.nan, np.nan])
    assert nobody.n == 0 and nobody.coverage == 0


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5, unique=True))
def test_no_two_bands_have_one_name(cuts: list[float]) -> None:
    source = Bands(feature="spend", cuts=tuple(sorted({cut + 0.0 for cut in cuts})))
    assert len(set(band_names(source))) == source.n_bands


def test_numbers_of_many_digits_stay_apart() -> None:
    one = found(FromColumn(feature="spend"), spend=[1234567.0, 1234568.0, 1234568.0])
    assert counts(one) == {"1234567": 1, "1234568": 2}
    assert one.who("1234568").tolist() == [False, True, True]


PHONES = [f"1381234{n:04}" for n in range(6)]


def test_a_column_full_of_phones_is_no_tag_whatever_its_heading_says() -> None:
    with pytest.raises(AnalysisError) as refused:
        found(FromColumn(feature="region"), region=PHONES)
    assert refused.value.code == "tag_values_personal" and refused.value.facts == {"tag": "t", "n": 6}
    for t in (EN, Translator("zh")):
        assert "6" in t("error.tag_values_personal", **refused.value.facts)


def test_single_values_that_tell_of_a_person_are_masked_and_counted() -> None:
    one = found(FromColumn(feature="region"), region=["north", "south", PHONES[0], "east", "13812349000", None])
    assert counts(one) == {"138****0000": 1, "138****9000": 1, "east": 1, "north": 1, "south": 1}
    assert one.who("138****0000").tolist() == [False, False, True, False, False, False] and one.n == 5


def test_a_retired_tag_has_nobody_and_says_so() -> None:
    with pytest.raises(AnalysisError) as refused:
        tag_values(rule("old", "n_orders", "ge", 1, retired=True), Basis(profiles_of(n_orders=[1, 2])))
    assert (refused.value.code, refused.value.facts) == ("tag_retired", {"tag": "old"})
