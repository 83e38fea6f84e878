"""A cancelled document and the one that reverses it count both or neither: never the reversal alone."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.mapping import suggest_recipe

BILLS = "".join(f"R{i},{{sold}},2024-0{1 + i % 9}-11,K{i % 5},{100 + i},{{done}}\n" for i in range(20))
GERMAN = ("Rechnungsnr,Belegart,Rechnungsdatum,Kundennr,Bruttobetrag,Status\n", "Rechnung", "bezahlt", "storniert")
ENGLISH = ("Invoice No,Type,Invoice Date,Customer No,Amount,Status\n", "Invoice", "Paid", "Cancelled")
CHINESE = ("单据号,单据类型,单据日期,客户编号,金额,状态\n", "销售", "已完成", "已作废")


def revenue(head: str, sold: str = "", done: str = "", more: str = "", *, bills: str = BILLS) -> float:
    tables = read_file((head + bills.format(sold=sold, done=done) + more).encode(), name="x.csv")
    standard = standardise(tables, suggest_recipe(inspect(tables)))
    return float(standard.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0])


TOTAL = float(sum(100 + i for i in range(20)))


@pytest.mark.parametrize(("written", "back"), [(GERMAN, "Stornorechnung"), (ENGLISH, "Credit note"), (CHINESE, "红冲")])
def test_a_cancelled_document_takes_its_reversal_with_it(written: tuple[str, ...], back: str) -> None:
    head, sold, done, gone = written
    pair = f"R90,{sold},2024-05-05,K1,77.5,{gone}\nR91,{back},2024-05-08,K1,-77.5,{done}\n"
    assert revenue(head, sold, done, pair) == TOTAL
    assert revenue(head, sold, done, pair + f"R92,{back},2024-06-08,K1,-77.5,{done}\n") == TOTAL - 77.5  # one only
    assert revenue(head, sold, done, pair.replace("-77.5", "-7.5")) == TOTAL - 7.5  # of another sum
    assert revenue(head, sold, done, pair.replace("05-08,K1", "05-08,K2")) == TOTAL - 77.5  # of another customer


def test_a_credit_note_for_what_was_sold_as_well_still_counts() -> None:
    head, sold, done, gone = ENGLISH
    again = f"R90,{sold},2024-05-05,K1,77.5,{gone}\nR91,{sold},2024-05-06,K1,77.5,{done}\n"
    assert revenue(head, sold, done, f"{again}R92,Credit note,2024-05-08,K1,-77.5,{done}\n") == TOTAL
    assert revenue(head, sold, done, f"{again}R92,Reversal,2024-05-08,K1,-77.5,{done}\n") == TOTAL + 77.5


@pytest.mark.parametrize("own_number", [True, False])
@pytest.mark.parametrize(
    ("head", "done", "gone"),
    [
        ("Belegnr,Kunde,Datum,Betrag,Status", "bezahlt", "Storno"),
        ("单号,客户编号,日期,金额,状态", "已完成", "红冲"),
        ("单号,客户编号,日期,金额,状态", "已完成", "作废"),
        ("Factura,Cliente,Fecha,Importe,Estado", "pagada", "anulada"),
    ],
)
def test_what_is_called_off_below_nought_takes_itself_out_once(
    head: str, done: str, gone: str, own_number: bool
) -> None:
    """The sale may bear the state as well, or none but the reversal: nothing is left of the two either way."""
    for state in (done, gone):
        rows = []
        for i in range(20):
            rows.append(f"R{i:02d},K{i % 5},2024-03-{1 + i},{100 + 3 * i},{state if i in (4, 9) else done}")
            if i in (4, 9):
                number = f"S{i:02d}" if own_number else f"R{i:02d}"
                rows.append(f"{number},K{i % 5},2024-03-{2 + i},{-100 - 3 * i},{gone}")
        kept = sum(100 + 3 * i for i in range(20) if i not in (4, 9))
        assert revenue("\n".join([head, *rows]), bills="") == kept
