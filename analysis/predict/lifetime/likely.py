"""Maximum likelihood, the same for every model: parameters are positive, so their logarithms are searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WIDEST = 9.0  # of a logarithm; at the edge a distribution has no spread, or nobody leaves, which a shop may well show
STEP = 1e-4
NOWHERE = 1e6  # of parameters whose likelihood cannot be computed, far above any that can
RIDGE = 1e-7  # of the steepest curvature
FLAT = 1e-4  # of the gradient, as a share of the likelihood, where a search has ended at a top


@dataclass(frozen=True)
class Fit:
    """Parameters that make what was seen most likely.

    Attributes
    ----------
    params : tuple of float
    loglik : float
        The logarithm of the likelihood at ``params``, of all customers.
    covariance : float array, shape (params, params), optional
        Of the logarithms of the parameters, by the curvature at the top; None where the search ended at no top.
    found : bool
        The search ended at a top, or where going on would change nothing.
    """

    params: tuple[float, ...]
    loglik: float
    covariance: Floats | None = field(repr=False)
    found: bool

    def drawn(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw parameters as uncertain as the fit is, shape (n, params)."""
        if self.covariance is None:
            return np.tile(np.asarray(self.params), (n, 1))
        logs = rng.multivariate_normal(np.log(self.params), self.covariance, size=n, method="svd")
        return np.exp(np.clip(logs, -WIDEST, WIDEST))


Loss = Callable[[Any], tuple[float, Any]]


def most_likely(loss: Loss, starts: list[tuple[float, ...]], *, tries: int = 1) -> Fit:
    """Minimise a loss (minus the log-likelihood) over positive parameters.

    Parameters
    ----------
    loss : callable
        Takes the parameters, returns the loss and its gradient by the parameters (or None, then it is differenced).
    starts : list of tuple of float
        Where the search begins; the best of the first ``tries`` ends that were found wins, later ones when none was.
    """
    from threadpoolctl import threadpool_limits

    best: Fit | None = None
    with threadpool_limits(limits=1):  # matrices of four rows wait longer for other threads than they take
        for number, start in enumerate(starts):
            if number >= tries and best is not None and best.found:
                break
            fit = _from(loss, start)
            if best is None or (fit.found, fit.loglik) > (best.found, best.loglik):
                best = fit
    assert best is not None  # there is a start
    return best


def _from(loss: Loss, start: tuple[float, ...]) -> Fit:
    from scipy.optimize import minimize

    scale = abs(loss(np.asarray(start))[0]) or 1.0  # the search knows no number of customers

    def by_logs(logs: Any) -> tuple[float, Any]:
        params = np.exp(logs)
        value, gradient = loss(params)
        known = np.isfinite(value) and np.all(np.isfinite(gradient))
        return (value / scale, gradient * params / scale) if known else (NOWHERE, np.zeros_like(params))

    logs = np.log(np.asarray(start))
    with np.errstate(all="ignore"):
        end: Any = minimize(
            by_logs, logs, jac=True, method="L-BFGS-B", bounds=[(-WIDEST, WIDEST)] * len(logs),
            options={"maxiter": 300, "ftol": 1e-14, "gtol": 1e-8},
        )  # fmt: skip
        curvature = scale * _curvature(by_logs, end.x)
    outwards = (np.abs(end.x) >= WIDEST) & (np.sign(end.jac) != np.sign(end.x))
    found = float(end.fun) < NOWHERE and float(np.abs(np.where(outwards, 0, end.jac)).max()) < FLAT
    covariance = _inverse(curvature) if found else None
    return Fit(tuple(float(each) for each in np.exp(end.x)), -float(end.fun) * scale, covariance, found)


def _curvature(loss: Loss, at: Any) -> Any:
    """Return the second derivatives by differences of the gradient."""
    rows = []
    for place in range(len(at)):
        step = np.zeros(len(at))
        step[place] = STEP
        rows.append((loss(at + step)[1] - loss(at - step)[1]) / (2 * STEP))
    found = np.array(rows)
    return (found + found.T) / 2


def _inverse(curvature: Any) -> Any:
    """Return the inverse over the directions in which there is a top; along a ridge the prediction does not change."""
    if not np.all(np.isfinite(curvature)):
        return None
    falls, along = np.linalg.eigh(curvature)
    if falls[-1] <= 0:
        return None
    some = falls > RIDGE * falls[-1]
    return (along[:, some] / falls[some]) @ along[:, some].T


def differenced(value: Callable[[Any], float]) -> Loss:
    """Return a loss that differences its value for the gradient: for likelihoods without a short derivative."""

    def loss(params: Any) -> tuple[float, Any]:
        here = value(params)
        gradient = np.empty(len(params))
        for place in range(len(params)):
            step = params[place] * 1e-5
            up, down = params.copy(), params.copy()
            up[place] += step
            down[place] -= step
            gradient[place] = (value(up) - value(down)) / (2 * step)
        return here, gradient

    return loss
