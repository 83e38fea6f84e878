"""A customer's card in sentences. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.profiles.words import days_text
from analysis.translate import prose

if TYPE_CHECKING:
    from datetime import date

    from analysis.overview.customer import CustomerCard
    from analysis.translate import Translate


def answer(card: CustomerCard, as_of: date, t: Translate) -> str:
    """Return in which rhythm the customer buys, when the next order is due, and what it has brought so far."""
    return prose([line for line in (rhythm(card, as_of, t), money(card, t)) if line], t)


def rhythm(card: CustomerCard, as_of: date, t: Translate) -> str:
    """Return how often the customer buys and when the next order is due."""
    if card.stage is None:
        return ""
    if card.silent_days is None:
        return t("customer.no_order")
    ago = days_text(card.silent_days, t)
    if card.rhythm_days is None or card.due is None:
        return t("customer.once" if card.order_days == 1 else "customer.last", ago=ago, n=card.order_days)
    key = "customer.late" if card.due < as_of else "customer.on_time"
    return t(key, gap=days_text(card.rhythm_days, t), ago=ago, due=card.due)


def money(card: CustomerCard, t: Translate) -> str:
    """Return what the customer has spent, and how many spent less."""
    if card.spend is None or card.above is None:
        return ""
    return t("customer.money", spend=card.spend, above=card.above)


def next_step(card: CustomerCard, t: Translate) -> str:
    """Return what to do with this customer."""
    return t(f"customer.action.{card.action}")
