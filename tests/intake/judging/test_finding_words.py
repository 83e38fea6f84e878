"""A finding's effect beside its sentence: each number is said once."""

from dataclasses import replace

import pytest

from analysis.intake.judging.finding import Finding
from analysis.intake.judging.words import effect_sentences, finding_sentence
from texts import Language, Translator


@pytest.mark.parametrize("language", ["en", "zh"])
def test_rows_that_the_sentence_has_named_are_not_named_again(language: Language) -> None:
    t = Translator(language, "EUR")
    found = Finding("no_customer", table="a.csv", facts={"n": 1_200}, rows=1_200, money=50.0)
    assert t.number(1_200) in finding_sentence(found, t)
    assert effect_sentences(found, t) == [t("quality.only_money", money=50.0)]
    # 200 is not said by 1,200.
    more = replace(found, rows=200, money=None)
    assert effect_sentences(more, t) == [t("quality.effect", rows=200)]
    assert effect_sentences(replace(found, rows=0, money=None), t) == []
