"""Work that takes long is done beside the page: its step is shown in words, and the reader can stop it.

A click interrupts the script of a page but not the database, so long work cannot live in the script. Workers call
nothing of Streamlit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

from analysis.engine import StoppedError, Stopper
from ui import session, show

AT_ONCE = 2
QUICK_SECONDS = 1.5  # work that ends before shows no steps
LOOK_AGAIN_SECONDS = 0.3
T = TypeVar("T")
Say = Callable[..., None]
"""Takes the key and the facts of the sentence that says which step has begun."""


@dataclass
class Run(Generic[T]):
    """Work that is going on, for everybody who waits for it."""

    step: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    stopper: Stopper = field(default_factory=Stopper)
    future: Future[T] = field(default_factory=Future)

    def do(self, work: Callable[[Say], T]) -> T:
        """Do the work on a thread of its own, where it can be stopped."""
        with self.stopper.within():
            try:
                return work(self.say)
            except Exception:
                if self.stopper.is_stopped:  # whatever a statement in the middle of its work complains about
                    raise StoppedError from None
                raise

    def say(self, step: str, **facts: Any) -> None:
        """Take down which step has begun; end the work when it is to stop."""
        if self.stopper.is_stopped:
            raise StoppedError
        self.facts, self.step = facts, step


@st.cache_resource(show_spinner=False, max_entries=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="prepare")


@st.cache_resource(show_spinner=False, max_entries=1)
def _runs() -> dict[str, Run[Any]]:
    return {}


def wait_for_all(key: str, work: Callable[[Say], T], *, doing: str) -> T:
    """Have work done once for all who ask for it under a key, and return what it made.

    Raises
    ------
    StoppedError
        The reader, or another who waited for the same, has stopped it; it has come to its end.
    AnalysisError
        What the work refuses.
    """
    run: Run[T] | None = _runs().get(key)
    if run is None:
        run = _runs()[key] = Run()
        run.future = _pool().submit(run.do, work)
    _watch(run, doing, run.stopper.stop)
    while not run.future.done():
        run.stopper.stop()  # again and again: a statement may have begun after the last time
        wait_for([run.future], timeout=LOOK_AGAIN_SECONDS)
    _runs().pop(key, None)
    return run.future.result()


def wait_alone(work: Callable[[Say], T], *, doing: str, on_cancel: Callable[[], None]) -> T:
    """Have work done for this reader, and return what it made; it is given up when the reader cancels or goes on.

    Raises
    ------
    AnalysisError
        What the work refuses.
    """
    run: Run[T] = Run()
    run.future = _pool().submit(run.do, work)

    def cancel() -> None:
        run.stopper.stop()
        on_cancel()

    try:
        _watch(run, doing, cancel)
    except BaseException:  # how Streamlit ends a script
        run.stopper.stop()
        raise
    return run.future.result()


def _watch(run: Run[Any], doing: str, cancel: Callable[[], None]) -> None:
    """Show the step that has begun, and a way to stop, until the work ends or is to end."""
    t = session.t()
    place = st.empty()
    with place.container(), st.spinner(doing, show_time=True):
        wait_for([run.future], timeout=QUICK_SECONDS)
        if not run.future.done() and not run.stopper.is_stopped:
            with st.container(horizontal=True, vertical_alignment="center"):
                line = st.empty()
                st.button(t("app.cancel"), on_click=cancel, key="stop_preparing")
            while not run.future.done() and not run.stopper.is_stopped:
                if run.step:
                    line.caption(show.md_escape(t(run.step, **run.facts)), width="content")
                time.sleep(LOOK_AGAIN_SECONDS)
    place.empty()
