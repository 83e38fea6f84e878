"""How customers bought, as the models read it: repeat purchase days, the last of them, and how long they are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DAYS_A_WEEK = 7.0


@dataclass(frozen=True)
class Histories:
    """Distinct histories and how many customers have each; time is in weeks from a customer's first purchase day.

    Attributes
    ----------
    frequency : float array, shape (histories,)
        Days with a purchase after the first one (count).
    recency : float array, shape (histories,)
        From the first purchase day to the last (weeks); 0 without a repeat.
    age : float array, shape (histories,)
        From the first purchase day to the end of what is observed (weeks).
    weight : float array, shape (histories,)
        Customers with this history.
    row : int array, shape (customers,)
        The history of each customer, in the order in which they were given.

    Examples
    --------
    >>> found = histories([0, 2, 0], [0, 30.5, 0], [38.0, 38.0, 38.0])
    >>> len(found.frequency), found.weight.tolist(), found.row.tolist()
    (2, [2.0, 1.0], [0, 1, 0])
    """

    frequency: Floats = field(repr=False)
    recency: Floats = field(repr=False)
    age: Floats = field(repr=False)
    weight: Floats = field(repr=False)
    row: NDArray[np.intp] = field(repr=False)

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return len(self.row)

    def at(self, values: Floats) -> Floats:
        """Return a value per history as a value per customer."""
        return values[self.row]


def histories(frequency: Any, recency: Any, age: Any) -> Histories:
    """Join customers with the same history: what the models ask is asked once for each.

    Parameters
    ----------
    frequency, recency, age : sequences of float, shape (customers,)
        As in ``Histories``.
    """
    given: Any = np.column_stack([np.asarray(each, dtype=float) for each in (frequency, recency, age)])
    order = np.lexsort(given.T[::-1])
    ordered = given[order]
    starts = np.ones(len(ordered), dtype=bool)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    row = np.empty(len(ordered), dtype=np.intp)
    row[order] = np.cumsum(starts) - 1
    rows = ordered[starts]
    weight = np.bincount(row, minlength=len(rows)).astype(float)
    return Histories(rows[:, 0].copy(), rows[:, 1].copy(), rows[:, 2].copy(), weight, row)
