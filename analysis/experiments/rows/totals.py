"""Tables of totals: one row per variant, or per day and variant, with its customers and its conversions.

A row is then many customers, not one. Shares can be read from totals; means cannot, as nothing says how they vary.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, quoted_name
from analysis.errors import AnalysisError
from analysis.experiments.rows.labels import first_row
from analysis.experiments.rows.params import written_as
from analysis.experiments.rows.stage import WHOLE_OR_DECIMAL
from analysis.experiments.rows.ticked import OUTCOME

if TYPE_CHECKING:
    import duckdb

    from analysis.experiments.rows.params import ReadParams

# Rows of a table of totals at most: ten arms for a year of days by segment are no more.
MOST_ROWS = 5000
# Of all combinations of arm and day, so many have a row.
_NEARLY = 0.8
# A table by day has more rows at least.
_FEWEST_DAYS = 5
# Customers in the middle row at least: rows of single customers hold a one, or a few visits.
_MANY = 10
COLUMN_TYPES = (*WHOLE_OR_DECIMAL, "FLOAT", "DOUBLE")
_COUNTS = re.compile(
    r"^(n|size|total)$|visitors|users|customers|clients|members|people|recipients|sessions|participants|impressions"
    r"|sample|sent\b|delivered|reached|人数|人次|访客数?|用户数|客户数|会员数|样本|曝光|发送|触达|送达|\buv\b",
    re.IGNORECASE,
)


def totals_column(con: duckdb.DuckDBPyConnection, rows: str, arm: str) -> tuple[str, tuple[str, ...]] | None:
    """Return the column of customers of a table of totals and those of its conversions; None for other tables.

    It is one when the arm and the other words and dates stand in one row each, and a column named like a number of
    people holds whole numbers, none of them below those of another column. Under any other heading such a column is one
    where the rows are those of a table of totals: each arm once, or once for (nearly) every day or other key.
    """
    types = {name: str(kind) for name, kind, *_ in fetch_rows(con, f"DESCRIBE {rows}")}
    [n] = fetch_row(con, f"SELECT count(*) FROM {rows}")
    if not 2 <= n <= MOST_ROWS:
        return None
    keys = [name for name, kind in types.items() if name == arm or not kind.startswith(COLUMN_TYPES)]
    numbers = [name for name in types if name not in keys]
    if len(numbers) < 2:
        return None
    is_grid = _is_grid(con, rows, arm, keys, n)
    if not is_grid:  # the number of a day or week, the code of a store
        more = next((name for name in numbers if _is_grid(con, rows, arm, [*keys, name], n)), None)
        keys, is_grid = [*keys, *([more] if more else [])], more is not None
        if more is None and _distinct(con, rows, keys) < n:
            return None
    counted = [name for name in numbers if name not in keys and _are_counts(con, rows, name)]
    sizes = [name for name in counted if _COUNTS.search(name)]
    if is_grid:
        # Money is a whole number as well, and no number of customers; what was done is, where nothing else is.
        rest = [name for name in counted if name not in sizes and written_as("mean", name) != "revenue"]
        sums = {name: fetch_row(con, f"SELECT sum({quoted_name(name)}) FROM {rows}")[0] for name in rest}
        sizes += sorted(rest, key=lambda name: (OUTCOME.search(name) is not None, -sums[name], name))
    for size in sizes:
        value = quoted_name(size)
        others = [name for name in counted if name != size]
        inside = [name for name in others if _is_inside(con, rows, name, value)]
        if inside and _true(con, rows, f"median({value}) >= {_MANY}"):
            return size, tuple(inside)
    return None


def is_one_row_each(con: duckdb.DuckDBPyConnection, params: ReadParams) -> bool:
    """Say whether each arm stands once for nearly every day: such rows are totals, whatever the columns are called."""
    if params.day is None or params.unit is not None:
        return False
    [n] = fetch_row(con, "SELECT count(*) FROM rows")
    metrics = [quoted_name(metric.column) for metric in params.metrics]
    types = {name: str(kind) for name, kind, *_ in fetch_rows(con, "DESCRIBE rows")}
    if any(not types[metric.column].startswith(COLUMN_TYPES) for metric in params.metrics):
        return False
    keys = [params.arm, params.day, *(name for name in (params.segment, params.crossed, params.cluster) if name)]
    few = n <= MOST_ROWS and _is_grid(con, "rows", params.arm, keys, n)
    return few and n > _FEWEST_DAYS and any(_true(con, "rows", f"max({value}) > 1") for value in metrics)


def _is_grid(con: duckdb.DuckDBPyConnection, rows: str, arm: str, keys: list[str], n: int) -> bool:
    """Say whether each arm stands in one row of nearly every combination of the other keys, of two arms at least."""
    others = [name for name in keys if name != arm]
    arms, places = _distinct(con, rows, [arm]), _distinct(con, rows, others) if others else 1
    return arms >= 2 and n >= _NEARLY * arms * places and _distinct(con, rows, keys) == n


def _distinct(con: duckdb.DuckDBPyConnection, rows: str, names: list[str]) -> int:
    listed = ", ".join(map(quoted_name, names))
    return int(fetch_row(con, f"SELECT count(*) FROM (SELECT DISTINCT {listed} FROM {rows})")[0])


def _is_inside(con: duckdb.DuckDBPyConnection, rows: str, name: str, size: str) -> bool:
    value = quoted_name(name)
    return _true(con, rows, f"bool_and({value} <= {size}) AND sum({value}) < sum({size})")


def _are_counts(con: duckdb.DuckDBPyConnection, rows: str, name: str) -> bool:
    """Say whether a column holds whole numbers; a few empty cells are those of a total that is not complete."""
    value = quoted_name(name)
    return _true(con, rows, f"bool_and({value} >= 0 AND {value} = trunc({value})) AND 2 * count({value}) >= count(*)")


def in_table(row: int, left_out: Collection[int]) -> int:
    """Return the row of the table, counted from 1, that is a row of what is left without some.

    Examples
    --------
    >>> in_table(3, (1, 4))
    5
    """
    for other in sorted(left_out):
        row += other <= row
    return row


def _true(con: duckdb.DuckDBPyConnection, rows: str, condition: str) -> bool:
    return bool(fetch_row(con, f"SELECT {condition} FROM {rows}")[0])


def refuse_unsaid_totals(con: duckdb.DuckDBPyConnection, params: ReadParams) -> None:
    """Refuse a table of totals of which each row would be a customer.

    Raises ``experiment_rows_are_totals`` (column, n), and ``experiment_one_row_a_day`` (n) where no column of customers
    is seen.
    """
    if params.customers is not None:
        return
    found = totals_column(con, "rows", params.arm)
    if (found is None or params.unit not in (None, found[0])) and not is_one_row_each(con, params):
        return
    [n] = fetch_row(con, "SELECT count(*) FROM rows")
    if found is None:
        raise AnalysisError("experiment_one_row_a_day", n=n)
    raise AnalysisError("experiment_rows_are_totals", column=found[0], n=n)


def check_totals(params: ReadParams) -> None:
    """Refuse what totals cannot tell.

    Raises ``experiment_totals_only_shares`` (metric) for a mean or a ratio, ``experiment_totals_alone`` (column) for a
    column of single customers beside them.
    """
    if params.customers is None:
        return
    for metric in params.metrics:
        if metric.kind != "proportion":
            raise AnalysisError("experiment_totals_only_shares", metric=metric.name)
    for name in (params.unit, *params.covariates):
        if name is not None:
            raise AnalysisError("experiment_totals_alone", column=name)


def check_rows_of_totals(con: duckdb.DuckDBPyConnection, params: ReadParams, total_rows: Collection[int] = ()) -> None:
    """Refuse rows that are no totals, once they stand in ``sorted``.

    ``total_rows`` are those of the table that were left out before, counted from 1. Raises
    ``experiment_totals_incomplete`` (column, n, row), ``experiment_not_whole``, ``experiment_negative_count`` and
    ``experiment_more_conversions_than_visitors``.
    """
    if params.customers is None:
        return
    columns = {"size": params.customers, **{f"top{i}": metric.column for i, metric in enumerate(params.metrics)}}
    for name, column in columns.items():
        asked = f"count(*) FILTER ({name} IS NULL), min({name}), bool_and({name} = trunc({name}))"
        empty, least, whole = fetch_row(con, f"SELECT {asked} FROM sorted WHERE state = 'kept'")
        if empty:
            row = in_table(first_row(con, f"state = 'kept' AND {name} IS NULL", "sorted"), total_rows)
            raise AnalysisError("experiment_totals_incomplete", column=column, n=empty, row=row)
        if least is not None and least < 0:
            raise AnalysisError("experiment_negative_count", field="n" if name == "size" else "successes", value=least)
        if whole is False:
            query = f"SELECT min({name}) FROM sorted WHERE state = 'kept' AND {name} <> trunc({name})"
            field = "n" if name == "size" else "successes"
            raise AnalysisError("experiment_not_whole", field=field, value=fetch_row(con, query)[0])
    for i in range(len(params.metrics)):
        query = f"SELECT top{i}, size FROM sorted WHERE state = 'kept' AND top{i} > size LIMIT 1"
        for conversions, n in fetch_rows(con, query):
            raise AnalysisError("experiment_more_conversions_than_visitors", conversions=int(conversions), n=int(n))
