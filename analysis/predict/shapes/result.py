"""The shapes of customers: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

SHAPE = "order_shape"


@dataclass(frozen=True)
class Shapes(Tabular, rows="shapes"):
    """Which shapes the last twelve months of customers have.

    Attributes
    ----------
    shapes : DataFrame, one row per shape of ``forms.SHAPES``
        ``shape``; ``customers`` whose months fit it; ``share`` of those looked at, ``low``, ``high`` (Wilson);
        ``by_chance`` (customers who would fit it if all ordered on any days; NaN for ``steady``, which that is); ``p``
        (of so many by chance, times the shapes asked; NaN likewise); ``stable`` (0..1, how well it is found again; NaN
        without customers); ``is_told``.
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``; ``shape`` (of those told; None otherwise); ``orders`` (days with one in the twelve months);
        ``lean`` (-1..1, correlation of the months with time; NaN where no shape is asked for).
    months : DataFrame, twelve rows per shape told
        ``shape``, ``month`` (1..12, the last one ends on ``as_of``; for ``burst`` and ``seasonal`` turned so that each
        customer's fullest month is the 6th), ``share`` of the orders of the twelve months.
    n : int
        Customers looked at.
    n_new, n_few : int
        Customers left out: first order within the twelve months; known for longer, but with fewer orders in them.
    rule, rule_by_chance : float
        Customers who rise by the rule of thumb (half as many again in the second half), and as many by chance alone.
    least_orders : int
    as_of : date
    notes : tuple of Note
    """

    shapes: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    months: pd.DataFrame = field(repr=False)
    n: int
    n_new: int
    n_few: int
    rule: float
    rule_by_chance: float
    least_orders: int
    as_of: date
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    def score_feature(self) -> Feature:
        """What the shape is as a feature of the profiles, for tags, segments and lists."""
        return Feature(SHAPE, "behaviour", "category", origin="prediction", as_of=self.as_of, made_of=("n_orders",))
