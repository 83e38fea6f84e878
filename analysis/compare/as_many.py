"""The tests of categories: of a whole table, and of favourites beside segments of orders.

Favourites are compared among customers with as many orders. The favourite of many orders is the one that most customers
buy, that of one order any: it goes with the number of orders, and with what adds up with it, also where all customers
have the same taste. Among customers with as many orders it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.compare.made_of import FAVOURITES, of_orders
from analysis.stats.exact import fisher_p
from analysis.stats.strata import mantel_haenszel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature
    from analysis.segments.result import Segmentation

FEW_EXPECTED = 5  # in each cell, for chi-square (Cochran 1954)


def orders_beside(feature: Feature, segmentation: Segmentation, customers: pd.DataFrame) -> np.ndarray | None:
    """Return the number of orders of each customer where a feature is compared among those with as many, else None."""
    if feature.key not in FAVOURITES or not of_orders(segmentation) or "n_orders" not in customers:
        return None
    return customers["n_orders"].to_numpy(dtype=float)


def p_of_as_many(orders: np.ndarray, codes: np.ndarray, levels: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the p of each level (0 and up) in each group (0 and up), missing where too few have as many orders.

    A level that is more frequent in a group as a whole and less among customers with as many orders has p 1: the test
    does not speak for what is shown.
    """
    import numpy as np

    _, stratum = np.unique(orders, return_inverse=True)
    n = int(stratum.max()) + 1 if len(stratum) else 0
    groups, kinds = shape
    cells = np.bincount((stratum * groups + codes) * kinds + levels, minlength=n * groups * kinds)
    cells = cells.reshape(n, groups, kinds)
    p, side = mantel_haenszel(cells)
    whole = cells.sum(axis=0)
    inside, level, total = whole.sum(axis=1, keepdims=True), whole.sum(axis=0, keepdims=True), whole.sum()
    against = side * np.sign(whole * total - inside * level) < 0
    return np.where(against, 1.0, p)


def p_of_all(p: np.ndarray) -> float:
    """Return the smallest p times the number of tests (Bonferroni); two levels or groups say one thing twice."""
    import numpy as np

    told = int((~np.isnan(p)).sum())
    if not told:
        return float("nan")
    twice = (2 if p.shape[0] == 2 else 1) * (2 if p.shape[1] == 2 else 1)
    return min(float(np.nanmin(p)) * max(told / twice, 1.0), 1.0)


def p_of_cells(cells: np.ndarray, p: float) -> float:
    """Return the p value of a category: chi-square where each cell expects five customers, else cell by cell.

    Fisher's test of each segment against the others and each level against the others; the smallest p times the number
    of cells holds for all together (Bonferroni).
    """
    import numpy as np

    table = cells[cells.sum(axis=1) > 0][:, cells.sum(axis=0) > 0]
    rows, columns, n = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True), table.sum()
    if (rows * columns / n).min() >= FEW_EXPECTED:
        return p
    each = fisher_p(table, np.broadcast_to(rows, table.shape), columns - table, n - rows)
    # Two levels say the same thing twice, and so do two segments.
    tests = max(table.shape[0] - (table.shape[0] == 2), 1) * max(table.shape[1] - (table.shape[1] == 2), 1)
    return min(float(np.nanmin(each)) * tests, 1.0)
