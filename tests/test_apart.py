"""What runs in a process of its own knows nothing of the process that asks for it."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.apart import run_apart


def write_process(target: Path) -> None:
    target.write_text(str(os.getpid()))


def end_by_signal() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise ValueError("no such day")


def test_it_is_another_process_and_its_end_is_told(tmp_path: Path) -> None:
    assert run_apart(write_process, tmp_path / "it") == 0
    assert (tmp_path / "it").read_text() != str(os.getpid())
    assert run_apart(end_by_signal) == -signal.SIGKILL
    with pytest.raises(RuntimeError, match="no such day"):
        run_apart(refuse)


def test_it_does_not_begin_with_the_page_that_was_drawn_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ModuleType("__main__")
    page.__file__ = str(tmp_path / "page.py")
    Path(page.__file__).write_text("not_there(*__args)\n")
    monkeypatch.setitem(sys.modules, "__main__", page)
    assert run_apart(write_process, tmp_path / "it") == 0
    assert sys.modules["__main__"] is page
