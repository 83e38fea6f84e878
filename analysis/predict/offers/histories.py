"""What each customer bought how often and when; and the same without the last order, which is what is foretold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from analysis.predict.offers.neighbours import counted

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

    from analysis.intake.baskets import Baskets

FADING = 0.9  # what a purchase counts less for each order that came after it
LEAST_BASKETS = 3  # two to learn from, and the last to foretell


@dataclass(frozen=True)
class Histories:
    """Every product that a customer bought, one entry each.

    Attributes
    ----------
    n_customers, n_items : int
    who, item : int arrays, shape (entries,)
        By customer, then product.
    n : float array, shape (entries,)
        Orders of the customer with the product.
    recent : float array, shape (entries,)
        The same, where each counts a tenth less for every order that came after it.
    first, last : int arrays, shape (entries,)
        Ordinal days.
    orders : float array, shape (products,)
        Orders with each product, of all customers.
    """

    n_customers: int
    n_items: int
    who: np.ndarray = field(repr=False)
    item: np.ndarray = field(repr=False)
    n: np.ndarray = field(repr=False)
    recent: np.ndarray = field(repr=False)
    first: np.ndarray = field(repr=False)
    last: np.ndarray = field(repr=False)
    orders: np.ndarray = field(repr=False)

    def matrix(self, values: np.ndarray | None = None) -> csr_matrix:
        """Return customers × products: the values of the entries, or 1."""
        return counted(self.who, self.item, (self.n_customers, self.n_items), values)

    def gaps(self) -> np.ndarray:
        """Return the days between two purchases of each entry's product by its customer, drawn to that of all.

        The mean gap of a customer counts as often as it was seen, that of the product (of all products, where nobody
        bought it twice) once.
        """
        import numpy as np

        span, seen = (self.last - self.first).astype(float), self.n - 1
        of_item = np.bincount(self.item, weights=span, minlength=self.n_items)
        n_item = np.bincount(self.item, weights=seen, minlength=self.n_items)
        usual = max(span.sum() / max(seen.sum(), 1.0), 1.0)
        usual_of = np.where(n_item > 0, of_item / np.maximum(n_item, 1), usual)
        return np.maximum((span + usual_of[self.item]) / (seen + 1), 1.0)


@dataclass(frozen=True)
class HeldBack:
    """The last order of customers with three or more, which was taken out of their histories.

    Attributes
    ----------
    who : int array, shape (tested,)
        Customers.
    day : int array, shape (tested,)
        Ordinal day of the order.
    bought : csr_matrix, shape (tested, products), 0 or 1
    """

    who: np.ndarray = field(repr=False)
    day: np.ndarray = field(repr=False)
    bought: csr_matrix = field(repr=False)


def histories(baskets: Baskets) -> Histories:
    """Reduce baskets to one entry per customer and product.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from analysis.intake.baskets import Baskets
    >>> found = histories(Baskets(
    ...     pd.Index(["a", "b"]), pd.Index(["cup", "tea"]), np.array([0, 0, 1]), np.array([1, 11, 5]),
    ...     np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0]),
    ... ))
    >>> found.n.tolist(), found.recent.round(2).tolist(), found.orders.tolist()
    ([1.0, 2.0, 1.0], [0.9, 1.9, 1.0], [2.0, 2.0])
    """
    import numpy as np

    n_items = len(baskets.items)
    who = baskets.who[baskets.basket].astype(np.int64)
    after = _orders_after(baskets)[baskets.basket]
    key, place = np.unique(who * n_items + baskets.item, return_inverse=True)
    day = baskets.day[baskets.basket]
    first, last = np.full(len(key), np.iinfo(np.int64).max), np.zeros(len(key), dtype=np.int64)
    np.minimum.at(first, place, day)
    np.maximum.at(last, place, day)
    return Histories(
        len(baskets.customers), n_items, key // n_items, key % n_items,
        np.bincount(place, minlength=len(key)).astype(float),
        np.bincount(place, weights=FADING**after, minlength=len(key)),
        first, last, np.bincount(baskets.item, minlength=n_items).astype(float),
    )  # fmt: skip


def only(baskets: Baskets, kept: np.ndarray) -> Baskets:
    """Return the baskets with some products alone, shape (products,), bool; those left empty fall away."""
    import numpy as np

    inside = kept[baskets.item]
    filled = np.zeros(len(baskets.who), dtype=bool)
    filled[baskets.basket[inside]] = True
    number = np.cumsum(filled) - 1
    return replace(
        baskets, who=baskets.who[filled], day=baskets.day[filled], basket=number[baskets.basket[inside]],
        item=baskets.item[inside],
    )  # fmt: skip


def without_last(baskets: Baskets) -> tuple[Baskets, HeldBack]:
    """Take the last order out of everybody who has three or more, and return both."""
    import numpy as np

    n = np.bincount(baskets.who, minlength=len(baskets.customers))
    held = (_orders_after(baskets) == 0) & (n[baskets.who] >= LEAST_BASKETS)
    inside = held[baskets.basket]
    row = np.cumsum(held) - 1
    bought = counted(row[baskets.basket[inside]], baskets.item[inside], (int(held.sum()), len(baskets.items)))
    number = np.cumsum(~held) - 1
    kept = replace(
        baskets, who=baskets.who[~held], day=baskets.day[~held],
        basket=number[baskets.basket[~inside]], item=baskets.item[~inside],
    )  # fmt: skip
    return kept, HeldBack(baskets.who[held], baskets.day[held], bought)


def _orders_after(baskets: Baskets) -> np.ndarray:
    """Return how many orders of the same customer came after each."""
    import numpy as np

    n = np.bincount(baskets.who, minlength=len(baskets.customers))
    return np.cumsum(n)[baskets.who] - 1 - np.arange(len(baskets.who))
