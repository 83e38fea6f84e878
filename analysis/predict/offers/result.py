"""What to offer: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.offers.fresh import Fresh
    from analysis.predict.offers.measure import Measured

LISTS = ("next", "again", "new")


@dataclass(frozen=True)
class NextCategory:
    """The category that a customer buys from next.

    Attributes
    ----------
    column : str
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``, ``value``.
    measured : Measured or None
        None where too few customers could be tested.
    used : "rule", "model" or "alike"
    """

    column: str
    customers: pd.DataFrame = field(repr=False)
    measured: Measured | None = field(repr=False)
    used: str


@dataclass(frozen=True)
class Offers(Tabular, rows="offers"):
    """What to offer to each customer.

    Attributes
    ----------
    offers : DataFrame, one row per customer, list and rank
        ``customer_id``; ``list``: ``next`` (what is likely in the next order), ``again`` (of what was bought) or
        ``new`` (of what was not); ``rank`` (1..n); ``item``, ``name``; ``reason``: ``often``, ``due``, ``alike``
        (customers who bought ``because`` buy it), ``category`` (sells in the customer's category) or ``popular``;
        ``because`` (name of a product, or empty).
    items : DataFrame, one row per product
        ``item``, ``name``, ``category``, ``n_orders``, ``n_buyers``, ``first``, ``last`` (days), ``margin`` (share of
        the price), ``again`` (share of its buyers who bought it again), ``once`` (not offered to who has it), ``why``
        (``left_out``, ``no_product``, ``margin``, ``gone``: not offered; or empty).
    n_given_back : int
        Products that a customer gave back, and is not offered.
    measured : Measured or None
        How the ways to rank did on last orders; None where too few customers could be tested.
    used : mapping of task to way
        ``all``, ``again`` and ``new`` to ``rule`` or what stands against it (``measure.AGAINST``).
    next_category : NextCategory or None
    fresh : Fresh
    occasions : DataFrame
        As ``occasions.occasions``; of the categories where there are some, else of the products.
    by : str
        Column that says what is offered.
    n : int
        Offers per list.
    as_of : date
    version : str
    notes : tuple of Note
    """

    offers: pd.DataFrame = field(repr=False)
    items: pd.DataFrame = field(repr=False)
    customers: pd.Index = field(repr=False)
    n_given_back: int
    measured: Measured | None = field(repr=False)
    used: dict[str, str]
    next_category: NextCategory | None = field(repr=False)
    fresh: Fresh = field(repr=False)
    occasions: pd.DataFrame = field(repr=False)
    by: str
    n: int
    as_of: date
    version: str
    notes: tuple[Note, ...] = field(default=(), repr=False)

    def of(self, customer_id: str, which: str = "next") -> pd.DataFrame:
        """Return the offers of one customer and list, the first first."""
        rows = self.offers
        return rows[(rows["customer_id"] == customer_id) & (rows["list"] == which)].sort_values("rank")

    def firsts(self, which: str = "next") -> pd.DataFrame:
        """Return the first offer of every customer who has one in a list."""
        rows = self.offers
        return rows[(rows["list"] == which) & (rows["rank"] == 1)]

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the first offer, and the next category where there is one, are as features of the profiles."""
        product = Feature(
            "next_product", "preference", "category", origin="prediction", as_of=self.as_of,
            made_of=("favourite_product",),
        )  # fmt: skip
        if self.next_category is None:
            return (product,)
        category = Feature(
            "next_category", "preference", "category", origin="prediction", as_of=self.as_of,
            made_of=("favourite_category",),
        )  # fmt: skip
        return product, category
