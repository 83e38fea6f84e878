"""New products: whom to offer what few have bought so far, by customers who are like its first buyers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from analysis.engine import go_on
from analysis.predict.offers.neighbours import counted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from analysis.predict.offers.histories import Histories

LEAST_BUYERS = 10  # first buyers who had bought something before
MOST_PRODUCTS = 20
MOST_LISTED = 500  # customers per product
TENTH = 0.1
FOLDS = 5


@dataclass(frozen=True)
class Fresh:
    """New products and whom they are offered.

    Attributes
    ----------
    products : DataFrame, one row per new product, the most buyers first
        ``item``, ``name``, ``first`` (day), ``n_buyers``, ``way``: ``alike`` (likeness to the first buyers finds first
        buyers who were held back better than chance), ``category`` (too few of them, or likeness finds nothing: who
        buys most in its category) or ``none``; ``auc``, ``low``, ``high`` (of the test; NaN where there is none),
        ``n_listed``.
    lists : DataFrame, one row per product and customer
        ``item``, ``customer_id``, ``rank`` (1 is the most alike); a tenth of the others, at most 500.
    """

    products: pd.DataFrame = field(repr=False)
    lists: pd.DataFrame = field(repr=False)


def fresh_products(
    items: pd.DataFrame,
    history: Histories,
    category: np.ndarray | None,
    customers: pd.Index,
    since: int,
    open_to: np.ndarray,
) -> Fresh:
    """Find customers who are like the first buyers of each new product.

    Customers are what they bought of older products (each once, all of length 1), and of which categories.

    Parameters
    ----------
    items : DataFrame, one row per product
        As ``intake.baskets.sold_items``.
    since : int
        Ordinal of the first day on which a product is new.
    open_to : bool array, shape (products,)
        What can be offered.

    References
    ----------
    Schein, Popescul, Ungar & Pennock (2002), Methods and metrics for cold-start recommendations, SIGIR 25.
    """
    import numpy as np
    import pandas as pd

    new = items["first"].to_numpy() >= since
    chosen = np.flatnonzero(new & open_to)
    chosen = chosen[np.argsort(-items["n_buyers"].to_numpy()[chosen], kind="stable")][:MOST_PRODUCTS]
    rows, lists = [], [pd.DataFrame(columns=["item", "customer_id", "rank"])]
    bought: Any = history.matrix().tocsc()
    tastes = _tastes(bought[:, ~new].tocsr(), None if category is None else category[~new])
    for place in chosen if not new.all() else ():
        go_on()
        row = items.iloc[place]
        buyers = bought[:, [place]].toarray().ravel() > 0
        way, score, test = _scored(tastes, buyers, None if category is None else int(category[place]), bought, category)
        listed = _listed(score, buyers) if way != "none" else np.empty(0, dtype=int)
        rows.append((row["item"], row["name"], int(row["first"]), int(buyers.sum()), way, *test, len(listed)))
        lists.append(
            pd.DataFrame({"item": row["item"], "customer_id": customers[listed], "rank": np.arange(1, len(listed) + 1)})
        )
    columns = ["item", "name", "first", "n_buyers", "way", "auc", "low", "high", "n_listed"]
    table = pd.DataFrame(rows, columns=columns)
    table["first"] = pd.to_datetime(table["first"].astype("int64") - 719_163, unit="D")  # the ordinal of 1970-01-01
    return Fresh(table, pd.concat(lists[1:] or lists, ignore_index=True))


def _tastes(bought: csr_matrix, category: np.ndarray | None) -> csr_matrix:
    """Return each customer as a direction: what was bought, and in which categories, of length 1."""
    import numpy as np
    from scipy.sparse import diags, hstack

    parts: list[Any] = [bought]
    if category is not None:
        places = np.flatnonzero(category >= 0)
        of = counted(places, category[places], (len(category), int(category.max(initial=0)) + 1))
        in_category: Any = bought @ of
        parts.append(in_category.sqrt())
    whole: Any = hstack(parts).tocsr()
    length = np.sqrt(np.asarray(whole.multiply(whole).sum(axis=1)).ravel())
    scaled: Any = diags(1 / np.maximum(length, 1e-9)) @ whole
    return scaled.tocsr()


def _scored(
    tastes: csr_matrix, buyers: np.ndarray, category: int | None, bought: csr_matrix, categories: np.ndarray | None
) -> tuple[str, np.ndarray, tuple[float, float, float]]:
    """Return how customers are found, how well each fits, and the test on first buyers who were held back."""
    import numpy as np

    from analysis.stats.discrimination import auc

    known = np.diff(tastes.indptr) > 0
    first = np.flatnonzero(buyers & known)
    unknown = (np.nan, np.nan, np.nan)
    test = unknown
    if len(first) >= LEAST_BUYERS and (known & ~buyers).any():
        held = np.zeros(len(buyers))
        for fold in range(FOLDS):
            learned = np.delete(first, np.arange(fold, len(first), FOLDS))
            likeness = _likeness(tastes, learned)
            held[first[fold::FOLDS]] = likeness[first[fold::FOLDS]]
            held[~buyers] += likeness[~buyers] / FOLDS
        found = auc(buyers[known], held[known])
        test = (found.value, found.low, found.high)
        if found.low > 0.5:
            return "alike", _likeness(tastes, first), test
    if category is not None and category >= 0 and categories is not None:
        share = np.asarray(bought[:, np.flatnonzero(categories == category)].sum(axis=1)).ravel()
        return "category", share, test
    return "none", np.zeros(len(buyers)), test


def _likeness(tastes: csr_matrix, of: np.ndarray) -> np.ndarray:
    import numpy as np

    middle = np.asarray(tastes[of].mean(axis=0)).ravel()
    return tastes @ middle


def _listed(score: np.ndarray, buyers: np.ndarray) -> np.ndarray:
    """Return the tenth of the others with the highest score above 0, at most 500."""
    import numpy as np

    others = np.flatnonzero(~buyers & (score > 0))
    n = min(max(round(TENTH * (~buyers).sum()), 1), MOST_LISTED)
    return others[np.argsort(-score[others], kind="stable")[:n]]
