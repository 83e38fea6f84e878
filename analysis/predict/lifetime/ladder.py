"""Which model of buying and leaving: the likeliest that could be fitted, and what stands in where none could."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.predict.lifetime.beta_geometric import BetaGeometric, fit_beta_geometric
from analysis.predict.lifetime.likely import Fit
from analysis.predict.lifetime.pareto import Pareto, fit_pareto

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.predict.lifetime.histories import Histories

    Floats = NDArray[np.float64]

STEADY = "steady_pace"
MODELS = ("bg_nbd", "mbg_nbd", "pareto_nbd")


@dataclass(frozen=True)
class SteadyPace:
    """Nobody leaves, and everybody buys at a pace drawn from what all do: it stands in for models that do not fit."""

    fit: Fit
    kind: str = STEADY

    def expected(self, seen: Histories, weeks: float, params: Any = None) -> Floats:
        """Return the expected purchase days of each history in the next ``weeks``."""
        r, alpha = self.fit.params if params is None else params
        return (r + seen.frequency) / (alpha + seen.age) * weeks

    def loss(self, seen: Histories) -> None:
        """Return nothing: its parameters are those of all, without an interval."""

    def drawn(self, seen: Histories, weeks: float, params: Any, rng: np.random.Generator) -> Floats:
        """Draw the purchase days of each customer in the next ``weeks``."""
        r, alpha = params
        pace = rng.gamma(r + seen.at(seen.frequency)) / (alpha + seen.at(seen.age))
        return rng.poisson(np.minimum(pace * weeks, 1e6)).astype(float)


Model = BetaGeometric | Pareto | SteadyPace


@dataclass(frozen=True)
class Rung:
    """A model that was tried: its log-likelihood, and whether it could be fitted."""

    kind: str
    loglik: float
    found: bool


def fit_orders(seen: Histories, kind: str = "auto") -> tuple[Model, tuple[Rung, ...]]:
    """Return the likeliest model that could be fitted, and all that were tried, the likeliest first.

    All have four parameters, so that likelihoods compare as they are. Where none could be fitted, a steady pace stands
    in.

    Parameters
    ----------
    kind : str
        ``auto``, or the one model to try.
    """
    tried: list[Model] = []
    for name in MODELS if kind == "auto" else (kind,):
        tried.append(fit_pareto(seen) if name == "pareto_nbd" else fit_beta_geometric(seen, name))  # pyright: ignore[reportArgumentType]
    tried.sort(key=lambda model: (not _usable(model), -model.fit.loglik))
    rungs = tuple(Rung(model.kind, model.fit.loglik, _usable(model)) for model in tried)
    if rungs[0].found:
        return tried[0], rungs
    return steady_pace(seen), rungs


def _usable(model: Model) -> bool:
    return model.fit.found and model.fit.covariance is not None


def steady_pace(seen: Histories) -> SteadyPace:
    """Return the pace of all as a gamma distribution, by the moments of how often customers bought (NBD)."""
    at = np.maximum(seen.age, 1.0)
    total = seen.weight.sum()
    mean = float((seen.weight * seen.frequency).sum() / (seen.weight * at).sum())
    pace = seen.frequency / at
    spread = float((seen.weight * (pace - mean) ** 2).sum() / total) - mean * float((seen.weight / at).sum() / total)
    alpha = mean / spread if spread > 1e-12 else 1e6
    return SteadyPace(Fit((max(mean, 1e-9) * alpha, alpha), float("nan"), None, True))
