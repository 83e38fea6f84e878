"""The order of day and month that one month's file leaves open is decided by the other months of the same export."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.recipe import Recipe
from analysis.study import suggest_recipe
from tests.unsegmented import run_unsegmented

HEADER = "customer id,order date,amount\n"
OPEN = HEADER + "c,01/01/2024,1\na,01/02/2024,1\nb,03/01/2024,2\na,05/01/2024,3\n"
DAY_FIRST = HEADER + "a,13/02/2024,1\nb,03/02/2024,2\na,28/02/2024,3\n"
MONTH_FIRST = HEADER + "a,02/13/2024,1\nb,02/03/2024,2\na,02/28/2024,3\n"
EVEN = HEADER + "a,05/05/2024,1\nb,06/06/2024,2\na,07/07/2024,3\n"


def study(*texts: str):
    tables = [table for n, text in enumerate(texts) for table in read_file(text.encode(), name=f"{n}.csv")]
    recipe = suggest_recipe(inspect(tables))
    assert len(recipe.sources) == 1
    return tables, recipe


def days_and_notes(tables, recipe: Recipe) -> tuple[list[str], dict[str, str]]:
    standard = standardise(tables, recipe)
    found = (
        standard.cursor().execute("SELECT order_date::VARCHAR FROM orders WHERE source = 0 ORDER BY line").fetchall()
    )
    notes = {note.facts["table"]: note.code for note in standard.notes if note.code.startswith("date_order")}
    assert "01/01/2024" not in [note.facts.get("example") for note in standard.notes]  # the same both ways
    return [day for (day,) in found if day != "2024-01-01"], notes


@pytest.mark.parametrize(
    ("others", "first", "notes"),
    [
        ((DAY_FIRST,), "2024-02-01", {"0.csv": "date_order_dmy_as_other"}),
        ((MONTH_FIRST,), "2024-01-02", {"0.csv": "date_order_mdy_as_other"}),
        ((EVEN, MONTH_FIRST), "2024-01-02", {"0.csv": "date_order_mdy_as_other"}),
        ((DAY_FIRST, MONTH_FIRST), "2024-02-01", {"0.csv": "date_order_undecided"}),
        ((EVEN,), "2024-02-01", {"0.csv": "date_order_undecided"}),
        ((), "2024-02-01", {"0.csv": "date_order_undecided"}),
    ],
)
def test_sisters_decide_when_they_agree(others: tuple[str, ...], first: str, notes: dict[str, str]) -> None:
    days, found = days_and_notes(*study(OPEN, *others))
    assert (days[0], found) == (first, notes)


def test_a_file_that_decides_for_itself_is_not_overruled() -> None:
    # Of another year: the same orders in two exports would count once.
    days, found = days_and_notes(*study(DAY_FIRST, MONTH_FIRST.replace("/2024", "/2023")))
    assert (days, found) == (["2024-02-13", "2024-02-03", "2024-02-28"], {})


def test_what_a_person_chose_stands() -> None:
    tables, recipe = study(OPEN, DAY_FIRST)
    [source] = recipe.sources
    columns = tuple(
        column.model_copy(update={"date_order": "mdy"}) if column.role == "order_date" else column
        for column in source.columns
    )
    chosen = recipe.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})
    assert days_and_notes(tables[:1], chosen) == (["2024-01-02", "2024-03-01", "2024-05-01"], {})


def test_the_quality_report_says_what_decided_and_judges_the_same_dates() -> None:
    found = run_unsegmented(*study(OPEN, MONTH_FIRST)).quality
    assert found is not None
    [said] = [finding for finding in found.findings if finding.code == "note.date_order_mdy_as_other"]
    assert (said.table, said.column, said.facts["other"], said.ask) == ("0.csv", "order date", "1.csv", False)
    assert all(column.validity == 1 for column in found.tables[1].columns if column.role == "order_date")


@pytest.mark.parametrize(
    ("header", "kind"),
    [("customer id,gender,sign up date\n", "customers"), ("customer id,rating,review date\n", "feedback")],
)
def test_members_and_records_are_asked_about_too(header: str, kind: str) -> None:
    cells = ("f", "m", "f") if kind == "customers" else ("3", "4", "5")
    days = ("01/02/2024", "03/01/2024", "05/01/2024")
    text = header + "".join(f"k{n},{cell},{day}\n" for n, (cell, day) in enumerate(zip(cells, days, strict=True)))
    tables = [*read_file(DAY_FIRST.encode(), name="o.csv"), *read_file(text.encode(), name="m.csv")]
    recipe = suggest_recipe(inspect(tables))
    assert recipe.sources[1].kind == kind
    notes = {note.facts["table"]: note.code for note in standardise(tables, recipe).notes if note.level == "ask"}
    assert notes == {"m.csv": "date_order_undecided"}


MEMBERS = "customer id,name,joined\na,Ann Roe,{}\nb,Bo Lee,{}\nc,Cy Poe,{}\n"


@pytest.mark.parametrize(
    ("joined", "first", "code"),
    [
        (("25/01/2023", "17/03/2023", "04/02/2023"), "2024-02-01", "date_order_dmy_as_other"),
        (("01/25/2023", "03/17/2023", "02/04/2023"), "2024-01-02", "date_order_mdy_as_other"),
        (("01/02/2023", "03/04/2023", "05/06/2023"), "2024-02-01", "date_order_undecided"),
        (("25.01.2023", "17.03.2023", "04.02.2023"), "2024-02-01", "date_order_undecided"),  # written otherwise
    ],
)
def test_the_list_of_the_same_customers_shows_how_the_same_system_writes_dates(
    joined: tuple[str, ...], first: str, code: str
) -> None:
    texts = (OPEN, MEMBERS.format(*joined))
    tables = [table for n, text in enumerate(texts) for table in read_file(text.encode(), name=f"{n}.csv")]
    recipe = suggest_recipe(inspect(tables))
    assert len(recipe.sources) == 2
    days, notes = days_and_notes(tables, recipe)
    assert (days[0], notes["0.csv"]) == (first, code)
