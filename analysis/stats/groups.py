"""How far several groups differ: variance explained, association of two categories, and their tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class OneWay:
    """One-way analysis of variance: ``f`` and ``p``, the sums of squares, and the share of variance explained.

    ``eta2`` is that of this sample; ``omega2`` and ``epsilon2`` correct it for chance and may fall below 0.
    """

    f: float
    p: float
    ss_between: float
    ss_within: float
    eta2: float
    omega2: float
    epsilon2: float


@dataclass(frozen=True)
class WelchAnova:
    """One-way analysis of variance without equal variances: ``f``, ``df2`` (of the denominator), ``p``."""

    f: float
    df2: float
    p: float


@dataclass(frozen=True)
class KruskalWallis:
    """Test of ranks: ``h`` (corrected for ties), ``p``, ``epsilon2`` = H / (n - 1), ``eta2_h``."""

    h: float
    p: float
    epsilon2: float
    eta2_h: float


@dataclass(frozen=True)
class Association:
    """Two categories: Pearson's and the likelihood-ratio statistic, their p, and how strong the bond is (0..1).

    ``v`` is Cramér's V, ``v_adjusted`` the same corrected for chance (Bergsma 2013), ``contingency`` Pearson's C.
    """

    chi2: float
    lr_chi2: float
    df: int
    p: float
    p_lr: float
    contingency: float
    v: float
    v_adjusted: float


def one_way(n: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> OneWay:
    """Return the one-way analysis of variance of groups known by their size, mean and deviation.

    Parameters
    ----------
    n, mean, sd : arrays, shape (groups,)
        Sizes (at least 1), means and standard deviations (n - 1; not read where n = 1).

    Raises
    ------
    AnalysisError
        ``groups_too_few`` (groups, n): fewer than two groups, or no more values than groups.
        ``groups_constant``: nothing varies within the groups. ``groups_not_numbers``: a size below 1, or what is no
        finite number.

    References
    ----------
    Fisher (1925), Statistical Methods for Research Workers; Kelley (1935) for epsilon², Hays (1963) for omega².

    Examples
    --------
    >>> import numpy as np
    >>> found = one_way(np.array([2, 2]), np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    >>> found.f, found.eta2
    (4.0, 0.6666666666666666)
    """
    import numpy as np
    from scipy.special import fdtrc

    n, mean = np.asarray(n, float), np.asarray(mean, float)
    need_numbers(mean)
    need_numbers(n, least=1)
    groups, total = len(n), n.sum()
    need_groups(groups, total)
    between = float((n * (mean - (n * mean).sum() / total) ** 2).sum())
    within = float((np.maximum(n - 1, 0) * np.nan_to_num(np.asarray(sd, float)) ** 2).sum())
    if within <= 0:
        raise AnalysisError("groups_constant")
    df1, df2 = groups - 1, total - groups
    noise, whole = within / df2, between + within
    f = between / df1 / noise
    return OneWay(
        f=float(f),
        p=float(fdtrc(df1, df2, f)),
        ss_between=between,
        ss_within=within,
        eta2=float(between / whole),
        omega2=float((between - df1 * noise) / (whole + noise)),
        epsilon2=float((between - df1 * noise) / whole),
    )


def welch_anova(n: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> WelchAnova:
    """Return Welch's analysis of variance, which does not ask for equal variances.

    Parameters and errors as ``one_way``; every group needs two values and a deviation above 0.

    References
    ----------
    Welch (1951), On the comparison of several mean values, Biometrika 38.

    Examples
    --------
    >>> import numpy as np
    >>> round(welch_anova(np.array([10, 10]), np.array([1.0, 2.0]), np.array([1.0, 1.0])).f, 6)
    5.0
    """
    import numpy as np
    from scipy.special import fdtrc

    n, mean, sd = np.asarray(n, float), np.asarray(mean, float), np.nan_to_num(np.asarray(sd, float))
    need_groups(len(n), n.sum())
    if (n < 2).any() or (sd <= 0).any():
        raise AnalysisError("groups_constant")
    k, weight = len(n), n / sd**2
    centre = (weight * mean).sum() / weight.sum()
    spread = ((1 - weight / weight.sum()) ** 2 / (n - 1)).sum()
    f = (weight * (mean - centre) ** 2).sum() / (k - 1) / (1 + 2 * (k - 2) * spread / (k**2 - 1))
    df2 = (k**2 - 1) / (3 * spread)
    return WelchAnova(float(f), float(df2), float(fdtrc(k - 1, df2, f)))


def kruskal_wallis(values: np.ndarray, codes: np.ndarray) -> KruskalWallis:
    """Return the Kruskal–Wallis test: do the groups take the same place in the order of all values.

    Parameters
    ----------
    values : float array, shape (customers,), without missing values
    codes : int array, shape (customers,)
        Group of each value, from 0.

    Raises
    ------
    AnalysisError
        As ``one_way``; ``groups_constant`` when all values are equal.

    References
    ----------
    Kruskal and Wallis (1952), JASA 47; Tomczak and Tomczak (2014) for the two effect sizes.

    Examples
    --------
    >>> import numpy as np
    >>> round(kruskal_wallis(np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1])).h, 6)
    2.4
    """
    import numpy as np
    from scipy.special import chdtrc
    from scipy.stats import rankdata

    need_numbers(np.asarray(values, float))
    sizes = np.bincount(codes)
    codes = (np.cumsum(sizes > 0) - 1)[codes]
    sizes = sizes[sizes > 0]
    k, n = len(sizes), len(values)
    need_groups(k, n)
    ranks = rankdata(values)
    ties = np.unique(values, return_counts=True)[1].astype(float)
    correction = 1 - (ties**3 - ties).sum() / (float(n) ** 3 - n)
    if correction <= 0:
        raise AnalysisError("groups_constant")
    sums = np.bincount(codes, ranks, minlength=k)
    h = max(12 / (n * (n + 1.0)) * (sums**2 / sizes).sum() - 3 * (n + 1), 0.0) / correction
    return KruskalWallis(float(h), float(chdtrc(k - 1, h)), float(h / (n - 1)), float((h - k + 1) / (n - k)))


def association(table: np.ndarray) -> Association:
    """Return how strongly two categories go together.

    Parameters
    ----------
    table : int array, shape (groups, levels)
        Counts; rows and columns without any are left out.

    Raises
    ------
    AnalysisError
        ``groups_too_few`` (groups, n): fewer than two groups; ``groups_constant``: fewer than two levels;
        ``groups_not_numbers``: a count below 0, or what is no finite number.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics; Bergsma (2013), A bias-correction for Cramér's V and
    Tschuprow's T, Journal of the Korean Statistical Society 42.

    Examples
    --------
    >>> import numpy as np
    >>> association(np.array([[10, 0], [0, 10]])).v
    1.0
    """
    import numpy as np
    from scipy.special import chdtrc, xlogy

    table = np.asarray(table, float)
    need_numbers(table, least=0)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, columns = table.shape
    n = table.sum()
    need_groups(rows, n)
    if columns < 2:
        raise AnalysisError("groups_constant")
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / n
    chi2 = float(((table - expected) ** 2 / expected).sum())
    lr = float(2 * (xlogy(table, table) - xlogy(table, expected)).sum())
    df = (rows - 1) * (columns - 1)
    phi2 = chi2 / n
    # What independence alone would give, taken off; rows and columns shrink with it.
    phi2_adjusted = max(0.0, phi2 - df / (n - 1))
    r, c = rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)
    smaller = min(r, c) - 1
    return Association(
        chi2=chi2,
        lr_chi2=lr,
        df=df,
        p=float(chdtrc(df, chi2)),
        p_lr=float(chdtrc(df, max(lr, 0.0))),
        contingency=float(np.sqrt(phi2 / (1 + phi2))),
        v=float(np.sqrt(phi2 / min(rows - 1, columns - 1))),
        v_adjusted=float(min(1.0, np.sqrt(phi2_adjusted / smaller))) if smaller > 0 else 0.0,
    )


def need_numbers(*arrays: np.ndarray, least: float = -math.inf) -> None:
    """Raise ``groups_not_numbers`` for what is no finite number or below the least."""
    import numpy as np

    if any(not np.isfinite(array).all() or (array < least).any() for array in arrays):
        raise AnalysisError("groups_not_numbers")


def need_groups(groups: int, n: float) -> None:
    """Raise ``groups_too_few`` for fewer than two groups, or no more values than groups."""
    if groups < 2 or n <= groups:
        raise AnalysisError("groups_too_few", groups=groups, n=int(n))
