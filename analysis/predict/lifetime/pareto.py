"""Pareto/NBD: customers buy at a steady pace of their own, and leave at a moment that nobody sees.

Schmittlein, Morrison and Colombo 1987 (Management Science 33:1); likelihood and conditional expectation as in Fader and
Hardie 2005, "A note on deriving the Pareto/NBD model".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.predict.lifetime.likely import Fit, differenced, most_likely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.predict.lifetime.histories import Histories

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pareto:
    """A fitted Pareto/NBD.

    Attributes
    ----------
    fit : Fit
        r, alpha (weeks): gamma distribution of the pace; s, beta (weeks): that of the rate of leaving.
    """

    fit: Fit
    kind: str = "pareto_nbd"

    def alive(self, seen: Histories, params: Any = None) -> Floats:
        """Return the chance that each history has not left."""
        parts = _parts(seen, self.fit.params if params is None else params)
        return np.exp(parts.stayed - np.logaddexp(parts.stayed, parts.left))

    def expected(self, seen: Histories, weeks: float, params: Any = None) -> Floats:
        """Return the expected purchase days of each history in the next ``weeks``."""
        r, alpha, s, beta = self.fit.params if params is None else params
        pace = (r + seen.frequency) / (alpha + seen.age)
        return self.alive(seen, params) * pace * _time_left(_off_one(s), beta + seen.age, weeks)

    def from_the_start(self, weeks: Floats) -> Floats:
        """Return the expected purchase days of a new customer in the first ``weeks``, shape (weeks,)."""
        r, alpha, s, beta = self.fit.params
        return r / alpha * _time_left(_off_one(s), beta, weeks)

    def discounted_for_ever(self, seen: Histories, rate: float) -> Floats:
        """Return the expected purchase days of all time to come, each discounted at ``rate`` a week (continuously).

        DERT of Fader, Hardie and Lee 2005 (J. Marketing Research 42:415), with Tricomi's function.
        """
        from scipy.special import hyperu

        r, alpha, s, beta = self.fit.params
        pace = (r + seen.frequency) / (alpha + seen.age)
        scaled = rate * (beta + seen.age)
        return self.alive(seen) * pace * (beta + seen.age) * scaled ** (s - 1) * hyperu(s, s, scaled)

    def drawn(self, seen: Histories, weeks: float, params: Any, rng: np.random.Generator) -> Floats:
        """Draw the purchase days of each customer in the next ``weeks``."""
        r, alpha, s, beta = params
        rows = seen.row
        frequency, age = seen.frequency[rows], seen.age[rows]
        here = rng.random(len(rows)) < self.alive(seen, params)[rows]
        pace = rng.gamma(r + frequency) / (alpha + age)
        leaving = np.maximum(rng.gamma(s, size=len(rows)), 1e-300) / (beta + age)
        stays = np.minimum(rng.exponential(size=len(rows)) / leaving, weeks)
        return np.where(here, rng.poisson(np.minimum(pace * stays, 1e6)), 0).astype(float)


def _off_one(s: float) -> float:
    return s if abs(s - 1) > 1e-6 else 1 + 1e-6


def _time_left(s: float, beta: Any, weeks: Any) -> Any:
    """Return the expected weeks that a customer stays of the next ``weeks``, the rate of leaving gamma(s, beta)."""
    return beta / (s - 1) * (1 - (beta / (beta + weeks)) ** (s - 1))


@dataclass(frozen=True)
class _Parts:
    stayed: Any  # logarithms, without what both have in common
    left: Any


def _parts(seen: Histories, params: Any) -> _Parts:
    r, alpha, s, beta = params
    whole = r + s + seen.frequency
    stayed = -(r + seen.frequency) * np.log(alpha + seen.age) - s * np.log(beta + seen.age)
    least, most = _leaving(params, seen, seen.recency), _leaving(params, seen, seen.age)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = least + np.log1p(-np.exp(np.minimum(most - least, 0.0)))
    return _Parts(stayed, np.log(s) - np.log(whole) + between)


def _leaving(params: Any, seen: Histories, at: Any) -> Any:
    """Return the logarithm of the term with Gauss's function at a moment, after Euler's transformation."""
    from scipy.special import hyp2f1

    r, alpha, s, beta = params
    whole = r + s + seen.frequency
    if alpha >= beta:
        z, base, other = (alpha - beta) / (alpha + at), alpha + at, r + seen.frequency
        power = -s
    else:
        z, base, other = (beta - alpha) / (beta + at), beta + at, s + 1
        power = 1 - r - seen.frequency
    with np.errstate(divide="ignore"):
        # (1-z)^(c-a-b) F(c-a, c-b; c; z), with c = whole + 1, a = whole, and b the other argument of the formula.
        return np.log(hyp2f1(1.0, other, whole + 1, z)) + power * np.log1p(-z) - whole * np.log(base)


def log_likelihood(seen: Histories, params: Any) -> float:
    """Return the log-likelihood of all customers."""
    from scipy.special import gammaln

    r, alpha, s, beta = params
    parts = _parts(seen, params)
    same = gammaln(r + seen.frequency) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return float(seen.weight @ (same + np.logaddexp(parts.stayed, parts.left)))


def fit_pareto(seen: Histories) -> Pareto:
    """Fit by maximum likelihood on the distinct histories."""
    pace = max(float((seen.frequency * seen.weight).sum() / (seen.age * seen.weight).sum()), 1e-4)
    longest = float(seen.age.max())
    starts = [(0.7, 0.7 / pace, 0.6, longest / 4), (2.0, 2.0 / pace, 1.0, longest), (0.3, 0.3 / pace, 0.3, 5.0)]
    return Pareto(most_likely(differenced(lambda params: -log_likelihood(seen, params)), starts))
