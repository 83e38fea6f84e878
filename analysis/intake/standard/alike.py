"""Customer ids that are one, written in two ways: a phone with and without +86 or dashes, 00042 and 42."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from analysis.engine import fetch_row, fetch_rows, fetch_value
from analysis.intake.cells import normalise
from analysis.intake.cells.values import identifier

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

Way = Literal["phone", "key"]
LOOKED_AT = 400
MOSTLY = 0.6
KNOWN = 0.5  # share of the orders' ids that members must know, as they stand or once they are written alike
ONCE = 0.98
SHORTEST_OWN = 7  # digits of a number without the code of its country
ORDERS = ("orders", "order_heads")


def ways_of_writing(connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped]) -> tuple[Way, ...]:
    """Say in which ways ids of these tables are to be made equal before they are counted or joined.

    ``phone`` where most ids are phone numbers and some are written with signs; ``key`` where members know few of the
    orders' ids as they stand, and most of them once zeros, case and blanks are gone.
    """
    columns = [(one, raw) for one in mapped if one.source and (raw := one.raw("customer_id"))]
    found: list[Way] = []
    if any(_are_phones(connection, one, raw) for one, raw in columns):
        found.append("phone")
    orders = [pair for pair in columns if pair[0].source and pair[0].source.kind in ORDERS]
    members = [pair for pair in columns if pair[0].source and pair[0].source.kind == "customers"]
    if orders and members and _written_apart(connection, orders, members):
        found.append("key")
    return tuple(found)


def phone_form(column: str) -> str:
    """Read a phone as ``normalise.phone``; a mobile of zeros, which says nothing of a person, is still one number."""
    digits = f"regexp_replace({column}, '[^0-9]', '', 'g')"
    mobile = (
        f"regexp_full_match({column}, '[0-9+(). -]+') AND regexp_full_match({digits}, '((00)?86)?1[3-9][0-9]{{9}}')"
    )
    return f"coalesce({normalise.phone(column)}, CASE WHEN {mobile} THEN '+86' || right({digits}, 11) END)"


def _with_country(forms: str) -> str:
    """Give numbers of one country its code where others of the table bear it: 0170 5550001 is +49 170 5550001.

    One code alone must fit all that are found with a code, so that no number is given to a country by chance.
    """
    return (
        f"(WITH forms AS {forms}, "
        "abroad AS (SELECT DISTINCT f, left(f, n) AS code, substr(f, n + 1) AS own FROM forms, "
        f"(VALUES (2), (3), (4)) size(n) WHERE f LIKE '+%'), met AS (SELECT DISTINCT h.f AS home, a.f AS f, a.code "
        "FROM forms h JOIN abroad a ON a.own = ltrim(h.f, '0') "
        f"WHERE h.f NOT LIKE '+%' AND length(ltrim(h.f, '0')) >= {SHORTEST_OWN}) "
        "SELECT customer_id, orders, CASE WHEN (SELECT count(DISTINCT code) FROM met) = 1 "
        "THEN coalesce(met.f, forms.f) ELSE forms.f END AS f FROM forms LEFT JOIN met ON met.home = forms.f)"
    )


def _are_phones(connection: duckdb.DuckDBPyConnection, one: Mapped, raw: str) -> bool:
    looked_at = f"(SELECT {raw} AS v FROM {one.view} WHERE {raw} IS NOT NULL LIMIT {LOOKED_AT})"
    # Signs first, which few ids have: to plan how phones are read takes longer than to look at all of them.
    if not fetch_value(connection, f"SELECT bool_or(regexp_matches(v, '[+() -]|^86')) FROM {looked_at}"):
        return False
    n, phones = fetch_row(connection, f"SELECT count(*), count({normalise.phone('v')}) FROM {looked_at}")
    return bool(phones >= MOSTLY * n)


def _written_apart(
    connection: duckdb.DuckDBPyConnection, orders: Sequence[tuple[Mapped, str]], members: Sequence[tuple[Mapped, str]]
) -> bool:
    ours, theirs = (
        " UNION ".join(f"SELECT DISTINCT {identifier(raw)} AS v FROM {one.view}" for one, raw in side)
        for side in (orders, members)
    )
    n, known = fetch_rows(
        connection, f"SELECT count(*), count(*) FILTER (v IN ({theirs})) FROM ({ours}) WHERE v IS NOT NULL"
    )[0]
    if not n or known >= KNOWN * n:
        return False
    form = normalise.same_key("v")
    n_forms, known, n_theirs, theirs_forms = fetch_rows(
        connection,
        f"WITH ours AS (SELECT DISTINCT {form} AS f FROM ({ours}) WHERE v IS NOT NULL), "
        f"theirs AS (SELECT {form} AS f FROM ({theirs}) WHERE v IS NOT NULL) "
        "SELECT (SELECT count(f) FROM ours), (SELECT count(*) FROM ours WHERE f IN (FROM theirs)), "
        "(SELECT count(*) FROM theirs), (SELECT count(DISTINCT f) FROM theirs)",
    )[0]
    return known >= KNOWN * n and n_forms >= ONCE * n and theirs_forms >= ONCE * n_theirs


def alike_ids(connection: duckdb.DuckDBPyConnection, ways: Sequence[Way]) -> dict[str, str]:
    """Return for every id of ``all_ids`` that others are written like the one that stands for them.

    That is one of an orders table where there is one, the shortest, the first of the alphabet.
    """
    found: dict[str, str] = {}
    for way in ways:
        form = phone_form("customer_id") if way == "phone" else normalise.same_key("customer_id")
        forms = (
            f"(SELECT customer_id, bool_or(orders) AS orders, {form} AS f FROM all_ids "
            "WHERE customer_id IS NOT NULL GROUP BY customer_id)"
        )
        rows = fetch_rows(
            connection,
            "SELECT customer_id, first(customer_id) OVER (PARTITION BY f ORDER BY NOT orders, length(customer_id), "
            f"customer_id) FROM {_with_country(forms) if way == 'phone' else forms} WHERE f IS NOT NULL "
            "QUALIFY count(*) OVER (PARTITION BY f) > 1",
        )
        found |= {one: found.get(top, top) for one, top in rows if one not in found}
    return found
