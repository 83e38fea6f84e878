"""A customer's number, tax number or e-mail beside a name decides, or is asked: two people may have one name."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.guess import TableGuess
from analysis.intake.suggesting.suggest import inspect

ORDERS, PEOPLE, NAMES = 72, 12, 10
GIVEN = ["Kai", "Lea", "Ada", "Bea", "Cleo", "Dora", "Emil", "Finn", "Gina", "Hugo", "Ines", "Jana"]
FAMILY = ["Abel", "Brand", "Conti", "Duval", "Ebner"]


def seen(
    name: str, number: str, write: str = "K{:03d}", *, head: str = "Date,Amount", names: int = NAMES
) -> TableGuess:
    """Twelve people with fewer names, six orders each on different days."""
    rows = [
        f"2025-{1 + i // PEOPLE:02d}-{1 + i % 27:02d},{20 + i}.50,{write.format(i % PEOPLE)},"
        f"{GIVEN[i % PEOPLE % names]} {FAMILY[i % PEOPLE % names % 5]}"
        for i in range(ORDERS)
    ]
    [guess] = inspect(read_file("\n".join([f"Date,Amount,{number},{name}", *rows]).encode(), name="x.csv"))
    return guess


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Kunde", "Kd-Nr."), ("Kunde", "Kd.-Nr."), ("Allievo", "Cod. allievo"), ("Allievo", "Matricola"),
        ("Cliente", "Codice cliente"), ("Élève", "N° élève"), ("Client", "Réf. client"), ("Alumno", "Cód. alumno"),
        ("Schüler", "Schüler-Nr."), ("Patient", "Pat.-Nr."), ("Mitglied", "Mitgl.-Nr."), ("学生姓名", "学号"),
        ("学员", "学员编号"), ("Uczeń", "Nr ucznia"), ("Ученик", "Код ученика"), ("Öğrenci", "Öğrenci No"),
        ("Passageiro", "Cód. passageiro"),
        ("Paciente", "Nº historia"),
        ("Leerling", "Leerlingnr."), ("Customer", "Cust. No."), ("Student", "Student no."), ("生徒", "生徒番号"),
    ],
)  # fmt: skip
def test_a_number_of_the_customer_wins_over_the_name_in_silence(name: str, number: str) -> None:
    guess = seen(name, number)
    key = guess.column("customer_id")
    assert (guess.kind, key and key.name, guess.customer) == ("orders", number, "high")
    assert (named := guess.column("name")) and named.name == name


@pytest.mark.parametrize(
    ("name", "number", "write"),
    [
        ("Cliente", "Codice fiscale", "ABC{:03d}X"), ("Cliente", "CPF", "123.456.{:03d}-01"),
        ("客户", "税号", "9144{:04d}"),
        ("Customer", "Email", "p{}@example.com"), ("Kunde", "E-Mail", "p{}@example.com"), ("客户", "编号", "A{:04d}"),
        ("Client", "Code", "A{:04d}"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("names", [NAMES, PEOPLE - 1])
def test_other_numbers_and_mails_are_marked_where_one_name_has_several(
    name: str, number: str, write: str, names: int
) -> None:
    guess = seen(name, number, write, names=names)
    key = guess.column("customer_id")
    assert key is not None
    assert key.name == number or guess.customer != "high"
    assert {one.name for one in guess.candidates} >= {name, number} or key.name == number


def test_a_number_that_names_no_customer_or_is_coarser_leaves_the_name() -> None:
    for number in ("Item code", "Store code", "Rep no", "Rechnungsnummer", "Contract no"):
        guess = seen("Customer", number)
        assert (key := guess.column("customer_id")) and key.name == "Customer", number
    guess = seen("Student", "Student no.", write="F1", names=NAMES)  # one number for all
    assert (key := guess.column("customer_id")) and key.name == "Student"


def test_as_many_numbers_as_names_need_no_mark() -> None:
    for number, write in (("Codice fiscale", "ABC{:03d}X"), ("Email", "p{}@example.com")):
        guess = seen("Cliente", number, write, names=PEOPLE)
        assert guess.customer == "high"
