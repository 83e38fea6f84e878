"""A table as it was given, made ready to be read: its columns checked, its text typed, its arms found."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_rows, fetch_value, quoted_name
from analysis.errors import AnalysisError
from analysis.experiments.rows.clusters import check_clusters
from analysis.experiments.rows.labels import Slip, find_arms
from analysis.experiments.rows.stage import stage
from analysis.experiments.rows.table import typed_sql
from analysis.experiments.rows.total_rows import find_total_rows, without_rows
from analysis.experiments.rows.totals import MOST_ROWS, check_totals, refuse_unsaid_totals

if TYPE_CHECKING:
    import duckdb

    from analysis.experiments.rows.params import ReadParams


def prepare(
    con: duckdb.DuckDBPyConnection, rows: Any, params: ReadParams, planned: Collection[str] = ()
) -> tuple[list[str], dict[str, str], tuple[Slip, ...], tuple[int, ...]]:
    """Create ``rows`` and what ``stage`` makes of them.

    Return the arms, spellings read as another, slips, and the rows that add up others, which are left out.
    """
    con.register("rows", rows)
    _check_columns(types_of(con), params)
    _type_text(con, rows, params)
    totals = find_total_rows(con, "rows", params.arm) if params.unit is None else ()
    if totals:
        rows = without_rows(con, rows, totals)
        con.execute("DROP VIEW IF EXISTS rows")
        con.register("rows", rows)
        _type_text(con, rows, params)
    types = types_of(con)
    check_totals(params)
    check_clusters(params)
    refuse_unsaid_totals(con, params)
    arms, merged, strays = find_arms(con, params.arm, params.control, planned)
    stage(con, types, params, arms, merged)
    return arms, merged, strays, totals


def types_of(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Return the columns of ``rows`` with their types in SQL."""
    return {name: str(kind) for name, kind, *_ in fetch_rows(con, "DESCRIBE rows")}


def _type_text(con: duckdb.DuckDBPyConnection, rows: Any, params: ReadParams) -> None:
    """Let ``rows`` be the rows with their columns of text typed; of a large table those that are read as figures."""
    words = {params.arm, params.unit, params.segment, params.crossed, params.cluster}
    read = {params.day, params.customers, *params.covariates}
    read |= {name for metric in params.metrics for name in (metric.column, metric.denominator)}
    few = fetch_value(con, "SELECT count(*) FROM (SELECT 1 FROM rows LIMIT ?)", [MOST_ROWS + 1]) <= MOST_ROWS
    texts = [
        name for name, kind in types_of(con).items() if kind.startswith(("VARCHAR", "ENUM")) and (name in read or few)
    ]
    typed = {name: typed_sql(con, "rows", quoted_name(name)) for name in texts if name in read or name not in words}
    if typed:
        con.unregister("rows")
        con.register("as_given", rows)
        listed = ", ".join(f"{what} AS {quoted_name(name)}" for name, what in typed.items())
        con.execute(f"CREATE TEMP VIEW rows AS SELECT * REPLACE ({listed}) FROM as_given")


def _check_columns(types: dict[str, str], params: ReadParams) -> None:
    if not params.metrics:
        raise AnalysisError("experiment_no_metric")
    if params.crossed is not None and params.segment is None:
        raise AnalysisError("experiment_crossed_alone")
    for metric in params.metrics:
        if (metric.kind == "ratio") != (metric.denominator is not None):
            raise AnalysisError("experiment_no_denominator", metric=metric.column)
        if metric.cap is not None and (metric.kind != "mean" or not 0.5 <= metric.cap < 1):
            raise AnalysisError("experiment_bad_quantile", quantile=metric.cap)
        if (metric.kind == "quantile") != (metric.quantile is not None) or not 0.01 <= (metric.quantile or 0.5) <= 0.99:
            raise AnalysisError("experiment_bad_metric_quantile", quantile=metric.quantile)
    names = [metric.name for metric in params.metrics]
    if len(set(names)) < len(names):  # the sums of both would be added up
        raise AnalysisError("experiment_metric_twice", metric=max(names, key=names.count))
    wanted = [params.arm, params.unit, params.day, params.segment, params.crossed, *params.covariates]
    wanted += [params.customers, params.cluster]
    wanted += [name for metric in params.metrics for name in (metric.column, metric.denominator)]
    for name in wanted:
        if name is not None and name not in types:
            raise AnalysisError("experiment_unknown_column", column=name, known=tuple(types))
