"""Sets of more than two products that lie in many orders, and the rules that they give."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.engine import go_on
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.baskets import Baskets

MOST_SETS = 200_000
MOST_CELLS = 2_000_000_000  # products times orders that are held at once


@dataclass(frozen=True)
class Sets:
    """Sets of products with enough orders: how many orders hold each, by its products (sorted)."""

    counts: dict[tuple[int, ...], int] = field(repr=False)
    n_orders: int


def frequent_sets(baskets: Baskets, *, least: int, longest: int = 4) -> Sets:
    """Find every set of products that ``least`` orders hold together, depth first over sets of orders (Eclat).

    Parameters
    ----------
    baskets : Baskets
    least : int
        Orders, 1 or more.
    longest : int
        Products of a set.

    Raises
    ------
    AnalysisError
        ``offers_too_many_sets`` (n, least): more than 200,000 sets, or than the memory holds; ask for more orders.

    References
    ----------
    Zaki (2000), Scalable algorithms for association mining, IEEE TKDE 12.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.intake.baskets import Baskets
    >>> three = Baskets(
    ...     pd.Index(["a"]), pd.Index(["cup", "tea"]), np.zeros(3, int), np.arange(3),
    ...     np.array([0, 0, 1, 1, 2]), np.array([0, 1, 0, 1, 0]),
    ... )
    >>> frequent_sets(three, least=2).counts
    {(0,): 3, (0, 1): 2, (1,): 2}
    """
    import numpy as np

    n = len(baskets.who)
    orders = np.bincount(baskets.item, minlength=len(baskets.items))
    often = np.flatnonzero(orders >= least)
    if len(often) * n > MOST_CELLS:
        raise AnalysisError("offers_too_many_sets", n=MOST_SETS, least=least)
    number = np.full(len(orders), -1)
    number[often] = np.arange(len(often))
    kept = number[baskets.item] >= 0
    holds = np.zeros((len(often), n), dtype=bool)
    holds[number[baskets.item[kept]], baskets.basket[kept]] = True
    counts: dict[tuple[int, ...], int] = {}

    def grow(prefix: tuple[int, ...], items: np.ndarray, bits: np.ndarray, sizes: np.ndarray) -> None:
        go_on()
        for place, item in enumerate(items):
            found = (*prefix, int(item))
            counts[found] = int(sizes[place])
            if len(counts) > MOST_SETS:
                raise AnalysisError("offers_too_many_sets", n=MOST_SETS, least=least)
            if len(found) >= longest:
                continue
            both = bits[place + 1 :] & bits[place]
            n_both = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
            inside = n_both >= least
            if inside.any():
                grow(found, items[place + 1 :][inside], both[inside], n_both[inside])

    grow((), often, np.packbits(holds, axis=1), orders[often])
    return Sets(counts, n)


def rules_of(sets: Sets, items: pd.Index, *, confidence: float) -> pd.DataFrame:
    """Return the rules of sets: who buys all of ``if_bought`` buys ``then`` as well in that share of the orders.

    Returns
    -------
    DataFrame, one row per rule, the largest lift first
        ``if_bought`` (tuple), ``then``, ``n`` (orders with all of them), ``support``, ``confidence``, ``lift``.

    References
    ----------
    Agrawal & Srikant (1994), Fast algorithms for mining association rules, VLDB 20.
    """
    import pandas as pd

    rows = []
    for found, n in sets.counts.items():
        for given in combinations(found, len(found) - 1) if len(found) > 1 else ():
            share = n / sets.counts[given]
            if share >= confidence:
                (then,) = set(found) - set(given)
                lift = share * sets.n_orders / sets.counts[then,]
                rows.append((tuple(items[list(given)]), items[then], n, n / sets.n_orders, share, lift))
    table = pd.DataFrame(rows, columns=["if_bought", "then", "n", "support", "confidence", "lift"])
    return table.sort_values(["lift", "n"], ascending=False, kind="stable", ignore_index=True)
