"""Dates that can be read both ways are month first where a zone of the United States stands beside dollars."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.intake.reading.read import read_file
from analysis.study import prepare, suggest


def notes_and_days(header: str, row: str):
    rows = [row.format(day=1 + i % 9, who=i % 4, i=i) for i in range(24)]
    tables = read_file("\n".join([header, *rows]).encode(), name="till.csv")
    standard = prepare(tables, suggest(tables)).standard
    with standard.cursor() as cursor:
        days = [day for (day,) in cursor.execute("SELECT DISTINCT order_date FROM orders").fetchall()]
    return {note.code for note in standard.notes}, days


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date,Time Zone,Net Sales,Customer ID", "03/{day:02d}/24,Pacific Time (US & Canada),$4.5{i},C{who}"),
        ("Order date,TimeZone,Amount,Currency,Customer ID", "03/{day:02d}/2024,EST,4.5{i},USD,C{who}"),
        ("Created,Zone,Total,Email", "3/{day}/2024,America/Chicago,$4.5{i},p{who}@example.com"),
    ],
)
def test_zone_and_dollars_decide(header, row):
    notes, days = notes_and_days(header, row)
    assert "date_order_undecided" not in notes
    assert {(day.year, day.month) for day in days} == {(2024, 3)}
    assert max(days) == date(2024, 3, 9)


@pytest.mark.parametrize(
    "row",
    [
        "03/{day:02d}/24,Eastern Time (US & Canada),4.5{i},C{who}",  # no dollars
        "03/{day:02d}/24,Europe/London,$4.5{i},C{who}",
        "03/{day:02d}/24,,$4.5{i},C{who}",
    ],
)
def test_one_of_them_alone_leaves_the_question(row):
    notes, _ = notes_and_days("Date,Time Zone,Net Sales,Customer ID", row)
    assert "date_order_undecided" in notes
