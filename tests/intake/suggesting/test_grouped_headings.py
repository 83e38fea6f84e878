"""Under one heading of the customer several columns stand: who it is, and what kind of a customer."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect

NAMES = [f"{one} Berg" for one in ("Ann", "Bo", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hal", "Ida", "Jo", "Kim", "Lea")]
HEADS = {
    "Day,Client,,,Paid,,Taken by\n,Name,Phone,Course,Hours,Amount,\n": ("Client / Name",),
    "日期,会员资料,,,缴费,,经办\n,姓名,手机,项目,次数,实收金额,\n": ("会员资料 / 姓名", "会员资料 / 手机"),
    "Datum,Kunde,,,Zahlung,,Kasse\n,Name,Telefon,Kurs,Stunden,Betrag,\n": ("Kunde / Name",),
}


@pytest.mark.parametrize("head", HEADS)
def test_a_column_that_names_somebody_is_the_customer_and_not_what_they_learn(head: str) -> None:
    rows = "".join(
        f"2025-{n % 9 + 1:02d}-{n % 27 + 1:02d},{NAMES[n % 12]},1380013{8000 + n % 12},{'abcd'[n % 12 % 4]}-piano,"
        f"{n % 4 + 5},{n % 7 * 20 + 60}.00,till\n"
        for n in range(60)
    )
    [guess] = inspect(read_file((head + rows).encode(), name="a.csv"))
    [customer] = [column.name for column in guess.columns if column.role == "customer_id"]
    assert customer in HEADS[head]
