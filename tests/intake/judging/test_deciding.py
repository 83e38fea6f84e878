"""What is decided about columns and tables: how sure, why, and what else it could be."""

from __future__ import annotations

import pytest

from analysis.intake.fixes import SourceFix, accept, apply_fix
from analysis.intake.judging.deciding import decisions
from analysis.intake.judging.deciding_words import guess_line
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.study import suggest
from tests.unsegmented import run_unsegmented
from texts import Translator


def tables_of(*texts: str):
    return [table for n, text in enumerate(texts) for table in read_file(text.encode(), name=f"{n}.csv")]


def customer_of(*texts: str):
    tables = tables_of(*texts)
    made = decisions(tables, inspect(tables), suggest(tables))
    return next(one for one in made if one.subject == "customer")


def lines(header: str, row) -> str:
    return header + "\n" + "".join(row(i) + "\n" for i in range(80))


def shop(i: int) -> str:
    return f"Mill {i % 9} Ltd,0{i % 7}55 010 22{i % 7}{i % 7},2024-0{i % 6 + 1}-{i % 27 + 1:02d},{i + 5}.25"


def test_a_firm_beats_its_phone_and_the_phone_is_offered_with_its_result() -> None:
    found = customer_of(lines("buyer name,telephone,sold on,net amount", shop).replace("sold on", "sale date"))
    assert (found.choice, found.confidence, found.effect["customers"]) == ("buyer name", "middle", 9)
    assert [(one.choice, one.effect["customers"]) for one in found.alternatives] == [("telephone", 7)]


def test_choosing_the_alternative_gives_the_result_that_was_promised_and_is_no_guess_any_more() -> None:
    tables = tables_of(lines("buyer name,telephone,sale date,net amount", shop))
    recipe, guesses = suggest(tables), inspect(tables)
    [found] = [one for one in decisions(tables, guesses, recipe) if one.is_guess]
    other = found.alternatives[0]
    assert other.fix is not None
    changed = apply_fix(recipe, other.fix)
    assert len(run_unsegmented(tables, changed).profiles.customers) == other.effect["customers"]
    assert not any(one.is_guess for one in decisions(tables, guesses, changed))


def test_a_guess_that_a_person_accepts_is_none_any_more_and_lifts_the_cap() -> None:
    tables = tables_of(lines("buyer name,telephone,sale date,net amount", shop))
    recipe = suggest(tables)
    result = run_unsegmented(tables, recipe)
    for found in (one for one in result.decisions if one.is_guess):
        recipe = accept(recipe, found.id)
    confirmed = run_unsegmented(tables, recipe)
    assert not any(one.is_guess for one in confirmed.decisions)
    assert result.quality is not None and confirmed.quality is not None
    assert result.quality.score <= 90 < confirmed.quality.score


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("customer type", lambda i: ("Gold", "Blue")[i % 2]),
        ("Kundengruppe", lambda i: ("A", "B", "C")[i % 3]),
        ("speise", lambda i: f"Suppe {i % 11}"),
        ("page views", lambda i: str(100 + i * 37 % 900)),
        ("isbn", lambda i: f"97871150{i % 20:05d}"),
        ("waiter", lambda i: f"W{i % 6:03d}"),
        ("客户等级", lambda i: ("金", "银")[i % 2]),
        ("访客数", lambda i: str(20 + i * 13 % 70)),
    ],
)
def test_kinds_dishes_counts_books_and_staff_are_never_customers(header: str, cells) -> None:
    text = lines(f"order id,{header},date,amount", lambda i: f"{900 + i},{cells(i)},2024-03-{i % 28 + 1:02d},{i}.50")
    [guess] = inspect(tables_of(text))
    assert guess.column("customer_id") is None
    assert guess.missing == ("customer_id",)


