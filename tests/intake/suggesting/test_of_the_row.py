"""Numbers of tickets, addresses of cards and parts of names stand under headings of customers, and are none."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.column_guess import ColumnGuess
from analysis.intake.suggesting.suggest import inspect


def customer(text: str) -> ColumnGuess:
    [guess] = inspect(read_file(text.encode(), name="a.csv"))
    key = guess.column("customer_id")
    assert key is not None
    return key


@pytest.mark.parametrize("number", ["Attendee #", "Guest ID", "参会人编号"])
def test_a_number_of_each_ticket_gives_way_to_who_bought_the_order(number: str) -> None:
    rows = "".join(
        f"{9000 + i // 2},2025-03-{i // 2 % 28 + 1:02d},{770000 + i},{('Ann', 'Bo', 'Cy')[i // 2 % 3]},"
        f"{('Berg', 'Lind')[i // 2 % 2]},b{i // 2}@mail.example,{20 + i % 3}.50\n"
        for i in range(120)
    )
    heads = f"Order #,Order date,{number},Buyer first name,Buyer surname,Buyer email,Total paid\n"
    assert customer(heads + rows).name == "Buyer email"


@pytest.mark.parametrize("orders", [120, 60])
def test_the_address_of_a_card_is_no_customer_though_its_heading_says_member(orders: int) -> None:
    rows = "".join(
        f"{500 + i * orders // 120};0{i % 9 + 1}/05/2024;https://cards.example/m/{i * orders // 120:05x};"
        f"p{i * orders // 120 % 25}@mail.example;{30 + i % 4},00\n"
        for i in range(120)
    )
    assert customer("Référence commande;Date;Carte d'adhérent;Email payeur;Montant\n" + rows).name == "Email payeur"


def test_a_card_that_is_new_with_every_order_is_told_beside_an_e_mail_that_comes_back() -> None:
    """Also where an order has several lines, so that the card stands on more than one."""
    rows = "".join(
        f"{500 + i // 2};0{i // 2 % 9 + 1}/05/2024;M{9000 + i // 2};p{i // 2 % 15}@mail.example;{30 + i % 4},00\n"
        for i in range(120)
    )
    [guess] = inspect(read_file(f"Order no;Date;Member card;Email;Amount\n{rows}".encode(), name="a.csv"))
    assert {"Member card", "Email"} <= {one.name for one in guess.candidates}


def test_part_of_a_name_is_the_customer_where_nothing_else_is() -> None:
    rows = "".join(f"{i},2024-03-{i % 28 + 1:02d},N{'abcdefghi'[i % 9]}ova,{i}.50\n" for i in range(60))
    assert customer("Order,Order date,Buyer surname,Total\n" + rows).name == "Buyer surname"
