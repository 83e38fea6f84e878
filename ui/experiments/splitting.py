"""What the Split page holds: its fields, the choices that they make, and keeping who gets what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.choices import MOST_TREATMENTS, ArmChoice, SplitChoices
from analysis.experiments.planning.outlook import EVERYBODY
from analysis.experiments.record import Audience, Experiment, KeptAssignment
from analysis.experiments.split_experiment import SEGMENT, SplitExperiment, kept_assignment, treatments_of
from analysis.experiments.splitting.assignment import to_table
from ui import bound, compute, session, show
from ui.experiments import experiments
from ui.segments import explain

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.workspace.records import StoredExperiment
    from ui.segments.segments import Shown

PAGE = "split"


def audiences(profiles: Profiles, views: dict[str, Shown]) -> dict[str, str]:
    """Return whom an experiment can be for, in words by key."""
    t = session.t()
    words = {f"|{EVERYBODY}": t("plan.from_everybody", n=len(profiles.customers))}
    words |= explain.segment_choices(views)
    return words


def labels(views: dict[str, Shown]) -> dict[str, pd.Series]:
    """Return the segments of every customer, by method."""
    return {method: view.edited.segmentation.labels for method, view in views.items()}


def fields_of(
    stored: StoredExperiment, offered: dict[str, str], planned_for: str, strata: list[str], clusters: list[str]
) -> dict[str, bound.Field]:
    """Return every field of the page by name; the plan says what they start with.

    ``strata`` are the columns that groups can be alike in, the segment among them where there is one; ``clusters``
    those whose values can be assigned as a whole.
    """
    plan = stored.experiment.plan
    treatments = plan.choices.treatments if plan else 1
    split = plan.choices.split if plan else 1.0
    control = 100 / (1 + split * treatments)

    fields = {
        "audience": bound.Field(planned_for if planned_for in offered else f"|{EVERYBODY}", offered),
        "treatments": bound.Field(min(treatments, MOST_TREATMENTS)),
        "hold_out": bound.Field(0.0),
        "strata": bound.Field([SEGMENT] if SEGMENT in strata else [], strata, many=True),
        "cluster": bound.Field("", ["", *clusters]),
        "leave_out_left": bound.Field(True, (True, False)),
        "seed": bound.Field(stored.id[:12]),
    }
    for place in range(MOST_TREATMENTS + 1):
        fields[f"name{place}"] = bound.Field(arm_name(place, treatments))
        fields[f"share{place}"] = bound.Field(round(control if place == 0 else control * split, 4))
    return fields


def arm_name(place: int, treatments: int) -> str:
    """Return what a group is called until a person names it."""
    t = session.t()
    if place == 0:
        return t("split.control")
    return t("split.treatment") if treatments == 1 else t("split.treatment_n", n=place)


def settings(
    bind: bound.Bound, offered: dict[str, str], strata: dict[str, str], clusters: dict[str, str], *, some_left: bool
) -> None:
    """Show the choices; ``offered``, ``strata`` and ``clusters`` are in words by key.

    ``some_left`` says that a column tells who left.
    """
    t, to = session.t(), bind.of
    left, right = st.columns(2, gap="medium")
    with left:
        st.selectbox(t("split.audience"), list(offered), format_func=lambda one: offered[one], **to("audience"))
        words = {"": t("plan.cluster_none")} | clusters
        if clusters:
            st.selectbox(
                t("plan.cluster"), list(words), format_func=lambda one: words[one], **to("cluster"),
                help=t("split.cluster_help"),
            )  # fmt: skip
        st.multiselect(
            t("split.strata"), list(strata), format_func=lambda one: strata[one], **to("strata"),
            help=t("split.strata_help"), placeholder=t("split.strata_none"), disabled=bool(bind.value("cluster")),
            wrap=True,
        )  # fmt: skip
        one, two = st.columns(2)
        one.number_input(
            t("split.hold_out"), **to("hold_out"), value=None, format="%.4g", help=t("split.hold_out_help")
        )
        two.text_input(t("split.seed"), **to("seed"), max_chars=100, help=t("split.seed_help"))
        if some_left:
            st.toggle(t("act.leave_out_left"), **to("leave_out_left"), help=t("act.leave_out_left_help"))
    with right:
        st.number_input(
            t("plan.treatments"), **to("treatments"), value=None, step=1, min_value=1, max_value=MOST_TREATMENTS
        )
        for place in range(treatments_of(bind.value("treatments")) + 1):
            one, two = st.columns([2, 1])
            hidden = "visible" if place == 0 else "collapsed"
            one.text_input(t("split.arm"), **to(f"name{place}"), max_chars=100, label_visibility=hidden)
            two.number_input(
                t("split.share"), **to(f"share{place}"), value=None, format="%.4g", label_visibility=hidden,
                help=t("split.share_help") if place == 0 else None,
            )  # fmt: skip


def choices(bind: bound.Bound) -> SplitChoices:
    """Return what the fields hold now."""
    held = bind.value
    rows = range(treatments_of(held("treatments")) + 1)
    return SplitChoices(
        audience=held("audience"), treatments=held("treatments"), hold_out=held("hold_out"),
        strata=() if held("cluster") else tuple(held("strata") or ()), cluster=held("cluster") or "", seed=held("seed"),
        leave_out_left=held("leave_out_left"),
        arms=tuple(ArmChoice(name=held(f"name{place}") or "", share=held(f"share{place}")) for place in rows),
    )  # fmt: skip


def keep_assignment(
    study: compute.LoadedStudy, stored: StoredExperiment, found: SplitExperiment, views: dict[str, Shown]
) -> None:
    """Keep who got what, as hashes, with how it was done."""
    method, segment = found.choices.audience.split("|", 1)
    audience = None
    if segment != EVERYBODY:
        audience = Audience(method=method, segment=segment, name=views[method].names[segment], n=len(found.rows))
    _change(study, stored, found, lambda now, kept: now.model_copy(update={"assignment": kept, "audience": audience}))


def keep_newcomers(study: compute.LoadedStudy, stored: StoredExperiment, found: SplitExperiment) -> None:
    """Keep the groups with those who joined."""

    def change(now: Experiment, kept: KeptAssignment) -> Experiment:
        before = now.assignment.assigned_at if now.assignment else kept.assigned_at
        return now.model_copy(update={"assignment": kept.model_copy(update={"assigned_at": before})})

    _change(study, stored, found, change)


def _change(
    study: compute.LoadedStudy, stored: StoredExperiment, found: SplitExperiment,
    change: Callable[[Experiment, KeptAssignment], Experiment],
) -> None:  # fmt: skip
    table = to_table(found.customers, found.arms, seed=(found.choices.seed or "").strip())
    try:
        digest = experiments.keep_table(stored, table)
        kept = kept_assignment(found, digest=digest, now=datetime.now(UTC), data_version=study.version)
        experiments.change(stored, lambda now: change(now, kept))
    except AnalysisError as problem:
        show.error(problem)
        return
    st.rerun()


def code(study: compute.LoadedStudy, found: SplitChoices, views: dict[str, Shown]) -> str:
    """Return the lines that give every customer the same arm again."""
    from analysis.exports.experiment.code import split_code

    method = found.audience.split("|", 1)[0]
    used = [method] if method else list(views)[:1] if SEGMENT in found.strata else []
    told = study.in_code
    return split_code(
        told.recipe, found, files=told.files, suggested=told.suggested, segments=used, kept_in=told.kept_in
    )
