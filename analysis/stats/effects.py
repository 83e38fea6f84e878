"""How large a difference is, and how surprising, from counts, means and standard deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.stats.intervals import Z95

if TYPE_CHECKING:
    import numpy as np


def cohen_d(
    mean_a: np.ndarray, sd_a: np.ndarray, n_a: np.ndarray, mean_b: np.ndarray, sd_b: np.ndarray, n_b: np.ndarray
) -> np.ndarray:
    """Return the difference of two means in pooled standard deviations; missing when nothing varies.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., p. 67 (pooled with n - 1).

    Examples
    --------
    >>> import numpy as np
    >>> float(cohen_d(*(np.array([x]) for x in (12.0, 2.0, 5, 10.0, 2.0, 5)))[0])
    1.0
    """
    import numpy as np

    freedom = n_a + n_b - 2
    sums = np.maximum(n_a - 1, 0) * np.nan_to_num(sd_a) ** 2 + np.maximum(n_b - 1, 0) * np.nan_to_num(sd_b) ** 2
    pooled = np.sqrt(np.divide(sums, freedom, out=np.zeros(np.shape(sums)), where=freedom > 0))
    return np.divide(mean_a - mean_b, pooled, out=np.full(np.shape(pooled), np.nan), where=pooled > 0)


def cohen_h(share_a: np.ndarray, share_b: np.ndarray) -> np.ndarray:
    """Return the difference of two shares on the arcsine scale, where it compares with Cohen's d.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., p. 181.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(cohen_h(np.array(0.5), np.array(0.25))), 4)
    0.5236
    """
    import numpy as np

    return 2 * np.arcsin(np.sqrt(share_a)) - 2 * np.arcsin(np.sqrt(share_b))


def d_interval(d: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of Cohen's d of two groups; it is meant for values near normal.

    References
    ----------
    Hedges & Olkin (1985), Statistical Methods for Meta-Analysis, p. 86.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = d_interval(np.array([0.597]), np.array([50]), np.array([50]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.196], [0.998])
    """
    import numpy as np

    known = (n_a > 0) & (n_b > 0)
    a, b = np.where(known, n_a, 1), np.where(known, n_b, 1)
    half = np.where(known, Z95 * np.sqrt(1 / a + 1 / b + d**2 / (2 * (a + b))), np.nan)
    return d - half, d + half


def h_interval(h: np.ndarray, n_a: np.ndarray, n_b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of Cohen's h: on the arcsine scale the variance of a share is 1 / n.

    References
    ----------
    Cohen (1988), Statistical Power Analysis for the Behavioral Sciences, 2nd ed., p. 202.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = h_interval(np.array([0.5236]), np.array([100]), np.array([100]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.246], [0.801])
    """
    import numpy as np

    known = (n_a > 0) & (n_b > 0)
    half = np.where(known, Z95 * np.sqrt(1 / np.where(known, n_a, 1) + 1 / np.where(known, n_b, 1)), np.nan)
    return np.maximum(h - half, -np.pi), np.minimum(h + half, np.pi)


def welch_p(
    mean_a: np.ndarray, sd_a: np.ndarray, n_a: np.ndarray, mean_b: np.ndarray, sd_b: np.ndarray, n_b: np.ndarray
) -> np.ndarray:
    """Return the two-sided p value of Welch's t test; missing when n < 2 on a side or nothing varies.

    References
    ----------
    Welch (1947), The generalization of Student's problem when several different population variances are involved.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(welch_p(*(np.array([x]) for x in (12.0, 2.0, 20, 10.0, 3.0, 25)))[0]), 4)
    0.0107
    """
    import numpy as np
    from scipy.special import stdtr

    enough = (n_a > 1) & (n_b > 1)
    variance_a = np.where(enough, np.nan_to_num(sd_a) ** 2 / np.maximum(n_a, 1), 0)
    variance_b = np.where(enough, np.nan_to_num(sd_b) ** 2 / np.maximum(n_b, 1), 0)
    total = variance_a + variance_b
    known = enough & (total > 0)
    safe = np.where(known, total, 1)
    share = variance_a / safe
    freedom = 1 / np.where(known, share**2 / np.maximum(n_a - 1, 1) + (1 - share) ** 2 / np.maximum(n_b - 1, 1), 1)
    t = np.where(known, np.abs(mean_a - mean_b) / np.sqrt(safe), np.nan)
    return 2 * stdtr(freedom, -t)


def two_shares_p(count_a: np.ndarray, n_a: np.ndarray, count_b: np.ndarray, n_b: np.ndarray) -> np.ndarray:
    """Return the two-sided p value of the pooled z test of two shares; missing when both are 0 or both are 1.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(two_shares_p(*(np.array([x]) for x in (200, 1000, 250, 1000)))[0]), 5)
    0.00742
    """
    import numpy as np
    from scipy.special import ndtr

    known = (n_a > 0) & (n_b > 0)
    size_a, size_b = np.where(known, n_a, 1), np.where(known, n_b, 1)
    pooled = (count_a + count_b) / (size_a + size_b)
    variance = pooled * (1 - pooled) * (1 / size_a + 1 / size_b)
    known = known & (variance > 0)
    z = np.where(known, np.abs(count_a / size_a - count_b / size_b) / np.sqrt(np.where(known, variance, 1)), np.nan)
    return 2 * ndtr(-z)
