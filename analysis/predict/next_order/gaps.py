"""Gaps between two order days of one customer, and what they say of the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

PRIOR_GAPS = 4.0  # gaps that the shop's spread counts for beside a customer's own
LEAST_SPREAD = 0.05  # of log days


@dataclass(frozen=True)
class Gaps:
    """Logarithms of the gaps of every customer with an order, by customer and time.

    Attributes
    ----------
    customers : Index of str
        In order.
    who : int array, shape (gaps,)
        Place of the customer of each gap.
    logs : float array, shape (gaps,)
        Of the days of each gap, one or more.
    n : int array, shape (customers,)
        Gaps of each customer.
    last : int array, shape (customers,)
        Ordinal of the last order day.
    """

    customers: pd.Index
    who: np.ndarray
    logs: np.ndarray
    n: np.ndarray
    last: np.ndarray

    def before_last(self) -> Gaps:
        """Return the same without the last gap of each customer."""
        import numpy as np

        ends = np.cumsum(self.n)
        kept = np.ones(len(self.logs), dtype=bool)
        kept[ends[self.n > 0] - 1] = False
        return Gaps(self.customers, self.who[kept], self.logs[kept], np.maximum(self.n - 1, 0), self.last)

    def last_logs(self) -> np.ndarray:
        """Return the logarithm of the last gap of each customer who has one."""
        import numpy as np

        return self.logs[np.cumsum(self.n)[self.n > 0] - 1]


@dataclass(frozen=True)
class Foretold:
    """Middle and spread of the logarithm of each customer's next gap.

    Shape (customers,); those of a customer without a gap are the shop's.
    """

    middle: np.ndarray
    spread: np.ndarray


def gaps_of(days: pd.DataFrame) -> Gaps:
    """Return the gaps of order days.

    Parameters
    ----------
    days : DataFrame, one row per customer and order day
        ``customer_id`` and ``day`` (ordinal), sorted by both.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> found = gaps_of(pd.DataFrame({"customer_id": ["a", "a", "a", "b"], "day": [10, 20, 40, 7]}))
    >>> found.n.tolist(), np.exp(found.logs).round().tolist(), found.last.tolist()
    ([2, 0], [10.0, 20.0], [40, 7])
    """
    import numpy as np
    import pandas as pd

    who, customers = pd.factorize(days["customer_id"])
    day = days["day"].to_numpy()
    same = who[1:] == who[:-1]
    of = who[1:][same]
    ends = np.flatnonzero(np.append(~same, True))
    return Gaps(
        pd.Index(customers), of, np.log(np.diff(day)[same].astype(float)), np.bincount(of, minlength=len(customers)),
        day[ends],
    )  # fmt: skip


def foretell(gaps: Gaps) -> Foretold:
    """Draw the gaps of each customer towards those of the shop, the more the fewer they are (empirical Bayes).

    Log gaps of a customer are normal around a middle of their own; the middles are normal around that of the shop. The
    spread of a customer is drawn towards that of all in the same way.

    References
    ----------
    Efron & Morris (1975), Data analysis using Stein's estimator, JASA 70; Smyth (2004), Linear models and empirical
    Bayes methods, for the spread.

    Examples
    --------
    >>> import pandas as pd
    >>> days = pd.DataFrame({"customer_id": list("aaabbbc"), "day": [1, 8, 15, 1, 31, 61, 1]})
    >>> found = foretell(gaps_of(days))
    >>> bool(found.middle[0] < found.middle[2] < found.middle[1])
    True
    """
    import numpy as np

    n, k = gaps.n.astype(float), len(gaps.n)
    some = n > 0
    own = np.divide(np.bincount(gaps.who, weights=gaps.logs, minlength=k), n, out=np.zeros(k), where=some)
    squares = np.bincount(gaps.who, weights=(gaps.logs - own[gaps.who]) ** 2, minlength=k)
    freedom = np.maximum(n - 1, 0.0)
    within = max(squares.sum() / max(freedom.sum(), 1.0), LEAST_SPREAD**2)
    shop = own[some].mean()
    between = max(own[some].var() - within * (1 / n[some]).mean(), LEAST_SPREAD**2)
    weight = 1 / between + n / within
    middle = (shop / between + n * own / within) / weight
    spread = (PRIOR_GAPS * within + squares) / (PRIOR_GAPS + freedom)
    return Foretold(middle, np.sqrt(spread + 1 / weight))
