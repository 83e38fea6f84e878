"""What is said of churn, in both languages, as sentences without a blank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analysis.notes import Note
from analysis.predict.churn.churn import churn
from analysis.predict.churn.leaks import Leak
from analysis.predict.churn.params import ChurnParams
from analysis.predict.churn.season import Season
from analysis.predict.churn.words import (
    TOO_GOOD,
    answer,
    change_words,
    definition_words,
    doubt_words,
    lead,
    note_words,
    reason_words,
    season_words,
    used_words,
    worth_words,
)
from analysis.profiles.result import Feature
from analysis.profiles.words import feature_name
from analysis.study import Prepared
from tests.predict.churn.shops import prepared
from texts import Translator

EN, ZH = Translator("en"), Translator("zh")


@pytest.fixture(scope="module")
def told(subscribers: pd.DataFrame) -> tuple[Any, Prepared]:
    found = prepared(subscribers)
    return churn(found.standard, found.profiles, ChurnParams(method="logistic", value=100, cost=1)), found


@pytest.mark.parametrize("t", [EN, ZH])
def test_the_answer_says_what_leaving_is_what_is_used_and_what_it_is_worth(told: Any, t: Translator) -> None:
    said = answer(told[0], t)
    assert len(said) == 8
    assert said[0] == lead(told[0], t)[0] and "Churn" in said[1]
    assert all("{" not in sentence and "nan" not in sentence for sentence in said)


def test_the_reasons_of_one_customer_name_value_and_what_is_usual(told: Any) -> None:
    result, found = told
    place = result.customers["churn_risk"].idxmax()
    row, values = result.customers.loc[place].to_dict(), found.profiles.customers.loc[place].to_dict()
    said = reason_words(result, row, values, EN)
    assert 1 <= len(said) <= 3
    assert any("support calls" in one or "contract monthly" in one for one in said)
    assert all(one.endswith("raises the risk.") for one in said)
    assert all(one.endswith("风险更高。") for one in reason_words(result, row, values, ZH))
    beside = reason_words(result, row, values, EN, raising=True)
    assert all(whole.startswith(short) for short, whole in zip(beside, said, strict=True))
    assert not any("raises" in one for one in beside)
    change = change_words(result, row, EN)
    assert change is not None and "“yearly”" in change and "does not prove" in change


def test_a_reason_that_most_share_is_told_as_such(told: Any) -> None:
    result = told[0]
    row = {f"reason_{n}": key for n, key in ((1, "contract"), (2, "colour"), (3, ""))} | {
        "weight_1": 1.0,
        "weight_2": -1.0,
    }
    values = {"contract": result.typical["contract"], "colour": None}
    assert [one.count("as most have it") for one in reason_words(result, row, values, EN)] == [1, 0]
    assert "not known" in reason_words(result, row, values, EN)[1]


def test_who_has_no_change_is_told_none(told: Any) -> None:
    row = {"change": "", "change_to": "", "risk_then": float("nan"), "churn_risk": 0.1}
    assert change_words(told[0], row, EN) is None


def test_the_rule_the_model_and_what_was_chosen_have_a_sentence_each(told: Any) -> None:
    result = told[0]
    worse = replace(result.gain, value=-0.1, low=-0.2, high=0.0)
    said = {
        used_words(replace(result, used=used, gain=gain), EN)
        for used in ("rule", "logistic")
        for gain in (result.gain, worse)
    }
    assert len(said) == 4
    assert sum("not better" in one for one in said) == 2


def test_without_dates_no_past_is_claimed_and_a_figure_too_good_has_its_doubt_beside_it(told: Any) -> None:
    result = replace(told[0], used="logistic", notes=())
    assert not result.windows and "customers that it had not seen" in used_words(result, EN)
    doubted = replace(result, notes=(Note(TOO_GOOD[0], {"auc": 0.997}),))
    assert len(answer(doubted, EN)) == len(answer(result, EN)) + 1
    assert "may know the future" in doubt_words(doubted, EN)[0] and doubt_words(result, EN) == []


@pytest.mark.parametrize("t", [EN, ZH])
def test_a_column_that_knows_the_future_is_called_by_its_name(told: Any, t: Translator) -> None:
    silent = Feature("recency_days", "risk", "number", "days", origin="attributes")
    result = replace(told[0], leaks=(Leak(silent, "too_good", 0.99),))
    said = note_words(result, Note("churn_leak", {"feature": "recency_days", "auc": 0.99, "n": 0}), t)
    assert feature_name(silent, t) in said and "recency_days" not in said


@pytest.mark.parametrize("t", [EN, ZH])
def test_the_first_sentence_says_the_limit_of_days_or_that_there_is_none(told: Any, t: Translator) -> None:
    by_days = replace(told[0].definition, kind="silence", feature=None, days=14)
    assert "14" in lead(replace(told[0], definition=by_days), t)[0]
    assert ("in what time" if t is EN else "多久") in lead(told[0], t)[0]


@pytest.mark.parametrize("t", [EN, ZH])
def test_the_season_is_told_with_and_without_a_year_before(told: Any, t: Translator) -> None:
    seasons = [Season(0.4, 0.5), Season(0.4, 0.5, 0.48, 0.2, True), Season(0.4, 0.5, 0.3)]
    assert len({season_words(replace(told[0], season=season), t) for season in seasons}) == 3
    assert season_words(told[0], t) is None


def test_each_definition_has_a_sentence(told: Any) -> None:
    status = told[0].definition
    kinds = [
        status,
        replace(status, answer="gone"),
        replace(status, kind="ended"),
        replace(status, kind="silence", feature=None, days=60),
        replace(status, kind="silence", feature=None, days=60, gap_days=50.0, n_gaps=99),
        replace(status, kind="silence", feature=None, days=60, gap_days=90.0, n_gaps=99, bounded=True),
    ]
    for t in (EN, ZH):
        said = [definition_words(kind, t) for kind in kinds]
        assert len(set(said)) == 6 and all("{" not in one for one in said)


@pytest.mark.parametrize(("t", "word"), [(EN, "long before"), (ZH, "早已流失")])
def test_pairs_with_those_who_were_gone_before_are_said_to_flatter(told: Any, t: Translator, word: str) -> None:
    day = told[0].as_of
    of_orders = replace(told[0], windows=((day, day, 900, 300), (day, day, 900, 300)), active=None)
    assert any(word in sentence for sentence in worth_words(of_orders, t))
    assert not any(word in sentence for sentence in worth_words(told[0], t)), "a column of who left knows no window"
