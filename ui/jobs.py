"""Work that takes longer than a reader waits: done beside the page, with its progress shown, and stopped on request.

A click interrupts the script of a page, so long work cannot live in it. Workers call nothing of Streamlit.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from analysis.temporary import own_folder
from ui import session, show

AT_ONCE = 2
_KEPT = 8
_LOOK_AGAIN_SECONDS = 0.5
Work = Callable[[Path, Callable[[float], None]], None]


class _StoppedError(Exception):
    """Raised in the worker when the reader has asked to stop."""


@dataclass
class Job:
    """One file being written; ``share`` (0..1) is how far it is."""

    folder: tempfile.TemporaryDirectory[str]
    name: str
    share: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    future: Future[None] | None = None

    @property
    def path(self) -> Path:
        """Where the file lies once it is done."""
        return Path(self.folder.name) / self.name

    @property
    def is_running(self) -> bool:
        """Say whether the worker has not come to its end."""
        return self.future is not None and not self.future.done()

    @property
    def is_done(self) -> bool:
        """Say whether the file is there, whole."""
        return self.future is not None and self.future.done() and self.future.exception() is None

    def report(self, share: float) -> None:
        """Take down how far the work is; stop it when asked to."""
        if self.stop.is_set():
            raise _StoppedError
        self.share = share


@st.cache_resource(show_spinner=False, max_entries=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="export")


@st.cache_resource(show_spinner=False, max_entries=1)
def _jobs() -> dict[str, Job]:
    return {}


def find(key: str) -> Job | None:
    """Return the job of a key, running or done, whoever started it; None when it failed or was stopped."""
    job = _jobs().get(key)
    if job is None or job.is_running or job.is_done:
        return job
    return None


def start(key: str, name: str, work: Work) -> None:
    """Begin to write a file in the background, unless it is being written or there already.

    Parameters
    ----------
    key : str
        Names everything the file depends on.
    name : str
        Of the file, safe for every system.
    work : callable
        Given the path to write and a callable to report the share done, 0..1.
    """
    if find(key) is not None:
        return
    for old in [other for other, job in _jobs().items() if not job.is_running][: -_KEPT + 1 or None]:
        _jobs().pop(old).folder.cleanup()
    # The folder goes with the server: a list of customers does not stay behind in it.
    job = Job(tempfile.TemporaryDirectory(dir=own_folder(), ignore_cleanup_errors=True), name)
    _jobs()[key] = job
    job.future = _pool().submit(work, job.path, job.report)


def watch(key: str, doing: str) -> None:
    """Show how far a running job is, and a way to stop it; the page runs again when the job ends."""
    job = find(key)
    if job is None or not job.is_running:
        return
    t = session.t()

    def look() -> None:
        if not job.is_running:
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(job.share, text=show.md_escape(doing))
            st.button(t("app.cancel"), on_click=job.stop.set, key="job_stop", type="tertiary")

    st.fragment(look, run_every=_LOOK_AGAIN_SECONDS)()
