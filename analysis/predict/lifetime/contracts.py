"""sBG and beta-discrete-Weibull: how long subscribers stay, seen at each renewal.

Fader and Hardie 2007, "How to project customer retention" (J. Interactive Marketing 21:76): each subscriber leaves with
a chance of their own at every renewal. Fader, Hardie, Liu, Davin and Steenburgh 2018 (J. Interactive Marketing 43:1):
the chance of one and the same subscriber also changes with time, by the power ``c``; c = 1 is sBG.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analysis.predict.lifetime.likely import Fit, differenced, most_likely, weighed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_GAIN = 1.9207  # of the log-likelihood for one more parameter: half of the 95 % point of chi-square with 1 degree


@dataclass(frozen=True)
class Contract:
    """A fitted model of staying.

    Attributes
    ----------
    kind : "sbg", "bdw" or "constant"
    fit : Fit
        gamma, delta: beta distribution of the chance to leave; with bdw also c. Of a constant rate, that chance alone.
    """

    kind: Literal["sbg", "bdw", "constant"]
    fit: Fit

    def survival(self, periods: Any, params: Any = None) -> Floats:
        """Return the share that is still there after ``periods`` renewals."""
        params = self.fit.params if params is None else params
        return np.exp(_log_survival(np.asarray(periods, dtype=float), params))

    def stays(self, age: Any, periods: int, params: Any = None) -> Floats:
        """Return the chance to be there after each of the next ``periods``, shape (customers, periods)."""
        params = self.fit.params if params is None else params
        age = np.asarray(age, dtype=float)[:, None]
        ahead = age + np.arange(1, periods + 1)[None, :]
        return np.exp(_log_survival(ahead, params) - _log_survival(age, params))


def _log_survival(periods: Any, params: Any) -> Any:
    from scipy.special import betaln

    if len(params) == 1:
        return periods * np.log1p(-params[0])
    gamma, delta, *power = params
    return betaln(gamma, delta + (periods ** power[0] if power else periods)) - betaln(gamma, delta)


def contract_log_likelihood(params: Any, left_after: Any, left: Any, stayed_until: Any, stayed: Any) -> float:
    """Return the log-likelihood: customers who left at a renewal, and customers still there after some.

    Parameters
    ----------
    left_after, left : float arrays
        Renewal at which customers left (1, 2, …), and how many.
    stayed_until, stayed : float arrays
        Renewals that others were seen to make, and how many they are.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        before, after = _log_survival(left_after - 1, params), _log_survival(left_after, params)
        going = before + np.log1p(-np.exp(np.minimum(after - before, 0)))
        return float(weighed(left, going) + weighed(stayed, _log_survival(stayed_until, params)))


def fit_contract(left_after: Any, left: Any, stayed_until: Any, stayed: Any, kind: str = "auto") -> Contract:
    """Fit by maximum likelihood; ``auto`` takes the power only where it explains more than chance would.

    Examples
    --------
    >>> there = np.array([1000, 631, 468, 382, 326, 289, 262, 241.0])  # Fader and Hardie 2007, "Regular"
    >>> model = fit_contract(np.arange(1, 8.0), -np.diff(there), np.array([7.0]), there[-1:], "sbg")
    >>> [round(each, 3) for each in model.fit.params], round(model.fit.loglik, 3)
    ([0.704, 1.182], -1680.265)
    """
    given = [np.asarray(each, dtype=float) for each in (left_after, left, stayed_until, stayed)]

    def loss(params: Any) -> float:
        return -contract_log_likelihood(params, *given)

    simple = most_likely(differenced(loss), [(1.0, 1.0), (0.5, 5.0), (2.0, 30.0)])
    if kind == "sbg":
        return Contract("sbg", simple)
    gamma, delta = simple.params
    wider = most_likely(differenced(loss), [(gamma, delta, 1.0), (1.0, 2.0, 1.5), (1.0, 2.0, 0.7)], tries=3)
    # It holds sBG as a special case: a search that ends below has not ended.
    better = wider.found and wider.loglik > simple.loglik + (LEAST_GAIN if kind == "auto" else -1e-9)
    return Contract("bdw", wider) if better else Contract("sbg", simple)


def fit_constant(left_after: Any, left: Any, stayed_until: Any, stayed: Any) -> Contract:
    """Return the rule of thumb: as large a share of those who are there leaves at every renewal.

    Examples
    --------
    >>> fit_constant([1.0, 2.0], [50.0, 25.0], [2.0], [25.0]).fit.params
    (0.5,)
    """
    gone = float(np.sum(left))
    asked = float(np.dot(left_after, left) + np.dot(stayed_until, stayed))
    rate = gone / asked
    loglik = gone * np.log(rate) + (asked - gone) * np.log1p(-rate) if asked > gone else 0.0
    return Contract("constant", Fit((rate,), float(loglik), np.array([[(1 - rate) / gone]]), found=True))


def counted(values: Any) -> tuple[Floats, Floats]:
    """Return the different numbers of renewals and how many subscribers have each, as the models are fitted to."""
    found, n = np.unique(values, return_counts=True)
    return found.astype(float), n.astype(float)
