"""What a person may decide about the lines of orders: test orders, repeats, far amounts, totals on every line.

Written as SQL over typed lines; nothing here happens unless the recipe says so.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_value, literal
from analysis.intake.cells.values import MONEY
from analysis.intake.standard.outliers import usual_amounts
from analysis.intake.standard.worth.order_numbers import numbered_anew, restarted
from analysis.intake.standard.worth.order_totals import find_totals, split_amount, sub_orders
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Cleaning

# A word of its own, or with digits: "test01" and "demo_user" are, "latest" and "demonstration" are not.
TEST_WORD = r"(?i)(^|[^a-z])(tests?|testing|demo)([^a-z]|$)|测试"
TEST_AMOUNT = "0.01"
TEST_ROLES = ("product", "status", "name", "customer_id")
LINE_IDENTITY = ("customer_id", "order_id", "product", "product_id", "quantity", "amount")
OLDEST_BIRTH, OLDEST_AGE = 1900, 110


def is_test_order(present: Collection[str]) -> str:
    """Write the test for a line that somebody made to try the shop out.

    Parameters
    ----------
    present : collection of str
        Roles that have a column; the others are not looked at.
    """
    texts = [f"coalesce({_says_test(role)}, false)" for role in TEST_ROLES if role in present or role == "customer_id"]
    return f"({' OR '.join(texts)} OR coalesce(amount = {TEST_AMOUNT}, false))"


def _says_test(column: str) -> str:
    # The plain search is many times faster than the pattern, and nearly every cell stops there.
    found = f"contains(lower({column}), 'test') OR contains(lower({column}), 'demo') OR contains({column}, '测试')"
    return f"({found}) AND regexp_matches({column}, {literal(TEST_WORD)})"


def is_zero(present: Collection[str]) -> str:
    """Write the test for a line of nothing: amount or quantity zero."""
    quantity = " OR coalesce(quantity = 0, false)" if "quantity" in present else ""
    return f"(coalesce(amount = 0, false){quantity})"


def line_identity(present: Collection[str]) -> tuple[str, ...]:
    """Return the columns in which a repeated order line agrees; none when lines cannot be told apart by article."""
    if "order_id" not in present or not {"product", "product_id"} & set(present):
        return ()
    return tuple(role for role in LINE_IDENTITY if role in present or role in ("customer_id", "amount"))


def reason_for_repeats(present: Collection[str]) -> str:
    """Write the reason of a line, with the later ones of equal kept lines of an order as ``repeated_line``."""
    same = line_identity(present)
    if not same:
        return "reason"
    return (
        f"CASE WHEN reason IS NULL AND order_id IS NOT NULL AND "
        f"row_number() OVER (PARTITION BY reason, {', '.join(same)} ORDER BY line) > 1 "
        f"THEN 'repeated_line' ELSE reason END"
    )


def impossible_age(column: str) -> str:
    """Write the test for an age that nobody has."""
    return f"({column} < 0 OR {column} > {OLDEST_AGE})"


def impossible_birth(column: str, *, kind: str) -> str:
    """Write the test for a birth (``kind`` is date or number of the year) of nobody alive."""
    year = f"year({column})" if kind == "date" else column
    return f"({year} < {OLDEST_BIRTH})"


def adjust_amounts(
    connection: duckdb.DuckDBPyConnection,
    lines: str,
    cleaning: Cleaning,
    *,
    table: str,
    roles: Collection[str],
    in_memory: bool,
    once: bool = False,
    named: bool = False,
) -> list[Note]:
    """Apply what the recipe says about amounts to typed lines in place; return what was done.

    Totals on every line are shared out first, so that the cap looks at what the lines then hold; with ``once`` the
    amount is the price of an order on each of its receipts, and is shared out as well; ``named`` says that its heading
    names the total of an order.
    """
    notes = []
    numbered = cleaning.sub_orders == "auto" and {"order_id", "customer_id"} <= set(roles)
    if numbered and (again := restarted(connection, lines)):
        by, facts = again
        _replace(connection, lines, {"order_id": numbered_anew(by)}, in_memory, "restarted")
        notes.append(Note("numbers_start_again", {"table": table, **facts}, "check"))
        roles = roles if by == "number_and_day" else {*roles} - {"order_id"}
    kept = bool(notes) and "order_id" in roles
    if not kept and cleaning.sub_orders == "auto" and (found := sub_orders(connection, lines, roles)):
        _replace(connection, lines, {"order_id": found.order}, in_memory, "numbered")
        notes.append(Note("sub_orders", {"table": table, **found.facts}, found.level))
        roles = {*roles, "order_id"}
    split = "order_id" in roles and (cleaning.order_totals == "split" or (once and cleaning.order_totals == "auto"))
    if not split and cleaning.order_totals == "auto" and (totals := find_totals(connection, lines, roles, named=named)):
        by_moment = any(note.facts.get("by") == "moment" for note in notes)
        split = totals.level == "sure" or (totals.level == "few" and by_moment)
        if not split:
            level = "ask" if totals.level == "few" else "check"
            notes.append(Note(f"order_totals_{totals.level}", {"table": table, "n": totals.n}, level))
    if split:
        before = _total(connection, lines)
        _replace(connection, lines, {"amount": split_amount(connection, lines, roles)}, in_memory, "split")
        notes.append(Note("order_totals_split", {"table": table, "money": before - _total(connection, lines)}))
    if cleaning.outliers == "cap":
        usual = usual_amounts(connection, f"(SELECT amount, line FROM {lines} WHERE reason IS NULL AND NOT is_return)")
        if usual is not None:
            cap = f"CAST({usual.high:.6f} AS {MONEY})" if usual.high < 1e17 else "amount"
            n, lowered = fetch_row(
                connection,
                f"SELECT count(*), coalesce(sum(amount - sign(amount) * {cap}), 0) FROM {lines} "
                f"WHERE reason IS NULL AND abs(amount) > {cap}",
            )
            if n:
                capped = f"CAST(sign(amount) * least(abs(amount), {cap}) AS {MONEY})"
                _replace(connection, lines, {"amount": capped}, in_memory, "capped")
                facts = {"table": table, "n": int(n), "cap": usual.high, "money": float(lowered)}
                notes.append(Note("amounts_capped", facts))
    return notes


def _total(connection: duckdb.DuckDBPyConnection, lines: str) -> float:
    return float(fetch_value(connection, f"SELECT coalesce(sum(amount), 0) FROM {lines} WHERE reason IS NULL"))


def _replace(
    connection: duckdb.DuckDBPyConnection, lines: str, columns: dict[str, str], in_memory: bool, step: str
) -> None:
    """Put other values in place; many lines stay in their file, and the values are computed as they are read."""
    old = f"{lines}_before_{step}"
    kind = "TABLE" if in_memory else "VIEW"
    connection.execute(f"ALTER {kind} {lines} RENAME TO {old}")
    put = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    connection.execute(f"CREATE {kind} {lines} AS SELECT * REPLACE ({put}) FROM {old}")
    if in_memory:
        connection.execute(f"DROP TABLE {old}")
