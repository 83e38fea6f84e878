"""Numbers that start again: a till's every morning, a sheet's every month; and guests who stay guests."""

from __future__ import annotations

from itertools import product

import pytest

from analysis.intake.decision import Decision
from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.study import suggest_recipe

DAYS = [f"2026-03-{day:02d}" for day in range(2, 10)]


def told(tables: list[RawTable], **cleaning: str) -> tuple[int, float, list[Decision]]:
    guesses = inspect(tables)
    recipe = suggest_recipe(guesses)
    recipe = recipe.model_copy(update={"cleaning": recipe.cleaning.model_copy(update=cleaning)})
    standard = standardise(tables, recipe)
    with standard.cursor() as cursor:
        orders, money = cursor.execute("SELECT count(DISTINCT order_id), sum(amount) FROM orders").fetchall()[0]
    made = [one for one in decisions(tables, guesses, recipe, standard) if one.subject == "order_number"]
    return orders, float(money), made


def till(heads: str) -> list[RawTable]:
    """Write a till whose receipts begin at 0001 each day: three of members, each of two lines, and one of a guest."""
    rows = [
        f"{day},{number:04d},{f'M{(place + number) % 7 + 1:03d}' if number < 4 else ''},{item},{10 + number + line}\n"
        for (place, day), number, (line, item) in product(enumerate(DAYS), range(1, 5), enumerate(("coffee", "cake")))
    ]
    return read_file((heads + "".join(rows)).encode(), name="till.csv")


@pytest.mark.parametrize("heads", ["date,receipt no,member id,item,amount\n", "日期,小票号,会员号,商品,金额\n"])
def test_receipts_that_begin_again_each_day_are_told_apart_by_the_day(heads: str) -> None:
    orders, money, [made] = told(till(heads))
    assert orders == 3 * len(DAYS)
    assert money == sum((2 * (10 + number) + 1) for number in range(1, 4)) * len(DAYS)  # of members, no guest
    assert (made.choice, made.effect) == ("number_and_day", {"orders": orders})
    [other] = made.alternatives
    assert told(till(heads), sub_orders="keep")[0] == other.effect["orders"] == 3


def test_a_number_of_the_rows_of_each_file_is_no_order_of_many() -> None:
    tables = [
        table
        for month in (3, 4, 5)
        for table in read_file(
            (
                "No.,student id,date,amount\n"
                + "".join(f"{n},S{(n + month) % 12:03d},2026-{month:02d}-01,{50 + n}\n" for n in range(1, 13))
            ).encode(),
            name=f"{month}.csv",
        )
    ]
    orders, _, made = told(tables)
    assert orders == 3 * 12
    assert [one.choice for one in made] == ["number_and_day"]


def test_numbers_that_run_within_each_customer_are_no_orders() -> None:
    rows = "".join(
        f"{n},C{customer:02d},2026-03-{(n + customer) % 2 + 1:02d},{10 + n}\n"
        for customer in range(6)
        for n in range(1, 9)
    )
    orders, _, [made] = told(read_file(f"order no,customer id,date,amount\n{rows}".encode(), name="a.csv"))
    assert made.choice == "by_day"
    assert orders == 6 * 2


def test_numbers_of_orders_stay_what_they_are() -> None:
    rows = "".join(f"{100 + n // 2},C{n // 2 % 5},2026-03-{n // 2 % 20 + 1:02d},{10 + n}\n" for n in range(40))
    orders, _, made = told(read_file(f"order no,customer id,date,amount\n{rows}".encode(), name="a.csv"))
    assert (orders, made) == (20, [])


def test_a_journal_with_members_who_came_once_gives_them_nobody_elses_rows() -> None:
    rows = "".join(
        f"2026-03-{n // 4 + 1:02d} 1{n % 4}:00,{f'M{n:03d}' if n % 4 == 0 else ''},tea,{5 + n}\n" for n in range(40)
    )
    _, money, _ = told(read_file(f"date,member id,item,amount\n{rows}".encode(), name="a.csv"))
    assert money == sum(5 + n for n in range(0, 40, 4))
