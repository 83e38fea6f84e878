"""Owners of pets and cars are customers, those of accounts and deals are not; tax numbers tell customers apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.guess import TableGuess
from analysis.intake.suggesting.suggest import inspect

PEOPLE = (
    "Ada Byrne",
    "Leo Fuchs",
    "Mia Stone",
    "Ole Hansen",
    "Eva Novak",
    "Tom Baker",
    "Sara Conti",
    "Kim Lee",
    "Jan Wilk",
)
N = 45


def guessed(headers: str, cell: Callable[[int], str]) -> TableGuess:
    lines = [f"R{i},2024-0{1 + i % 9}-{1 + i % 28:02d},{cell(i)},{10 + i}.50" for i in range(N)]
    [guess] = inspect(read_file("\n".join([headers, *lines]).encode(), name="x.csv"))
    return guess


def customer(guess: TableGuess) -> str | None:
    column = guess.column("customer_id")
    return column.name if column and guess.kind == "orders" else None


@pytest.mark.parametrize(
    ("headers", "owner"),
    [
        ("Invoice no,Date,Owner,Animal,Total", "Owner"), ("Rechnung,Datum,Tierhalter,Tier,Betrag", "Tierhalter"),
        ("Facture,Date,Propriétaire,Immatriculation,Montant", "Propriétaire"), ("单号,日期,主人,宠物名,金额", "主人"),
        ("Factura,Fecha,Propietario,Mascota,Total", "Propietario"),
        ("会計番号,会計日,飼い主名,ペット名,合計金額", "飼い主名"),
        ("Zlecenie nr,Data,Właściciel,Nr rejestracyjny,Kwota", "Właściciel"),
        ("工单号,日期,车主,车牌号,应收金额", "车主"),
    ],
)  # fmt: skip
def test_who_owns_what_stands_beside_is_the_customer(headers: str, owner: str) -> None:
    guess = guessed(headers, lambda i: f"{PEOPLE[i % 9]},{('Rex', 'Bella', 'Max')[i % 3]}{i % 9}")
    assert customer(guess) == owner
    assert guess.customer in ("high", "middle")  # never asked


@pytest.mark.parametrize(
    "headers", ["Deal id,Close date,Deal owner,Company,Amount", "Invoice,Date,Account Owner,Customer,Total",
                "Receipt,Date,Owner,Tenant,Rent"],
)  # fmt: skip
def test_the_owner_of_an_account_or_a_deal_is_none(headers: str) -> None:
    guess = guessed(headers, lambda i: f"{('Ann Lee', 'Bob Day', 'Cy Fox', 'Di Roe')[i % 4]},{PEOPLE[i % 9]} Ltd")
    assert customer(guess) == headers.split(",")[3]


@pytest.mark.parametrize(
    "header", ["CPF/CNPJ", "CNPJ", "NIF", "SIRET", "GSTIN", "ИНН", "购方税号", "USt-IdNr.",
               "Partita IVA", "BTW-nummer", "RFC"],
)  # fmt: skip
def test_a_tax_number_alone_tells_customers_apart_and_is_said(header: str) -> None:
    numbers = [f"{10_000_000_000 + 7_919 * k}" if k % 2 else f"{20_000_000_000_100 + 13 * k}" for k in range(9)]
    guess = guessed(f"Invoice no,Date,{header},Town,Total", lambda i: f"{numbers[i % 9]},{('Bonn', 'Ulm')[i % 2]}")
    column = guess.column("customer_id")
    assert column is not None and column.name == header
    assert guess.customer == "middle" and column.evidence.personal != "phone"
