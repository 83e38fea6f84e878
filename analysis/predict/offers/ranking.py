"""How products are ranked for a customer: what was bought often, what is due, what customers alike buy, what sells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.predict.offers.neighbours import MOST_NEIGHBOURS, cosines, counted, strongest

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from analysis.predict.offers.histories import Histories

CELLS = 1_000_000  # customers times products that are ranked at once
WHOLE = 5_000  # products up to which all are ranked; of more, of each customer those that anything speaks for
BEST_SELLERS = 200  # that are always among them
BEST_OF_CATEGORY = 20  # of the category that a customer buys most of
MOST_ALIKE = 200  # neighbours of a product, and products alike of a customer, of many products
LEAST_BUYERS = 3  # of one of many products, below which who bought it says nothing of who else would
OF_CATEGORY, OF_ALL = 1e-3, 1e-6  # what a favourite category and what sells weigh beside products alike, 0..1


@dataclass(frozen=True)
class Places:
    """The products that are ranked for some customers: all of them, or of each customer some.

    Attributes
    ----------
    items : int array, shape (customers, places)
        Sorted in each row; 0 where a customer has fewer.
    keys, cells : int arrays, shape (ranked,), or None
        Customer and product as one number, sorted, and where in the table each stands; None where all are ranked.
    """

    items: np.ndarray = field(repr=False)
    n_items: int
    keys: np.ndarray | None = field(default=None, repr=False)
    cells: np.ndarray | None = field(default=None, repr=False)

    def of(self, values: csr_matrix) -> np.ndarray:
        """Return the values of these customers, shape (customers, products), at the places; 0 for none."""
        import numpy as np

        if self.keys is None or self.cells is None:
            return values.toarray()
        found, asked = np.zeros(self.items.size, dtype=values.dtype), _keys(values)
        at = np.minimum(np.searchsorted(self.keys, asked), len(self.keys) - 1)
        known = self.keys[at] == asked
        found[self.cells[at[known]]] = values.data[known]
        return found.reshape(self.items.shape)

    def take(self, values: np.ndarray) -> np.ndarray:
        """Return the values of products at the places; 0 where a customer has fewer."""
        import numpy as np

        if self.keys is None or self.cells is None:
            return np.broadcast_to(values, self.items.shape)
        found = np.zeros(self.items.size, dtype=values.dtype)
        found[self.cells] = values[self.items.ravel()[self.cells]]
        return found.reshape(self.items.shape)


def every_place(n: int, n_items: int) -> Places:
    """Rank all products for so many customers."""
    import numpy as np

    return Places(np.broadcast_to(np.arange(n_items), (n, n_items)), n_items)


def some_places(n: int, n_items: int, keys: np.ndarray) -> Places:
    """Rank of each customer some products, told by ``customer * n_items + product``.

    Examples
    --------
    >>> import numpy as np
    >>> found = some_places(2, 9, np.array([7, 2, 9 + 4, 2]))
    >>> found.items.tolist(), found.take(np.arange(9) + 1).tolist()
    ([[2, 7], [4, 0]], [[3, 8], [5, 0]])
    >>> found.of(counted(np.array([0, 1]), np.array([7, 3]), (2, 9))).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    import numpy as np

    keys = np.sort(keys)  # np.unique hashes, which takes ten times as long of keys like these
    keys = keys[np.append(True, np.diff(keys) > 0)[: len(keys)]]
    row, item = np.divmod(keys, n_items)
    size = np.bincount(row, minlength=n)
    width = int(size.max(initial=1))
    cells = row * width + np.arange(len(keys)) - (np.cumsum(size) - size)[row]
    items = np.zeros(n * width, dtype=np.int64)
    items[cells] = item
    return Places(items.reshape(n, width), n_items, keys, cells)


def _keys(values: csr_matrix) -> np.ndarray:
    """Return row and column of each value as one number."""
    import numpy as np

    n, n_items = values.shape  # pyright: ignore[reportGeneralTypeIssues]
    return np.repeat(np.arange(n) * n_items, np.diff(values.indptr)) + values.indices


