"""How large a difference is, and how surprising, from counts, means and standard deviations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.stats.intervals import Z95

if TYPE_CHECKING:
    import numpy as np

_LEAST_MOST = (0.25, 4.0)  # a variance found may differ so much from the usual one


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


def delta_interval(
    delta: np.ndarray,
    n_a: np.ndarray,
    n_b: np.ndarray,
    *,
    ties: np.ndarray | float = 1.0,
    variance: np.ndarray | None = None,
    sure: np.ndarray | None = None,
    z: float = Z95,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of Cliff's delta, the effect size of a rank test: it leaves out 0 where that test would.

    Delta is how often a value of the first side is the larger of a pair, less how often it is the smaller, -1..1. The
    variance is that of pairs from two exponential distributions with the delta that is asked about; at 0 it is the one
    of Mann and Whitney's test, ties counted. Where the sides do not spread alike, that one holds at 0 alone, so it is
    led over to the variance found at the delta found. Continuity is corrected by half a rank, as in the test.

    Parameters
    ----------
    delta, n_a, n_b : arrays of one shape
        Missing, and so the ends, where a side is empty.
    ties : array or float, 0..1
        What equal values leave of the variance: 1 − Σ(t³ − t) / (N³ − N), t the sizes of the groups of equal values.
    variance : array, optional
        Of delta, whatever the two distributions are (DeLong, DeLong, Clarke-Pearson 1988).
    sure : array of bool, optional
        Whether the test that was made finds a difference, where it is not Mann and Whitney's of all values: ends stop
        at 0 so that both say the same.
    z : float
        Of the confidence, 95 % unless said otherwise.

    References
    ----------
    Cliff (1993), Dominance statistics, Psychological Bulletin 114; Newcombe (2006), Confidence intervals for an effect
    size measure based on the Mann–Whitney statistic, part 2, Statistics in Medicine 25, method 5 (score interval).
    Measured: ``docs/methods/compare.md``.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = delta_interval(np.array([0.4, 0.0]), np.array([40, 5]), np.array([40, 5]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.148, -0.614], [0.597, 0.614])
    """
    import numpy as np

    a, b, ties = (np.asarray(one, dtype=float) for one in (n_a, n_b, ties))
    known = (a > 0) & (b > 0) & np.isfinite(delta)
    a, b, ties = np.where(known, a, 1), np.where(known, b, 1), np.where(known, ties, 1)
    found = np.where(known, (np.asarray(delta, dtype=float) + 1) / 2, 0.5)
    step = 1 / (2 * a * b)

    def spread(at: np.ndarray) -> np.ndarray:
        return ties * at * (1 - at) * (1 + ((a + b) / 2 - 1) * ((1 - at) / (2 - at) + at / (1 + at))) / (a * b)

    there = spread(found)
    wider = np.ones_like(found)
    if variance is not None:
        told = known & (there > 0) & (variance > 0)
        wider = np.where(told, np.clip(variance / 4 / np.where(told, there, 1), *_LEAST_MOST), 1)

    def end(found: np.ndarray, sure: np.ndarray | None) -> np.ndarray:
        """Return the smallest chance of the larger value from which so large a share of pairs is no surprise."""

        def surprising(at: np.ndarray) -> np.ndarray:
            led = np.clip(np.abs(at - 0.5) / np.maximum(np.abs(found - 0.5), 1e-12), 0, 1)
            return found - at - step > z * np.sqrt(spread(at) * wider**led)

        # On which side of no difference the end lies says the test.
        sure = surprising(np.full_like(found, 0.5)) if sure is None else sure & (found > 0.5)
        low, high = np.where(sure, 0.5, 0.0), np.where(sure, found, np.minimum(found, 0.5))
        for _ in range(32):
            at = (low + high) / 2
            beyond = surprising(at)
            low, high = np.where(beyond, at, low), np.where(beyond, high, at)
        return low

    low, high = 2 * end(found, sure) - 1, 1 - 2 * end(1 - found, sure)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


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
