"""Whether points before three digits part thousands."""

from __future__ import annotations

import pytest

from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.study import suggest

HEAD = ("receipt", "customer_id", "date", "amount")


def revenue(text: str) -> tuple[float, dict[str, str]]:
    tables = read_file(text.encode(), name="x.csv")
    found = standardise(tables, suggest(tables))
    total = found.cursor().execute("SELECT sum(amount) FROM orders").fetchall()[0][0]
    return float(total), {note.code: note.level for note in found.notes if note.code == "thousand_dots"}


def table(separator: str, day: str, cells: tuple[str, ...], head: tuple[str, ...] = HEAD, beside: str = "") -> str:
    rows = [separator.join(head) + (f"{separator}postage" if beside else "")]
    for place, cell in enumerate(cells):
        row = (f"B{place}", f"K{place % 3}", day.format(place + 1), cell, *([beside] if beside else []))
        rows.append(separator.join(row))
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("text", "total", "noted"),
    [
        (table(";", "{:02d}.05.2025", ("2.150", "980", "11.300")), 14430, {"thousand_dots": "info"}),
        (table("\t", "2025-05-{:02d}", ("2.150", "980", "11.300")), 14430, {"thousand_dots": "check"}),
        (table("\t", "2025-05-{:02d}", ("2.150", "980", "11.300"), beside="4.50"), 993.45 + 20, {}),
        (table("\t", "2025-05-{:02d}", ("2.150", "1980", "11.300")), 1993.45, {}),
        (table("\t", "2025-05-{:02d}", ("0.150", "980", "11.300")), 991.45, {}),
        (table("\t", "2025-05-{:02d}", ("2.150", "980", "11.30")), 993.45, {}),
    ],
)  # fmt: skip
def test_points_part_thousands_where_the_column_and_what_stands_beside_it_say_so(
    text: str, total: float, noted: dict[str, str]
) -> None:
    found, notes = revenue(text)
    if "postage" in text:
        total -= 20
    assert found == pytest.approx(total)
    assert notes == noted
