"""How many come back after a first order, and when: Kaplan–Meier, so that who may still come is not taken for lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from analysis.predict.next_order.gaps import Gaps


@dataclass(frozen=True)
class Curve:
    """The share of customers who have not come back by a day after their first order.

    Attributes
    ----------
    name : str
        The value of the column; empty for the whole shop.
    days, still : float arrays
        Days on which somebody came back, and the share that had not by the end of them.
    n, n_back : int
        Customers, and those who came back.
    longest : float
        Days after the first order up to which anybody was watched; what comes later nobody knows.
    """

    name: str
    days: np.ndarray
    still: np.ndarray
    n: int
    n_back: int
    longest: float

    def not_back(self, days: np.ndarray) -> np.ndarray:
        """Return the share who have not come back so many days after the first order."""
        import numpy as np

        return np.append(1.0, self.still)[np.searchsorted(self.days, days, side="right")]

    def comes_back(self, silent: np.ndarray, within: float) -> np.ndarray:
        """Return, of those silent for so many days, the share who come back within as many days more.

        NaN where nobody was watched for so long.
        """
        import numpy as np

        still = self.not_back(silent)
        known = (still > 0) & (silent + within <= self.longest)
        return np.where(known, 1 - self.not_back(silent + within) / np.where(still > 0, still, 1.0), np.nan)


def first_curve(name: str, gaps: Gaps, day: int) -> Curve:
    """Return the curve of the time from the first order to the second.

    Parameters
    ----------
    name : str
    gaps : Gaps
    day : int
        Ordinal of the day up to which orders are known: who has ordered once is watched until then.

    References
    ----------
    Kaplan & Meier (1958), Nonparametric estimation from incomplete observations, JASA 53.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.predict.next_order.gaps import gaps_of
    >>> days = pd.DataFrame({"customer_id": ["a", "a", "b", "c", "c"], "day": [1, 11, 5, 1, 21]})
    >>> curve = first_curve("", gaps_of(days), 100)
    >>> curve.days.tolist(), curve.still.round(3).tolist()
    ([10.0, 20.0], [0.667, 0.333])
    """
    import numpy as np
    from scipy.stats import CensoredData, ecdf

    back = gaps.n > 0
    starts = np.cumsum(gaps.n) - gaps.n
    seen = np.exp(gaps.logs[starts[back]]).round()
    watched = np.maximum(day - gaps.last[~back], 0).astype(float)
    if not len(seen):
        return Curve(name, np.empty(0), np.empty(0), len(gaps.n), 0, float(watched.max()))
    found = ecdf(CensoredData(uncensored=seen, right=watched)).sf
    steps = np.isin(found.quantiles, seen)
    longest = float(max(seen.max(), watched.max(initial=0.0)))
    return Curve(name, found.quantiles[steps], found.probabilities[steps], len(gaps.n), int(back.sum()), longest)
