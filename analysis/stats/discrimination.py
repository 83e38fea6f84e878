"""How well a score tells two kinds of customers apart: the area under the ROC curve, and that of two scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.stats.intervals import ALPHA

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Auc:
    """The chance that one of whom it came true has the higher score than one of whom it did not; ties count half.

    Attributes
    ----------
    value, low, high : float
        0..1, with DeLong's interval, cut at 0 and 1. A score that tells everybody apart has no spread to reckon with:
        its interval is that of as many flawless trials as the smaller side has customers (the rule of three).
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class AucDifference:
    """How much larger the area of the first score is than that of the second, on the same customers.

    Attributes
    ----------
    value, low, high : float
        With DeLong's paired interval.
    p : float
        Two-sided; 1 where the two scores order everybody alike.
    """

    value: float
    low: float
    high: float
    p: float


def auc(came: np.ndarray, score: np.ndarray, *, alpha: float = ALPHA) -> Auc:
    """Return the area under the ROC curve with its interval.

    Parameters
    ----------
    came : bool array, shape (customers,)
        Of whom it came true; at least one of each.
    score : float array, shape (customers,)
        Finite; higher for those of whom it is expected.
    alpha : float
        One minus the confidence level.

    Raises
    ------
    AnalysisError
        ``auc_one_sided`` (n_came, n_not): nobody on a side.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson (1988), Comparing the areas under two or more correlated receiver operating
    characteristic curves, Biometrics 44; Sun & Xu (2014), Fast implementation of DeLong's algorithm, IEEE Signal
    Processing Letters 21, for the way by ranks.

    Examples
    --------
    >>> import numpy as np
    >>> found = auc(np.array([0, 0, 1, 1], bool), np.array([0.1, 0.4, 0.35, 0.8]))
    >>> found.value
    0.75
    """
    import numpy as np
    from scipy.special import ndtri

    (value,), covariance = _areas(came, score[None, :])
    error = float(np.sqrt(covariance[0, 0]))
    if error == 0 or value in (0.0, 1.0):
        few = min(int(came.sum()), int((~came.astype(bool)).sum()))
        room = 1 - alpha ** (1 / few)
        return Auc(float(value), max(float(value) - room, 0.0), min(float(value) + room, 1.0))
    half = ndtri(1 - alpha / 2) * error
    return Auc(float(value), max(float(value - half), 0.0), min(float(value + half), 1.0))


def auc_difference(came: np.ndarray, first: np.ndarray, second: np.ndarray, *, alpha: float = ALPHA) -> AucDifference:
    """Return how much better the first score tells them apart than the second, on the same customers.

    Parameters and errors as ``auc``; sources as there.

    Examples
    --------
    >>> import numpy as np
    >>> came = np.array([0, 1, 0, 1, 0, 1, 0, 1], bool)
    >>> found = auc_difference(came, np.array([1, 5, 2, 6, 3, 7, 4, 8.0]), np.array([1, 2, 3, 4, 5, 6, 7, 8.0]))
    >>> round(found.value, 3)
    0.375
    """
    import numpy as np
    from scipy.special import ndtr, ndtri

    areas, covariance = _areas(came, np.vstack([first, second]))
    value = float(areas[0] - areas[1])
    error = float(np.sqrt(max(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1], 0.0)))
    if error == 0:
        return AucDifference(value, value, value, 1.0 if value == 0 else 0.0)
    half = ndtri(1 - alpha / 2) * error
    return AucDifference(value, float(value - half), float(value + half), float(2 * ndtr(-abs(value) / error)))


def areas_of(came: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Return the area of every column of a matrix at once, without intervals; errors as ``auc``.

    Examples
    --------
    >>> import numpy as np
    >>> areas_of(np.array([0, 1, 1], bool), np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])).tolist()
    [1.0, 0.0]
    """
    from scipy.stats import rankdata

    came = _two_sided(came)
    n_came, n_not = int(came.sum()), int((~came).sum())
    ranks = rankdata(columns, axis=0)
    return (ranks[came].sum(axis=0) - n_came * (n_came + 1) / 2) / (n_came * n_not)


def average_precision(came: np.ndarray, score: np.ndarray) -> float:
    """Return the area under the precision–recall curve, by steps; a score of no use gives the share of those who came.

    Examples
    --------
    >>> import numpy as np
    >>> round(average_precision(np.array([0, 0, 1, 1], bool), np.array([0.1, 0.4, 0.35, 0.8])), 4)
    0.8333
    """
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(_two_sided(came), score))


def _two_sided(came: np.ndarray) -> np.ndarray:
    came = came.astype(bool)
    n_came, n_not = int(came.sum()), int((~came).sum())
    if not n_came or not n_not:
        raise AnalysisError("auc_one_sided", n_came=n_came, n_not=n_not)
    return came


def _areas(came: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the area of each row of scores and their covariance, by midranks."""
    import numpy as np
    from scipy.stats import rankdata

    came = _two_sided(came)
    n_came, n_not = int(came.sum()), int((~came).sum())
    of_all = rankdata(scores, axis=1)
    of_came = rankdata(scores[:, came], axis=1)
    of_not = rankdata(scores[:, ~came], axis=1)
    areas = (of_all[:, came].sum(axis=1) - n_came * (n_came + 1) / 2) / (n_came * n_not)
    each_came = (of_all[:, came] - of_came) / n_not
    each_not = 1 - (of_all[:, ~came] - of_not) / n_came
    covariance = _covariance(each_came) / n_came + _covariance(each_not) / n_not
    return areas, np.atleast_2d(covariance)


def _covariance(values: np.ndarray) -> np.ndarray:
    import numpy as np

    return np.cov(values) if values.shape[1] > 1 else np.zeros((len(values), len(values)))
