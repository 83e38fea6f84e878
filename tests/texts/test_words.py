"""A text chooses between one word and another by a number: 1 row, 2 rows."""

from __future__ import annotations

import string

import numpy as np
import pytest

from texts import LANGUAGES, Translator, blanks, catalogue

TEXT = "{n} {n:?row|rows} of {table} {n:?has|have} no date, so {n:?it is|they are} left out."


@pytest.fixture
def say(monkeypatch):
    monkeypatch.setitem(catalogue(), "words.test", dict.fromkeys(LANGUAGES, TEXT))
    return lambda n: Translator("en")("words.test", n=n, table="orders.csv")


def choices() -> list[tuple[str, str, str]]:
    """Return the key, language and spec of every blank that writes a word."""
    return [
        (key, language, spec)
        for key, entry in catalogue().items()
        for language, text in entry.items()
        for _, _, spec, _ in string.Formatter().parse(text)
        if spec and spec.startswith("?")
    ]


@pytest.mark.parametrize("n", [1, 1.0, np.int64(1)])
def test_one_takes_the_left_words(say, n):
    assert say(n).partition(" ")[2] == "row of orders.csv has no date, so it is left out."


@pytest.mark.parametrize(("n", "written"), [(0, "0"), (2, "2"), (1234, "1,234"), (1.5, "1.5"), (-1, "-1")])
def test_every_other_number_takes_the_right_words(say, n, written):
    assert say(n) == f"{written} rows of orders.csv have no date, so they are left out."


@pytest.mark.parametrize("n", ["1", "1,234", None, True])
def test_what_is_no_number_chooses_no_word(say, n):
    with pytest.raises(TypeError, match="is no number"):
        say(n)


def test_the_words_do_not_hide_the_name_of_the_blank():
    assert blanks(TEXT) == {"n", "table"}


def test_every_choice_in_the_catalogue_is_between_two_words():
    wrong = [choice for choice in choices() if len(words := choice[2][1:].split("|")) != 2 or not words[1].strip()]
    assert not wrong


def test_only_english_chooses_words():
    assert {language for _, language, _ in choices()} <= {"en"}


@pytest.mark.parametrize("value", [-0.0, -1e-9, -0.0004, 1e-9])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("currency", [None, "CNY"])
def test_what_rounds_to_nothing_has_no_minus(value, language, currency):
    t = Translator(language, currency)
    assert "-" not in t.number(value, 2) + t.percent(value / 100) + t.money(value)


def test_large_amounts_in_chinese_are_said_as_a_person_says_them():
    zh = Translator("zh", "CNY")
    amounts = (9_999_999, 16_117_548, -16_117_548, 231_000_000)
    assert [zh.money(amount) for amount in amounts] == ["¥9,999,999", "¥1,612 万", "-¥1,612 万", "¥2.31 亿"]
    assert Translator("zh").money(16_117_548) == "1,612 万"
    assert Translator("en", "GBP").money(16_117_548) == "£16,117,548"
