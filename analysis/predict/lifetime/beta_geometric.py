"""BG/NBD and MBG/NBD: customers buy at a steady pace of their own, and may leave for good after a purchase.

BG/NBD (Fader, Hardie and Lee 2005, Marketing Science 24:275): nobody leaves before a second purchase. MBG/NBD
(Batislam, Denizel and Filiztekin 2007, Int. J. Research in Marketing 24:201): some leave after the first one.
Both are one likelihood: ``stays`` is how often a customer is known to have stayed, the frequency, once more with MBG.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.predict.lifetime.likely import Fit, Loss, most_likely, weighed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.predict.lifetime.histories import Histories

    Floats = NDArray[np.float64]

NAMES = ("r", "alpha", "a", "b")
NODES = 32
AT_ONCE = 20_000  # histories


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
        return alive * _while_alive(r + seen.frequency, alpha + seen.age, a, b + stays, weeks)

    def alive(self, seen: Histories, params: Any = None) -> Floats:
        """Return the chance that each history has not left; of BG/NBD it is 1 without a repeat: no score of churn."""
        r, alpha, a, b = self.fit.params if params is None else params
        stays = seen.frequency + _extra(self.kind)
        shape = r + seen.frequency
        left = shape * (np.log(alpha + seen.age) - np.log(alpha + seen.recency))
        with np.errstate(divide="ignore"):
            odds = np.where(stays > 0, np.log(a) - np.log(np.maximum(b + stays - 1, 1e-300)) + left, -np.inf)
        return 1 / (1 + np.exp(np.minimum(odds, 700)))

    def loss(self, seen: Histories) -> Loss:
        """Return minus the log-likelihood of histories, as a function of the parameters."""
        return _Asked(seen, self.kind).loss

    def from_the_start(self, weeks: Floats) -> Floats:
        """Return the expected purchase days of a new customer in the first ``weeks``, shape (weeks,)."""
        r, alpha, a, b = self.fit.params
        extra = _extra(self.kind)
        starts = b / (a + b) if extra else 1.0
        return starts * _while_alive(r, alpha, a, b + extra, weeks)

    def drawn(self, seen: Histories, weeks: float, params: Any, rng: np.random.Generator) -> Floats:
        """Draw the purchase days of each customer in the next ``weeks``: what they buy until they leave."""
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


def _while_alive(shape: Any, age: Any, a: float, b: Any, weeks: Any) -> Floats:
    """Return the mean of (1 - exp(-pace · leaving · weeks)) / leaving over gamma(shape, age) and beta(a, b).

    The published form is Gauss's function, which fails for large a and b; the mean over the beta distribution by
    Gauss's quadrature for just this distribution does not.
    """
    shape, age, b, weeks = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(each, float)) for each in (shape, age, b, weeks))
    )
    different, place = np.unique(b, return_inverse=True)
    nodes, weights = beta_quadrature(a, different)
    found = np.empty(len(b))
    for start in range(0, len(b), AT_ONCE):
        some = slice(start, start + AT_ONCE)
        leaving = nodes[place[some]]
        within = np.log1p(leaving * (weeks[some] / age[some])[:, None])
        found[some] = (weights[place[some]] * -np.expm1(-shape[some, None] * within) / leaving).sum(axis=1)
    return found


def beta_quadrature(a: float, b: Floats) -> tuple[Floats, Floats]:
    """Return nodes and weights of Gauss's quadrature for beta(a, b) distributions, shape (len(b), NODES) each.

    Golub and Welsch 1969 (Mathematics of Computation 23:221) with the recurrence of Jacobi's polynomials.

    Examples
    --------
    >>> nodes, weights = beta_quadrature(2.0, np.array([3.0]))
    >>> round(float((weights * nodes).sum()), 12), round(float((weights * nodes**2).sum()), 12)
    (0.4, 0.2)
    """
    first, second = np.asarray(b, dtype=float)[:, None] - 1, a - 1
    both, k = first + second, np.arange(1, NODES, dtype=float)[None, :]
    middle = np.empty((len(first), NODES))
    middle[:, :1] = (second - first) / (both + 2)
    middle[:, 1:] = (second**2 - first**2) / ((2 * k + both) * (2 * k + both + 2))
    beside = 4 * k * (k + first) * (k + second) / ((2 * k + both) ** 2 * (2 * k + both + 1))
    # The factor (k + both) / (2k + both - 1) of the usual form is 1 for k = 1, whatever both is.
    beside[:, 1:] *= (k[:, 1:] + both) / (2 * k[:, 1:] + both - 1)
    matrix = np.zeros((len(first), NODES, NODES))
    place = np.arange(NODES)
    matrix[:, place, place] = middle
    matrix[:, place[1:], place[:-1]] = np.sqrt(np.maximum(beside, 0))
    values, vectors = np.linalg.eigh(matrix)
    return np.clip((1 + values) / 2, 1e-300, 1), vectors[:, 0, :] ** 2


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
        value = float(weighed(weights, same) + weighed(seen.weight, np.logaddexp(0, odds) - shape * here))
        left = seen.weight / (1 + np.exp(-np.clip(odds, -700, 700)))  # times the chance to have left
        left = np.where(some, left, 0.0)
        of_r = weighed(weights, digamma(r + self.count) - digamma(r)) + total * np.log(alpha)
        of_r += weighed(left, here - gone) - weighed(seen.weight, here)
        of_alpha = total * r / alpha - weighed(seen.weight * shape, 1 / (alpha + seen.age))
        of_alpha += weighed(left * shape, 1 / (alpha + seen.age) - 1 / (alpha + seen.recency))
        both = weighed(weights, digamma(a + b) - digamma(a + b + n))
        of_a = both + left.sum() / a
        of_b = both + weighed(weights, digamma(b + n) - digamma(b)) - weighed(left, 1 / below)
        return -value, -np.array([of_r, of_alpha, of_a, of_b])
