"""How products are ranked for a customer: what was bought often, what is due, what customers alike buy, what sells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.predict.offers.neighbours import cosines, counted

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from analysis.predict.offers.histories import Histories

CELLS = 1_000_000  # customers times products that are ranked at once
WHOLE = 10_000  # products up to which all are ranked; of more, those that anything speaks for
BEST_SELLERS = 500  # that are always among them
OF_CATEGORY, OF_ALL = 1e-3, 1e-6  # what a favourite category and what sells weigh beside products alike, 0..1


@dataclass(frozen=True)
class Learned:
    """What histories say of products.

    Attributes
    ----------
    history : Histories
    bought, recent, gaps, last : csr_matrix, shape (customers, products)
        Orders with a product, those faded by later orders, days between two of them, and the ordinal day of the last.
    alike : csr_matrix, shape (products, products)
        Cosine of their buyers.
    popular : float array, shape (products,)
        Orders with each over those with the first, times a half: below one purchase of one's own.
    category : int array, shape (products,), or None
        Number of the category of each; -1 where it is not known.
    """

    history: Histories = field(repr=False)
    bought: csr_matrix = field(repr=False)
    recent: csr_matrix = field(repr=False)
    gaps: csr_matrix = field(repr=False)
    last: csr_matrix = field(repr=False)
    alike: csr_matrix = field(repr=False)
    popular: np.ndarray = field(repr=False)
    category: np.ndarray | None = field(repr=False)

    def places(self) -> int:
        """Return how many customers are ranked at once."""
        return max(CELLS // min(max(self.history.n_items, 1), WHOLE), 1)

    def candidates(self, who: np.ndarray, alike: csr_matrix) -> np.ndarray:
        """Return the products that are ranked for some customers, sorted: theirs, those alike, and the best sellers."""
        import numpy as np

        n = self.history.n_items
        if n <= WHOLE:
            return np.arange(n)
        ranked = np.zeros(n, dtype=bool)  # marked, not sorted: those alike are many times as many as there are products
        ranked[self.bought[who].indices] = ranked[alike.indices] = True
        ranked[np.argpartition(-self.popular, BEST_SELLERS)[:BEST_SELLERS]] = True
        return np.flatnonzero(ranked)


@dataclass(frozen=True)
class Ranks:
    """Scores of some customers, shape (customers, ranked products); higher comes first, 0 is never offered.

    Attributes
    ----------
    items : int array, shape (ranked products,)
        Which products are ranked.
    popular, own, due, alike, new : float arrays
        What sells; own frequency, then what sells; own frequency of what is due, of what was bought; what customers
        alike buy, also of what was bought; the same, then the favourite category, then what sells.
    owned : bool array
    """

    items: np.ndarray
    popular: np.ndarray
    own: np.ndarray
    due: np.ndarray
    alike: np.ndarray
    new: np.ndarray
    owned: np.ndarray

    def model(self, again: np.ndarray) -> np.ndarray:
        """Return what was bought first, by ``again``, then what was not, by customers alike."""
        import numpy as np

        return np.where(self.owned, 2 + again, self.new)


def learn(history: Histories, category: np.ndarray | None) -> Learned:
    """Learn from histories; ``category`` numbers that of each product, -1 where it is not known."""
    import numpy as np

    popular = history.orders / max(history.orders.max(initial=0.0), 1.0) / 2
    return Learned(
        history, history.matrix(history.n), history.matrix(history.recent), history.matrix(history.gaps()),
        history.matrix(history.last), cosines(history.matrix()), popular.astype(np.float32), category,
    )  # fmt: skip


def ranks(learned: Learned, who: np.ndarray, day: np.ndarray) -> Ranks:
    """Score all products for some customers, each as of a day.

    Parameters
    ----------
    who : int array, shape (n,)
    day : int array, shape (n,)
        Ordinal: by then a product that was bought long ago is due again.

    References
    ----------
    Hu, He, Gao & Zhang (2020), Modeling personalized item frequency information for next-basket recommendation, SIGIR:
    own frequency is hard to beat. Li et al. (2023), A next basket recommendation reality check, ACM TOIS 41: what is
    bought again and what is new are two tasks, and are measured apart.
    """
    import numpy as np

    raw: Any = learned.recent[who] @ learned.alike
    items = learned.candidates(who, raw)
    popular = np.broadcast_to(learned.popular[items], (len(who), len(items)))
    n = learned.bought[who][:, items].toarray()
    owned = n > 0
    alike = raw[:, items].toarray()
    alike = alike / np.maximum(alike.max(axis=1, keepdims=True, initial=0), 1e-9)
    new = alike + OF_CATEGORY * _of_category(learned, who, items) + OF_ALL * popular
    new[owned] = 0
    due = _due(learned, who, day)[:, items].toarray()
    return Ranks(items, popular, n + popular, due, alike, new, owned)


def _due(learned: Learned, who: np.ndarray, day: np.ndarray) -> csr_matrix:
    """Return own frequency times how far the usual gap has passed: none at first, most at its end, then less."""
    import numpy as np

    found = learned.bought[who]  # the three matrices hold the same places
    passed = np.repeat(day, np.diff(found.indptr)) - learned.last[who].data
    passed = np.maximum(passed, 0) / learned.gaps[who].data
    often = found.data + learned.popular[found.indices]
    found.data = often * (passed * np.exp(1 - passed) + 1e-3)
    return found


def _of_category(learned: Learned, who: np.ndarray, items: np.ndarray) -> np.ndarray | float:
    """Return the share of a customer's purchases in the category of each product, times how it sells."""
    import numpy as np

    if learned.category is None:
        return 0.0
    known = learned.category >= 0
    places = np.arange(len(known))[known]
    of = counted(places, learned.category[known], (len(known), int(learned.category.max(initial=0)) + 1))
    bought = (learned.bought[who] @ of).toarray()
    shares = bought / np.maximum(bought.sum(axis=1, keepdims=True), 1)
    own = learned.category[items]
    return np.where(own >= 0, shares[:, np.maximum(own, 0)], 0) * learned.popular[items]


def best(scores: np.ndarray, n: int) -> np.ndarray:
    """Return the products with the highest scores above 0, the best first; of equal ones the first; -1 for no more.

    Examples
    --------
    >>> import numpy as np
    >>> best(np.array([[0.0, 2.0, 5.0], [0.0, 0.0, 1.0]]), 2).tolist()
    [[2, 1], [2, -1]]
    """
    import numpy as np

    n = min(n, scores.shape[1])
    left, rows = np.array(scores, dtype=np.float32), np.arange(len(scores))
    found = np.empty((len(scores), n), dtype=np.int64)
    # The largest, n times over: lists are short, and sorting whole rows of products is not.
    for rank in range(n):
        first = left.argmax(axis=1)
        found[:, rank] = np.where(left[rows, first] > 0, first, -1)
        left[rows, first] = 0
    return found
