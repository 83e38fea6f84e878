"""Rows of a table of totals that add up its other rows, such as a last row Total: they would be counted again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_arrow, fetch_frame, fetch_rows, look, quoted_name
from analysis.experiments.rows.table import typed_sql
from analysis.experiments.rows.totals import COLUMN_TYPES, MOST_ROWS
from analysis.intake.cells.values import TOTAL_CELL, TOTAL_TEXT

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

LEAST_ROWS = 3  # two rows, and what they come to
LEAST_SUMS = 2  # columns that a row without a word, or with one that may be a name, must be the sum of
MANY = 10  # customers of the middle row at least: what single customers did adds up by chance
MOST_KEYS = 6
# Words that mean everybody, and may also name an arm or a part.
_MAY_MEAN_ALL = re.compile(
    r"^\W*(?:all(?: (?:variants?|variations?|versions?|groups?|arms?|devices?|users?|visitors?|customers?|channels?"
    r"|segments?|days|dates|countries|traffic|platforms?))?|overall|combined|everyone|everybody|both"
    r"|(?:全部|所有|整体|全体|总体|不限|不分)\w{0,6}|alles?|tous|toutes|todos|todas|tutti|tutte|alla|wszystkie|все|tümü"
    r"|すべて|全て|전체|الكل|ทั้งหมด)\W*$",
    re.IGNORECASE,
)
_TOTAL, _NAMES_TOTAL = re.compile(TOTAL_CELL), re.compile(TOTAL_TEXT)


def find_total_rows(con: duckdb.DuckDBPyConnection, rows: str, arm: str | None = None) -> tuple[int, ...]:
    """Return the rows, counted from 1, that are totals of others; none in a table that is none of totals.

    In such a table the words and dates of a row stand in no other. A row is a total where a cell says so (Total, 合计,
    or nothing) and its customers lie between those of the largest row that it covers and those of all of them: who
    came twice may be counted once. A word that may name an arm (all), and any other word, is one where the numbers
    prove it: two columns of counts or more, that of customers among them, are the sum to the last customer.
    """
    columns = [(name, str(kind)) for name, kind, *_ in fetch_rows(con, f"DESCRIBE {rows}")]
    numbers = [name for name, kind in columns if kind.startswith(COLUMN_TYPES)]
    keys = [name for name, _ in columns if name not in numbers]
    [[n]] = fetch_rows(con, f"SELECT count(*) FROM {rows}")
    if not LEAST_ROWS <= n <= MOST_ROWS or not keys or len(keys) > MOST_KEYS or not numbers:
        return ()
    listed = [f"trim(CAST({quoted_name(name)} AS VARCHAR)) AS {quoted_name(name)}" for name in keys]
    listed += [f"CAST({quoted_name(name)} AS DOUBLE) AS {quoted_name(name)}" for name in numbers]
    table = fetch_frame(con, f"SELECT {', '.join(listed)} FROM {rows}")
    table[keys] = table[keys].astype(object).fillna("").astype(str)
    counts = [name for name in numbers if (table[name].dropna() % 1 == 0).all() and (table[name].dropna() >= 0).all()]
    if not (table[keys] != "").any(axis=None):
        return ()
    if table.duplicated(keys).any():  # the number of a day or week
        more = next((name for name in numbers if not table.duplicated([*keys, name]).any()), None)
        if more is None:
            return ()
        counts = [name for name in counts if name != more]
        table[more], keys = table[more].astype(str), [*keys, more]
    if not counts:
        return ()
    counts.sort(key=lambda name: -table[name].sum())
    if not table[counts[0]].median() >= MANY:
        return ()
    labelled = _labelled(table, keys, counts, arm)
    rest = table.drop(index=labelled)
    return tuple(sorted(int(place) + 1 for place in [*labelled, *_proven(rest, keys, counts)]))


def drop_totals(rows: pa.Table, arm: str | None = None) -> tuple[pa.Table, tuple[int, ...]]:
    """Return a table, its cells text or typed, without the rows that add up others; and these, counted from 1.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({"arm": ["A", "B", "Total"], "users": ["50", "60", "110"], "bought": ["4", "9", "13"]})
    >>> drop_totals(table)[1]
    (3,)
    """
    if not LEAST_ROWS <= rows.num_rows <= MOST_ROWS:
        return rows, ()
    with look() as con:
        con.register("given", rows)
        texts = [name for name, kind, *_ in fetch_rows(con, "DESCRIBE given") if str(kind).startswith("VARCHAR")]
        typed = ", ".join(f"{typed_sql(con, 'given', quoted_name(name))} AS {quoted_name(name)}" for name in texts)
        con.execute(f"CREATE TEMP VIEW typed AS SELECT *{f' REPLACE ({typed})' if typed else ''} FROM given")
        found = find_total_rows(con, "typed", arm)
        return (without_rows(con, rows, found) if found else rows), found


def without_rows(con: duckdb.DuckDBPyConnection, rows: Any, left_out: Collection[int]) -> pa.Table:
    """Return the rows without some, counted from 1."""
    con.register("whole", rows)
    found = fetch_arrow(
        con,
        "SELECT * EXCLUDE (__row__) FROM (SELECT row_number() OVER () AS __row__, * FROM whole) AS numbered "
        f"WHERE __row__ NOT IN ({', '.join(map(str, left_out))}) ORDER BY __row__",
    )
    con.unregister("whole")
    return found


def _labelled(table: pd.DataFrame, keys: list[str], counts: list[str], arm: str | None) -> list[int]:
    """Return the places of rows of which a cell says total."""
    said = table[keys].map(_says)
    marked = said != ""
    found: list[int] = []
    for over, rows in table.groupby([marked[name] for name in keys], sort=False):
        sums_up = [name for name, one in zip(keys, over, strict=True) if one]
        others = [name for name in keys if name not in sums_up]
        if not sums_up:
            continue
        parts = table[~marked[sums_up].any(axis=1)]
        places = rows.index
        whole = parts.assign(__all__="").groupby(["__all__", *others], sort=False)[counts]
        own = rows.assign(__all__="").set_index(["__all__", *others])[counts]
        n, most, sums = (one.reindex(own.index) for one in (whole.size(), whole.max(), whole.sum()))
        words = said.loc[places, sums_up]
        # Of an empty or ambiguous cell in the column of the arms, only the numbers tell whether it is an arm.
        sure = (words == "total").any(axis=1)
        if len(keys) > 1 and arm not in sums_up:
            sure |= (words == "all").any(axis=1)
        size = counts[0]
        between = (most[size] <= own[size]) & (own[size] <= sums[size])
        exact = own.eq(sums) & own.gt(0)
        proven = exact[size] & (exact.sum(axis=1) >= LEAST_SUMS)
        is_total = (n >= LEAST_ROWS - 1).to_numpy() & ((sure.to_numpy() & between.to_numpy()) | proven.to_numpy())
        found += [int(place) for place in places[is_total]]
    return found


def _says(cell: str) -> str:
    """Return whether a cell says ``"total"``, may mean all (``"all"``), holds nothing (``"empty"``), or is a name."""
    if not cell:
        return "empty"
    if len(cell) > 60:
        return ""
    if _TOTAL.search(cell):
        return "total"
    return "all" if _MAY_MEAN_ALL.search(cell) or _NAMES_TOTAL.search(cell) else ""


def _proven(table: pd.DataFrame, keys: list[str], counts: list[str]) -> Iterator[int]:
    """Give the places of rows that are the sum of all others that have their other words, by the numbers alone.

    A word of a column is a total where all its rows are; a row may also sum up all others, whatever its words are.
    Where no word of a column stands twice beside other columns, they are ids.
    """
    single = [(name,) for name in keys if len(keys) == 1 or table[name].duplicated().any()]
    for over in [*single, *([tuple(keys)] if len(keys) > 1 else [])]:
        others = [name for name in keys if name not in over]
        groups = table.groupby(others, sort=False) if others else table.groupby(lambda _: 0)
        whole = groups[counts].transform("sum")
        n = groups[counts[0]].transform("size")
        exact = (table[counts] * 2 == whole) & (table[counts] > 0)
        sums = exact[counts[0]] & (exact.sum(axis=1) >= LEAST_SUMS) & (n >= LEAST_ROWS)
        words = table[list(over)].agg("\0".join, axis=1)
        found = table.index[sums.groupby(words).transform("all")]
        if len(found) and len(found) < len(table) / 2:
            yield from (int(place) for place in found)
            table = table.drop(index=found)
