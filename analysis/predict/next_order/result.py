"""When customers order next: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.next_order.curves import Curve


@dataclass(frozen=True)
class NextOrders(Tabular, rows="customers"):
    """The window of the next order of every customer.

    Attributes
    ----------
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``; ``state``: ``"window"``, ``"overdue"`` (silent for longer than nine of ten gaps of customers
        alike: no window), ``"too_wide"`` (the window would reach further than ten years), ``"one_order"`` (cannot be
        said) or ``"no_order"``; ``n_gaps``; ``usual_days`` (middle of the next gap); ``low_50``, ``high_50``,
        ``low_80``, ``high_80``, ``middle`` (days; first and last of the window, and the day before which half of the
        orders come), given that nothing came up to the as-of day and that the customer orders again;
        ``next_order_days`` (from the as-of day to ``middle``); ``curve`` and ``comes_back`` (of who ordered once: whose
        curve, and the share who come back within ``days`` days by it).
    by_category : DataFrame, one row per customer with a window and value of the column
        ``customer_id``, ``value``, ``n_gaps``, ``usual_days``, ``low_50`` to ``high_80``, ``middle``, as above.
    categories : DataFrame, one row per value of the column with 200 gaps
        ``value``, ``n_gaps``, ``usual_days`` (median gap), ``covered_50``, ``covered_80`` (as ``coverage``).
    coverage : DataFrame, one row per level
        ``level`` (.5, .8), ``covered``: the share of customers whose last gap lay in the window that the gaps before it
        and other customers gave; ``low``, ``high`` (Wilson), ``n``.
    curves : tuple of Curve
        Of the shop, then of each value with enough customers.
    column : str or None
        The column of ``by_category``.
    days : int
    as_of : date
    notes : tuple of Note
    """

    customers: pd.DataFrame = field(repr=False)
    by_category: pd.DataFrame = field(repr=False)
    categories: pd.DataFrame = field(repr=False)
    coverage: pd.DataFrame = field(repr=False)
    curves: tuple[Curve, ...] = field(repr=False)
    column: str | None
    days: int
    as_of: date
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    def score_feature(self) -> Feature:
        """What ``next_order_days`` is as a feature of the profiles, for tags, segments and lists."""
        return Feature(
            "next_order_days", "behaviour", "number", "days", origin="orders", as_of=self.as_of,
            made_of=("mean_gap_days", "recency_days"),
        )  # fmt: skip
