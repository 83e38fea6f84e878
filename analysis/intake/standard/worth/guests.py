"""Who bought without an account: rows without an id that name a person all the same, who is not a walk-in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, literal
from analysis.intake.cells.values import TOTAL_WORDS, one_of
from analysis.intake.roles import personal_by_header
from analysis.intake.standard.worth.nobody import nobody_words
from analysis.notes import Note

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

CONTACTS = ("email", "phone", "name")  # of as many rows the first
GUEST = "~ "  # before a name that stands in for an id
SOME = 200  # lines of guests, which show where their names are from
LEAST_ROWS, LEAST_SHARE, LEAST_PEOPLE = 3, 0.02, 2
MOST_OF_ONE = 0.8  # of the rows, from which a name is that of a counter or a shop
MANY_NAMES = 5  # of one phone: that of a platform or a relay, which names nobody
OF_FEW = 0.8  # of the other phones have one name


def may_have_guests(one: Mapped) -> bool:
    """Say whether a table of orders has ids, and beside them names or contacts."""
    source = one.source
    if source is None or source.kind != "orders":
        return False
    column = source.column("customer_id")
    told = any(source.column(role) for role in CONTACTS)
    return bool(column and column.guests == "auto" and told and one.table.n_rows >= LEAST_ROWS)


def guest_ids(connection: duckdb.DuckDBPyConnection, one: Mapped, rows: str) -> str:
    """Write the ids of a table as ``… AS c0``, with names, e-mails or phones where rows have none; empty without such.

    A row whose order says an id in another row is no guest's.
    """
    raw, contact, name = one.raw("customer_id"), guest_contact(connection, one, rows), one.raw("name")
    if raw is None:
        return ""
    lent = lent_phones(connection, one, rows) if name else ()
    known = f"{_filled(raw)} IS NOT NULL"
    ways = [f"WHEN {one_of(f'trim({raw})', lent)} THEN {literal(GUEST)} || {_person(name)}"] if name and lent else []
    ways += [f"WHEN {known} THEN {raw} ELSE {literal(GUEST)} || {_person(contact)}" if contact else f"ELSE {raw}"]
    return f"CASE {' '.join(ways)} END AS {raw}" if contact or lent else ""


def lent_phones(connection: duckdb.DuckDBPyConnection, one: Mapped, rows: str) -> tuple[str, ...]:
    """Return the phones that tell customers apart and have many names each, where nearly all others have one.

    A platform writes its own, or one that relays calls, on the orders of everybody: by it they would be one customer.
    """
    raw, name = one.raw("customer_id"), one.raw("name")
    header = one.table.columns[int(raw[1:])] if raw else ""
    if raw is None or name is None or personal_by_header(header) != "phone":
        return ()
    each = (
        f"SELECT trim({raw}) AS phone, count(DISTINCT lower({_person(name)})) AS names FROM {rows} "
        f"WHERE {_filled(raw)} IS NOT NULL GROUP BY phone"
    )
    found = fetch_rows(connection, f"SELECT phone FROM ({each}) WHERE names >= {MANY_NAMES} ORDER BY phone")
    others, of_one = fetch_row(
        connection,
        f"SELECT count(*), count(*) FILTER (names <= 1) FROM ({each}) WHERE names < {MANY_NAMES}",
    )
    lent = tuple(str(phone) for (phone,) in found)
    return lent if others >= MANY_NAMES * len(lent) and of_one >= OF_FEW * others else ()


def guest_contact(connection: duckdb.DuckDBPyConnection, one: Mapped, rows: str) -> str:
    """Return the stored column that tells apart who bought without an account; empty where there is none."""
    raw = one.raw("customer_id")
    if raw is None:
        return ""
    contacts = [contact for role in CONTACTS if (contact := one.raw(role))]
    least, blank = max(LEAST_ROWS, LEAST_SHARE * one.table.n_rows), f"{_filled(raw)} IS NULL"
    seen = ", ".join(f"count(*) FILTER ({blank} AND {_filled(contact)} IS NOT NULL)" for contact in contacts)
    counts = fetch_row(connection, f"SELECT {seen} FROM {rows}")
    best, most = "", 0
    for other, count in zip(contacts, counts, strict=True):
        if count < least:
            continue  # found by one look at few columns, whatever the size of the table
        person = _person(other)
        n, people, top = fetch_row(
            connection,
            f"SELECT coalesce(sum(n), 0), count(*), coalesce(max(n), 0) FROM (SELECT count(*) AS n "
            f"FROM {_without_id(one, rows, blank)} WHERE {person} IS NOT NULL GROUP BY {person})",
        )
        if n >= least and people >= LEAST_PEOPLE and top <= MOST_OF_ONE * n:
            best, most = (other, n) if n > most else (best, most)
    return best


def _without_id(one: Mapped, rows: str, blank: str) -> str:
    """Write the rows of which neither they nor another row of their order says an id; only such orders are kept."""
    order, bare = one.raw("order_id"), f"(SELECT * FROM {rows} WHERE {blank})"
    if order is None:
        return bare
    known = f"SELECT DISTINCT {order} FROM {rows} SEMI JOIN {bare} AS bare USING ({order}) WHERE NOT ({blank})"
    return f"({bare} AS alone ANTI JOIN ({known}) AS known USING ({order}))"


def note_guests(connection: duckdb.DuckDBPyConnection, one: Mapped) -> Iterator[Note]:
    """Note ``guests_by_contact`` with the column, the rows, the people and their money, where there are such."""
    if not may_have_guests(one):
        return
    n, people, money = fetch_row(
        connection,
        f"SELECT count(*), count(DISTINCT customer_id), sum(amount) FROM {one.lines} "
        f"WHERE reason IS NULL AND starts_with(customer_id, {literal(GUEST)})",
    )
    contact = _told_by(connection, one) if n else ""
    if contact:
        facts = {"table": one.table.key, "column": one.table.columns[int(contact[1:])], "n": int(n)}
        yield Note("guests_by_contact", {**facts, "people": int(people), "money": float(money or 0)}, "check")


def _told_by(connection: duckdb.DuckDBPyConnection, one: Mapped) -> str:
    """Return the stored column that some guests have their names from; empty where none has."""
    contacts = [contact for role in CONTACTS if (contact := one.raw(role))]
    named = (f"count(*) FILTER (customer_id = {literal(GUEST)} || {_person(contact)})" for contact in contacts)
    some = f"SELECT line, customer_id FROM {one.lines} WHERE starts_with(customer_id, {literal(GUEST)}) LIMIT {SOME}"
    counts = fetch_row(connection, f"SELECT {', '.join(named)} FROM ({some}) AS l JOIN {one.view} AS r USING (line)")
    n, contact = max(zip(counts, contacts, strict=True), key=lambda found: found[0])
    return contact if n else ""


def _filled(raw: str) -> str:
    return f"nullif(trim({raw}), '')"


def _person(contact: str) -> str:
    """Write a name as SQL, NULL where it names nobody or a total."""
    words = (*nobody_words(), *TOTAL_WORDS)
    text = f"trim(regexp_replace({contact}, '\\s+', ' ', 'g'))"
    return f"CASE WHEN NOT ({one_of(f'lower({text})', words)}) AND regexp_matches({text}, '[\\pL\\d]') THEN {text} END"
