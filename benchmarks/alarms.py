"""How often alarms are false, and how soon a real fall is told.

``python -m benchmarks alarms [shops]``: eight segments with two quiet years of monthly buyers, and one whose
buyers fall by a fifth, at several spreads from month to month; 200 of each by default.
"""

from __future__ import annotations

import sys
from datetime import date

import numpy as np

from analysis.history.alarms import AlarmRule, Point, alarms_of

SHOPS, SEGMENTS, MONTHS, FALL, SEED = 200, 8, 24, 0.8, 1
SPREADS = (0.01, 0.03, 0.05, 0.08)
RULE = AlarmRule(measure="buyers")


def points(values: np.ndarray) -> list[Point]:
    """Return values as months from January 2022 on."""
    return [Point(date(2022 + n // 12, n % 12 + 1, 1), float(one), 200) for n, one in enumerate(values)]


def rates(spread: float, shops: int) -> tuple[float, float, float, float]:
    """Return false alarms a year, shops with more than one, and falls told at once and within three months."""
    draw = np.random.default_rng(SEED)
    quiet = [
        sum(len(alarms_of(RULE, points(1000 * draw.normal(1, spread, MONTHS)))) for _ in range(SEGMENTS)) * 12 / MONTHS
        for _ in range(shops)
    ]
    at_once = in_time = 0
    for _ in range(shops):
        values = 1000 * draw.normal(1, spread, MONTHS + 2)
        values[MONTHS - 1 :] *= FALL
        fell = date(2022 + (MONTHS - 1) // 12, (MONTHS - 1) % 12 + 1, 1)
        told = [one for one in alarms_of(RULE, points(values)) if one.value < one.usual and one.opened >= fell]
        at_once += bool(told) and told[0].opened == fell
        in_time += bool(told)
    return float(np.mean(quiet)), float(np.mean(np.array(quiet) > 1)), at_once / shops, in_time / shops


def main() -> int:
    """Print the rates."""
    shops = next((int(word) for word in sys.argv[1:] if word.isdigit()), SHOPS)
    for spread in SPREADS:
        false, often, at_once, in_time = rates(spread, shops)
        print(
            f"months spread by {spread:.0%}: {false:.2f} false alarms a year over {SEGMENTS} segments, more than one "
            f"in {often:.0%} of {shops} shops; a fall by a fifth told at once in {at_once:.0%}, "
            f"within three months in {in_time:.0%}"
        )
    return 0