@pytest.mark.parametrize("cell", ["K{:04d}", "p{}@post.example"])
def test_a_customer_that_only_its_values_tell_is_never_taken_in_silence(cell: str) -> None:
    found = customer_of(lines("F2,date,amount", lambda i: f"{cell.format(i % 16)},2024-03-{i % 28 + 1:02d},{i}.50"))
    assert (found.choice, found.decided, found.is_guess) == ("F2", "guessed", True)


def test_two_columns_that_tell_people_apart_equally_well_are_asked_about() -> None:
    text = lines("ref,code,date,amount", lambda i: f"K{i % 16:04d},Z{i % 23:04d},2024-03-{i % 28 + 1:02d},{i}.50")
    found = customer_of(text)
    assert found.is_question
    assert {found.choice, found.alternatives[0].choice} == {"ref", "code"}


def test_the_key_of_another_table_is_the_customer_of_the_orders() -> None:
    orders = lines("fam_ref,basket,date,amount", lambda i: f"{i % 12 + 50},{700 + i},2024-03-{i % 28 + 1:02d},{i}.50")
    families = "fam_ref,income,persons\n" + "".join(f"{n + 50},{n * 1000},{n % 4}\n" for n in range(12))
    tables = tables_of(orders, families)
    guesses = inspect(tables)
    assert [guess.kind for guess in guesses] == ["orders", "customers"]
    assert [column.name for guess in guesses if (column := guess.column("customer_id"))] == ["fam_ref", "fam_ref"]


@pytest.mark.parametrize("header", ["customer id", "E-mail", "Kundin/Kunde ID", "会员号", "Company"])
def test_a_named_customer_is_no_guess(header: str) -> None:
    cell = "p{}@post.example" if header == "E-mail" else "C{:03d}"
    found = customer_of(
        lines(f"{header},date,amount", lambda i: f"{cell.format(i % 13)},2024-03-{i % 28 + 1:02d},{i}.5")
    )
    assert (found.choice, found.confidence) == (header, "high" if "/" not in header else "middle")


@pytest.mark.parametrize(("shared", "found"), [(0, True), (3, True), (20, False)])
def test_a_join_that_matches_little_is_a_finding_with_its_numbers(shared: int, found: bool) -> None:
    orders = lines("customer id,order date,amount", lambda i: f"A{i % 20},2024-03-{i % 28 + 1:02d},{i}.50")
    names = [f"A{n}" if n < shared else f"B{n}" for n in range(20)]
    members = "customer id,age\n" + "".join(f"{name},{20 + n}\n" for n, name in enumerate(names))
    report = run_unsegmented(tables_of(orders, members)).quality
    assert report is not None
    little = [one for one in report.findings if one.code == "join_little"]
    assert [one.facts for one in little] == ([{"n": shared, "buyers": 20, "members": 20}] if found else [])


def test_a_join_that_matches_little_is_a_guess_whose_better_column_is_one_change_away() -> None:
    orders = lines("customer id,order date,amount", lambda i: f"A{i % 20:03d},2024-03-{i % 28 + 1:02d},{i}.50")
    members = "member id,customer no,age\n" + "".join(f"B{n:03d},A{n:03d},{20 + n}\n" for n in range(20))
    tables = tables_of(orders, members)
    recipe = apply_fix(
        suggest(tables), SourceFix(source=1, roles=(("customer no", "ignore"), ("member id", "customer_id")))
    )
    [found] = [one for one in run_unsegmented(tables, recipe).decisions if one.subject == "join"]
    assert (found.choice, found.is_guess, found.effect) == ("member id", True, {"matched": 0, "buyers": 20})
    better, without = found.alternatives
    assert (better.choice, better.effect, without.choice) == (
        "customer no", {"matched": 20, "buyers": 20}, "without_members",
    )  # fmt: skip
    for other in found.alternatives:
        assert other.fix is not None
        changed = run_unsegmented(tables, apply_fix(recipe, other.fix))
        assert not any(one.subject == "join" for one in changed.decisions)
        assert len(changed.profiles.customers) == 20
    for language in ("en", "zh"):
        line = guess_line(found, Translator(language))
        assert "member id" in line and "customer no" in line and "20" in line
