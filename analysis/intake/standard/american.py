"""Whether a table was written in the United States, where the month comes first in dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import fetch_row, literal

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

ZONE = (
    r"US & Canada|^US/\w|^America/(?:New_York|Chicago|Denver|Los_Angeles|Phoenix|Detroit|Boise|Anchorage)|^[ECMP][SD]T$"
)
DOLLARS = r"(?i)^\W*(?:\$|USD|US\$)"
LOOKED_AT = 500  # rows
MOSTLY = 0.9


def is_american(connection: duckdb.DuckDBPyConnection, one: Mapped) -> bool:
    """Say whether one column names a time zone of the United States and money is in dollars: both, not one alone."""
    money = [raw for role in ("amount", "unit_price", "currency") if (raw := one.raw(role))]
    columns = [f"c{place}" for place in range(len(one.table.columns))]
    return any(_mostly(connection, one, raw, DOLLARS) for raw in money) and any(
        _mostly(connection, one, raw, ZONE) for raw in columns
    )


def _mostly(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str, pattern: str) -> bool:
    filled, said = fetch_row(
        connection,
        f"SELECT count(*), count(*) FILTER (regexp_matches(trim(cell, ' -('), {literal(pattern)})) "
        f"FROM (SELECT {raw} AS cell FROM {one.view} LIMIT {LOOKED_AT}) WHERE cell IS NOT NULL AND cell <> ''",
    )
    return bool(filled) and said >= MOSTLY * filled
