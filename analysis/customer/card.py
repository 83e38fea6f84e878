"""One customer: the rhythm and where it stands in it, what the customer is worth, and what to do next.

Words: ``words``. Method: as of the lifecycle and the cards of the first screen, for one customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from analysis.overview.actions import Action, Stage, action
from analysis.overview.card_params import CardParams
from analysis.overview.cards import level_of

if TYPE_CHECKING:
    from analysis.goals import Goal
    from analysis.profiles.result import Profiles
    from analysis.segments.scores.lifecycle import LifecycleResult


@dataclass(frozen=True)
class CustomerCard:
    """What is known of one customer.

    Attributes
    ----------
    stage : Stage, optional
        None where the data holds no orders.
    order_days : int
        Days with an order.
    spend : float, optional
        Net of returns; None where no export holds money.
    above : float, optional
        Share of the customers who spent less, ties counted half.
    rhythm_days : float, optional
        Days that usually pass between two orders, where two are known.
    silent_days : int, optional
        Days since the last order.
    due : date, optional
        Last order and rhythm together; None without a rhythm.
    action : Action
    """

    stage: Stage | None
    order_days: int
    spend: float | None
    above: float | None
    rhythm_days: float | None
    silent_days: int | None
    due: date | None
    action: Action


def customer_card(
    profiles: Profiles,
    lifecycle: LifecycleResult | None,
    row: int,
    *,
    goal: Goal | None = None,
    params: CardParams | None = None,
) -> CustomerCard:
    """Return the card of the customer at a row of the profiles.

    Parameters
    ----------
    profiles : Profiles
    lifecycle : LifecycleResult, optional
        Of the same profiles; None where the data holds no orders.
    row : int
    goal : Goal, optional
        What the study is for.
    params : CardParams, optional
        From where on a customer counts as big.
    """
    import pandas as pd

    spend, above, worth = _money(profiles, row)
    level = level_of(1 / len(profiles.customers), worth, params or CardParams())
    if lifecycle is None:
        return CustomerCard(None, 0, spend, above, None, None, None, action(None, level, None, goal))
    known: Any = lifecycle.customers.iloc[row]
    stage: Any = str(lifecycle.segmentation.labels.iloc[row]).removeprefix("lifecycle_")
    order_days = int(known["order_days"])
    silent = None if pd.isna(known["silent_days"]) else int(known["silent_days"])
    rhythm = float(known["rhythm_days"]) if order_days > 1 and not pd.isna(known["rhythm_days"]) else None
    due = None if rhythm is None or silent is None else profiles.as_of + timedelta(days=round(rhythm) - silent)
    if stage == "active" and due is not None and due <= profiles.as_of:
        stage = "due"
    own = "yearly" if bool(known["seasonal"]) else "once" if order_days == 1 else "regular"
    return CustomerCard(
        stage=stage,
        order_days=order_days,
        spend=spend,
        above=above,
        rhythm_days=rhythm,
        silent_days=silent,
        due=due,
        action=action(stage, level, own, goal),
    )


def _money(profiles: Profiles, row: int) -> tuple[float | None, float | None, float | None]:
    """Return spend, the share of customers who spent less, and the share of all revenue; None without money."""
    import numpy as np

    if "spend" not in profiles.customers:
        return None, None, None
    spent = profiles.customers["spend"].to_numpy(dtype=float, na_value=np.nan)
    own, spent = float(spent[row]), spent[np.isfinite(spent)]
    if own != own:
        return None, None, None
    above = float(((spent < own).sum() + (spent == own).sum() / 2) / len(spent))
    total = float(spent.sum())
    return own, above, own / total if total > 0 else None
