"""A study as it was on the day of a run, on screen: the banner, and pages that only make sense today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.workspace.refreshing.past_words import differing_words
from ui import compute, session, show

if TYPE_CHECKING:
    from analysis.workspace.records import SnapshotInfo
    from analysis.workspace.refreshing.past import PastWorkspace

# What they are for is to change something.
NOT_THEN = (
    "files", "columns", "match", "alarms", "playbook", "lists", "actions", "review", "product", "plan", "split", "read",
    "experiments",
)  # fmt: skip
LEAVES = ("start",)  # pages about every study, where looking back ends


def banner(page: str) -> bool:
    """Say that the study is shown as it was, and offer the way back; return whether the page can be shown."""
    then = compute.past()
    if then is None:
        return True
    if page in LEAVES:
        session.set_past(None)
        return True
    t, day = session.t(), then.info.as_of
    words, back = st.columns([5, 1], vertical_alignment="center")
    taken = f"{session.local_time(then.info.taken_at):%Y-%m-%d %H:%M}"
    words.markdown(f":material/history: **{show.md_escape(t('past.banner', day=day, taken=taken))}**")
    back.button(t("past.back"), key="past_back", on_click=session.set_past, args=(None,), width="stretch")
    if about := _about(then):
        st.caption(show.md_escape(" ".join(about)))
    show.problem()
    if page in NOT_THEN:
        show.page_header(t(f"{page}.title"))
        show.empty_state(t("past.not_here", day=day), "customers/overview")
        return False
    return True


def _about(then: PastWorkspace) -> list[str]:
    """Return what is computed otherwise today than it was told then, as far as it is known without waiting."""
    from analysis.workspace.refreshing.past import differing
    from analysis.workspace.runs import is_kept

    study = compute.study_if_any()
    if study is None or not is_kept(compute.workspace().run_folder(study.id, study.version)):
        return []
    found = study.run.small(
        f"past {then.info.id}", "", lambda: differing(then.info.summary, compute.study_result(study))
    )
    t = session.t()
    return [*([] if then.is_same_version else [t("past.other_version")]), *differing_words(found, t)] if found else []


def offer(info: SnapshotInfo) -> None:
    """Offer to open the study as it was at a run."""
    st.button(
        session.t()("past.open", day=info.as_of), key="past_open", icon=":material/history:", type="primary",
        on_click=session.set_past, args=(info.id,),
    )  # fmt: skip
