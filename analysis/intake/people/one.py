"""What the tables hold of one customer: how many orders, their records of a kind, the lines of the files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.engine import literal
from analysis.intake.record_kinds import RECORDS
from analysis.intake.sales import SALE
from analysis.intake.suggesting.describe import scan

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables

LINES = 500
# Tables that name the line; referrals stand under the one who referred.
_TABLES = ("orders", *RECORDS)


def orders_of(standard: StandardTables, customer_id: str, until: date) -> int:
    """Count the orders and returns of a customer up to a day."""
    with standard.cursor() as cursor:
        [[n]] = cursor.execute(
            f"SELECT count(DISTINCT order_id) FROM orders WHERE customer_id = ? AND order_date <= ? "
            f"AND ({SALE} OR is_return)",
            [customer_id, until],
        ).fetchall()
    return int(n)


def records_of(
    standard: StandardTables, kind: str, customer_id: str, until: date, most: int
) -> tuple[tuple[str, ...], list[Any]]:
    """Return the roles of a kind of records, and a customer's up to a day, the last first.

    Each is its day, how many there are in all, and a text or None for each role; of a number no zeros behind the point.
    """
    roles = tuple(role for role in RECORDS[kind].columns if role in standard.record_roles[kind])
    columns = ", ".join(f"{_as_text(role)} AS {role}" for role in roles)
    with standard.cursor() as cursor:
        rows = cursor.execute(
            f"SELECT date, count(*) OVER () AS n, {columns} FROM {kind} "
            f"WHERE customer_id = ? AND (date IS NULL OR date <= ?) "
            f"ORDER BY time DESC NULLS LAST, line DESC LIMIT {int(most)}",
            [customer_id, until],
        ).fetchall()
    return roles, rows


def _as_text(role: str) -> str:
    """Write the SQL that gives a cell as text; of a number no zeros behind the point."""
    from analysis.intake.roles import roles

    if roles()[role].kind == "number":
        return f"regexp_replace(regexp_replace(CAST({role} AS VARCHAR), '(\\.\\d*?)0+$', '\\1'), '\\.$', '')"
    return f"CAST({role} AS VARCHAR)"


def customer_lines(standard: StandardTables, customer_id: str, *, most: int = LINES) -> pd.DataFrame:
    """Return the lines of the files in which a customer stands, as the files show them.

    Parameters
    ----------
    standard : StandardTables
    customer_id : str
    most : int
        Lines at most, the first of each file.

    Returns
    -------
    DataFrame, one row per line
        ``table_key`` (file and sheet), ``line`` (row of the sheet), ``cells`` (JSON object of the raw row by header).
    """
    import pandas as pd

    frames = []
    with standard.cursor() as cursor:
        held = " UNION ".join(f"SELECT source, line FROM {table} WHERE customer_id = $id" for table in _TABLES)
        lines = cursor.execute(
            f"SELECT source, line FROM ({held}) ORDER BY source, line LIMIT {int(most)}", {"id": customer_id}
        ).fetchall()
        for index, table in enumerate(standard.raws):
            wanted = [line for source, line in lines if source == index]
            if not wanted:
                continue
            cells = ", ".join(f"{literal(header)}: c{place}" for place, header in enumerate(table.columns))
            with scan(cursor, table) as rows:
                frames.append(
                    cursor.execute(
                        f"SELECT {literal(table.key)} AS table_key, line, to_json({{{cells}}})::VARCHAR AS cells "
                        f"FROM {rows} WHERE line IN (SELECT unnest(?::BIGINT[])) ORDER BY line",
                        [wanted],
                    ).df()
                )
    if not frames:
        return pd.DataFrame(columns=pd.Index(["table_key", "line", "cells"]))
    return pd.concat(frames, ignore_index=True)
