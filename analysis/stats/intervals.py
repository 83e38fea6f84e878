"""Confidence intervals on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    z = ndtri(1 - alpha / 2)
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
    half = np.where(known, stdtrit(size - 1, 1 - alpha / 2) * sd / np.sqrt(size), np.nan)
    return mean - half, mean + half
