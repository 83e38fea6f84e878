"""The difference of the means of two sides, with the interval that holds for the amounts at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.stats.intervals import difference_of_means
from analysis.stats.skewed import Moments, difference_of_skewed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def mean_differences(numbers: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the ends of the 95 % interval of mean less ``rest_mean`` of each row, and its convention.

    Parameters
    ----------
    numbers : DataFrame
        As ``Comparison.numbers``.

    Returns
    -------
    tuple of arrays
        Low, high (in the feature's unit, missing where a side has fewer than two values), and ``welch`` or ``skewed``
        (``stats.skewed.difference_of_skewed``).
    """
    import numpy as np

    sides = [
        [numbers[f"{side}{name}"].to_numpy(dtype=float) for name in ("n", "mean", "sd", "skewness")]
        for side in ("", "rest_")
    ]
    (n, mean, sd, _), (rest_n, rest_mean, rest_sd, _) = sides
    low, high = difference_of_means(mean, sd, n, rest_mean, rest_sd, rest_n)
    convention = np.full(len(numbers), "welch", dtype=object)
    for row in np.flatnonzero(np.isfinite(low)):
        one, other = (_moments(*(column[row] for column in side)) for side in sides)
        if (ends := difference_of_skewed(one, other)) is not None:
            low[row], high[row], convention[row] = *ends, "skewed"
    return low, high, convention


def _moments(n: float, mean: float, sd: float, skewness: float) -> Moments:
    # The skewness of a comparison is over the spread with n - 1.
    return Moments(int(n), mean, sd * sd * (n - 1), skewness * sd**3 * n)
