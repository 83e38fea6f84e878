"""Shops whose customers choose products by a plan, as baskets and as order lines."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analysis.intake.baskets import Baskets

START = date(2023, 1, 1)
DAYS = 540


def lines(customers: int, choose: Any, *, seed: int = 0, orders: int = 6, gap: float = 60.0) -> pd.DataFrame:
    """Orders of customers about ``gap`` days apart; ``choose(rng, number, day, order)`` gives the products of one."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        day = rng.uniform(0, gap)
        for order in range(orders):
            when = START + timedelta(days=int(day))
            rows += [
                (f"c{number:04}", f"o{number:04}-{order:03}", when, 10.0, product)
                for product in choose(rng, number, int(day), order)
            ]
            day += rng.uniform(0.5, 1.5) * gap
    return pd.DataFrame(rows, columns=["customer id", "order id", "order date", "amount", "product"])


def by_taste(rng: np.random.Generator, number: int, day: int, order: int) -> list[str]:
    """Half of the customers buy among twenty teas, half among twenty cups, each product once."""
    own = "tea" if number % 2 else "cup"
    places = np.random.default_rng(number).permutation(20)
    return [f"{own} {place:02}" for place in places[2 * order : 2 * order + 2]]


def by_habit(rng: np.random.Generator, number: int, day: int, order: int) -> list[str]:
    """Everybody buys the same three of thirty products again and again, and one by chance."""
    own = np.random.default_rng(number).permutation(30)[:3]
    return [f"product {place:02}" for place in {*own[: 1 + order % 3], int(rng.integers(30))}]


def by_chance(rng: np.random.Generator, number: int, day: int, order: int) -> list[str]:
    return [f"product {place:02}" for place in rng.permutation(30)[:2]]


def by_calendar(rng: np.random.Generator, number: int, day: int, order: int) -> list[str]:
    """Each of a customer's four products lasts for four orders: whatever was bought longest ago is due."""
    own = np.random.default_rng(number).permutation(30)[:4]
    return [f"product {own[order % 4]:02}"]


def as_baskets(frame: pd.DataFrame) -> Baskets:
    """Number customers, baskets and products with pandas alone."""
    held = frame.drop_duplicates(["customer id", "order id", "product"])
    orders = held.groupby(["customer id", "order id"], as_index=False)["order date"].max()
    orders = orders.sort_values(["customer id", "order date", "order id"], ignore_index=True)
    number = pd.Series(orders.index, index=pd.MultiIndex.from_frame(orders[["customer id", "order id"]]))
    basket = number.reindex(pd.MultiIndex.from_frame(held[["customer id", "order id"]])).to_numpy()
    item, items = pd.factorize(held["product"], sort=True)
    order = np.lexsort((item, basket))
    who, known = pd.factorize(orders["customer id"])
    day = orders["order date"].map(lambda when: when.toordinal()).to_numpy()
    return Baskets(pd.Index(known), pd.Index(items), who, day, basket[order], item[order])
