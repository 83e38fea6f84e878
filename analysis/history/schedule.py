"""The line that a person gives the scheduler of the system, so that studies are refreshed by themselves."""

from __future__ import annotations

import shlex
import sys
from pathlib import PurePath
from typing import Literal

CRON = {"day": "0 7 * * *", "week": "0 7 * * 1", "month": "0 7 1 * *"}
WINDOWS = {"day": "DAILY", "week": "WEEKLY /D MON", "month": "MONTHLY /D 1"}
LAUNCHD = {"day": "", "week": "<key>Weekday</key><integer>1</integer>", "month": "<key>Day</key><integer>1</integer>"}
System = Literal["cron", "launchd", "windows"]


def system_here() -> System:
    """Return which scheduler this system has."""
    return "windows" if sys.platform == "win32" else "launchd" if sys.platform == "darwin" else "cron"


def schedule_line(every: str, home: PurePath, *, system: System | None = None, python: str = sys.executable) -> str:
    """Return what to give the scheduler: a line for cron or the Windows Task Scheduler, an agent for launchd.

    Parameters
    ----------
    every : str
        ``day``, ``week`` (Mondays) or ``month`` (the first), at seven.
    home : PurePath
        The folder of the workspace.
    system : str, optional
        That of this machine when left out.
    python : str, optional
        The Python that runs Portrait.

    Examples
    --------
    >>> from pathlib import PurePosixPath
    >>> schedule_line("week", PurePosixPath("/home/me/my data"), system="cron", python="/usr/bin/python3")
    "0 7 * * 1 /usr/bin/python3 -m cli refresh --due --home '/home/me/my data'"
    """
    system = system or system_here()
    words = [python, "-m", "cli", "refresh", "--due", "--home", str(home)]
    if system == "cron":
        return f"{CRON[every]} {shlex.join(words)}".replace("%", r"\%")
    if system == "windows":
        run = " ".join(f'\\"{word}\\"' if " " in word else word for word in words)
        return f'schtasks /Create /TN Portrait /ST 07:00 /SC {WINDOWS[every]} /TR "{run}"'
    from xml.sax.saxutils import escape

    strings = "".join(f"<string>{escape(word)}</string>" for word in words)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Label</key><string>portrait</string>'
        f"<key>ProgramArguments</key><array>{strings}</array><key>StartCalendarInterval</key><dict>"
        f"<key>Hour</key><integer>7</integer><key>Minute</key><integer>0</integer>{LAUNCHD[every]}</dict></dict></plist>"
    )
