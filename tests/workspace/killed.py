"""What is done in a process of its own, that is killed meanwhile or may not write."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.workspace import Workspace


def until(act: Callable[[Path], object], home: Path, due: int) -> None:
    """Do something, and be killed before the ``due``-th step on the disk."""
    done = 0

    def before(call: Callable[..., object]) -> Callable[..., object]:
        def counted(*args: object, **options: object) -> object:
            nonlocal done
            done += 1
            if done == due:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*args, **options)

        return counted

    for name in ("fsync", "replace", "unlink", "rmdir"):
        setattr(os, name, before(getattr(os, name)))
    act(home)


def rekey(home: Path) -> None:
    """Give a workspace another key."""
    Workspace.open(home).rekey()


def encrypt(home: Path) -> None:
    """Encrypt a workspace that an earlier version left in the open."""
    Workspace.open(home).encrypt()


def open_as_nobody(home: Path, said: Path) -> None:
    """Open a workspace as a user who may only read; write down the code of the refusal."""
    os.setuid(65534)
    try:
        Workspace.open(home)
    except AnalysisError as error:
        said.write_text(error.code, "utf-8")
