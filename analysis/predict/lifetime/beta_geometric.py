"""BG/NBD and MBG/NBD: customers buy at a steady pace of their own, and may leave for good after a purchase.

BG/NBD (Fader, Hardie and Lee 2005, Marketing Science 24:275): nobody leaves before a second purchase. MBG/NBD
(Batislam, Denizel and Filiztekin 2007, Int. J. Research in Marketing 24:201): some leave after the first one.
Both are one likelihood: ``stays`` is how often a customer is known to have stayed, the frequency, and once more with MBG.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.predict.lifetime.likely import Fit, most_likely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.predict.lifetime.histories import Histories

    Floats = NDArray[np.float64]

NAMES = ("r", "alpha", "a", "b")


@dataclass(frozen=True)
class BetaGeometric:
    """A fitted BG/NBD or MBG/NBD.

    Attributes
    ----------
    kind : "bg_nbd" or "mbg_nbd"
    fit : Fit
        r, alpha (weeks): gamma distribution of the pace; a, b: beta distribution of the chance to leave.
    """

    kind: Literal["bg_nbd", "mbg_nbd"]
    fit: Fit

    def expected(self, seen: Histories, weeks: float, params: Any = None) -> Floats:
        """Return the expected purchase days of each history in the next ``weeks``."""
        r, alpha, a, b = self.fit.params if params is None else params
        stays = seen.frequency + _extra(self.kind)
        alive = self.alive(seen, params)
        return alive * _while_alive(r + seen.frequency, alpha + seen.age, _off_one(a), b + stays, weeks)

    def alive(self, seen: Histories, params: Any = None) -> Floats:
        """Return the chance that each history has not left; of BG/NBD it is 1 without a repeat: no score of churn."""
        r, alpha, a, b = self.fit.params if params is None else params
        stays = seen.frequency + _extra(self.kind)
        shape = r + seen.frequency
        left = shape * (np.log(alpha + seen.age) - np.log(alpha + seen.recency))
        with np.errstate(divide="ignore"):
            odds = np.where(stays > 0, np.log(a) - np.log(np.maximum(b + stays - 1, 1e-300)) + left, -np.inf)
        return 1 / (1 + np.exp(np.minimum(odds, 700)))

    def from_the_start(self, weeks: Floats) -> Floats:
        """Return the expected purchase days of a new customer in the first ``weeks``, shape (weeks,)."""
        r, alpha, a, b = self.fit.params
        extra = _extra(self.kind)
        starts = b / (a + b) if extra else 1.0
        return starts * _while_alive(r, alpha, _off_one(a), b + extra, weeks)

    def drawn(self, seen: Histories, weeks: float, params: Any, rng: np.random.Generator) -> Floats:
        """Draw the purchase days of each customer in the next ``weeks``: the lesser of what they buy and when they leave."""
        _r, alpha, a, b = params
        rows = seen.row
        frequency, age = seen.frequency[rows], seen.age[rows]
        stays = frequency + _extra(self.kind)
        here = rng.random(len(rows)) < self.alive(seen, params)[rows]
        pace = rng.gamma(params[0] + frequency) / (alpha + age)
        bought = rng.poisson(np.minimum(pace * weeks, 1e6))
        leaving = np.clip(rng.beta(a, b + stays), 1e-12, 1)
        until = np.ceil(np.log(np.maximum(rng.random(len(rows)), 1e-300)) / np.log1p(-np.minimum(leaving, 1 - 1e-12)))
        return np.where(here, np.minimum(bought, np.maximum(until, 1)), 0).astype(float)


def _extra(kind: str) -> int:
    return 1 if kind == "mbg_nbd" else 0


def _off_one(a: float) -> float:
    """Return a beside 1, where the formula divides by nothing; the difference is far below what a fit can tell."""
    return a if abs(a - 1) > 1e-6 else 1 + 1e-6


def _while_alive(shape: Any, age: Any, a: float, b: Any, weeks: Any) -> Any:
    """Return the mean of (1 - exp(-pace · leaving · weeks)) / leaving over gamma(shape, age) and beta(a, b).

    The usual formula with Gauss's function, after Euler's transformation: terms stay small for frequent customers.
    """
    from scipy.special import hyp2f1

    z = weeks / (age + weeks)
    whole = a + b - 1
    return whole / (a - 1) * (1 - (1 - z) ** (a - 1) * hyp2f1(whole - shape, a - 1, whole, z))


def fit_beta_geometric(seen: Histories, kind: Literal["bg_nbd", "mbg_nbd"] = "bg_nbd") -> BetaGeometric:
    """Fit by maximum likelihood on the distinct histories.

    Examples
    --------
    >>> from analysis.predict.lifetime.histories import histories
    >>> rng = np.random.default_rng(1)
    >>> pace, age = rng.gamma(2, 0.05, 3000), np.full(3000, 60.0)
    >>> bought = rng.poisson(pace * age)
    >>> model = fit_beta_geometric(histories(bought, np.where(bought, 55.0, 0), age))
    >>> model.fit.found
    True
    """
    asked = _Asked(seen, kind)
    pace = max(float((seen.frequency * seen.weight).sum() / (seen.age * seen.weight).sum()), 1e-4)
    starts = [(1.0, 1.0 / pace, 1.0, 2.0), (0.3, 0.3 / pace, 0.5, 3.0), (2.0, 2.0 / pace, 2.0, 20.0)]
    return BetaGeometric(kind, most_likely(asked.loss, starts))


class _Asked:
    """Minus the log-likelihood and its gradient; what depends on the frequency alone is computed once for each."""

    def __init__(self, seen: Histories, kind: str) -> None:
        self.seen, self.extra = seen, _extra(kind)
        self.count, self.place = np.unique(seen.frequency, return_inverse=True)
        self.of_count = np.bincount(self.place, weights=seen.weight)

    def loss(self, params: Any) -> tuple[float, Any]:
        from scipy.special import digamma, gammaln

        r, alpha, a, b = params
        seen, n, weights = self.seen, self.count + self.extra, self.of_count
        total = weights.sum()
        same = (
            gammaln(r + self.count) - gammaln(r) + r * np.log(alpha)
            + gammaln(a + b) + gammaln(b + n) - gammaln(b) - gammaln(a + b + n)
        )  # fmt: skip
        shape = r + seen.frequency
        here, gone = np.log(alpha + seen.age), np.log(alpha + seen.recency)
        stays = seen.frequency + self.extra
        some = stays > 0
        below = np.where(some, b + stays - 1, 1.0)
        odds = np.where(some, np.log(a) - np.log(np.maximum(below, 1e-300)) + shape * (here - gone), -np.inf)
        value = float(weights @ same + seen.weight @ (np.logaddexp(0, odds) - shape * here))
        left = seen.weight / (1 + np.exp(-np.clip(odds, -700, 700)))  # times the chance to have left
        left = np.where(some, left, 0.0)
        of_r = weights @ (digamma(r + self.count) - digamma(r)) + total * np.log(alpha)
        of_r += -seen.weight @ here + left @ (here - gone)
        of_alpha = total * r / alpha - (seen.weight * shape) @ (1 / (alpha + seen.age))
        of_alpha += (left * shape) @ (1 / (alpha + seen.age) - 1 / (alpha + seen.recency))
        both = weights @ (digamma(a + b) - digamma(a + b + n))
        of_a = both + left.sum() / a
        of_b = both + weights @ (digamma(b + n) - digamma(b)) - left @ (1 / below)
        return -value, -np.array([of_r, of_alpha, of_a, of_b])
