"""Files that come in are known by their columns, and what differs in them is said before anything is changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from analysis.errors import AnalysisError
from analysis.history.arrival import arrivals, as_json, continues, known_of, need_usable
from analysis.history.words import arrival_sentence
from analysis.intake.reading.read import read_file
from analysis.study import prepare, suggest
from tests.history.months import HEADERS, file_of, rows_of, with_rows
from texts import translator

FEBRUARY = rows_of(date(2024, 2, 1), 29, seed=2)


@pytest.fixture(scope="module")
def study() -> Any:
    there = file_of([*rows_of(date(2023, 12, 1), 31, seed=3), *rows_of(date(2024, 1, 1), 31, seed=1)], "old.csv")
    recipe = suggest(there).model_copy(update={"currency": "CNY"})
    return there, recipe, known_of(prepare(there, recipe).standard)


def arrive(study: Any, rows: list[Any], headers: tuple[str, ...] = HEADERS) -> Any:
    there, recipe, known = study
    return arrivals(file_of(rows, "new.csv", headers), there, recipe, known)[0]


def codes(found: Any) -> list[str]:
    return [one.code for one in found.differences]


def test_the_next_month_is_appended_without_a_word(study: Any) -> None:
    found = arrive(study, FEBRUARY)
    assert (found.mode, codes(found)) == ("append", [])
    need_usable([found])
    assert continues([found.table], study[1]) == 1


def test_days_say_how_a_file_joins(study: Any) -> None:
    january = rows_of(date(2024, 1, 1), 31, seed=1)
    assert arrive(study, [*january[-20:], *FEBRUARY]).mode == "overlap"
    assert arrive(study, january[:30]).mode == "late"
    whole = [*rows_of(date(2023, 12, 1), 31, seed=3), *january, *FEBRUARY]
    assert arrive(study, whole).mode == "replace"
    gap = arrive(study, rows_of(date(2024, 3, 1), 29, seed=4))
    assert codes(gap) == ["gap"] and gap.differences[0].facts["days"] == 29


def test_a_renamed_column_is_taken_for_the_one_it_was(study: Any) -> None:
    found = arrive(study, FEBRUARY, tuple("order number" if one == "order_id" else one for one in HEADERS))
    assert codes(found) == ["renamed"] and found.renames == {"order number": "order_id"}
    assert found.table.columns == HEADERS and found.mode == "append"


def test_new_and_lost_columns_are_named_and_lost_ones_that_count_are_serious(study: Any) -> None:
    wide = [(*row, "x") for row in FEBRUARY]
    assert codes(arrive(study, wide, (*HEADERS, "colour"))) == ["columns_new"]
    narrow = [row[1:] for row in FEBRUARY]
    found = arrive(study, narrow, HEADERS[1:])
    assert codes(found) == ["columns_missing"]
    with pytest.raises(AnalysisError, match="arrival_not_accepted"):
        need_usable([found])


def test_the_next_orders_of_a_study_of_several_tables_come_alone(study: Any) -> None:
    there, _, known = study
    members = file_of([(f"c{n:02d}", 20 + n) for n in range(40)], "members.csv", ("customer_id", "age"))
    recipe = suggest([*there, *members])
    assert [source.kind for source in recipe.sources] == ["orders", "customers"]
    [found] = arrivals(file_of(FEBRUARY, "new.csv"), [*there, *members], recipe, known)
    assert (found.mode, codes(found)) == ("append", [])
    [later] = arrivals(
        file_of([("c01", 21)], "members2.csv", ("customer_id", "age")), [*there, *members], recipe, known
    )
    assert later.mode == "other_table"


def test_few_rows_other_amounts_and_unreadable_days_are_told_with_numbers(study: Any) -> None:
    few = arrive(study, FEBRUARY[::4])
    assert codes(few) == ["fewer"] and few.differences[0].facts["usual"] > 2 * few.differences[0].facts["n"]
    small = with_rows(FEBRUARY, amount=lambda row: round(row[6] / 10_000, 6), unit_price=lambda row: row[5] / 10_000)
    assert "amounts_other_size" in codes(arrive(study, small))
    odd = with_rows(FEBRUARY, order_date=lambda row: "soon" if int(row[0][-1]) < 5 else row[2])
    found = arrive(study, odd)
    assert "unread" in codes(found)
    with pytest.raises(AnalysisError, match="arrival_not_accepted"):
        need_usable([found])
    need_usable([found], ["unread"])


def test_another_shop_and_the_same_file_are_refused(study: Any) -> None:
    there, recipe, known = study
    other = arrivals(file_of([("x", "y", "z")], "visits.csv", ("page", "browser", "seconds")), there, recipe, known)
    assert other[0].mode == "foreign"
    with pytest.raises(AnalysisError, match="arrival_foreign"):
        need_usable(other)
    same = arrivals(there, there, recipe, known)
    with pytest.raises(AnalysisError, match="arrival_nothing_new"):
        need_usable(same)


def test_every_difference_has_a_sentence_in_both_languages(study: Any) -> None:
    found = [
        arrive(study, FEBRUARY[::4]), arrive(study, rows_of(date(2024, 3, 20), 29, seed=4)),
        arrive(study, rows_of(date(2024, 1, 1), 31, seed=1)),
    ]  # fmt: skip
    for language in ("en", "zh"):
        for one in as_json(found):
            assert "new.csv" in arrival_sentence(one["code"], one["facts"], translator(language, "CNY"))


def test_days_in_another_order_are_said_and_are_serious_where_a_person_has_chosen_one(study: Any) -> None:
    def written(form: str) -> list[Any]:
        return with_rows(FEBRUARY, order_date=lambda row: row[2].strftime(form))

    there = file_of(
        with_rows(rows_of(date(2024, 1, 1), 31, seed=1), order_date=lambda row: f"{row[2]:%m/%d/%Y}"), "o.csv"
    )
    recipe = suggest(there)
    [found] = arrivals(file_of(written("%d/%m/%Y"), "new.csv"), there, recipe)
    assert codes(found) == ["date_order"] and not found.serious
    assert (found.differences[0].facts["was"], found.differences[0].facts["now"]) == ("mdy", "dmy")
    assert not codes(arrivals(file_of(written("%m/%d/%Y"), "new.csv"), there, recipe)[0])
    [source] = recipe.sources
    columns = [
        one.model_copy(update={"date_order": "mdy"}) if one.role == "order_date" else one for one in source.columns
    ]
    chosen = recipe.model_copy(update={"sources": (source.model_copy(update={"columns": tuple(columns)}),)})
    [found] = arrivals(file_of(written("%d/%m/%Y"), "new.csv"), there, chosen)
    assert [one.code for one in found.serious] == ["date_order_chosen"]
    for language, word in (("en", "day comes before the month"), ("zh", "日在月前")):
        for one in found.differences:
            assert word in arrival_sentence(one.code, one.facts, translator(language, "CNY"))


def test_money_in_another_unit_is_read_as_its_heading_says() -> None:
    def headed(money: str) -> tuple[str, ...]:
        return tuple(money if one == "amount" else one for one in HEADERS)

    there = file_of(rows_of(date(2024, 1, 1), 31, seed=1), "old.csv", headed("金额(元)"))
    recipe = suggest(there)
    known = known_of(prepare(there, recipe).standard)
    smaller = with_rows(FEBRUARY, amount=lambda row: row[6] / 10_000)
    new = file_of(smaller, "new.csv", headed("金额(万元)"))
    [found] = arrivals(new, there, recipe, known)
    assert (found.mode, codes(found), found.serious) == ("append", ["unit"], ())
    assert dict(found.differences[0].facts) == {"file": "new.csv", "was": "金额(元)", "now": "金额(万元)"}
    # The same figures under the old heading are what nobody can know.
    [unsaid] = arrivals(file_of(smaller, "new.csv", headed("金额(元)")), there, recipe, known)
    assert [one.code for one in unsaid.serious] == ["amounts_other_size"]


def test_a_file_none_of_whose_customers_is_known_is_asked_about(study: Any) -> None:
    there, recipe, known = study
    known = known.with_customers(prepare(there, recipe).profiles.customers)
    others = with_rows(FEBRUARY, customer_id=lambda row: f"k{row[1]}")
    found = arrive((there, recipe, known), others)
    assert [one.code for one in found.serious] == ["strangers"] and known.coming_back > 0.1
    assert not codes(arrive((there, recipe, known), [*others[1:], FEBRUARY[0]]))
    assert not codes(arrive((there, recipe, replace(known, coming_back=0.0)), others))  # nobody comes back there


def test_a_file_that_ends_in_the_middle_of_a_row_is_asked_about(study: Any) -> None:
    there, recipe, known = study
    text = "\n".join([",".join(HEADERS), *(",".join(map(str, row)) for row in FEBRUARY)])
    whole = read_file(text.encode(), name="new.csv")
    assert not codes(arrivals(whole, there, recipe, known)[0])
    cut = read_file(text[: text.rindex("\n") + 20].encode(), name="new.csv")
    [found] = arrivals(cut, there, recipe, known)
    assert [(one.code, one.facts["line"]) for one in found.serious] == [("cut", len(FEBRUARY) + 1)]


def test_another_currency_is_said_and_has_to_be_accepted(study: Any) -> None:
    dollars = with_rows(FEBRUARY, amount=lambda row: f"${row[6]}")
    found = arrive(study, dollars)
    assert [(one.code, one.facts["was"], one.facts["now"]) for one in found.serious] == [("currency", "CNY", "USD")]
    with pytest.raises(AnalysisError, match="arrival_not_accepted"):
        need_usable([found])
    need_usable([found], ["currency"])
