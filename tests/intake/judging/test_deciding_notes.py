"""What was guessed while cells were read is a decision: said in two languages, and each alternative is one change."""

from __future__ import annotations

import functools
import io
import json
from collections.abc import Callable
from datetime import date, timedelta

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.intake.fixes import ColumnFix, accept, apply_fix, inverse
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import answers, choice_words, evidence_sentences, guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.recipe_lines import recipe_line
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.study import StudyResult, suggest
from tests.unsegmented import run_unsegmented
from texts import Language, Translator

HEAD = "order id,customer id,order date,amount\n"


def tables_of(text: str, name: str = "x.csv"):
    return read_file(text.encode(), name=name)


def dated(write: Callable[[int], str], amount: str = "{}.50") -> str:
    return HEAD + "".join(f"R{i},K{i % 8},{write(i)},{amount.format(i + 5)}\n" for i in range(40))


def run_of(text: str) -> StudyResult:
    return run_unsegmented(tables_of(text))


def guess_of(result: StudyResult, subject: str):
    [one] = [one for one in result.decisions if one.subject == subject]
    return one


def bought(result: StudyResult) -> list[date]:
    frame = result.prepared.standard.orders().collect()
    return sorted(day.date() if hasattr(day, "date") else day for day in frame["order_date"].to_list())


def days(result: StudyResult) -> tuple[date, date]:
    cells = bought(result)
    return cells[0], cells[-1]


def revenue(result: StudyResult) -> float:
    return round(float(result.prepared.profiles.customers["spend"].sum()), 2)


def exchanged_book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["receipt", "customer_id", "order_date", "amount"])
    for place in range(40):
        day = date(2025, 1, 5) + timedelta(days=3 * place)
        cell = date(day.year, day.day, day.month) if day.day <= 12 else f"{day:%d/%m/%Y}"
        sheet.append([f"R{place}", f"K{place % 5}", cell, 10])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


YEARLESS = tables_of(dated(lambda i: f"3月{i % 28 + 1}日"))
NAMED = tables_of(dated(lambda i: f"3月{i % 28 + 1}日"), "sales 2023.csv")
BUDDHIST = tables_of(dated(lambda i: f"{i % 28 + 1:02d}/03/2567"))
PERSIAN = tables_of(dated(lambda i: f"1403/03/{i % 28 + 1:02d}"))
EXCHANGED = read_file(exchanged_book(), name="x.xlsx")
DOTS = tables_of(
    (HEAD + "".join(f"R{i},K{i % 8},2025-05-{i % 28 + 1:02d},{i + 2}.150\n" for i in range(40))).replace(",", "\t")
)
CENTS = tables_of(
    "id,object,customer,created,amount,currency\n"
    + "".join(f"ch_{i},charge,cus_{i % 7},{1700000000 + 86400 * i},{1999 + i * 37},usd\n" for i in range(40))
)
DIRECTION = tables_of(
    "order id,customer id,date,收/支,amount\n"
    + "".join(f"R{i},K{i % 8},2024-03-{i % 28 + 1:02d},{('收入', '支出')[i % 4 == 3]},{i + 5}.50\n" for i in range(39))
    + "R99,K1,2024-03-05,别的,7.50\n"
)
TIMES = tables_of(
    "order_id,phone,use_start,locked,amount\n"
    + "".join(f"R{i},1880000{i % 8:04d},2024/8/{i % 28 + 1} 11:05,2024/9/{i % 28 + 1} 11:45,{i}.5\n" for i in range(40))
)
ALL = {
    "year": YEARLESS, "calendar": BUDDHIST, "real_dates": EXCHANGED, "decimal": DOTS, "minor_units": CENTS,
    "direction": DIRECTION, "date": TIMES,
}  # fmt: skip


@functools.cache
def as_suggested(subject: str) -> StudyResult:
    return run_unsegmented(ALL[subject])


@pytest.mark.parametrize(
    ("subject", "tables", "asked", "chosen", "others"),
    [
        ("year", NAMED, False, "2023", ["2022", "2024"]),
        ("calendar", BUDDHIST, False, "buddhist", []),
        ("calendar", PERSIAN, False, "persian", []),
        ("real_dates", EXCHANGED, True, "keep", ["exchange"]),
        ("decimal", DOTS, False, "comma", ["point"]),
        ("minor_units", CENTS, False, "cents", ["whole_money"]),
        ("direction", DIRECTION, False, "only_received", ["both_directions"]),
        ("date", TIMES, False, "use_start", ["locked"]),
    ],
)
def test_what_rests_on_a_guess_stands_in_the_summary_with_its_alternatives(
    subject: str, tables: list[RawTable], asked: bool, chosen: str, others: list[str]
) -> None:
    result = run_unsegmented(tables)
    [one] = [one for one in summary(result)["questions" if asked else "guesses"] if one["what"] == subject] or [None]
    assert one is not None
    assert (one["chosen"], [other["choice"] for other in one["alternatives"]]) == (chosen, others)
    assert all(other["answer"] for other in one["alternatives"]) and one["evidence"]


