"""Profiles are made beside the page: the step is shown in words, and the reader can stop it, even within a statement.

A click interrupts the script of a page but not the database, so long work cannot live in the script.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field

import streamlit as st

from analysis.engine import StoppedError, Stopper
from ui import session

AT_ONCE = 2
QUICK_SECONDS = 1.5  # work that ends before shows no steps
LOOK_AGAIN_SECONDS = 0.3
STEPS = {"standardise": "app.step_clean", "profiles": "app.step_profiles", "save": "app.step_save"}
Work = Callable[[Callable[[str], None]], None]


@dataclass
class Run:
    """Work that is going on, for everybody who waits for it."""

    step: str = "standardise"
    stopper: Stopper = field(default_factory=Stopper)
    future: Future[None] = field(default_factory=Future)

    def do(self, work: Work) -> None:
        """Do the work on a thread of its own, where it can be stopped."""
        with self.stopper.within():
            try:
                work(self.report)
            except Exception:
                if self.stopper.is_stopped:  # whatever a statement in the middle of its work complains about
                    raise StoppedError from None
                raise

    def report(self, step: str) -> None:
        """Take down which step has begun; end the work when it is to stop."""
        if self.stopper.is_stopped:
            raise StoppedError
        self.step = step


@st.cache_resource(show_spinner=False, max_entries=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="prepare")


@st.cache_resource(show_spinner=False, max_entries=1)
def _runs() -> dict[str, Run]:
    return {}


def wait(key: str, work: Work, *, n_rows: int) -> None:
    """Have work done once for all who ask for it under a key, and return when it is; stop the page when it is stopped.

    Raises
    ------
    AnalysisError
        What the work refuses.
    """
    run = _runs().get(key)
    if run is None:
        run = _runs()[key] = Run()
        run.future = _pool().submit(run.do, work)
    t = session.t()
    place = st.empty()
    with place.container(), st.spinner(t("app.preparing"), show_time=True):
        wait_for([run.future], timeout=QUICK_SECONDS)
        if not run.future.done() and not run.stopper.is_stopped:
            with st.container(horizontal=True, vertical_alignment="center"):
                line = st.empty()
                st.button(t("app.cancel"), on_click=run.stopper.stop, key="stop_preparing")
            while not run.future.done() and not run.stopper.is_stopped:
                line.caption(t(STEPS[run.step], n=n_rows), width="content")
                time.sleep(LOOK_AGAIN_SECONDS)
        while not run.future.done():
            run.stopper.stop()  # again and again: a statement may have begun after the last time
            wait_for([run.future], timeout=LOOK_AGAIN_SECONDS)
    place.empty()
    _runs().pop(key, None)
    try:
        run.future.result()
    except StoppedError:
        st.info(t("app.stopped"))
        st.button(t("app.prepare_again"), key="prepare_again", type="primary")
        st.stop()
