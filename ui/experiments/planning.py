"""What the Plan page holds: its fields, the plan that they make, and the figures of the study behind a segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.planning.outlook import EVERYBODY, OutlookParams, SegmentOutlook, outlook, with_baseline
from analysis.experiments.planning.plan import MeanPlan, Plan, ProportionFormula, ProportionPlan
from analysis.experiments.reading.decide import Rule
from analysis.experiments.record import Audience
from ui import compute, session
from ui.experiments import experiments
from ui.page_choices import Choice
from ui.segments import explain

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from ui.segments.segments import Shown

PAGE = "plan"
Metric = Literal["proportion", "mean", "revenue", "ratio"]
METRICS: tuple[Metric, ...] = get_args(Metric)
OUTCOMES = {"proportion": "ordered", "mean": "orders", "revenue": "revenue", "ratio": "order_value"}
TYPED = "typed"
SEQUENTIAL = ("fixed", "obrien_fleming", "pocock", "always_valid")


@dataclass(frozen=True)
class Source:
    """The segment a plan is for, with what the study says of every segment of the same segmentation."""

    method: str
    segment: str
    names: dict[str, str]
    outlooks: tuple[SegmentOutlook, ...]

    @property
    def chosen(self) -> SegmentOutlook:
        """The segment itself."""
        return next(one for one in self.outlooks if one.segment == self.segment)

    @property
    def name(self) -> str:
        """The segment in words."""
        return self.names[self.segment]

    @property
    def audience(self) -> Audience:
        """The segment as it is kept with an experiment."""
        return Audience(method=self.method, segment=self.segment, name=self.name, n=self.chosen.n)


def choices(sources: dict[str, str], features: list[str]) -> dict[str, Choice]:
    """Return every field of the page by name."""

    def number(name: str, default: float | None) -> Choice:
        return Choice(experiments.key(PAGE, name), (), default, read=float, free=True)

    def whole(name: str, default: int | None) -> Choice:
        return Choice(experiments.key(PAGE, name), (), default, read=int, free=True)

    def one_of(name: str, offered: Any, default: Any) -> Choice:
        return Choice(experiments.key(PAGE, name), offered, default)

    def text(name: str) -> Choice:
        return Choice(experiments.key(PAGE, name), (), "", read=str, free=True)

    return {
        "metric": one_of("metric", METRICS, "proportion"),
        "source": one_of("source", list(sources), next(iter(sources))),
        "feature": one_of("feature", ["", *features], ""),
        "days": whole("days", 28),
        "outcome": text("outcome"),
        "baseline": number("baseline", 20.0),
        "mean": number("mean", 50.0),
        "sd": number("sd", 80.0),
        "customers": whole("customers", None),
        "per_week": number("per_week", None),
        "effect_kind": one_of("effect_kind", ("absolute", "relative"), "absolute"),
        "points": number("points", 5.0),
        "amount": number("amount", 5.0),
        "relative": number("relative", 10.0),
        "alpha": number("alpha", 5.0),
        "power": number("power", 80.0),
        "sides": one_of("sides", ("two_sided", "one_sided"), "two_sided"),
        "treatments": whole("treatments", 1),
        "split": number("split", 1.0),
        "correct": Choice(experiments.key(PAGE, "correct"), (True, False), True),
        "non_inferior": Choice(experiments.key(PAGE, "non_inferior"), (True, False), False),
        "margin": number("margin", 2.0),
        "sequential": one_of("sequential", SEQUENTIAL, "fixed"),
        "looks": whole("looks", 5),
        "formula": one_of("formula", get_args(ProportionFormula), "pooled_average"),
        "target": number("target", None),
        "guardrail": number("guardrail", 0.0),
        "min_days": whole("min_days", 7),
        "max_days": whole("max_days", 28),
        "per_year": number("per_year", None),
        "value": number("value", None),
        "cost": number("cost", 0.0),
        "name": text("name"),
    }


def held(fields: dict[str, Choice]) -> dict[str, Any]:
    """Return what every field holds now, by name."""
    return {name: session.widget(field.key) for name, field in fields.items()}


def is_share(metric: str | None) -> bool:
    """Say whether the metric is a share, typed in percent."""
    return metric == "proportion"


def plan_of(typed: dict[str, Any], source: Source | None) -> Plan:
    """Return the plan that the fields make.

    Raises ``experiment_field_empty``, ``experiment_negative_count`` (field, value), and as ``with_baseline``.
    """
    for name in ("customers", "per_week"):
        if (typed[name] or 0) < 0:
            raise AnalysisError("experiment_negative_count", field=session.t()(f"plan.{name}"), value=typed[name])
    share, relative = is_share(typed["metric"]), typed["effect_kind"] == "relative"
    scale = 0.01 if share else 1.0
    # Without rounding 5 % would be 0.05000000000000001.
    effect = need(typed, "relative") * 0.01 if relative else need(typed, "points" if share else "amount") * scale
    shared = {
        "effect": round(effect, 12),
        "effect_kind": typed["effect_kind"],
        "alpha": round(need(typed, "alpha") * 0.01, 12),
        "power": round(need(typed, "power") * 0.01, 12),
        "sides": typed["sides"],
        "split": need(typed, "split"),
        "treatments": int(need(typed, "treatments")),
        "correction": "bonferroni" if typed["correct"] else "none",
        "margin": round(need(typed, "margin") * scale, 12) if typed["non_inferior"] else None,
        "sequential": typed["sequential"],
        "looks": int(need(typed, "looks")),
    }
    base = need(typed, "baseline") * 0.01 if share else need(typed, "mean")
    if share:
        plan: Plan = ProportionPlan(baseline=round(base, 12), formula=typed["formula"], **shared)
    else:
        plan = MeanPlan(baseline=base, sd=need(typed, "sd"), **shared)
    if source is None:
        return plan
    if source.chosen.statistic is None:
        raise AnalysisError("experiment_nobody_then", segment=source.name)
    plan = with_baseline(plan, source.chosen.statistic)
    if share:
        check_share(plan.baseline, segment=source.name, n=source.chosen.measured)
    return plan


def check_share(baseline: float, *, segment: str, n: int) -> None:
    """Raise ``experiment_none_in_segment`` or ``experiment_all_in_segment``: neither share can be planned from."""
    if baseline <= 0:
        raise AnalysisError("experiment_none_in_segment", segment=segment, n=n)
    if baseline >= 1:
        raise AnalysisError("experiment_all_in_segment", segment=segment, n=n)


def need(typed: dict[str, Any], name: str) -> float:
    """Return a number typed in; ``experiment_field_empty`` when there is none."""
    value = typed[name]
    if value is None:
        raise AnalysisError("experiment_field_empty", field=session.t()(f"plan.{name}"))
    return float(value)


def rule_of(typed: dict[str, Any], effect: float) -> Rule:
    """Return the rule that the fields make; without a target it is the effect of the plan, without its sign."""
    scale = 0.01 if is_share(typed["metric"]) else 1.0
    target = abs(effect) if typed["target"] is None else typed["target"] * scale
    rule = Rule(
        target=round(target, 12),
        guardrail=round(need(typed, "guardrail") * scale, 12),
        min_days=int(need(typed, "min_days")),
        max_days=int(need(typed, "max_days")),
    )
    if not rule.target > 0 or rule.guardrail < 0 or not 0 <= rule.min_days <= rule.max_days:
        raise AnalysisError("experiment_bad_rule")
    return rule


def sources(study: compute.LoadedStudy | None, profiles: Profiles | None) -> tuple[dict[str, str], dict[str, Shown]]:
    """Return whom a plan can be for, in words by key, and the segmentations behind; typed figures come first."""
    t = session.t()
    words = {TYPED: t("plan.from_typed")}
    if study is None or profiles is None:
        return words, {}
    views = explain.views(study, profiles)
    words |= explain.segment_choices(views)
    if views:
        words[f"{next(iter(views))}|{EVERYBODY}"] = t("plan.from_everybody", n=len(profiles.customers))
    return words, views


def source_of(
    study: compute.LoadedStudy, profiles: Profiles, views: dict[str, Shown], chosen: str, typed: dict[str, Any]
) -> Source:
    """Read size, baseline and arrivals of a segment, and of its neighbours, from the study."""
    from ui.segments.segments import plan_of as segmentation_plan

    method, segment = chosen.split("|", 1)
    view, feature = views[method], typed["feature"] or None
    params = OutlookParams(
        outcome="feature" if feature else OUTCOMES[typed["metric"]],  # pyright: ignore
        days=max(int(need(typed, "days")), 1),
        feature=feature,
    )
    plan = segmentation_plan(study, method)
    standard = compute.prepared(study).standard
    with st.spinner(session.t()("plan.reading"), show_time=True):
        found = study.run.small(
            "outlook", f"{plan.model_dump_json()} {params.model_dump_json()}",
            lambda: outlook(standard, profiles, view.edited, plan, params),
        )  # fmt: skip
    return Source(method, segment, view.names | {EVERYBODY: session.t()("plan.everybody")}, found)
