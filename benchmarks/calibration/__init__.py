"""Do the statistics keep their word? Simulated tests by the hundred, through the engine's own functions.

``python -m benchmarks calibration`` runs every row a few hundred times, ``… calibration revenue`` the rows whose name
holds that word, ``… calibration plan 10000`` those 10,000 times (a tenth of it where a draw is slow). The tests run a
bounded version of the same.
"""

from __future__ import annotations

import sys

from benchmarks.calibration.rows import NAMES, calibrate

NAME, DRAWS = "calibration", 500


def main() -> int:
    """Print every rate of the rows asked for with its promise."""
    given = sys.argv[sys.argv.index(NAME) + 1 :] if NAME in sys.argv else []
    draws = next((int(word) for word in given if word.isdigit()), DRAWS)
    asked = " ".join(word for word in given if not word.isdigit()).lower()
    names = [name for name in NAMES if asked in name.lower()]
    if not names:
        print(f"no row holds {asked!r}; there are: {'; '.join(NAMES)}")
        return 2
    found = []
    for name in names:
        for kept in calibrate(name, draws, max(draws // 10, 1)):
            low, high = kept.limits
            word = "" if kept.promise == "shown" else "kept" if kept.holds else "NOT KEPT"
            print(
                f"{kept.name:<72} {kept.rate:8.4f}  ({low:.4f} to {high:.4f}, n = {kept.draws:,})  {word}", flush=True
            )
            found.append(kept)
    print(f"{sum(kept.holds for kept in found)} of {len(found)} within their limits")
    return 0
