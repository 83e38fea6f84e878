"""What a plan and a split say, in sentences; the sentences are handed in by the translator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.arms.skewed import UNEQUAL
from analysis.experiments.plan_experiment import MOST_WEEKS, PlannedExperiment
from analysis.experiments.planning.plan import MeanPlan, sample_size
from analysis.experiments.rows.clusters import FEW
from analysis.experiments.split_experiment import SEGMENT, fills_plan
from analysis.experiments.splitting.split import HOLD_OUT, IMBALANCE
from analysis.stats.intervals import Z95
from analysis.translate import prose

# Metrics whose level from a study of orders can be said in words.
_MEASURED = {"proportion": "_ordered", "revenue": "_spent"}
EVEN_ENOUGH = 0.6  # up to which variation of typed sizes the plan keeps its power whatever their shape
POWER_OFF = 0.02  # from how far on it is said that the power is not that of the formula
RARE_POINTS = 0.2  # a difference of shares that hardly any message makes

if TYPE_CHECKING:
    from analysis.experiments.record import KeptPlan, MetricKind
    from analysis.experiments.split_experiment import SplitExperiment
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate


def level_text(value: float, metric: MetricKind, t: Translate) -> str:
    """Write a level of a metric: a share in percent, money with its sign, else a number."""
    if metric == "proportion":
        return t.percent(value)
    return t.money(value) if metric in ("revenue", "ratio") else t.number(value)


def effect_text(value: float, metric: MetricKind, t: Translate) -> str:
    """Write a difference of two levels, without its sign: of shares in percentage points."""
    if metric == "proportion":
        return t("plan.in_points", n=round(abs(value) * 100, 6))
    return level_text(abs(value), metric, t)


def change_text(value: float, metric: MetricKind, t: Translate) -> str:
    """Write a difference of two levels with its sign."""
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{effect_text(value, metric, t)}"


def smallest_text(effect: float, metric: MetricKind, t: Translate) -> str:
    """Write an effect for a figure, which cuts off what is long."""
    if metric != "proportion":
        return effect_text(effect, metric, t)
    return t("plan.points_figure", n=round(abs(effect) * 100, 6))


def refusal(problem: AnalysisError, t: Translate) -> AnalysisError:
    """Return a refusal whose field is named in words: of a plan, or of a row of figures."""
    facts = dict(problem.facts)
    if "others" in facts:
        facts["others"] = t("segments.between").join(facts["others"])
    field = str(facts.get("field", ""))
    if "arm" in facts and t.has(f"read.field_{field}"):
        facts["field"] = t("read.field_of", field=t(f"read.field_{field}"), arm=facts.pop("arm"))
    elif problem.code in ("experiment_field_empty", "experiment_negative_count") and t.has(f"plan.{field}"):
        facts["field"] = t(f"plan.{field}")
    return AnalysisError(problem.code, **facts)


def plan_answer(found: PlannedExperiment, t: Translate) -> list[str]:
    """Return what a plan says, most important first: what those there are can show, how long, what is needed."""
    plan, needed, metric = found.plan, found.needed, found.choices.metric
    base = level_text(plan.baseline, metric, t)
    facts = {
        "control": needed.n_control, "treatment": needed.n_treatment, "total": needed.n_total,
        "treatments": plan.treatments, "power": plan.power, "base": base,
        "goal": level_text(plan.baseline + needed.effect, metric, t),
    }  # fmt: skip
    if plan.margin is not None:
        need = t("plan.answer_margin", margin=effect_text(plan.margin, metric, t), **facts)
    else:
        need = t("plan.answer_one" if plan.treatments == 1 else "plan.answer_many", **facts)
    need = _clusters(found, facts, t) if plan.clusters else prose(filter(None, (need, _attained(found, t))), t)
    if found.customers is None:
        return [need, *([t("plan.answer_weeks", weeks=found.weeks)] if found.weeks else [])]
    who = {"n": found.customers, "base": base, "days": found.choices.days}
    segment = found.source.name if found.source and found.source.is_segment else None
    # A bound stands for what nobody did, or everybody; the next sentence says so.
    told = found.source is not None and not found.choices.feature and found.bound is None
    measured = _MEASURED.get(metric, "") if told else ""
    if found.source is not None and found.choices.feature and metric == "proportion" and found.bound is None:
        # Of a feature the share is of those measured, who may be more than those there are.
        measured = "_feature"
        who |= {"measured": found.source.chosen.measured, "outcome": found.choices.outcome.strip() or t("plan.feature")}
    have = t(f"plan.have{measured}{'' if segment is None else '_segment'}", segment=segment, **who)
    if plan.margin is not None:
        have += t("plan.have_power", power=found.power or 0.0)
    elif found.smallest is not None:
        have += t("plan.have_smallest", effect=effect_text(found.smallest, metric, t))
    else:
        have += t("plan.have_nothing")
    if plan.clusters is not None:
        units = math.floor(found.customers / plan.clusters.size + 1e-9)
        have = prose([have, t("plan.have_clusters", by=cluster_text(found, t), n=units)], t)
    if found.bound is not None and found.source is not None:
        have = prose([have, t(f"plan.bound_{found.bound}", n=found.source.chosen.measured, base=base)], t)
    if found.source is not None and found.source.chosen.n_left:
        have = prose([have, t("plan.left", n=found.source.chosen.n_left)], t)
    if plan.margin is None and _is_rare(plan.baseline, needed.effect, metric):
        return [have, t("plan.then_rare"), need]
    if found.weeks == 0:
        return [have, t("plan.then_enough"), need]
    if plan.clusters is not None:
        return [have, t("plan.then_never_clusters", by=cluster_text(found, t)), need]
    if found.weeks is not None and found.weeks <= MOST_WEEKS:
        return [have, t("plan.then_weeks_all" if segment is None else "plan.then_weeks", weeks=found.weeks), need]
    never = "plan.then_never" if plan.margin is None else "plan.then_never_margin"
    return [have, t(f"{never}_all" if segment is None else never), need]


def cluster_text(found: PlannedExperiment, t: Translate) -> str:
    """Return what gets an arm as a whole: the column of the study as it is called, or stores and classes in general."""
    if found.source is None or not found.choices.cluster:
        return t("plan.cluster_typed")
    return found.source.cluster_name or found.choices.cluster


def _clusters(found: PlannedExperiment, facts: Mapping[str, object], t: Translate) -> str:
    """Say how many whole clusters are needed, why so many, and how much hangs on how alike their customers are."""
    plan, needed = found.plan, found.needed
    assert plan.clusters is not None
    control, treatment = needed.clusters_control or 0, needed.clusters_treatment or 0
    units = control + plan.treatments * treatment
    facts = {**facts, "control": control, "treatment": treatment, "units": units, "by": cluster_text(found, t)}
    if plan.margin is not None:
        key, facts["margin"] = "margin", effect_text(plan.margin, found.choices.metric, t)
    else:
        key = "one" if plan.treatments == 1 else "many"
    said = [t(f"plan.answer_clusters_{key}", **facts)]
    told = plan.clusters
    said.append(t("plan.clusters_times", icc=_small(told.icc), times=round(told.design_effect, 1)))
    if told.icc_high is not None:
        most = sample_size(plan.model_copy(update={"clusters": told.model_copy(update={"icc": told.icc_high})}))
        units = (most.clusters_control or 0) + plan.treatments * (most.clusters_treatment or 0)
        said.append(t("plan.clusters_seen", low=_small(told.icc_low or 0.0), high=_small(told.icc_high), units=units))
    if found.choices.cluster_size is not None and told.variation > EVEN_ENOUGH:
        said.append(t("plan.clusters_uneven", variation=told.variation))
    if min(control, treatment) < FEW:
        said.append(t("plan.clusters_few", least=FEW))
    return prose(said, t)


def _small(value: float) -> str:
    return f"{value:.2g}" if value < 0.995 else f"{value:.3g}"


def _attained(found: PlannedExperiment, t: Translate) -> str:
    """Say the power that is there, where the formula's is another one."""
    plan, off = found.plan, found.attained - found.needed.power
    if isinstance(plan, MeanPlan) and plan.skewness and plan.margin is None and _is_unequal(plan):
        assumed = found.source is None and found.choices.skewness is None
        return t(f"plan.skewness_{'assumed' if assumed else 'known'}", skewness=round(plan.skewness, 1))
    if abs(off) < POWER_OFF:
        return ""
    how = "looks" if plan.sequential == "always_valid" else "less" if off < 0 else "more"
    return t(f"plan.attained_{how}", attained=found.attained, looks=plan.looks)


