"""How often a planted time of the week is found, and how often one is named where none is.

``python -m benchmarks times`` prints shares of runs. Contacts are spread evenly over the week, or a tenth of them is in
the planted hour; 15 % answer, twice as many at the planted time.
"""

from __future__ import annotations

import numpy as np

from analysis.act.playbook.timing import DAY, DAYS, best_time

RUNS, SIZES, SHARE = 200, (2_000, 5_000, 20_000, 50_000), 0.15
AT = (2, 20)  # Wednesday, eight in the evening
PLANTED = {
    "nothing": (),
    "the day": (np.s_[AT[0], :],),
    "the hour": (np.s_[:, AT[1]],),
    "day and hour": (np.s_[AT[0], :], np.s_[:, AT[1]]),
    "the hour of the day": (np.s_[AT],),
}


def shares(planted: str) -> np.ndarray:
    """Return who answers by hour of the week; where two planted times meet, both raise it."""
    found = np.full((DAYS, DAY), SHARE)
    for place in PLANTED[planted]:
        found[place] = np.minimum(found[place] * 2, 0.6)
    return found


def found(planted: str, n: int, *, concentrated: bool = False, runs: int = RUNS, seed: int = 21) -> tuple[float, float]:
    """Return the share of runs in which any time is named, and in which every part that is named is planted."""
    rng = np.random.default_rng(seed)
    weights = np.full((DAYS, DAY), 1.0)
    if concentrated:
        weights[AT] = (weights.sum() - 1) / 9
    named = right = 0
    for _ in range(runs):
        reached = rng.multinomial(n, weights.ravel() / weights.sum())
        best = best_time(reached, rng.binomial(reached, shares(planted).ravel()))
        if best is not None:
            named += 1
            fits = best.weekday in (None, AT[0]) and best.hour in (None, AT[1])
            right += fits and (planted != "the hour of the day" or (best.weekday, best.hour) == AT)
    return named / runs, right / runs


def main() -> int:
    """Print the table."""
    for planted in PLANTED:
        for n in SIZES:
            for concentrated in (False, True) if planted in ("nothing", "the hour of the day") else (False,):
                named, right = found(planted, n, concentrated=concentrated)
                spread = "a tenth in it" if concentrated else "evenly"
                print(f"{planted:20} {n:>7,} {spread:13} named {named:5.1%} rightly {right:5.1%}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
