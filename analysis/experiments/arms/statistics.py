"""Sufficient statistics of one arm: what every test needs to know of its customers, and no more.

They are frozen and add up, so that rows are read once, wherever they lie, and days or segments are summed afterwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Self

from analysis.errors import AnalysisError
from analysis.experiments.arms.quantiles import QuantileStatistic
from analysis.experiments.arms.result import LARGEST, finite

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import ArrayLike

# Sums of squares may fall below the least possible by rounding alone, by this share of themselves.
_ROUNDING = 1e-9
# The sums of an arm in one metric: customers, the outcome (over the bottom for a ratio) with its sums of squares and of
# cubes about the mean, and the same of the outcome less what was known before. ``away`` is the sum of the outcome less
# a number in the midst of all values.
SUMS = (
    *("n", "top", "top_squares", "away", "about", "third", "bottom", "bottom_squares", "products"),
    *("adjusted", "adjusted_squares", "adjusted_away", "adjusted_about", "adjusted_third", "adjusted_products"),
)


class _Addable:
    """Adds field by field and refuses what is no finite number."""

    n: int

    def __post_init__(self) -> None:
        for item in fields(self):  # type: ignore[arg-type]
            value = getattr(self, item.name)
            if value is None and item.default is None:
                continue
            if isinstance(value, str | bytes | bool) or value is None or not math.isfinite(value):
                raise AnalysisError("experiment_not_a_number", field=item.name)
        if self.n < 0:
            raise AnalysisError("experiment_negative_count", field="n", value=self.n)
        if self.n == 0:
            raise AnalysisError("experiment_empty_arm")
        if self.n != int(self.n):
            raise AnalysisError("experiment_not_whole", field="n", value=self.n)

    def __add__(self, other: object) -> Self:
        if type(other) is not type(self):
            return NotImplemented
        return type(self)(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))  # type: ignore[arg-type]


@dataclass(frozen=True)
class ProportionStatistic(_Addable):
    """Customers and how many of them converted.

    Raises ``experiment_empty_arm``, ``experiment_negative_count``, ``experiment_not_whole``,
    ``experiment_not_a_number`` and ``experiment_more_conversions_than_visitors``.

    Examples
    --------
    >>> (ProportionStatistic(1000, 200) + ProportionStatistic(500, 100)).mean
    0.2
    """

    n: int
    successes: int

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.successes < 0:
            raise AnalysisError("experiment_negative_count", field="successes", value=self.successes)
        if self.successes != int(self.successes):
            raise AnalysisError("experiment_not_whole", field="successes", value=self.successes)
        if self.successes > self.n:
            raise AnalysisError("experiment_more_conversions_than_visitors", conversions=self.successes, n=self.n)

    @classmethod
    def from_values(cls, values: ArrayLike) -> Self:
        """Return the statistic of raw outcomes, each 0 or 1; others raise ``experiment_not_binary``."""
        import numpy as np

        array = finite(values)
        if not np.isin(array, (0.0, 1.0)).all():
            raise AnalysisError("experiment_not_binary", value=float(array[~np.isin(array, (0.0, 1.0))][0]))
        return cls(len(array), int(array.sum()))

    @property
    def mean(self) -> float:
        """The share that converted, 0..1."""
        return self.successes / self.n

    @property
    def variance(self) -> float:
        """p (1 − p) of one customer: without n − 1, as GrowthBook does for proportions."""
        return self.mean * (1 - self.mean)


@dataclass(frozen=True)
class MeanStatistic(_Addable):
    """Customers, the sum of their values and the sum of the squares.

    ``about`` is the sum of squares about the mean, which large values close together (100,000,000 ± 1) need, as the
    sums alone have lost it; ``third`` the sum of cubes about the mean, by which skewed amounts are told. Both may be
    left out.

    Raises ``experiment_empty_arm``, ``experiment_negative_count``, ``experiment_not_a_number``,
    ``experiment_impossible_sums`` (the squares are too small for the sum).

    Examples
    --------
    >>> arm = MeanStatistic.from_values([1.0, 2.0, 3.0])
    >>> arm.mean, arm.variance
    (2.0, 1.0)
    """

    n: int
    sum: float
    sum_squares: float
    about: float | None = field(default=None, repr=False, compare=False)
    third: float | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_squares(self.n, self.sum, self.sum_squares)
        if self.about is not None and self.about < 0:
            raise AnalysisError("experiment_impossible_sums")

    def __add__(self, other: object) -> Self:
        if not isinstance(other, type(self)):
            return NotImplemented
        sums = self.n + other.n, self.sum + other.sum, self.sum_squares + other.sum_squares
        if self.about is None or other.about is None:
            return type(self)(*sums)
        # Chan, Golub, LeVeque (1983); Pébay (2008) for the cubes.
        n, share = sums[0], self.n * other.n / sums[0]
        gap = other.mean - self.mean
        about = self.about + other.about + gap * gap * share
        third = None
        if self.third is not None and other.third is not None:
            third = self.third + other.third + gap**3 * share * (self.n - other.n) / n
            third += 3 * gap * (self.n * other.about - other.n * self.about) / n
            third = third if math.isfinite(third) else None
        return type(self)(*sums, about, third)

    @classmethod
    def from_values(cls, values: ArrayLike) -> Self:
        """Return the statistic of raw values."""
        import numpy as np

        array = finite(values)
        away = array - array.mean()
        away -= away.mean()  # what rounding left of a mean far from 0
        with np.errstate(over="ignore"):
            third = float((away * away * away).sum())
        return cls(
            len(array), float(array.sum()), float((array * array).sum()), float((away * away).sum()),
            third if math.isfinite(third) else None,
        )  # fmt: skip

    @classmethod
    def from_figures(cls, n: int, mean: float, sd: float) -> Self:
        """Return the statistic of a typed mean and standard deviation (with n − 1)."""
        if sd < 0:
            raise AnalysisError("experiment_negative_count", field="sd", value=sd)
        if math.isfinite(n) and n != int(n):
            raise AnalysisError("experiment_not_whole", field="n", value=n)
        return cls(n, n * mean, sd * sd * (n - 1) + n * mean * mean, sd * sd * max(n - 1, 0))

    @property
    def mean(self) -> float:
        """The mean of a customer."""
        return self.sum / self.n

    @property
    def about_mean(self) -> float:
        """The sum of squares about the mean."""
        return max(self.sum_squares - self.sum * self.sum / self.n, 0.0) if self.about is None else self.about

    @property
    def variance(self) -> float:
        """The variance of one customer, with n − 1; ``experiment_too_few`` for one customer."""
        if self.about is not None and self.n >= 2:
            return self.about / (self.n - 1)
        return _moment(self.n, self.sum, self.sum, self.sum_squares)


@dataclass(frozen=True)
class RatioStatistic(_Addable):
    """Customers with two sums each, for a ratio of totals: orders per visit, money per order.

    The unit is the customer, not the visit: the delta method takes the correlation of both into account. The same
    sums serve CUPED, where the top is the outcome and the bottom the value of before.

    Examples
    --------
    >>> arm = RatioStatistic.from_values([2.0, 0.0, 4.0], [4.0, 1.0, 7.0])
    >>> arm.mean
    0.5
    """

    n: int
    top: float
    top_squares: float
    bottom: float
    bottom_squares: float
    products: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_squares(self.n, self.top, self.top_squares)
        _check_squares(self.n, self.bottom, self.bottom_squares)
        if abs(self.products) > math.sqrt(self.top_squares) * math.sqrt(self.bottom_squares) * (1 + _ROUNDING):
            raise AnalysisError("experiment_impossible_sums")

    @classmethod
    def from_values(cls, top: ArrayLike, bottom: ArrayLike) -> Self:
        """Return the statistic of raw values, one pair per customer."""
        a, b = finite(top), finite(bottom)
        if len(a) != len(b):
            raise AnalysisError("experiment_unequal_lengths", first=len(a), second=len(b))
        sums = (a.sum(), (a * a).sum(), b.sum(), (b * b).sum(), (a * b).sum())
        return cls(len(a), *(float(value) for value in sums))

    @property
    def mean(self) -> float:
        """Total of the top over total of the bottom; ``experiment_zero_denominator`` when there is none."""
        if self.bottom == 0:
            raise AnalysisError("experiment_zero_denominator")
        return self.top / self.bottom

    @property
    def top_variance(self) -> float:
        """The variance of the top of one customer, with n − 1."""
        return _moment(self.n, self.top, self.top, self.top_squares)

    @property
    def bottom_variance(self) -> float:
        """The variance of the bottom of one customer, with n − 1."""
        return _moment(self.n, self.bottom, self.bottom, self.bottom_squares)

    @property
    def covariance(self) -> float:
        """The covariance of both, with n − 1."""
        if self.n < 2:
            raise AnalysisError("experiment_too_few", n=self.n, least=2)
        return (self.products - self.top * self.bottom / self.n) / (self.n - 1)

    @property
    def variance(self) -> float:
        """The variance of one customer's share in the ratio, by the delta method (Deng et al. 2018, eq. 3)."""
        ratio, bottom = self.mean, self.bottom / self.n
        spread = self.top_variance + ratio * (ratio * self.bottom_variance - 2 * self.covariance)
        found = max(spread, 0.0) / bottom / bottom if bottom else math.inf  # a tiny total over many customers is 0
        if not math.isfinite(spread) or not math.isfinite(found):
            raise AnalysisError("experiment_too_extreme")
        return found


