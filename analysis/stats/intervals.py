"""Confidence intervals on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np

ALPHA = 0.05


def wilson(count: np.ndarray, n: np.ndarray, *, alpha: float = ALPHA) -> tuple[np.ndarray, np.ndarray]:
    """Return the Wilson score interval of a share.

    Parameters
    ----------
    count, n : arrays of one shape
        Successes and trials, n > 0.
    alpha : float
        One minus the confidence level.

    Returns
    -------
    tuple of arrays
        Low and high, 0..1.

    Raises
    ------
    AnalysisError
        ``share_impossible``: no trials, or successes below 0 or above them; ``level_out_of_range`` (alpha).

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = wilson(np.array([8]), np.array([10]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.4902], [0.9433])
    """
    import numpy as np
    from scipy.special import ndtri

    count, n = np.asarray(count, dtype=float), np.asarray(n, dtype=float)
    if ((n <= 0) | (count < 0) | (count > n)).any():
        raise AnalysisError("share_impossible")
    z = ndtri(1 - _checked(alpha) / 2)
    share = count / n
    middle = share + z**2 / (2 * n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    scale = 1 + z**2 / n
    return np.maximum((middle - half) / scale, 0.0), np.minimum((middle + half) / scale, 1.0)


def mean_interval(
    mean: np.ndarray, sd: np.ndarray, n: np.ndarray, *, alpha: float = ALPHA
) -> tuple[np.ndarray, np.ndarray]:
    """Return the Student t interval of a mean; missing where n < 2.

    Parameters
    ----------
    mean, sd, n : arrays of one shape
        Mean, standard deviation (with n - 1) and number of values.
    alpha : float

    Returns
    -------
    tuple of arrays
        Low and high, in the unit of the mean.

    References
    ----------
    Student (1908), The probable error of a mean, Biometrika 6.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = mean_interval(np.array([10.0]), np.array([2.0]), np.array([4]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([6.818], [13.182])
    """
    import numpy as np
    from scipy.special import stdtrit

    known = n > 1
    size = np.where(known, n, 2)
    half = np.where(known, stdtrit(size - 1, 1 - _checked(alpha) / 2) * sd / np.sqrt(size), np.nan)
    return mean - half, mean + half


def difference_of_means(
    mean_a: np.ndarray, sd_a: np.ndarray, n_a: np.ndarray, mean_b: np.ndarray, sd_b: np.ndarray, n_b: np.ndarray,
    *, alpha: float = ALPHA,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return Welch's interval of the difference a - b; missing where a side has fewer than two values.

    References
    ----------
    Welch (1947), The generalization of Student's problem when several different population variances are involved.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = difference_of_means(*(np.array([x]) for x in (12.0, 2.0, 20, 10.0, 3.0, 25)))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.49], [3.51])
    """
    import numpy as np
    from scipy.special import stdtrit

    known = (n_a > 1) & (n_b > 1)
    size_a, size_b = np.where(known, n_a, 2), np.where(known, n_b, 2)
    variance_a, variance_b = np.nan_to_num(sd_a) ** 2 / size_a, np.nan_to_num(sd_b) ** 2 / size_b
    total = variance_a + variance_b
    safe = np.where(total > 0, total, 1)
    share = np.where(total > 0, variance_a / safe, 0.5)
    freedom = 1 / (share**2 / (size_a - 1) + (1 - share) ** 2 / (size_b - 1))
    half = np.where(known, stdtrit(freedom, 1 - _checked(alpha) / 2) * np.sqrt(total), np.nan)
    return mean_a - mean_b - half, mean_a - mean_b + half


def difference_of_shares(
    count_a: np.ndarray, n_a: np.ndarray, count_b: np.ndarray, n_b: np.ndarray, *, alpha: float = ALPHA
) -> tuple[np.ndarray, np.ndarray]:
    """Return Newcombe's interval of the difference a - b of two shares; missing where a side is empty.

    References
    ----------
    Newcombe (1998), Interval estimation for the difference between independent proportions, method 10.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = difference_of_shares(*(np.array([x]) for x in (56, 70, 48, 80)))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0524], [0.3339])
    """
    import numpy as np

    known = (n_a > 0) & (n_b > 0)
    size_a, size_b = np.where(known, n_a, 1), np.where(known, n_b, 1)
    a, b = np.nan_to_num(count_a) / size_a, np.nan_to_num(count_b) / size_b
    low_a, high_a = wilson(np.nan_to_num(count_a), size_a, alpha=alpha)
    low_b, high_b = wilson(np.nan_to_num(count_b), size_b, alpha=alpha)
    low = a - b - np.sqrt((a - low_a) ** 2 + (high_b - b) ** 2)
    high = a - b + np.sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def _checked(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise AnalysisError("level_out_of_range", alpha=alpha)
    return alpha
