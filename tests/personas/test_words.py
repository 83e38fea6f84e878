from __future__ import annotations

import pytest

from analysis.compare.compare import YES
from analysis.personas.build import personas
from analysis.personas.hypothesis import Statement
from analysis.personas.words import card, own_words, read_statement
from texts import Translator

from .test_personas import case


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_suggestion_left_as_it_stands_is_no_word_of_ones_own(language):
    t = Translator(language)
    persona = personas(*case())[0]
    told = card(persona, "Loyal", t)
    typed = {"name": " Anna ", "goals": told.goals, "pains": "", "quote": None, "size": "many"}
    assert own_words(persona, "Loyal", typed, t) == {"name": "Anna"}


@pytest.mark.parametrize(
    ("key", "op", "typed", "value"),
    [
        ("spend", "at_least", " 1,200.5 ", 1200.5),
        ("spend", "at_least", "a lot", None),
        ("spend", "at_least", "inf", None),
        ("member", "most_are", "whatever", YES),
        ("favourite_weekday", "most_are", "Monday", "monday"),
        ("favourite_weekday", "most_are", "monday", "monday"),
        ("favourite_weekday", "most_are", "Friday", None),
        ("favourite_category", "most_are", "tea", "tea"),
        ("spend", "most_are", "3", None),
        ("unknown", "at_least", "3", None),
    ],
)
def test_what_was_typed_becomes_a_statement_where_it_fits_the_feature(key, op, typed, value):
    profiles, _ = case()
    expected = None if value is None else Statement(feature=key, op=op, value=value)
    assert read_statement(profiles, key, op, typed, Translator("en")) == expected
