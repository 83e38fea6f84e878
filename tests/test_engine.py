"""What runs in the database can be stopped from another thread."""

from __future__ import annotations

import threading
import time

import pytest

from analysis.engine import StoppedError, Stopper, connect, watched


def test_a_statement_in_the_middle_of_its_work_ends_when_its_stopper_says_so() -> None:
    stopper, ended = Stopper(), []

    def work() -> None:
        with stopper.within():
            cursor = watched(connect().cursor())
            ended.append("begun")
            try:
                cursor.execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b").fetchall()
            except Exception as problem:
                ended.append(type(problem).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    while not ended:
        time.sleep(0.01)
    while thread.is_alive():
        stopper.stop()
        thread.join(0.05)
    assert ended == ["begun", "InterruptException"]


def test_no_connection_is_given_to_work_that_is_to_stop_and_other_work_goes_on() -> None:
    stopper = Stopper()
    stopper.stop()
    with stopper.within(), pytest.raises(StoppedError):
        connect()
    assert connect().execute("SELECT 1").fetchall() == [(1,)]


def test_what_has_been_closed_meanwhile_is_passed_over():
    stopper = Stopper()
    with stopper.within(), connect() as first, connect() as second:
        first.close()
        stopper.stop()
        with pytest.raises(StoppedError):
            connect()
        second.close()
        stopper.stop()
