"""The ways that customers take: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.paths.funnel import Funnel

STEPS = "funnel_steps"


@dataclass(frozen=True)
class Paths(Tabular, rows="funnel.steps"):
    """The ways that customers take.

    Attributes
    ----------
    funnel : Funnel or None
        None without events.
    flows : DataFrame, one row per place in the way and pair of events
        ``place`` (1: from the first event to the second), ``before``, ``after`` (events; ``OTHER`` for all but the
        eight most usual at that place; empty for nothing more), ``customers``. Each place adds up to who was there.
    credits : DataFrame or None
        As ``credit.credits_of``; None without contacts or orders.
    n_orders : int
        Orders with a contact on their way.
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``, ``steps`` (of the funnel that were reached; NaN without an event).
    events : tuple of str
        Every event, the most usual first.
    as_of : date
    notes : tuple of Note
    """

    funnel: Funnel | None = field(repr=False)
    flows: pd.DataFrame = field(repr=False)
    credits: pd.DataFrame | None = field(repr=False)
    n_orders: int
    customers: pd.DataFrame = field(repr=False)
    events: tuple[str, ...] = field(repr=False)
    as_of: date
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    def feature(self) -> Feature:
        """What ``steps`` is as a feature of the profiles."""
        return Feature(STEPS, "behaviour", "number", "count", origin="prediction", as_of=self.as_of)