CHINESE = "订单号,客户,日期,金额\n" + "".join(f"D{i},客户{i % 7},2024-02-{1 + i % 28:02d},{i}.50\n" for i in range(40))


def test_a_currency_that_only_another_export_says_is_marked() -> None:
    tables = [*tables_of(dated(lambda i: f"2024-01-{1 + i % 28:02d}"), "en.csv"), *tables_of(CHINESE, "zh.csv")]
    recipe = suggest(tables)
    one = guess_of(run_unsegmented(tables, recipe), "currency")
    assert (one.choice, one.table, one.is_question) == ("CNY", "en.csv", False)
    fix = one.alternatives[0].fix
    assert fix is not None
    left = run_unsegmented(tables, apply_fix(recipe, fix))
    assert (revenue(left), [d.subject for d in left.decisions if d.is_guess]) == (sum(i + 0.5 for i in range(40)), [])


def test_two_months_of_one_export_are_in_one_currency() -> None:
    months = [dated(lambda i, m=m: f"2024-0{m}-{1 + i % 28:02d}", amount).replace("R", f"R{m}") for m, amount in
              ((1, "€{}.50"), (2, "{}.50"))]  # fmt: skip
    tables = [*tables_of(months[0], "a.csv"), *tables_of(months[1], "b.csv")]
    assert not [one for one in run_unsegmented(tables).decisions if one.is_guess]


def test_dates_of_which_nothing_says_the_year_are_asked_about() -> None:
    one = guess_of(as_suggested("year"), "year")
    assert one.is_question and one.choice == str(date.today().year)


@pytest.mark.parametrize("subject", [subject for subject in ALL if subject != "calendar"])
def test_an_alternative_is_one_change_that_can_be_taken_back_and_settles_the_guess(subject: str) -> None:
    tables = ALL[subject]
    before = as_suggested(subject)
    recipe = before.recipe
    fix = guess_of(before, subject).alternatives[0].fix
    assert fix is not None and recipe_line(fix)
    changed = apply_fix(recipe, fix)
    after = run_unsegmented(tables, changed)
    assert not any(one.subject == subject and one.is_guess for one in after.decisions)
    assert (days(after), revenue(after)) != (days(before), revenue(before))
    assert apply_fix(changed, inverse(recipe, fix)) == recipe


@pytest.mark.parametrize("subject", ["year", "calendar", "real_dates", "decimal", "date"])
def test_a_guess_caps_the_score_until_a_person_says_that_it_is_right(subject: str) -> None:
    tables, result = ALL[subject], as_suggested(subject)
    recipe, one = result.recipe, guess_of(result, subject)
    assert result.quality is not None and result.quality.score <= (60 if one.is_question else 90)
    assert one.id in {found.id for found in result.quality.findings if found.status == "open"}
    said = run_unsegmented(tables, accept(recipe, one.id))
    assert said.quality is not None
    assert one.id not in {found.id for found in said.quality.findings if found.status == "open"}
    assert not guess_of(said, subject).is_guess


@pytest.mark.parametrize("tables", [BUDDHIST, PERSIAN])
def test_years_of_another_calendar_read_as_ours_leave_no_row_and_are_no_answer(tables: list[RawTable]) -> None:
    recipe = suggest(tables)
    one = guess_of(run_unsegmented(tables, recipe), "calendar")
    assert not one.alternatives and one.column is not None
    fix = ColumnFix(source=0, column=one.column, field="calendar", value="gregorian")
    with pytest.raises(AnalysisError, match="dates_unreadable"):
        run_unsegmented(tables, apply_fix(recipe, fix))


