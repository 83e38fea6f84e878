"""Gamma-Gamma: what an order brings, drawn towards the shop's mean where a customer has few.

Colombo and Jiang 1999; Fader and Hardie 2013, "The Gamma-Gamma model of monetary value". It supposes that how much a
customer spends has nothing to do with how often; ``Spend.correlation`` says how far that holds. Where its mean is not
that of the data, which happens when customers always spend the same, or prices stand in few steps, the mean of each
customer is drawn towards that of all by how far customers lie apart and how far their orders do (credibility, Bühlmann
1967, ASTIN Bulletin 4:199).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.predict.lifetime.likely import Fit, most_likely, weighed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEWEST = 10  # repeat buyers; below, an order of anybody brings the mean
FINITE = 2.0  # of q, from which the spread of what customers spend is finite
SOUND = 0.2  # between the mean of Gamma-Gamma and that of the data, as a share of the latter


@dataclass(frozen=True)
class Spend:
    """What an order brings.

    Attributes
    ----------
    fit : Fit, optional
        p, q, gamma of Gamma-Gamma; None where it does not hold.
    apart, within : float
        Variance of customers' means around that of all, and of a customer's orders around theirs (currency squared),
        for where Gamma-Gamma does not hold; both 0 where the mean stands for everybody.
    mean : float
        Of the repeat orders of all (currency).
    n : int
        Repeat buyers with a positive mean that it rests on.
    correlation : float, optional
        Of frequency and mean order among them (Pearson).
    """

    fit: Fit | None
    mean: float
    n: int
    correlation: float | None
    apart: float = 0.0
    within: float = 0.0

    def expected(self, frequency: Any, mean: Any) -> Floats:
        """Return what an order of each customer is expected to bring (currency).

        Parameters
        ----------
        frequency, mean : float arrays, shape (customers,)
            Repeat orders, and what they brought on average; a mean that is not positive is not known.
        """
        frequency, mean = _known(frequency, mean)
        if self.fit is None:
            return self.mean + self._weight(frequency) * (mean - self.mean)
        p, q, gamma = self.fit.params
        return p * (gamma + frequency * mean) / (p * frequency + q - 1)

    def params_drawn(self, n: int, frequency: Any, mean: Any, rng: np.random.Generator) -> list[Any]:
        """Draw parameters as uncertain as the repeat orders leave them; None each where Gamma-Gamma does not hold."""
        if self.fit is None:
            return [None] * n
        frequency, mean = _known(frequency, mean)
        some = frequency > 0
        p, q, gamma = self.fit.params
        # In the unit of the search, whose bounds know no money: a shop of yen is as sure as one of euros.
        unitless = Fit((p, q, gamma / self.mean), self.fit.loglik, self.fit.covariance, True)
        found = unitless.drawn(n, rng, _loss(frequency[some], mean[some] / self.mean))
        found[:, 1] = np.maximum(found[:, 1], FINITE)  # a fit with less is not used
        return list(found * (1, 1, self.mean))

    def drawn(self, orders: Floats, frequency: Any, mean: Any, params: Any, rng: np.random.Generator) -> Floats:
        """Draw what ``orders`` orders of each customer bring together (currency)."""
        frequency, mean = _known(frequency, mean)
        if self.fit is None or params is None:
            weight = self._weight(frequency)
            centre = orders * (self.mean + weight * (mean - self.mean))
            spread = orders**2 * self.apart * (1 - weight) + orders * self.within
            if not self.apart + self.within:
                return centre
            shape = centre**2 / np.maximum(spread, 1e-300)
            return np.where(orders > 0, rng.gamma(np.maximum(shape, 1e-9)) * centre / np.maximum(shape, 1e-9), 0.0)
        p, q, gamma = params
        rate = np.maximum(rng.gamma(p * frequency + q), 1e-12) / (gamma + frequency * mean)
        return np.where(orders > 0, rng.gamma(np.maximum(p * orders, 1e-9)) / rate, 0.0)

    def _weight(self, frequency: Floats) -> Floats:
        """Return how much of a customer's own mean is believed, 0..1."""
        believed = frequency * self.apart
        return np.divide(believed, believed + self.within, out=np.zeros_like(believed), where=believed > 0)


