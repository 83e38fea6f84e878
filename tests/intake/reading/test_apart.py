"""A reader that ends, swells or hangs is a sentence, and the next file is read as if nothing had been."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pyarrow as pa
import pytest

from analysis.engine import StoppedError, Stopper
from analysis.errors import AnalysisError
from analysis.intake.reading import apart, child
from analysis.intake.reading.child import read_native
from analysis.intake.reading.read import read_file

SAMPLE = Path(__file__).resolve().parents[3] / "sample_data" / "b2b_crm_en.xlsx"
ASKED = apart.Asked("workbook", "a.xlsx", "f")
RECEIVE = "import os, sys, time; line = sys.stdin.buffer.readline(); "


def with_child(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    apart.close_idle()
    monkeypatch.setattr(apart, "_START", RECEIVE + code)


def test_reading_apart_gives_what_reading_here_gives() -> None:
    content = SAMPLE.read_bytes()
    here = read_native(content, kind="workbook", file="a.xlsx", fingerprint="f", sheet=None, header_row=None)
    there = apart.read_apart(content, ASKED)
    assert there == apart.read_apart(SAMPLE, ASKED)
    assert len(here) == len(there) > 0
    for one, other in zip(here, there, strict=True):
        assert isinstance(other.rows, pa.Table)
        assert other == one
        assert other.rows.equals(one.rows)  # type: ignore[arg-type]


def folders() -> set[Path]:
    return {place for place in apart.spool().iterdir() if place.is_dir()}


def test_a_process_serves_one_file_after_the_other_and_leaves_no_file() -> None:
    there = folders()  # of whatever ran here before
    apart.read_apart(SAMPLE, ASKED)
    waiting = set(apart._idle)
    apart.read_apart(SAMPLE.read_bytes(), ASKED)
    assert waiting
    assert set(apart._idle) == waiting
    assert folders() <= there


def test_a_refusal_comes_back_with_its_facts() -> None:
    with pytest.raises(AnalysisError, match="file_damaged") as refused:
        apart.read_apart(b"PK\x03\x04" + b"x" * 100, ASKED)
    assert refused.value.facts == {"file": "a.xlsx"}


@pytest.mark.parametrize("code", ["os.abort()", "os._exit(0)", "raise ValueError('13800138000')"])
def test_a_reader_that_ends_is_a_refusal_and_the_next_file_is_read(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], code: str
) -> None:
    with monkeypatch.context() as patched:
        with_child(patched, code)
        with pytest.raises(AnalysisError, match="file_ends_reader"):
            apart.read_apart(SAMPLE, ASKED)
    assert apart.read_apart(SAMPLE, ASKED)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("number", "code"), [(errno.ENOSPC, "disk_full"), (errno.EFBIG, "file_size_limited")])
def test_what_the_machine_has_no_room_for_is_no_fault_of_the_file(
    number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(pa, "OSFile", full)
    monkeypatch.setattr(child, "_limit", lambda _: None)
    request = {"source": str(SAMPLE), "folder": str(tmp_path), "memory": apart.GB, **vars(ASKED)}
    assert child.answer(request)["refused"] == code


def test_a_reader_that_swells_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    with_child(monkeypatch, "held = bytearray(os.urandom(1024)) * 200_000; time.sleep(60)")
    with pytest.raises(AnalysisError, match="file_needs_memory") as refused:
        apart.read_apart(SAMPLE, ASKED, memory=100 * 2**20)
    assert refused.value.facts == {"file": "a.xlsx", "limit": 0.1}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the addresses of a process")
def test_a_request_for_far_more_memory_fails_before_it_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    real = "sys.path.insert(0, sys.argv[1]); from analysis.intake.reading import child; "
    with_child(monkeypatch, real + "child._limit(10**9); bytearray(550 * 2**30)")
    with pytest.raises(AnalysisError, match="file_ends_reader"):
        apart.read_apart(SAMPLE, ASKED)


@pytest.mark.parametrize("code", ["time.sleep(60)", "[0 for _ in iter(int, 1)]"])
def test_a_reader_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    with_child(monkeypatch, code)
    monkeypatch.setattr(apart, "SECONDS", 0)
    with pytest.raises(AnalysisError, match="file_takes_too_long"):
        apart.read_apart(SAMPLE, ASKED)


def test_reading_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    with_child(monkeypatch, "time.sleep(60)")
    begun, stopper, found = threading.Event(), Stopper(), []

    def read() -> None:
        with stopper.within():
            begun.set()
            try:
                read_file(SAMPLE)
            except StoppedError as stopped:
                found.append(stopped)

    thread = threading.Thread(target=read)
    thread.start()
    begun.wait()
    while not stopper._works:
        time.sleep(0.01)
    stopper.stop()
    thread.join()
    assert found
    assert not apart._idle


def test_a_reading_that_is_over_cannot_be_stopped_any_more() -> None:
    stopper = Stopper()
    with stopper.within():
        assert read_file(SAMPLE)
        [reader] = apart._idle
        stopper.stop()
        assert reader.process.poll() is None


def test_the_process_ends_with_the_one_that_started_it() -> None:
    code = "from analysis.intake.reading import apart; apart.warm(); print(apart._idle[0].process.pid, flush=True)"
    end = "import os; os.kill(os.getpid(), 9)" if os.name == "posix" else "pass"
    ran = subprocess.run([sys.executable, "-c", f"{code}; {end}"], capture_output=True, text=True, cwd=apart._ROOT)
    child = int(ran.stdout)
    for _ in range(600):
        if not psutil.pid_exists(child) or psutil.Process(child).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    raise AssertionError("the process that reads is still there")
