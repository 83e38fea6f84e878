"""From the choices of a reading, and the rows or figures, to the whole reading of a test or of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import READING, Reading
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, Statistic
from analysis.experiments.choices import ReadChoices
from analysis.experiments.reading.changes import Cell, Change, ChangeParams, cells_of, read_change
from analysis.experiments.reading.evaluate import EvaluateParams, Evaluation, evaluate
from analysis.experiments.reading.quasi import compare_before_after, difference_in_differences
from analysis.experiments.reading.results import RESULT
from analysis.experiments.record import TypedArm
from analysis.experiments.rows.read import ExperimentData, ReadParams, read_experiment
from analysis.experiments.rows.table import STUDY, Joined, join_study, text_rows, type_rows
from analysis.experiments.rows.total_rows import drop_totals
from analysis.experiments.rows.typed import data_of_statistics
from analysis.intake.tables import RawTable
from analysis.notes import Note
from analysis.tabular import Tabular, under

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from analysis.experiments.reading.results import MetricResult
    from analysis.experiments.reading.segments import SegmentReading
    from analysis.experiments.reading.targets import Targeting

ASSIGNED = STUDY + "arm"
# How many rows of figures a design that is no experiment needs.
ROWS = {"before_after": 2, "differences": 4}


@dataclass(frozen=True)
class ExperimentRows:
    """The experiment that the choices describe, as sums; ``join`` says how the table met the study."""

    data: ExperimentData
    rows: pa.Table | None = field(default=None, repr=False)
    join: Joined | None = None


@dataclass(frozen=True)
class EvaluatedExperiment(Tabular, rows="found.results", columns=RESULT):
    """A whole reading of a test, with what it was read from."""

    choices: ReadChoices
    read: ExperimentRows
    found: Evaluation

    @property
    def days(self) -> int:
        """How many days the test has run: as typed, else from the first to the last day of the table, else none."""
        if self.choices.rule.days is not None:
            return self.choices.rule.days
        days = self.read.data.days
        known = days["day"].dropna() if "day" in days else None
        if known is None or known.empty:
            return 0
        return int((known.max() - known.min()).days) + 1


@dataclass(frozen=True)
class EvaluatedChange(Tabular, columns=under("reading", READING)):
    """A reading of a change, with its sides; ``change`` is that of a table, None for figures typed in."""

    choices: ReadChoices
    params: ChangeParams | None
    reading: Reading
    cells: tuple[Cell, ...]
    change: Change | None = None
    join: Joined | None = None


def evaluate_experiment(
    choices: ReadChoices,
    rows: Any = None,
    *,
    customers: pd.DataFrame | None = None,
    shares: Mapping[str, float] | None = None,
    together: str = "",
) -> EvaluatedExperiment:
    """Read a test.

    Parameters
    ----------
    choices : ReadChoices
    rows : pandas frame, Arrow table, RawTable or ExperimentRows, optional
        The table of results; not needed for figures typed in. Columns of text are typed.
    customers : DataFrame, one row per customer, optional
        ``customer_id`` and what is joined to the table: ``arm``, segmentations, features.
    shares : mapping of arm to planned share, optional
        Of the assignment, for the check of sizes; shares typed go before them.
    together : str, optional
        What was assigned as a whole, in words: read customer by customer such a test is an alarm.

    Raises
    ------
    AnalysisError
        ``experiment_figures_missing`` (arm), ``experiment_no_table``, ``experiment_no_arm_chosen``,
        ``experiment_no_unit_chosen``, ``experiment_unknown_column``, and as ``read_experiment`` and ``evaluate``.

    Examples
    --------
    >>> typed = (TypedArm(name="A", n=1000, conversions=200), TypedArm(name="B", n=1000, conversions=250))
    >>> found = evaluate_experiment(ReadChoices(arms=typed, outcome="bought")).found
    >>> found.main.direction, round(found.main.reading.test.p, 5)
    ('better', 0.00742)
    """
    read = rows
    if not isinstance(rows, ExperimentRows):
        read = experiment_rows(choices, rows, customers=customers, planned=planned_arms(choices, shares))
    found = evaluate(read.data, how_of(choices, read.data, shares))
    if together and read.data.cluster is None:
        note = Note("experiment_assigned_by_cluster", {"cluster": together}, "ask")
        found = replace(found, health=(note, *found.health))
    return EvaluatedExperiment(choices, read, found)


def planned_arms(choices: ReadChoices, shares: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """Return the arms as they were planned: those of the shares typed, or of the assignment; none where not known."""
    if choices.how.shares is not None:
        return tuple(arm for arm, _ in choices.how.shares)
    return tuple(shares) if shares and uses_assignment(choices) else ()


def experiment_rows(
    choices: ReadChoices, rows: Any = None, *, customers: pd.DataFrame | None = None, planned: Sequence[str] = ()
) -> ExperimentRows:
    """Return the sums of the figures typed in, or of a table.

    ``planned`` are the arms as they were planned; the other parameters and refusals as ``evaluate_experiment``.
    """
    if choices.source == "typed":
        return ExperimentRows(_typed_data(choices))
    if rows is None:
        raise AnalysisError("experiment_no_table")
    columns = choices.columns
    if columns is None:
        raise AnalysisError("experiment_no_arm_chosen")
    rows = arrow_rows(rows)
    rows, totals = drop_totals(rows, columns.arm) if columns.unit is None else (rows, ())
    typed, join = _typed_rows(rows, columns_of_test(columns), text_of_test(columns)), None
    if choices.source == "study":
        everyone = choices.everyone and columns.arm == ASSIGNED
        join = _joined(
            typed, columns.unit, customers, everyone="arm" if everyone else None, outcomes=measured_columns(columns)
        )
    typed = typed if join is None else join.rows
    return ExperimentRows(read_experiment(typed, columns, planned=planned, left_out=totals), typed, join)


def evaluate_change(
    choices: ReadChoices, rows: Any = None, *, customers: pd.DataFrame | None = None
) -> EvaluatedChange:
    """Read a change, where nobody was assigned by chance: before and after, or two groups before and after.

    Parameters
    ----------
    choices, rows, customers : as for ``evaluate_experiment``

    Raises
    ------
    AnalysisError
        ``experiment_figures_missing`` (arm), ``experiment_no_table``, ``experiment_change_unfinished``,
        ``experiment_no_unit_chosen``, ``experiment_unknown_column``, and as ``read_change``.

    Examples
    --------
    >>> typed = (TypedArm(name="", n=100, conversions=20), TypedArm(name="", n=100, conversions=30))
    >>> found = evaluate_change(ReadChoices(design="before_after", arms=typed))
    >>> round(found.reading.absolute.value, 6)
    0.1
    """
    if choices.source == "typed":
        sides = change_sides(choices)
        compare = compare_before_after if choices.design == "before_after" else difference_in_differences
        return EvaluatedChange(choices, None, compare(*sides, alpha=choices.how.alpha), cells_of(sides))
    params = change_params(choices)
    if rows is None:
        raise AnalysisError("experiment_no_table")
    typed, join = _typed_rows(rows, columns_of_change(params), text_of_change(params)), None
    if choices.source == "study":
        join = _joined(typed, params.unit, customers)
        typed = join.rows
    found = read_change(typed, params, alpha=choices.how.alpha)
    return EvaluatedChange(choices, params, _of_segments(found.reading, params), found.cells, found, join)


def change_sides(choices: ReadChoices) -> list[Statistic]:
    """Return the figures typed in of a change, one row each; ``experiment_figures_missing`` (arm)."""
    wanted = ROWS[choices.design]
    if len(choices.arms) < wanted:
        raise AnalysisError("experiment_figures_missing", arm=str(len(choices.arms) + 1))
    return [arm_statistic(arm, choices.metric, place) for place, arm in enumerate(choices.arms[:wanted])]


def change_params(choices: ReadChoices) -> ChangeParams:
    """Return what is compared; ``experiment_change_unfinished`` while something is not chosen."""
    now, two = choices.change, choices.design == "differences"
    if now.outcome is None or now.when is None or now.since is None or (two and None in (now.group, now.treated)):
        raise AnalysisError("experiment_change_unfinished")
    return ChangeParams(
        outcome=now.outcome, kind=now.kind, when=now.when, since=now.since, unit=now.unit,
        group=now.group if two else None, treated=now.treated if two else None,
    )  # fmt: skip


def how_of(choices: ReadChoices, data: ExperimentData, shares: Mapping[str, float] | None = None) -> EvaluateParams:
    """Return how to read; the sizes are checked against the shares of the assignment, unless others were typed."""
    how = choices.how
    if how.shares is not None:
        known = dict(how.shares)
        return how if all(arm in known for arm in data.arms) else how.model_copy(update={"shares": None})
    if not shares or not uses_assignment(choices) or not all(arm in shares for arm in data.arms):
        return how
    return how.model_copy(update={"shares": tuple((arm, shares[arm]) for arm in data.arms)})


def uses_assignment(choices: ReadChoices) -> bool:
    """Say whether the arms are those that were assigned here."""
    return choices.source == "study" and choices.columns is not None and choices.columns.arm == ASSIGNED


def arm_statistic(arm: TypedArm, metric: str, place: int = 0) -> Statistic:
    """Return the sums of one row of figures.

    Raises
    ------
    AnalysisError
        ``experiment_figures_missing`` (arm), and what the statistics refuse, with the ``arm`` and the figure as typed.
    """
    name = arm.name.strip() or str(place + 1)
    wanted = (arm.n, arm.conversions) if metric == "proportion" else (arm.n, arm.mean, arm.sd)
    if any(value is None for value in wanted):
        raise AnalysisError("experiment_figures_missing", arm=name)
    n, conversions = _whole(arm.n), _whole(arm.conversions)
    try:
        if metric == "proportion":
            return ProportionStatistic(n, conversions)
        if n != int(n):
            raise AnalysisError("experiment_not_whole", field="n", value=n)
        return MeanStatistic.from_figures(n, arm.mean or 0.0, arm.sd or 0.0)
    except AnalysisError as problem:
        facts = dict(problem.facts)
        if isinstance(facts.get("value"), float):
            facts["value"] = f"{facts['value']:.15g}"  # as typed: a rounded 100.5 would be told to be whole
        if "field" in facts:
            facts["arm"] = name
        raise AnalysisError(problem.code, **facts) from problem


def typed_statistics(choices: ReadChoices) -> dict[str, Statistic]:
    """Return the sums of every row of figures; the same label twice differs by spaces, which the engine folds."""
    arms: dict[str, Statistic] = {}
    for place, arm in enumerate(choices.arms):
        name = arm.name
        while name in arms:
            name += " "
        arms[name] = arm_statistic(arm, choices.metric, place)
    return arms


def outcome_name(choices: ReadChoices) -> str:
    """Return what was measured, as typed, else the kind of metric."""
    return choices.outcome.strip() or choices.metric


def shown_result(found: Evaluation, shown: Mapping[str, str]) -> MetricResult:
    """Return the comparison that the views are about: the one chosen, else the main one."""
    return found.result(shown.get("metric", ""), shown.get("arm", "")) or found.main


def segment_reading(choices: ReadChoices, evaluated: EvaluatedExperiment, result: MetricResult) -> SegmentReading:
    """Return the effects by segment of one comparison; AnalysisError says why there are none."""
    from analysis.experiments.reading.segments import read_segments

    correction: Any = "benjamini_hochberg" if choices.how.correction == "benjamini_hochberg" else "holm"
    return read_segments(
        evaluated.read.data, metric=result.metric.name, treatment=result.treatment, correction=correction,
        alpha=choices.how.alpha,
    )  # fmt: skip


def targeting(choices: ReadChoices, segments: SegmentReading, result: MetricResult) -> Targeting | None:
    """Return whom to send it to, once the value of one unit is known."""
    from analysis.experiments.reading.targets import whom_to_send

    if not choices.value_of_one or result.metric.kind == "quantile":  # which says nothing of the total
        return None
    value = choices.value_of_one if result.metric.higher_is_better else -choices.value_of_one
    return whom_to_send(segments, value_per_unit=value, cost_per_customer=choices.cost_per_customer)


def measured_columns(columns: ReadParams) -> list[str]:
    """Return the columns that are measured, each once."""
    found = [name for metric in columns.metrics for name in (metric.column, metric.denominator) if name]
    return list(dict.fromkeys(found))


def columns_of_test(columns: ReadParams) -> set[str]:
    """Return every column that a test reads."""
    roles = (
        columns.arm,
        columns.unit,
        columns.day,
        columns.segment,
        columns.crossed,
        columns.customers,
        columns.cluster,
    )
    return {name for name in (*roles, *columns.covariates) if name} | set(measured_columns(columns))


def text_of_test(columns: ReadParams) -> list[str]:
    """Return the columns of a test that stay text: ids, arms, segments."""
    roles = (columns.arm, columns.unit, columns.segment, columns.crossed, columns.cluster)
    measured = {metric.column for metric in columns.metrics}
    return [name for name in roles if name and name not in measured and not name.startswith(STUDY)]


def columns_of_change(params: ChangeParams) -> set[str]:
    """Return every column that a change reads."""
    return {name for name in (params.outcome, params.when, params.unit, params.group) if name}


def text_of_change(params: ChangeParams) -> list[str]:
    """Return the columns of a change that stay text."""
    apart = (params.outcome, params.when)
    return [
        name for name in (params.unit, params.group)
        if name is not None and name not in apart and not name.startswith(STUDY)
    ]  # fmt: skip


def arrow_rows(rows: Any) -> pa.Table:
    """Return rows as an Arrow table: of a table read from a file every cell is text."""
    import pyarrow as pa

    if isinstance(rows, RawTable):
        return text_rows(rows)
    if isinstance(rows, pa.Table):
        return rows
    return pa.Table.from_pandas(rows, preserve_index=False)


def _typed_rows(rows: Any, wanted: set[str], text: Sequence[str]) -> pa.Table:
    """Return the columns wanted; those of text are typed, those that have a type already keep it."""
    import pyarrow as pa

    table = arrow_rows(rows)
    for name in sorted(wanted):
        if name not in table.column_names and not name.startswith(STUDY):
            raise AnalysisError("experiment_unknown_column", column=name)
    table = table.select([name for name in table.column_names if name in wanted])
    cells = [name for name in table.column_names if _is_text(table.schema.field(name).type)]
    if cells == table.column_names:
        return type_rows(table, text=set(text))
    typed = type_rows(table.select(cells), text=set(text)) if cells else table
    return pa.table({name: (typed if name in cells else table).column(name) for name in table.column_names})


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _joined(
    rows: pa.Table, unit: str | None, customers: pd.DataFrame | None, *, everyone: str | None = None,
    outcomes: Sequence[str] = (),
) -> Joined:  # fmt: skip
    if unit is None:
        raise AnalysisError("experiment_no_unit_chosen")
    if customers is None:
        raise AnalysisError("experiment_no_customers")
    return join_study(rows, unit, customers, everyone=everyone, outcomes=list(outcomes))


def _of_segments(reading: Reading, params: ChangeParams) -> Reading:
    """Return the reading, with a remark where the groups are segments, which were formed of what customers did."""
    if params.group is None or not params.group.startswith(STUDY) or params.group == ASSIGNED:
        return reading
    return replace(reading, notes=(*reading.notes, Note("experiment_segment_of_today", {}, "check")))


def _typed_data(choices: ReadChoices) -> ExperimentData:
    return data_of_statistics(typed_statistics(choices), metric=outcome_name(choices))


def _whole(value: float | None) -> Any:
    """A number field gives floats; whole ones are counts."""
    return int(value) if value is not None and value == int(value) else value
