"""Personas people believe in, from interviews and notes, and what the data says about each statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from analysis.compare.compare import YES
from analysis.compare.ranked import FEW
from analysis.errors import ChoiceError
from analysis.params import Params
from analysis.stats.intervals import ALPHA, mean_interval, wilson

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from analysis.profiles.result import Profiles
    from analysis.segments.result import Segmentation

Verdict = Literal["confirmed", "refuted", "unknown"]
Op = Literal["at_least", "at_most", "most_are"]
HALF = 0.5
# With fewer values than so many times the squared skewness no 95 % interval of a mean is sure (Cochran 1977, §2.15).
COCHRAN = 25
STRICT = 0.01


class Statement(Params):
    """One thing somebody believes: a mean is ``at_least`` or ``at_most`` a value, or ``most_are`` of a level.

    A flag takes the level ``YES`` of ``analysis.compare``.
    """

    feature: str = Field(max_length=200)
    op: Op
    value: float | str = Field()

    @model_validator(mode="after")
    def _value_fits(self) -> Statement:
        if isinstance(self.value, str) != (self.op == "most_are"):
            raise ChoiceError("statement_value", feature=self.feature, value=str(self.value))
        if isinstance(self.value, float) and not abs(self.value) < 1e15:
            raise ChoiceError("statement_infinite", feature=self.feature)
        return self


class HypothesisPersona(Params):
    """A persona from interviews, sales or service notes; ``segment`` is whom it is later set beside."""

    name: str = Field(min_length=1, max_length=80)
    source: Literal["interviews", "sales", "service"] = "interviews"
    notes: str = Field(default="", max_length=4_000)
    method: str = ""
    segment: str = ""
    statements: tuple[Statement, ...] = Field(default=(), max_length=20)


@dataclass(frozen=True)
class Check:
    """What the data says: the mean or share with its interval, and ``n``; NaN where nothing is known.

    ``unknown`` when the interval holds the limit, fewer than 30 customers have a value, or the feature is not there.
    """

    statement: Statement
    verdict: Verdict
    value: float
    low: float
    high: float
    n: int


def check(
    statements: Sequence[Statement], profiles: Profiles, segmentation: Segmentation, segment: str
) -> tuple[Check, ...]:
    """Set statements beside the customers of a segment.

    A mean is confirmed when its whole interval (95 %; 99 % where values are skewed) lies on the believed
    side, refuted when it lies on the other; "most are" asks the same of the share and one half (Wilson).

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(40)], "n_orders": [4, 6] * 20})
    >>> profiles = Profiles(base, (Feature("n_orders", "value", "number", "count"),), date(2024, 1, 1))
    >>> groups = segmentation_of(np.zeros(40, int), ["all"], method="rfm")
    >>> said = [Statement(feature="n_orders", op="at_least", value=v) for v in (3.0, 5.0, 7.0)]
    >>> [one.verdict for one in check(said, profiles, groups, "all")]
    ['confirmed', 'unknown', 'refuted']
    """
    inside = segmentation.labels.eq(segment).fillna(False).to_numpy(dtype=bool)
    return tuple(_checked(statement, profiles, inside) for statement in statements)


def _checked(statement: Statement, profiles: Profiles, inside: object) -> Check:
    import numpy as np

    nan = float("nan")
    feature = profiles.feature(statement.feature)
    column = profiles.customers[inside][statement.feature] if feature is not None else None  # pyright: ignore
    if feature is None or column is None or (feature.kind == "number") == (statement.op == "most_are"):
        return Check(statement, "unknown", nan, nan, nan, 0)
    column = column.dropna()
    n = len(column)
    if feature.kind == "number":
        values = column.to_numpy(dtype=float)
        values = values[np.isfinite(values)]
        n = len(values)
        if n < FEW:
            return Check(statement, "unknown", nan, nan, nan, n)
        middle, limit = float(values.mean()), float(statement.value)
        lows, highs = _of_mean(values)
    else:
        if n < FEW:
            return Check(statement, "unknown", nan, nan, nan, n)
        is_flag = feature.kind == "flag"
        asked = statement.value == YES if is_flag else statement.value
        flags = column.astype("boolean" if is_flag else "str") == asked
        middle, limit = float(flags.mean()), HALF
        lows, highs = wilson(np.array([int(flags.sum())]), np.array([n]))
    low, high = float(lows[0]), float(highs[0])
    above, below = low > limit, high < limit
    if statement.op == "at_most":
        above, below = below, above
    elif low == limit == high and statement.op == "at_least":
        above = True
    return Check(statement, "confirmed" if above else "refuted" if below else "unknown", middle, low, high, n)


def _of_mean(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the interval that a verdict on a mean rests on: where it may be too narrow, that of 99 %."""
    import numpy as np

    sd = values.std(ddof=1)
    skewness = ((values - values.mean()) ** 3).mean() / sd**3 if sd > 0 else 0.0
    alpha = STRICT if len(values) < COCHRAN * skewness**2 else ALPHA
    return mean_interval(*(np.array([x]) for x in (values.mean(), sd, len(values), skewness)), alpha=alpha)
