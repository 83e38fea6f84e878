"""Find ids that may be the same customer: by a shared phone, e-mail or id number, or by name and one more field.

Nothing is merged here: a person confirms, and ``merges`` keeps what was decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.engine import connect, fetch_rows, fetch_value, literal, literals
from analysis.intake.cells import normalise
from analysis.intake.cells.values import TOTAL_WORDS, identifier
from analysis.intake.standard.forgotten import left_out
from analysis.intake.standard.merges import Link, Merges, canonical_ids, groups, known_ids
from analysis.intake.tables import Note, RawTable
from analysis.privacy.masks import mask_value

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices
    from analysis.intake.mapped import Mapped
    from analysis.privacy.forget import Forgotten

MOST_SHARED = 5  # a value that more ids share is a hotline or a placeholder, no person
MOST_COMPARED = 200_000  # pairs of names
MOST_IN_BLOCK = 30  # ids that share a field and the first letter of the name
LEAST_ALIKE = 88.0  # similarity of names, 0..100
NAMES_DIFFER = 50.0
EXACT = ("id_number", "phone", "email", "id_form")  # strongest first
BESIDE_NAME = ("birth_date", "address", "company", "city", "region")
_NORMAL = {"id_number": normalise.id_number, "phone": normalise.phone, "email": normalise.email}


@dataclass(frozen=True)
class Match:
    """Two ids that may be one customer.

    Attributes
    ----------
    first, second : str
        Customer ids; ``first`` is the one that would stand for both.
    evidence : tuple of str
        Codes, strongest first: ``id_number``, ``phone``, ``email`` (equal once normalised), ``id_form`` (the ids differ
        by case, blanks or leading zeros alone), ``name_<field>`` (names alike and the field equal).
    value : str
        What they share by the strongest evidence, normalised: personal data.
    first_name, second_name : str
        As written, empty when unknown: personal data.
    first_tables, second_tables : tuple of int
        Places of the raw tables that hold each id.
    sure : bool
        An exact mark, and nothing against it: names that differ, or another id number, make it unsure.
    """

    first: str
    second: str
    evidence: tuple[str, ...]
    value: str
    first_name: str
    second_name: str
    first_tables: tuple[int, ...]
    second_tables: tuple[int, ...]
    sure: bool

    @property
    def pair(self) -> tuple[str, str]:
        """Both ids."""
        return self.first, self.second


@dataclass(frozen=True)
class Confirmed:
    """A decision that stands, with the ids of these files behind it (None for an id that they lack)."""

    link: Link
    first: str | None
    second: str | None


@dataclass(frozen=True)
class Identity:
    """What is known and suggested about customers with several ids.

    Attributes
    ----------
    matches : tuple of Match
        Sure ones first, those across tables before those within one.
    confirmed : tuple of Confirmed
        Every decision of the study, newest first.
    n_ids, n_customers : int
        Ids in the files, and customers once the confirmed ones are merged.
    notes : tuple of Note
        ``shared_value``: a value that too many ids share; ``names_not_compared``: blocks too large to compare.
    """

    matches: tuple[Match, ...]
    confirmed: tuple[Confirmed, ...]
    n_ids: int
    n_customers: int
    notes: tuple[Note, ...] = ()


def same_in_column(tables: Sequence[RawTable], recipe: Choices, table: str, column: str) -> list[tuple[str, str]]:
    """Pair the ids of a table, named by its key, whose rows hold the same value in a column.

    Some shops give a customer a new id with every order and say in another column who it is.
    """
    from analysis.intake.standard.mapped import match_sources, open_rows
    from analysis.intake.standard.typed import read_id

    one = next(one for one in match_sources(tables, recipe) if one.table.key == table)
    person = identifier(f"c{one.table.columns.index(column)}")
    with connect() as connection:
        open_rows(connection, one)
        return fetch_rows(
            connection,
            "SELECT first, id FROM (SELECT id, min(id) OVER (PARTITION BY person) AS first FROM "
            f"(SELECT DISTINCT {read_id(connection, one, 'customer_id')} AS id, {person} AS person FROM {one.view}) "
            "WHERE id IS NOT NULL AND person IS NOT NULL) WHERE id <> first ORDER BY first, id",
        )


def identity(
    tables: Sequence[RawTable], recipe: Choices, merges: Merges | None = None, forgotten: Forgotten | None = None
) -> Identity:
    """Compare the customers of all tables in use, but for those who were ``forgotten``.

    Exact marks link any two ids; names are compared only between ids that no table (or next month's file of the same
    kind) holds side by side, because a system that lists two names means two people.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.study import suggest
    >>> orders = "手机号,下单日期,金额\\n138 0013 8001,2024-01-01,3\\n13900139002,2024-01-02,4\\n"
    >>> members = "会员号,手机,性别\\nM1,+86 13800138001,男\\nM2,13700137003,女\\n"
    >>> tables = [*read_file(orders.encode(), name="o.csv"), *read_file(members.encode(), name="m.csv")]
    >>> found = identity(tables, suggest(tables))
    >>> [(match.first, match.second, match.evidence) for match in found.matches]
    [('138 0013 8001', 'M1', ('phone',))]
    """

    merges = merges or Merges()
    with connect() as connection:
        mapped = _collect(connection, tables, recipe, forgotten)
        known = known_ids(connection, "SELECT customer_id, orders FROM ids", merges)
        n_ids, n_customers = _apply(connection, canonical_ids(known, merges))
        notes = _pooled(connection)
        found = _exact(connection)
        alike, skipped = _by_name(connection, mapped)
        for pair, codes in alike.items():
            found.setdefault(pair, []).extend(codes)
        refused = _refused(known, merges)
        found = {pair: marks for pair, marks in found.items() if pair not in refused}
        matches = _described(connection, found)
    if skipped:
        notes.append(Note("names_not_compared", {"n": skipped, "most": MOST_IN_BLOCK}, "info"))
    confirmed = [
        Confirmed(link, known.get(link.first, (False, None))[1], known.get(link.second, (False, None))[1])
        for link in sorted(merges.links, key=lambda link: (link.decided_at, link.first, link.second), reverse=True)
    ]
    return Identity(tuple(matches), tuple(confirmed), n_ids, n_customers, tuple(notes))


def _collect(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable], recipe: Choices, forgotten: Forgotten | None
) -> list[Mapped]:
    """Create ``ids`` (one row per table and id), ``marks`` (what identifies them) and ``names``."""
    from analysis.intake.standard.mapped import match_sources, open_rows

    connection.execute("CREATE TABLE ids (place INTEGER, system INTEGER, customer_id VARCHAR, orders BOOLEAN)")
    connection.execute("CREATE TABLE marks (place INTEGER, customer_id VARCHAR, kind VARCHAR, value VARCHAR)")
    connection.execute("CREATE TABLE names (customer_id VARCHAR, name VARCHAR)")
    mapped = [one for one in match_sources(tables, recipe) if one.source and one.source.kind != "ignore"]
    for one in mapped:
        open_rows(connection, one)
    mapped = left_out(connection, mapped, forgotten, merged=False)
    systems: list[object] = []
    for one in mapped:
        key = one.raw("customer_id")
        if key is None:
            continue
        if one.source not in systems:
            systems.append(one.source)
        fields = {role: raw for role in (*_NORMAL, "name", *BESIDE_NAME) if (raw := one.raw(role))}
        columns = "".join(f", {raw} AS {role}" for role, raw in fields.items())
        # Order lines repeat their customer, so what is written is made distinct before it is read.
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE written AS SELECT DISTINCT {identifier('key')} AS customer_id, "
            f"* EXCLUDE (key) FROM (SELECT DISTINCT {key} AS key{columns} FROM {one.view})"
        )
        connection.execute(
            f"DELETE FROM written WHERE customer_id IS NULL OR lower(customer_id) IN ({literals(TOTAL_WORDS)})"
        )
        connection.execute(
            f"INSERT INTO ids SELECT DISTINCT {one.index}, {systems.index(one.source)}, customer_id, "
            f"{one.source is not None and one.source.kind in ('orders', 'order_heads')} FROM written"
        )
        _mark(connection, one.index, fields)
    return mapped


def _mark(connection: duckdb.DuckDBPyConnection, place: int, fields: dict[str, str]) -> None:
    values = [(kind, sql) for kind, sql in normalise.id_as_mark("customer_id").items()]
    values += [(kind, _NORMAL[kind](kind)) for kind in _NORMAL if kind in fields]
    values += [(kind, f"nullif(lower({normalise.plain(kind)}), '')") for kind in BESIDE_NAME if kind in fields]
    values += [("id_form", normalise.same_key("customer_id"))]
    for kind, sql in values:
        connection.execute(
            f"INSERT INTO marks SELECT DISTINCT {place}, customer_id, {literal(kind)}, value "
            f"FROM (SELECT customer_id, {sql} AS value FROM written) WHERE value IS NOT NULL"
        )
    if "name" in fields:
        connection.execute(
            "INSERT INTO names SELECT customer_id, min(trim(name)) FROM written WHERE "
            f"{normalise.name('name')} IS NOT NULL GROUP BY customer_id"
        )


def _apply(connection: duckdb.DuckDBPyConnection, canonical: dict[str, str]) -> tuple[int, int]:
    """Read merged ids as one; return the number of ids and of customers."""
    import pyarrow as pa

    count = "SELECT count(DISTINCT customer_id) FROM ids"
    n_ids = fetch_value(connection, count)
    moved = {one: top for one, top in canonical.items() if one != top}
    if moved:
        connection.register("moved", pa.table({"one": list(moved), "top": list(moved.values())}))
        connection.execute("DELETE FROM marks WHERE kind = 'id_form' AND customer_id IN (SELECT one FROM moved)")
        for table in ("ids", "marks", "names"):
            connection.execute(f"UPDATE {table} SET customer_id = top FROM moved WHERE customer_id = one")
        connection.unregister("moved")
    # One row per customer: its rank among those that may stand for it, its tables and systems, its name.
    connection.execute(
        "CREATE TABLE people AS SELECT customer_id, NOT bool_or(orders) AS without, "
        "list_sort(list(DISTINCT place)) AS places, list_sort(list(DISTINCT system)) AS systems, "
        "coalesce(any_value(n.name), '') AS name FROM ids "
        "LEFT JOIN (SELECT customer_id, min(name) AS name FROM names GROUP BY customer_id) n USING (customer_id) "
        "GROUP BY customer_id"
    )
    connection.execute(
        "CREATE TABLE shared AS SELECT kind, value, count(DISTINCT customer_id) AS n, "
        "first(customer_id ORDER BY without, customer_id) AS top "
        "FROM marks JOIN people USING (customer_id) GROUP BY kind, value HAVING n > 1"
    )
    return n_ids, fetch_value(connection, count)


def _pooled(connection: duckdb.DuckDBPyConnection) -> list[Note]:
    """Report values that too many ids share; the example is masked."""
    rows = fetch_rows(
        connection,
        f"SELECT kind, count(*), max(n), arg_max(value, (n, value)) FROM shared WHERE n > {MOST_SHARED} "
        f"AND kind IN ({literals(_NORMAL)}) GROUP BY kind ORDER BY kind",
    )
    return [
        Note(f"shared_{kind}", {"n": n, "ids": ids, "most": MOST_SHARED, "example": mask_value(value, kind)}, "check")
        for kind, n, ids, value in rows
    ]


def _exact(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], list[str]]:
    """Link every id to the one that would stand for all that share a mark, strongest marks first."""
    order = " ".join(f"WHEN {literal(kind)} THEN {place}" for place, kind in enumerate(EXACT))
    rows = fetch_rows(
        connection,
        "SELECT DISTINCT top, customer_id, kind, "
        f"CASE kind {order} END AS strength FROM marks JOIN shared USING (kind, value) "
        f"WHERE kind IN ({literals(EXACT)}) AND n <= {MOST_SHARED} AND customer_id <> top ORDER BY 4, 1, 2",
    )
    found: dict[tuple[str, str], list[str]] = {}
    for first, second, kind, _ in rows:
        # Two marks may choose another first; the pair is one.
        pair = (second, first) if (second, first) in found else (first, second)
        found.setdefault(pair, []).append(kind)
    return found


def _by_name(
    connection: duckdb.DuckDBPyConnection, mapped: Sequence[Mapped]
) -> tuple[dict[tuple[str, str], list[str]], int]:
    """Compare names inside blocks of ids that share a field and the first letter; return pairs and skipped ids."""
    from rapidfuzz import fuzz

    if not any(one.raw("name") for one in mapped):
        return {}, 0
    blocks = (
        "SELECT kind, value, left(form, 1) AS letter, list((customer_id, form, systems, without) "
        "ORDER BY without, customer_id) AS members, count(*) AS n, count(DISTINCT systems) AS n_systems "
        "FROM (SELECT DISTINCT m.kind, m.value, p.customer_id, p.systems, p.without, "
        f"{normalise.name('p.name')} AS form FROM marks m JOIN people p USING (customer_id) "
        f"WHERE m.kind IN ({literals(BESIDE_NAME)}) AND p.name <> '') GROUP BY kind, value, letter HAVING n > 1 "
        "AND n_systems > 1"
    )
    connection.execute(f"CREATE TEMP TABLE blocks AS {blocks}")
    skipped = fetch_value(connection, f"SELECT coalesce(sum(n), 0) FROM blocks WHERE n > {MOST_IN_BLOCK}")
    order = " ".join(f"WHEN {literal(kind)} THEN {place}" for place, kind in enumerate(BESIDE_NAME))
    rows = fetch_rows(
        connection,
        f"SELECT kind, members FROM blocks WHERE n <= {MOST_IN_BLOCK} ORDER BY CASE kind {order} END, value, letter",
    )
    found: dict[tuple[str, str], list[str]] = {}
    compared = 0
    for kind, members in rows:
        for place, one in enumerate(members):
            first, first_name, first_systems = _member(one)
            for other in members[place + 1 :]:
                second, second_name, second_systems = _member(other)
                if first_systems & second_systems:
                    continue
                compared += 1
                if fuzz.token_sort_ratio(first_name, second_name) >= LEAST_ALIKE:
                    found.setdefault((first, second), []).append(f"name_{kind}")
        if compared >= MOST_COMPARED:
            break
    return found, int(skipped)


def _member(row: object) -> tuple[str, str, set[int]]:
    customer_id, form, systems, _ = row.values() if isinstance(row, dict) else row  # pyright: ignore
    return customer_id, form, set(systems)


def _refused(known: dict[str, tuple[bool, str]], merges: Merges) -> set[tuple[str, str]]:
    """Return pairs of customers, both ways round, of which a person said that they are two."""
    canonical = canonical_ids(known, merges)
    together = groups((link.first, link.second) for link in merges.same)
    pairs = set()
    for link in merges.links:
        if link.decision == "different" and link.first in known and link.second in known:
            first, second = known[link.first][1], known[link.second][1]
            first, second = canonical.get(first, first), canonical.get(second, second)
            if together.get(link.first, link.first) != together.get(link.second, link.second):
                pairs |= {(first, second), (second, first)}
    return pairs


def _described(connection: duckdb.DuckDBPyConnection, found: dict[tuple[str, str], list[str]]) -> list[Match]:
    """Add names, tables and what speaks against each pair; put the surest first."""
    if not found:
        return []
    import pyarrow as pa
    from rapidfuzz import fuzz

    pairs = pa.table(
        {
            "place": list(range(len(found))),
            "first": [first for first, _ in found],
            "second": [second for _, second in found],
            "kind": [codes[0] for codes in found.values()],
        }
    )
    connection.register("pairs", pairs)
    rows = fetch_rows(
        connection,
        "WITH numbers AS (SELECT customer_id, list(DISTINCT value) AS numbers FROM marks WHERE kind = 'id_number' "
        "GROUP BY customer_id), both_have AS (SELECT p.place, min(a.value) AS value FROM pairs p "
        "JOIN marks a ON a.customer_id = p.first JOIN marks b ON b.customer_id = p.second "
        "AND b.kind = a.kind AND b.value = a.value WHERE a.kind = replace(p.kind, 'name_', '') GROUP BY p.place) "
        "SELECT place, coalesce(v.value, ''), f.name, s.name, f.places, s.places, "
        "coalesce(len(fn.numbers) > 0 AND len(sn.numbers) > 0 AND NOT list_has_any(fn.numbers, sn.numbers), false), "
        f"coalesce({normalise.name('f.name')}, ''), coalesce({normalise.name('s.name')}, '') "
        "FROM pairs JOIN people f ON f.customer_id = first JOIN people s ON s.customer_id = second "
        "LEFT JOIN both_have v USING (place) LEFT JOIN numbers fn ON fn.customer_id = first "
        "LEFT JOIN numbers sn ON sn.customer_id = second ORDER BY place",
    )
    connection.unregister("pairs")
    matches = []
    for (pair, codes), row in zip(found.items(), rows, strict=True):
        _, value, first_name, second_name, first_tables, second_tables, against, first_form, second_form = row
        names_fit = not (first_form and second_form) or fuzz.token_sort_ratio(first_form, second_form) >= NAMES_DIFFER
        sure = bool({"id_number", "phone", "email"} & set(codes)) and names_fit and not against
        matches.append(
            Match(
                *pair, tuple(codes), value, first_name, second_name, tuple(first_tables), tuple(second_tables), sure
            )
        )  # fmt: skip
    across = [bool(set(match.first_tables) & set(match.second_tables)) for match in matches]
    order = sorted(range(len(matches)), key=lambda place: (not matches[place].sure, across[place], place))
    return [matches[place] for place in order]