def _is_unequal(plan: MeanPlan) -> bool:
    return max(plan.split, 1 / plan.split) >= UNEQUAL


def _is_rare(baseline: float, effect: float, metric: MetricKind) -> bool:
    """Say whether an effect is larger than what one is likely to do: 20 points of a share, or as much again."""
    return abs(effect) >= RARE_POINTS if metric == "proportion" else abs(effect) >= abs(baseline) > 0


def formula_text(found: PlannedExperiment, t: Translate) -> str:
    """Return the formula in words, with the way of looking early where there is one."""
    sequential = found.plan.sequential
    text = t(f"plan.formula_{found.needed.formula.removesuffix(f'_{sequential}')}")
    return text if sequential == "fixed" else f"{text}; {t(f'plan.{sequential}')}"


def plan_summary(plan: KeptPlan, t: Translate) -> str | None:
    """Return a kept plan in one sentence; None when it has no answer."""
    try:
        planned = sample_size(plan.choices)
    except AnalysisError:
        return None
    return t(
        "experiments.plan",
        outcome=plan.outcome or t(f"plan.metric_{plan.metric}"),
        base=level_text(plan.choices.baseline, plan.metric, t),
        n=planned.n_total,
        goal=level_text(plan.choices.baseline + planned.effect, plan.metric, t),
    )


