"""One feature brought to scale before clustering: its skew, its gaps, its far-off values, its mean and spread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from analysis.params import Params

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analysis.profiles.result import Feature
    from analysis.segments.params import Preparation

SKEWED = 1.0
FENCE = 5.0
# Below the smallest group that a suggested number makes, to the whole percent.
LONE_SHARE = 0.005
LONE_GAP = 2.0


class Scaling(Params):
    """How one feature was brought to scale, so that any customer's value can be brought to the same scale later.

    ``unit`` divides before the logarithm; ``middle``, ``size`` and ``power`` are those of Yeo and Johnson; ``fill``
    stands in for a missing value; values beyond ``low`` and ``high`` are pulled in; ``centre`` and ``spread`` bring
    to mean 0 and standard deviation 1; ``weight`` is the feature's in the squared distance. All but the first four
    are in the unit after the treatment.
    """

    feature: str
    treatment: Literal["none", "log", "yeo_johnson"] = "none"
    unit: float = 1.0
    middle: float = 0.0
    size: float = 1.0
    power: float = 1.0
    fill: float = 0.0
    low: float | None = None
    high: float | None = None
    centre: float = 0.0
    spread: float = 1.0
    weight: float = 1.0

    def treated(self, values: np.ndarray) -> np.ndarray:
        """Return values with their skew taken out; missing ones stay NaN."""
        import numpy as np

        if self.treatment == "log":
            return np.sign(values) * np.log1p(np.abs(values) / self.unit)
        if self.treatment == "yeo_johnson":
            from scipy.stats import yeojohnson

            column, known = np.full(len(values), np.nan), np.isfinite(values)
            if known.any():
                column[known] = yeojohnson((values[known] - self.middle) / self.size, self.power)
            return column
        return values

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return values of the feature (NaN where missing) as they are clustered."""
        import numpy as np

        values = np.ascontiguousarray(values, dtype=float)
        column = np.where(np.isfinite(values), self.treated(values), self.fill)
        if self.low is not None or self.high is not None:
            column = np.clip(column, self.low, self.high)
        column = (column - self.centre) / self.spread
        return column if self.weight == 1 else column * self.weight**0.5

    def own_unit(self, prepared: float) -> float:
        """Return the value that ``apply`` brings to this place: a centre in the feature's own unit."""
        import numpy as np

        place = prepared / self.weight**0.5 * self.spread + self.centre
        if self.treatment == "log":
            return float(np.sign(place) * np.expm1(abs(place)) * self.unit)
        if self.treatment == "yeo_johnson":
            return float(_yeo_johnson_inverse(place, self.power) * self.size + self.middle)
        return float(place)


@dataclass(frozen=True)
class Step:
    """What was done to one feature.

    ``feature`` (key), ``skewness`` (of the known values, lone ones pulled in), ``treatment`` (``"log"``,
    ``"yeo_johnson"`` or ``"none"``), ``n_missing`` and ``n_capped`` (customers), ``weight`` (in the squared distance),
    ``alike`` (key of the feature it is most correlated with, empty when it is alone) and ``correlation`` (-1..1, NaN
    when it is alone), ``scaling`` (the same, to be applied to other customers).
    """

    feature: str
    skewness: float
    treatment: str
    n_missing: int
    n_capped: int
    weight: float = 1.0
    alike: str = ""
    correlation: float = float("nan")
    scaling: Scaling | None = field(default=None, repr=False, compare=False)


def steps_of(scalings: Sequence[Scaling], original: np.ndarray) -> tuple[Step, ...]:
    """Return what stored scaling does to each feature of other customers, whose values are the columns."""
    import numpy as np

    steps = []
    for scaling, values in zip(scalings, original.T, strict=True):
        known = values[np.isfinite(values)]
        treated = scaling.treated(known)
        low = -np.inf if scaling.low is None else scaling.low
        high = np.inf if scaling.high is None else scaling.high
        n_far = int(((treated < low) | (treated > high)).sum())
        skewness = _skewness(known) if len(known) else float("nan")
        step = Step(scaling.feature, skewness, scaling.treatment, len(values) - len(known), n_far, scaling.weight)
        steps.append(replace(step, scaling=scaling))
    return tuple(steps)


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
    scaling = Scaling(feature=feature.key)
    if treatment == "log":
        scaling = Scaling(feature=feature.key, treatment="log", unit=_log_unit(known))
    elif treatment == "yeo_johnson":
        scaling = _yeo_johnson(feature.key, known)
    treated = scaling.treated(values)
    fill = float(np.median(treated[filled]))
    column = np.where(filled, treated, fill)
    low, high = np.quantile(column, [0.25, 0.75])
    bounds = (-np.inf, np.inf)
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
    centre = column.mean()
    if preparation.scale == "robust" and high > low:
        # 1.349 interquartile ranges to a standard deviation, as in the normal distribution.
        centre, spread = np.median(column), (high - low) / 1.349
    ends = [float(bound) if np.isfinite(bound) else None for bound in bounds]
    fitted = {"fill": fill, "low": ends[0], "high": ends[1], "centre": float(centre), "spread": float(spread)}
    scaling = scaling.model_copy(update=fitted)
    step = Step(feature.key, skewness, treatment, int((~filled).sum()), n_far, scaling=scaling)
    return scaling.apply(values), step


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


def _yeo_johnson(feature: str, known: np.ndarray) -> Scaling:
    """Yeo & Johnson (2000), with the power that makes the known values most normal."""
    import numpy as np
    from scipy.stats import yeojohnson

    middle, size = float(np.median(known)), float(known.std())
    found: Any = yeojohnson((known - middle) / size)
    power = float(found[1])
    return Scaling(feature=feature, treatment="yeo_johnson", middle=middle, size=size, power=power)


def _yeo_johnson_inverse(place: float, power: float) -> float:
    import math

    if place >= 0:
        return math.expm1(place) if power == 0 else max(place * power + 1, 0.0) ** (1 / power) - 1
    if power == 2:
        return -math.expm1(-place)
    return 1 - max(1 - (2 - power) * place, 0.0) ** (1 / (2 - power))


def _skewness(values: np.ndarray) -> float:
    centred = values - values.mean()
    spread = centred.std()
    return float((centred**3).mean() / spread**3) if spread > 0 else 0.0


def _log_unit(known: np.ndarray) -> float:
    """The lower quartile of the sizes: the same groups in cents, yuan or ten thousand yuan."""
    import numpy as np

    size = np.abs(known)
    return float(np.quantile(size[size > 0], 0.25))
