"""Shops whose customers come, order and leave by a plan."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analysis import begin, read
from analysis.study import Prepared

START = date(2023, 1, 1)


def prepared(frame: pd.DataFrame) -> Prepared:
    return begin(read(frame)).prepared()


def orders(customers: int, days: int, *, seed: int, lives: Any, gaps: Any, share: float = 0.5) -> pd.DataFrame:
    """Orders of customers who come on a random day, order with exponential gaps, and leave after a life of theirs."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        channel = ("ads", "friends")[number % 2]
        day, end = rng.uniform(0, days * share), 0.0
        end = day + lives(rng, channel)
        while day < min(end, days):
            rows.append(
                (f"c{number:04}", START + timedelta(days=int(day)), round(float(rng.uniform(10, 90)), 2), channel)
            )
            day += gaps(rng)
    return pd.DataFrame(rows, columns=["customer id", "order date", "amount", "channel"])
