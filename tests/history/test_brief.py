"""The brief names what was planted in a month, and nothing of it in a month without."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analysis.act.campaign import Came, Campaign, Counted
from analysis.act.params import ListChoices
from analysis.exports.printed.brief import brief_html
from analysis.history.brief import MOST_SAID, Brief, Said
from analysis.history.earlier import earlier_of, restated
from analysis.history.telling import brief, whom
from analysis.history.words import brief_parts, brief_text
from analysis.intake.reading.read import read_file
from analysis.segments.clustering.features import suggest_features
from tests.history.months import HEADERS, file_of, first_run, kept, next_run, rows_of, with_rows
from texts import translator

AUTUMN = [row for month in (10, 11, 12) for row in rows_of(date(2023, month, 1), 30, seed=month)]
JANUARY = [*AUTUMN, *rows_of(date(2024, 1, 1), 31, seed=1)]
FEBRUARY = rows_of(date(2024, 2, 1), 29, seed=2)


@pytest.fixture(scope="module")
def january() -> Any:
    return first_run(file_of(JANUARY, "january.csv"))


@pytest.fixture(scope="module")
def february(january: Any) -> Any:
    return next_run(january, file_of(FEBRUARY, "february.csv"))


@pytest.fixture(scope="module")
def quiet(february: Any) -> Brief:
    return brief(*february)


def told(found: Brief, code: str) -> Said:
    return next(one for part in found.parts for one in part.said if one.code == code)


def test_a_quiet_month_tells_its_figures_and_nothing_wrong(quiet: Brief) -> None:
    assert quiet.since == date(2024, 2, 1) and quiet.as_of == date(2024, 3, 1)
    assert quiet.part("data").said == () and quiet.part("learned").said == ()
    assert not {"prices_up", "prices_down", "value_gone"} & set(quiet.codes)
    revenue = quiet.part("happened").said[0]
    assert revenue.facts["now"] == round(sum(row[6] for row in FEBRUARY), 2)
    buyers = told(quiet, "buyers").facts
    assert buyers["n"] == len({row[1] for row in FEBRUARY})
    assert quiet.bridge is not None and quiet.migration is not None
    assert quiet.migration.gone == 0 and all(len(part.first) <= MOST_SAID for part in quiet.parts)


def test_both_languages_write_it_for_a_page_and_to_paste(quiet: Brief) -> None:
    for language, title in (("en", "What happened"), ("zh", "发生了什么")):
        t = translator(language, "CNY")
        text = brief_text(quiet, t, name="茶 <b>")
        assert title in text and "茶 <b>" in text
        page = brief_html(quiet, "茶 <b>", t, language=language)
        assert title in page and "茶 &lt;b&gt;" in page
        assert sum(len(part.sentences) for part in brief_parts(quiet, t)) >= 5
    assert len(brief_text(quiet, translator("en")).split()) <= 250


def test_a_rise_of_prices_is_named(january: Any) -> None:
    dear = rows_of(date(2024, 2, 1), 29, seed=2, price=1.1)
    facts = told(brief(*next_run(january, file_of(dear, "february.csv"))), "prices_up").facts
    assert facts["change"] == pytest.approx(0.1, abs=0.005) and facts["products"] == facts["dearer"] == 5


def test_a_channel_that_brings_nothing_any_more_is_named(january: Any) -> None:
    lost = [row for row in FEBRUARY if row[7] != "fair"]
    facts = told(brief(*next_run(january, file_of(lost, "february.csv"))), "value_gone").facts
    assert (facts["column"], facts["value"]) == ("channel", "fair") and facts["before"] > 0


def test_late_orders_restate_the_month_they_belong_to(january: Any) -> None:
    late = with_rows(rows_of(date(2024, 1, 5), 5, seed=9, n=7), order_id=lambda row: f"late-{row[0]}")
    result, earlier = next_run(january, file_of(FEBRUARY, "february.csv"), file_of(late, "late.csv"))
    facts = told(brief(result, earlier), "restated_late").facts
    assert (facts["month"], facts["n"]) == (date(2024, 1, 1), 7)
    [found] = restated(earlier, result.standard)
    assert found.now is not None and found.then is not None
    assert found.now - found.then == sum(Decimal(str(row[6])) for row in late)
    assert "late orders" in brief_text(brief(result, earlier), translator("en"))


def test_corrected_orders_are_counted_once_as_the_later_file_tells_them(january: Any) -> None:
    again = [row for row in JANUARY if row[2] >= date(2024, 1, 20)]
    half = with_rows(again, amount=lambda row: round(row[6] / 2, 2), unit_price=lambda row: round(row[5] / 2, 2))
    result, earlier = next_run(january, file_of([*half, *FEBRUARY], "february.csv"))
    found = brief(result, earlier)
    assert told(found, "overlap").facts["n"] == len(again)
    facts = told(found, "restated").facts
    assert facts["month"] == date(2024, 1, 1) and facts["now"] < facts["then"]


def test_the_same_file_twice_changes_nothing(january: Any) -> None:
    result, earlier = next_run(january)
    found = brief(result, earlier)
    assert found.codes[0] == "nothing_new" and found.migration is not None and found.migration.moved == 0
    assert found.part("data").said == () and not [one for one in found.codes if one.startswith("restated")]


def test_the_goal_orders_the_parts_and_its_sentences_lead_to_customers() -> None:
    result = first_run(file_of(JANUARY, "january.csv"), goal="win_back")
    found = brief(result)
    assert [part.key for part in found.parts][:2] == ["happened", "needs"] and found.since is None
    for one in found.part("needs").said:
        assert one.whom is not None
        assert len(whom(one.whom, result, None)) == one.facts["n"]


def test_moves_list_the_customers_they_count(february: Any, quiet: Brief) -> None:
    moves = [one for one in quiet.part("moved").said if one.whom is not None]
    assert moves
    for one in moves:
        assert one.whom is not None and len(whom(one.whom, february[0], quiet.migration)) == one.facts["n"]


def test_customers_without_orders_have_a_brief_too() -> None:
    rows = "\n".join(f"m{n},{20 + n % 50},{'north' if n % 3 else 'south'}" for n in range(60))
    result = first_run(list(read_file(f"customer_id,age,region\n{rows}\n".encode(), name="members.csv")))
    assert brief(result).codes[0] == "customers_today"
    assert "60" in brief_text(brief(result), translator("zh"))


def test_a_table_of_another_kind_is_no_new_period_and_makes_no_groups_of_who_answered() -> None:
    rows = "\n".join(f"m{n},{20 + n * 7 % 50},{n * 13 % 29}" for n in range(60))
    said = "\n".join(f"m{n},2024-05-{1 + n % 28:02d},{1 + n % 5}" for n in range(0, 60, 3))
    people = list(read_file(f"customer_id,age,points\n{rows}\n".encode(), name="members.csv"))
    asked = list(read_file(f"customer_id,feedback_date,rating\n{said}\n".encode(), name="feedback.csv"))
    alone = first_run(people)
    result, earlier = first_run(people, asked), earlier_of(kept(alone))
    assert set(result.standard.record_roles) == {"feedback"}
    assert result.profiles.as_of >= earlier.as_of > date(2024, 6, 1)
    assert earlier.as_of == alone.profiles.as_of and brief(result, earlier).since is None
    assert suggest_features(result.profiles) == suggest_features(alone.profiles)
    customers = result.profiles.customers.assign(days_since_feedback=3.0)
    assert "n_ratings" in suggest_features(replace(result.profiles, customers=customers))


def test_days_of_a_brief_are_those_since_the_run_before(quiet: Brief) -> None:
    assert quiet.bridge is not None
    assert quiet.bridge.now == (date(2024, 2, 1), date(2024, 2, 29))
    assert quiet.bridge.before[1] == quiet.bridge.now[0] - timedelta(days=1) and len(HEADERS) == 8


def listed(read_on: date, **more: Any) -> Campaign:
    day = date(2024, 1, 20)
    counts = (
        Counted(segment="lost", arm="sent", n=900, responded=90),
        Counted(segment="lost", arm="held", n=100, responded=2),
    )
    came = Came(read_on=read_on, source=more.pop("source", "orders"), counts=counts)
    choices = ListChoices(hold_out=0.1)
    return Campaign(
        name="Tea <b>", made_on=day, as_of=day, method="rfm", choices=choices, seed="s", arms=(), came=came, **more
    )


def test_results_of_lists_are_learned_once(february: Any) -> None:
    result, earlier = february
    known = listed(earlier.as_of)
    new = listed(earlier.as_of + timedelta(days=1), verdict="keep")
    dropped = listed(earlier.as_of + timedelta(days=1), state="dropped")
    made = datetime(2024, 2, 2, 9)
    loaded = [listed(date(2024, 2, day), source="results") for day in (1, 3)]
    found = brief(result, earlier, campaigns=[known, new, dropped, *loaded], read_since=made)
    assert [one.facts["campaign"] for one in found.part("learned").said] == [new, loaded[1]]
    for language, words in (("en", "10% of those written to"), ("zh", "发送组 10% 下单")):
        text = brief_text(found, translator(language))
        assert words in text and "Tea <b>" in text
        assert "Tea &lt;b&gt;" in brief_html(found, "", translator(language), language=language)
    assert "keep doing it" in brief_text(found, translator("en"))
