"""Shops and subscribers whose way of leaving was planted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.study import Prepared
from tests.predict.churn.shops import orders, prepared


@pytest.fixture(scope="package")
def leaving_shop() -> Prepared:
    """Those who came by ads leave after 90 days in the mean, the friends of others after 3 years."""
    lives = {"ads": 90.0, "friends": 1_100.0}
    shop = orders(
        600, 400, seed=3, lives=lambda r, c: r.exponential(lives[c]), gaps=lambda r: r.exponential(20) + 1, share=0.95
    )
    return prepared(shop)


@pytest.fixture(scope="package")
def random_shop() -> Prepared:
    """Nobody ever leaves, and everybody orders by chance alone: nothing tells who will be silent."""
    return prepared(orders(400, 540, seed=4, lives=lambda r, c: 10_000.0, gaps=lambda r: r.exponential(45) + 1))


@pytest.fixture(scope="package")
def subscribers() -> pd.DataFrame:
    """Monthly contracts and complaints make leaving likely; a colour and a number say nothing."""
    rng = np.random.default_rng(5)
    n = 900
    contract = rng.choice(["monthly", "yearly"], n)
    calls = rng.poisson(1.5, n)
    odds = -2.2 + 2.0 * (contract == "monthly") + 0.5 * calls
    left = rng.random(n) < 1 / (1 + np.exp(-odds))
    return pd.DataFrame(
        {
            "customer id": [f"s{number:04}" for number in range(n)],
            "contract": contract,
            "support calls": calls,
            "colour": rng.choice(["red", "green", "blue"], n),
            "lucky number": rng.integers(1, 1_000, n),
            "Churn": np.where(left, "Yes", "No"),
        }
    )
