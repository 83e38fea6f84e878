"""Names of people under a heading that says nothing: marked, neither taken in silence nor left out."""

from __future__ import annotations

import pytest

from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.study import suggest


def orders(names: list[str], *, per_order: int = 1) -> str:
    rows = (
        f"9{i // per_order:04d},{names[i % len(names)]},2024-0{i % 6 + 1}-{i % 27 + 1:02d},{i + 5}.25"
        for i in range(60)
    )
    return "BEL01,PRT02,DAT03,WRT04\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "names",
    [
        ["Eva Roth", "Leo Wolf", "Anna van der Berg", "Zoë O’Neil", "Paul Schulz"],
        ["王伟", "李秀英", "张敏", "刘洋", "陈静"],
        ["김민준", "이서연", "박지우", "최하은"],
    ],
)
def test_names_of_people_are_marked_where_nothing_else_may_be_who_bought(names: list[str]) -> None:
    tables = read_file(orders(names).encode(), name="a.csv")
    [asked] = [one for one in decisions(tables, inspect(tables), suggest(tables)) if one.subject == "customer"]
    assert (asked.choice, asked.confidence, asked.is_question) == ("PRT02", "middle", False)


def test_names_that_differ_within_an_order_are_those_of_articles() -> None:
    lines = orders(["Red Mug", "Green Tea", "Small Pot"], per_order=3).replace("BEL01", "Order No")
    tables = read_file(lines.encode(), name="a.csv")
    [guess] = inspect(tables)
    assert (guess.kind, guess.missing) == ("ignore", ("customer_id",))


@pytest.mark.parametrize(("given", "family"), [("Vorname", "Nachname"), ("First name", "Last name"), ("Prénom", "Nom")])
def test_of_two_names_that_of_the_family_tells_people_apart(given: str, family: str) -> None:
    rows = "".join(f"{i},2024-03-{i % 28 + 1:02d},{('Anna', 'Tom')[i % 2]},N{i % 9}ova,{i}.50\n" for i in range(60))
    [guess] = inspect(read_file(f"Order,Order date,{given},{family},Total\n{rows}".encode(), name="a.csv"))
    key = guess.column("customer_id")
    assert key is not None and key.name == family
