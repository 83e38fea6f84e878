"""Work that takes longer than a reader waits: done once beside the page for all who need it, shown, and stoppable.

A click interrupts the script of a page, so long work cannot live in it. A job belongs to the server, not to a visit: a
refresh of the browser loses nothing, and who asks for its key finds it again, running or done. A key names everything
the work depends on; work of one reader alone is found by a token that nobody can guess. Jobs call nothing of Streamlit.
"""

from __future__ import annotations

import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

import streamlit as st

from analysis.engine import StoppedError, Stopper
from analysis.errors import AnalysisError, of_the_machine
from analysis.temporary import own_folder
from ui import session, show

AT_ONCE = 2
QUICK_SECONDS = 1.5  # a page waits so long before it shows steps: work that ends before needs none
LOOK_AGAIN_SECONDS = 0.4
STOP_AGAIN_SECONDS = 0.2
KEPT_SECONDS = 3600.0  # what has ended and nobody has fetched is forgotten after this time,
KEPT = 8  # or when so many have ended since
T = TypeVar("T")


@dataclass(eq=False)
class Job(Generic[T]):
    """One piece of work, for everybody who asks for its key.

    Attributes
    ----------
    step, facts : str, mapping
        Key and facts of the sentence that says which step has begun; empty before the first.
    share : float or None
        How far the work is, 0..1, where it can be told.
    given : Any
        What the one who began it needs to know of it later.
    """

    key: str
    given: Any = None
    step: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    share: float | None = None
    future: Future[T] = field(default_factory=Future)
    ended_at: float = 0.0
    _stopper: Stopper = field(default_factory=Stopper)
    _folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        """A folder for its files, which goes when the job is forgotten, and with the server."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(dir=own_folder(), ignore_cleanup_errors=True)
        return Path(self._folder.name)

    @property
    def is_stopped(self) -> bool:
        """Say whether it was told to stop; it may still be on its way to its end."""
        return self._stopper.is_stopped

    @property
    def is_running(self) -> bool:
        """Say whether it has not come to its end, and was not told to."""
        return not self.future.done() and not self.is_stopped

    @property
    def is_done(self) -> bool:
        """Say whether it has made what it was to make."""
        return self.future.done() and not self.future.cancelled() and self.future.exception() is None

    @property
    def problem(self) -> BaseException | None:
        """Why it failed; None while it runs, and when it did not."""
        return self.future.exception() if self.future.done() and not self.future.cancelled() else None

    def say(self, step: str, **facts: Any) -> None:
        """Take down which step has begun; end the work when it is to stop."""
        self._go_on()
        self.facts, self.step = facts, step

    def report(self, share: float) -> None:
        """Take down how far the work is, 0..1; end it when it is to stop."""
        self._go_on()
        self.share = share

    def _go_on(self) -> None:
        if self.is_stopped:
            raise StoppedError

    def run(self, work: Callable[[Job[T]], T]) -> T:
        """Do the work, on a thread of its own, where it can be stopped."""
        with self._stopper.within():
            try:
                self._go_on()
                return work(self)
            except Exception as problem:
                if self.is_stopped:  # whatever a statement in the middle of its work complains about
                    raise StoppedError from None
                if not isinstance(problem, AnalysisError) and (refusal := of_the_machine(problem)):
                    raise refusal from problem
                raise

    def stop(self) -> None:
        """End the work at its next step, or within the statement that runs now."""
        self._stopper.stop()
        self.future.cancel()  # had it not begun yet
        threading.Thread(target=self._stop_until_ended, name="stop", daemon=True).start()

    def _stop_until_ended(self) -> None:
        while not self.future.done():  # a statement may have begun after the last time
            self._stopper.stop()
            wait_for([self.future], timeout=STOP_AGAIN_SECONDS)

    def clean(self) -> None:
        """Remove its files."""
        if self._folder is not None:
            self._folder.cleanup()


class _Server:
    """The jobs of this server and the threads that do them."""

    last_end: ClassVar[float] = 0.0

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="work")
        self.jobs: dict[str, Job[Any]] = {}
        self.lock = threading.RLock()
        self.sweeper: threading.Timer | None = None

    def ended(self, job: Job[Any]) -> None:
        """Take down when a job ended, and see to it that it is forgotten in time."""
        job.ended_at = _Server.last_end = time.monotonic()
        self.sweep()

    def sweep(self) -> None:
        """Forget what ended long ago, before many others or on request; look again later while something is left."""
        with self.lock:
            over = sorted((job for job in self.jobs.values() if job.future.done()), key=lambda job: job.ended_at)
            oldest = time.monotonic() - KEPT_SECONDS
            for place, job in enumerate(over):
                if job.is_stopped or place < len(over) - KEPT or job.ended_at <= oldest:
                    del self.jobs[job.key]
                    job.clean()
            if self.sweeper is not None:
                self.sweeper.cancel()
            self.sweeper = None
            if any(job.future.done() for job in self.jobs.values()):
                self.sweeper = threading.Timer(KEPT_SECONDS, self.sweep)
                self.sweeper.daemon = True
                self.sweeper.start()


@st.cache_resource(show_spinner=False, max_entries=1)
def _server() -> _Server:
    return _Server()


def last_end() -> float:
    """Return when a job of this process ended last, on the clock of ``time.monotonic``; 0 when none did."""
    return _Server.last_end


def new_token() -> str:
    """Return a key for work of one reader alone, which nobody can guess (128 bits)."""
    return secrets.token_urlsafe(16)


def find(key: str | None) -> Job[Any] | None:
    """Return the job of a key: running, done or failed; None when there is none, or it was stopped."""
    job = _server().jobs.get(key) if key else None
    return None if job is None or job.is_stopped else job


def start(
    key: str, work: Callable[[Job[T]], T], *, given: Any = None, prepare: Callable[[Path], Any] | None = None
) -> Job[T]:
    """Begin work beside the page, unless it is going on or done already; what has failed is tried again.

    Parameters
    ----------
    key : str
        Names everything the work depends on, or the reader whose work it is.
    work : callable
        Given the job, to say its steps and how far it is; returns something small, or files in the job's folder.
    given : Any
        What to remember with the job.
    prepare : callable, optional
        Puts what the work needs into the job's folder; what it returns is remembered as ``given``.
    """
    server = _server()
    with server.lock:
        known = find(key)
        if known is not None and known.problem is None:
            return known
        forget(key)
        job: Job[T] = Job(key, given)
        if prepare is not None:
            job.given = prepare(job.folder)
        job.future = server.pool.submit(job.run, work)
        server.jobs[key] = job
        job.future.add_done_callback(lambda _: server.ended(job))
    return job


def forget(key: str | None) -> None:
    """Drop a job with its files; one that is running is stopped."""
    server = _server()
    with server.lock:
        job = server.jobs.pop(key, None) if key else None
    if job is None:
        return
    if job.future.done():
        job.clean()
    else:
        job.stop()
        job.future.add_done_callback(lambda _: job.clean())


def result(key: str, work: Callable[[Job[T]], T], *, doing: str) -> T:
    """Return what the work makes, begun once for all who ask; until then the page shows the steps and ends here.

    Raises
    ------
    StoppedError
        The reader, or another who waited for the same, has stopped it.
    AnalysisError
        What the work refuses.
    """
    waited: dict[str, Job[Any]] = session.waited()
    job: Job[T] = waited.get(key) or find(key) or start(key, work)
    wait(job, doing=doing)
    waited.pop(key, None)
    forget_job(job)
    if job.is_stopped:
        raise StoppedError
    return job.future.result()


def forget_job(job: Job[Any]) -> None:
    """Drop this job, but not one that was begun under its key since."""
    if _server().jobs.get(job.key) is job:
        forget(job.key)


def wait(job: Job[Any], *, doing: str) -> None:
    """Let the page go on once a job has ended or is to stop; until then show its steps and end the page here."""
    if job.is_running:
        with st.spinner(doing):
            wait_for([job.future], timeout=QUICK_SECONDS)
    if job.is_running:
        session.waited()[job.key] = job
        watch(job, doing=doing)
        st.stop()


def watch(job: Job[Any], *, doing: str) -> None:
    """Show how far a running job is, and a way to stop; the page runs again when it ends.

    A page shows all the jobs that it waits for in one place, with one way to stop them.
    """
    watched = session.watched()
    watched[job.key] = (job, doing)
    if len(watched) > 1:
        return  # shown with the first one

    def look() -> None:
        jobs = [one for one, _ in watched.values()]
        if not all(one.is_running for one in jobs):
            st.rerun()
        t = session.t()
        with st.container(horizontal=True, vertical_alignment="center", key="work"):
            with st.container():
                for one, words in watched.values():
                    step = t(one.step, **one.facts) if one.step else "" if one.future.running() else t("app.queued")
                    text = show.md_escape(f"{words} · {step}" if step else words)
                    if one.share is None:
                        st.caption(f":material/hourglass_top: {text}")
                    else:
                        st.progress(one.share, text=f"{text} · {t('app.share_done', share=one.share)}")
            st.button(t("app.cancel"), on_click=_stop, args=(watched,), key="stop_work", type="tertiary")

    st.fragment(look, run_every=LOOK_AGAIN_SECONDS)()


def _stop(watched: Mapping[str, tuple[Job[Any], str]]) -> None:
    for job, _ in watched.values():
        if not job.future.done():
            job.stop()
            forget_job(job)
