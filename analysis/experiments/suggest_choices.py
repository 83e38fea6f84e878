"""What an experiment starts from: a plan for a segment, and what the columns of a table of results mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from analysis.experiments.choices import MOST_ARMS, TYPED, ChangeChoice, KeptTable, PlanChoices, ReadChoices
from analysis.experiments.evaluate_experiment import ASSIGNED, arrow_rows
from analysis.experiments.planning.outlook import amounts_of, shares_of
from analysis.experiments.record import Experiment, TypedArm
from analysis.experiments.rows.read import Metric, ReadParams
from analysis.experiments.rows.suggest import SuggestedColumns, suggest_columns
from analysis.experiments.rows.table import type_rows
from analysis.experiments.rows.total_rows import drop_totals
from analysis.experiments.splitting.split import HOLD_OUT
from analysis.profiles.outcome import less_is_better, outcome_of

if TYPE_CHECKING:
    import pyarrow as pa

    from analysis.profiles.result import Profiles

LOOKED_AT = 50_000
_MOST_METRICS = 5
OFTEN = (7, 14)  # days to wait for customers who usually come within them


def suggest_plan(source: str, profiles: Profiles, *, has_orders: bool, inside: Any = None) -> PlanChoices:
    """Return the choices to start a plan from: the smallest effect that those there are can show.

    Parameters
    ----------
    source : str
        A segment of the study (``"rfm|champions"``).
    profiles : Profiles
        Of the study: without orders an outcome of the files is measured, such as who was won, else another yes or no,
        else an amount; where there is none, the figures are to be typed.
    has_orders : bool
        Whether it is known what customers did, and when.
    inside : bool array-like, aligned with the profiles, optional
        The customers of the segment; all when left out. Who comes every few days comes within four weeks whatever is
        done: for them the days to wait are those of about one usual gap.
    """
    plan = PlanChoices(source=source, points=None, amount=None, relative=None)
    if has_orders:
        days = _days_to_wait(profiles, inside)
        return plan if days is None else plan.model_copy(update={"days": days})
    shares, amounts, outcome = shares_of(profiles), amounts_of(profiles), outcome_of(profiles)
    if outcome is not None and outcome.key in shares:
        shares = (outcome.key,)
    if shares:
        return plan.model_copy(update={"feature": shares[-1]})
    if amounts:
        return plan.model_copy(update={"metric": "mean", "feature": amounts[0]})
    return PlanChoices(source=TYPED)


def _days_to_wait(profiles: Profiles, inside: Any) -> int | None:
    """Return one or two weeks for customers who come as often as that; None where the usual days are right."""
    if "mean_gap_days" not in profiles.customers:
        return None
    gaps = profiles.customers["mean_gap_days"]
    usual = (gaps if inside is None else gaps[inside]).astype(float).median()
    return next((days for days in OFTEN if usual <= days), None)


def first_read(experiment: Experiment, *, joined: bool = False) -> ReadChoices:
    """Return what the reading of an experiment starts from: the question of its plan, its arms and how many they are.

    A hold-out gets nothing and is read on its own, so it is no row to type. With ``joined``, where the study is open,
    an experiment whose customers were assigned is read from a table that is joined with it.

    Examples
    --------
    >>> from analysis.experiments.record import KeptPlan
    >>> from analysis.experiments.planning.plan import MeanPlan
    >>> plan = KeptPlan(choices=MeanPlan(baseline=9, sd=2, effect=1), metric="revenue", outcome="Money in May")
    >>> found = first_read(Experiment(name="Spring mail", plan=plan))
    >>> found.metric, found.outcome, [arm.name for arm in found.arms]
    ('mean', 'Money in May', ['A', 'B'])
    """
    plan, kept = experiment.plan, experiment.assignment
    update: dict[str, Any] = {}
    if plan is not None:
        update = {"metric": "proportion" if plan.metric == "proportion" else "mean", "outcome": plan.outcome}
    if kept is not None:
        arms = [arm for arm in kept.arms if arm.name != HOLD_OUT]
        update["source"] = "study" if joined else "typed"
        update["arms"] = tuple(TypedArm(name=arm.name, n=arm.n) for arm in arms[:MOST_ARMS])
    return ReadChoices(**update)


def suggest_roles(rows: pa.Table) -> SuggestedColumns:
    """Guess the roles of the columns of a table whose cells are text."""
    rows, _ = drop_totals(rows.slice(0, LOOKED_AT))  # a date beside Total is a word
    return suggest_columns(type_rows(rows))


def suggest_read(rows: Any, *, file: str, digest: str = "") -> ReadChoices:
    """Return the choices to start from for a table of results.

    Parameters
    ----------
    rows : RawTable or Arrow table of text
    file, digest : str
        Its name, and the hash under which it is kept.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> [raw] = read_file("id,group,bought\\n1,A,0\\n2,A,1\\n3,B,1\\n4,B,0\\n".encode())
    >>> found = suggest_read(raw, file="results.csv")
    >>> found.columns.arm, found.columns.unit, [metric.column for metric in found.columns.metrics]
    ('group', 'id', ['bought'])
    """
    table = arrow_rows(rows)
    found = suggest_roles(table)
    kept = KeptTable(file=file, digest=digest, n_rows=table.num_rows, columns=tuple(table.column_names))
    return ReadChoices(source="table", table=kept, columns=suggest_test(found), change=suggest_change(found))


def suggest_test(
    found: SuggestedColumns,
    *,
    arm: str | None = None,
    control: str | None = None,
    segment: str | None = None,
    cluster: str | None = None,
) -> ReadParams | None:
    """Return the columns of a test; None when no column looks like the arm and none is given.

    Parameters
    ----------
    arm, control : str, optional
        As chosen: ``ASSIGNED`` for the arms that were assigned here, of which ``control`` is the first.
    segment : str, optional
        A breakdown that goes before the one found.
    cluster : str, optional
        What was assigned as a whole; such a test is read without breakdown and values known before.
    """
    arm = arm or found.arm
    if arm is None:
        return None
    names = [name for name in found.outcomes if name != arm]
    metrics = [_metric(name, name in found.proportions, place) for place, name in enumerate(names)]
    taken = {metric.column for metric in metrics}
    segment = segment or (found.segment if found.segment not in {*taken, arm} else None)
    read = ReadParams(
        control=control if arm == ASSIGNED else None, arm=arm, metrics=tuple(metrics[:_MOST_METRICS]), unit=found.unit,
        day=found.day, segment=segment,
        covariates=() if found.covariate is None else (found.covariate,), customers=found.customers,
    )  # fmt: skip
    alone = {"cluster": cluster, "segment": None, "covariates": (), "customers": None}
    return read if cluster is None else read.model_copy(update=alone)


def suggest_change(found: SuggestedColumns) -> ChangeChoice:
    """Return the columns of a change; from when on it counts as after is for a person to say."""
    outcome = next(iter(found.outcomes), None)
    return ChangeChoice(
        outcome=outcome, kind="proportion" if outcome in found.proportions else "mean", when=found.day,
        unit=found.unit, group=found.arm,
    )  # fmt: skip


def offered_outcomes(choices: ReadChoices) -> list[str]:
    """Return the columns of the table that can be measured: all but those that say who and where."""
    if choices.table is None:
        return []
    taken = (choices.columns.unit, choices.columns.arm) if choices.columns else ()
    return [name for name in choices.table.columns if name not in taken]


def with_outcomes(columns: ReadParams, names: Sequence[str], shares: Sequence[str]) -> ReadParams:
    """Measure these columns; those already there keep what was said of them, the first new one is a goal.

    ``shares`` are the columns with two values.
    """
    known = {metric.column: metric for metric in columns.metrics}
    metrics = [known.get(name) or _metric(name, name in shares, place) for place, name in enumerate(names)]
    return columns.model_copy(update={"metrics": tuple(metrics)})


def with_metric(columns: ReadParams, place: int, field: str, value: Any, *, others: Sequence[str]) -> ReadParams:
    """Change one field of one metric; what no longer fits its kind goes. A ratio needs one of the ``others`` below."""
    changed = Metric.model_validate({**columns.metrics[place].model_dump(), field: value})
    if changed.kind != "ratio":
        changed = changed.model_copy(update={"denominator": None})
    elif changed.denominator is None:
        left = [name for name in others if name != changed.column]
        changed = changed.model_copy(update={"denominator": left[0] if left else None})
    if (changed.kind == "quantile") != (changed.quantile is not None):
        changed = changed.model_copy(update={"quantile": 0.5 if changed.kind == "quantile" else None})
    if changed.kind != "mean":
        changed = changed.model_copy(update={"cap": None})
    metrics = [changed if at == place else metric for at, metric in enumerate(columns.metrics)]
    return columns.model_copy(update={"metrics": tuple(metrics)})


def _metric(name: str, is_share: bool, place: int) -> Metric:
    return Metric(
        column=name, kind="proportion" if is_share else "mean", role="goal" if place == 0 else "secondary",
        higher_is_better=not less_is_better(name),
    )  # fmt: skip