@dataclass(frozen=True)
class Learned:
    """What histories say of products.

    Attributes
    ----------
    history : Histories
    bought, recent, gaps, last : csr_matrix, shape (customers, products)
        Orders with a product, those faded by later orders, days between two of them, and the ordinal day of the last.
    alike : csr_matrix, shape (products, products)
        Cosine of their buyers; of many products, of those with three buyers or more.
    popular : float array, shape (products,)
        Orders with each over those with the first, times a half: below one purchase of one's own.
    category : int array, shape (products,), or None
        Number of the category of each; -1 where it is not known.
    of_category : csr_matrix, shape (products, categories), or None
        1 where a product is of a category.
    best_of : int array, shape (categories, 20), or None
        Of many products those that sell most in each category, the last again and again where it has fewer.
    """

    history: Histories = field(repr=False)
    bought: csr_matrix = field(repr=False)
    recent: csr_matrix = field(repr=False)
    gaps: csr_matrix = field(repr=False)
    last: csr_matrix = field(repr=False)
    alike: csr_matrix = field(repr=False)
    popular: np.ndarray = field(repr=False)
    category: np.ndarray | None = field(repr=False)
    of_category: csr_matrix | None = field(repr=False)
    best_of: np.ndarray | None = field(repr=False)

    @property
    def is_whole(self) -> bool:
        """Whether all products are ranked."""
        return self.history.n_items <= WHOLE

    def at_once(self) -> int:
        """Return how many customers are ranked at once."""
        n = max(self.history.n_items, 1) if self.is_whole else BEST_SELLERS + 3 * MOST_ALIKE
        return max(CELLS // max(n, 0 if self.of_category is None else self.of_category.shape[1]), 1)  # pyright: ignore[reportOptionalSubscript]

    def places(self, who: np.ndarray, alike: csr_matrix) -> Places:
        """Return what is ranked for some customers: of many products theirs, those alike, and what sells most."""
        import numpy as np

        n_items = self.history.n_items
        if self.is_whole:
            return every_place(len(who), n_items)
        row = np.arange(len(who))[:, None] * n_items
        sellers = np.argpartition(-self.popular, BEST_SELLERS)[:BEST_SELLERS]
        parts = [_keys(self.bought[who]), _keys(alike), (row + sellers).ravel()]
        if self.best_of is not None and self.of_category is not None:
            bought: Any = (self.bought[who] @ self.of_category).toarray()
            parts.append((row + self.best_of[bought.argmax(axis=1)]).ravel())
        return some_places(len(who), n_items, np.concatenate(parts))


@dataclass(frozen=True)
class Ranks:
    """Scores of some customers, shape (customers, places); higher comes first, 0 is never offered.

    Attributes
    ----------
    places : Places
        Which products are ranked.
    popular, own, due, alike, new : float arrays
        What sells; own frequency, then what sells; own frequency of what is due, of what was bought; what customers
        alike buy, also of what was bought; the same, then the favourite category, then what sells.
    owned : bool array
    """

    places: Places
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
    of_category = None
    if category is not None:
        known = np.flatnonzero(category >= 0)
        of_category = counted(known, category[known], (len(category), int(category.max(initial=0)) + 1))
    return Learned(
        history, history.matrix(history.n), history.matrix(history.recent), history.matrix(history.gaps()),
        history.matrix(history.last), _alike(history), popular.astype(np.float32), category, of_category,
        None if category is None or history.n_items <= WHOLE else _best_of(history, category),
    )  # fmt: skip


def rare(history: Histories) -> np.ndarray:
    """Return which of many products too few customers bought to say who else would, shape (products,)."""
    import numpy as np

    buyers = np.bincount(history.item, minlength=history.n_items)
    return (buyers < LEAST_BUYERS) & (history.n_items > WHOLE)


def _alike(history: Histories) -> csr_matrix:
    told = ~rare(history)[history.item]
    holds = counted(history.who[told], history.item[told], (history.n_customers, history.n_items))
    return cosines(holds, MOST_NEIGHBOURS if history.n_items <= WHOLE else MOST_ALIKE)


def _best_of(history: Histories, category: np.ndarray) -> np.ndarray:
    """Return the products that sell most in each category, shape (categories, 20); in an empty one what sells most."""
    import numpy as np

    told = np.flatnonzero((category >= 0) & ~rare(history))
    order = told[np.lexsort((-history.orders[told], category[told]))]
    size = np.bincount(category[order], minlength=int(category.max(initial=0)) + 1)
    place = np.minimum(np.arange(BEST_OF_CATEGORY), np.maximum(size[:, None] - 1, 0))
    place = np.minimum((np.cumsum(size) - size)[:, None] + place, max(len(order) - 1, 0))
    most = int(history.orders.argmax())
    return np.where(size[:, None] > 0, order[place] if len(order) else most, most)


def ranks(learned: Learned, who: np.ndarray, day: np.ndarray) -> Ranks:
    """Score products for some customers, each as of a day.

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
    if not learned.is_whole:
        raw = strongest(raw.tocsr(), MOST_ALIKE)
    places = learned.places(who, raw)
    popular = places.take(learned.popular)
    n = places.of(learned.bought[who])
    owned = n > 0
    alike = places.of(raw)
    alike = alike / np.maximum(alike.max(axis=1, keepdims=True, initial=0), 1e-9)
    new = alike + OF_CATEGORY * _of_category(learned, who, places) + OF_ALL * popular
    new[owned] = 0
    due = places.of(_due(learned, who, day))
    return Ranks(places, popular, n + popular, due, alike, new, owned)


def _due(learned: Learned, who: np.ndarray, day: np.ndarray) -> csr_matrix:
    """Return own frequency times how far the usual gap has passed: none at first, most at its end, then less."""
    import numpy as np

    found = learned.bought[who]  # the three matrices hold the same places
    passed = np.repeat(day, np.diff(found.indptr)) - learned.last[who].data
    passed = np.maximum(passed, 0) / learned.gaps[who].data
    often = found.data + learned.popular[found.indices]
    found.data = often * (passed * np.exp(1 - passed) + 1e-3)
    return found


def _of_category(learned: Learned, who: np.ndarray, places: Places) -> np.ndarray | float:
    """Return the share of a customer's purchases in the category of each product, times how it sells."""
    import numpy as np

    if learned.category is None or learned.of_category is None:
        return 0.0
    found: Any = learned.bought[who] @ learned.of_category
    bought = found.toarray()
    shares = bought / np.maximum(bought.sum(axis=1, keepdims=True), 1)
    if places.keys is None:
        own = learned.category
        return np.where(own >= 0, shares[:, np.maximum(own, 0)], 0) * learned.popular
    own = places.take(learned.category)
    return np.where(own >= 0, np.take_along_axis(shares, np.maximum(own, 0), axis=1), 0) * places.take(learned.popular)


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
