"""The power of a t test from the noncentral t distribution."""

from __future__ import annotations

import math


def power_of_t(shift: float, df: float, tail: float, *, wider: float = 1.0) -> float:
    """Return how likely a noncentral t lies above the quantile that leaves ``tail`` when there is no shift.

    Parameters
    ----------
    shift : float
        The effect in true standard errors.
    wider : float
        The standard error that the test counts with over the true one.

    Examples
    --------
    >>> round(power_of_t(3.1622777, 38, 0.025), 5)
    0.86895
    """
    from scipy.special import nctdtr, ndtr, stdtrit

    quantile = float(stdtrit(df, 1 - tail)) * wider
    missed = float(nctdtr(df, shift, quantile)) if shift <= 60 else math.nan
    # From a shift of some 36 on, SciPy's function is no number here and there; the normal one is 0 or 1.
    return float(ndtr(shift - quantile)) if math.isnan(missed) else 1 - missed
