"""Who gets what: whom an experiment is for, the arms and their shares, the assignment and keeping it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.planning.outlook import EVERYBODY
from analysis.experiments.record import ArmShare, Experiment, KeptAssignment
from analysis.experiments.splitting.assignment import to_table
from analysis.experiments.splitting.split import HOLD_OUT, assign, assign_stratified
from analysis.experiments.splitting.strata import strata
from ui import compute, session, show
from ui.experiments import experiments
from ui.page_choices import Choice
from ui.segments import explain

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles
    from analysis.workspace.records import StoredExperiment
    from ui.segments.segments import Shown


PAGE = "split"
SEGMENT = "segment"
MOST_TREATMENTS = 8
LEVELS_COMPARED = 20


def audiences(profiles: Profiles, views: dict[str, Shown]) -> dict[str, str]:
    """Return whom an experiment can be for, in words by key."""
    t = session.t()
    words = {f"|{EVERYBODY}": t("plan.from_everybody", n=len(profiles.customers))}
    words |= explain.segment_choices(views)
    return words


def members(profiles: Profiles, views: dict[str, Shown], audience: str) -> list[int]:
    """Return the rows of the customers that an experiment is for."""
    method, segment = audience.split("|", 1)
    if segment == EVERYBODY:
        return list(range(len(profiles.customers)))
    if method not in views:
        raise AnalysisError("experiment_segment_gone")
    return views[method].edited.segmentation.labels.eq(segment).fillna(False).to_numpy(dtype=bool).nonzero()[0].tolist()


def audience_of(experiment: Experiment) -> str:
    """Return whom the experiment was planned for, as a key of ``audiences``."""
    planned = experiment.audience
    return f"|{EVERYBODY}" if planned is None else f"{planned.method}|{planned.segment}"


def stratifiers(profiles: Profiles) -> list[Feature]:
    """Return the features that groups can be alike in: numbers, flags and words with few levels, not personal."""
    kinds = ("number", "flag", "category")
    found = [one for one in profiles.features if one.kind in kinds and one.personal is None]
    return [
        one
        for one in found
        if one.key in profiles.customers
        and profiles.customers[one.key].nunique() > 1
        and (one.kind == "number" or profiles.customers[one.key].nunique() <= LEVELS_COMPARED)
    ]


def fields_of(
    stored: StoredExperiment, offered: dict[str, str], planned_for: str, features: dict[str, str]
) -> dict[str, Choice]:
    """Return every field of the page by name; the plan says what they start with."""
    plan = stored.experiment.plan
    treatments = plan.choices.treatments if plan else 1
    split = plan.choices.split if plan else 1.0
    control = 100 / (1 + split * treatments)

    def key(name: str) -> str:
        return experiments.key(PAGE, name)

    fields = {
        "audience": Choice(key("audience"), list(offered), planned_for if planned_for in offered else f"|{EVERYBODY}"),
        "treatments": Choice(key("treatments"), (), min(treatments, MOST_TREATMENTS), read=int, free=True),
        "hold_out": Choice(key("hold_out"), (), 0.0, read=float, free=True),
        "strata": Choice(
            key("strata"), [SEGMENT, *features], [SEGMENT] if planned_for == f"|{EVERYBODY}" else [], many=True
        ),
        "seed": Choice(key("seed"), (), stored.id[:12], read=str, free=True),
    }
    for place in range(MOST_TREATMENTS + 1):
        share = control if place == 0 else control * split
        fields |= {
            f"name{place}": Choice(key(f"name{place}"), (), arm_name(place, treatments), read=str, free=True),
            f"share{place}": Choice(key(f"share{place}"), (), round(share, 4), read=float, free=True),
        }
    return fields


def arm_name(place: int, treatments: int) -> str:
    """Return what a group is called until a person names it."""
    t = session.t()
    if place == 0:
        return t("split.control")
    return t("split.treatment") if treatments == 1 else t("split.treatment_n", n=place)


def settings(fields: dict[str, Choice], offered: dict[str, str], features: dict[str, str]) -> None:
    """Show the choices."""
    t = session.t()
    key = {name: field.key for name, field in fields.items()}
    to = experiments.bound(PAGE, fields)
    left, right = st.columns(2, gap="medium")
    with left:
        st.selectbox(t("split.audience"), list(offered), format_func=lambda one: offered[one], **to("audience"))
        names = {SEGMENT: t("split.segment"), **features}
        st.multiselect(
            t("split.strata"), list(names), format_func=lambda one: names[one], **to("strata"),
            help=t("split.strata_help"), placeholder=t("split.strata_none"),
        )  # fmt: skip
        one, two = st.columns(2)
        one.number_input(
            t("split.hold_out"), **to("hold_out"), value=None, format="%.4g", help=t("split.hold_out_help")
        )
        two.text_input(t("split.seed"), **to("seed"), max_chars=100, help=t("split.seed_help"))
    with right:
        st.number_input(
            t("plan.treatments"), **to("treatments"), value=None, step=1, min_value=1, max_value=MOST_TREATMENTS
        )
        for place in range(treatments_of(session.widget(key["treatments"])) + 1):
            one, two = st.columns([2, 1])
            hidden = "visible" if place == 0 else "collapsed"
            one.text_input(t("split.arm"), **to(f"name{place}"), max_chars=100, label_visibility=hidden)
            two.number_input(
                t("split.share"), **to(f"share{place}"), value=None, format="%.4g", label_visibility=hidden,
                help=t("split.share_help") if place == 0 else None,
            )  # fmt: skip


def treatments_of(typed: float | None) -> int:
    """Return how many treatments there are."""
    return min(max(int(typed or 1), 1), MOST_TREATMENTS)


def weights_of(typed: dict[str, Any]) -> dict[str, float]:
    """Return the share of each arm, control first and the hold-out last.

    Raises ``experiment_arm_names``, ``experiment_bad_weights``, ``experiment_bad_hold_out``.
    """
    weights: dict[str, float] = {}
    for place in range(treatments_of(typed["treatments"]) + 1):
        name, share = (typed[f"name{place}"] or "").strip(), typed[f"share{place}"]
        if not name or name in weights or name == HOLD_OUT:
            raise AnalysisError("experiment_arm_names")
        if share is None or not share > 0:
            raise AnalysisError("experiment_bad_weights")
        weights[name] = float(share)
    held_out = typed["hold_out"] or 0.0
    if not 0 <= held_out < 100:
        raise AnalysisError("experiment_bad_hold_out", share=held_out)
    if held_out:
        weights[HOLD_OUT] = sum(weights.values()) * held_out / (100 - held_out)
    return weights


def assignment(
    profiles: Profiles, rows: list[int], weights: dict[str, float], typed: dict[str, Any], views: dict[str, Shown],
    kept: dict[str, str] | None = None,
) -> list[str]:  # fmt: skip
    """Assign the customers of some rows; those in ``kept`` stay where they are."""
    customers = profiles.customers.iloc[rows]
    ids = customers["customer_id"].astype("str").tolist()
    seed = (typed["seed"] or "").strip()
    if not seed:
        raise AnalysisError("experiment_no_seed")
    chosen = [name for name in typed["strata"] or () if name == SEGMENT or name in profiles.customers]
    if not chosen:
        return assign(ids, weights, seed=seed)
    columns = {name: customers[name] for name in chosen if name != SEGMENT}
    if SEGMENT in chosen and (view := segmentation_for(typed["audience"], views)) is not None:
        columns[SEGMENT] = view.edited.segmentation.labels.iloc[rows]
    inside = strata(columns) if columns else [""] * len(ids)
    return assign_stratified(ids, inside, weights, seed=seed, kept=kept)


def segmentation_for(audience: str, views: dict[str, Shown]) -> Shown | None:
    """Return the segmentation of the audience, or the first one when the experiment is for everybody."""
    method = audience.split("|", 1)[0]
    return views.get(method) or next(iter(views.values()), None)


def keep_assignment(
    study: compute.LoadedStudy, profiles: Profiles, stored: StoredExperiment, rows: list[int], arms: list[str],
    typed: dict[str, Any], offered: dict[str, str], views: dict[str, Shown],
) -> None:  # fmt: skip
    """Keep who got what, as hashes, with how it was done."""
    from analysis.experiments.record import Audience

    weights, seed = weights_of(typed), typed["seed"].strip()
    ids = profiles.customers["customer_id"].iloc[rows].astype("str").tolist()
    method, segment = typed["audience"].split("|", 1)
    audience = None
    if segment != EVERYBODY:
        audience = Audience(method=method, segment=segment, name=views[method].names[segment], n=len(rows))
    try:
        kept = KeptAssignment(
            seed=seed,
            arms=tuple(ArmShare(name=arm, share=share, n=arms.count(arm)) for arm, share in weights.items()),
            strata=tuple(typed["strata"] or ()),
            digest=experiments.keep_table(stored, to_table(ids, arms, seed=seed)),
            assigned_at=datetime.now(UTC),
            data_version=study.version,
        )
        experiments.change(stored, lambda now: now.model_copy(update={"assignment": kept, "audience": audience}))
    except AnalysisError as problem:
        show.error(problem)
        return
    st.rerun()
