"""Do a thing in a process of its own, forked from one that has run nothing yet.

A process that is forked from this one would keep its locks, and none of the threads that let them go: whatever asks
for one waits for ever.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Literal

READY = ["benchmarks.faults"]  # what is imported once, and is there in each process


def run_apart(act: Callable[..., object], *args: object) -> int:
    """Call a function of a module; return 0, or less than 0: the signal that killed it.

    Raises
    ------
    RuntimeError
        What it raised.
    """
    with tempfile.TemporaryDirectory() as place:
        failed = Path(place) / "failed.txt"
        code = _run("forkserver", act, args, failed)
        if code not in (0, -signal.SIGKILL) and not failed.exists():
            code = _run("spawn", act, args, failed)  # nothing was begun: there was nobody to fork from
        if failed.exists():
            raise RuntimeError(failed.read_text("utf-8"))
        return code


def _run(
    way: Literal["forkserver", "spawn"], act: Callable[..., object], args: tuple[object, ...], failed: Path
) -> int:
    given = (dict(os.environ), act, args, failed)
    if way == "spawn":
        process: BaseProcess = get_context("spawn").Process(target=_in_this_place, args=given)
    else:
        context = get_context("forkserver")
        context.set_forkserver_preload(READY)
        process = context.Process(target=_in_this_place, args=given)
    with _no_main():
        process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


@contextmanager
def _no_main() -> Generator[None]:
    """Keep a process from beginning with this one's script: where pages were drawn, that is the last of them."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script


def _in_this_place(
    environment: Mapping[str, str], act: Callable[..., object], args: tuple[object, ...], failed: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    try:
        act(*args)
    except BaseException:
        failed.write_text(traceback.format_exc(), "utf-8")
        raise
