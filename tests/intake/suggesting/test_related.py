"""Tables seen together: nothing counts twice, and members are known by the number that the orders use."""

from __future__ import annotations

from typing import Any

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.describe import LeastRows
from analysis.intake.suggesting.suggest import TableGuess, inspect
from analysis.intake.tables import RawTable
from analysis.study import suggest

HEAD = "order id,customer id,order date,amount\n"


def order(n: int) -> str:
    return f"A{n},c{n % 5},2024-{n % 12 + 1:02d}-03,{n}.50\n"


def read(**files: str) -> list[RawTable]:
    return [table for name, text in files.items() for table in read_file(text.encode(), name=f"{name}.csv")]


def guessed(**files: str) -> dict[str, TableGuess]:
    return {guess.table.file: guess for guess in inspect(read(**files))}


def test_a_month_that_the_year_holds_already_is_not_counted_again() -> None:
    year = HEAD + "".join(order(n) for n in range(1, 61))
    month = HEAD + "".join(order(n) for n in range(21, 41))
    tables = read(month=month, year=year)
    found = {guess.table.file: guess for guess in inspect(tables)}
    assert (found["month.csv"].kind, found["month.csv"].repeats) == ("ignore", "year.csv")
    assert (found["year.csv"].kind, found["year.csv"].repeats) == ("orders", "")
    counts = {count.table: count for count in standardise(tables, suggest(tables)).counts}
    assert (counts["year.csv"].kept, counts["month.csv"].kept) == (60, 0)
    assert counts["month.csv"].set_aside == {"table_not_used": 20}


def test_of_many_rows_a_draw_says_which_tables_are_compared_row_by_row() -> None:
    def rows(numbers: Any) -> str:
        return HEAD + "".join(f"A{n},c{n % 90},2024-{n % 12 + 1:02d}-03,{n}.50\n" for n in numbers)

    found = guessed(
        year=rows(range(3000)), month=rows(range(700, 1500)), other=rows(range(5000, 5900)),
        same=rows([7000] * 500 + list(range(8000, 8020))), one=rows([7000] * 700),
    )  # fmt: skip
    repeats = {guess.table.file: guess.repeats for guess in found.values()}
    assert repeats == {"year.csv": "", "month.csv": "year.csv", "other.csv": "", "same.csv": "", "one.csv": ""}
    draw = LeastRows(1000, 1000, tuple(range(0, 2000, 2)))
    for shared, looked_at in ((1.0, True), (0.0, False), (0.1, True)):
        other = tuple(n if n % 20 < 20 * shared else n + 1 for n in range(0, 2000, 2))
        assert draw.may_stand_in(LeastRows(1000, 1000, other)) is looked_at
    assert LeastRows(3000, 900, (1, 5)).may_stand_in(LeastRows(3000, 3000, (2, 3)))  # too few drawn, or rows again


def test_columns_in_another_order_are_the_same_rows() -> None:
    year = HEAD + "".join(order(n) for n in range(1, 61))
    rows = [order(n).strip().split(",") for n in range(21, 41)]
    turned = "amount,order date,order id,customer id\n" + "".join(
        f"{amount},{day},{number},{customer}\n" for number, customer, day, amount in rows
    )
    assert guessed(turned=turned, year=year)["turned.csv"].repeats == "year.csv"


def test_two_months_of_one_shop_are_both_counted() -> None:
    first, second = (HEAD + "".join(order(n) for n in months) for months in (range(1, 31), range(31, 61)))
    found = guessed(first=first, second=second)
    assert [guess.kind for guess in found.values()] == ["orders", "orders"]
    assert {guess.repeats for guess in found.values()} == {""}


def test_totals_that_the_lines_tell_too_are_not_used_beside_them() -> None:
    totals = HEAD + "".join(order(n) for n in range(1, 31))
    lines = "order id,customer id,order date,item,quantity,amount\n" + "".join(
        f"A{n},c{n % 5},2024-{n % 12 + 1:02d}-03,{item},1,{part}\n"
        for n in range(1, 31)
        for item, part in (("tea", f"{n}.00"), ("cup", "0.50"))
    )
    found = guessed(totals=totals, lines=lines)
    assert (found["totals.csv"].kind, found["totals.csv"].repeats) == ("ignore", "lines.csv")
    assert found["lines.csv"].kind == "orders"


def test_lines_that_sum_to_something_else_give_way_to_the_totals() -> None:
    totals = HEAD + "".join(order(n) for n in range(1, 31))
    lines = "order id,customer id,order date,item,quantity,amount\n" + "".join(
        f"A{n},c{n % 5},2024-{n % 12 + 1:02d}-03,tea,1,{3 * n}.00\n" for n in range(1, 31)
    )
    assert guessed(totals=totals, lines=lines)["lines.csv"].repeats == "totals.csv"


def test_totals_that_alone_say_which_orders_were_cancelled_are_used() -> None:
    totals = "order id,customer id,order date,amount,order status\n" + "".join(
        f"{order(n).strip()},{'Cancelled' if n % 7 == 0 else 'Paid'}\n" for n in range(1, 31)
    )
    lines = "order id,customer id,order date,item,quantity,amount\n" + "".join(
        f"A{n},c{n % 5},2024-{n % 12 + 1:02d}-03,tea,1,{n}.50\n" for n in range(1, 31)
    )
    tables = read(totals=totals, lines=lines)
    assert {guess.table.file: guess.repeats for guess in inspect(tables)} == {
        "totals.csv": "",
        "lines.csv": "totals.csv",
    }
    assert standardise(tables, suggest(tables)).counts[0].set_aside == {"excluded_state": 4}


def test_members_are_keyed_by_the_number_that_the_orders_use() -> None:
    """The till's members have a number of their own first; the orders know them by the number of their card."""
    orders = "order id,member no,order date,amount\n" + "".join(
        f"A{n},V{n % 9 + 100},2024-{n % 12 + 1:02d}-03,{n}.50\n" for n in range(1, 61)
    )
    members = "id,card,city\n" + "".join(f"{n},V{n + 99},Bath\n" for n in range(1, 16))
    tables = read(orders=orders, members=members)
    found = next(guess for guess in inspect(tables) if guess.table.file == "members.csv")
    key = found.column("customer_id")
    assert found.kind == "customers"
    assert key is not None
    assert (key.name, key.reason) == ("card", "values")
    standard = standardise(tables, suggest(tables))
    assert standard.cursor().execute(
        "SELECT count(*) FROM (SELECT DISTINCT customer_id FROM orders) SEMI JOIN customers USING (customer_id)"
    ).fetchall() == [(9,)]


def test_members_whose_own_number_the_orders_know_keep_it() -> None:
    orders = "order id,member no,order date,amount\n" + "".join(
        f"A{n},{n % 9 + 1},2024-{n % 12 + 1:02d}-03,{n}.50\n" for n in range(1, 61)
    )
    members = "member no,card,city\n" + "".join(f"{n},{n + 3},Bath\n" for n in range(1, 21))
    key = guessed(orders=orders, members=members)["members.csv"].column("customer_id")
    assert key is not None
    assert key.name == "member no"
