"""A table of results from a file: its cells typed, and its customers joined with what a study knows of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.booleans import read_flags
from analysis.engine import fetch_arrow, fetch_row, fetch_value, look, quoted_name
from analysis.errors import AnalysisError
from analysis.intake.cells.dates import date_form, timestamp
from analysis.intake.cells.flags import distinct_cells, flag_sql
from analysis.intake.cells.values import (
    NOTHING,
    column_style,
    identifier,
    is_nothing,
    looks_like_number,
    number,
    one_of,
)
from analysis.intake.suggesting.describe import scan

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa

    from analysis.intake.tables import RawTable

# What a breakdown column from a study is called beside the columns of the table.
STUDY = "study."
_DATES_LOOKED_AT = 50_000
_CELLS_LOOKED_AT = 200
# Words for nothing that name those who got nothing, where they fill this share of the rows of a column of few labels.
_GOT_NOTHING, _OFTEN, _FEW_LABELS = ("none", "nil", "无"), 0.05, 50


@dataclass(frozen=True)
class Joined:
    """The rows with the columns of the study.

    ``known`` and ``unknown`` count customers of the table, ``added`` those of the study who have no row in it.
    """

    rows: pa.Table = field(repr=False)
    known: int
    unknown: int
    added: int = 0


def results_table(table: RawTable, *, text: Collection[str] = ()) -> pa.Table:
    """Return the rows of a raw table under their headers, typed as ``type_rows`` does.

    Raises ``experiment_no_rows``.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> [raw] = read_file("id,arm,spend\\n007,A,\\"1,200\\"\\n008,B,¥3\\n".encode())
    >>> results_table(raw, text=("id",)).to_pylist()
    [{'id': '007', 'arm': 'A', 'spend': 1200.0}, {'id': '008', 'arm': 'B', 'spend': 3.0}]
    """
    return type_rows(text_rows(table), text=text)


def text_rows(table: RawTable) -> pa.Table:
    """Return the rows of a raw table under their headers, every cell as text; ``experiment_no_rows``."""
    if table.n_rows == 0:
        raise AnalysisError("experiment_no_rows", file=table.file)
    columns = ", ".join(f"c{i} AS {quoted_name(header)}" for i, header in enumerate(table.columns))
    with look() as con, scan(con, table) as rows:
        return fetch_arrow(con, f"SELECT {columns} FROM {rows}")


def type_rows(rows: pa.Table, *, text: Collection[str] = ()) -> pa.Table:
    """Return rows of text with numbers, dates and yes and no typed where every filled cell of a column is one.

    Parameters
    ----------
    rows : pyarrow table
        Every column is text.
    text : collection of str
        Columns left as text (customer ids without the ``.0`` of a number column, arms, segments), so that 007 stays
        007 and 1 does not become 1.0. "none" and 无 are missing there, unless they are a label that many rows have:
        those who got nothing.
    """
    with look() as con:
        con.register("cells", rows)
        parts = []
        for header in rows.column_names:
            raw = quoted_name(header)
            what = _label(con, "cells", raw) if header in text else typed_sql(con, "cells", raw)
            parts.append(f"{what} AS {raw}")
        return fetch_arrow(con, f"SELECT {', '.join(parts)} FROM cells")


def join_study(
    rows: pa.Table, unit: str, customers: pd.DataFrame, *, everyone: str | None = None, outcomes: Collection[str] = ()
) -> Joined:
    """Add what a study knows of each customer, joined on the id as text.

    Parameters
    ----------
    rows : pyarrow table
        ``unit`` is its column of customers, as text.
    customers : DataFrame, one row per customer of the study
        ``customer_id`` and the columns to add; they come out with ``STUDY`` before their names. Where the table knows
        none of the ids, they are taken by their masks, as lists show them.
    everyone : str, optional
        A column of ``customers``, such as the arm they were assigned: whoever has a value there and no row in the table
        gets one, with 0 in the ``outcomes``. Leaving out those who did nothing compares responders only.

    Raises
    ------
    AnalysisError
        ``experiment_no_common_customer``: not one customer of the table is in the study.

    Examples
    --------
    >>> import pandas as pd, pyarrow as pa
    >>> found = join_study(
    ...     pa.table({"id": ["1", "2"]}), "id", pd.DataFrame({"customer_id": ["1", "9"], "rfm": ["new", "loyal"]})
    ... )
    >>> found.known, found.unknown, found.rows.to_pylist()
    (1, 1, [{'id': '1', 'study.rfm': 'new'}, {'id': '2', 'study.rfm': None}])
    """
    added = [name for name in customers.columns if name != "customer_id"]
    with look() as con:
        con.register("results", rows)
        con.register("customers", customers)
        key = f"trim(CAST(results.{quoted_name(unit)} AS VARCHAR))"
        known, unknown = _common(con, key)
        if known == 0:  # a list that was sent with its ids masked comes back with them
            con.register("customers", _as_shown(customers))
            known, unknown = _common(con, key)
        if known == 0:
            raise AnalysisError("experiment_no_common_customer", column=unit)
        columns = ", ".join(f"customers.{quoted_name(name)} AS {quoted_name(STUDY + name)}" for name in added)
        joined = fetch_arrow(
            con,
            f"SELECT results.*{', ' + columns if columns else ''} FROM results "
            f"LEFT JOIN customers ON customers.customer_id = {key}",
        )
        if everyone is None:
            return Joined(joined, int(known), int(unknown))
        con.register("joined", joined)
        query = (
            f"SELECT customer_id AS {quoted_name(unit)}, "
            f"{', '.join(_nothing(joined, name) for name in outcomes) or '0'}, "
            f"{', '.join(f'{quoted_name(name)} AS {quoted_name(STUDY + name)}' for name in added)} FROM customers "
            f"WHERE {quoted_name(everyone)} IS NOT NULL AND customer_id NOT IN (SELECT {key} FROM results "
            f"WHERE {quoted_name(unit)} IS NOT NULL)"
        )
        con.register("silent", fetch_arrow(con, query))
        whole = fetch_arrow(con, "SELECT * FROM joined UNION ALL BY NAME SELECT * FROM silent")
    return Joined(whole, int(known), int(unknown), whole.num_rows - joined.num_rows)


def _common(con: duckdb.DuckDBPyConnection, key: str) -> tuple[int, int]:
    """Return how many customers of the results are in the study, and how many are not."""
    known, unknown = fetch_row(
        con,
        f"SELECT count(DISTINCT {key}) FILTER (customers.customer_id IS NOT NULL), "
        f"count(DISTINCT {key}) FILTER (customers.customer_id IS NULL) "
        f"FROM results LEFT JOIN customers ON customers.customer_id = {key}",
    )
    return int(known), int(unknown)


def _as_shown(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customers under the masked ids of lists, which tell them apart as well; as they are without masks."""
    from analysis.profiles.personal import shown_people

    ids = customers["customer_id"].astype("str")
    shown = shown_people(ids, None, among=ids)
    return customers.assign(customer_id=[shown[one] for one in ids])


