"""Reading many p values at once; all raise ``p_out_of_range`` for what is none (a missing one is let be)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    """Return Holm's adjusted p values in the order given; missing ones stay missing and are not counted.

    Parameters
    ----------
    p : float array, shape (tests,)

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6.

    Examples
    --------
    >>> import numpy as np
    >>> holm(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.06, 0.06]
    """
    import numpy as np

    # Written out: statsmodels' own collects all garbage of the process on each call, a second beside a large study.
    p = _checked(p)
    order = np.argsort(p, kind="stable")[: int((~np.isnan(p)).sum())]
    adjusted = np.full(len(p), np.nan)
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


def hochberg(p: np.ndarray) -> np.ndarray:
    """Return Hochberg's step-up adjusted p values in the order given; missing ones stay missing.

    References
    ----------
    Hochberg (1988), A sharper Bonferroni procedure for multiple tests of significance, Biometrika 75.

    Examples
    --------
    >>> import numpy as np
    >>> hochberg(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.04, 0.04]
    """
    return _adjusted(p, "simes-hochberg")


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Return p values adjusted for the false discovery rate in the order given; missing ones stay missing.

    References
    ----------
    Benjamini, Hochberg (1995), Controlling the false discovery rate, JRSS B 57.

    Examples
    --------
    >>> import numpy as np
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(6).tolist()
    [0.03, 0.04, 0.04]
    """
    return _adjusted(p, "fdr_bh")


def bonferroni(p: np.ndarray) -> np.ndarray:
    """Return each p value times the number of known ones, at most 1.

    Examples
    --------
    >>> import numpy as np
    >>> bonferroni(np.array([0.01, 0.5])).tolist()
    [0.02, 1.0]
    """
    return _adjusted(p, "bonferroni")


def sidak(p: np.ndarray) -> np.ndarray:
    """Return Šidák's adjusted p values in the order given; missing ones stay missing.

    Right for independent tests, careful for all that rise and fall together, and never above Bonferroni's.

    References
    ----------
    Šidák (1967), Rectangular confidence regions for the means of multivariate normal distributions, JASA 62.

    Examples
    --------
    >>> import numpy as np
    >>> sidak(np.array([0.01, 0.5])).round(6).tolist()
    [0.0199, 0.75]
    """
    import numpy as np

    with np.errstate(divide="ignore"):  # of a p of 1
        return _adjusted(p, "sidak")


def sidak_level(alpha: float, tests: int) -> float:
    """Return the error rate of each of so many intervals that hold together.

    Examples
    --------
    >>> round(sidak_level(0.05, 2), 6)
    0.025321
    """
    import math

    return -math.expm1(math.log1p(-alpha) / tests)


def dunnett(p: np.ndarray, shared: np.ndarray) -> np.ndarray:
    """Return adjusted p values of several arms against one control, in the order given, in one step.

    The comparisons rise and fall together with the control that they share, which Bonferroni and Šidák do not use.

    Parameters
    ----------
    p : float array, shape (arms,)
        Two-sided.
    shared : float array, shape (arms,)
        How much of the squared standard error of each comparison is control's, 0..1: a half for arms of one size.

    References
    ----------
    Dunnett (1955), A multiple comparison procedure for comparing several treatments with a control, JASA 50; of large
    samples (a t statistic is read through its p value).

    Examples
    --------
    >>> import numpy as np
    >>> dunnett(np.array([0.02, 0.3]), np.array([0.5, 0.5])).round(4).tolist()
    [0.0374, 0.4784]
    """
    import numpy as np
    from scipy.special import ndtri

    p, shared = _checked(p), _checked(shared)
    known = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    limits = -ndtri(np.maximum(p[known], 1e-300) / 2)
    adjusted[known] = [max(beyond(z, shared[known]), one) for z, one in zip(limits, p[known], strict=True)]
    return adjusted


def dunnett_level(alpha: float, shared: np.ndarray) -> float:
    """Return the error rate of each interval against one control, so that all hold together.

    Examples
    --------
    >>> import numpy as np
    >>> round(dunnett_level(0.05, np.array([0.5, 0.5])), 4)
    0.027
    """
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    shared = _checked(shared)
    if len(shared) < 2:
        return alpha
    low, high = float(-ndtri(alpha / 2)), float(-ndtri(alpha / 2 / len(shared)))
    limit: Any = brentq(lambda z: beyond(z, shared) - alpha, low - 1e-6, high + 1e-6, xtol=1e-12)
    return float(2 * ndtr(-limit))


def beyond(limit: float, shared: np.ndarray) -> float:
    """Return how likely any of several standard normal comparisons with one control lies beyond ± the limit.

    Examples
    --------
    >>> import numpy as np
    >>> round(beyond(2.212, np.array([0.5, 0.5])), 4)  # Dunnett (1955), table 2a: 2.21
    0.05
    """
    import numpy as np
    from scipy.special import ndtr

    # Given what control's noise is, comparisons are independent: one integral, whatever their number.
    nodes, weights = np.polynomial.legendre.leggauss(200)
    noise = 9 * nodes
    density = 9 * weights * np.exp(-noise * noise / 2) / np.sqrt(2 * np.pi)
    rest = np.sqrt(np.maximum(1 - shared, 1e-6))[:, None]
    middle = np.sqrt(shared)[:, None] * noise
    outside = ndtr((middle - limit) / rest) + ndtr((-middle - limit) / rest)
    with np.errstate(divide="ignore"):
        return float(min((density * -np.expm1(np.log1p(-np.minimum(outside, 1.0)).sum(axis=0))).sum(), 1.0))


def _adjusted(p: np.ndarray, method: str) -> np.ndarray:
    import numpy as np
    from statsmodels.stats.multitest import multipletests

    p = _checked(p)
    known, adjusted = ~np.isnan(p), np.full(len(p), np.nan)
    if known.any():
        adjusted[known] = multipletests(p[known], method=method)[1]
    return adjusted


def _checked(p: np.ndarray) -> np.ndarray:
    import numpy as np

    p = np.asarray(p, dtype=float)
    if ((p < 0) | (p > 1)).any():
        raise AnalysisError("p_out_of_range", p=f"{p[(p < 0) | (p > 1)][0]:g}")
    return p
