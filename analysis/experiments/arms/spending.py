"""Looks that nobody planned, paid for out of one error rate, and when to give up (Lan–DeMets; conditional power).

Method, sources and limits: ``docs/methods/experiments-sequential.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, get_args

from analysis.errors import AnalysisError
from analysis.experiments.arms.crossing import crossings
from analysis.experiments.arms.result import ALPHA, check_alpha, check_choice
from analysis.experiments.arms.sequential import MAX_LOOKS

Spending = Literal["obrien_fleming", "pocock"]
SPENDING: tuple[Spending, ...] = get_args(Spending)
# With less chance than this to be clear at the end a test is as good as lost (a usual limit: 0.1 to 0.3).
FUTILE = 0.2
LEAST_BETWEEN = 0.005  # of the customers planned, between two looks
_FARTHEST = 38.0  # a |z| beyond which no chance is left that a float can hold


@dataclass(frozen=True)
class Look:
    """One look: the share of all customers planned that were in, the error spent so far, the |z| to reach.

    ``level`` is the same bound as a two-sided p value.
    """

    information: float
    spent: float
    bound: float
    level: float


def spending_bounds(
    information: Sequence[float], *, kind: Spending = "obrien_fleming", alpha: float = ALPHA
) -> tuple[Look, ...]:
    """Return the two-sided bounds of looks whenever they are, as many as there are.

    A look spends what the spending function allows by then and was not spent before. When the next look comes, and how
    many follow, may be decided on the way, as long as it is not for the sake of the results.

    Parameters
    ----------
    information : sequence of float
        At each look the customers of both arms over all that were planned, increasing, above 0 and at most 1, half a
        percent apart at least: of nearer ones the second has nothing to spend, and takes minutes to compute.
    kind : str
        ``"obrien_fleming"`` keeps nearly all for the end, ``"pocock"`` spends about evenly.

    Raises
    ------
    AnalysisError
        ``experiment_bad_information`` (not increasing, or not above 0 and up to 1), ``experiment_bad_looks`` (none, or
        more than 50), ``experiment_unknown_choice``, ``experiment_bad_alpha``, ``experiment_not_a_number``.

    References
    ----------
    Lan, DeMets (1983), Discrete sequential boundaries for clinical trials, Biometrika 70.

    Examples
    --------
    >>> [round(look.bound, 3) for look in spending_bounds([0.2, 0.4, 0.6, 0.8, 1.0])]
    [4.877, 3.357, 2.68, 2.29, 2.031]
    """
    check_alpha(alpha)
    check_choice("kind", kind, Spending)
    try:
        looks = tuple(float(share) for share in information)
    except (TypeError, ValueError):
        raise AnalysisError("experiment_not_a_number", field="information") from None
    if not 1 <= len(looks) <= MAX_LOOKS:
        raise AnalysisError("experiment_bad_looks", looks=len(looks), most=MAX_LOOKS)
    if not all(before < now <= 1 for before, now in zip((0.0, *looks), looks, strict=False)) or any(
        now - before < LEAST_BETWEEN for before, now in pairwise(looks)
    ):
        raise AnalysisError("experiment_bad_information")
    return _bounds(looks, kind, alpha)


@lru_cache(maxsize=256)
def _bounds(looks: tuple[float, ...], kind: Spending, alpha: float) -> tuple[Look, ...]:
    from scipy.optimize import brentq
    from scipy.special import ndtr, ndtri

    found: list[Look] = []
    for place, share in enumerate(looks):
        spent = spent_by(share, kind=kind, alpha=alpha)
        before, known = [look.bound for look in found], [one / share for one in looks[: place + 1]]

        def missed(bound: float, before: list[float] = before, known: list[float] = known, spent: float = spent):
            return sum(crossings([*before, bound], 0.0, known)) - spent

        bound: Any = min(float(-ndtri(spent / 2)), _FARTHEST)  # that of this look, were it the first
        if before:
            # Of two looks next to each other the second has as good as nothing to spend.
            bound = _FARTHEST if missed(_FARTHEST) >= 0 else brentq(missed, 0.0, _FARTHEST, xtol=1e-9)
        found.append(Look(share, spent, float(bound), float(2 * ndtr(-bound))))
    return tuple(found)


def spent_by(information: float, *, kind: Spending = "obrien_fleming", alpha: float = ALPHA) -> float:
    """Return how much of the error rate may be spent by then, both sides together.

    Examples
    --------
    >>> round(spent_by(0.5, kind="pocock"), 4), spent_by(1.0)
    (0.031, 0.05)
    """
    from scipy.special import ndtr, ndtri

    if information >= 1:
        return alpha
    if kind == "pocock":
        return alpha * math.log(1 + (math.e - 1) * information)
    # Each side spends 2 (1 - Phi(z / sqrt(t))), z that of a quarter of alpha.
    return float(4 * ndtr(ndtri(alpha / 4) / math.sqrt(information)))


def conditional_power(z: float, information: float, *, bound: float, drift: float | None = None) -> float:
    """Return how likely the test clearly shows an effect above 0 at the end, given what it shows so far.

    Parameters
    ----------
    z : float
        The statistic so far.
    information : float
        Above 0, below 1.
    bound : float
        The |z| to reach at the end.
    drift : float, optional
        Expected z at the end, by the effect that one believes in; without it, what was seen goes on.

    References
    ----------
    Lan, Wittes (1988), The B-value: a tool for monitoring data, Biometrics 44.

    Examples
    --------
    >>> round(conditional_power(1.0, 0.5, bound=1.96), 3), round(conditional_power(1.0, 0.5, bound=1.96, drift=2.8), 3)
    (0.22, 0.582)
    """
    from scipy.special import ndtr

    if not 0 < information < 1:
        raise AnalysisError("experiment_bad_information")
    if not all(math.isfinite(figure) for figure in (z, bound, drift or 0.0)):
        raise AnalysisError("experiment_not_a_number", field="z")
    trend = z / math.sqrt(information) if drift is None else drift
    reached = z * math.sqrt(information) + trend * (1 - information)
    return float(ndtr((reached - bound) / math.sqrt(1 - information)))
