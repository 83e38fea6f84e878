"""What happened with one customer, of every kind of records in one list, and the lines of the files behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from analysis.engine import literal
from analysis.intake.questions import last_orders
from analysis.intake.record_kinds import RECORDS
from analysis.intake.suggesting.describe import scan

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables

Kind = Literal["order", "return", "events", "feedback", "referrals", "contacts"]
MOST = 50
LINES = 500
# Tables that name the line; referrals stand under the one who referred.
_TABLES = ("orders", *RECORDS)


@dataclass(frozen=True)
class Happening:
    """An order, a return or a record.

    Attributes
    ----------
    day : date, optional
        None where a referral names no day.
    kind : Kind
    facts : tuple of (role, value)
        What the record says, by role, as text; yes and no as ``true`` and ``false``. Of an order the names of at most
        three products, each under ``product``. Values are as in the files: who shows them masks them.
    n_more : int
        Products of the order beyond those named.
    amount : float, optional
        Of an order or return, where the files hold money.
    """

    day: date | None
    kind: Kind
    facts: tuple[tuple[str, str], ...]
    n_more: int = 0
    amount: float | None = None


@dataclass(frozen=True)
class Timeline:
    """What happened, newest first; ``n`` counts what there is, of which at most ``MOST`` is held."""

    happenings: tuple[Happening, ...]
    n: int


def timeline(standard: StandardTables, customer_id: str, until: date, *, most: int = MOST) -> Timeline:
    """Return what happened with a customer up to a day, newest first.

    Parameters
    ----------
    standard : StandardTables
    customer_id : str
    until : date
        Day of reckoning.
    most : int
        How much at most; ``Timeline.n`` counts the rest too.
    """
    found: list[Happening] = []
    n = 0
    if "order_date" in standard.order_roles:
        orders = last_orders(standard, customer_id, until, most)
        found += [_order(row) for row in orders.to_dict("records")]
        n += _count_orders(standard, customer_id, until)
    for kind in RECORDS:
        if kind in standard.record_roles:
            records, counted = _records(standard, kind, customer_id, until, most)
            found += records
            n += counted
    newest = sorted(found, key=lambda one: one.day or date.min, reverse=True)
    return Timeline(tuple(newest[:most]), n)


def _order(row: dict[Any, Any]) -> Happening:
    import pandas as pd

    products = tuple(("product", str(one)) for one in row["products"] if one is not None)
    amount = None if pd.isna(row["amount"]) else float(row["amount"])
    kind = "return" if row["is_return"] else "order"
    return Happening(row["day"].date(), kind, products, max(int(row["n_products"]) - len(products), 0), amount)


def _count_orders(standard: StandardTables, customer_id: str, until: date) -> int:
    from analysis.intake.sales import SALE

    with standard.cursor() as cursor:
        [[n]] = cursor.execute(
            f"SELECT count(DISTINCT order_id) FROM orders WHERE customer_id = ? AND order_date <= ? "
            f"AND ({SALE} OR is_return)",
            [customer_id, until],
        ).fetchall()
    return int(n)


def _records(
    standard: StandardTables, kind: str, customer_id: str, until: date, most: int
) -> tuple[list[Happening], int]:
    roles = [role for role in RECORDS[kind].columns if role in standard.record_roles[kind]]
    where = "customer_id = ? AND (date IS NULL OR date <= ?)"
    columns = ", ".join(f"{_as_text(role)} AS {role}" for role in roles)
    with standard.cursor() as cursor:
        rows = cursor.execute(
            f"SELECT date, count(*) OVER () AS n, {columns} FROM {kind} WHERE {where} "
            f"ORDER BY time DESC NULLS LAST, line DESC LIMIT {int(most)}",
            [customer_id, until],
        ).fetchall()
    found = [
        Happening(day, kind, tuple((role, text) for role, text in zip(roles, cells, strict=True) if text is not None))  # pyright: ignore
        for day, _, *cells in rows
    ]
    return found, rows[0][1] if rows else 0


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
