"""The number that every row has is the order's, not that of the buyer which half of the documents lack."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect

HEADS = (
    "Invoice No,Date,Account Ref,Order No,Stock Code,Qty,Price,Net Amount\n",
    "Rechnungsnummer,Datum,Kundennummer,Auftragsnummer,Artikelnummer,Menge,Preis,Betrag\n",
    "发票号,日期,客户编号,订单号,商品编码,数量,单价,金额\n",
)


def lines(head: str, number: str) -> str:
    """Return 60 lines of 20 documents; ``number`` is that of the order on each of their lines."""
    rows = ""
    for i in range(60):
        document, line = divmod(i, 3)
        order = {"some": f"PO{document}x" if document % 2 else "", "first": "" if line else f"S{document}"}[number]
        rows += f"{4000 + document},2024-01-{document + 1:02d},K{document % 6},{order},A{i % 7},2,3.5,7\n"
    return head + rows


@pytest.mark.parametrize("head", HEADS)
def test_a_number_on_every_line_is_that_of_the_order(head: str) -> None:
    [guess] = inspect(read_file(lines(head, "some").encode(), name="x.csv"))
    found = guess.column("order_id")
    assert found is not None and found.name == head.split(",")[0]


def test_a_number_on_the_first_line_of_each_order_is_not_given_up() -> None:
    [guess] = inspect(read_file(lines(HEADS[0], "first").encode(), name="x.csv"))
    found = guess.column("order_id")
    assert found is not None and found.name == "Order No"
