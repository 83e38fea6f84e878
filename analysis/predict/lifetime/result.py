"""What customers are worth from here on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from analysis.notes import Note
from analysis.predict.lifetime.contract_tried import ContractTried
from analysis.predict.lifetime.ladder import Rung
from analysis.predict.lifetime.params import LifetimeParams
from analysis.predict.lifetime.spend import Spend
from analysis.predict.lifetime.tried import Tried
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LifetimeValue(Tabular, rows="customers"):
    """The value of each customer over the months ahead.

    Attributes
    ----------
    params : LifetimeParams
    as_of : date
        What lies before this day is known.
    used : str
        Where the figures come from: ``bg_nbd``, ``mbg_nbd``, ``pareto_nbd``, ``steady_pace``, ``rule``, ``sbg``,
        ``bdw`` or ``constant`` (the rule for contracts).
    customers : DataFrame, one row per customer of the profiles, in their order
        ``customer_id``; ``orders``, ``orders_low``, ``orders_high`` (purchase days, or periods of a contract: expected,
        10 and 90 %, or the figure itself where it lies beyond); with money ``order_value`` (what one brings, currency),
        ``value``, ``value_low``, ``value_high`` (currency, discounted). NaN for those who never bought, 0 for
        subscribers who left.
    total, total_low, total_high : float, optional
        Value of all (currency), and from where to where it may lie: parameters, chance (10 to 90 %), and the miss of
        the trial. None without money.
    n : int
        Customers that have a value.
    fitted : mapping of str to float
        Parameters of the model, and of what an order brings.
    ladder : tuple of Rung
        What was tried, the likeliest first.
    spend : Spend, optional
        What an order brings; None without money, and for contracts.
    tried : Tried, optional
        The model on a past that it has not seen; None where the data is too short.
    kept : float
        Share of the money that returns did not take back.
    version : str
        Names the model: its params and what it was fitted to.
    notes : tuple of Note
        ``lifetime_untried``, ``lifetime_far``, ``lifetime_spend_depends``, ``lifetime_fit_failed``, ``lifetime_off``,
        ``lifetime_stay_untried``.
    stayed : ContractTried, optional
        Of contracts: the model on renewals that it has not seen.
    """

    params: LifetimeParams
    as_of: date
    used: str
    customers: pd.DataFrame = field(repr=False)
    total: float | None
    total_low: float | None
    total_high: float | None
    n: int
    fitted: dict[str, float] = field(repr=False)
    ladder: tuple[Rung, ...] = field(repr=False)
    spend: Spend | None = field(repr=False)
    tried: Tried | None = field(repr=False)
    kept: float
    version: str
    notes: tuple[Note, ...] = ()
    stayed: ContractTried | None = field(default=None, repr=False)

    @property
    def has_money(self) -> bool:
        """Whether there is a value in money."""
        return self.total is not None

    @property
    def missed(self) -> float | None:
        """How far off the sum of what is used was in the trial, as a share of what came; None where nothing tells."""
        if self.tried is None:
            return None
        return self.tried.error_again if self.used == "rule" else self.tried.error
