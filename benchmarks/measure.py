"""Whole processes side by side: time and peak memory, in turns, so that a drift of the machine hits both."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PORTRAIT_SHARED_DATA", ROOT.parent / "shared" / "data"))

# Packages keep their bytecode, as they do wherever nobody says otherwise: both sides would compile them in every run.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@dataclass(frozen=True)
class Cost:
    """Wall seconds, peak memory in MB and seconds of processor time of one process."""

    seconds: float
    megabytes: float
    processor: float = 0.0


def process(command: Sequence[str]) -> Cost:
    """Run a command to its end and return what it cost; its output is thrown away."""
    start = time.perf_counter()
    child = subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}")
    return Cost(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def script(code: str, *arguments: str) -> list[str]:
    """Return the command that runs Python code in this environment."""
    return [sys.executable, "-c", code, *arguments]


def side_by_side(commands: dict[str, Sequence[str]], *, runs: int = 5, warm_up: int = 1) -> dict[str, list[Cost]]:
    """Run the commands in turns and return the counted costs of each."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for turn in range(warm_up + runs):
        for name, command in commands.items():
            cost = process(command)
            if turn >= warm_up:
                costs[name].append(cost)
    return costs


def report(costs: dict[str, list[Cost]], *, ours: str) -> None:
    """Print medians, and the median of our ratio to each other, pair by pair."""
    for name, found in costs.items():
        seconds = sorted(cost.seconds for cost in found)
        print(
            f"{name:<44} {statistics.median(seconds):7.2f} s  "
            f"({seconds[0]:.2f} to {seconds[-1]:.2f}, n = {len(found)})  "
            f"processor {statistics.median(cost.processor for cost in found):7.2f} s  "
            f"peak {max(cost.megabytes for cost in found):6.0f} MB"
        )
    for name, found in costs.items():
        if name != ours:
            ratios = [mine.seconds / other.seconds for mine, other in zip(costs[ours], found, strict=True)]
            print(f"{ours} / {name}: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")


def in_turns(calls: dict[str, Callable[[], object]], *, runs: int = 7, warm_up: int = 1) -> dict[str, list[Cost]]:
    """Time calls inside this process in turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in calls}
    for turn in range(warm_up + runs):
        for name, call in calls.items():
            start, worked = time.perf_counter(), time.process_time()
            call()
            if turn >= warm_up:
                costs[name].append(Cost(time.perf_counter() - start, 0.0, time.process_time() - worked))
    return costs
