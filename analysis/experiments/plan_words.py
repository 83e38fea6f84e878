"""What a plan and a split say, in sentences; the sentences are handed in by the translator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.arms.skewed import UNEQUAL
from analysis.experiments.plan_experiment import MOST_WEEKS, PlannedExperiment
from analysis.experiments.planning.plan import MeanPlan
from analysis.experiments.split_experiment import SEGMENT, fills_plan
from analysis.experiments.splitting.split import HOLD_OUT, IMBALANCE

# Metrics whose level from a study of orders can be said in words.
_MEASURED = {"proportion": "_ordered", "revenue": "_spent"}
POWER_OFF = 0.02  # from how far on it is said that the power is not that of the formula
RARE_POINTS = 0.2  # a difference of shares that hardly any message makes

if TYPE_CHECKING:
    from analysis.experiments.record import KeptPlan, MetricKind
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
    need += _attained(found, t)
    if found.customers is None:
        return [need, *([t("plan.answer_weeks", weeks=found.weeks)] if found.weeks else [])]
    who = {"n": found.customers, "base": base, "days": found.choices.days}
    segment = found.source.name if found.source and found.source.is_segment else None
    # A bound stands for what nobody did, or everybody; the next sentence says so.
    told = found.source is not None and not found.choices.feature and found.bound is None
    measured = _MEASURED.get(metric, "") if told else ""
    have = t(f"plan.have{measured}{'' if segment is None else '_segment'}", segment=segment, **who)
    if plan.margin is not None:
        have += t("plan.have_power", power=found.power or 0.0)
    elif found.smallest is not None:
        have += t("plan.have_smallest", effect=effect_text(found.smallest, metric, t))
    else:
        have += t("plan.have_nothing")
    if found.bound is not None and found.source is not None:
        have += " " + t(f"plan.bound_{found.bound}", n=found.source.chosen.measured, base=base)
    if plan.margin is None and _is_rare(plan.baseline, needed.effect, metric):
        return [have, t("plan.then_rare"), need]
    if found.weeks == 0:
        return [have, t("plan.then_enough"), need]
    if found.weeks is not None and found.weeks <= MOST_WEEKS:
        return [have, t("plan.then_weeks_all" if segment is None else "plan.then_weeks", weeks=found.weeks), need]
    return [have, t("plan.then_never_all" if segment is None else "plan.then_never"), need]


def _attained(found: PlannedExperiment, t: Translate) -> str:
    """Say the power that is there, where the formula's is another one."""
    plan, off = found.plan, found.attained - found.needed.power
    if isinstance(plan, MeanPlan) and plan.skewness and plan.margin is None and _is_unequal(plan):
        assumed = found.source is None and found.choices.skewness is None
        return " " + t(f"plan.skewness_{'assumed' if assumed else 'known'}", skewness=round(plan.skewness, 1))
    if abs(off) < POWER_OFF:
        return ""
    how = "looks" if plan.sequential == "always_valid" else "less" if off < 0 else "more"
    return " " + t(f"plan.attained_{how}", attained=found.attained, looks=plan.looks)


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
    from analysis.experiments.planning.plan import sample_size

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


def split_answer(
    sizes: Mapping[str, int], plan: KeptPlan | None, t: Translate, *, n_not_contacted: int = 0
) -> list[str]:
    """Say how large the groups would be, whether that is as planned, and how many are in none of them."""
    said = [t("split.preview", n=sum(sizes.values()), sizes=sizes_text(sizes, t)), *enough_text(sizes, plan, t)]
    return [*said, t("split.not_contacted", n=n_not_contacted)] if n_not_contacted else said


def enough_text(sizes: Mapping[str, int], plan: KeptPlan | None, t: Translate) -> list[str]:
    """Say whether the groups are as large as planned; nothing without a plan."""
    found = fills_plan(sizes, plan)
    if found is None:
        return []
    fills, planned = found
    key = "split.as_planned" if fills else "split.too_few"
    return [t(key, control=planned.n_control, treatment=planned.n_treatment)]


def came_text(sizes: Mapping[str, int], plan: KeptPlan | None, t: Translate) -> list[str]:
    """Say when fewer were read than the plan asked for; ``sizes`` has control first, and no hold-out."""
    found = fills_plan(sizes, plan)
    if found is None or found[0]:
        return []
    planned, (control, *treatments) = found[1], sizes.values()
    return [
        t(
            "read.fewer_came", control=control, treatment=min(treatments, default=0),
            planned_control=planned.n_control, planned_treatment=planned.n_treatment,
        )
    ]  # fmt: skip


def balance_answer(n: int, off: int, smallest: int, t: Translate) -> str:
    """Say how many of ``n`` features and levels are ``off``, and whether chance alone does that to small groups."""
    if not off:
        return t("split.alike", n=n)
    said = t("split.unlike", n=off, total=n)
    chance = 1.96 * math.sqrt(2 / max(smallest, 1))
    return f"{said} {t('split.by_chance', n=smallest, size=chance)}" if chance > IMBALANCE else said


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
