"""Suggest how the tables of a study join: shared columns, how much of each side finds a partner, near misses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

from analysis.engine import connect, fetch_row, fetch_rows, literals
from analysis.intake.cells import normalise
from analysis.intake.cells.values import TOTAL_WORDS, identifier
from analysis.intake.mapped import canonical_sql
from analysis.intake.roles import normal
from analysis.intake.standard.forgotten import left_out
from analysis.intake.standard.merges import ID_ROLES, Merges, unite
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices
    from analysis.intake.mapped import Mapped
    from analysis.privacy.forget import Forgotten

KEY_ROLES = ("customer_id", "order_id", "product_id", "phone", "email", "id_number", "referrer_id", "referred_id")
MOST_COLUMNS = 6  # of a table are tried as keys by their values
LEAST_MATCHED = 10  # keys that columns without a common name or role must share
LEAST_FOUND = 0.05  # of the rows; below it another pair of columns may be the better key
LEAST_SHARE = 0.5  # of the smaller side
MOST_COMPARED = 5_000  # pairs of keys looked at one by one
LEAST_ALIKE = 85.0
Kind = Literal["one_to_one", "one_to_many", "many_to_one", "many_to_many"]


@dataclass(frozen=True)
class Side:
    """One table of a join: its place among the raw tables, its column, its rows with a key, its distinct keys.

    ``matched_rows`` and ``matched_keys`` are those that the other side has too.
    """

    place: int
    column: str
    rows: int
    keys: int
    matched_rows: int
    matched_keys: int

    @property
    def share(self) -> float:
        """Share of the rows with a key that find a partner, 0..1."""
        return self.matched_rows / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Join:
    """Two tables and the columns by which they join.

    ``reason`` says why these columns: ``role`` (both mean the same), ``header`` (named alike) or ``values`` (they share
    most keys). ``kind`` reads from left to right: ``one_to_many`` is one row at the left, many at the right.
    """

    left: Side
    right: Side
    reason: Literal["role", "header", "values"]
    kind: Kind


@dataclass(frozen=True)
class Unmatched:
    """A key without a partner, its rows, and the key of the other side that it may stand for (empty when none)."""

    key: str
    rows: int
    near: str = ""


@dataclass(frozen=True)
class _Key:
    place: int
    column: str
    raw: str
    role: str
    view: str

    @property
    def table(self) -> str:
        return f"keys_{self.place}_{self.raw}"


def joins(
    tables: Sequence[RawTable], recipe: Choices, merges: Merges | None = None, forgotten: Forgotten | None = None
) -> tuple[Join, ...]:
    """Return the best way to join each two tables that can be joined, in the order of the tables.

    Tables that are read by the same source, such as two months of one export, are stacked and not joined. Ids that
    ``merges`` says are one customer count as one key; rows of customers who were ``forgotten`` are not looked at.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.study import suggest
    >>> orders = "会员号,下单日期,金额\\n1,2024-01-01,3\\n1,2024-01-02,4\\n2,2024-01-02,4\\n"
    >>> members = "会员号,性别\\n1,男\\n3,女\\n"
    >>> tables = [*read_file(orders.encode(), name="o.csv"), *read_file(members.encode(), name="m.csv")]
    >>> [join] = joins(tables, suggest(tables))
    >>> join.kind, join.left.matched_rows, join.left.rows, join.right.matched_keys, join.right.keys
    ('many_to_one', 2, 3, 1, 2)
    """

    with connect() as connection:
        keys = _keys(connection, tables, recipe, merges, forgotten)
        sources = dict(enumerate(_sources(tables, recipe)))
        found = []
        for first, second in combinations(range(len(tables)), 2):
            if sources[first] is not None and sources[first] is sources[second]:
                continue
            best: tuple[tuple[bool, bool, int, float], Join] | None = None
            for left in keys.get(first, ()):
                for right in keys.get(second, ()):
                    join = _join(connection, left, right)
                    if join is None:
                        continue
                    rank = (
                        min(join.left.share, join.right.share) >= LEAST_FOUND,
                        left.role == right.role == "customer_id",  # the key by which the profiles are put together
                        -("role", "header", "values").index(join.reason),
                        min(1.0, join.left.share + join.right.share),
                    )
                    if best is None or rank > best[0]:
                        best = (rank, join)
            if best is not None:
                found.append(best[1])
    return tuple(found)


def unmatched(
    tables: Sequence[RawTable],
    recipe: Choices,
    join: Join,
    side: Literal["left", "right"],
    merges: Merges | None = None,
    forgotten: Forgotten | None = None,
    *,
    most: int = 200,
) -> tuple[Unmatched, ...]:
    """Return keys of one side that the other lacks, those with a near miss first, then those with most rows.

    A near miss has the same letters and digits once case, blanks, signs and leading zeros are gone; or nearly the same
    letters and exactly the same digits, looked for among up to 5,000 pairs.
    """

    own, other = (join.left, join.right) if side == "left" else (join.right, join.left)
    with connect() as connection:
        opened = _opened(connection, tables, recipe, (own.place, other.place))
        merged = unite(connection, opened, merges, [])
        opened = left_out(connection, opened, forgotten, merged=merged)
        names = []
        for one, side_of in zip(opened, (own, other), strict=True):
            key = next(key for key in _columns(one) if key.column == side_of.column)
            _count_keys(connection, key, merged)
            names.append(key.table)
        connection.execute(
            f"CREATE TABLE alone AS SELECT key, n, {normalise.loose_key('key')} AS form FROM {names[0]} "
            f"ANTI JOIN {names[1]} USING (key)"
        )
        connection.execute(
            f"CREATE TABLE others AS SELECT key, {normalise.loose_key('key')} AS form FROM {names[1]} "
            f"ANTI JOIN {names[0]} USING (key)"
        )
        rows = fetch_rows(
            connection,
            "SELECT a.key, a.n, coalesce(min(o.key), ''), any_value(a.form) FROM alone a "
            "LEFT JOIN others o USING (form) GROUP BY a.key, a.n "
            f"ORDER BY min(o.key) IS NULL, a.n DESC, a.key LIMIT {most}",
        )
        near = _alike(connection, [(key, form) for key, _, found, form in rows if not found and form])
    result = [Unmatched(key, n, found or near.get(key, "")) for key, n, found, _ in rows]
    return tuple(sorted(result, key=lambda one: (not one.near, -one.rows, one.key)))


def _sources(tables: Sequence[RawTable], recipe: Choices) -> list[object]:
    from analysis.intake.standard.mapped import match_sources

    return [one.source for one in match_sources(tables, recipe)]


def _opened(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable], recipe: Choices, places: Sequence[int]
) -> list[Mapped]:
    """Make the rows of some tables readable."""
    from analysis.intake.standard.mapped import match_sources, open_rows

    mapped = match_sources(tables, recipe)
    for place in places:
        open_rows(connection, mapped[place])
    return [mapped[place] for place in places]


def _columns(one: Mapped) -> list[_Key]:
    """Return all columns of a table with their roles."""
    roles = {column.name: column.role for column in one.source.columns} if one.source else {}
    return [
        _Key(one.index, name, f"c{index}", roles.get(name, "ignore"), one.view)
        for index, name in enumerate(one.table.columns)
    ]


def _keys(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    recipe: Choices,
    merges: Merges | None,
    forgotten: Forgotten | None,
) -> dict[int, list[_Key]]:
    """Return the columns of every table that may be keys, with their values counted."""
    found: dict[int, list[_Key]] = {}
    opened = _opened(connection, tables, recipe, range(len(tables)))
    merged = unite(connection, opened, merges, [])
    opened = left_out(connection, opened, forgotten, merged=merged)
    for one in opened:
        columns = _columns(one)
        chosen = [key for key in columns if key.role in KEY_ROLES]
        rest = [key for key in columns if key.role in ("ignore", "extra", "name", "company", "product")]
        if rest and one.table.n_rows:
            counts = fetch_row(
                connection, f"SELECT {', '.join(f'approx_count_distinct({key.raw})' for key in rest)} FROM {one.view}"
            )
            ranked = sorted(zip(counts, rest, strict=True), key=lambda pair: -pair[0])
            chosen += [key for n, key in ranked[:MOST_COLUMNS] if n > 1]
        for key in chosen:
            _count_keys(connection, key, merged)
        found[one.index] = chosen
    return found


def _count_keys(connection: duckdb.DuckDBPyConnection, key: _Key, merged: bool) -> None:
    typed = identifier("cell")
    if merged and key.role in ID_ROLES:
        typed = canonical_sql("cell", typed)
    connection.execute(
        f"CREATE TABLE {key.table} AS SELECT key, sum(n)::BIGINT AS n FROM (SELECT {typed} AS key, n FROM "
        f"(SELECT {key.raw} AS cell, count(*) AS n FROM {key.view} GROUP BY 1)) "
        f"WHERE key IS NOT NULL AND lower(key) NOT IN ({literals(TOTAL_WORDS)}) GROUP BY key"
    )


def _join(connection: duckdb.DuckDBPyConnection, left: _Key, right: _Key) -> Join | None:
    """Count what two columns share; None when nothing says that they are the same key."""
    same_role = left.role == right.role and left.role in KEY_ROLES
    same_header = normal(left.column) == normal(right.column)
    total = "SELECT coalesce(sum(n), 0), count(*), coalesce(max(n), 0) FROM"
    left_rows, left_keys, left_most = fetch_row(connection, f"{total} {left.table}")
    right_rows, right_keys, right_most = fetch_row(connection, f"{total} {right.table}")
    if not left_keys or not right_keys:
        return None
    matched, left_matched, right_matched = fetch_row(
        connection,
        f"SELECT count(*), coalesce(sum(l.n), 0), coalesce(sum(r.n), 0) FROM {left.table} l JOIN {right.table} r "
        "USING (key)",
    )
    if not (same_role or same_header):
        unique = left_most == 1 or right_most == 1
        if matched < LEAST_MATCHED or matched < LEAST_SHARE * min(left_keys, right_keys) or not unique:
            return None
    elif not matched and not same_role:
        return None
    kind = f"{'one' if left_most == 1 else 'many'}_to_{'one' if right_most == 1 else 'many'}"
    return Join(
        Side(left.place, left.column, int(left_rows), left_keys, int(left_matched), matched),
        Side(right.place, right.column, int(right_rows), right_keys, int(right_matched), matched),
        "role" if same_role else "header" if same_header else "values",
        kind,  # pyright: ignore
    )


def _alike(connection: duckdb.DuckDBPyConnection, keys: list[tuple[str, str]]) -> dict[str, str]:
    """Find for each key the most similar one of the table ``others`` that shares its first two signs and its digits."""
    from rapidfuzz import fuzz

    lettered = [(key, form) for key, form in keys if sum(sign.isalpha() for sign in form) >= 4]
    if not lettered:
        return {}
    import pyarrow as pa

    connection.register(
        "wanted", pa.table({"key": [key for key, _ in lettered], "form": [form for _, form in lettered]})
    )
    rows = fetch_rows(
        connection,
        "SELECT w.key, w.form, o.key, o.form FROM wanted w JOIN others o ON left(w.form, 2) = left(o.form, 2) "
        "AND regexp_replace(w.form, '[^0-9]', '', 'g') = regexp_replace(o.form, '[^0-9]', '', 'g') "
        f"ORDER BY w.key, o.key LIMIT {MOST_COMPARED}",
    )
    connection.unregister("wanted")
    best: dict[str, tuple[float, str]] = {}
    for key, form, other, other_form in rows:
        alike = fuzz.ratio(form, other_form, score_cutoff=LEAST_ALIKE)
        if alike > best.get(key, (0.0, ""))[0]:
            best[key] = (alike, other)
    return {key: other for key, (_, other) in best.items()}
