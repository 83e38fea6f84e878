"""Work beside the page: it ends when it is told to, between its steps or within a statement, and says so."""

from __future__ import annotations

import threading

import pytest

from analysis.engine import StoppedError, connect
from analysis.errors import AnalysisError
from ui.preparing import Run, Say

ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


def statement(say: Say) -> None:
    say("app.step_profiles", n=3)
    connect().execute(ENDLESS).fetchall()


def test_work_that_is_stopped_within_a_statement_ends_as_stopped() -> None:
    run, ended = Run(), []

    def do() -> None:
        try:
            run.do(statement)
        except StoppedError:
            ended.append(run.step)

    thread = threading.Thread(target=do)
    thread.start()
    while thread.is_alive():
        if run.step == "app.step_profiles":
            run.stopper.stop()
        thread.join(0.05)
    assert ended == ["app.step_profiles"]


def test_work_that_is_stopped_begins_no_further_step_and_what_it_refuses_is_passed_on() -> None:
    def refuse(_: Say) -> None:
        raise AnalysisError("nothing_kept", n_read=1)

    run = Run()
    with pytest.raises(AnalysisError, match="nothing_kept"):
        run.do(refuse)
    assert run.do(lambda say: 7) == 7
    run.stopper.stop()
    with pytest.raises(StoppedError):
        run.do(lambda say: say("app.step_save"))
