"""Confidence intervals on arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np

ALPHA = 0.05
Z95 = 1.959963984540054
# Logarithms of ratios are sought so far from the one seen, to some ten digits.
_FARTHEST, _HALVINGS = 40.0, 45


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
    mean: np.ndarray, sd: np.ndarray, n: np.ndarray, skewness: np.ndarray | None = None, *, alpha: float = ALPHA
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of a mean; missing where n < 2.

    Student's, and where the skewness of the values is given Hall's, which takes it out of t by a cubic: large values
    pull the interval upwards. Of 30 lognormal values of deviation 1.5 Student's covers the mean in 79 %, Hall's in 89.

    Parameters
    ----------
    mean, sd, n : arrays of one shape
        Mean, standard deviation (with n - 1) and number of values.
    skewness : array, optional
        Third moment about the mean over the cubed standard deviation.
    alpha : float

    Returns
    -------
    tuple of arrays
        Low and high, in the unit of the mean.

    References
    ----------
    Student (1908), The probable error of a mean, Biometrika 6; Hall (1992), On the removal of skewness by
    transformation, JRSS B 54; Zhou & Gao (2000), One-sided confidence intervals for means of positively skewed
    distributions, The American Statistician 54.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = mean_interval(np.array([10.0]), np.array([2.0]), np.array([4]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([6.818], [13.182])
    >>> low, high = mean_interval(np.array([10.0]), np.array([2.0]), np.array([30]), np.array([2.0]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([9.402], [11.159])
    """
    import numpy as np
    from scipy.special import stdtrit

    known = n > 1
    size = np.where(known, n, 2)
    t = np.where(known, stdtrit(size - 1, 1 - _checked(alpha) / 2), np.nan)
    error = sd / np.sqrt(size)
    lean = np.zeros(np.shape(size)) if skewness is None else np.nan_to_num(skewness) / np.sqrt(size)
    return mean - _unskewed(t, lean) * error, mean - _unskewed(-t, lean) * error


def _unskewed(t: np.ndarray, lean: np.ndarray) -> np.ndarray:
    """Solve Hall's cubic x + a x² / 3 + a² x³ / 27 + a / 6 = t for x, a the skewness over the root of n."""
    import numpy as np

    some = np.abs(lean) > 1e-6
    a = np.where(some, lean, 1.0)
    return np.where(some, 3 / a * (np.cbrt(1 + a * (t - a / 6)) - 1), t)


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


def ratio_of_shares(
    count_a: np.ndarray, n_a: np.ndarray, count_b: np.ndarray, n_b: np.ndarray, *, alpha: float = ALPHA
) -> tuple[np.ndarray, np.ndarray]:
    """Return Koopman's score interval of the ratio a / b of two shares; missing where a side is empty.

    0 at the lower end where a counts nobody, infinite at the upper end where b does; 0 to infinite where both do.

    References
    ----------
    Koopman (1984), Confidence intervals for the ratio of two binomial proportions, Biometrics 40.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = ratio_of_shares(*(np.array([x]) for x in (36, 40, 16, 80)))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([2.9396], [7.1522])
    """
    import numpy as np
    from scipy.special import ndtri

    x, n, y, m = (np.asarray(part, dtype=float) for part in (count_a, n_a, count_b, n_b))
    known = (n > 0) & (m > 0)
    n, m = np.where(known, n, 1.0), np.where(known, m, 1.0)
    limit = float(ndtri(1 - _checked(alpha) / 2)) ** 2

    def beyond(log: np.ndarray) -> np.ndarray:
        """Whether the score test rejects the ratio; b's likeliest share under it is the smaller root of a quadratic."""
        ratio = np.exp(log)
        a, b, c = (n + m) * ratio, ratio * (n + y) + x + m, x + y
        share_b = 2 * c / (b + np.sqrt(np.maximum(b * b - 4 * a * c, 0.0)))
        share_a = np.minimum(ratio * share_b, 1.0)
        spread = share_a * (1 - share_a) / n + ratio * ratio * share_b * (1 - share_b) / m
        return (x / n - ratio * y / m) ** 2 > limit * spread

    middle = np.log(np.maximum(x, 0.5) / n) - np.log(np.maximum(y, 0.5) / m)
    # Both ends at once, each halved between the estimate and what is far beyond it.
    inner = np.stack([middle, middle])
    outer = inner + np.array([-1.0, 1.0]).reshape(-1, *[1] * middle.ndim) * _FARTHEST
    for _ in range(_HALVINGS):
        half = (inner + outer) / 2
        out = beyond(half)
        inner, outer = np.where(out, inner, half), np.where(out, half, outer)
    ends = np.exp((inner + outer) / 2)
    low, high = np.where(x > 0, ends[0], 0.0), np.where(y > 0, ends[1], np.inf)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def index_interval(
    count: np.ndarray, n: np.ndarray, rest_count: np.ndarray, rest_n: np.ndarray, *, alpha: float = ALPHA
) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval of an index (TGI): 100 times the share of a part over that of all, the part among them.

    The index rises with the ratio of the part's share to that of the rest, whose ends (Koopman) give its ends; the
    part's size is taken as given.

    Examples
    --------
    >>> import numpy as np
    >>> low, high = index_interval(*(np.array([x]) for x in (36, 40, 16, 80)))
    >>> low.round(1).tolist(), high.round(1).tolist()
    ([178.5], [234.4])
    """
    import numpy as np

    part = n / np.maximum(n + rest_n, 1)
    low, high = ratio_of_shares(count, n, rest_count, rest_n, alpha=alpha)
    with np.errstate(invalid="ignore"):
        ends = [100 * ratio / (part * ratio + 1 - part) for ratio in (low, high)]
    return ends[0], np.where(np.isinf(high), 100 / np.maximum(part, 1e-12), ends[1])


def _checked(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise AnalysisError("level_out_of_range", alpha=alpha)
    return alpha
