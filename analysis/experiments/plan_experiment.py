"""From the choices of a plan to its figures, its rule and its record: what the page, a command and a notebook show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.choices import TYPED, PlanChoices
from analysis.experiments.planning.attained import attained_power
from analysis.experiments.planning.clusters import Clusters, least_in_arm
from analysis.experiments.planning.outlook import EVERYBODY, OutlookParams, SegmentOutlook, weeks_to_fill, with_baseline
from analysis.experiments.planning.plan import (
    PLANNED,
    MeanPlan,
    Plan,
    Planned,
    ProportionPlan,
    for_arms,
    power_of,
    power_over_sizes,
    power_over_weeks,
    sample_size,
    smallest_effect,
)
from analysis.experiments.planning.smallest import A_STEP, bounded, merge_with, weeks_to_show, with_smallest
from analysis.experiments.reading.decide import Rule
from analysis.experiments.record import Audience, Experiment, KeptPlan, KeptRule, with_rule
from analysis.profiles.outcome import less_is_better
from analysis.tabular import Tabular, under

CURVE_POINTS = 60
MOST_WEEKS = 520
_OUTCOMES = {"proportion": "ordered", "mean": "orders", "revenue": "revenue", "ratio": "order_value"}


@dataclass(frozen=True)
class PlanSource:
    """The segment a plan is for, with what the study says of every segment of the same segmentation.

    ``names`` are the segments in words, by key; ``cluster_name`` is what gets an arm as a whole, in words.
    """

    method: str
    segment: str
    names: Mapping[str, str]
    outlooks: tuple[SegmentOutlook, ...]
    cluster_name: str = ""

    @property
    def chosen(self) -> SegmentOutlook:
        """The segment itself."""
        return next(one for one in self.outlooks if one.segment == self.segment)

    @property
    def name(self) -> str:
        """The segment in words."""
        return self.names[self.segment]

    @property
    def is_segment(self) -> bool:
        """Whether it is a segment, not everybody."""
        return self.segment != EVERYBODY

    @property
    def audience(self) -> Audience:
        """The segment as it is kept with an experiment."""
        return Audience(method=self.method, segment=self.segment, name=self.name, n=self.chosen.n)


@dataclass(frozen=True)
class PlannedExperiment(
    Tabular,
    columns=(
        *under("needed", PLANNED), "customers", "per_week", "weeks", "smallest", "power_with_customers=power",
        "attained",
    ),
):  # fmt: skip
    """A plan with its figures.

    Attributes
    ----------
    plan, needed : Plan and Planned
        The statistics behind the choices, and what they need.
    source : PlanSource, optional
        Of a plan from a study.
    customers, per_week : int and float, optional
        Those there are, and those who come in each week.
    weeks : int, optional
        Until all arms are full; 0 when those there are suffice, None when not known or never.
    smallest : float, optional
        The smallest absolute effect that ``customers`` can show; None without them, or where there is none.
    power : float, optional
        With ``customers``.
    attained : float
        The power of the test as it is read, with the customers needed (``attained_power``).
    """

    choices: PlanChoices
    plan: Plan
    needed: Planned
    source: PlanSource | None
    customers: int | None
    per_week: float | None
    weeks: int | None
    smallest: float | None
    power: float | None
    attained: float

    @property
    def bound(self) -> Literal["none", "all"] | None:
        """Whether none or all of the segment did what is measured; the plan then starts from the bound of its share."""
        found = self.source.chosen.statistic if self.source else None
        if not isinstance(found, ProportionStatistic) or 0 < found.successes < found.n:
            return None
        return "none" if found.successes == 0 else "all"


@dataclass(frozen=True)
class SegmentEffect:
    """What one segment can show with a plan: customers, baseline, whom it was ``measured`` on, smallest effect."""

    segment: str
    n: int
    baseline: float
    measured: int
    effect: float


def plan_experiment(choices: PlanChoices, source: PlanSource | None = None) -> PlannedExperiment:
    """Return the figures of a plan.

    Parameters
    ----------
    choices : PlanChoices
        An effect that is left open (None) is the smallest that the customers can show, where it is known how many
        there are; with a margin it is none.
    source : PlanSource, optional
        Wanted when ``choices.source`` is a segment of a study.

    Raises
    ------
    AnalysisError
        ``experiment_clusters_unseen`` (column), ``experiment_cluster_alone``, ``experiment_field_empty`` (field),
        ``experiment_negative_count`` (field, value), ``experiment_nobody_then``,
        ``experiment_no_source``, ``experiment_segment_too_small`` (n) and with ``_merge`` (others), ``_wait`` (weeks)
        and ``_cannot`` of a segment when the effect is left open and they can show none, and as ``sample_size``.

    Examples
    --------
    >>> found = plan_experiment(PlanChoices(baseline=20, points=5, customers=1000))
    >>> found.needed.n_control, round(found.power, 3), round(found.smallest, 3)
    (1094, 0.473, 0.075)
    """
    if source is None and choices.source != TYPED:
        raise AnalysisError("experiment_no_source", source=choices.source)
    plan = for_arms(_plan(choices, source))
    customers = _there(choices, source)
    rate = source.chosen.per_week if source and choices.per_week is None else choices.per_week
    per_week = None if plan.clusters else rate  # new customers are no new stores
    if _asks_smallest(choices):
        plan = _smallest(plan, source, customers, per_week)
    needed = sample_size(plan)
    weeks = weeks_to_fill(needed, at_once=customers or 0, per_week=per_week)
    # One number where it was asked for, not two that differ by rounding.
    smallest = plan.effect if _asks_smallest(choices) else smallest_with(plan, customers)
    power = power_with(plan, customers) if customers is not None else None
    attained = attained_power(plan, needed)
    return PlannedExperiment(choices, plan, needed, source, customers, per_week, weeks, smallest, power, attained)


def _there(choices: PlanChoices, source: PlanSource | None) -> int | None:
    if source is None:
        return choices.customers
    return source.chosen.n_in_clusters if choices.cluster else source.chosen.n


def _asks_smallest(choices: PlanChoices) -> bool:
    """Say whether the effect is left open: the question is then what those there are can show."""
    if choices.non_inferior or (choices.source == TYPED and choices.customers is None):
        return False
    return getattr(choices, _effect_field(choices)) is None


def _effect_field(choices: PlanChoices) -> str:
    return "relative" if choices.effect_kind == "relative" else "points" if choices.is_share else "amount"


def _smallest(plan: Plan, source: PlanSource | None, customers: int | None, per_week: float | None) -> Plan:
    try:
        return with_smallest(plan, customers or 0)
    except AnalysisError as problem:
        if source is None or not source.is_segment or problem.code != "experiment_segment_too_small":
            raise
        others = () if plan.clusters else merge_with(plan, source.segment, source.outlooks)
        weeks = weeks_to_show(plan, customers or 0, per_week)
        code = "merge" if others else "wait" if weeks is not None else "cannot"
        facts: dict[str, object] = {"n": customers or 0, "segment": source.name, "weeks": weeks or 0}
        facts["others"] = tuple(source.names[key] for key in others)
        raise AnalysisError(f"experiment_segment_too_small_{code}", **facts) from problem


def outlook_params(choices: PlanChoices) -> OutlookParams:
    """Return what is measured of the segments of a study; ``experiment_field_empty`` without days."""
    feature = choices.feature or None
    outcome = "feature" if feature else _OUTCOMES[choices.metric]
    chosen = {"feature": feature, "cluster": choices.cluster or None, "leave_out_left": choices.leave_out_left}
    return OutlookParams(outcome=outcome, days=max(int(_need(choices, "days")), 1), **chosen)  # pyright: ignore


def _plan(choices: PlanChoices, source: PlanSource | None) -> Plan:
    for name in ("customers", "per_week"):
        if (value := getattr(choices, name) or 0) < 0:
            raise AnalysisError("experiment_negative_count", field=name, value=value)
    share, scale = choices.is_share, 0.01 if choices.is_share else 1.0
    # Without rounding 5 % would be 0.05000000000000001.
    if _asks_smallest(choices):
        effect = -A_STEP if less_is_better(choices.outcome) or less_is_better(choices.feature) else A_STEP
    elif choices.non_inferior and getattr(choices, _effect_field(choices)) is None:
        effect = 0.0  # of what shall only be no worse none is expected
    else:
        effect = _need(choices, _effect_field(choices)) * (0.01 if choices.effect_kind == "relative" else scale)
    shared: dict[str, Any] = {
        "effect": round(effect, 12),
        "effect_kind": "absolute" if _asks_smallest(choices) else choices.effect_kind,
        "alpha": round(_need(choices, "alpha") * 0.01, 12),
        "power": round(_need(choices, "power") * 0.01, 12),
        "sides": choices.sides,
        "split": _need(choices, "split"),
        "treatments": int(_need(choices, "treatments")),
        "correction": "bonferroni" if choices.correct else "none",
        "margin": round(_need(choices, "margin") * scale, 12) if choices.non_inferior else None,
        "sequential": choices.sequential,
        "looks": int(_need(choices, "looks")),
        "clusters": _clusters(choices, source.chosen if source else None),
    }
    base = _need(choices, "baseline") * 0.01 if share else _need(choices, "mean")
    if share:
        plan: Plan = ProportionPlan(baseline=round(base, 12), formula=choices.formula, **shared)
    else:
        sd = _need(choices, "sd")
        plan = MeanPlan(baseline=base, sd=sd, skewness=_skewness(choices, base, sd), **shared)
    if source is None:
        return plan
    if source.chosen.statistic is None:
        raise AnalysisError("experiment_nobody_then", segment=source.name)
    plan = with_baseline(plan, bounded(source.chosen.statistic))
    if share and not 0 < plan.baseline < 1:  # one customer alone
        raise AnalysisError("experiment_nobody_then", segment=source.name)
    return plan


def _clusters(choices: PlanChoices, segment: SegmentOutlook | None) -> Clusters | None:
    """Return how customers hang together: as seen in the study, or as typed; None where each is assigned alone."""
    if choices.metric == "ratio" and (choices.cluster or choices.cluster_size is not None):
        raise AnalysisError("experiment_cluster_alone")
    if choices.cluster:
        if segment is None or segment.clusters is None or not segment.n_clusters:
            raise AnalysisError("experiment_clusters_unseen", column=choices.cluster)
        seen = segment.clusters.clusters
        # Those who are in the segment today are split, not those who were measured.
        seen = seen.model_copy(update={"size": segment.n_in_clusters / segment.n_clusters})
        if choices.icc is None:
            return seen
        return seen.model_copy(update={"icc": choices.icc, "icc_low": None, "icc_high": None})
    if choices.cluster_size is None:
        return None
    variation = round(_need(choices, "cluster_variation") * 0.01, 12)
    return Clusters(size=choices.cluster_size, variation=variation, icc=_need(choices, "icc"))


def _skewness(choices: PlanChoices, mean: float, sd: float) -> float:
    """Return the skewness of one customer; of revenue that is not said to be another, that of gamma amounts."""
    if choices.metric == "ratio":
        return 0.0
    if choices.skewness is not None:
        return choices.skewness
    return 2 * sd / mean if choices.metric == "revenue" and mean > 0 else 0.0


def _need(choices: PlanChoices, name: str) -> float:
    value = getattr(choices, name)
    if value is None:
        raise AnalysisError("experiment_field_empty", field=name)
    return float(value)


def smallest_with(plan: Plan, customers: float | None) -> float | None:
    """Return the smallest effect that so many customers of all arms can show; None without one, or with a margin."""
    try:
        arms = 1 + plan.split * plan.treatments
        return None if customers is None or plan.margin is not None else smallest_effect(plan, customers / arms)
    except AnalysisError:
        return None


def power_with(plan: Plan, customers: float) -> float | None:
    """Return the power with so many customers in all arms, or None when they are too few to ask."""
    try:
        return power_of(plan, customers / (1 + plan.split * plan.treatments))
    except AnalysisError:
        return None


def power_by_customers(found: PlannedExperiment) -> list[tuple[int, float]]:
    """Return (customers in all arms, power) for a curve that reaches twice what is needed."""
    plan = found.plan
    arms = 1 + plan.split * plan.treatments
    most = max(found.needed.n_total * 2.0, (found.customers or 0) * 1.15)
    # The curve is steep at first: half of its points lie in the first sixteenth.
    least = max(4.0, least_in_arm(plan.clusters, plan.split)) * arms / (1 if plan.clusters else 2)
    totals = sorted({int(least + (most - least) * (i / CURVE_POINTS) ** 2) + 1 for i in range(CURVE_POINTS + 1)})
    sizes = {total: int(total / arms) for total in totals if _enough(plan, total / arms)}
    powers = power_over_sizes(plan, list(sizes.values()))
    return [(total, power) for total, (_, power) in zip(sizes, powers, strict=True)]


def _enough(plan: Plan, n_control: float) -> bool:
    least = least_in_arm(plan.clusters, plan.split) + 1
    return n_control >= least if plan.clusters else min(n_control, n_control * plan.split) >= 3


def power_by_weeks(found: PlannedExperiment) -> tuple[int, list[tuple[int, float]]] | None:
    """Return the week in which new customers alone fill the arms, and (week, power); None when not known or never."""
    weeks = weeks_to_fill(found.needed, at_once=0, per_week=found.per_week)
    if not weeks or not found.per_week:
        return None
    return weeks, power_over_weeks(found.plan, found.per_week, min(max(2 * weeks, 4), MOST_WEEKS))


def segment_effects(found: PlannedExperiment) -> tuple[list[SegmentEffect], list[str]]:
    """Return what each segment of the study could show with this plan, and the keys of those that could nothing."""
    effects, left_out = [], []
    plan = found.plan
    for one in found.source.outlooks if found.source else ():
        try:
            if one.statistic is None:
                raise AnalysisError("experiment_nobody_then", segment=one.segment)
            own = with_baseline(plan, bounded(one.statistic))
            own = own.model_copy(update={"clusters": _clusters(found.choices, one)})
            effect = abs(smallest_effect(own, one.n / (1 + plan.split * plan.treatments)))
        except AnalysisError:
            left_out.append(one.segment)
            continue
        effects.append(SegmentEffect(one.segment, one.n, own.baseline, one.measured, effect))
    return effects, left_out


def rule_of(choices: PlanChoices, effect: float) -> Rule:
    """Return the rule of the choices; without a target it is the effect of the plan, and of no worse the margin counts.

    Raises ``experiment_bad_rule``, ``experiment_field_empty``.
    """
    scale, only = 0.01 if choices.is_share else 1.0, choices.non_inferior
    rule = Rule(
        target=round(abs(effect) if choices.target is None else choices.target * scale, 12),
        goal="not_worse" if only else "better", margin=round(_need(choices, "margin") * scale, 12) if only else None,
        guardrail_share=round(_need(choices, "guardrail_percent") / 100, 12),
        min_days=int(_need(choices, "min_days")), max_days=int(_need(choices, "max_days")),
    )  # fmt: skip
    counts = (rule.margin or 0.0) if only else rule.target
    if not counts > 0 or rule.guardrail_share < 0 or not 0 <= rule.min_days <= rule.max_days:
        raise AnalysisError("experiment_bad_rule")
    return rule


def _value_of_one(choices: PlanChoices) -> float | None:
    """Return the money of one unit of the effect: as typed, or of revenue what stays of it; None while not known."""
    if choices.metric not in ("revenue", "ratio"):
        return choices.value or None
    return choices.gross_margin / 100 if choices.gross_margin else None


def with_plan(experiment: Experiment, found: PlannedExperiment, *, now: datetime) -> Experiment:
    """Return the experiment with plan, rule and audience; the same rule once more keeps the day it was fixed.

    Raises ``experiment_bad_rule``, ``experiment_field_empty``, ``experiment_rule_too_late``.
    """
    choices = found.choices
    if any((getattr(choices, name) or 0) < 0 for name in ("per_year", "value", "gross_margin", "cost")):
        raise AnalysisError("experiment_bad_rule")
    rule = KeptRule(
        rule=rule_of(choices, found.needed.effect), fixed_at=now,
        customers_per_year=choices.per_year or None,
        value_per_unit=_value_of_one(choices),
        yearly_cost=choices.cost or 0.0,
    )  # fmt: skip
    plan = KeptPlan(
        choices=found.plan, metric=choices.metric, outcome=choices.outcome.strip(), customers=found.customers,
        per_week=found.per_week if found.per_week else None,
    )  # fmt: skip
    old = experiment.rule
    same = old is not None and old.model_copy(update={"fixed_at": now}) == rule
    ruled = experiment if same else with_rule(experiment, rule)
    audience = found.source.audience if found.source and found.source.is_segment else None
    return ruled.model_copy(update={"plan": plan, "audience": audience})
