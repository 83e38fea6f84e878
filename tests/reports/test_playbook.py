"""The playbook of a report: what the page of plays says, by the same choices, and nothing that tells of a few."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.act.playbook.plays import PlaySettings, filled_plays, offered_channels, used_trade
from analysis.act.playbook.trade import GENERAL, find_trade, trade
from analysis.act.playbook.words import value_words
from analysis.reports.build import build_report
from analysis.reports.choices import ReportChoices
from analysis.reports.material import Material
from analysis.reports.sections import playbook
from analysis.study import StudyResult, read, run, suggest
from analysis.study.for_others import for_others
from texts import translator


@pytest.fixture(scope="module")
def result() -> StudyResult:
    orders = pd.DataFrame(
        {
            "customer id": [f"K{i % 60:02}" for i in range(400)],
            "order date": [f"202{3 + i % 60 % 2}-{i % 12 + 1:02}-{i % 28 + 1:02}" for i in range(400)],
            "amount": [5.0 + i % 60 * 3 for i in range(400)],
            "phone": [f"+44 7911 12{i % 60:04}" for i in range(400)],
        }
    )
    tables = read(orders)
    return run(tables, suggest(tables))


@pytest.fixture
def material(result: StudyResult) -> Material:
    return Material(for_others(result), "analyst")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_line_for_each_segment_of_the_first_screen(material: Material, language: str) -> None:
    t = translator(language, "GBP")
    first, *others = playbook.pages(material, t)
    cards, names = material.result.cards, material.card_names(t)
    assert first.table is not None and len(others) == first.table.n_rows
    told = {column.title: column.values for column in first.table.columns}
    assert list(told[t("workbook.segment")]) == [names[key] for card in cards.cards for key in card.segments]
    assert sum(told[t("workbook.customers")]) == cards.customers
    assert first.title.endswith(t("report.titled", said="", n=cards.customers))
    assert len(playbook.pages(replace(material, preset="consultant"), t)) == 1


def test_the_report_says_what_the_playbook_says_by_the_same_choices(result: StudyResult) -> None:
    t, key = translator("en", "GBP"), result.cards.cards[0].segments[0]
    settings = PlaySettings("education", 2.0, {key: (0.5, 0.6)})
    plays = filled_plays(
        trade("education"), settings, result.cards, result.card_labels, result.profiles, result.standard
    )
    assert (plays[0].value.assumption.low, plays[0].value.assumption.high) == (0.5, 0.6)
    assert plays[0].value.cost == 2.0 * plays[0].value.reached
    report = build_report(result, ReportChoices(preset="consultant", sections=("playbook",)), t, plays=settings)
    [page] = report.pages
    assert page.notes[0] == t("playbook.trade_chosen", trade=trade("education").name.en)
    assert page.table is not None and page.table.columns[-1].values[0] == t(
        "report.play.range", low=plays[0].value.low, high=plays[0].value.high
    )
    assert page.table.columns[-1].title == t("report.play.value")


def test_what_would_tell_how_few_can_be_reached_is_left_out(material: Material) -> None:
    t = translator("en", "GBP")
    plays = material.plays
    for reached in (3, plays[0].size - 2):
        few = replace(plays[0], value=replace(plays[0].value, reached=reached))
        here = replace(material)
        here.__dict__["plays"] = (few, *plays[1:])
        first, own, *_ = playbook.pages(here, t)
        assert first.table is not None and first.table.columns[-1].values[0] is None and own.points == ()
        assert first.table.columns[-1].values[1] is not None and value_words(few, t) not in str(first)


def test_customers_in_no_segment_are_in_no_play(result: StudyResult) -> None:
    none: Any = pd.Series([pd.NA] * len(result.profiles.customers), dtype="str")
    plays = filled_plays(trade(GENERAL), PlaySettings(), result.cards, none, result.profiles, result.standard)
    assert plays and all(play.size == 0 and play.value.order is None for play in plays)


def test_a_trade_that_is_none_any_more_gives_way_to_the_one_found() -> None:
    found = find_trade(["学员姓名", "课程", "校区"])
    assert used_trade(found, PlaySettings("gone")).key == "education"
    assert used_trade(found, PlaySettings.kept({"trade": "retail", "cost": None})).key == "retail"


def test_channels_are_those_that_the_files_can_reach(result: StudyResult) -> None:
    assert "sms" in offered_channels(result.profiles) and "email" not in offered_channels(result.profiles)
