"""What to expect of an effect that was picked because it looked good.

An effect that is acted on only when its estimate lies above a threshold is, on average, smaller than its estimate:
those above by luck are in, those below by bad luck are not.

Method, sources and limits: ``docs/methods/experiments-decide.md``.
"""

from __future__ import annotations

import math
from typing import Any

# In standard errors; an estimate that seems to come from so far below the threshold says nothing of the effect.
_FARTHEST = 30.0


def expected_when_picked(value: float, se: float, threshold: float) -> float:
    """Return what to expect of an effect whose estimate lay above a threshold, 0 at least.

    The conditional maximum likelihood estimate, of which the estimate is the mean above the threshold, is drawn back to
    the estimate the more, the nearer both lie (its weight is the squared standard error over that plus their squared
    distance): alone it takes away too much.

    Parameters
    ----------
    value, se : float
        Estimate and standard error, turned so that more is better.
    threshold : float
        Above which the estimate had to lie.

    References
    ----------
    Zhong, Prentice (2008), Bias-reduced estimators and confidence intervals for odds ratios in genome-wide association
    studies, Biostatistics 9, eq. 3 and 8.

    Examples
    --------
    >>> round(expected_when_picked(2.5, 1.0, 1.96), 2), round(expected_when_picked(6.0, 1.0, 1.96), 2)
    (1.5, 6.0)
    """
    if not se > 0 or value <= threshold:
        return max(value, 0.0)
    from scipy.optimize import brentq
    from scipy.special import log_ndtr

    seen, least = value / se, threshold / se

    def missed(effect: float) -> float:
        away = least - effect
        return effect + math.exp(-away * away / 2 - float(log_ndtr(-away))) / math.sqrt(2 * math.pi) - seen

    if missed(least - _FARTHEST) >= 0:
        return 0.0
    root: Any = brentq(missed, least - _FARTHEST, seen)
    weight = 1 / (1 + (seen - root) ** 2)
    return max(weight * seen + (1 - weight) * root, 0.0) * se
