"""What a row of the calibration promises, and whether it was kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

ALPHA = 0.05
Promise = Literal["about", "at_most", "at_least", "shown"]
Draw = Callable[[np.random.Generator], dict[str, bool]]
Promises = dict[str, tuple[float, Promise]]
Row = tuple[Draw, Promises]


@dataclass(frozen=True)
class Kept:
    """How often something happened in ``draws`` simulated tests.

    ``promise`` is ``about`` (the rate is ``target``), ``at_most`` or ``at_least``; ``shown`` promises nothing.
    """

    name: str
    hits: int
    draws: int
    target: float
    promise: Literal["about", "at_most", "at_least", "shown"]

    @property
    def rate(self) -> float:
        """0..1."""
        return self.hits / self.draws

    @property
    def limits(self) -> tuple[float, float]:
        """Return the rates that 99.9 % of such runs would stay within, were the promise kept to the letter."""
        from scipy.stats import binom

        low, high = binom.ppf([0.0005, 0.9995], self.draws, self.target) / self.draws
        if self.promise == "shown":
            return 0.0, 1.0
        return (0.0, high) if self.promise == "at_most" else (low, 1.0) if self.promise == "at_least" else (low, high)

    @property
    def holds(self) -> bool:
        """Whether the rate lies within the limits."""
        return self.limits[0] <= self.rate <= self.limits[1]


@dataclass(frozen=True)
class Ratio:
    """What was said in all over what was true in all; at most a tenth beside it is promised."""

    name: str
    said: float
    true: float
    draws: int
    limits: tuple[float, float] = (0.9, 1.1)

    @property
    def rate(self) -> float:
        """1 when what is said is what is true."""
        return self.said / self.true

    @property
    def holds(self) -> bool:
        """Whether the ratio lies within the limits."""
        return self.limits[0] <= self.rate <= self.limits[1]

    @property
    def promise(self) -> Promise:
        """As of a rate."""
        return "about"
