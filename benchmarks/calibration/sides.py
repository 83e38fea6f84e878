"""Two segments side by side: does the interval of the difference of their means hold for skewed amounts?"""

from __future__ import annotations

from collections.abc import Callable
from math import exp

import numpy as np
import pandas as pd

from analysis.compare.sides import mean_differences
from benchmarks.calibration.kept import ALPHA, Draw, Promises

Amounts = Callable[[np.random.Generator, int], np.ndarray]
COVERS: Promises = {"covers": (1 - ALPHA, "at_least")}
SHOWN: Promises = {"covers": (1 - ALPHA, "shown")}


def lognormal(sigma: float, *, scale: float = 1.0, buyers: float = 1.0) -> tuple[Amounts, float]:
    """Return amounts, 0 for who does not buy, and their true mean."""
    return (
        lambda rng, n: scale * rng.lognormal(0, sigma, n) * (rng.random(n) < buyers),
        scale * exp(sigma**2 / 2) * buyers,
    )


def gamma(shape: float) -> tuple[Amounts, float]:
    """Return gamma amounts of mean 1."""
    return lambda rng, n: rng.gamma(shape, 1 / shape, n), 1.0


def normal(mean: float) -> tuple[Amounts, float]:
    """Return normal amounts of spread 1."""
    return lambda rng, n: rng.normal(mean, 1, n), mean


def difference(one: tuple[Amounts, float], n: int, other: tuple[Amounts, float], n_other: int) -> Draw:
    """Return a draw: whether the interval of one comparison holds the true difference."""
    true = one[1] - other[1]

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        row = {}
        for side, values in (("", one[0](rng, n)), ("rest_", other[0](rng, n_other))):
            sd = values.std(ddof=1)
            skewness = ((values - values.mean()) ** 3).mean() / sd**3 if sd > 0 else 0.0
            row |= {f"{side}n": len(values), f"{side}mean": values.mean(), f"{side}sd": sd, f"{side}skewness": skewness}
        low, high, _ = mean_differences(pd.DataFrame([row]))
        return {"covers": bool(low[0] <= true <= high[0])}

    return draw


SIDES: dict[str, tuple[Draw, Promises]] = {
    "two segments, lognormal 1.5, 30/1,970": (difference(lognormal(1.5), 30, lognormal(1.5), 1970), COVERS),
    "two segments, lognormal 1.5, 30/1,970 at twice the scale": (
        difference(lognormal(1.5, scale=2), 30, lognormal(1.5), 1970),
        COVERS,
    ),
    "two segments, three in ten buy, 30/1,970": (
        difference(lognormal(1, buyers=0.3), 30, lognormal(1, buyers=0.3), 1970),
        COVERS,
    ),
    "two segments, normal against lognormal 1.2, 40/400": (difference(normal(5), 40, lognormal(1.2), 400), COVERS),
    "two segments, lognormal 1.5 against gamma, 50/500": (difference(lognormal(1.5), 50, gamma(0.5), 500), SHOWN),
}
