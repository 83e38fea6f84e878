"""Work beside the page: once for all who ask, found again, stopped within a statement, shown once, and forgotten."""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analysis.engine import StoppedError, connect
from analysis.errors import AnalysisError
from texts import catalogue
from ui import work

ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
PATIENCE = 60


@pytest.fixture(autouse=True)
def server() -> Iterator[None]:
    work._server.clear()
    yield
    for key in list(work._server().jobs):
        work.forget(key)
    work._server.clear()


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Hold work back until it is set."""
    event = threading.Event()
    yield event
    event.set()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def statement(job: work.Job[None]) -> None:
    job.say("app.step_profiles", n=3)
    connect().execute(ENDLESS).fetchall()


def test_work_that_is_stopped_within_a_statement_ends_as_stopped() -> None:
    job = work.start("a", statement)
    until(lambda: job.step == "app.step_profiles")
    job.stop()
    with pytest.raises(StoppedError):
        job.future.result(PATIENCE)
    until(lambda: not work._server().jobs)


def test_work_that_is_stopped_begins_no_further_step_and_what_it_refuses_is_passed_on() -> None:
    def refuse(_: work.Job[None]) -> None:
        raise AnalysisError("nothing_kept", n_read=1)

    job: work.Job[None] = work.Job("a")
    with pytest.raises(AnalysisError, match="nothing_kept"):
        job.run(refuse)
    seven: work.Job[int] = work.Job("b")
    assert seven.run(lambda _: 7) == 7
    seven.stop()
    for step in (lambda: seven.say("app.step_save"), lambda: seven.report(0.5)):
        with pytest.raises(StoppedError):
            step()
    with pytest.raises(StoppedError):
        seven.run(lambda _: 7)


def test_work_that_the_machine_has_no_room_for_is_refused_in_words() -> None:
    def fill(_: work.Job[None]) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    job: work.Job[None] = work.Job("a")
    with pytest.raises(AnalysisError, match="disk_full"):
        job.run(fill)


def test_all_who_ask_for_a_key_share_one_job_and_others_get_their_own(gate: threading.Event) -> None:
    begun: list[str] = []

    def make(job: work.Job[str]) -> str:
        begun.append(job.key)
        gate.wait(PATIENCE)
        return job.key

    first, same, other = work.start("a", make), work.start("a", make), work.start("b", make)
    assert first is same is work.find("a") and other is not first
    gate.set()
    assert (first.future.result(PATIENCE), other.future.result(PATIENCE)) == ("a", "b")
    assert work.start("a", make) is first, "what is done is not done again"
    assert sorted(begun) == ["a", "b"]
    assert work.find("c") is work.find(None) is None


def test_what_has_failed_is_tried_again_and_what_was_stopped_too() -> None:
    def refuse(_: work.Job[int]) -> int:
        raise AnalysisError("nothing_kept", n_read=1)

    failed = work.start("a", refuse)
    until(failed.future.done)
    assert isinstance(failed.problem, AnalysisError) and work.find("a") is failed
    assert work.start("a", lambda _: 1).future.result(PATIENCE) == 1
    endless = work.start("b", statement)
    endless.stop()
    assert work.find("b") is None
    assert work.start("b", lambda _: 2).future.result(PATIENCE) == 2
    until(endless.future.done)
    assert work.find("b") is not None, "the end of the one that was stopped takes away nothing of the new one"


def test_the_folder_of_a_job_goes_with_it_also_when_it_is_forgotten_while_it_runs(gate: threading.Event) -> None:
    def make(job: work.Job[Path]) -> Path:
        gate.wait(PATIENCE)
        return job.folder / "in"

    def put(folder: Path) -> int:
        (folder / "in").write_bytes(b"x" * 3)
        return 3

    done, running = work.start("a", make, prepare=put), work.start("b", make, prepare=put)
    assert done.given == 3
    folder = running.folder
    work.forget("b")
    assert work.find("b") is None
    gate.set()
    assert done.future.result(PATIENCE).read_bytes() == b"xxx"
    until(lambda: not folder.exists())
    work.forget("a")
    assert not done.folder.exists()


def test_only_so_much_is_kept_of_what_nobody_fetched_and_only_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [work.start(f"{n}", lambda job: job.folder) for n in range(work.KEPT + 3)]
    for job in jobs:
        job.future.result(PATIENCE)
    until(lambda: len(work._server().jobs) == work.KEPT)
    until(lambda: sum(job.folder.exists() for job in jobs) == work.KEPT)
    monkeypatch.setattr(work, "KEPT_SECONDS", 0.05)
    work.start("last", lambda _: None)
    until(lambda: not work._server().jobs)
    until(lambda: not any(job.folder.exists() for job in jobs))


def test_a_token_cannot_be_guessed_and_fits_the_address() -> None:
    from ui.session import _TOKEN

    tokens = {work.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(_TOKEN.fullmatch(token) for token in tokens)


def page(held) -> None:
    import streamlit as st

    from ui import work

    for key in st.session_state["keys"]:
        if not st.session_state["waits"]:
            work.watch(work.start(key, held), doing=f"doing {key}")
            continue
        try:
            st.text(work.result(key, held, doing=f"doing {key}"))
        except work.StoppedError:
            st.text(f"stopped {key}")


HELD = threading.Event()


def held(job: work.Job[str]) -> str:
    job.say("start.reading", file="a_b.csv")
    while not HELD.wait(0.01):
        job.report(0.5)
    return f"made {job.key}"


def open_page(monkeypatch: pytest.MonkeyPatch, *, waits: bool, language: str = "en") -> AppTest:
    monkeypatch.setattr(work, "QUICK_SECONDS", 0.01)
    HELD.clear()
    app = AppTest.from_function(page, default_timeout=PATIENCE, args=(held,))
    app.session_state["keys"], app.session_state["waits"], app.session_state["_language"] = (
        ["a", "b", "a"],
        waits,
        language,
    )
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_several_works_on_a_page_are_shown_in_one_place_with_one_cancel(
    monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    app = open_page(monkeypatch, waits=False, language=language).run()
    assert not app.exception, app.exception
    jobs = list(work._server().jobs.values())
    assert [job.key for job in jobs] == ["a", "b"]
    until(lambda: all(job.share for job in jobs))
    app.run()
    [cancel] = app.button
    assert cancel.label == catalogue()["app.cancel"][language]
    cancel.click().run()
    for job in jobs:
        with pytest.raises(StoppedError):
            job.future.result(PATIENCE)


def test_a_page_that_waits_twice_shows_one_work_after_the_other_and_then_what_they_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_page(monkeypatch, waits=True).run()
    assert not app.exception, app.exception
    assert len(app.button) == 1 and not app.text
    again = open_page(monkeypatch, waits=True).run()  # the browser was refreshed: another session
    assert list(work._server().jobs) == ["a"], "which waits for the same"
    assert len(again.button) == 1
    HELD.set()
    monkeypatch.setattr(work, "QUICK_SECONDS", PATIENCE)
    for one in (app, again):
        one.run()
        assert [text.value for text in one.text] == ["made a", "made b", "made a"]
    assert not work._server().jobs, "what was fetched is not kept"


def test_cancel_ends_the_work_for_all_who_wait_for_it_and_it_can_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(monkeypatch, waits=True)
    app.session_state["keys"] = ["a"]
    app.run()
    other = open_page(monkeypatch, waits=True)
    other.session_state["keys"] = ["a"]
    other.run()
    app.button[0].click().run()
    assert [text.value for text in app.text] == ["stopped a"]
    other.run()
    assert [text.value for text in other.text] == ["stopped a"]
    HELD.set()
    monkeypatch.setattr(work, "QUICK_SECONDS", PATIENCE)
    app.run()
    assert [text.value for text in app.text] == ["made a"]
