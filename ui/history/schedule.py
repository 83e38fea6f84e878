"""Refreshes by themselves: the folder that a study watches, and the line for the scheduler of the system."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from analysis.history.schedule import schedule_line
from analysis.history.watch import EVERY, Watch
from analysis.workspace.refreshing.watching import save_watch, watch_of
from ui import compute, session, show


def banner(study: compute.LoadedStudy) -> None:
    """Say that the watched folder has failed three times or more."""
    watch = watch_of(compute.workspace(), study.id)
    if watch is not None and watch.is_failing:
        t = session.t()
        st.warning(show.md_escape(t("alarms.failing", n=watch.failures, folder=watch.folder)))


def section(study: compute.LoadedStudy) -> None:
    """Show what the study watches, when it ran and runs next, and let a person change it."""
    t = session.t()
    watch = watch_of(compute.workspace(), study.id)
    banner(study)
    with st.expander(t("alarms.schedule"), icon=":material/schedule:"):
        folder = st.text_input(t("alarms.folder"), watch.folder if watch else "", key="watch_folder", max_chars=4_000)
        pattern = st.text_input(
            t("alarms.pattern"), watch.pattern if watch else "*", key="watch_pattern", max_chars=200
        )
        every = st.segmented_control(
            t("alarms.every"), list(EVERY), default=watch.every if watch else "week",
            format_func=lambda one: t(f"alarms.every_{one}"), key="watch_every",
        )  # fmt: skip
        with st.container(horizontal=True):
            if st.button(t("alarms.watch"), key="watch_save"):
                if not Path(folder).is_dir():
                    st.error(show.md_escape(t("error.watch_folder_gone", folder=folder)))
                else:
                    taken = watch.taken if watch else ()
                    new = Watch(folder=folder, pattern=pattern or "*", every=every or "week", taken=taken)
                    save_watch(compute.workspace(), study.id, new)
                    st.rerun()
            if watch is not None and st.button(t("alarms.watch_end"), key="watch_end", type="tertiary"):
                save_watch(compute.workspace(), study.id, None)
                st.rerun()
        if watch is None:
            return
        if watch.last_run is not None:
            ran = session.local_time(watch.last_run)
            st.caption(show.md_escape(t("alarms.last_run", moment=ran.strftime("%Y-%m-%d %H:%M"))))
        following = session.local_time(watch.next_run(datetime.now(UTC)))
        st.caption(show.md_escape(t("alarms.next_run", moment=following.strftime("%Y-%m-%d %H:%M"))))
        st.caption(show.md_escape(t("alarms.line")))
        st.code(schedule_line(watch.every, compute.workspace().home), None, wrap_lines=True)
