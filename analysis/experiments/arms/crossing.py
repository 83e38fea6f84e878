"""How likely a test that is looked at several times crosses its bounds: by numerical integration, look after look."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from analysis.errors import AnalysisError


def crossing_probability(
    bounds: Sequence[float], *, drift: float = 0.0, information: Sequence[float] | None = None
) -> float:
    """Return how likely |z| crosses its bound at one of several looks.

    Parameters
    ----------
    bounds : sequence of float
        One |z| per look.
    drift : float
        Expected z at the last look; 0 when there is no effect.
    information : sequence of float, optional
        What is known at each look as a share of what is known at the last one (customers, mostly), increasing to 1;
        equal steps without it.

    References
    ----------
    Armitage, McPherson, Rowe (1969), JRSS A 132.

    Examples
    --------
    >>> round(crossing_probability([1.959964] * 5), 3)
    0.142
    """
    return min(sum(crossings(bounds, drift, information)), 1.0)


def crossings(
    bounds: Sequence[float], drift: float = 0.0, information: Sequence[float] | None = None
) -> tuple[float, float]:
    """Return how likely the upper and the lower bound is crossed first; arguments as ``crossing_probability``."""
    import numpy as np
    from scipy.special import ndtr

    looks = len(bounds)
    known = [look / looks for look in range(1, looks + 1)] if information is None else list(information)
    if looks == 0 or len(known) != looks or not all(map(math.isfinite, [*bounds, *known, drift])):
        raise AnalysisError("experiment_not_a_number", field="bounds")
    # The sum of increments: variance and mean grow with what is known; the mass that went on lies inside the bounds.
    places, mass, up, down, before = np.zeros(1), np.ones(1), 0.0, 0.0, 0.0
    for bound, now in zip(bounds, known, strict=True):
        spread, step = math.sqrt(now - before), drift * (now - before)
        edge, before = bound * math.sqrt(now), now
        up += float((mass * ndtr((places + step - edge) / spread)).sum())
        down += float((mass * ndtr((-edge - places - step) / spread)).sum())
        # Beyond 8 deviations of what is possible there is no mass; nodes are not wasted on it.
        low = max(-edge, now * drift - 8 * math.sqrt(now))
        high = min(edge, now * drift + 8 * math.sqrt(now))
        if low >= high:
            break
        middle, half = (low + high) / 2, (high - low) / 2
        nodes, weights = _gauss(20 + 3 * math.ceil((high - low) / spread))
        after = middle + half * nodes
        away = (after[:, None] - places[None, :] - step) / spread
        density = np.exp(-0.5 * away * away) / math.sqrt(2 * math.pi) / spread
        # Not a matrix product: on several threads it takes longer than the rest.
        places, mass = after, (density * mass).sum(axis=1) * weights * half
    return up, down


@lru_cache(maxsize=256)
def _gauss(count: int):
    import numpy as np

    return np.polynomial.legendre.leggauss(count)
