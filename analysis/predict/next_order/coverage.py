"""Windows that cover what they promise: widths are taken from gaps that were held back, not from a formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.predict.next_order.gaps import Foretold, Gaps

LEVELS = (0.5, 0.8)
GROUPS = (1, 2, 4)  # gaps known before, from which on a group begins: few, some, many
LEAST_GROUP = 200
LEAST_BEYOND = 20  # held-back gaps that lasted as long, below which nothing is said of who is silent for longer


@dataclass(frozen=True)
class Calibration:
    """How far gaps that were held back fell from what was foretold of them, in spreads, by the number of gaps known.

    ``misses`` holds one sorted array per group, of whose number of gaps ``groups`` is the least.
    """

    groups: tuple[int, ...]
    misses: tuple[np.ndarray, ...]

    def quantile(self, n: np.ndarray, share: np.ndarray | float) -> np.ndarray:
        """Return the miss that a share of the held-back gaps of customers with ``n`` gaps stayed below."""
        import numpy as np

        found = np.empty(len(n))
        shares = np.broadcast_to(share, n.shape)
        for place, misses in self._by_group(n):
            # Of n values and one to come, a share p lies below the (n + 1) p-th (conformal prediction).
            at = np.clip(shares[place] * (len(misses) + 1) - 1, 0, len(misses) - 1)
            found[place] = np.interp(at, np.arange(len(misses)), misses)
        return found

    def below(self, n: np.ndarray, miss: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the share of held-back gaps with a smaller miss, and how many had a larger one."""
        import numpy as np

        share, beyond = np.empty(len(n)), np.empty(len(n), dtype=int)
        for place, misses in self._by_group(n):
            at = np.searchsorted(misses, miss[place])
            share[place], beyond[place] = at / (len(misses) + 1), len(misses) - at
        return share, beyond

    def _by_group(self, n: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
        import numpy as np

        group = np.clip(np.searchsorted(self.groups, n, side="right") - 1, 0, None)
        return [(np.flatnonzero(group == number), misses) for number, misses in enumerate(self.misses)]


def calibrate(misses: np.ndarray, n: np.ndarray) -> Calibration:
    """Sort the misses of held-back gaps by how many gaps were known; groups of fewer than 200 join the one before.

    References
    ----------
    Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; Lei et al. (2018), Distribution-free
    predictive inference for regression, JASA 113.
    """
    import numpy as np

    groups = [start for start in GROUPS if (n >= start).sum() >= LEAST_GROUP] or [1]
    ends = [*groups[1:], np.inf]
    found = [np.sort(misses[(n >= start) & (n < end)]) for start, end in zip(groups, ends, strict=True)]
    if any(len(each) < LEAST_GROUP for each in found):
        return Calibration((1,), (np.sort(misses),))
    return Calibration(tuple(groups), tuple(found))


def held_back(gaps: Gaps) -> tuple[np.ndarray, np.ndarray, Foretold]:
    """Foretell the last gap of each customer with two or more from those before it.

    Returns
    -------
    tuple
        Misses in spreads and gaps known before, shape (customers with two gaps or more,), and what was foretold of
        everybody.
    """
    from analysis.predict.next_order.gaps import foretell

    before = gaps.before_last()
    told = foretell(before)
    some = gaps.n >= 2
    actual = gaps.last_logs()[gaps.n[gaps.n > 0] >= 2]
    return (actual - told.middle[some]) / told.spread[some], before.n[some], told


def measure_coverage(misses: np.ndarray, n: np.ndarray, *, seed: int) -> pd.DataFrame:
    """Return how often the last gap of a customer lies in windows whose widths other customers gave.

    Two halves of the customers, by chance; each is measured with the widths of the other.

    Returns
    -------
    DataFrame, one row per level
        ``level``, ``covered`` (share), ``low``, ``high`` (its Wilson interval), ``n``.

    Examples
    --------
    >>> import numpy as np
    >>> found = measure_coverage(np.random.default_rng(0).normal(size=4_000), np.full(4_000, 3), seed=1)
    >>> found["covered"].round(1).tolist()
    [0.5, 0.8]
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.intervals import wilson

    half = np.random.default_rng(seed).permutation(len(misses)) % 2
    rows = []
    for level in LEVELS:
        inside = np.empty(len(misses), dtype=bool)
        for side in (0, 1):
            widths = calibrate(misses[half != side], n[half != side])
            own = half == side
            low, high = (widths.quantile(n[own], share) for share in ((1 - level) / 2, (1 + level) / 2))
            inside[own] = (misses[own] >= low) & (misses[own] <= high)
        low, high = wilson(np.array([inside.sum()]), np.array([len(inside)]))
        rows.append((level, float(inside.mean()), float(low[0]), float(high[0]), len(inside)))
    return pd.DataFrame(rows, columns=["level", "covered", "low", "high", "n"])
