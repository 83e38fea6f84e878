"""From a reading to the decision by the rule, and both as they are kept with an experiment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.arms.statistics import RatioStatistic
from analysis.experiments.choices import ReadChoices, RuleChoice
from analysis.experiments.evaluate_experiment import EvaluatedChange, EvaluatedExperiment
from analysis.experiments.reading.changes import ChangeParams
from analysis.experiments.reading.decide import DECISION, Decision, Rule, Verdict, decide
from analysis.experiments.reading.evaluate import wanted
from analysis.experiments.reading.margins import read_margin
from analysis.experiments.reading.results import MetricResult, adjusted_sides
from analysis.experiments.record import (
    Experiment,
    KeptComparison,
    KeptDecision,
    KeptReading,
    KeptRule,
    Remark,
    TableSource,
    TypedSource,
    with_reading,
    with_rule,
)
from analysis.experiments.rows.read import ReadParams
from analysis.notes import Note
from analysis.tabular import Tabular, under


@dataclass(frozen=True)
class DecidedExperiment(Tabular, columns=(*under("decision", DECISION), "treatment", "metric", "kind", "days", "by")):
    """What the rule says of the main goal.

    ``by`` is the interval it was decided by: ``"fixed"`` (that of all goals together, once the last day is over) or
    ``"always"`` (always valid, before it); ``kind`` is that of the metric, ``days`` how long the test had run.
    """

    decision: Decision
    treatment: str
    metric: str
    kind: str
    rule: Rule
    days: int
    by: Literal["fixed", "always"]


def decide_experiment(evaluated: EvaluatedExperiment, fixed: KeptRule | None = None) -> DecidedExperiment | None:
    """Apply the rule to the main goal of a reading; None while there is no target.

    Parameters
    ----------
    evaluated : EvaluatedExperiment
    fixed : KeptRule, optional
        The rule fixed before reading; without it the one among the choices.

    Raises
    ------
    AnalysisError
        ``experiment_bad_rule``, and what ``read_margin`` refuses where the goal is a margin.

    Examples
    --------
    >>> from analysis.experiments.evaluate_experiment import evaluate_experiment
    >>> from analysis.experiments.record import TypedArm
    >>> typed = (TypedArm(name="A", n=1000, conversions=200), TypedArm(name="B", n=1000, conversions=290))
    >>> choices = ReadChoices(arms=typed, rule=RuleChoice(target=0.05, days=28))
    >>> decide_experiment(evaluate_experiment(choices)).decision.verdict
    'ship'
    """
    kept = fixed or kept_rule(evaluated.choices.rule, datetime.min)
    if kept is None:
        return None
    rule, found, main = kept.rule, evaluated.found, evaluated.found.main
    days = evaluated.days
    effect, by = main.simultaneous, "fixed"
    clear = main.direction == "better"
    early = found.always.get((main.metric.name, main.treatment))
    if rule.goal != "better" and rule.margin is not None:
        effect, clear = _margin_read(evaluated, rule)
    if days < rule.max_days and early is not None:
        effect, by, clear = early[0], "always", True
    guards = [
        result for result in found.results
        if result.metric.role == "guardrail"
        and result.treatment == main.treatment
        and (result.metric.name, result.treatment) in found.always
    ]  # fmt: skip
    lost = [
        # A guardrail is looked at on every day, whatever the goal is decided by.
        wanted(found.always[result.metric.name, result.treatment][0], result.metric.higher_is_better)
        for result in guards
    ]
    done = decide(
        wanted(effect, main.metric.higher_is_better), rule, days=days, guardrails=lost,
        guardrail_levels=[result.reading.control for result in guards], health=found.health,
        customers_per_year=_units_per_year(evaluated, kept), value_per_unit=kept.value_per_unit,
        yearly_cost=kept.yearly_cost, clear=clear,
    )  # fmt: skip
    return DecidedExperiment(done, main.treatment, main.metric.name, main.metric.written, rule, days, by)  # pyright: ignore


def _margin_read(evaluated: EvaluatedExperiment, rule: Rule) -> tuple[Estimate, bool]:
    """Return the effect with the interval that tells of the margin, and whether the margin is held.

    The level is that of one end of the interval of all goals together; whole clusters keep the interval of theirs.
    """
    data, main, margin = evaluated.read.data, evaluated.found.main, rule.margin or 0.0
    name, arm, more = main.metric.name, main.treatment, main.metric.higher_is_better
    if data.cluster is not None:
        return main.simultaneous, True
    sides = (data.statistic(name, data.control), data.statistic(name, arm))
    sides = (main.adjusted and adjusted_sides(data, name, arm)) or sides
    found = read_margin(
        *sides, margin=margin, question="equivalence" if rule.goal == "equivalent" else "non_inferiority",
        alpha=evaluated.found.params.alpha / 2 / main.family, higher_is_better=more,
    )  # fmt: skip
    return found.effect, found.shown


def _units_per_year(evaluated: EvaluatedExperiment, kept: KeptRule) -> float | None:
    """Return how many of what the effect is of there are in a year: customers, and for a ratio what it is divided by.

    A ratio of money over orders rises by so much for each order, of which a customer has as many as in the test.
    """
    main, customers = evaluated.found.main, kept.customers_per_year
    if main.metric.kind == "quantile":  # so much more at the median says nothing of the total
        return None
    if customers is None or main.metric.kind != "ratio":
        return customers
    arm = evaluated.read.data.statistic(main.metric.name, main.treatment)
    return customers * arm.bottom / arm.n if isinstance(arm, RatioStatistic) else customers


def kept_rule(choice: RuleChoice, now: datetime) -> KeptRule | None:
    """Return the rule that was chosen, None without what counts; ``experiment_bad_rule`` for a figure below 0."""
    if (choice.target if choice.goal == "better" else choice.margin) is None:
        return None
    money = (choice.customers_per_year, choice.value_per_unit)
    if choice.yearly_cost < 0 or any(figure is not None and figure <= 0 for figure in money):
        raise AnalysisError("experiment_bad_rule")
    return KeptRule(
        rule=Rule(
            target=choice.target or 0.0, goal=choice.goal,
            margin=None if choice.goal == "better" else choice.margin,
            guardrail_share=round(choice.guardrail_percent / 100, 12),
            min_days=choice.min_days, max_days=choice.max_days,
        ),
        fixed_at=now, customers_per_year=choice.customers_per_year, value_per_unit=choice.value_per_unit,
        yearly_cost=choice.yearly_cost,
    )  # fmt: skip


def with_evaluation(
    experiment: Experiment,
    evaluated: EvaluatedExperiment,
    *,
    now: datetime,
    decided: DecidedExperiment | None = None,
    why: str = "",
) -> Experiment:
    """Return the experiment with the reading, and with what the rule decides.

    A rule that was chosen with the first reading is fixed by it. Raises ``experiment_rule_too_late``.
    """
    choices, found = evaluated.choices, evaluated.found
    told = sorted(found.results, key=lambda result: result is not found.main)  # the one that the answer is about first
    reading = _kept_reading(
        choices, [_comparison(result, found.control) for result in told], (*found.health, *found.notes),
        columns=choices.columns, days=evaluated.days or None, now=now,
    )  # fmt: skip
    if decided is not None:
        if experiment.rule is None and not experiment.readings and (rule := kept_rule(choices.rule, now)) is not None:
            experiment = with_rule(experiment, rule)
        done = decided.decision
        decision = KeptDecision(
            verdict=done.verdict, by_rule=done.verdict, reason=done.reason, arm=decided.treatment, decided_at=now,
            read_at=now, yearly=done.yearly, why=why,
        )  # fmt: skip
        experiment = experiment.model_copy(update={"decision": decision})
    return with_reading(experiment, reading)


def with_change(experiment: Experiment, evaluated: EvaluatedChange, *, metric: str, now: datetime) -> Experiment:
    """Return the experiment with the reading of a change; ``metric`` is what was measured, in words."""
    found, params = evaluated.reading, evaluated.params
    comparison = KeptComparison(
        metric=metric, arm=(params and params.treated) or "", n_arm=found.n_treatment,
        n_control=found.n_control, value_arm=found.treatment, value_control=found.control, absolute=found.absolute,
        relative=found.relative, p=found.test.p, test=found.test.convention,
    )  # fmt: skip
    reading = _kept_reading(evaluated.choices, [comparison], found.notes, columns=params, days=None, now=now)
    return with_reading(experiment, reading)


def with_verdict(experiment: Experiment, verdict: Verdict, why: str, *, now: datetime) -> Experiment:
    """Return the experiment with a person's decision; unchanged while nothing was read, or when nothing is new."""
    reading, before = experiment.last_reading, experiment.decision
    if reading is None or (before is not None and (before.verdict, before.why) == (verdict, why)):
        return experiment
    if before is not None:
        decision = before.model_copy(update={"verdict": verdict, "why": why, "decided_at": now})
    else:
        goal = reading.goal
        decision = KeptDecision(
            verdict=verdict, by_rule=None, arm=goal.arm if goal else "", decided_at=now, read_at=reading.read_at,
            why=why,
        )  # fmt: skip
    return experiment.model_copy(update={"decision": decision})


