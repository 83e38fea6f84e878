"""Reading many p values at once; all raise ``p_out_of_range`` for what is none (a missing one is let be)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
