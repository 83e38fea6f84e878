"""The screen of a segmentation: one picture with what moves it at its side, the segment looked at, a closer view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.segments.names import segment_advice, segment_meaning, segment_rule
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.customers import customer_list
from ui.experiments import experiments, from_segment
from ui.segments import segment_table, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.recipe import SegmentationPlan

_LISTED = "segment_listed"
PICTURE, CHOICES = 5, 3  # widths of the two places side by side


def places() -> tuple[Any, Any]:
    """Return the place of the picture and that of its choices: side by side, the picture first where it is narrow."""
    picture, choices = st.columns([PICTURE, CHOICES], gap="medium")
    return picture, choices


def looked_at(
    study: compute.LoadedStudy, profiles: Profiles, plan: SegmentationPlan, view: segments.Shown
) -> str | None:
    """Offer one segment to look at; say of the chosen one who it is and what to do, with its list and a test of it."""
    if not view.edited.shown:
        return None
    t, segment = session.t(), segments.focus(view)
    if segment is None:
        return None
    row: Any = view.table.set_index("segment").loc[segment]
    told = [
        t("segments.looked_at", name=view.names[segment], n=int(row["customers"]), share=row["share"]),
        *filter(None, (segment_meaning(segment, t), segment_advice(segment, t))),
        *filter(None, [experiments.decided(view.method).get(segment)]),
    ]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            t("cards.list"), key=f"look_list_{view.method}", on_click=session.keep, args=(_LISTED, segment),
            type="primary", icon=":material/list:",
        )  # fmt: skip
        if st.button(t("cards.test"), key=f"look_test_{view.method}", icon=":material/science:"):
            from_segment.begin(study, plan, segment)
        st.markdown(show.md_escape(prose(told, t)), width="stretch")
    if session.kept(_LISTED) == segment:
        session.keep(_LISTED, None)
        _list(profiles, view, segment)
    return segment


def _list(profiles: Profiles, view: segments.Shown, segment: str) -> None:
    @st.dialog(show.md_escape(view.names[segment]), width="large")
    def opened() -> None:
        inside = (view.edited.segmentation.labels == segment).fillna(False)
        customer_list.listed(profiles, inside, name=view.names[segment], key="looked_at")

    opened()


def closer(view: segments.Shown, views: Mapping[str, Callable[[], object]]) -> None:
    """Offer the closer views of a page, and draw the chosen one alone; the first is open before anyone chooses."""
    t, names = session.t(), list(views)
    chosen = st.segmented_control(
        t("segments.closer"), names, format_func=lambda name: t(f"segments.tab.{name}"), required=True,
        label_visibility="collapsed", **bound.to_visit("closer").to(view.method, names[0], offered=names),
    )  # fmt: skip
    if chosen:
        views[chosen]()


def usual(
    study: compute.LoadedStudy, profiles: Profiles, view: segments.Shown, focus: str | None,
    extra: Callable[[], pd.DataFrame | None] | None = None,
) -> dict[str, Callable[[], object]]:  # fmt: skip
    """Return the closer views that every segmentation has; ``extra`` makes further columns of the list of customers."""
    views: dict[str, Callable[[], object]] = {
        "table": lambda: segment_table.editor(study, view),
        "sizes": lambda: segments.segment_bars(view, name=f"{view.method}_bars", focus=focus),
        "meaning": lambda: meaning(view),
        "customers": lambda: customer_list.customers(view, profiles, extra() if extra else None),
    }
    if not view.edited.shown:
        del views["sizes"]
    if not any(segment_meaning(key, session.t()) for key in view.edited.shown):
        del views["meaning"]
    return views


def meaning(view: segments.Shown) -> None:
    """Show who is in each segment and what to do, as sentences that wrap."""
    import pandas as pd

    t = session.t()
    told = {
        "name": [view.names[key] for key in view.edited.shown],
        "rule": [segment_rule(key, t) for key in view.edited.shown],
        "meaning": [segment_meaning(key, t) for key in view.edited.shown],
        "advice": [segment_advice(key, t) for key in view.edited.shown],
    }
    columns = {t(f"segments.{name}"): list(map(_cell, words)) for name, words in told.items() if any(words)}
    st.table(pd.DataFrame(columns), hide_index=True, border="horizontal", alt=t("segments.tab.meaning"))


def _cell(words: str | None) -> str:
    return show.md_escape(words or "–")
