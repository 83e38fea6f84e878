"""Whether 1.234 is a thousand or a little more than one: decided by the column and what stands beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literal
from analysis.intake.cells.values import column_style
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

_GROUPED = r"^[^0-9]*[1-9][0-9]{0,2}\.[0-9]{3}[^0-9]*$"
_BESIDE = 40  # rows in which other columns are looked at
_COMMA_BESIDE = re.compile(r"^[^\d,]*\d[\d.]*,\d{1,2}\D*$")
_POINT_BESIDE = re.compile(r"^[^\d.]*\d[\d,]*\.\d{1,2}\D*$")
_DOTTED_DAY = re.compile(r"^\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})(?:\s|$)")


def read_decimal(
    connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, *, is_money: bool, notes: list[Note] | None = None
) -> str:
    """Return the decimal style of a column, as ``values.column_style``, with a look at points before three digits.

    Where every point of the column stands before three digits and no whole number above 999 lacks one, the points part
    thousands if the file writes numbers so elsewhere (a decimal comma, dates as 31.12.2024, semicolons between cells),
    or if the column is money and nothing in the file has a decimal point. Noted as ``thousand_dots``.
    """
    style = column_style(connection, one.view, raw)
    if style == "comma" or one.table.stored or not _all_grouped(connection, one.view, raw):
        return style
    comma, point = _beside(connection, one, raw)
    if not comma and (point or not is_money):
        return style
    if notes is not None:
        n, example = fetch_rows(connection, f"SELECT count(*), min({raw}) FROM {one.view} WHERE contains({raw}, '.')")[
            0
        ]
        facts = {"table": one.table.key, "column": one.table.columns[int(raw[1:])], "n": int(n), "example": example}
        notes.append(Note("thousand_dots", facts, "info" if comma else "check"))
    return "comma"


def _all_grouped(connection: duckdb.DuckDBPyConnection, rows: str, raw: str) -> bool:
    shape = f"regexp_matches({raw}, {literal(_GROUPED)})"
    first = fetch_rows(
        connection,
        f"SELECT coalesce(bool_and({shape}), false) "
        f"FROM (SELECT {raw} FROM {rows} WHERE contains({raw}, '.') LIMIT 20)",
    )[0][0]
    if not first:
        return False
    whole = f"TRY_CAST({raw} AS BIGINT)"
    dotted, all_so, large = fetch_rows(
        connection,
        f"SELECT count(*) FILTER (contains({raw}, '.')), bool_and({shape}) FILTER (contains({raw}, '.')), "
        f"count(*) FILTER (NOT contains({raw}, '.') AND abs({whole}) > 999) FROM {rows}",
    )[0]
    return bool(dotted) and bool(all_so) and not large


def _beside(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str) -> tuple[bool, bool]:
    """Say whether the rest of the table writes decimals with a comma, and whether with a point."""
    others = ", ".join(f"c{place}" for place in range(len(one.table.columns)) if f"c{place}" != raw)
    rows = fetch_rows(connection, f"SELECT {others} FROM {one.view} LIMIT {_BESIDE}") if others else []
    cells = [cell for row in rows for cell in row if isinstance(cell, str)]
    comma = one.table.delimiter == ";" or any(_COMMA_BESIDE.match(cell) or _DOTTED_DAY.match(cell) for cell in cells)
    return comma, any(_POINT_BESIDE.match(cell) for cell in cells)
