"""What is not offered: to nobody (not sold lately, little margin, no product), or not to who has it or gave it back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.predict.offers.names import is_no_product

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from analysis.predict.offers.histories import Histories
    from analysis.predict.offers.params import OffersParams
    from analysis.predict.offers.ranking import Places

DUE_SALES = 3.0  # that did not come: by chance in one of twenty products (Poisson)
ONCE = 0.05  # share of buyers who came back that bought a product again, below which it is bought once
DRAWN = 20.0  # buyers that the share of its category (of all products, without one) counts for
REASONS = ("left_out", "no_product", "margin", "gone")


@dataclass(frozen=True)
class Limits:
    """What is not offered.

    Attributes
    ----------
    why : object array, shape (products,)
        One of ``REASONS``, or empty where a product can be offered.
    once : bool array, shape (products,)
        Bought once: not offered to who has it.
    again : float array, shape (products,)
        Share of the buyers who came back that bought it again, drawn to that of its category.
    """

    why: np.ndarray = field(repr=False)
    once: np.ndarray = field(repr=False)
    again: np.ndarray = field(repr=False)

    def closed(self, given_back: csr_matrix, places: Places, owned: np.ndarray) -> np.ndarray:
        """Return which of the products that are ranked are not offered to some customers, shape (customers, places).

        ``given_back`` says what each of them gave back and has not bought since, shape (customers, products).
        """
        return places.take(self.why != "") | (places.take(self.once) & owned) | (places.of(given_back) > 0)


def limits(
    items: pd.DataFrame,
    history: Histories,
    category: np.ndarray | None,
    params: OffersParams,
    days: np.ndarray,
    day: int,
) -> Limits:
    """Find what is not offered.

    Parameters
    ----------
    items : DataFrame, one row per product
        As ``intake.baskets.sold_items``.
    history : Histories
    category : int array, shape (products,), or None
        Number of the category of each; -1 where it is not known.
    params : OffersParams
    days : int array, shape (orders,)
        Ordinal days of all orders.
    day : int
        Ordinal of the as-of day.
    """
    import numpy as np

    names = list(zip(items["item"].astype(str), items["name"].astype(str), strict=True))
    left_out = set(params.leave_out)
    why = np.select(
        [
            np.array([not left_out.isdisjoint(pair) for pair in names], dtype=bool),
            np.array([is_no_product(name) for _, name in names], dtype=bool),
            (items["margin"] < params.least_margin).to_numpy(dtype=bool),
            is_gone(items, params.gone_days, days, day),
        ],
        REASONS,
        default="",
    )
    again = bought_again(history, category)
    return Limits(why.astype(object), again < ONCE, again)


def is_gone(items: pd.DataFrame, least_days: int, days: np.ndarray, day: int) -> np.ndarray:
    """Return which products nobody bought for so many days, longer than ever before, although three sales were due.

    As many are due as the orders since its last sale would hold, had they held it as often as those before. A product
    that sells evenly misses three in one of twenty cases; one of a season has been silent before.

    Parameters
    ----------
    items : DataFrame, one row per product
    least_days : int
    days : int array, shape (orders,)
        Ordinal days of all orders.
    day : int
        As-of day.
    """
    import numpy as np

    first, last = (items[key].to_numpy(dtype=float) for key in ("first", "last"))
    ordered = np.sort(days)
    since = len(ordered) - np.searchsorted(ordered, last, side="right")
    before = np.searchsorted(ordered, last, side="right") - np.searchsorted(ordered, first, side="left")
    due = since * items["n_orders"].to_numpy(dtype=float) / np.maximum(before, 1)
    return (day - last >= least_days) & (day - last > items["longest"].to_numpy(dtype=float)) & (due >= DUE_SALES)


def bought_again(history: Histories, category: np.ndarray | None) -> np.ndarray:
    """Return the share of the buyers of each product who bought it again, of those who came back after it.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.predict.offers.histories import Histories
    >>> one = np.ones(2)
    >>> held = Histories(2, 2, np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([2.0, 1.0, 1.0]), np.ones(3),
    ...                  np.array([1, 1, 1]), np.array([9, 1, 1]), np.array([3.0, 1.0]))
    >>> bought_again(held, None).round(3).tolist()
    [0.524, 0.476]
    """
    import numpy as np

    latest = np.zeros(history.n_customers, dtype=np.int64)
    np.maximum.at(latest, history.who, history.last)
    came_back = latest[history.who] > history.first
    n = np.bincount(history.item, weights=came_back, minlength=history.n_items)
    again = np.bincount(history.item, weights=came_back & (history.n > 1), minlength=history.n_items)
    shop = again.sum() / max(n.sum(), 1.0)
    usual = np.full(history.n_items, shop)
    if category is not None:
        known = category >= 0
        size = int(category.max(initial=0)) + 1
        of = np.bincount(category[known], weights=n[known], minlength=size)
        in_category = np.bincount(category[known], weights=again[known], minlength=size)
        drawn = (in_category + DRAWN * shop) / (of + DRAWN)
        usual = np.where(known, drawn[np.maximum(category, 0)], shop)
    return (again + DRAWN * usual) / (n + DRAWN)
