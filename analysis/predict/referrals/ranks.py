"""How far a referrer's standing can be told: PageRank, and the ranks that resampled referrals would give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from analysis.engine import go_on

if TYPE_CHECKING:
    import numpy as np

LOW, HIGH = 0.05, 0.95
_CELLS = 4_000_000  # of a table of draws, made at once


def pagerank(pairs: Iterable[tuple[str, str]], damping: float = 0.85) -> dict[str, float]:
    """Return the PageRank of everybody (Page et al. 1999): weight goes from the referred to who referred them.

    Parameters
    ----------
    pairs : iterable of (referrer, referred)
    damping : float

    Examples
    --------
    >>> found = pagerank([("a", "b"), ("a", "c")])
    >>> sorted(found, key=found.get)[-1]
    'a'
    """
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edges_from((referred, referrer) for referrer, referred in pairs)
    return nx.pagerank(graph, alpha=damping)


def rank_intervals(referrers: np.ndarray, values: np.ndarray, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ranks by direct value between which a referrer stands in 90 % of resamples of the referrals.

    Parameters
    ----------
    referrers : array of int, shape (referrals,)
        Position of the referrer of each referral, 0 to n − 1.
    values : array, shape (referrals,)
        What the referred customer spent (or 1).
    draws, seed : int

    Returns
    -------
    low, high : arrays, shape (n,)
        1 is the best; equal values share the better rank.
    """
    import numpy as np
    from scipy import sparse, stats

    rng = np.random.default_rng(seed)
    m, n = len(values), int(referrers.max()) + 1
    sums = sparse.csr_matrix((values, (referrers, np.arange(m))), shape=(n, m))
    at_once = max(1, min(draws, _CELLS // max(m, 1)))
    ranks = np.empty((draws, n))
    for start in range(0, draws, at_once):
        go_on()
        stop = min(start + at_once, draws)
        taken = rng.multinomial(m, np.full(m, 1 / m), size=stop - start)
        drawn = np.asarray((sums @ taken.T).T)
        ranks[start:stop] = stats.rankdata(-drawn, method="min", axis=1)
    return np.quantile(ranks, LOW, axis=0), np.quantile(ranks, HIGH, axis=0)
