"""What the Read page holds: its choices, kept as they are made, and the experiment that they describe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import Field, ValidationError

from analysis.errors import AnalysisError
from analysis.experiments.reading.evaluate import EvaluateParams
from analysis.experiments.record import Design, TypedArm
from analysis.experiments.rows.read import Metric, ReadParams
from analysis.params import Params
from ui import compute, session
from ui.experiments import experiments, reading_study

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.experiments.arms.statistics import Statistic
    from analysis.experiments.rows.read import ExperimentData
    from analysis.experiments.rows.suggest import SuggestedColumns
    from analysis.experiments.rows.table import Joined
    from analysis.workspace.records import StoredExperiment

PAGE = "read"
MOST_ARMS = 10
Source = Literal["typed", "table", "study"]
# How many rows of figures a design that is no experiment needs.
ROWS = {"before_after": 2, "differences": 4}


class KeptTable(Params):
    """The table that was uploaded: its name, the hash under which it is kept, its size and its columns."""

    file: str
    digest: str
    n_rows: int
    columns: tuple[str, ...]


class RuleChoice(Params):
    """The rule as it stands on the page; None is a field left empty."""

    target: float | None = None
    guardrail: float = 0.0
    min_days: int = 7
    max_days: int = 28
    days: int | None = None
    customers_per_year: float | None = None
    value_per_unit: float | None = None
    yearly_cost: float = 0.0


class ChangeChoice(Params):
    """Which columns say what changed where nobody was assigned; None is a choice still to be made."""

    outcome: str | None = None
    kind: Literal["proportion", "mean"] = "mean"
    when: str | None = None
    since: str | None = None
    unit: str | None = None
    group: str | None = None
    treated: str | None = None


class ReadingChoices(Params):
    """Everything chosen on the page. Figures are kept as typed, right or wrong; the statistics refuse wrong ones."""

    source: Source = "typed"
    design: Design = "test"
    metric: Literal["proportion", "mean"] = "proportion"
    outcome: str = ""
    arms: tuple[TypedArm, ...] = (TypedArm(name="A"), TypedArm(name="B"))
    table: KeptTable | None = None
    columns: ReadParams | None = None
    change: ChangeChoice = ChangeChoice()
    how: EvaluateParams = EvaluateParams()
    rule: RuleChoice = RuleChoice()
    cost_per_customer: float = 0.0
    value_of_one: float | None = None
    everyone: bool = True
    why: str = ""
    shown: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """The experiment that the choices describe; ``join`` says how the table met the study."""

    data: ExperimentData
    rows: pa.Table | None = None
    join: Joined | None = None


def choices() -> ReadingChoices:
    """Return what the page held last; what an older version kept and cannot be read any more is begun anew."""
    try:
        return ReadingChoices.model_validate(experiments.typed(PAGE))
    except ValidationError:
        return ReadingChoices()


def keep(chosen: ReadingChoices) -> None:
    """Keep the choices."""
    experiments.keep_typed(PAGE, chosen.model_dump(mode="json"))


def change(**updates: Any) -> None:
    """Change some choices and keep them; a value that is no choice at all is left as it was."""
    now = choices()
    try:
        keep(ReadingChoices.model_validate({**now.model_dump(), **updates}))
    except ValidationError:
        return


def change_part(part: str, **updates: Any) -> None:
    """Change fields of ``how``, ``rule``, ``columns`` or ``shown``."""
    now = getattr(choices(), part)
    before = now if isinstance(now, dict) else now.model_dump()
    change(**{part: {**before, **updates}})


def take(field: str, key: str) -> None:
    """Take what a widget holds into a field; for its callback. ``part.field`` reaches into a part."""
    value = session.widget(key)
    part, _, name = field.rpartition(".")
    if part:
        change_part(part, **{name: value})
    else:
        change(**{field: value})


def take_arm(place: int, field: str, key: str) -> None:
    """Take what a widget holds into one row of figures."""
    arms = list(choices().arms)
    arms[place] = arms[place].model_copy(update={field: session.widget(key)})
    change(arms=[arm.model_dump() for arm in arms])


def resize_arms(more: int) -> None:
    """Add a row of figures, or take the last one away."""
    arms = choices().arms
    if more > 0:
        names = {arm.name for arm in arms}
        name = next(letter for letter in "ABCDEFGHIJKLMNOP" if letter not in names)
        arms = (*arms, TypedArm(name=name))
    else:
        arms = arms[:-1]
    change(arms=[arm.model_dump() for arm in arms])


def take_metrics(key: str) -> None:
    """Measure the chosen outcomes; those already there keep what was said of them, the first new one is a goal."""
    chosen: Sequence[str] = session.widget(key) or []
    now = choices()
    assert now.columns is not None
    known = {metric.column: metric for metric in now.columns.metrics}
    shares = _shares(now)
    metrics = [known.get(name) or _metric(name, name in shares, place) for place, name in enumerate(chosen)]
    change_part("columns", metrics=[metric.model_dump() for metric in metrics])


def take_metric(place: int, field: str, key: str) -> None:
    """Change one metric; what no longer fits its kind goes."""
    now = choices()
    assert now.columns is not None
    metrics = list(now.columns.metrics)
    value = session.widget(key)
    if field == "lower_is_better":
        field, value = "higher_is_better", not value
    if field == "cap":
        value = value or None
    changed = metrics[place].model_copy(update={field: value})
    if changed.kind != "ratio":
        changed = changed.model_copy(update={"denominator": None})
    elif changed.denominator is None:
        others = [name for name in offered(now) if name != changed.column]
        changed = changed.model_copy(update={"denominator": others[0] if others else None})
    if changed.kind != "mean":
        changed = changed.model_copy(update={"cap": None})
    metrics[place] = changed
    change_part("columns", metrics=[metric.model_dump() for metric in metrics])


def designs(source: Source) -> list[Design]:
    """Return how it can have been done; from a study a table takes an arm or a group, so there have to be two."""
    return [design for design in get_args(Design) if design != "before_after" or source != "study"]


def is_change(chosen: ReadingChoices) -> bool:
    """Say whether a change is read, not a test."""
    return chosen.design != "test" and chosen.design in designs(chosen.source)


def offered(chosen: ReadingChoices) -> list[str]:
    """Return the columns of the table that can be measured: all but those that say who and where."""
    if chosen.table is None:
        return []
    taken = (chosen.columns.unit, chosen.columns.arm) if chosen.columns else ()
    return [name for name in chosen.table.columns if name not in taken]


def accept(file: str, content: bytes, stored: StoredExperiment | None, sheet: int | None = None) -> None:
    """Read an uploaded file, keep its rows with the experiment (a new one, when there is none) and guess its columns.

    Raises
    ------
    AnalysisError
        As ``intake.read.read_file``; ``experiment_no_rows``.
    """
    from analysis.experiments.record import NAME_LENGTH, Experiment
    from analysis.experiments.rows.table import text_rows
    from analysis.intake.reading.read import read_file

    tables = read_file(content, name=file)
    raw = tables[sheet] if sheet is not None else max(tables, key=lambda table: table.n_rows)
    rows = text_rows(raw)
    now = choices()
    if stored is None:
        name = raw.file.rpartition(".")[0] or raw.file
        stored = experiments.begin(Experiment(name=name[:NAME_LENGTH]))
    table = KeptTable(
        file=raw.file, digest=experiments.keep_table(stored, rows), n_rows=raw.n_rows, columns=tuple(raw.columns)
    )
    source = now.source if now.source != "typed" else "table"
    now = now.model_copy(update={"source": source, "table": table, "columns": None, "shown": {}})
    found = guess(rows, table.digest)
    outcome = next(iter(found.outcomes), None)
    change = ChangeChoice(
        outcome=outcome, kind="proportion" if outcome in found.proportions else "mean", when=found.day, unit=found.unit,
        group=found.arm,
    )  # fmt: skip
    keep(now.model_copy(update={"columns": suggested(now, found, stored), "change": change}))


def guess(rows: pa.Table, digest: str) -> SuggestedColumns:
    """Return which column is what, by its name and values."""
    from analysis.experiments.rows.suggest import suggest_columns
    from analysis.experiments.rows.table import type_rows

    return compute.experiment("guess", digest, lambda: suggest_columns(type_rows(rows.slice(0, 50_000))))


def suggest_again(arm: str | None = None) -> None:
    """Suggest the columns of the table anew, with this arm if one was chosen."""
    stored, now = experiments.current(), choices()
    if stored is None or now.table is None:
        return
    found = guess(experiments.table(stored, now.table.digest), now.table.digest)
    columns = suggested(now, found, stored, arm=arm)
    change(columns=columns and columns.model_dump())


def suggested(
    chosen: ReadingChoices, found: SuggestedColumns, stored: StoredExperiment | None, *, arm: str | None = None
) -> ReadParams | None:
    """Return the suggested columns; None when no column looks like the arm, none was assigned here or is given.

    A table joined with the study takes its first segmentation: to read by segment is what it is joined for.
    """
    from analysis.experiments.rows.table import STUDY

    joined = chosen.source == "study"
    assigned = stored.experiment.assignment if joined and stored and arm is None else None
    arm = STUDY + "arm" if assigned else arm or found.arm
    if arm is None:
        return None
    metrics = [
        _metric(name, name in found.proportions, place)
        for place, name in enumerate(name for name in found.outcomes if name != arm)
    ]
    taken = {metric.column for metric in metrics}
    segment = reading_study.first_segments(stored) if joined else None
    segment = segment or (found.segment if found.segment not in {*taken, arm} else None)
    control = reading_study.arm_word(assigned.arms[0].name) if assigned else None
    return ReadParams(
        control=control,
        arm=arm,
        metrics=tuple(metrics[:5]),
        unit=found.unit,
        day=found.day,
        covariate=found.covariate,
        segment=segment,
    )


def read(stored: StoredExperiment | None, chosen: ReadingChoices) -> Read:
    """Return the experiment that the choices describe.

    Raises
    ------
    AnalysisError
        What is missing or wrong.
    """
    if chosen.source == "typed":
        return Read(typed_data(chosen))
    if stored is None or chosen.table is None:
        raise AnalysisError("experiment_no_table")
    columns = chosen.columns
    if columns is None:
        raise AnalysisError("experiment_no_arm_chosen")
    key = f"{chosen.table.digest} {columns.model_dump_json()} {chosen.source} {chosen.everyone}"
    table = chosen.table

    def compute_it() -> Read:
        from analysis.experiments.rows.read import read_experiment

        rows = experiments.table(stored, table.digest)
        typed = _typed_rows(rows, columns)
        join = _join(typed, stored, chosen, columns) if chosen.source == "study" else None
        rows = typed if join is None else join.rows
        return Read(read_experiment(rows, columns), rows, join)

    if chosen.source == "study":
        key += f" {reading_study.version(stored)}"
    return compute.experiment("reading", key, compute_it)


def how(stored: StoredExperiment | None, chosen: ReadingChoices, data: ExperimentData) -> EvaluateParams:
    """Return how to read; the sizes are checked against the shares of the assignment, unless others were typed."""
    from analysis.experiments.rows.table import STUDY

    kept = stored.experiment.assignment if stored is not None else None
    if chosen.how.shares is not None:
        known = dict(chosen.how.shares)
        fits = all(arm in known for arm in data.arms)
        return chosen.how if fits else chosen.how.model_copy(update={"shares": None})
    if kept is None or chosen.columns is None or chosen.columns.arm != STUDY + "arm" or chosen.source != "study":
        return chosen.how
    shares = {reading_study.arm_word(arm.name): arm.share for arm in kept.arms}
    if not all(arm in shares for arm in data.arms):
        return chosen.how
    return chosen.how.model_copy(update={"shares": tuple((arm, shares[arm]) for arm in data.arms)})


def typed_data(chosen: ReadingChoices) -> ExperimentData:
    """Return the experiment of the figures typed in; ``experiment_figures_missing`` (arm) for a row not filled."""
    from analysis.experiments.rows.typed import data_of_statistics

    t = session.t()
    arms = {}
    for place, arm in enumerate(chosen.arms):
        name = arm.name
        while name in arms:  # the same label twice is folded by the engine, which wants it to differ in spaces only
            name += " "
        arms[name] = arm_statistic(arm, chosen.metric, place)
    return data_of_statistics(arms, metric=chosen.outcome.strip() or t(f"read.outcome_{chosen.metric}"))


def arm_statistic(arm: TypedArm, metric: str, place: int) -> Statistic:
    """Return the sums of one row of figures; refusals name its figures in the reader's words."""
    from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic

    t = session.t()
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
        if t.has(f"read.field_{facts.get('field')}"):
            facts["field"] = t("read.field_of", field=t(f"read.field_{facts['field']}"), arm=name)
        if isinstance(facts.get("value"), float):
            facts["value"] = f"{facts['value']:.15g}"  # as typed: a rounded 100.5 would be told to be whole
        raise AnalysisError(problem.code, **facts) from problem