def _known(frequency: Any, mean: Any) -> tuple[Any, Any]:
    known = (np.asarray(mean) > 0) & (np.asarray(frequency) > 0)
    return np.where(known, frequency, 0.0), np.where(known, mean, 0.0)


def fit_spend(frequency: Any, mean: Any) -> Spend:
    """Fit by maximum likelihood on repeat buyers.

    Parameters
    ----------
    frequency, mean : float arrays, shape (customers,)
        Repeat orders (count), and what each brought on average (currency, NaN or 0 where it is not known).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> often = rng.poisson(3, 2000) + 1.0
    >>> rate = rng.gamma(4, 1 / 15, 2000)
    >>> found = fit_spend(often, rng.gamma(6 * often) / rate / often)
    >>> [round(each) for each in found.fit.params[:2]]
    [6, 4]
    """
    frequency, mean = np.asarray(frequency, dtype=float), np.nan_to_num(np.asarray(mean, dtype=float))
    some = (frequency > 0) & (mean > 0)
    x, z = frequency[some], mean[some]
    n = len(x)
    of_all = float((x * z).sum() / x.sum()) if n else 0.0
    if n < FEWEST or np.ptp(z) < 1e-9 * max(of_all, 1e-300):
        return Spend(None, of_all, n, None)
    correlation = float(np.corrcoef(x, z)[0, 1]) if np.ptp(x) > 0 else None
    scaled = z / of_all  # the unit of money is no part of the search
    fit = most_likely(_loss(x, scaled), [(3.0, 3.0, 2.0), (1.0, 2.0, 1.0), (10.0, 4.0, 10.0)])
    p, q, gamma = fit.params
    centre = p * gamma / (q - 1) if q > 1 else np.inf
    if not fit.found or q <= FINITE or abs(centre / float(scaled.mean()) - 1) > SOUND:
        return Spend(None, of_all, n, correlation, *_variances(x, z))
    fit = Fit((p, q, gamma * of_all), fit.loglik - n * float(np.log(of_all)), fit.covariance, True)
    return Spend(fit, of_all, n, correlation)


def _variances(x: Any, z: Any) -> tuple[float, float]:
    """Return the variance of customers' means around that of all, and of orders within a customer.

    A customer's mean of x orders varies by ``apart + within / x``: a line through the squares by 1 / x, neither
    below 0.
    """
    squares = (z - z.mean()) ** 2 * len(z) / (len(z) - 1)
    from scipy.optimize import nnls

    apart, within = nnls(np.column_stack([np.ones_like(x), 1 / x]), squares)[0]
    return float(apart), float(within)


def _loss(x: Any, z: Any) -> Any:
    from scipy.special import digamma, gammaln

    times, place = np.unique(x, return_inverse=True)
    weight = np.bincount(place).astype(float)
    logs, of_x = np.log(z), np.log(x)

    def loss(params: Any) -> tuple[float, Any]:
        p, q, gamma = params
        whole = gamma + x * z
        shape = p * x + q
        same = gammaln(p * times + q) - gammaln(p * times) - gammaln(q) + q * np.log(gamma)
        value = weighed(weight, same) + float(((p * x - 1) * logs + p * x * of_x - shape * np.log(whole)).sum())
        of_p = weighed(weight, times * (digamma(p * times + q) - digamma(p * times)))
        of_p += float((x * (logs + of_x - np.log(whole))).sum())
        of_q = weighed(weight, digamma(p * times + q) - digamma(q) + np.log(gamma)) - float(np.log(whole).sum())
        of_gamma = len(x) * q / gamma - float((shape / whole).sum())
        return -float(value), -np.array([of_p, of_q, of_gamma])

    return loss
