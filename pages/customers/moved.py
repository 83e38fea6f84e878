"""Page: what moved since an earlier run: who went where, what that did to the revenue, and why."""

from __future__ import annotations

import streamlit as st

from analysis.errors import AnalysisError
from ui import bound, compute, session, show
from ui.history import moved_views, runs
from ui.history.next_files import next_files
from ui.segments import continuity

VIEWS = ("matrix", "flow", "bridge", "definition", "drift")


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    study = continuity.continue_groups(study, profiles)
    offered = {info.id: info for info in runs.runs_before(study)}
    if not offered:
        show.answer(t("moved.no_earlier" if compute.past() is None else "moved.first"))
        if compute.past() is None:
            next_files(study)
        return
    bind = bound.to_study(study, "moved")
    left, right, more = st.columns([3, 3, 2], vertical_alignment="bottom")
    words = {key: t("moved.run", day=info.as_of) for key, info in offered.items()}
    chosen = left.selectbox(
        t("moved.since"), list(offered), format_func=lambda key: words[key],
        **bind.to("since", next(iter(offered)), offered=offered, kind=str),
    )  # fmt: skip
    found = runs.pair(study, offered[str(chosen)])
    if found is None:
        show.empty_state(t("moved.run_gone"))
        return
    methods = [one for one in found.result.edited if one in found.earlier.moment.methods]
    if not methods:
        show.empty_state(t("moved.no_method"))
        return
    method = str(
        right.selectbox(
            t("moved.method"), methods, format_func=lambda one: t(f"compare.{one}"),
            **bind.to("method", methods[0], offered=methods, kind=str),
        )
    )  # fmt: skip
    if compute.past() is None:
        with more.popover(t("moved.next"), icon=":material/upload_file:"):
            next_files(study)
    try:
        moved = runs.between(study, found, f"moved {method}", lambda: moved_of(found, method))
    except AnalysisError as problem:
        show.error(problem)
        return
    facts = {"n": moved.moved, "all": moved.count() - moved.entered - moved.gone, "day": found.earlier.as_of}
    show.answer(t("moved.answer", **facts, entered=moved.entered, gone=moved.gone))
    if moved.came_back:
        st.caption(show.md_escape(t("moved.came_back", n=moved.came_back)))
    view = st.segmented_control(
        t("moved.view"), VIEWS, format_func=lambda one: t(f"moved.view_{one}"), label_visibility="collapsed",
        **bind.to("view", "matrix", offered=VIEWS, kind=str | None),
    )  # fmt: skip
    if view == "flow":
        moved_views.flow(found, moved)
    elif view == "bridge":
        moved_views.bridge(study, found, method, bind)
    elif view == "definition":
        moved_views.definition(study, found, method)
    elif view == "drift":
        moved_views.drifted(study, found, method)
    else:
        moved_views.matrix(found, moved, profiles)
    compute.keep_snapshot(study)


def moved_of(found: runs.Pair, method: str):
    """Follow every customer from the earlier run to today's."""
    from analysis.history.matrix import migration
    from analysis.history.moment import moment_of

    return migration(found.earlier.moment, moment_of(found.result), method)


t = session.t()
show.page_header(t("moved.title"), t("moved.question"))
main()
show.how_computed("moved.how")
