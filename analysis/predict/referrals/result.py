"""Who brings whom: the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.notes import Note
from analysis.profiles.result import Feature
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd

    from analysis.predict.referrals.signs import Sign
    from analysis.predict.referrals.trees import Forest


@dataclass(frozen=True)
class Referrals(Tabular, rows="referrers"):
    """Who brings whom, and what that is worth.

    Attributes
    ----------
    referrers : DataFrame, one row per referrer, by what those directly below spent (or their number), the most first
        ``customer_id``; ``referred`` and ``reach`` (customers directly below, and all below); ``depth`` (generations);
        ``direct`` and ``tree`` (currency; NaN without money); ``rank_low``, ``rank_high`` (ranks by ``direct`` in 90 %
        of resamples of the referrals); ``pagerank``; ``n_signs``.
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``, ``was_referred``, ``reach``, ``tree`` (0 for who brought nobody).
    forest : Forest
    signs : tuple of Sign
    n_referred, n_bought : int
        Customers of the profiles who were referred; those of them with an order (0 without orders).
    share_low, share_high : float
        Wilson's interval of the share of customers who were referred.
    spend_share : float or None
        Of the money of all customers, what the referred spent.
    has_money : bool
    as_of : date
    notes : tuple of Note
    """

    referrers: pd.DataFrame = field(repr=False)
    customers: pd.DataFrame = field(repr=False)
    forest: Forest = field(repr=False)
    signs: tuple[Sign, ...] = field(repr=False)
    n_referred: int
    n_bought: int
    share_low: float
    share_high: float
    spend_share: float | None
    has_money: bool
    as_of: date
    notes: tuple[Note, ...] = field(default=(), repr=False)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the profiles get, one for each column of ``customers`` after the id."""
        made: dict[str, Any] = {"origin": "prediction", "as_of": self.as_of}
        found = (
            Feature("was_referred", "social", "flag", **made),
            Feature("referral_reach", "social", "number", "count", made_of=("referrals_made",), **made),
        )
        if not self.has_money:
            return found
        tree = Feature("referral_tree_spend", "social", "number", "money", made_of=("referral_spend",), **made)
        return (*found, tree)