Statistic = ProportionStatistic | MeanStatistic | RatioStatistic | QuantileStatistic


def standard_error(statistic: Statistic) -> float:
    """Return the standard error of the arm's mean."""
    return math.sqrt(statistic.variance / statistic.n)


def sums_as_statistic(kind: str, sums: pd.DataFrame, *, adjusted: bool = False) -> Statistic:
    """Return one arm from rows of sums (``ExperimentData.cells`` or ``days``), added up.

    ``kind`` is that of the metric: ``"proportion"``, ``"mean"`` or ``"ratio"``; ``adjusted`` takes the outcomes out of
    which the covariates were taken, those of a share being a mean. No rows raise ``experiment_empty_arm``.
    """
    import numpy as np

    return statistic_of_rows(kind, sums[list(SUMS)].to_numpy(dtype=float, na_value=np.nan), adjusted=adjusted)


def statistic_of_rows(kind: str, rows: np.ndarray, *, adjusted: bool = False) -> Statistic:
    """Return the same from an array whose columns are ``SUMS``."""
    import numpy as np

    n, top, squares, away, about, third, bottom, bottom_squares, products, *rest = rows.sum(axis=0)
    if adjusted:
        kind, (top, squares, away, about, third, products) = "mean" if kind == "proportion" else kind, rest
    if kind == "proportion":
        return ProportionStatistic(int(n), int(top))
    if kind == "ratio":
        return RatioStatistic(int(n), *map(float, (top, squares, bottom, bottom_squares, products)))
    if len(rows) > 1 and n > 0:
        # Chan, Golub, LeVeque (1983); Pébay (2008) for the cubes.
        sizes, (aways, abouts, thirds) = rows[:, 0], rows[:, 11:14].T if adjusted else rows[:, 3:6].T
        with np.errstate(all="ignore"):
            gaps = aways / np.maximum(sizes, 1) - away / n
            about = (abouts + sizes * gaps**2).sum()
            third = (thirds + 3 * gaps * abouts + sizes * gaps**3).sum()
    return MeanStatistic(
        int(n), float(top), float(squares), float(about), float(third) if math.isfinite(third) else None
    )


def _check_squares(n: int, total: float, squares: float) -> None:
    if 0 < squares < 1 / LARGEST**2 or (squares == 0 and total != 0):
        raise AnalysisError("experiment_too_extreme")
    if squares < 0 or total * total / n > squares * (1 + _ROUNDING):
        raise AnalysisError("experiment_impossible_sums")


def _moment(n: int, first: float, second: float, products: float) -> float:
    if n < 2:
        raise AnalysisError("experiment_too_few", n=n, least=2)
    return max(products - first * second / n, 0.0) / (n - 1)