def arm_text(arm: str, t: Translate) -> str:
    """Return what an arm is called."""
    return t("split.hold_out_name") if arm == HOLD_OUT else arm


def sizes_text(sizes: Mapping[str, int], t: Translate) -> str:
    """Write the groups with their customers."""
    return t("split.and").join(t("split.size", arm=arm_text(arm, t), n=n) for arm, n in sizes.items())


def split_answer(found: SplitExperiment, plan: KeptPlan | None, t: Translate, *, by: str = "") -> list[str]:
    """Say how large the groups would be, whether that is as planned, and how many are in none of them.

    ``by`` is what is assigned as a whole, in words.
    """
    sizes, units = found.sizes, found.cluster_sizes
    said = [t("split.preview", n=sum(sizes.values()), sizes=sizes_text(sizes, t))]
    if units is not None:
        said.append(clusters_text(units, by or found.choices.cluster, t))
    if units is not None and min(units.values()) < FEW:
        said.append(t("plan.clusters_few", least=FEW))
    said += enough_text(sizes, plan, t, units=units)
    if found.n_without_cluster:
        said.append(t("split.without_cluster", n=found.n_without_cluster, by=by or found.choices.cluster))
    said += [t("split.left", n=found.n_left)] if found.n_left else []
    return [*said, t("split.not_contacted", n=found.n_not_contacted)] if found.n_not_contacted else said


def clusters_text(units: Mapping[str, int], by: str, t: Translate) -> str:
    """Say how many whole clusters each group has."""
    written = t("split.and").join(t("split.units", arm=arm_text(arm, t), n=n) for arm, n in units.items())
    return t("split.by_cluster", by=by, n=sum(units.values()), units=written)


def enough_text(
    sizes: Mapping[str, int], plan: KeptPlan | None, t: Translate, *, units: Mapping[str, int] | None = None
) -> list[str]:
    """Say whether the groups are as large as planned; nothing without a plan.

    ``units`` are the whole clusters of each group, None where customers are assigned.
    """
    if plan is not None and (plan.choices.clusters is None) != (units is None):
        return [t("split.plan_by_customer" if units is not None else "split.plan_by_cluster")]
    found = fills_plan(sizes if units is None else units, plan)
    if found is None:
        return []
    fills, planned = found
    key = "split.as_planned" if fills else "split.too_few"
    if planned.clusters_control is not None:
        return [t(f"{key}_clusters", control=planned.clusters_control, treatment=planned.clusters_treatment)]
    return [t(key, control=planned.n_control, treatment=planned.n_treatment)]


def came_text(sizes: Mapping[str, int], plan: KeptPlan | None, t: Translate, *, by_cluster: bool = False) -> list[str]:
    """Say when fewer were read than the plan asked for.

    ``sizes`` has control first, and no hold-out; with ``by_cluster`` they are whole clusters.
    """
    if plan is not None and (plan.choices.clusters is not None) != by_cluster:
        return [t("read.plan_by_cluster" if plan.choices.clusters else "read.plan_by_customer")]
    found = fills_plan(sizes, plan)
    if found is None or found[0]:
        return []
    planned, (control, *treatments) = found[1], sizes.values()
    wanted = (planned.n_control, planned.n_treatment)
    if planned.clusters_control is not None:
        wanted = (planned.clusters_control, planned.clusters_treatment)
    return [
        t(
            "read.fewer_came_clusters" if by_cluster else "read.fewer_came", control=control,
            treatment=min(treatments, default=0), planned_control=wanted[0], planned_treatment=wanted[1],
        )
    ]  # fmt: skip


def balance_answer(n: int, off: int, smallest: int, t: Translate, *, whole: bool = False) -> str:
    """Say how many of ``n`` features and levels are ``off``, and whether chance alone does that to small groups.

    With ``whole`` the smallest group is so many stores or classes, not customers.
    """
    if not off:
        return t("split.alike", n=n)
    said = t("split.unlike", n=off, total=n)
    chance = Z95 * math.sqrt(2 / max(smallest, 1))
    if chance <= IMBALANCE:
        return said
    key = "split.by_chance_clusters" if whole else "split.by_chance"
    return prose([said, t(key, n=smallest, size=chance)], t)


def strata_text(profiles: Profiles, strata: Sequence[str], t: Translate) -> str:
    """Return the strata in words."""
    from analysis.profiles.words import feature_name

    found = [
        t("split.segment")
        if name == SEGMENT
        else feature_name(feature, t)
        if (feature := profiles.feature(name))
        else name
        for name in strata
    ]
    return ", ".join(found) or t("split.strata_none")
