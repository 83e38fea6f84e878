"""Three products bought together: more often than any two of them explain."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.predict.offers.sets import Sets, frequent_sets
from analysis.predict.offers.together import ALPHA
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    import numpy as np
    import pandas as pd

    from analysis.intake.baskets import Baskets
    from analysis.intake.tables import StandardTables

LEAST_SHARE = 0.002  # of all orders; rarer sets are too many to look at, and nothing to act on
MOST_SETS_TOLD = 500
TRIES = 6  # how often the least number of orders is doubled where the sets are too many


@dataclass(frozen=True)
class Triples(Tabular, rows="sets"):
    """Sets of three products that lie in one order more often than their pairs explain, the most certain first.

    Attributes
    ----------
    sets : DataFrame, one row per set, at most 500
        ``first``, ``second`` (what is in the basket), ``third`` (what goes with it: the one that the other two hold
        most often), ``n`` (orders with all three), ``n_pair`` (orders with the first two), ``support`` (share of all
        orders, 0..1), ``confidence`` (share of the orders with the first two that hold the third), ``usual`` (share of
        all orders that hold the third), ``lift`` (the one over the other), ``p`` (the largest of three tests, adjusted
        by Benjamini and Hochberg over the sets that were tested).
    n_found : int
        All sets that are no chance.
    n_orders : int
        With a product.
    n_tested : int
        Sets of which every two products lie in ``least`` orders or more, seen together or not.
    least : int
        Orders that all three share.
    """

    sets: pd.DataFrame = field(repr=False)
    n_found: int
    n_orders: int
    n_tested: int
    least: int


def three_together(
    standard: StandardTables, until: date, *, by: str = "auto", least: int = 10, alpha: float = ALPHA
) -> Triples:
    """Find the sets of three products in the orders up to a day.

    Parameters
    ----------
    standard : StandardTables
    until : date
    by : str
        A column of the order lines; ``auto`` is the product, by its id where the lines have one.
    least : int
        Orders that all three share; at least 0.2 % of all orders are asked for, and more where the sets are too many.
    alpha : float
        Share of false sets among those told.

    Raises
    ------
    AnalysisError
        ``offers_no_products`` (column): the order lines have no such column, or nothing in it.
        ``offers_too_many_sets`` (n, least): even so there are more than 200,000.
    """
    from analysis.intake.baskets import baskets_of, item_of

    item = item_of(standard, by)
    baskets = None if item is None else baskets_of(standard, item, until)
    if baskets is None or not len(baskets.items):
        raise AnalysisError("offers_no_products", column="product" if by == "auto" else by)
    return triples_of(baskets, least=max(least, round(LEAST_SHARE * len(baskets.who))), alpha=alpha)


def triples_of(baskets: Baskets, *, least: int, alpha: float = ALPHA) -> Triples:
    """Count the sets of three and keep those that their pairs do not explain.

    Among the orders with any one of the three the other two lie together more often than by chance: Fisher's exact test
    for each of the three, of which the largest p counts.

    References
    ----------
    Webb (2007), Discovering significant patterns, Machine Learning 68 (productive rules); Zaki (2000), Scalable
    algorithms for association mining, IEEE TKDE 12.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.intake.baskets import Baskets
    >>> held = [[0, 1, 2]] * 30 + [[0], [1], [2], [0, 1], [0, 2], [1, 2]] * 20
    >>> baskets = Baskets(
    ...     pd.Index(["a"]), pd.Index(["cup", "milk", "tea"]), np.zeros(150, int), np.arange(150),
    ...     np.repeat(np.arange(150), [len(one) for one in held]), np.concatenate(held),
    ... )
    >>> triples_of(baskets, least=10).n_tested, triples_of(baskets, least=10).n_found
    (1, 0)
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.multiplicity import benjamini_hochberg

    found, least = _frequent(baskets, least)
    threes = [one for one in found.counts if len(one) == 3]
    n_tested = _triangles(found, len(baskets.items))
    table = pd.DataFrame(
        columns=["first", "second", "third", "n", "n_pair", "support", "confidence", "usual", "lift", "p"]
    )
    if not threes:
        return Triples(table, 0, found.n_orders, n_tested, least)
    p = np.max([_chance(found, threes, given) for given in range(3)], axis=0)
    adjusted = np.minimum(benjamini_hochberg(p) * (n_tested / len(p)), 1)
    kept = np.flatnonzero(adjusted <= alpha)
    often = np.array([found.counts[three] for three in threes])
    kept = kept[np.lexsort((-often[kept], p[kept]))][:MOST_SETS_TOLD]
    rows = [(*_best(found, threes[place], baskets.items), adjusted[place]) for place in kept]
    told = pd.DataFrame(rows, columns=table.columns)
    return Triples(told, int((adjusted <= alpha).sum()), found.n_orders, n_tested, least)


def _frequent(baskets: Baskets, least: int) -> tuple[Sets, int]:
    """Return the sets of up to three products, of more orders where they are too many."""
    for _ in range(TRIES):
        try:
            return frequent_sets(baskets, least=least, longest=3), least
        except AnalysisError:
            least *= 2
    return frequent_sets(baskets, least=least, longest=3), least


def _triangles(found: Sets, n_items: int) -> int:
    """Return how many sets of three there are of which every two share enough orders."""
    import numpy as np
    from scipy.sparse import csr_matrix

    pairs = np.array([one for one in found.counts if len(one) == 2], dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(pairs), dtype=np.int64)
    upper = csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(n_items, n_items))
    return int(upper.multiply(upper @ upper).sum())


def _chance(found: Sets, threes: list[tuple[int, ...]], given: int) -> np.ndarray:
    """Return how likely the other two lie together so often by chance, among the orders with one of the three.

    1 where they lie together less often than by chance, or where that one is never without another of the three.
    """
    import numpy as np

    from analysis.stats.exact import fisher_p

    rows = []
    for three in threes:
        a = three[given]
        b, c = (one for one in three if one != a)
        n_ab, n_ac = (found.counts[_sorted(a, other)] for other in (b, c))
        n = found.counts[three]
        rows.append((n, n_ac, n_ab - n, found.counts[a,] - n_ac))
    counts = np.array(rows, dtype=np.int64)
    n, with_c, rest, without_c = counts.T
    fewer = n * without_c <= rest * with_c
    return np.where(fewer, 1.0, np.nan_to_num(fisher_p(n, with_c, rest, without_c), nan=1.0))


def _best(found: Sets, three: tuple[int, ...], items: pd.Index) -> tuple[object, ...]:
    """Return a set as what is in the basket and the one that goes with it most often."""
    n = found.counts[three]
    first, second = max(combinations(three, 2), key=lambda pair: n / found.counts[pair])
    (third,) = set(three) - {first, second}
    n_pair, n_third = found.counts[first, second], found.counts[third,]
    confidence, usual = n / n_pair, n_third / found.n_orders
    return (
        items[first], items[second], items[third], n, n_pair, n / found.n_orders, confidence, usual, confidence / usual,
    )  # fmt: skip


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
