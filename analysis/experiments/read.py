"""From a table of results to sufficient statistics: one pass in DuckDB, every row kept or counted as set aside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from analysis.engine import connect
from analysis.errors import AnalysisError
from analysis.experiments.statistics import MeanStatistic, ProportionStatistic, RatioStatistic, Statistic
from analysis.params import Params

if TYPE_CHECKING:
    import pandas as pd

MAX_LEVELS = 20
MAX_ARMS = 10
OTHER = "__other__"
NONE = "__none__"
_TRUE = "('true','t','yes','y','1','是','对','有','已购买','已转化')"
_FALSE = "('false','f','no','n','0','否','错','无','未购买','未转化')"
_CONTROL = ("control", "对照", "对照组", "holdout", "baseline", "base", "none", "no e-mail", "no email", "a", "0")
_SUMS = ("n", "top", "top_squares", "bottom", "bottom_squares", "products", "missing")


class Metric(Params):
    """What is measured: a column, and for a ratio the column it is divided by.

    ``proportion`` counts a customer once, however many rows say yes; ``mean`` and ``ratio`` add up a customer's rows.
    """

    column: str
    kind: Literal["proportion", "mean", "ratio"] = "proportion"
    denominator: str | None = None

    @property
    def name(self) -> str:
        """The column, and for a ratio both."""
        return self.column if self.denominator is None else f"{self.column} / {self.denominator}"


class ReadParams(Params):
    """Which columns mean what; without ``unit`` each row is one customer. ``start`` and ``end`` are both inside."""

    arm: str
    metrics: tuple[Metric, ...]
    unit: str | None = None
    day: str | None = None
    segment: str | None = None
    control: str | None = None
    start: date | None = None
    end: date | None = None


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
class ExperimentData:
    """An experiment as sums.

    Attributes
    ----------
    arms : tuple of str
        Labels, control first; ``merged`` maps every other spelling found to the label it was read as.
    cells : DataFrame, one row per segment, arm and metric
        ``segment`` (``OTHER`` beyond the 20 largest, ``NONE`` without one), ``arm``, ``metric``, ``n`` (customers with
        a value), ``top``, ``top_squares``, ``bottom``, ``bottom_squares``, ``products`` (sums), ``missing`` (customers
        without a value), ``largest`` (value).
    days : DataFrame, one row per day, arm and metric
        The same sums by the customer's first day; empty without a day column.
    counts : RowCounts
    """

    arms: tuple[str, ...]
    merged: dict[str, str]
    metrics: tuple[Metric, ...]
    cells: pd.DataFrame = field(repr=False)
    days: pd.DataFrame = field(repr=False)
    counts: RowCounts

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return self.arms[0]

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
        kinds = {item.name: item.kind for item in self.metrics}
        if metric not in kinds:
            raise AnalysisError("experiment_unknown_metric", metric=metric)
        rows = self.cells[(self.cells["metric"] == metric) & (self.cells["arm"] == arm)]
        rows = rows if segment is None else rows[rows["segment"] == segment]
        return _statistic(kinds[metric], rows)


def read_experiment(rows: Any, params: ReadParams) -> ExperimentData:
    """Read an experiment from rows of customers or of events.

    Parameters
    ----------
    rows : pandas frame, Arrow table or DuckDB relation
        Columns as named in ``params``.

    Raises
    ------
    AnalysisError
        ``experiment_unknown_column``, ``experiment_no_metric``, ``experiment_no_denominator``, ``experiment_one_arm``,
        ``experiment_too_many_arms``, ``experiment_unknown_control``, ``experiment_text_outcome``,
        ``experiment_not_binary``, ``experiment_no_values``.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"group": ["A", "a ", "B", "B"], "bought": [0, 1, 1, 1]})
    >>> data = read_experiment(rows, ReadParams(arm="group", metrics=(Metric(column="bought"),)))
    >>> data.statistic("bought", "B")
    ProportionStatistic(n=2, successes=2)
    """

    with connect() as con:
        con.execute("SET enable_external_access = false")
        con.register("rows", rows)
        types = {name: str(kind) for name, kind, *_ in con.execute("DESCRIBE rows").fetchall()}
        _check_columns(types, params)
        arms, merged = _arms(con, params)
        _stage(con, types, params, merged | {arm: arm for arm in arms})
        counts = _counts(con)
        cells = _fold(_sums(con, "segment", params.metrics))
        days = _sums(con, "day", params.metrics) if params.day else cells.iloc[:0].rename(columns={"segment": "day"})
    for metric in params.metrics:
        part = cells[cells["metric"] == metric.name]
        if part["n"].sum() == 0:
            raise AnalysisError("experiment_no_values", metric=metric.name)
        if metric.kind == "proportion" and (part["top"] != part["top_squares"]).any():
            raise AnalysisError("experiment_not_binary", value=float(part["largest"].max()))
    present = [arm for arm in arms if (cells["arm"] == arm).any()]
    if len(present) < 2:
        raise AnalysisError("experiment_one_arm")
    return ExperimentData(tuple(present), merged, params.metrics, cells, days, counts)


def _statistic(kind: str, rows: pd.DataFrame) -> Statistic:
    n, top, top2, bottom, bottom2, both = (rows[key].sum() for key in _SUMS[:6])
    if kind == "proportion":
        return ProportionStatistic(int(n), int(top))
    if kind == "mean":
        return MeanStatistic(int(n), float(top), float(top2))
    return RatioStatistic(int(n), float(top), float(top2), float(bottom), float(bottom2), float(both))


def _check_columns(types: dict[str, str], params: ReadParams) -> None:
    if not params.metrics:
        raise AnalysisError("experiment_no_metric")
    for metric in params.metrics:
        if (metric.kind == "ratio") != (metric.denominator is not None):
            raise AnalysisError("experiment_no_denominator", metric=metric.column)
    wanted = [params.arm, params.unit, params.day, params.segment]
    wanted += [name for metric in params.metrics for name in (metric.column, metric.denominator)]
    for name in wanted:
        if name is not None and name not in types:
            raise AnalysisError("experiment_unknown_column", column=name)


def _arms(con: Any, params: ReadParams) -> tuple[list[str], dict[str, str]]:
    """Return the arms, control first, and the spellings read as another."""
    found = con.execute(
        f"SELECT CAST({_quoted(params.arm)} AS VARCHAR) AS label, count(*) AS n FROM rows GROUP BY 1 ORDER BY n DESC, 1"
    ).fetchall()
    spellings: dict[str, list[str]] = {}
    for label, _ in found:
        if label is not None and (key := " ".join(label.split()).casefold()):
            spellings.setdefault(key, []).append(label)
    if len(spellings) < 2:
        raise AnalysisError("experiment_one_arm")
    if len(spellings) > MAX_ARMS:
        raise AnalysisError("experiment_too_many_arms", arms=len(spellings), most=MAX_ARMS)
    # The most frequent spelling names the arm.
    names = {key: labels[0] for key, labels in spellings.items()}
    merged = {label: names[key] for key, labels in spellings.items() for label in labels[1:]}
    wanted = None if params.control is None else " ".join(params.control.split()).casefold()
    if wanted is not None and wanted not in names:
        raise AnalysisError("experiment_unknown_control", control=params.control)
    control = wanted or next((key for key in _CONTROL if key in names), sorted(names)[0])
    return [names[control], *(names[key] for key in sorted(names) if key != control)], merged


def _stage(con: Any, types: dict[str, str], params: ReadParams, labels: dict[str, str]) -> None:
    """Create ``kept``, one row per customer, and ``gone``, the counts of rows set aside."""
    con.execute("CREATE TABLE labels (label VARCHAR, arm VARCHAR)")
    con.executemany("INSERT INTO labels VALUES (?, ?)", list(labels.items()))
    values, sums = [], []
    for i, metric in enumerate(params.metrics):
        values.append(f"{_number(con, types, metric.column, metric.kind)} AS top{i}")
        sums.append(f"{'max' if metric.kind == 'proportion' else 'sum'}(top{i}) AS top{i}")
        bottom = "1.0" if metric.denominator is None else _number(con, types, metric.denominator, "mean")
        values.append(f"{bottom} AS bottom{i}")
        sums.append(f"sum(bottom{i}) AS bottom{i}")
    unit = "NULL" if params.unit is None else _quoted(params.unit)
    if params.unit is not None and types[params.unit] == "VARCHAR":
        unit = f"nullif(trim({unit}), '')"
    day = "NULL::DATE" if params.day is None else f"TRY_CAST({_quoted(params.day)} AS DATE)"
    segment = (
        f"'{NONE}'" if params.segment is None else f"coalesce(CAST({_quoted(params.segment)} AS VARCHAR), '{NONE}')"
    )
    inside = ["true"]
    if params.start is not None or params.end is not None:
        if params.day is None:
            raise AnalysisError("experiment_no_day_column")
        inside.append(f"day BETWEEN DATE '{params.start or date.min}' AND DATE '{params.end or date.max}'")
    con.execute(
        f"CREATE TEMP VIEW typed AS SELECT labels.arm AS arm, {unit} AS unit, {day} AS day, {segment} AS segment, "
        f"{', '.join(values)} FROM rows LEFT JOIN labels ON CAST({_quoted(params.arm)} AS VARCHAR) = labels.label"
    )
    state = (
        f"CASE WHEN arm IS NULL THEN 'no_arm' WHEN {'unit IS NULL' if params.unit else 'false'} THEN 'no_unit' "
        f"WHEN NOT coalesce({' AND '.join(inside)}, false) THEN 'outside_dates' ELSE 'kept' END"
    )
    con.execute(f"CREATE TEMP TABLE sorted AS SELECT *, {state} AS state FROM typed")
    if params.unit is None:
        con.execute("CREATE TEMP TABLE units AS SELECT *, 1 AS n_rows, false AS two FROM sorted WHERE state = 'kept'")
    else:
        con.execute(
            "CREATE TEMP TABLE units AS SELECT unit, min(arm) AS arm, min(day) AS day, min(segment) AS segment, "
            f"{', '.join(sums)}, count(*) AS n_rows, min(arm) <> max(arm) AS two "
            "FROM sorted WHERE state = 'kept' GROUP BY unit"
        )


def _number(con: Any, types: dict[str, str], column: str, kind: str) -> str:
    """Return the expression that reads a column as a number; text that is none raises ``experiment_text_outcome``."""
    name = _quoted(column)
    if types[column] == "BOOLEAN":
        return f"CAST({name} AS DOUBLE)"
    if types[column] not in ("VARCHAR",) and not types[column].startswith("ENUM"):
        return f"CASE WHEN isfinite(CAST({name} AS DOUBLE)) THEN CAST({name} AS DOUBLE) END"
    text = f"lower(trim(CAST({name} AS VARCHAR)))"
    read = f"TRY_CAST({text} AS DOUBLE)"
    if kind == "proportion":
        read = f"CASE WHEN {text} IN {_TRUE} THEN 1.0 WHEN {text} IN {_FALSE} THEN 0.0 ELSE {read} END"
    wrong = con.execute(f"SELECT any_value({name}) FROM rows WHERE {text} <> '' AND ({read}) IS NULL").fetchone()[0]
    if wrong is not None:
        raise AnalysisError("experiment_text_outcome", column=column, example=str(wrong)[:40])
    return f"CASE WHEN isfinite({read}) THEN {read} END"


def _counts(con: Any) -> RowCounts:
    states = dict(con.execute("SELECT state, count(*) FROM sorted GROUP BY state").fetchall())
    two, units = con.execute("SELECT coalesce(sum(n_rows), 0), count(*) FROM units WHERE two").fetchone()
    read, kept = sum(states.values()), states.get("kept", 0) - int(two)
    no_arm, no_unit, outside = (states.get(key, 0) for key in ("no_arm", "no_unit", "outside_dates"))
    return RowCounts(read, kept, no_arm, no_unit, outside, int(two), int(units))


def _sums(con: Any, by: str, metrics: tuple[Metric, ...]) -> pd.DataFrame:
    import pandas as pd

    parts = []
    for i, metric in enumerate(metrics):
        top, bottom = f"top{i}", f"bottom{i}"
        known = f"{top} IS NOT NULL AND {bottom} IS NOT NULL"
        squares = {"top": top, "top_squares": f"{top}*{top}", "bottom": bottom}
        squares |= {"bottom_squares": f"{bottom}*{bottom}", "products": f"{top}*{bottom}"}
        sums = ", ".join(f"coalesce(sum({what}) FILTER ({known}), 0) AS {key}" for key, what in squares.items())
        part = con.execute(
            f"SELECT {by}, arm, count(*) FILTER ({known}) AS n, {sums}, count(*) FILTER (NOT ({known})) AS missing, "
            f"coalesce(max({top}) FILTER ({known}), 0) AS largest "
            f"FROM units WHERE NOT two GROUP BY {by}, arm ORDER BY {by}, arm"
        ).df()
        parts.append(part.assign(metric=metric.name))
    return pd.concat(parts, ignore_index=True)


def _fold(cells: pd.DataFrame) -> pd.DataFrame:
    """Read the levels beyond the twenty largest as one."""
    first = cells[cells["metric"] == cells["metric"].iloc[0]] if len(cells) else cells
    sizes = (first["n"] + first["missing"]).groupby(first["segment"]).sum()
    if len(sizes) <= MAX_LEVELS:
        return cells
    largest = set(sizes.sort_values(ascending=False, kind="stable").index[:MAX_LEVELS])
    folded = cells.assign(segment=cells["segment"].where(cells["segment"].isin(largest), OTHER))
    sums = dict.fromkeys(_SUMS, "sum") | {"largest": "max"}
    return folded.groupby(["segment", "arm", "metric"], as_index=False, sort=True).agg(sums)


def _quoted(name: str) -> str:
    return 'rows."' + name.replace('"', '""') + '"'
