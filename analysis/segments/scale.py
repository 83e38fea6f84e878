"""One feature brought to scale before clustering: its skew, its gaps, its far-off values, its mean and spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Feature
    from analysis.segments.params import Preparation

SKEWED = 1.0
FENCE = 5.0
# Below the smallest group that a suggested number makes.
LONE_SHARE = 0.01
LONE_GAP = 2.0


@dataclass(frozen=True)
class Step:
    """What was done to one feature.

    ``feature`` (key), ``skewness`` (of the known values, lone ones pulled in), ``treatment`` (``"log"``,
    ``"yeo_johnson"`` or ``"none"``), ``n_missing`` and ``n_capped`` (customers), ``weight`` (in the squared distance),
    ``alike`` (key of the feature it is most correlated with, empty when it is alone) and ``correlation`` (-1..1, NaN
    when it is alone).
    """

    feature: str
    skewness: float
    treatment: str
    n_missing: int
    n_capped: int
    weight: float = 1.0
    alike: str = ""
    correlation: float = float("nan")


def standardised(
    values: np.ndarray, feature: Feature, preparation: Preparation
) -> tuple[np.ndarray | None, Step | None]:
    """Return the column ready to cluster and what was done to it, or None twice when it does not vary."""
    import numpy as np

    filled = np.isfinite(values)
    if not filled.any() or np.ptp(values[filled]) == 0:
        return None, None
    known = values[filled]
    # One giant value makes no skewed feature; only how the others lie says whether a logarithm helps.
    skewness = _skewness(np.clip(known, *_lone_bounds(known)) if preparation.cap else known)
    skewed = feature.unit in ("money", "count", "none") and skewness > SKEWED
    treatment = preparation.skew if skewed else "none"
    column = _signed_log(values) if treatment == "log" else values
    if treatment == "yeo_johnson":
        column = _yeo_johnson(values, filled)
    column = np.where(filled, column, np.median(column[filled]))
    low, high = np.quantile(column, [0.25, 0.75])
    n_far = 0
    if preparation.cap:
        bounds = _lone_bounds(column)
        if high > low:
            fence = FENCE * (high - low)
            bounds = max(bounds[0], low - fence), min(bounds[1], high + fence)
        n_far = int(((column < bounds[0]) | (column > bounds[1])).sum())
        if n_far:
            column = np.clip(column, *bounds)
    spread = column.std()
    if spread == 0:
        return None, None
    step = Step(feature.key, skewness, treatment, int((~filled).sum()), n_far)
    if preparation.scale == "robust" and high > low:
        # 1.349 interquartile ranges to a standard deviation, as in the normal distribution.
        return (column - np.median(column)) / ((high - low) / 1.349), step
    return (column - column.mean()) / spread, step


def _lone_bounds(column: np.ndarray) -> tuple[float, float]:
    """Return the values beyond which a few customers lie lone: farther off than twice the spread of all others.

    A fence of quartiles lies beyond groups that are far apart, and so beyond one giant value.
    """
    import numpy as np

    n = len(column)
    m = max(int(n * LONE_SHARE), 1)
    parted = np.partition(column, [m, n - 1 - m])
    lows, highs = np.sort(parted[: m + 1]), np.sort(parted[n - 1 - m :])

    def bound(ends: np.ndarray, other: float) -> float:
        """From the innermost value outwards, the last one before a gap; ``other`` is the innermost of the other end."""
        spans = ends[:-1] - other
        gaps = np.flatnonzero((spans > 0) & (np.diff(ends) > LONE_GAP * spans))
        return float(ends[gaps[0]]) if len(gaps) else np.inf

    return -bound(-lows[::-1], -highs[0]), bound(highs, lows[-1])


def _yeo_johnson(values: np.ndarray, filled: np.ndarray) -> np.ndarray:
    """Yeo & Johnson (2000), with the power that makes the known values most normal."""
    import numpy as np
    from scipy.stats import yeojohnson

    known = values[filled]
    column = np.full(len(values), np.nan)
    column[filled] = yeojohnson((known - np.median(known)) / known.std())[0]
    return column


def _skewness(values: np.ndarray) -> float:
    centred = values - values.mean()
    spread = centred.std()
    return float((centred**3).mean() / spread**3) if spread > 0 else 0.0


def _signed_log(values: np.ndarray) -> np.ndarray:
    """Logarithm of 1 + value ÷ lower quartile of the sizes: the same groups in cents, yuan or ten thousand yuan."""
    import numpy as np

    size = np.abs(values)
    unit = np.quantile(size[size > 0], 0.25)
    return np.sign(values) * np.log1p(size / unit)
