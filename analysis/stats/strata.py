"""Tests of shares among alike: within each stratum, then over all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

# The square of a normal holds where so many more or fewer could have come (Mantel, Fleiss 1980).
LEAST_APART = 5


def mantel_haenszel(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Test each level in each group against the other groups, among alike alone (with continuity correction).

    Parameters
    ----------
    cells : int array, shape (strata, groups, levels)
        Counts; those of a stratum are alike in what would make groups and levels go together.

    Returns
    -------
    tuple of float arrays, shape (groups, levels)
        p, 0..1, missing where too few alike stand on both sides (Mantel and Fleiss' criterion of 5), and the side: 1
        where the level is more frequent in the group than among alike in the others, -1 where it is less.

    References
    ----------
    Mantel, Haenszel (1959), Statistical aspects of the analysis of data from retrospective studies of disease, JNCI 22;
    Mantel, Fleiss (1980), Minimum expected cell size requirements, American Journal of Epidemiology 112.

    Examples
    --------
    >>> import numpy as np
    >>> few, many = [[9, 1], [81, 9]], [[40, 60], [4, 6]]  # within each stratum both groups are the same
    >>> p, side = mantel_haenszel(np.array([few, many]))
    >>> p.round(2).tolist(), side.tolist()
    ([[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]])
    """
    import numpy as np
    from scipy.stats import chi2

    seen = np.asarray(cells, dtype=float)
    inside, level = seen.sum(axis=2, keepdims=True), seen.sum(axis=1, keepdims=True)
    n = seen.sum(axis=(1, 2), keepdims=True)
    whole = np.maximum(n, 1)
    usual = inside * level / whole
    spread = (usual * (n - inside) * (n - level) / (whole * np.maximum(n - 1, 1))).sum(axis=0)
    least, most = np.maximum(inside + level - n, 0), np.minimum(inside, level)
    room = np.minimum((usual - least).sum(axis=0), (most - usual).sum(axis=0))
    away = (seen - usual).sum(axis=0)
    known = (room >= LEAST_APART) & (spread > 0)
    square = np.maximum(np.abs(away) - 0.5, 0.0) ** 2 / np.where(known, spread, 1.0)
    side = np.where(np.abs(away) < 1e-9, 0.0, np.sign(away))
    return np.where(known, chi2.sf(square, 1), np.nan), np.where(known, side, 0.0)
