from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from analysis.intake.judging.words import rows_answer
from analysis.intake.tables import TableCount
from analysis.notes import Note
from analysis.overview.overview import overview
from analysis.overview.params import OverviewParams
from analysis.overview.result import Figure, FigureChange
from analysis.overview.words import (
    amount,
    answer,
    bucket_text,
    change_text,
    figure_help,
    read_sentence,
    why_no_change,
    worth_a_look,
)
from analysis.profiles.words import CODED, coded_value
from texts import LANGUAGES, Translator

EN, ZH = Translator("en", "GBP"), Translator("zh", "CNY")


@pytest.mark.parametrize(
    ("key", "change", "en", "zh"),
    [
        ("orders", 0.25, "+25%", "+25%"),
        ("revenue", -0.031, "-3.1%", "-3.1%"),
        ("orders", 0.0, "0%", "0%"),
        ("new_buyers", 51.9, "×53", "×53"),
        ("repurchase_rate", 0.042, "+4.2 points", "+4.2 个百分点"),
        ("top_share", -0.05, "-5 points", "-5 个百分点"),
    ],
)
def test_changes_carry_their_sign_and_shares_move_by_points(key, change, en, zh):
    figure, moved = Figure(key, 1.0, 1), FigureChange(before=1.0, change=change)
    assert (change_text(figure, moved, EN), change_text(figure, moved, ZH)) == (en, zh)


def test_no_change_has_a_reason_in_words():
    assert change_text(Figure("orders", 1.0, 1), FigureChange(reason="before_data"), EN) is None
    for reason in ("before_data", "after_data", "undated", "zero_before", "not_computed"):
        assert all(why_no_change(FigureChange(reason=reason), t) for t in (EN, ZH))
    assert why_no_change(FigureChange(before=1.0, change=0.0), EN) is None


def test_amounts_are_written_in_their_unit():
    assert amount("revenue", 8_911_407.9, EN) == "£8,911,408"
    assert amount("repurchase_rate", 0.081, EN) == "8.1%"
    assert amount("customers", 4338.0, EN) == "4,338"
    assert amount("top_share", None, EN) == "not known"


def test_an_estimate_says_its_interval_and_a_missing_figure_why():
    assert "66%" in figure_help(Figure("repurchase_rate", 0.69, 1200, low=0.664, high=0.717), EN)
    assert "fewer than five" in figure_help(Figure("top_share", None, 3, "too_few_buyers"), EN)


@pytest.mark.parametrize("t", [EN, ZH])
def test_the_answer_holds_the_figures_of_the_result(t, study_of):
    lines = [(f"c{i}", i, f"2024-01-{1 + i % 28:02}", 1000 if i < 2 else 10) for i in range(40)]
    prepared = study_of([*lines, ("c0", 99, "2024-02-10", 5)])
    result = overview(prepared.standard, prepared.profiles, OverviewParams())
    text = answer(result, t)
    assert result.concentration is not None
    assert t.percent(result.concentration.top_share) in text
    assert t.percent(1 / 40) in text
    assert "40" in text


def test_the_answer_claims_nothing_about_too_few(study_of):
    prepared = study_of([("a", 1, "2024-01-01", 5), ("b", 2, "2024-01-02", 6), ("a", 3, "2024-01-03", 7)])
    text = answer(overview(prepared.standard, prepared.profiles, OverviewParams()), EN)
    assert "20%" not in text and "regular" not in text


def test_values_made_by_the_engine_have_words_in_both_languages():
    for feature, (_, values) in CODED.items():
        for value in values:
            words = [coded_value(feature, value, Translator(language)) for language in LANGUAGES]
            assert len(set(words)) == 2
    assert coded_value("favourite_weekday", "Mondayish", EN) == "Mondayish"


def test_a_month_is_named_without_its_day():
    assert bucket_text(date(2024, 3, 1), "month") == "2024-03"
    assert bucket_text(date(2024, 3, 4), "day") == "2024-03-04"


def counts(*tables):
    return [TableCount(f"t{i}", "orders", read, kept, aside) for i, (read, kept, aside) in enumerate(tables)]


def test_the_line_on_what_was_read_knows_one_table_from_several():
    whole, part = (10, 10, {}), (10, 7, {"no_date": 3})
    assert read_sentence(counts(whole), EN) == "10 rows read; all count."
    assert read_sentence(counts(part), EN) == "10 rows read; 3 left out."
    assert read_sentence(counts(whole, part), EN) == "20 rows read from 2 tables; 3 left out."
    assert read_sentence(counts(whole, whole), ZH) == "从 2 张表读取 20 行，全部计入。"
    assert rows_answer(counts(whole), EN) == "10 rows were read, and all of them count."
    assert rows_answer(counts(part), ZH).startswith("共读入 10 行：7 行参与计算，3 行被剔除。")


@pytest.mark.parametrize("t", [EN, ZH])
def test_the_two_most_frequent_reasons_and_one_doubt_are_worth_a_look(t):
    aside = [(9, 6, {"no_date": 2, "no_customer": 1}), (9, 3, {"no_customer": 5, "test_order": 1})]
    notes = (
        Note("duplicate_lines", {"n": 4}, "info"), Note("duplicate_lines", {"n": 5}, "check"),
        Note("date_order_undecided", {"n": 1}, "ask"), Note("something_else", {}, "check"),
    )  # fmt: skip
    standard: Any = SimpleNamespace(counts=counts(*aside), notes=notes)
    assert worth_a_look(standard, t) == [
        t("overview.read.reason", reason=t("reason.no_customer"), n=6),
        t("overview.read.reason", reason=t("reason.no_date"), n=2),
        t("overview.read.duplicate_lines", n=5),
    ]
    assert worth_a_look(SimpleNamespace(counts=counts((1, 1, {})), notes=()), t) == []  # pyright: ignore
