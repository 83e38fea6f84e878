"""Which groups differ, once it is known that some do: every pair, all of them right together.

Method, sources and limits: ``docs/methods/explain.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.stats.groups import need_groups, need_numbers
from analysis.stats.intervals import ALPHA
from analysis.stats.multiplicity import holm

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class PairOfMeans:
    """Groups ``a`` and ``b`` (places in the order given): mean of ``a`` less that of ``b``.

    ``low`` and ``high`` hold together for all pairs, and leave 0 out where ``p`` is below alpha.
    """

    a: int
    b: int
    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True)
class PairOfRanks:
    """Groups ``a`` and ``b``: how far their mean ranks lie apart, in standard errors; ``p_holm`` is of all pairs."""

    a: int
    b: int
    z: float
    p: float
    p_holm: float


def games_howell(n: np.ndarray, mean: np.ndarray, sd: np.ndarray, *, alpha: float = ALPHA) -> tuple[PairOfMeans, ...]:
    """Return every pair of means, without asking for equal variances or sizes.

    Parameters
    ----------
    n, mean, sd : arrays, shape (groups,)
        Sizes (at least 2), means, standard deviations (n - 1, above 0).

    Raises
    ------
    AnalysisError
        ``groups_too_few``, ``groups_constant``, ``groups_not_numbers`` as ``stats.groups.welch_anova``.

    References
    ----------
    Games, Howell (1976), Pairwise multiple comparison procedures with unequal n's and/or variances, Journal of
    Educational Statistics 1; the distribution is SciPy's ``studentized_range``.

    Examples
    --------
    >>> import numpy as np
    >>> (pair,) = games_howell(np.array([20, 30]), np.array([5.0, 3.0]), np.array([2.0, 1.0]))
    >>> pair.difference, round(pair.low, 3), round(pair.high, 3), round(pair.p, 5)
    (2.0, 1.006, 2.994, 0.00034)
    """
    import numpy as np
    from scipy.stats import studentized_range

    n, mean, sd = (np.asarray(values, float) for values in (n, mean, sd))
    need_numbers(n, mean, sd)
    need_groups(len(n), n.sum())
    if (n < 2).any() or (sd <= 0).any():
        raise AnalysisError("groups_constant")
    k, squares, found = len(n), sd * sd / n, []
    for a, b in combinations(range(k), 2):
        spread = squares[a] + squares[b]
        df = spread**2 / (squares[a] ** 2 / (n[a] - 1) + squares[b] ** 2 / (n[b] - 1))
        se, difference = math.sqrt(spread / 2), float(mean[a] - mean[b])
        p = float(studentized_range.sf(abs(difference) / se, k, df))
        half = float(studentized_range.ppf(1 - alpha, k, df)) * se
        found.append(PairOfMeans(a, b, difference, difference - half, difference + half, min(max(p, 0.0), 1.0)))
    return tuple(found)


def dunn(values: np.ndarray, codes: np.ndarray) -> tuple[PairOfRanks, ...]:
    """Return every pair of groups by the ranks that the Kruskal–Wallis test gave, corrected for ties.

    Parameters
    ----------
    values : float array, shape (customers,), without missing values
    codes : int array, shape (customers,)
        Group of each value, from 0; every group has some.

    Raises
    ------
    AnalysisError
        ``groups_too_few``, ``groups_constant``, ``groups_not_numbers`` as ``stats.groups.kruskal_wallis``.

    References
    ----------
    Dunn (1964), Multiple comparisons using rank sums, Technometrics 6.

    Examples
    --------
    >>> import numpy as np
    >>> found = dunn(np.array([1.0, 2, 3, 4, 5, 6, 7, 8, 9]), np.repeat([0, 1, 2], 3))
    >>> [(pair.a, pair.b, round(pair.z, 3), round(pair.p_holm, 3)) for pair in found]
    [(0, 1, -1.342, 0.359), (0, 2, -2.683, 0.022), (1, 2, -1.342, 0.359)]
    """
    import numpy as np
    from scipy.special import ndtr
    from scipy.stats import rankdata

    values, codes = np.asarray(values, float), np.asarray(codes)
    need_numbers(values)
    sizes, total = np.bincount(codes), len(values)
    need_groups(int((sizes > 0).sum()), total)
    ties = np.unique(values, return_counts=True)[1].astype(float)
    spread = (total * (total + 1) - (ties**3 - ties).sum() / (total - 1)) / 12
    if spread <= 0 or (sizes == 0).any():
        raise AnalysisError("groups_constant")
    middle = np.bincount(codes, rankdata(values)) / sizes
    pairs = list(combinations(range(len(sizes)), 2))
    z = np.array([(middle[a] - middle[b]) / math.sqrt(spread * (1 / sizes[a] + 1 / sizes[b])) for a, b in pairs])
    p = 2 * ndtr(-np.abs(z))
    return tuple(
        PairOfRanks(a, b, float(one), float(raw), float(together))
        for (a, b), one, raw, together in zip(pairs, z, p, holm(p), strict=True)
    )
