"""Days and months that a spreadsheet has exchanged where it could."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.study import suggest

FIRST = date(2025, 1, 5)


def noted(exchanged: bool) -> list[tuple[str, int, int]]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["receipt", "customer_id", "order_date", "amount"])
    for place in range(40):
        day = FIRST + timedelta(days=3 * place)
        if day.day <= 12:
            cell: object = date(day.year, day.day, day.month) if exchanged else day
        else:
            cell = f"{day:%d/%m/%Y}" if exchanged or place % 2 else day
        sheet.append([f"R{place}", f"K{place % 5}", cell, 10])
    content = io.BytesIO()
    book.save(content)
    tables = read_file(content.getvalue(), name="x.xlsx")
    found = standardise(tables, suggest(tables))
    return [
        (note.level, note.facts["n"], note.facts["m"]) for note in found.notes if note.code == "days_months_exchanged"
    ]


def test_real_dates_up_to_the_twelfth_beside_texts_above_it_are_asked_about() -> None:
    days = [FIRST + timedelta(days=3 * place) for place in range(40)]
    n = sum(day.day <= 12 for day in days)
    assert noted(exchanged=True) == [("ask", n, 40 - n)]
    assert noted(exchanged=False) == []
