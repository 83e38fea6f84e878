"""Before–after and difference-in-differences from a table, with errors that know the rows of one customer together.

Method, sources and limits: ``docs/methods/experiments-quasi.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from analysis.engine import fetch_frame, fetch_row, fetch_rows, fetch_value, look
from analysis.errors import AnalysisError
from analysis.experiments.arms.result import (
    ALPHA,
    READING,
    Estimate,
    Reading,
    Significance,
    check_alpha,
    interval,
    p_of_t,
)
from analysis.experiments.rows.labels import folded
from analysis.experiments.rows.params import Written, written_as
from analysis.experiments.rows.stage import NUMBERS, day_of, number_of, quoted, unit_of
from analysis.notes import Note
from analysis.params import Params
from analysis.sums import Extent, exact_sum, extent_of
from analysis.tabular import Tabular, under

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb
    import pandas as pd

    from analysis.experiments.arms.statistics import Statistic

# Below this many customers in a group, errors by customer are known to come out too small.
FEW_UNITS = 20
MAX_STEPS = 60
NOT_ALIKE = 0.05


class ChangeParams(Params):
    """What is compared.

    ``when`` is a column of dates, of numbers or of two labels, and ``since`` its first value that counts as after (a
    date as 2024-03-05, or the label). With ``group`` those of ``treated`` are compared with all others (difference in
    differences), without it after is compared with before. ``unit`` is whose rows belong together: the customer, the
    shop; without it every row stands for itself.
    """

    outcome: str
    kind: Literal["proportion", "mean"] = "mean"
    when: str
    since: str
    unit: str | None = None
    group: str | None = None
    treated: str | None = None

    @property
    def written(self) -> Written:
        """How the figures of the outcome are written: ``revenue`` where its heading names money, else its kind."""
        return written_as(self.kind, self.outcome)


@dataclass(frozen=True)
class ChangeCounts:
    """Rows read, and where they went: ``read`` is the sum of the others."""

    read: int
    kept: int
    no_time: int
    no_group: int
    no_unit: int
    no_value: int
    in_two_groups: int


@dataclass(frozen=True)
class Cell:
    """One side of the comparison: ``n`` rows of ``units`` customers, and their mean."""

    treated: bool
    after: bool
    n: int
    units: int
    mean: float


@dataclass(frozen=True)
class Change(Tabular, columns=under("reading", READING)):
    """What changed.

    Attributes
    ----------
    reading : Reading
        ``control`` and ``treatment`` are the mean before and after, or the change of the others and of those treated;
        the relative effect is that of before–after only. Its notes say why the evidence is weaker.
    cells : tuple of Cell
    counts : ChangeCounts
    early : Significance, optional
        The same comparison within the time before alone, its first half against its second; None where there is no
        room for it. A small p says that things moved before anything was done.
    steps : DataFrame, one row per step of time and group
        ``step`` (day, first day of a week or month, number or label), ``treated``, ``after``, ``mean``, ``n`` (rows).
    """

    reading: Reading
    cells: tuple[Cell, ...]
    counts: ChangeCounts
    early: Significance | None
    steps: pd.DataFrame = field(repr=False)


def read_change(rows: Any, params: ChangeParams, *, alpha: float = ALPHA) -> Change:
    """Read a change from rows: one per customer and period, or one per event; every row weighs the same.

    The effect is that of the regression on time, group and both together; its error adds up the residuals of each
    customer first (Liang, Zeger), with the correction for few customers G/(G − 1) · (N − 1)/(N − K) and Student's t on
    G − 1 degrees of freedom.

    Parameters
    ----------
    rows : pandas frame, Arrow table or DuckDB relation

    Raises
    ------
    AnalysisError
        ``experiment_unknown_column``, ``experiment_text_outcome``, ``experiment_unreadable_days``,
        ``experiment_bad_since``, ``experiment_many_periods``, ``experiment_unknown_group``,
        ``experiment_nobody_before``, ``experiment_nobody_after``, ``experiment_one_unit``, ``experiment_not_binary``,
        ``experiment_not_a_number``, ``experiment_no_variation``, ``experiment_bad_alpha``.

    References
    ----------
    Liang, Zeger (1986), Longitudinal data analysis using generalized linear models, Biometrika 73; Bertrand, Duflo,
    Mullainathan (2004), How much should we trust differences-in-differences estimates?, QJE 119; Cameron, Miller
    (2015), A practitioner's guide to cluster-robust inference, Journal of Human Resources 50.

    Examples
    --------
    >>> import pandas as pd
    >>> shops = pd.DataFrame({"shop": [1, 1, 2, 2, 3, 3, 4, 4], "year": [2023, 2024] * 4, "new": list("nnnnyyyy"),
    ...                       "sales": [10.0, 11, 20, 22, 12, 16, 18, 23]})
    >>> choice = ChangeParams(outcome="sales", when="year", since="2024", unit="shop", group="new", treated="y")
    >>> round(read_change(shops, choice).reading.absolute.value, 6)
    3.0
    """
    check_alpha(alpha)
    with look() as con:
        con.register("rows", rows)
        ordered = _stage(con, params)
        counts = _counts(con)
        _check_outcome(con, params)
        cells, reading = _estimate(con, params, alpha)
        early = _early(con, params, alpha) if ordered else None
        steps = _steps(con)
    weak = "experiment_weak_parallel" if params.group is not None else "experiment_weak_before_after"
    notes = [Note(weak, {}, "check")]
    fewest = min(reading.n_control, reading.n_treatment)
    if fewest < FEW_UNITS:
        notes.append(Note("experiment_few_units", {"n": fewest, "least": FEW_UNITS}, "check"))
    if early is not None and early.p < NOT_ALIKE:
        moved = "experiment_not_parallel" if params.group is not None else "experiment_moved_before"
        notes.append(Note(moved, {"p": early.p}, "check"))
    return Change(replace(reading, notes=tuple(notes)), cells, counts, early, steps)


def cells_of(sides: Sequence[Statistic]) -> tuple[Cell, ...]:
    """Return the sides of figures typed in, where every row is one customer: before and after, or these of two groups.

    Examples
    --------
    >>> from analysis.experiments.arms.statistics import ProportionStatistic
    >>> [(cell.after, cell.mean) for cell in cells_of([ProportionStatistic(10, 2), ProportionStatistic(10, 5)])]
    [(False, 0.2), (True, 0.5)]
    """
    two = len(sides) == 4
    return tuple(
        Cell(not two or place >= 2, bool(place % 2), side.n, side.n, side.mean) for place, side in enumerate(sides)
    )


def _stage(con: duckdb.DuckDBPyConnection, params: ChangeParams) -> bool:
    """Create ``sorted`` (every row with what became of it) and ``kept``; say whether time has an order."""
    types = {name: str(kind) for name, kind, *_ in fetch_rows(con, "DESCRIBE rows")}
    for column in (params.outcome, params.when, params.unit, params.group):
        if column is not None and column not in types:
            raise AnalysisError("experiment_unknown_column", column=column, known=tuple(types))
    step, after = _time(con, types, params)
    treated, join = _treated(con, params)
    unit = unit_of(types, params.unit) if params.unit is not None else "row_number() OVER ()"
    value = number_of(con, types, params.outcome, params.kind)
    con.execute(
        f"CREATE TEMP TABLE typed AS SELECT {unit} AS unit, {step} AS step, {after} AS after, {treated} AS treated, "
        f"{value} AS y FROM rows{join}"
    )
    con.execute(
        "CREATE TEMP TABLE sorted AS SELECT typed.*, CASE WHEN after IS NULL THEN 'no_time' "
        "WHEN treated IS NULL THEN 'no_group' WHEN typed.unit IS NULL THEN 'no_unit' "
        "WHEN both_groups.unit IS NOT NULL THEN 'in_two_groups' WHEN y IS NULL THEN 'no_value' ELSE 'kept' END "
        "AS state "
        "FROM typed LEFT JOIN (SELECT unit FROM typed WHERE unit IS NOT NULL AND after IS NOT NULL GROUP BY unit "
        "HAVING min(treated) <> max(treated)) AS both_groups ON typed.unit = both_groups.unit"
    )
    con.execute("CREATE TEMP VIEW kept AS SELECT unit, step, after, treated, y FROM sorted WHERE state = 'kept'")
    return con.execute("SELECT typeof(step) <> 'VARCHAR' FROM typed LIMIT 1").fetchone() == (True,)


def _time(con: duckdb.DuckDBPyConnection, types: dict[str, str], params: ChangeParams) -> tuple[str, str]:
    """Return the expressions of the step and of whether it counts as after."""
    name, kind = quoted(params.when), types[params.when]
    if kind.startswith(NUMBERS):
        try:
            since = float(params.since)
        except ValueError:
            since = math.nan
        if not math.isfinite(since):
            raise AnalysisError("experiment_bad_since", column=params.when, since=params.since)
        step = f"CASE WHEN isfinite(CAST({name} AS DOUBLE)) THEN CAST({name} AS DOUBLE) END"
        return step, f"({step}) >= {since!r}::DOUBLE"
    text = f"trim(CAST({name} AS VARCHAR))"
    if kind.startswith(("DATE", "TIMESTAMP")) or (first := _date(params.since)) is not None:
        if (first := _date(params.since)) is None:
            raise AnalysisError("experiment_bad_since", column=params.when, since=params.since)
        step = day_of(con, types, params.when)
        return step, f"({step}) >= DATE '{first}'"
    found = fetch_rows(con, f"SELECT DISTINCT {text} FROM rows WHERE {text} <> '' ORDER BY 1 LIMIT {MAX_STEPS}")
    labels: dict[str, list[str]] = {}
    for (label,) in found:
        labels.setdefault(folded(label), []).append(label)
    if len(labels) > 2:
        raise AnalysisError("experiment_many_periods", column=params.when, n=len(labels))
    if folded(params.since) not in labels:
        raise AnalysisError("experiment_bad_since", column=params.when, since=params.since)
    con.execute("CREATE TEMP TABLE times (label VARCHAR, step VARCHAR, after BOOLEAN)")
    lines = [(label, same[0], key == folded(params.since)) for key, same in labels.items() for label in same]
    con.executemany("INSERT INTO times VALUES (?, ?, ?)", lines)
    return f"(SELECT step FROM times WHERE label = {text})", f"(SELECT after FROM times WHERE label = {text})"


def _treated(con: duckdb.DuckDBPyConnection, params: ChangeParams) -> tuple[str, str]:
    """Return the expression of whether a row belongs to those treated, and the join that it needs."""
    if params.group is None:
        return "true", ""
    text = f"trim(CAST({quoted(params.group)} AS VARCHAR))"
    labels = [label for (label,) in fetch_rows(con, f"SELECT DISTINCT {text} FROM rows WHERE {text} <> ''")]
    wanted = folded(params.treated or "")
    if wanted not in {folded(label) for label in labels}:
        raise AnalysisError("experiment_unknown_group", column=params.group, group=params.treated or "–")
    con.execute("CREATE TEMP TABLE groups (label VARCHAR, treated BOOLEAN)")
    con.executemany("INSERT INTO groups VALUES (?, ?)", [(label, folded(label) == wanted) for label in labels])
    return "groups.treated", f" LEFT JOIN groups ON groups.label = {text}"


def _counts(con: duckdb.DuckDBPyConnection) -> ChangeCounts:
    found = dict(fetch_rows(con, "SELECT state, count(*) FROM sorted GROUP BY state"))
    gone = {name: found.get(name, 0) for name in ("no_time", "no_group", "no_unit", "no_value", "in_two_groups")}
    kept = found.get("kept", 0)
    return ChangeCounts(read=kept + sum(gone.values()), kept=kept, **gone)


def _check_outcome(con: duckdb.DuckDBPyConnection, params: ChangeParams) -> None:
    if params.kind == "proportion":
        other = fetch_value(con, "SELECT min(y) FROM kept WHERE y NOT IN (0, 1)")
        if other is not None:
            raise AnalysisError("experiment_not_binary", value=other)


def _estimate(
    con: duckdb.DuckDBPyConnection, params: ChangeParams, alpha: float, rows: str = "kept"
) -> tuple[tuple[Cell, ...], Reading]:
    """Return the cells and the effect of the rows of a table."""
    total_y = exact_sum("y", _extent(con, "y", rows))
    cells = tuple(
        Cell(bool(treated), bool(after), n, units, total / n)
        for treated, after, n, units, total in fetch_rows(
            con,
            f"SELECT treated, after, count(*), count(DISTINCT unit), {total_y} FROM {rows} GROUP BY 1, 2 ORDER BY 1, 2",
        )
    )
    groups = (False, True) if params.group is not None else (True,)
    means = {(cell.treated, cell.after): cell.mean for cell in cells}
    for code, after in (("experiment_nobody_before", False), ("experiment_nobody_after", True)):
        if any((group, after) not in means for group in groups):
            raise AnalysisError(code, since=params.since)
    # One customer alone in a cell is its mean, and leaves no residual from which to know how far off it may be.
    if min(cell.units for cell in cells) < 2:
        raise AnalysisError("experiment_one_unit")
    units = dict(fetch_rows(con, f"SELECT treated, count(DISTINCT unit) FROM {rows} GROUP BY 1"))
    if params.group is None:
        control, treatment = means[True, False], means[True, True]
        sizes = next(c.units for c in cells if not c.after), next(c.units for c in cells if c.after)
    else:
        control, treatment = (means[group, True] - means[group, False] for group in groups)
        sizes = units[False], units[True]
    lift = treatment / control if params.group is None and control != 0 else None
    total, n_rows = sum(units.values()), sum(cell.n for cell in cells)
    squares, lift_squares = _scores(con, cells, lift, rows)
    correction = total / (total - 1) * (n_rows - 1) / max(n_rows - 2 * len(groups), 1)
    se, value = math.sqrt(squares * correction), treatment - control
    if not math.isfinite(se) or not math.isfinite(value):
        raise AnalysisError("experiment_not_a_number", field=params.outcome)
    if se <= 1e-12 * max(abs(cell.mean) for cell in cells):
        raise AnalysisError("experiment_no_variation")
    relative: Estimate | None = None
    if lift is not None:
        lift_se = math.sqrt(lift_squares * correction) / abs(control)
        relative = interval(
            value / abs(control), lift_se, alpha=alpha, alternative="two_sided", convention="delta_t", df=total - 1
        )
    test = Significance(p_of_t(value / se, total - 1, "two_sided"), "cluster_t", "two_sided", value / se, total - 1)
    absolute = interval(value, se, alpha=alpha, alternative="two_sided", convention="cluster_t", df=total - 1)
    return cells, Reading(control, treatment, *sizes, absolute, relative, test)


def _scores(
    con: duckdb.DuckDBPyConnection, cells: tuple[Cell, ...], lift: float | None, rows: str
) -> tuple[float, float]:
    """Return the squares of what each customer adds to the effect, summed, and the same of after/before · control."""
    con.execute("CREATE OR REPLACE TEMP TABLE cells (treated BOOLEAN, after BOOLEAN, mean DOUBLE, w DOUBLE, v DOUBLE)")
    lines = []
    for cell in cells:
        sign = (1 if cell.after else -1) * (1 if cell.treated else -1)
        lines.append((cell.treated, cell.after, cell.mean, sign / cell.n, (1 if cell.after else -(lift or 0)) / cell.n))
    con.executemany("INSERT INTO cells VALUES (?, ?, ?, ?, ?)", lines)
    joined = f"{rows} JOIN cells USING (treated, after)"
    one, other = (exact_sum(part, _extent(con, part, joined)) for part in ("(y - mean) * w", "(y - mean) * v"))
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE scores AS SELECT {one} AS one, {other} AS other FROM {joined} GROUP BY unit"
    )
    squares = (exact_sum(part, _extent(con, part, "scores")) for part in ("one * one", "other * other"))
    return fetch_row(con, f"SELECT {', '.join(squares)} FROM scores")


def _extent(con: duckdb.DuckDBPyConnection, value: str, rows: str) -> Extent:
    return Extent(*fetch_row(con, f"SELECT {extent_of(value)} FROM {rows}"))


def _early(con: duckdb.DuckDBPyConnection, params: ChangeParams, alpha: float) -> Significance | None:
    """Compare the second half of the time before with its first half; None where that cannot be done."""
    steps = [step for (step,) in fetch_rows(con, "SELECT DISTINCT step FROM kept WHERE NOT after ORDER BY 1")]
    if len(steps) < 2:
        return None
    middle = steps[len(steps) // 2]
    con.execute("CREATE TEMP TABLE early AS SELECT * REPLACE (step >= ? AS after) FROM kept WHERE NOT after", [middle])
    try:
        return _estimate(con, params, alpha, "early")[1].test
    except AnalysisError:
        return None


def _steps(con: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """Return the means over time by group, by day, week or month so that no more than ``MAX_STEPS`` are left."""
    kind, low, high, count = fetch_row(
        con, "SELECT any_value(typeof(step)), min(step), max(step), count(DISTINCT step) FROM kept"
    )
    step = "step"
    if kind == "DATE":
        days = (high - low).days + 1
        if days > MAX_STEPS:
            step = f"CAST(date_trunc('{'week' if days <= 7 * MAX_STEPS else 'month'}', step) AS DATE)"
    empty = " WHERE false" if kind != "DATE" and count > MAX_STEPS else ""
    # A week or month that holds the start is told apart by what lies after it.
    mean = f"{exact_sum('y', _extent(con, 'y', 'kept'))} / count(*)"
    return fetch_frame(
        con,
        f"SELECT {step} AS step, treated, after, {mean} AS mean, count(*) AS n FROM kept{empty} "
        "GROUP BY ALL ORDER BY after, step, treated",
    )


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
