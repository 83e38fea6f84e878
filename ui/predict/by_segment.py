"""The segmentation by which a prediction is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import bound, session, show
from ui.segments import explain

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles
    from ui import compute
    from ui.segments.segments import Shown


def chosen(study: compute.LoadedStudy, profiles: Profiles, kind: str) -> Shown | None:
    """Let the reader choose a segmentation for a view of a prediction; say where they come from when there is none."""
    t, views = session.t(), explain.views(study, profiles)
    if not views:
        show.empty_state(t("offers.no_segments"), "segments/rfm")
        return None
    names = {method: explain.method_name(method) for method in views}
    method = st.selectbox(
        t("offers.segmentation"), list(views), format_func=names.__getitem__,
        **bound.to_visit(f"{kind}_segments").to("method", next(iter(views)), offered=list(views)),
    )  # fmt: skip
    return views[method]