def _nothing(rows: pa.Table, outcome: str) -> str:
    """Write the outcome of a customer who did nothing: 0, and no date where it is the date of a conversion."""
    from pyarrow import types

    dated = types.is_temporal(rows.schema.field(outcome).type)
    return f"{'NULL' if dated else '0'} AS {quoted_name(outcome)}"


def _label(con: duckdb.DuckDBPyConnection, rows: str, raw: str) -> str:
    """Write a column of ids or labels; in a column of few labels, a frequent word for nothing is one of them."""
    says = one_of(f"lower(trim({raw}))", _GOT_NOTHING)
    often, n = fetch_row(con, f"SELECT count(*) FILTER (strlen({raw}) < 9 AND {says}), count(*) FROM {rows}")
    if often == 0 or often < n * _OFTEN:
        return identifier(raw)
    labels = fetch_value(con, f"SELECT count(DISTINCT {raw}) FROM {rows}")
    if labels > _FEW_LABELS:
        return identifier(raw)
    return identifier(raw, nothing=tuple(word for word in NOTHING if word not in _GOT_NOTHING))


def typed_sql(con: duckdb.DuckDBPyConnection, rows: str, raw: str) -> str:
    """Write the column as number, date or yes and no when every filled cell reads as one, else as text."""
    # Counted over distinct cells: most columns repeat themselves, and reading text is slow.
    cells = f"(SELECT DISTINCT {raw} FROM {rows} WHERE NOT {is_nothing(raw)})"
    dated = f"({raw} LIKE '%-%-%' OR {raw} LIKE '%/%/%' OR {raw} LIKE '%.%.%' OR {raw} LIKE '%年%')"
    flags = read_flags(distinct_cells(con, rows, raw), nothing=NOTHING)
    filled, plain, iso, dates = fetch_row(
        con,
        f"SELECT count(*), count(TRY_CAST({raw} AS DOUBLE)), "
        f"count(*) FILTER ({raw} LIKE '____-__-__' AND TRY_CAST({raw} AS DATE) IS NOT NULL), "
        f"count(*) FILTER ({dated}) FROM {cells}",
    )
    text = f"nullif(trim({raw}), '')"
    if flags is not None and plain < filled:
        return flag_sql(raw, flags)
    if filled == 0:
        return text
    if plain == filled:
        return f"CASE WHEN NOT isnan(TRY_CAST({raw} AS DOUBLE)) THEN TRY_CAST({raw} AS DOUBLE) END"
    if iso == filled:
        return f"TRY_CAST({raw} AS DATE)"
    if dates == filled:
        seen = con.execute(f"SELECT {raw} FROM {cells} ORDER BY hash({raw}), {raw} LIMIT {_DATES_LOOKED_AT}")
        read = f"CAST({timestamp(raw, form=date_form([cell for (cell,) in seen.fetchall()]))} AS DATE)"
        return read if _all_read(con, rows, raw, read) else text
    looks = con.execute(f"SELECT {raw} FROM {cells} ORDER BY hash({raw}), {raw} LIMIT {_CELLS_LOOKED_AT}")
    if not all(looks_like_number(cell) for (cell,) in looks.fetchall()):
        return text
    read = number(raw, decimal=column_style(con, rows, raw))
    return (
        f"CAST(CASE WHEN NOT {is_nothing(raw)} THEN {read} END AS DOUBLE)" if _all_read(con, rows, raw, read) else text
    )


def _all_read(con: duckdb.DuckDBPyConnection, rows: str, raw: str, read: str) -> bool:
    query = f"SELECT count(*) FROM {rows} WHERE NOT {is_nothing(raw)} AND ({read}) IS NULL"
    return fetch_value(con, query) == 0
