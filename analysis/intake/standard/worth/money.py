"""What a line is worth: its amount, or quantity times price less the discount, less what was paid back.

A person may say that other columns of money belong to it, or were taken off it (roles ``added`` and ``taken_off``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_rows
from analysis.intake.cells.values import MONEY, is_nothing, product
from analysis.intake.roles import header_score, roles
from analysis.intake.standard.worth.part_paid import with_part_paid
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

Discount = Literal["share", "percent", "factor", "amount"]
_PERCENT = re.compile(r"%|percent|pct|prozent|pourcent|porcent|percentu|процент|yüzde|百分|率|パーセント|퍼센트", re.I)
_FACTOR = re.compile(r"折\s*$")
MOSTLY = 0.9
NAMED = 0.5  # from which a header names a discount


def line_amount(
    connection: duckdb.DuckDBPyConnection, one: Mapped, read: dict[str, str], notes: list[Note], back: str | None
) -> str:
    """Write what each line is worth as SQL.

    Notes ``discount_taken_off`` and ``refunds_taken_off`` with the table and column, where that changes it, and the
    column of what was ``paid``, where that is in place of the amount of what was called off.

    Parameters
    ----------
    read : dict
        How the numbers of each role are read.
    back : str or None
        What ``paid_back`` writes.
    """
    amount = read.get("amount")
    if amount is None and {"quantity", "unit_price"} <= read.keys():
        amount = product(read["quantity"], read["unit_price"])
        if "discount" in read:
            amount = _less_discount(connection, one, amount, read["discount"], notes)
    paid, part = "", 0
    if amount is not None:
        amount = _corrected(connection, one, amount, read, notes)
        if back is not None and "paid" in read:
            amount, paid, part = with_part_paid(connection, one, amount, read["paid"], back)
        amount = _with_parts(connection, one, amount, read)
    if back is None:
        return f"CAST(NULL AS {MONEY})" if amount is None else amount  # orders that are counted, not added up
    facts = {"table": one.table.key, "column": _header(one, "refunded"), "paid": paid, "part": part}
    notes.append(Note("refunds_taken_off", facts, "check"))
    if amount is None:
        return f"CAST(-{back} AS {MONEY})"
    return f"CASE WHEN {back} > 0 THEN TRY_CAST(coalesce({amount}, 0) - {back} AS {MONEY}) ELSE {amount} END"


def _corrected(
    connection: duckdb.DuckDBPyConnection, one: Mapped, amount: str, read: dict[str, str], notes: list[Note]
) -> str:
    """Put what a correction says in place of an amount; where nearly all cells say nought, nought is no correction.

    Notes ``amounts_corrected`` with the column and the lines, where there are such.
    """
    if "adjusted" not in read:
        return amount
    typed = read["adjusted"]
    n, filled, noughts = fetch_rows(
        connection, f"SELECT count(*), count({typed}), count(*) FILTER ({typed} = 0) FROM {one.view}"
    )[0]
    if filled >= MOSTLY * n and noughts >= (1 - MOSTLY) * n:
        typed, filled = f"nullif({typed}, 0)", filled - noughts
    if filled:
        facts = {"table": one.table.key, "column": _header(one, "adjusted"), "n": int(filled)}
        notes.append(Note("amounts_corrected", facts, "check"))
    return f"coalesce({typed}, {amount})"


def _with_parts(connection: duckdb.DuckDBPyConnection, one: Mapped, amount: str, read: dict[str, str]) -> str:
    """Add to an amount, and take off it, what a person says belongs to it; a cell without a number changes nothing.

    Of what goes back, the part that was taken off does not go back.
    """
    if "added" in read:
        amount = f"TRY_CAST({amount} + coalesce({read['added']}, 0) AS {MONEY})"
    if "taken_off" not in read:
        return amount
    kind, off = _off(connection, one, amount, read["taken_off"], "taken_off")
    way = f"CASE WHEN {amount} < 0 THEN -1 ELSE 1 END * " if kind == "amount" else ""  # a share has the sign of its sum
    return f"TRY_CAST(round(CAST({amount} - {way}({off}) AS DOUBLE), 6) AS {MONEY})"


def paid_back(connection: duckdb.DuckDBPyConnection, one: Mapped, read: dict[str, str]) -> str | None:
    """Write what is taken off a line as paid back, never below nought; None where no column says it."""
    return f"abs({_refund_of_line(connection, one, read)})" if "refunded" in read else None


def discount_kind(connection: duckdb.DuckDBPyConnection, rows: str, raw: str, typed: str, header: str) -> Discount:
    """Say whether a discount is a share (0.1), a percentage (10), a factor to pay (0.9, 9折) or money per line."""
    cells = fetch_rows(
        connection,
        f"SELECT {raw}, abs(CAST({typed} AS DOUBLE)), count(*) FROM {rows} WHERE NOT {is_nothing(raw)} "
        f"GROUP BY ALL ORDER BY 3 DESC, 1 LIMIT 5000",
    )
    values = [(str(cell), value, int(n)) for cell, value, n in cells if value is not None]
    total = sum(n for *_, n in values)
    if not total:
        return "amount"
    if sum(n for cell, _, n in values if _FACTOR.search(cell)) > MOSTLY * total:
        return "factor"
    largest = max(value for _, value, _ in values)
    whole = sum(n for _, value, n in values if value == largest)
    paid = largest in (1, 100) and whole >= 0.5 * total and all(value for _, value, _ in values)  # 100 % in most lines
    if sum(n for cell, _, n in values if "%" in cell or "％" in cell) > 0.5 * total:
        return "factor" if paid else "share"
    some = any(0 < value < 1 for _, value, _ in values)
    if largest <= 1 and some:
        no_discount = sum(n for _, value, n in values if value == 1)
        return "factor" if no_discount and not any(value == 0 for _, value, _ in values) else "share"
    if largest <= 100 and _PERCENT.search(header):
        return "factor" if paid and largest == 100 else "percent"
    return "amount"


def _less_discount(
    connection: duckdb.DuckDBPyConnection, one: Mapped, worth: str, typed: str, notes: list[Note]
) -> str:
    kind, off = _off(connection, one, worth, typed, "discount")
    facts = {"table": one.table.key, "column": _header(one, "discount"), "as": kind}
    notes.append(Note("discount_taken_off", facts, "check"))
    return f"TRY_CAST(round(CAST({worth} - ({off}) AS DOUBLE), 6) AS {MONEY})"


def _off(connection: duckdb.DuckDBPyConnection, one: Mapped, worth: str, typed: str, role: str) -> tuple[Discount, str]:
    """Return what a column of discounts holds, and write what it takes off."""
    raw, header = one.raw(role), _header(one, role)
    assert raw is not None
    money = role == "taken_off" and not may_be_share(header)
    kind = "amount" if money else discount_kind(connection, one.view, raw, typed, header)
    if kind == "amount":
        return kind, f"coalesce(abs({typed}), 0)"
    return kind, f"CAST({worth} AS DOUBLE) * ({share_off(kind, typed)})"


def may_be_share(header: str) -> bool:
    """Say whether a heading names a discount or a percentage: ten cents for a bag are no tenth of what was paid.

    Examples
    --------
    >>> [may_be_share(header) for header in ("折扣", "Discount", "Less %", "Bag")]
    [True, True, True, False]
    """
    return header_score(header, roles()["discount"]) >= NAMED or _PERCENT.search(header) is not None


def share_off(kind: Discount, typed: str) -> str:
    """Write which share of its line a discount takes off that is no money, 0 to 1."""
    taken = f"coalesce(abs({typed}), 0)"
    shares = {"share": taken, "percent": f"{taken} / 100", "factor": f"1 - coalesce({_as_factor(typed)}, 1)"}
    return shares[kind]


def _as_factor(typed: str) -> str:
    """Read 9折 and 85折 as 0.9 and 0.85, and 0.9 as it stands."""
    return f"CASE WHEN {typed} > 10 THEN {typed} / 100 WHEN {typed} > 1 THEN {typed} / 10 ELSE {typed} END"


def _refund_of_line(connection: duckdb.DuckDBPyConnection, one: Mapped, read: dict[str, str]) -> str:
    """Return what was paid back of a line; what an order says once on each of its lines counts on its first line."""
    refund, order, amount = read["refunded"], one.raw("order_id"), read.get("amount")
    if order is None or amount is None:
        return refund
    orders, same = fetch_rows(
        connection,
        f"SELECT count(*), count(*) FILTER (low = high AND differ) FROM (SELECT min(coalesce({refund}, 0)) AS low, "
        f"max({refund}) AS high, min({amount}) <> max({amount}) AS differ FROM {one.view} GROUP BY {order} "
        f"HAVING count(*) > 1 AND max({refund}) > 0)",
    )[0]
    if not same or same < MOSTLY * orders:
        return refund
    first = f"row_number() OVER (PARTITION BY {order} ORDER BY line) = 1"
    return f"CASE WHEN {order} IS NULL OR {first} THEN {refund} ELSE 0 END"


def _header(one: Mapped, role: str) -> str:
    column = one.source.column(role) if one.source else None
    return column.name if column else ""
