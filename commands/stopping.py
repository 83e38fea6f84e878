"""Ctrl-C stops a command at once, whatever it is doing: within a query, an import, or a reader written in C."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

STOPPED = 130
PATIENCE_SECONDS = 2


class Stop:
    """Whether somebody has pressed Ctrl-C.

    A library may turn the interruption into an error of its own, so what counts is this and not the kind of error.
    """

    is_asked = False


@contextmanager
def stoppable() -> Generator[Stop]:
    """Note Ctrl-C, raise it where Python runs, and end the process where that is not enough."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def ask(*_: object) -> None:
        stop.is_asked = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, ask)
    heard, told = socket.socketpair()
    told.setblocking(False)
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    listener = threading.Thread(target=_insist, args=(heard,), name="stop", daemon=True)
    listener.start()
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
        signal.set_wakeup_fd(-1)
        told.close()
        if not stop.is_asked:
            # A thread that outlives Python's end may collect garbage in it, and a library's destructor then aborts.
            listener.join(PATIENCE_SECONDS)


def _insist(heard: socket.socket) -> None:
    """Wait for the signal, and end the process when it does not end itself soon: the signal comes here at once."""
    with heard:
        if signal.SIGINT not in heard.recv(16):
            return
    time.sleep(PATIENCE_SECONDS)
    tidying = threading.Thread(target=atexit._run_exitfuncs, daemon=True)  # pyright: ignore[reportPrivateUsage]
    tidying.start()
    tidying.join(PATIENCE_SECONDS)
    os._exit(STOPPED)