def _typed_rows(rows: pa.Table, columns: ReadParams) -> pa.Table:
    from analysis.experiments.rows.table import type_rows

    wanted = {columns.arm, columns.unit, columns.day, columns.segment, columns.crossed, columns.covariate}
    wanted |= {name for metric in columns.metrics for name in (metric.column, metric.denominator)}
    text = {name for name in (columns.arm, columns.unit, columns.segment, columns.crossed) if name}
    for name in sorted(name for name in wanted if name):
        if name not in rows.column_names and not name.startswith("study."):
            raise AnalysisError("experiment_unknown_column", column=name)
    kept = [name for name in rows.column_names if name in wanted]
    return type_rows(rows.select(kept), text=text - {metric.column for metric in columns.metrics})


def _join(rows: pa.Table, stored: StoredExperiment, chosen: ReadingChoices, columns: ReadParams) -> Joined:
    from analysis.experiments.rows.table import STUDY

    everyone = chosen.everyone and columns.arm == STUDY + "arm"
    outcomes = [name for metric in columns.metrics for name in (metric.column, metric.denominator) if name]
    names = (columns.arm, columns.segment, columns.crossed)
    return reading_study.joined(
        rows, columns.unit, names, stored, everyone="arm" if everyone else None, outcomes=outcomes
    )


def _metric(name: str, is_share: bool, place: int) -> Metric:
    return Metric(column=name, kind="proportion" if is_share else "mean", role="goal" if place == 0 else "secondary")


def _shares(chosen: ReadingChoices) -> tuple[str, ...]:
    stored = experiments.current()
    if stored is None or chosen.table is None:
        return ()
    digest = chosen.table.digest
    return guess(experiments.table(stored, digest), digest).proportions


def _whole(value: float | None) -> Any:
    """A number field gives floats; whole ones are counts."""
    return int(value) if value is not None and value == int(value) else value
