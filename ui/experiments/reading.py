"""What the Read page holds: its choices, kept as they are made, and the experiment that they describe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError, ChoiceError
from analysis.experiments.choices import KeptTable, ReadChoices
from analysis.experiments.evaluate_experiment import (
    ASSIGNED,
    EvaluatedExperiment,
    ExperimentRows,
    evaluate_experiment,
    experiment_rows,
    planned_arms,
    uses_assignment,
)
from analysis.experiments.record import TypedArm
from analysis.experiments.rows.table import STUDY
from analysis.experiments.suggest_choices import (
    offered_outcomes,
    suggest_change,
    suggest_roles,
    suggest_test,
    with_metric,
    with_outcomes,
)
from ui import compute, session
from ui.experiments import experiments, reading_study

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.experiments.rows.read import ReadParams
    from analysis.experiments.rows.suggest import SuggestedColumns
    from analysis.workspace.records import StoredExperiment

PAGE = "read"


def choices() -> ReadChoices:
    """Return what the page held last; what an older version kept is read."""
    return experiments.chosen(PAGE).choices


def say_lost() -> None:
    """Say what another version kept that this one cannot read."""
    experiments.say_lost(PAGE, experiments.chosen(PAGE).lost)


def named(chosen: ReadChoices) -> ReadChoices:
    """Return the choices with the outcome in words where none was typed."""
    if chosen.outcome.strip():
        return chosen
    return chosen.model_copy(update={"outcome": session.t()(f"read.outcome_{chosen.metric}")})


def keep(chosen: ReadChoices) -> None:
    """Keep the choices."""
    experiments.keep_chosen(PAGE, chosen)


def change(**updates: Any) -> None:
    """Change some choices and keep them; a value that is no choice at all is left as it was."""
    now = choices()
    try:
        keep(ReadChoices.model_validate({**now.model_dump(), **updates}))
    except ChoiceError:
        return


def change_part(part: str, **updates: Any) -> None:
    """Change fields of ``how``, ``rule``, ``columns`` or ``shown``."""
    now = getattr(choices(), part)
    before = now if isinstance(now, dict) else now.model_dump()
    change(**{part: {**before, **updates}})


def take(field: str, value: Any) -> None:
    """Take a value into a field; ``part.field`` reaches into a part."""
    part, _, name = field.rpartition(".")
    if part:
        change_part(part, **{name: value})
    else:
        change(**{field: value})


def take_arm(place: int, field: str, value: Any) -> None:
    """Take a value into one row of figures."""
    arms = list(choices().arms)
    arms[place] = arms[place].model_copy(update={field: value})
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


def take_metrics(names: Sequence[str]) -> None:
    """Measure the chosen outcomes."""
    now = choices()
    if now.columns is None:  # another table came meanwhile
        return
    change(columns=with_outcomes(now.columns, names, _shares(now)).model_dump())


def take_metric(place: int, field: str, value: Any) -> None:
    """Change one metric."""
    now = choices()
    if now.columns is None:
        return
    if field == "lower_is_better":
        field, value = "higher_is_better", not value
    if field == "cap":
        value = value or None
    change(columns=with_metric(now.columns, place, field, value, others=offered_outcomes(now)).model_dump())


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
    found = _roles(rows, table.digest)
    update = {"columns": _suggested(now, found, stored), "change": suggest_change(found)}
    keep(now.model_copy(update=update))


def suggest_again(arm: str | None = None) -> None:
    """Suggest the columns of the table anew, with this arm if one was chosen."""
    stored, now = experiments.current(), choices()
    if stored is None or now.table is None:
        return
    columns = _suggested(now, _roles(experiments.table(stored, now.table.digest), now.table.digest), stored, arm=arm)
    change(columns=columns and columns.model_dump())


def _roles(rows: pa.Table, digest: str) -> SuggestedColumns:
    return compute.experiment("guess", digest, lambda: suggest_roles(rows))


def _suggested(
    chosen: ReadChoices, found: SuggestedColumns, stored: StoredExperiment, *, arm: str | None = None
) -> ReadParams | None:
    """Return the suggested columns; a table joined with the study takes the arms assigned and its first segmentation.

    To read by segment is what it is joined for.
    """
    joined = chosen.source == "study"
    assigned = stored.experiment.assignment if joined and arm is None else None
    return suggest_test(
        found, arm=ASSIGNED if assigned else arm,
        control=reading_study.arm_word(assigned.arms[0].name) if assigned else None,
        segment=reading_study.first_segments(stored) if joined else None,
        cluster=STUDY + assigned.cluster if assigned and assigned.cluster else None,
    )  # fmt: skip


def read(stored: StoredExperiment | None, chosen: ReadChoices) -> EvaluatedExperiment:
    """Return the reading of the test that the choices describe; AnalysisError says what is missing or wrong."""
    kept = stored.experiment.assignment if stored is not None else None
    together = reading_study.word(kept.cluster) if kept is not None and kept.cluster else ""
    if chosen.source == "typed":
        return replace(evaluate_experiment(named(chosen), together=together), choices=chosen)
    if stored is None or chosen.table is None:
        raise AnalysisError("experiment_no_table")
    if chosen.columns is None:
        raise AnalysisError("experiment_no_arm_chosen")
    table, columns = chosen.table, chosen.columns
    kept = kept if uses_assignment(chosen) else None
    shares = {reading_study.arm_word(arm.name): arm.share for arm in kept.arms} if kept else None
    planned = planned_arms(chosen, shares)
    key = f"{table.digest} {columns.model_dump_json()} {chosen.source} {chosen.everyone} {planned}"
    if chosen.source == "study":
        key += f" {reading_study.version(stored)}"

    def compute_it() -> ExperimentRows:
        customers = None
        if chosen.source == "study":
            customers = reading_study.customers(
                (columns.arm, columns.segment, columns.crossed, columns.cluster), stored
            )
        rows = experiments.table(stored, table.digest)
        return experiment_rows(chosen, rows, customers=customers, planned=planned)

    rows = compute.experiment("reading", key, compute_it)
    if reading_study.is_column(rows.data.cluster):
        rows = replace(rows, data=replace(rows.data, cluster=reading_study.word(str(columns.cluster))))
    return evaluate_experiment(chosen, rows, shares=shares, together=together)


def _shares(chosen: ReadChoices) -> tuple[str, ...]:
    stored = experiments.current()
    if stored is None or chosen.table is None:
        return ()
    digest = chosen.table.digest
    return _roles(experiments.table(stored, digest), digest).proportions