def _kept_reading(
    choices: ReadChoices, results: Iterable[KeptComparison], notes: Iterable[Note], *,
    columns: ReadParams | ChangeParams | None, days: int | None, now: datetime,
) -> KeptReading:  # fmt: skip
    """Return a reading as it is kept: where it came from, the choices, the results and the remarks."""
    source: TypedSource | TableSource
    if choices.source == "typed":
        source = TypedSource(metric=choices.metric, arms=choices.arms)
    else:
        if choices.table is None or columns is None:
            raise AnalysisError("experiment_no_table")
        source = TableSource(
            file=choices.table.file, digest=choices.table.digest, n_rows=choices.table.n_rows, columns=columns,
            joined=columns.unit if choices.source == "study" else None,
        )  # fmt: skip
    return KeptReading(
        read_at=now, design=choices.design if choices.is_change else "test", source=source,
        choices=choices.model_dump(mode="json"), results=tuple(results),
        remarks=tuple(_remark(note) for note in notes), days=days,
    )  # fmt: skip


def _remark(note: Note) -> Remark:
    plain = {
        name: fact if isinstance(fact, str | int | float | bool | None) else str(fact)
        for name, fact in note.facts.items()
    }
    return Remark(code=note.code, level=note.level, facts=plain)


def _comparison(result: MetricResult, control: str) -> KeptComparison:
    """Return a result as the screen tells it: with the interval that holds for all treatments together."""
    one = result.reading
    return KeptComparison(
        metric=result.metric.name, role=result.metric.role, arm=result.treatment, control=control,
        n_arm=one.n_treatment, n_control=one.n_control, value_arm=one.treatment, value_control=one.control,
        absolute=result.simultaneous, relative=result.simultaneous_relative, p=one.test.p,
        p_adjusted=result.p_corrected, test=one.test.convention,
    )  # fmt: skip
