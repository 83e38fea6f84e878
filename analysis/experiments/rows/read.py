"""From a table of results to sufficient statistics: one pass in DuckDB, every row kept or counted as set aside."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_frame, fetch_value, literals, look, quoted_name
from analysis.errors import AnalysisError
from analysis.experiments.arms.quantiles import QuantileStatistic
from analysis.experiments.arms.statistics import SUMS, Statistic, statistic_of_rows
from analysis.experiments.rows.clusters import gather
from analysis.experiments.rows.covariates import Adjustment, adjust, covariates_by_arm
from analysis.experiments.rows.labels import MAX_ARMS, Slip, first_row
from analysis.experiments.rows.params import Metric, ReadParams
from analysis.experiments.rows.prepare import prepare, types_of
from analysis.experiments.rows.quantiles import read_quantiles
from analysis.experiments.rows.stage import (
    CROSS,
    NONE,
    OTHER,
    before_assignment,
    count_rows,
    is_dated,
    stray_cells,
)
from analysis.experiments.rows.sums import MAX_LEVELS, folded_levels, sum_up
from analysis.experiments.rows.ticked import ticked
from analysis.experiments.rows.totals import check_rows_of_totals, in_table
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import pandas as pd

__all__ = ["MAX_ARMS", "MAX_LEVELS", "NONE", "OTHER", "ExperimentData", "Metric", "ReadParams", "RowCounts", "Slip"]
__all__ += ["read_experiment", "read_values"]


@dataclass(frozen=True)
class RowCounts:
    """Rows read, and where they went: ``read`` is the sum of the others; ``units_in_two_arms`` counts customers."""

    read: int
    kept: int
    no_arm: int
    no_unit: int
    outside_dates: int
    in_two_arms: int
    units_in_two_arms: int


@dataclass(frozen=True)
class ExperimentData(Tabular, rows="cells"):
    """An experiment as sums.

    Attributes
    ----------
    arms : tuple of str
        Labels, control first; ``merged`` maps every other spelling found to the label it was read as.
    cells : DataFrame, one row per segment, arm and metric
        ``segment`` (``OTHER`` beyond the 20 largest, ``NONE`` without one), ``arm``, ``metric``, ``n`` (customers with
        a value), ``top``, ``top_squares`` (sums), ``away`` (the sum of the values less a number in the midst of all),
        ``about``, ``third`` (sums of squares and cubes about the mean), ``bottom``, ``bottom_squares``, ``products``
        (sums), ``adjusted``, ``adjusted_squares``, ``adjusted_away``, ``adjusted_about``, ``adjusted_third``,
        ``adjusted_products`` (the same of the outcome less what was known before, empty without covariates),
        ``missing`` (customers without a value), ``largest`` (value).
    days : DataFrame, one row per day, arm and metric
        The same sums by the customer's first day; empty without a day column.
    counts : RowCounts
    parts : dict of segment to its levels
        Two for crossed dimensions, otherwise the segment itself.
    adjustments : dict of metric to Adjustment
        What the covariates took out; empty without covariates.
    covariates : DataFrame, one row per covariate and arm
        ``covariate``, ``arm``, ``n`` (customers), ``known`` (those with a value), ``mean``, ``sd``.
    strays : tuple of Slip
        Labels of hardly any row that are no arm; their rows are counted as ``no_arm``.
    stray_cells : dict of metric to (cells, the row of the first of them)
        Cells of a share that are neither 0 nor 1; these customers are missing in it.
    converted_before : dict of metric to rows
        Conversions dated before the assignment, which do not count.
    quantiles : dict of metric, arm and segment (None is the whole arm) to QuantileStatistic
        Of the metrics that are quantiles.
    ticked : dict of metric to (the cell that says yes, rows without one)
        Shares of a column that says yes or holds nothing; nothing was read as no. "…" for a word that is no usual one.
    cluster : str, optional
        The column of what was given an arm in place of customers: ``n`` then counts clusters, ``top`` adds up the means
        of their customers, and a share is read as a mean; ``gathered`` are the customers of each arm,
        and ``moved`` those left out because they have another arm than most of their cluster.
    totals : bool
        Whether the rows were totals; those of days then count a customer on each day anew.
    total_rows : tuple of int
        Rows of the table, counted from 1, that add up others; they are left out, and of no count.
    """

    arms: tuple[str, ...]
    merged: dict[str, str]
    metrics: tuple[Metric, ...]
    cells: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)
    counts: RowCounts
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    adjustments: dict[str, Adjustment] = field(default_factory=dict, repr=False)
    covariates: pd.DataFrame | None = field(default=None, repr=False)
    strays: tuple[Slip, ...] = field(default=(), repr=False)
    stray_cells: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    converted_before: dict[str, int] = field(default_factory=dict, repr=False)
    totals: bool = False
    quantiles: dict[tuple[str, str, str | None], QuantileStatistic] = field(default_factory=dict, repr=False)
    ticked: dict[str, tuple[str, int]] = field(default_factory=dict, repr=False)
    cluster: str | None = None
    gathered: dict[str, int] = field(default_factory=dict, repr=False)
    moved: int = 0
    total_rows: tuple[int, ...] = ()

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return self.arms[0]

    @property
    def treatments(self) -> tuple[str, ...]:
        """The arms that are compared with control."""
        return self.arms[1:]

    @property
    def segments(self) -> tuple[str, ...]:
        """The levels read, in the order of their names."""
        return tuple(sorted({segment for _, _, segment in self._sums if segment is not None}))

    def metric(self, name: str) -> Metric:
        """Return a metric by its name; ``experiment_unknown_metric``."""
        for metric in self.metrics:
            if metric.name == name:
                return metric
        raise AnalysisError("experiment_unknown_metric", metric=name, known=tuple(each.name for each in self.metrics))

    def sizes(self) -> dict[str, int]:
        """Return customers per arm, those without a value included."""
        first = self.cells[self.cells["metric"] == self.metrics[0].name]
        return {
            arm: int(part[["n", "missing"]].to_numpy().sum())
            for arm in self.arms
            for part in [first[first["arm"] == arm]]
        }

    def statistic(self, metric: str, arm: str, segment: str | None = None) -> Statistic:
        """Return the sums of one arm; ``experiment_unknown_metric``, ``experiment_empty_arm`` when there are none."""
        kind = self.metric(metric).kind
        if kind != "quantile":
            kind = "mean" if self.cluster is not None else kind
            return statistic_of_rows(kind, self._sums_of(metric, arm, segment))
        found = self.quantiles.get((metric, arm, segment))
        if found is None:
            raise AnalysisError("experiment_empty_arm")
        return found

    def adjusted_statistic(self, metric: str, arm: str, segment: str | None = None) -> Statistic:
        """Return the same of the outcome less what was known before the start (CUPED); that of a share is a mean.

        Raises ``experiment_no_covariate`` where nothing could be taken out.
        """
        found = self.adjustments.get(metric)
        if found is None or not found.explained > 0 or self.metric(metric).kind == "quantile":
            raise AnalysisError("experiment_no_covariate", metric=metric)
        return statistic_of_rows(self.metric(metric).kind, self._sums_of(metric, arm, segment), adjusted=True)

    def _sums_of(self, metric: str, arm: str, segment: str | None) -> np.ndarray:
        found = self._sums.get((metric, arm, segment))
        if found is None:
            raise AnalysisError("experiment_empty_arm")
        return found

    @cached_property
    def _sums(self) -> dict[tuple[str, str, str | None], np.ndarray]:
        """The sums of every row of ``cells`` as an array, and those of all segments under None."""
        import numpy as np

        values = self.cells[list(SUMS)].to_numpy(dtype=float, na_value=np.nan)
        found: dict[tuple[str, str, str | None], list[int]] = {}
        for i, (metric, arm, segment) in enumerate(self.cells[["metric", "arm", "segment"]].itertuples(index=False)):
            found.setdefault((metric, arm, segment), []).append(i)
            found.setdefault((metric, arm, None), []).append(i)
        return {key: values[np.array(places)] for key, places in found.items()}


def read_experiment(
    rows: Any, params: ReadParams, *, planned: Collection[str] = (), left_out: Collection[int] = ()
) -> ExperimentData:
    """Read an experiment from rows of customers or of events.

    Parameters
    ----------
    rows : pandas frame, Arrow table or DuckDB relation
        Columns as named in ``params``; outcomes, days and covariates of text are typed as those of a file.
    planned : collection of str
        The arms as they were planned, where that is known: other labels of hardly any row are slips.
    left_out : collection of int
        Rows of the whole table, counted from 1, that add up others and are no longer among ``rows``.

    Raises
    ------
    AnalysisError
        ``experiment_unknown_column``, ``experiment_no_metric``, ``experiment_no_denominator``,
        ``experiment_metric_twice``, ``experiment_crossed_alone``, ``experiment_bad_quantile``,
        ``experiment_bad_metric_quantile``, ``experiment_one_arm``, ``experiment_too_many_arms``,
        ``experiment_unknown_control``, ``experiment_text_outcome``, ``experiment_infinite``,
        ``experiment_unreadable_days``,
        ``experiment_nobody_left``, ``experiment_not_binary``, ``experiment_no_values``; a table of totals read as
        customers ``experiment_rows_are_totals``, and one that cannot be read ``experiment_totals_only_shares``,
        ``experiment_totals_alone``, ``experiment_totals_incomplete``, ``experiment_not_whole``,
        ``experiment_negative_count``, ``experiment_more_conversions_than_visitors``; by cluster
        ``experiment_cluster_alone``, ``experiment_cluster_in_two_arms``, ``experiment_few_clusters``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"group": ["A", "a ", "B", "B"], "bought": [0, 1, 1, 1]})
    >>> data = read_experiment(rows, ReadParams(arm="group", metrics=(Metric(column="bought"),)))
    >>> data.statistic("bought", "B")
    ProportionStatistic(n=2, successes=2)
    """

    with look() as con:
        arms, merged, strays, found = prepare(con, rows, params, planned)
        total_rows = tuple(sorted({*left_out, *(in_table(row, left_out) for row in found)}))
        types = types_of(con)
        cells_apart = _stray_cells(con, types, params)
        ticks = _ticks(con, types, params)
        check_rows_of_totals(con, params, total_rows)
        before = _converted_before(con, types, params)
        counts = _counts(count_rows(con))
        if counts.kept == 0:
            raise AnalysisError("experiment_nobody_left", read=counts.read, outside_dates=counts.outside_dates)
        adjustments = adjust(con, params)
        gathered, moved = gather(con, params, arms) if params.cluster else ({}, 0)
        covariates = covariates_by_arm(con, params, arms) if params.covariates else None
        cells, parts = _named(sum_up(con, "segment", params, arms), params.crossed is not None)
        quantiles = _quantiles(con, params, arms)
        empty = cells.iloc[:0].rename(columns={"segment": "day"})
        days = sum_up(con, "day", params, arms) if params.day and not params.cluster else empty
    for metric in params.metrics:
        part = cells[cells["metric"] == metric.name]
        if part["n"].sum() == 0:
            raise AnalysisError("experiment_no_values", metric=metric.name)
        if metric.kind == "proportion" and not params.cluster and (part["top"] != part["top_squares"]).any():
            raise AnalysisError("experiment_not_binary", value=float(part["largest"].max()))
    present = tuple(arm for arm in arms if (cells["arm"] == arm).any())
    if len(present) < 2:
        raise AnalysisError("experiment_one_arm")
    return ExperimentData(
        present, merged, params.metrics, cells, days, counts, parts, adjustments, covariates, strays, cells_apart,
        before, params.customers is not None, quantiles, ticks, params.cluster,
        gathered, moved, total_rows,
    )  # fmt: skip


def read_values(rows: Any, params: ReadParams, metric: str) -> dict[str, np.ndarray]:
    """Return the values of one metric per arm, control first, for tests that need every value.

    Mann–Whitney and the bootstrap do; customers without a value are left out. A ratio has no value of one customer
    (``experiment_no_values``); other refusals as ``read_experiment``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"group": ["A", "A", "B", "B"], "spend": [0.0, 4.0, 1.0, 9.0]})
    >>> choice = ReadParams(arm="group", metrics=(Metric(column="spend", kind="mean"),))
    >>> {arm: values.tolist() for arm, values in read_values(rows, choice, "spend").items()}
    {'A': [0.0, 4.0], 'B': [1.0, 9.0]}
    """
    found = next((item for item in params.metrics if item.name == metric), None)
    if found is None:
        raise AnalysisError("experiment_unknown_metric", metric=metric, known=tuple(m.name for m in params.metrics))
    if found.kind == "ratio" or params.customers is not None or params.cluster is not None:
        raise AnalysisError("experiment_no_values", metric=metric)
    with look() as con:
        params = params.model_copy(update={"metrics": (found,), "covariates": ()})
        arms, *_ = prepare(con, rows, params)
        adjust(con, params)
        part = fetch_frame(con, "SELECT arm, top0 FROM units WHERE NOT two AND top0 IS NOT NULL ORDER BY arm, top0")
    values = {label: part.loc[part["arm"] == code, "top0"].to_numpy(dtype=float) for code, label in enumerate(arms)}
    return {label: found for label, found in values.items() if len(found)}


def _quantiles(
    con: duckdb.DuckDBPyConnection, params: ReadParams, arms: list[str]
) -> dict[tuple[str, str, str | None], QuantileStatistic]:
    if all(metric.quantile is None for metric in params.metrics):
        return {}
    found = read_quantiles(con, params, arms, source=folded_levels(con))
    crossed = params.crossed is not None
    return {
        (metric, arm, None if one is None else _level(one, two if crossed else None)): statistic
        for (metric, arm, one, two), statistic in found.items()
    }


def _level(one: str, two: str | None) -> str:
    return one if two is None or one == OTHER else f"{one}{CROSS}{two}"


def _stray_cells(
    con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams
) -> dict[str, tuple[int, int]]:
    """Return how many cells of each share are neither 0 nor 1, where they are a few, and the row of the first."""
    found = {}
    for metric in params.metrics:
        if metric.kind == "proportion" and params.customers is None and not is_dated(types, metric):
            strays = stray_cells(con, metric.column, types[metric.column], "rows")
            if strays:
                text = f"lower(trim(CAST({quoted_name(metric.column)} AS VARCHAR)))"
                row = first_row(con, f"{text} IN ({literals(strays)})")
                found[metric.name] = (sum(strays.values()), row)
    return found


def _ticks(con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams) -> dict[str, tuple[str, int]]:
    """Return the shares whose column says yes or holds nothing."""
    found = {}
    for metric in params.metrics:
        if metric.kind == "proportion" and params.customers is None:
            ticks = ticked(con, metric.column, types[metric.column])
            if ticks is not None:
                found[metric.name] = (ticks.shown, ticks.n_empty)
    return found


def _converted_before(con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ReadParams) -> dict[str, int]:
    found = {}
    for metric in params.metrics:
        if params.day is not None and is_dated(types, metric):
            condition = before_assignment(con, types, params, metric)
            found[metric.name] = int(fetch_value(con, f"SELECT count(*) FROM rows WHERE {condition}"))
    return {name: n for name, n in found.items() if n}


def _counts(found: dict[str, int]) -> RowCounts:
    no_arm, no_unit, outside = (found.get(key, 0) for key in ("no_arm", "no_unit", "outside_dates"))
    two, units, kept = found["in_two_arms"], found["units_in_two_arms"], found.get("kept", 0)
    return RowCounts(kept + no_arm + no_unit + outside, kept - two, no_arm, no_unit, outside, two, units)


def _named(cells: pd.DataFrame, crossed: bool) -> tuple[pd.DataFrame, dict[str, tuple[str, ...]]]:
    """Return the cells with one name per level, and the parts of each name."""
    if not crossed:
        return cells.drop(columns="second"), {name: (name,) for name in cells["segment"].unique()}
    parts = {
        _level(one, two): (OTHER,) if one == OTHER else (one, two)
        for one, two in cells[["segment", "second"]].drop_duplicates().itertuples(index=False)
    }
    names = [_level(one, two) for one, two in zip(cells["segment"], cells["second"], strict=True)]
    return cells.assign(segment=names).drop(columns="second"), parts
