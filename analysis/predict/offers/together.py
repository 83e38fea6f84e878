"""Products bought together: how often two lie in one order, beside how often they would by chance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.predict.offers.neighbours import counted, shared_in_blocks
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.intake.baskets import Baskets
    from analysis.intake.tables import StandardTables

ALPHA = 0.05
MOST_PAIRS = 2_000


@dataclass(frozen=True)
class Together(Tabular, rows="pairs"):
    """Pairs of products that lie in one order more often than by chance, the largest lift that is certain first.

    At most 2,000 of them.

    Attributes
    ----------
    pairs : DataFrame, one row per pair with ``least`` orders, that is no chance
        ``first``, ``second`` (as in the lines), ``n`` (orders with both), ``n_first``, ``n_second``, ``support`` (share
        of all orders, 0..1), ``confidence`` (share of the orders with the first that hold the second),
        ``confidence_back`` (the other way round), ``lift`` (times as often as by chance), ``low``, ``high`` (its 95 %
        interval), ``p`` (Fisher's exact test, adjusted by Benjamini and Hochberg over the pairs that were tested).
    n_found : int
        All pairs that are no chance.
    n_orders : int
        With a product.
    n_tested : int
        Pairs of products that both lie in ``least`` orders or more.
    least : int
    """

    pairs: pd.DataFrame = field(repr=False)
    n_found: int
    n_orders: int
    n_tested: int
    least: int


def bought_together(
    standard: StandardTables, until: date, *, by: str = "auto", least: int = 10, alpha: float = ALPHA
) -> Together:
    """Find the pairs of products in the orders up to a day.

    Parameters
    ----------
    standard : StandardTables
    until : date
    by : str
        A column of the order lines; ``auto`` is the product, by its id where the lines have one.
    least : int
        Orders that both share.
    alpha : float
        Share of false pairs among those told.

    Raises
    ------
    AnalysisError
        ``offers_no_products`` (column): the order lines have no such column, or nothing in it.
    """
    from analysis.intake.baskets import baskets_of, item_of

    item = item_of(standard, by)
    baskets = None if item is None else baskets_of(standard, item, until)
    if baskets is None or not len(baskets.items):
        raise AnalysisError("offers_no_products", column="product" if by == "auto" else by)
    return pairs_of(baskets, least=least, alpha=alpha)


def pairs_of(baskets: Baskets, *, least: int, alpha: float = ALPHA) -> Together:
    """Count the pairs of baskets and keep those that are more than chance.

    Every pair of products with ``least`` orders each counts as tested, seen or not, so that many products do not make
    chance look like a pattern.

    References
    ----------
    Agrawal, Imieliński & Swami (1993), Mining association rules between sets of items in large databases, SIGMOD 22;
    Brin, Motwani, Ullman & Tsur (1997), Dynamic itemset counting and implication rules, SIGMOD 26, for lift; Hämäläinen
    & Webb (2019), A tutorial on statistically sound pattern discovery, Data Mining and Knowledge Discovery 33.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.intake.baskets import Baskets
    >>> order = np.arange(100)
    >>> tea, cup = order[:40], order[:30]
    >>> baskets = Baskets(
    ...     pd.Index(["a"]), pd.Index(["cup", "milk", "tea"]), np.zeros(100, int), order,
    ...     np.concatenate([cup, order, tea]), np.repeat([0, 1, 2], [30, 100, 40]),
    ... )
    >>> found = pairs_of(baskets, least=10).pairs
    >>> found[["first", "second", "n", "confidence"]].to_dict("records"), found["lift"].round(2).tolist()
    ([{'first': 'cup', 'second': 'tea', 'n': 30, 'confidence': 1.0}], [2.5])
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.exact import fisher_p
    from analysis.stats.intervals import index_interval
    from analysis.stats.multiplicity import benjamini_hochberg

    total, orders = len(baskets.who), np.bincount(baskets.item, minlength=len(baskets.items))
    often = np.flatnonzero(orders >= least)
    one, other, n = _shared(baskets, often, least)
    n_one, n_other = orders[one], orders[other]
    inside = n * total > n_one * n_other  # those that chance would make less often are no offer
    one, other, n, n_one, n_other = (part[inside] for part in (one, other, n, n_one, n_other))
    n_tested = len(often) * (len(often) - 1) // 2
    p = fisher_p(n, n_other, n_one - n, total - n_other) if len(n) else np.empty(0)
    # Pairs that were not seen are tests as well; each would have p = 1, so they only count.
    adjusted = np.minimum(benjamini_hochberg(p) * (n_tested / max(len(p), 1)), 1)
    found = np.flatnonzero(adjusted <= alpha)
    order = np.argsort(-_certain_lift(n, n_one, n_other, total)[found], kind="stable")
    kept = found[order[:MOST_PAIRS]]
    one, other, n, n_one, n_other = (part[kept] for part in (one, other, n, n_one, n_other))
    low, high = index_interval(n, n_other, n_one - n, total - n_other)
    table = pd.DataFrame({
        "first": baskets.items[one], "second": baskets.items[other], "n": n, "n_first": n_one, "n_second": n_other,
        "support": n / max(total, 1), "confidence": n / n_one, "confidence_back": n / n_other,
        "lift": n * total / (n_one * n_other.astype(float)), "low": low / 100, "high": high / 100, "p": adjusted[kept],
    })  # fmt: skip
    return Together(table, len(found), total, n_tested, least)


def _certain_lift(n: np.ndarray, n_one: np.ndarray, n_other: np.ndarray, total: int) -> np.ndarray:
    """Return the logarithm of lift less two of its standard errors, to first order: what pairs are sorted by."""
    import numpy as np

    both, one, other = n / total, n_one / total, n_other / total
    variance = (
        both * (1 / both - 1 / one - 1 / other) ** 2 + (one - both) / one**2 + (other - both) / other**2 - 1
    ) / total
    return np.log(both / (one * other)) - 2 * np.sqrt(np.maximum(variance, 0))


def _shared(baskets: Baskets, often: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the places of both products of each pair with enough orders, the first before the second, and how many."""
    import numpy as np

    number = np.full(len(baskets.items), -1)
    number[often] = np.arange(len(often))
    kept = number[baskets.item] >= 0
    holds = counted(baskets.basket[kept], number[baskets.item[kept]], (len(baskets.who), len(often)))
    parts = [np.empty((3, 0), dtype=np.int64)]
    for start, shared in shared_in_blocks(holds):
        found = shared.tocoo()
        row = found.row + start
        inside = (row < found.col) & (found.data >= least)
        parts.append(np.stack([often[row[inside]], often[found.col[inside]], found.data[inside].astype(np.int64)]))
    one, other, n = np.concatenate(parts, axis=1)
    return one, other, n
