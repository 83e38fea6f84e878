from __future__ import annotations

import pytest

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.profiles.words import feature_name, value_text
from analysis.segments.names import (
    note_sentence,
    segment_advice,
    segment_meaning,
    segment_name,
    segment_names,
    segment_rule,
)
from analysis.segments.scores.schemes import rules
from texts import LANGUAGES, Translator


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["two_digit", "eight_a", "eight_b"])
def test_every_rfm_segment_has_its_own_name_a_meaning_an_action_and_a_rule(language, scheme):
    t = Translator(language)
    keys = [rule.segment for rule in rules(scheme)]
    names = [segment_name(key, t) for key in keys]
    assert len(set(names)) == len(keys)
    assert not set(names) & set(keys)
    for key in keys:
        assert segment_meaning(key, t)
        assert segment_advice(key, t)
        assert segment_rule(key, t).startswith("R ")


def test_the_schools_of_the_eight_classes_differ_where_the_field_says_so():
    t = Translator("zh")
    a, b = ([segment_name(rule.segment, t) for rule in rules(s)] for s in ("eight_a", "eight_b"))
    assert a == [
        "重要价值客户", "重要发展客户", "重要保持客户", "重要挽留客户",
        "一般价值客户", "一般发展客户", "一般保持客户", "一般挽留客户",
    ]  # fmt: skip
    assert b == [
        "重要价值客户",
        "重要深耕客户",
        "重要唤回客户",
        "重要挽留客户",
        "潜力客户",
        "新客户",
        "一般维持客户",
        "流失客户",
    ]


def test_a_persons_own_name_wins_and_equal_names_are_told_apart():
    t = Translator("en")
    names = segment_names(["loyal", "new", "at_risk"], t, names={"loyal": "VIP", "new": "VIP"})
    assert names == {"loyal": "VIP", "new": "VIP (2)", "at_risk": "At risk"}


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "Group 2: low spend, high Loft size"), ("zh", "第2组：消费低、Loft size高")]
)
def test_a_cluster_is_named_by_its_traits(language, expected):
    traits = {"cluster_2": (("spend", "low"), ("loft", "high"))}
    features = [Feature("loft", "basic", "number", header="Loft size")]
    assert segment_name("cluster_2", Translator(language), traits=traits, features=features) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "Group 1: mostly Partner, seldom Senior"), ("zh", "第1组：多为Partner、少有Senior")],
)
def test_a_flag_is_common_or_rare_and_not_high_or_low(language, expected):
    traits = {"cluster_1": (("p", "high"), ("s", "low"))}
    features = [Feature("p", "basic", "flag", header="Partner"), Feature("s", "basic", "flag", header="Senior")]
    assert segment_name("cluster_1", Translator(language), traits=traits, features=features) == expected


def test_a_feature_without_words_is_called_by_its_header_then_its_key():
    t = Translator("en")
    assert feature_name(Feature("zz_1", "basic", "number", header="Shoe size"), t) == "Shoe size"
    # An own column keeps its header, whatever the engine calls a feature of that name.
    assert feature_name(Feature("spend", "basic", "number", header="spend"), t) == "spend"
    assert feature_name(Feature("zz_1", "basic", "number"), t) == "zz_1"


def test_values_are_written_in_their_unit():
    t = Translator("en", "GBP")
    assert value_text(1234.5, Feature("a", "value", "number", "money"), t) == "£1,234"
    assert value_text(0.5, Feature("a", "value", "number", "share"), t) == "50%"
    assert value_text(float("nan"), Feature("a", "value", "number"), t) == "–"


def test_a_note_is_told_in_the_readers_words():
    t = Translator("en")
    tiny = Note("clusters_tiny", {"segment": "cluster_4", "n": 3})
    assert note_sentence(tiny, t, names={"cluster_4": "VIP"}) == "VIP has only 3 customers."
    pulled = Note("clusters_constant_left_out", {"feature": "loft"})
    loft = Feature("loft", "basic", "number", header="Loft size")
    assert note_sentence(pulled, t, features=[loft]) == "Loft size is the same for all customers and was left out."


def test_every_code_of_these_stages_has_a_sentence_in_both_languages():
    import re
    from pathlib import Path

    from texts import blanks, catalogue

    folder = Path(__file__).parents[2] / "analysis"
    files = [path for name in ("segments", "compare", "charts") for path in (folder / name).glob("*.py")]
    source = "\n".join(path.read_text("utf-8") for path in files)
    codes = {f"error.{code}" for code in re.findall(r'AnalysisError\(\s*"(\w+)"', source)}
    codes |= {f"note.{code}" for code in re.findall(r'Note\(\s*"(\w+)"', source)}
    codes |= {f"note.rfm_{m}_{kind}" for m in "rfm" for kind in ("constant", "cuts_collapse")}
    assert len(codes) > 20
    # Why a number of groups is recommended is told by texts of their own.
    codes = {code.replace("note.k_", "reason.k_") for code in codes}
    for code in codes:
        assert blanks(catalogue()[code]["en"]) == blanks(catalogue()[code]["zh"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_year_of_birth_is_a_year_and_no_amount(language):
    born = Feature("birth_year", "basic", "number", "year")
    assert value_text(1987.0, born, Translator(language)) == "1987"
    assert value_text(1968.7, born, Translator(language)) == "1969"
