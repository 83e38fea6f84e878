"""Whether new data is put into the segments that are there, or segments are found in it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import streamlit as st

from analysis.recipe import SegmentationPlan
from analysis.segments.names import note_sentence
from ui import bound, compute, session, show
from ui.segments import continuity, segments

if TYPE_CHECKING:
    from analysis.segments.method import SegmentationResult

WAYS = get_args(SegmentationPlan.model_fields["fit"].annotation)
# What these keep are groups; the others keep the borders between their segments.
GROUPS = ("clusters", "hybrid")


def told(study: compute.LoadedStudy, plan: SegmentationPlan, result: SegmentationResult) -> None:
    """Leave what a segmentation learned in the study; say beside a frozen result of which day its borders are."""
    compute.keep_fit(study, plan)
    note = next((note for note in result.notes if note.code == "segments_frozen"), None)
    if note is not None:
        t = session.t()
        words = t("kept.groups" if plan.params.kind in GROUPS else "kept.cuts", **note.facts)
        st.badge(
            show.md_escape(words), icon=":material/lock:", color="gray", help=show.md_escape(note_sentence(note, t))
        )


def choice(plan: SegmentationPlan) -> None:
    """Show what is done when new data comes, and let it be changed."""
    t, kind = session.t(), plan.params.kind
    with st.popover(t(f"kept.now_{plan.fit}"), icon=":material/update:"):
        st.segmented_control(
            t("kept.choice"), WAYS, format_func=lambda way: t(f"kept.{way}"), help=t("kept.help"), required=True,
            **bound.one(f"{kind}_fit", plan.fit, lambda fit: _take(kind, fit)),
        )  # fmt: skip
        st.caption(show.md_escape(t(f"kept.{plan.fit}_means")))


def offer(plan: SegmentationPlan) -> None:
    """Offer to learn anew where what was stored cannot be applied."""
    if plan.fit == "frozen":
        t, kind = session.t(), plan.params.kind
        st.button(t("kept.anew"), key=f"{kind}_anew", type="primary", icon=":material/update:", on_click=_take,
                  args=(kind, "refit"))  # fmt: skip


def _take(kind: str, fit: str) -> None:
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles

    def changed(plan: SegmentationPlan) -> SegmentationPlan:
        new: Any = plan.model_copy(update={"fit": fit})
        return continuity.with_continued_groups(study, profiles, plan, new) if kind == "clusters" else new

    segments.change_plan(kind, changed)
