"""Which lines take a sale back by an order number that tells them apart (C536379)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_rows, literal
from analysis.intake.cells.values import number
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Cleaning
    from analysis.intake.mapped import Mapped

# C and digits is how tills number a cancelled invoice; the others are words of their own.
LETTER = r"^[Cc]\d{3,}$"
WORDS = r"(?i)^(?:CN|CRN|CR|CM|RMA|RET|RTN|REF|RFD|退|退货|退款|冲红|TH|TK)[-_/ ]?\d{3,}$"
MOST = 0.35  # of the numbered lines; more than that are no exceptions
PLAIN = 0.9  # of the other numbers begin with a digit, so that a letter in front means something
TAKEN_BACK = 0.3  # of such lines have a sale of the same customer and article: they take it back
NEVER_SOLD = 0.05
LEAST_LINES = 20


@dataclass(frozen=True)
class CreditNumbers:
    """Lines with positive amounts under the number of a cancelled order.

    ``evidence`` says what else speaks of them: ``returns`` (the order or the sale that they take back is there too),
    ``sales`` (nothing they hold was ever sold to the same customer), or ``none``.
    """

    pattern: str
    n: int
    line: int
    evidence: Literal["returns", "sales", "none"]


def says_return(connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning, notes: list[Note]) -> str:
    """Write the test for a line that is a return by the number of its order; ``false`` when there is none.

    Notes ``credit_numbers`` with the decision when order numbers tell returns apart.
    """
    found = credit_numbers(connection, one) if one.raw("order_id") else None
    if found is None:
        return "false"
    decided = cleaning.credit_numbers
    if decided == "auto":
        decided = "sale" if found.evidence == "sales" else "return"
    sure = cleaning.credit_numbers != "auto" or found.evidence == "returns"
    facts = {"table": one.table.key, "n": found.n, "line": found.line, "decided": decided, "sure": sure}
    notes.append(Note("credit_numbers", facts, "check"))
    return "false" if decided == "sale" else f"coalesce(regexp_matches(order_id, {literal(found.pattern)}), false)"


def credit_numbers(connection: duckdb.DuckDBPyConnection, one: Mapped) -> CreditNumbers | None:
    """Find lines with positive amounts whose order numbers are those of cancelled or credited orders, else None."""
    order = one.raw("order_id")
    assert order is not None
    n_lines, plain = fetch_rows(
        connection, f"SELECT count(*), count(*) FILTER ({order} < ':') FROM {one.view} WHERE {order} IS NOT NULL"
    )[0]
    if plain < PLAIN * (1 - MOST) * n_lines:
        return None  # too few whatever the others are
    # Nearly every number begins with a digit and is not looked at any further; both forms are counted in one pass.
    said_as = {
        pattern: f"CASE WHEN {order} > ':' THEN regexp_matches(trim({order}), {literal(pattern)}) ELSE false END"
        for pattern in (LETTER, WORDS)
    }
    counts = ", ".join(f"count(*) FILTER ({said})" for said in said_as.values())
    found = fetch_rows(connection, f"SELECT {counts} FROM {one.view} WHERE {order} IS NOT NULL")[0]
    for (pattern, said), marked in zip(said_as.items(), found, strict=True):
        if not marked or marked > MOST * n_lines or plain < PLAIN * (n_lines - marked):
            continue
        sold = " AND ".join(
            f"coalesce({number(raw)} > 0, true)"
            for role in ("quantity", "amount", "unit_price")
            if (raw := one.raw(role))
        )
        n, line = fetch_rows(connection, f"SELECT count(*), min(line) FROM {one.view} WHERE {said} AND {sold}")[0]
        if n:
            return CreditNumbers(pattern, int(n), int(line), _evidence(connection, one, said, sold, int(n)))
    return None


def _evidence(
    connection: duckdb.DuckDBPyConnection, one: Mapped, said: str, sold: str, n: int
) -> Literal["returns", "sales", "none"]:
    order, customer = one.raw("order_id"), one.raw("customer_id")

    def met(returned: str, bought: str, names: str) -> int:
        return fetch_rows(
            connection,
            f"SELECT count(*) FROM (SELECT {returned} FROM {one.view} WHERE {said} AND {sold}) "
            f"SEMI JOIN (SELECT {bought} FROM {one.view} WHERE NOT {said}) USING ({names})",
        )[0][0]

    number_alone = f"regexp_replace(trim({order}), '^[^0-9]+', '') AS key"
    if met(number_alone, f"trim({order}) AS key", "key") >= TAKEN_BACK * n:
        return "returns"
    article = one.raw("product_id") or one.raw("product")
    if customer is None or article is None:
        return "none"
    pair = f"{customer} AS customer, {article} AS article"
    back = met(pair, pair, "customer, article")
    if back >= TAKEN_BACK * n:
        return "returns"
    return "sales" if n >= LEAST_LINES and back < NEVER_SOLD * n else "none"
