"""Do a thing in a process of its own, forked from one that has run nothing yet.

A process that is forked from this one would keep its locks, and none of the threads that let them go: whatever asks
for one waits for ever.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from multiprocessing import get_context

READY = ["benchmarks.faults"]  # what is imported once, and is there in each process


def run_apart(act: Callable[..., object], *args: object) -> int:
    """Call a function of a module; return 0, 1 where it failed, or less than 0: the signal that killed it."""
    context = get_context("forkserver")
    context.set_forkserver_preload(READY)
    process = context.Process(target=_in_this_place, args=(dict(os.environ), act, args))
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    assert code is not None
    return code


def _in_this_place(environment: Mapping[str, str], act: Callable[..., object], args: tuple[object, ...]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    act(*args)
