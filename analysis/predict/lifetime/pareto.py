"""Pareto/NBD: customers buy at a steady pace of their own, and leave at a moment that nobody sees.

Schmittlein, Morrison and Colombo 1987 (Management Science 33:1); likelihood and conditional expectation as in Fader and
Hardie 2005, "A note on deriving the Pareto/NBD model".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.predict.lifetime.likely import Fit, Loss, most_likely, weighed

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

    def loss(self, seen: Histories) -> Loss:
        """Return minus the log-likelihood of histories, as a function of the parameters."""
        return lambda params: _loss(seen, params)

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


NODES = 48
DROP = 45.0  # e^-45 of the first value adds nothing more
AT_ONCE = 2_048  # histories, whose values at all nodes stay near the processor


@dataclass(frozen=True)
class _Parts:
    """Logarithms of both ways a history can have come about, without what they share; and how they change."""

    stayed: Any
    left: Any
    # Of log(alpha + moment of leaving), of the same with beta, and of the inverses of both sums, over the moments.
    means: tuple[Any, ...] = ()


@cache
def _nodes() -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(NODES)


def _parts(seen: Histories, params: Any, *, changes: bool = False) -> _Parts:
    """Integrate over the moment of leaving, block by block of histories."""
    n = len(seen.frequency)
    blocks = [
        _block(seen.frequency[some], seen.recency[some], seen.age[some], params, changes=changes)
        for some in (slice(start, start + AT_ONCE) for start in range(0, n, AT_ONCE))
    ]
    if len(blocks) == 1:
        return blocks[0]
    columns = zip(*((one.stayed, one.left, *one.means) for one in blocks), strict=True)
    stayed, left, *means = (np.concatenate(column) for column in columns)
    return _Parts(stayed, left, tuple(means))


def _block(frequency: Any, recency: Any, age: Any, params: Any, *, changes: bool) -> _Parts:
    """Integrate by Gauss-Legendre on a logarithmic scale, where the integrand is smooth.

    The integral is the difference of two of Gauss's functions in the published form; those take long near 1.
    """
    r, alpha, s, beta = params
    pace = r + frequency
    stayed = -pace * np.log(alpha + age) - s * np.log(beta + age)
    (least, of_least), (most, of_most) = sorted(((alpha, pace), (beta, s + 1)), key=lambda each: each[0])
    falls = of_least + of_most * (least + recency) / (most + recency) - 1
    span = np.log(least + age) - np.log(least + recency)
    with np.errstate(divide="ignore", invalid="ignore"):
        span = np.where(falls > 0, np.minimum(span, DROP / falls), span)
    nodes, weights = _nodes()
    steps = (nodes[:, None] + 1) / 2 * span
    from_least = (least + recency) * np.exp(steps)  # the moment of leaving, counted from there
    from_most = from_least + (most - least)
    log_least, log_most = np.log(least + recency) + steps, np.log(from_most)
    logs = (1 - of_least) * log_least - of_most * log_most
    top = logs.max(axis=0)
    share = np.exp(logs - top) * weights[:, None]
    whole = share.sum(axis=0)
    with np.errstate(divide="ignore"):
        left = np.log(s) + top + np.log(whole) + np.log(span / 2)
    if not changes:
        return _Parts(stayed, left)
    share /= whole
    means = [(share * each).sum(axis=0) for each in (log_least, log_most, 1 / from_least, 1 / from_most)]
    of_alpha, of_beta = (0, 1) if alpha <= beta else (1, 0)
    return _Parts(stayed, left, (means[of_alpha], means[of_beta], means[2 + of_alpha], means[2 + of_beta]))


def log_likelihood(seen: Histories, params: Any) -> float:
    """Return the log-likelihood of all customers."""
    return -_loss(seen, np.asarray(params, dtype=float))[0]


def _loss(seen: Histories, params: Any) -> tuple[float, Any]:
    from scipy.special import digamma, gammaln

    r, alpha, s, beta = params
    parts = _parts(seen, params, changes=True)
    pace, weight = r + seen.frequency, seen.weight
    mean_alpha, mean_beta, by_alpha, by_beta = parts.means
    both = np.logaddexp(parts.stayed, parts.left)
    same = gammaln(pace) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    stays, leaves = (weight * np.exp(part - both) for part in (parts.stayed, parts.left))
    total = weight.sum()
    of_r = weighed(weight, digamma(pace) - digamma(r)) + total * np.log(alpha)
    of_r -= weighed(stays, np.log(alpha + seen.age)) + weighed(leaves, mean_alpha)
    of_alpha = total * r / alpha - weighed(stays * pace, 1 / (alpha + seen.age)) - weighed(leaves * pace, by_alpha)
    of_s = total * np.log(beta) - weighed(stays, np.log(beta + seen.age)) + weighed(leaves, 1 / s - mean_beta)
    of_beta = total * s / beta - s * weighed(stays, 1 / (beta + seen.age)) - (s + 1) * weighed(leaves, by_beta)
    return -float(weighed(weight, same + both)), -np.array([of_r, of_alpha, of_s, of_beta])


def fit_pareto(seen: Histories) -> Pareto:
    """Fit by maximum likelihood on the distinct histories."""
    pace = max(float((seen.frequency * seen.weight).sum() / (seen.age * seen.weight).sum()), 1e-4)
    longest = float(seen.age.max())
    starts = [(0.7, 0.7 / pace, 0.6, longest / 4), (2.0, 2.0 / pace, 1.0, longest), (0.3, 0.3 / pace, 0.3, 5.0)]
    return Pareto(most_likely(lambda params: _loss(seen, params), starts))
