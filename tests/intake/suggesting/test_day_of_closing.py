"""The day on which a document was closed or settled is not that on which it was made."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect

N = 40


def day_of(head: str, *, gaps: bool = True) -> str:
    rows = []
    for i in range(N):
        month = 1 + i // 8
        closed = f"2025-0{month}-27" if i % 9 or not gaps else ""
        state = "paid" if closed else "open"
        made, visit = (f"2025-0{month}-{day + i % 20:02d}" for day in (1, 2))
        rows.append(f"R{i},{made},{state},C{i % 9},{visit},{i}.50,{closed}")
    [guess] = inspect(read_file("\n".join([head, *rows]).encode(), name="bills.csv"))
    day = guess.column("order_date")
    assert day is not None
    return day.name


@pytest.mark.parametrize("gaps", [True, False])
@pytest.mark.parametrize(
    ("made", "other", "closed"),
    [
        ("Issue Date", "Visit Date", "Closed Date"),
        ("Issued On", "Service Date", "Settled Date"),
        ("Invoice Date", "Due", "Close Date"),
        ("Ausgestellt am", "Fällig", "Abgeschlossen am"),
        ("Date d'émission", "Échéance", "Date de clôture"),
        ("开票日期", "服务日期", "结清日期"),
        ("单据日期", "到期日", "结算日期"),
    ],
)  # fmt: skip
def test_the_day_of_a_document_goes_before_that_of_its_closing(made: str, other: str, closed: str, gaps: bool) -> None:
    assert day_of(f"Number,{made},Status,Customer ID,{other},Total,{closed}", gaps=gaps) == made


def test_a_deal_is_sold_when_it_was_closed() -> None:
    assert day_of("Deal,Created,Stage,Customer ID,Last Call,Amount,Close Date") == "Close Date"
