"""Planted groups: how a sample business's customers behave, and how their order days are drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import numpy as np

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2025, 6, 30)
N_DAYS = (LAST_DAY - FIRST_DAY).days + 1

Key = TypeVar("Key")

_HOURS = np.arange(8, 24)
_HOUR_WEIGHTS = np.array([2, 4, 6, 6, 5, 4, 4, 5, 5, 4, 4, 6, 9, 11, 8, 3], dtype=float)


@dataclass(frozen=True)
class Group:
    """One planted group of customers.

    Attributes
    ----------
    name : str
        As it stands in the truth file.
    size : int
        Customers.
    orders : (int, int)
        Fewest and most kept orders of a customer.
    recency : (int, int)
        Fewest and most days from the last kept order to the day after ``LAST_DAY``.
    tiers : dict of str to float
        Price tiers its products come from, with their shares.
    lines : tuple of float
        Chance of an order with 1, 2, 3 … lines.
    quantity : (int, int)
        Fewest and most pieces of one line.
    discount : (float, float)
        Lowest and highest discount, as a share of the list price.
    channels : dict of str to float
        Sales channels with their shares.
    season : str
        Key of the day weights its orders follow.
    gap_days : int
        Days between orders that come by subscription; 0 when the customer decides each time.
    """

    name: str
    size: int
    orders: tuple[int, int]
    recency: tuple[int, int]
    tiers: dict[str, float]
    lines: tuple[float, ...]
    quantity: tuple[int, int]
    discount: tuple[float, float]
    channels: dict[str, float]
    season: str
    gap_days: int = 0


@dataclass(frozen=True)
class Sheet:
    """One sheet: its headers and rows; ``dates`` maps a header to the Excel number format of its dates."""

    name: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    dates: dict[str, str]


@dataclass(frozen=True)
class Business:
    """A sample business: its sheets, and the planted group of every customer with a kept order."""

    name: str
    sheets: tuple[Sheet, ...]
    truth: tuple[tuple[str, str], ...]


def pick(rng: np.random.Generator, shares: Mapping[Key, float]) -> Key:
    """Draw one key by its share."""
    weights = np.array(list(shares.values()), dtype=float)
    return list(shares)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def one_of(rng: np.random.Generator, values: Sequence[Any]) -> Any:
    """Draw one value, all equally likely."""
    return values[int(rng.integers(len(values)))]


def day_of(when: date) -> int:
    """Return the number of days from ``FIRST_DAY``."""
    return (when - FIRST_DAY).days


def season(base: float, peaks: Sequence[tuple[date, date, float]]) -> np.ndarray:
    """Return the weight of each day, shape (N_DAYS,): ``base`` (more at weekends), times the factor of each peak."""
    weights = np.full(N_DAYS, base)
    weights[[(FIRST_DAY + timedelta(days=day)).weekday() >= 5 for day in range(N_DAYS)]] *= 1.3
    for first, last, factor in peaks:
        weights[max(day_of(first), 0) : max(day_of(last) + 1, 0)] *= factor
    return weights


def order_days(rng: np.random.Generator, group: Group, weights: np.ndarray) -> list[int]:
    """Draw the days of a customer's kept orders, all different, in order; the last one fits the group's recency."""
    low, high = np.log(group.recency)
    last = N_DAYS - round(float(np.exp(low + (high - low) * rng.beta(2.5, 2.5))))
    n_before = int(rng.integers(group.orders[0], group.orders[1] + 1)) - 1
    if group.gap_days:
        days = last - group.gap_days * np.arange(1, n_before + 1) + rng.integers(-2, 3, size=n_before)
    else:
        days = rng.choice(last, size=n_before, replace=False, p=weights[:last] / weights[:last].sum())
    return sorted(int(day) for day in [*days, last])


def moment(rng: np.random.Generator, day: int) -> datetime:
    """Draw a time of day by the hours people buy at."""
    hour = int(rng.choice(_HOURS, p=_HOUR_WEIGHTS / _HOUR_WEIGHTS.sum()))
    minute, second = (int(part) for part in rng.integers(0, 60, size=2))
    start = datetime.combine(FIRST_DAY, datetime.min.time())
    return start + timedelta(days=day, hours=hour, minutes=minute, seconds=second)
