"""How far a distribution has moved, and what a category says about a yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_NOBODY = 0.5  # stands in an empty cell, so that its logarithm is one


def psi(before: np.ndarray, now: np.ndarray) -> float:
    """Return the population stability index of two sets of counts (or shares) over the same bands.

    0 when nothing moved. A band that is empty on one side counts as half a customer there.

    References
    ----------
    Siddiqi (2006), Credit Risk Scorecards; Yurdakul (2018), Statistical properties of the population stability index.

    Examples
    --------
    >>> import numpy as np
    >>> round(psi(np.full(10, .1), np.array([.12, .11, .10, .10, .10, .10, .10, .09, .09, .09])), 7)
    0.0077603
    """
    p, q = _shares(before, now)
    import numpy as np

    return float(((q - p) * np.log(q / p)).sum()) if len(p) else 0.0


def psi_alarm(n_before: float, n_now: float, bands: int, *, alpha: float = 0.05) -> float:
    """Return the level that the index passes by chance alone in a share ``alpha`` of cases without any shift.

    The fixed levels .10 and .25 that are widely printed know nothing of the number of customers.

    References
    ----------
    Yurdakul (2018): (1/N + 1/M) times the quantile of chi-square with bands - 1 degrees of freedom.

    Examples
    --------
    >>> [round(psi_alarm(n, n, 10), 4) for n in (100, 500, 4338)], round(psi_alarm(500, 500, 5), 4)
    ([0.3384, 0.0677, 0.0078], 0.038)
    """
    from scipy.special import chdtri

    return float((1 / n_before + 1 / n_now) * chdtri(bands - 1, alpha))


def information_value(events: np.ndarray, others: np.ndarray) -> float:
    """Return what a category says about a yes or no: counts of both per level.

    Below .02 nothing, to .1 little, to .3 something, above much. A level without one of the two counts half a
    customer there.

    References
    ----------
    Siddiqi (2006), Credit Risk Scorecards.

    Examples
    --------
    >>> import numpy as np
    >>> information_value(np.array([10, 10]), np.array([50, 50]))
    0.0
    """
    import numpy as np

    p, q = _shares(events, others)
    return float(((p - q) * np.log(p / q)).sum()) if len(p) else 0.0


def _shares(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return two sets of counts as shares of their sum, without levels that both lack."""
    import numpy as np

    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    there = (a > 0) | (b > 0)
    a, b = a[there], b[there]
    if not a.sum() or not b.sum():
        return np.array([]), np.array([])
    smallest = _NOBODY if max(a.max(), b.max()) > 1 else 1e-6  # counts, or shares
    a, b = np.where(a > 0, a, smallest), np.where(b > 0, b, smallest)
    return a / a.sum(), b / b.sum()
