"""Maximum likelihood, the same for every model: parameters are positive, so their logarithms are searched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.engine import go_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WIDEST = 9.0  # of a logarithm; at the edge a distribution has no spread, or nobody leaves, which a shop may well show
STEP = 1e-4
NOWHERE = 1e6  # of parameters whose likelihood cannot be computed, far above any that can
RIDGE = 1e-7  # of the steepest curvature
FLAT = 1e-4  # of the gradient, as a share of the likelihood, where a search has ended at a top
SURE, UNSURE = 4.0, 6.0  # deviance two standard deviations from the top, and that from which these are too wide
NARROWER = 0.7
WELL_KNOWN = 0.25  # standard deviation of a logarithm, below which the curvature is all there is to know


@dataclass(frozen=True)
class Fit:
    """Parameters that make what was seen most likely.

    Attributes
    ----------
    params : tuple of float
    loglik : float
        The logarithm of the likelihood at ``params``, of all customers.
    covariance : float array, shape (params, params), optional
        Of the logarithms of the parameters, by the curvature at the top, and narrower along what the likelihood itself
        shows to be less likely two standard deviations away; None where the search ended at no top.
    found : bool
        The search ended at a top, or where going on would change nothing.
    """

    params: tuple[float, ...]
    loglik: float
    covariance: Floats | None = field(repr=False)
    found: bool

    def drawn(self, n: int, rng: np.random.Generator, loss: Loss | None = None) -> Floats:
        """Draw parameters as uncertain as the fit is, shape (n, params).

        Parameters
        ----------
        loss : callable, optional
            Minus the log-likelihood, as ``most_likely`` takes it: a draw that it makes less likely than the curvature
            does is drawn nearer to the top. Where little is known the two part, and sums of money with them.
        """
        if self.covariance is None:
            return np.tile(np.asarray(self.params), (n, 1))
        top = np.log(self.params)
        steps = rng.multivariate_normal(np.zeros(len(top)), self.covariance, size=n, method="svd")
        if loss is not None and float(np.diag(self.covariance).max()) > WELL_KNOWN**2:
            steps = _as_likely(loss, top, steps, self.covariance)
        return np.exp(np.clip(top + steps, -WIDEST, WIDEST))


Loss = Callable[[Any], tuple[float, Any]]


def weighed(weight: Any, values: Any) -> Any:
    """Return the sum of values times their weights, the same on every run.

    The product of vectors that ``@`` asks of the library adds up in an order that hangs on where they lie in memory.
    """
    return np.multiply(weight, values).sum()


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
        covariance = _covariance(by_logs, end.x, curvature, scale) if found else None
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


def _covariance(loss: Loss, at: Any, curvature: Any, scale: float) -> Any:
    """Return the inverse over the directions in which there is a top; along a ridge the prediction does not change.

    Where hardly anybody leaves, or all spend alike, the top is flat on one side and steep on the other, and the
    curvature alone would allow what the likelihood rules out: each direction reaches as far as the likelihood does.
    """
    if not np.all(np.isfinite(curvature)):
        return None
    falls, along = np.linalg.eigh(curvature)
    if falls[-1] <= 0:
        return None
    some = falls > RIDGE * falls[-1]
    top = loss(at)[0]

    def too_far(step: Any, most: float) -> bool:
        return any(2 * scale * (loss(at + side * step)[0] - top) > most for side in (-2, 2))

    wide = []
    for axis, fall in zip(along[:, some].T, falls[some], strict=True):
        one = min(float(fall) ** -0.5, WIDEST)
        if too_far(one * axis, UNSURE):
            while too_far(one * axis, SURE):
                one *= NARROWER
        wide.append(one)
    return (along[:, some] * np.square(wide)) @ along[:, some].T


def _as_likely(loss: Loss, top: Any, steps: Any, covariance: Any) -> Any:
    """Shorten each step from the top until it costs as much of the likelihood as its length by the curvature says."""
    costs = np.einsum("ij,jk,ik->i", steps, np.linalg.pinv(covariance, hermitian=True), steps)
    found = np.zeros_like(steps)
    with np.errstate(all="ignore"):
        at_top = loss(np.exp(top))[0]
        for place, (step, cost) in enumerate(zip(steps, costs, strict=True)):
            go_on()
            while not 2 * (loss(np.exp(np.clip(top + step, -WIDEST, WIDEST)))[0] - at_top) <= UNSURE / SURE * cost:
                step = step * NARROWER
                if float(np.abs(step).max()) < STEP:
                    break
            found[place] = step
    return found


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
