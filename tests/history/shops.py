"""Small shops by hand and by chance: orders as a person would type them, and a plain-loop bridge to compare with."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from analysis.history.moment import Moment
from analysis.intake.reading.read import read_file
from analysis.study import prepare, suggest

Order = tuple[str, date, str, str]
FIRST = date(2024, 3, 1)
PROMISED_ON, PROMISED_DAYS = date(2024, 4, 1), 30


def standard_of(orders: list[Order], *, extra: int = 7) -> Any:
    """Return standard tables of orders: customer, day, amount, channel; some of 2023 stand for a shop's usual past."""
    usual = [(f"u{n}", date(2023, 1, 1) + timedelta(days=n), "5.00", "shop") for n in range(extra)]
    rows = "\n".join(
        f"o{n},{one},{day.isoformat()},{amount},{channel}"
        for n, (one, day, amount, channel) in enumerate([*usual, *orders])
    )
    tables = read_file(f"order_id,customer_id,order_date,amount,channel\n{rows}\n".encode(), name="orders.csv")
    return prepare(tables, suggest(tables)).standard


def moment(day: date, money: dict[str, float] | None = None, **where: str | None) -> Moment:
    """Return a moment of customers by segment; those without one stand outside."""
    labels = pd.Series(where, dtype="str")
    customers = pd.DataFrame(index=labels.index)
    if money is not None:
        customers["spend"] = [money.get(one, 0.0) for one in labels.index]
    return Moment(day, customers, {"rfm": labels})


def looped(orders: list[Order], before: tuple[date, date], now: tuple[date, date]) -> dict[str, Decimal]:
    """Sum the change of each step customer by customer."""
    by_customer: dict[str, list[Order]] = defaultdict(list)
    for order in orders:
        by_customer[order[0]].append(order)
    found: dict[str, Decimal] = defaultdict(Decimal)
    for theirs in by_customer.values():
        first = sum((Decimal(amount) for _, day, amount, _ in theirs if before[0] <= day <= before[1]), Decimal(0))
        second = sum((Decimal(amount) for _, day, amount, _ in theirs if now[0] <= day <= now[1]), Decimal(0))
        sold = [day for _, day, amount, _ in theirs if Decimal(amount) > 0]
        was, comes = any(before[0] <= day <= before[1] for day in sold), any(now[0] <= day <= now[1] for day in sold)
        earlier = any(day < before[0] for day in sold)
        if comes and not was:
            step = "returned" if earlier else "new"
        elif was and not comes:
            step = "lost"
        else:
            step = "up" if second > first else "down" if second < first else "same"
        found[step] += second - first
    return dict(found)


def foretold(chance: np.ndarray, came: np.ndarray) -> tuple[Moment, Any]:
    """Return a run that told chances, and the files after it; every customer had ordered in the month before."""
    ids = [f"c{n:03}" for n in range(len(chance))]
    orders = [(one, date(2024, 3, 1 + n % 28), "5.00", "shop") for n, one in enumerate(ids)]
    orders += [
        (one, PROMISED_ON + timedelta(days=n % PROMISED_DAYS), "5.00", "shop") for n, one in enumerate(ids) if came[n]
    ]
    orders.append(("later", PROMISED_ON + timedelta(days=PROMISED_DAYS), "5.00", "shop"))
    then = pd.DataFrame({"churn_risk": chance, "recency_days": 10.0}, index=ids)
    return Moment(PROMISED_ON, then, {}), standard_of(orders)
