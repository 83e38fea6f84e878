"""Ids written in two ways are one customer, in one table and between two."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from tests.unsegmented import run_unsegmented

WAYS = ("{0}", "+86 {0}", "86{0}", "+86{0}", "0086-{0}")


def tables_of(*texts: str):
    return [table for n, text in enumerate(texts) for table in read_file(text.encode(), name=f"{n}.csv")]


def test_a_phone_with_and_without_its_country_and_signs_is_one_customer() -> None:
    numbers = [f"1590000{n:04d}" for n in range(10)]
    rows = "".join(
        f"{WAYS[(i // 10) % 5].format(numbers[i % 10])},2024-05-{i % 28 + 1:02d},{i + 1}.00\n" for i in range(60)
    )
    result = run_unsegmented(tables_of("联系手机,下单日期,金额\n" + rows))
    assert len(result.profiles.customers) == 10
    assert "ids_written_alike" in [note.code for note in result.standard.notes]


@pytest.mark.parametrize(("ours", "theirs"), [("{:d}", "{:06d}"), ("{:05d}", "{:d}"), ("K{:03d}", "k {:03d}")])
def test_numbers_with_and_without_zeros_join(ours: str, theirs: str) -> None:
    orders = "customer id,order date,amount\n" + "".join(
        f"{ours.format(i % 15 + 1)},2024-05-{i % 28 + 1:02d},{i + 1}.00\n" for i in range(60)
    )
    members = "customer id,gender,age\n" + "".join(f"{theirs.format(n + 1)},f,{20 + n}\n" for n in range(15))
    customers = run_unsegmented(tables_of(orders, members)).profiles.customers
    assert len(customers) == 15
    assert customers["age"].notna().all() and (customers["n_orders"] > 0).all()


def test_ids_that_differ_by_more_than_their_writing_stay_apart() -> None:
    orders = "customer id,order date,amount\n" + "".join(
        f"{'0' * (i % 2)}{i % 8},2024-05-{i % 28 + 1:02d},{i + 1}.00\n" for i in range(60)
    )
    assert len(run_unsegmented(tables_of(orders)).profiles.customers) == 8


def test_a_phone_with_the_code_of_its_country_and_one_with_a_zero_are_one_customer_in_two_tables() -> None:
    orders = "Bestellung;Datum;Telefon;Summe\n" + "".join(
        f"{i};{i % 28 + 1:02d}.05.2024;{'+49 170 55500' if i % 2 else '0170/55500'}{i % 7:02d};{i + 1},00\n"
        for i in range(40)
    )
    members = "Telefonnummer;Name;Ort\n" + "".join(f"0170 555-00{n:02d};Kunde {n};Bonn\n" for n in range(7))
    customers = run_unsegmented(tables_of(orders, members)).profiles.customers
    assert len(customers) == 7 and customers["city"].eq("Bonn").all()


def test_numbers_of_two_countries_are_not_given_a_code() -> None:
    numbers = ["+49 170 5550001", "+44 170 5550002", "0170 5550001", "0170 5550002"]
    orders = "Phone,Order date,Amount\n" + "".join(
        f"{numbers[i % 4]},2024-05-{i % 28 + 1:02d},{i + 1}.00\n" for i in range(40)
    )
    assert len(run_unsegmented(tables_of(orders)).profiles.customers) == 4