def test_days_and_months_exchanged_back_are_those_that_were_written() -> None:
    before = as_suggested("real_dates")
    fix = guess_of(before, "real_dates").alternatives[0].fix
    assert fix is not None
    assert bought(run_unsegmented(EXCHANGED, apply_fix(before.recipe, fix))) == [
        date(2025, 1, 5) + timedelta(days=3 * n) for n in range(40)
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("subject", ALL)
def test_every_guess_has_sentences_in_both_languages(subject: str, language: Language) -> None:
    t, one = Translator(language), guess_of(as_suggested(subject), subject)
    line = guess_line(one, t)
    assert all(choice_words(subject, other.choice, t) in line for other in one.alternatives)
    assert t.has(f"decision.ask.{subject}") and evidence_sentences(one, t)
    assert len(answers(one, t)) == 1 + len(one.alternatives)


def test_dates_that_a_header_names_are_no_guess_whatever_stands_beside_them() -> None:
    tables = tables_of(
        "order_id,customer id,order date,shipped,amount\n"
        + "".join(f"R{i},K{i % 8},2024-03-{i % 28 + 1:02d},2024-04-{i % 28 + 1:02d},{i}.5\n" for i in range(40))
    )
    assert not [one for one in run_unsegmented(tables).decisions if one.is_guess]


@pytest.mark.parametrize(
    ("leap", "others"),
    [
        ("2月29日", ["1月5日", "3月13日"]), ("29 Feb", ["5 Jan", "13 Mar"]), ("02-29", ["01-05", "03-13"]),
        ("29/02", ["05/01", "13/03"]),
    ],
)  # fmt: skip
def test_dates_without_a_year_that_hold_a_29_february_are_of_a_year_that_has_one(leap: str, others: list[str]) -> None:
    text = HEAD + "".join(f"R{i},K{i % 4},{day},{i + 5}.50\n" for i, day in enumerate([leap, *others * 6]))
    tables = tables_of(text)
    recipe = suggest(tables)
    standard = standardise(tables, recipe)
    [one] = [one for one in decisions(tables, inspect(tables), recipe, standard) if one.subject == "year"]
    years = [int(one.choice), *(int(other.choice) for other in one.alternatives)]
    assert standard.counts[0].kept == 13
    assert all(year % 4 == 0 and year <= date.today().year for year in years) and len(set(years)) == 3
    assert str(years[0]) in " ".join(evidence_sentences(one, Translator("en")))


def test_a_year_in_the_name_of_the_file_counts_although_it_has_no_29_february() -> None:
    days = ["29/02", *["05/01", "13/03"] * 6]
    text = HEAD + "".join(f"R{i},K{i % 4},{day},{i + 5}.50\n" for i, day in enumerate(days))
    tables = tables_of(text, name="orders 2025.csv")
    standard = standardise(tables, suggest(tables))
    assert (standard.counts[0].kept, standard.counts[0].set_aside) == (12, {"date_unreadable": 1})


@pytest.mark.parametrize(
    ("header", "words", "kept", "lost"),
    [
        ("Status", ("OK", "CANC"), {"CANC": 8}, ["CANC"]),
        ("Status", ("C/O", "CXL", "N/S"), {"C/O": 24, "CXL": 8, "N/S": 8}, ["CXL", "N/S"]),
        ("Order status", ("1", "2", "9"), {"1": 24, "2": 8, "9": 8}, ["2", "9"]),
        ("状态", ("P", "X", "R"), {"P": 24, "X": 8, "R": 8}, ["R", "X"]),
    ],
)
def test_states_of_which_none_or_some_are_known_are_asked_about_by_name(
    header: str, words: tuple[str, ...], kept: dict[str, int], lost: list[str]
) -> None:
    said = [words[0], words[0], words[0], words[-2], words[-1]]
    rows = "".join(f"R{i},K{i % 8},2026-03-{i % 28 + 1:02d},{i + 5}.50,{said[i % 5]}\n" for i in range(40))
    result = run_of(f"{HEAD.strip()},{header}\n{rows}")
    one = guess_of(result, "state")
    assert one.is_question and {state: each["rows"] for state, each in one.effect["states"].items()} == kept
    *apart, other = one.alternatives
    assert sorted(each.choice for each in apart) == (lost if len(lost) > 1 else [])
    assert (
        other.fix is not None
        and recipe_line(other.fix) == f"cleaning.excluded_states: {json.dumps(lost, ensure_ascii=False)}"
    )
    for t in (Translator("en"), Translator("zh")):
        told = " ".join(words for words, _ in answers(one, t))
        assert all(state in told for state in kept)
    left = 40 - sum(1 for i in range(40) if said[i % 5] in lost)
    assert other.effect.get("rows", 0) == (left if len(kept) > len(lost) else 0)


def test_states_that_are_many_words_nobody_knows_are_none() -> None:
    rows = "".join(f"R{i},K{i % 8},2026-03-{i % 28 + 1:02d},{i + 5}.50,Place {chr(65 + i % 20)}\n" for i in range(40))
    assert not [one for one in run_of(f"{HEAD.strip()},Status\n{rows}").decisions if one.subject == "state"]


WORTH = (1, 0.9, 1, 0.3)


@pytest.mark.parametrize("heading", ["Currency", "Cur"])
def test_a_column_of_all_orders_in_one_currency_is_among_the_readings_of_several(heading: str) -> None:
    """Where it proves nothing: what one dollar is worth moves too much."""
    text = f"order id,customer id,order date,amount,Amount EUR,{heading}\n" + "".join(
        f"O{i},C{i % 4},2024-01-{i + 1:02d},{20 + i},{(20 + i) * WORTH[i % 4]:.2f},{('EUR', 'USD')[i % 2]}\n"
        for i in range(20)
    )
    tables = tables_of(text)
    recipe = suggest(tables)
    [one] = [one for one in run_unsegmented(tables, recipe).decisions if one.subject == "currency"]
    fixes = {each.choice: each.fix for each in one.alternatives}
    assert set(fixes) == {"USD", "Amount EUR"} or set(fixes) == {"EUR", "Amount EUR"}
    fix = fixes["Amount EUR"]
    assert fix is not None
    found = standardise(tables, apply_fix(recipe, fix))
    rows, money = found.cursor().execute("SELECT count(*), sum(amount) FROM orders").fetchall()[0]
    assert (rows, float(money)) == (20, pytest.approx(sum((20 + i) * WORTH[i % 4] for i in range(20))))
    assert not [one for one in run_unsegmented(tables, apply_fix(recipe, fix)).decisions if one.is_guess]
