"""What the Plan page holds: its fields, the choices that they make, and the figures of the study behind a segment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.experiments.choices import METRICS, TYPED, PlanChoices, Sequential
from analysis.experiments.plan_experiment import PlanSource, outlook_params
from analysis.experiments.planning.outlook import EVERYBODY, outlook
from analysis.experiments.planning.plan import ProportionFormula
from analysis.experiments.suggest_choices import suggest_plan
from analysis.profiles.outcome import came_about
from analysis.profiles.words import feature_name, outcome_name
from ui import bound, compute, session
from ui.segments import explain, segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles

PAGE = "plan"
SEQUENTIAL = get_args(Sequential)
_OFFERED: dict[str, tuple[Any, ...]] = {
    "metric": METRICS,
    "effect_kind": ("absolute", "relative"),
    "sides": ("two_sided", "one_sided"),
    "correct": (True, False),
    "non_inferior": (True, False),
    "sequential": SEQUENTIAL,
    "formula": get_args(ProportionFormula),
    "leave_out_left": (True, False),
}


def first(study: compute.LoadedStudy | None, profiles: Profiles | None, sources: dict[str, str]) -> PlanChoices:
    """Return what a new plan starts from: with a study its own figures, and the smallest effect that they can show."""
    everybody = next((source for source in sources if source.endswith(f"|{EVERYBODY}")), None)
    if everybody is None or study is None or profiles is None:
        return PlanChoices()
    return start(study, profiles, everybody)


def start(study: compute.LoadedStudy, profiles: Profiles, source: str) -> PlanChoices:
    """Return what a new plan for a segment starts from; what it measures has its name."""
    found = suggest_plan(source, profiles, has_orders=has_orders(study), inside=_inside(study, source))
    feature = profiles.feature(found.feature) if found.feature else None
    if feature is None:
        return found
    came = came_about(feature, profiles)
    return found.model_copy(update={"outcome": outcome_name(feature, (came and came[1]) or None, session.t())[:100]})


def _inside(study: compute.LoadedStudy, source: str) -> Any:
    """Return which customers a plan is for, aligned with the profiles; None for everybody."""
    method, segment = source.split("|", 1)
    if segment == EVERYBODY:
        return None
    labels = study.run.segmentation(segments.plan_of(study, method))[1].segmentation.labels
    return labels.eq(segment).fillna(False).to_numpy(dtype=bool)


def has_orders(study: compute.LoadedStudy) -> bool:
    """Say whether it is known what the customers of a study did, and when."""
    return "order_date" in compute.prepared(study).standard.order_roles


def fields(
    start: PlanChoices, sources: dict[str, str], features: list[str], clusters: list[str]
) -> dict[str, bound.Field]:
    """Return every field of the page by name; they are those of ``PlanChoices``."""
    offered = _OFFERED | {"source": tuple(sources), "feature": ("", *features), "cluster": ("", *clusters)}
    return {name: bound.Field(default, offered.get(name)) for name, default in dict(start).items() if name != "version"}


def choices(bind: bound.Bound) -> PlanChoices:
    """Return what the fields hold now."""
    held = {name: bind.value(name) for name in PlanChoices.model_fields if name != "version"}
    # The other of the two is not shown: a column is one of the study, a size is typed.
    held |= {"cluster": ""} if held["source"] == TYPED else {"cluster_size": None}
    return PlanChoices.model_validate(held)


def sources(
    study: compute.LoadedStudy | None, profiles: Profiles | None
) -> tuple[dict[str, str], dict[str, segments.Shown]]:
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
    study: compute.LoadedStudy | None, profiles: Profiles | None, views: dict[str, segments.Shown], chosen: PlanChoices
) -> PlanSource | None:
    """Read size, baseline and arrivals of a segment, and of its neighbours, from the study; None for typed figures."""
    if study is None or profiles is None or chosen.source == TYPED:
        return None
    method, segment = chosen.source.split("|", 1)
    view, params = views[method], outlook_params(chosen)
    plan = segments.plan_of(study, method)
    standard = compute.prepared(study).standard
    with st.spinner(session.t()("plan.reading")):
        found = study.run.small(
            "outlook", f"{plan.model_dump_json()} {params.model_dump_json()}",
            lambda: outlook(standard, profiles, view.edited, plan, params),
        )  # fmt: skip
    by = profiles.feature(chosen.cluster) if chosen.cluster else None
    name = feature_name(by, session.t()) if by else ""
    return PlanSource(method, segment, view.names | {EVERYBODY: session.t()("plan.everybody")}, found, name)
