"""Who bought without an account: rows without an id that name a person all the same, who is not a walk-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, literal
from analysis.intake.cells.values import TOTAL_WORDS, one_of
from analysis.intake.standard.worth.nobody import nobody_words
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

CONTACTS = ("email", "phone", "name")  # of as many rows the first
GUEST = "~ "  # before a name that stands in for an id
MOST_LINES = 2_000_000  # of a table in which guests are looked for
LEAST_ROWS, LEAST_SHARE, LEAST_PEOPLE = 3, 0.02, 2
MOST_OF_ONE = 0.8  # of the rows, from which a name is that of a counter or a shop


def may_have_guests(one: Mapped) -> bool:
    """Say whether a table of orders has ids, and beside them names or contacts, with rows few enough to look at all."""
    source = one.source
    if source is None or source.kind != "orders" or one.table.stored:
        return False
    column = source.column("customer_id")
    told = any(source.column(role) for role in CONTACTS)
    return bool(column and column.guests == "auto" and told and LEAST_ROWS <= one.table.n_rows <= MOST_LINES)


def guest_ids(connection: duckdb.DuckDBPyConnection, one: Mapped, rows: str) -> str:
    """Write the ids of a table as ``… AS c0``, with names, e-mails or phones where rows have none; empty without such.

    A row whose order says an id in another row is no guest's.
    """
    raw, contact = one.raw("customer_id"), guest_contact(connection, one, rows)
    if raw is None or not contact:
        return ""
    return f"coalesce({_filled(raw)}, {literal(GUEST)} || {_person(contact)}) AS {raw}"


def guest_contact(connection: duckdb.DuckDBPyConnection, one: Mapped, rows: str) -> str:
    """Return the stored column that tells apart who bought without an account; empty where there is none."""
    raw = one.raw("customer_id")
    if raw is None:
        return ""
    order = one.raw("order_id")
    known = f", max({_filled(raw)}) OVER (PARTITION BY {order}) AS known" if order else ""
    blank = f"{_filled(raw)} IS NULL" + (f" AND ({order} IS NULL OR known IS NULL)" if order else "")
    best, most = "", 0
    for other in (contact for role in CONTACTS if (contact := one.raw(role))):
        person = _person(other)
        n, people, top = fetch_row(
            connection,
            f"SELECT coalesce(sum(n), 0), count(*), coalesce(max(n), 0) FROM (SELECT count(*) AS n "
            f"FROM (SELECT *{known} FROM {rows}) WHERE {blank} AND {person} IS NOT NULL GROUP BY {person})",
        )
        if n >= max(LEAST_ROWS, LEAST_SHARE * one.table.n_rows) and people >= LEAST_PEOPLE and top <= MOST_OF_ONE * n:
            best, most = (other, n) if n > most else (best, most)
    return best


def note_guests(connection: duckdb.DuckDBPyConnection, one: Mapped) -> Iterator[Note]:
    """Note ``guests_by_contact`` with the column, the rows, the people and their money, where there are such."""
    contact = guest_contact(connection, one, f"raw_{one.index}_with_blank_ids") if may_have_guests(one) else ""
    if contact:
        n, people, money = fetch_row(
            connection,
            f"SELECT count(*), count(DISTINCT customer_id), sum(amount) FROM {one.lines} "
            f"WHERE reason IS NULL AND starts_with(customer_id, {literal(GUEST)})",
        )
        facts = {"table": one.table.key, "column": one.table.columns[int(contact[1:])], "n": int(n)}
        yield Note("guests_by_contact", {**facts, "people": int(people), "money": float(money or 0)}, "check")


def _filled(raw: str) -> str:
    return f"nullif(trim({raw}), '')"


def _person(contact: str) -> str:
    """Write a name as SQL, NULL where it names nobody or a total."""
    words = (*nobody_words(), *TOTAL_WORDS)
    text = f"trim(regexp_replace({contact}, '\\s+', ' ', 'g'))"
    return f"CASE WHEN NOT ({one_of(f'lower({text})', words)}) AND regexp_matches({text}, '[\\pL\\d]') THEN {text} END"
