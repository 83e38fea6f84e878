"""The same customers twice, or one group against a fixed value: paired and one-sample tests.

Method, sources and limits: ``docs/methods/experiments-quasi.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import (
    ALPHA,
    Alternative,
    Estimate,
    Significance,
    check_alpha,
    finite,
    interval,
    p_of_t,
    side_of,
)
from analysis.experiments.arms.statistics import MeanStatistic

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class PairedReading:
    """A mean (of changes, or of values less a fixed one) against 0.

    ``effect`` is the mean with Student's interval, ``test`` Student's t test; ``ranks`` Wilcoxon's signed-rank test,
    None where nothing changed; ``d`` the mean in standard deviations (Cohen's d of changes).
    """

    n: int
    effect: Estimate
    test: Significance
    ranks: Significance | None
    d: float


def compare_paired(
    before: ArrayLike, after: ArrayLike, *, alpha: float = ALPHA, alternative: Alternative = "two_sided"
) -> PairedReading:
    """Compare two values of each customer, such as spend before and after: what counts is each one's own change.

    Without a group that was left alone whatever else changed in between is part of the effect.

    Parameters
    ----------
    before, after : arrays, shape (customers,)
        In the same order.

    Raises
    ------
    AnalysisError
        ``experiment_unequal_lengths``, ``experiment_too_few`` (n, least), ``experiment_no_variation`` (every change is
        the same), ``experiment_not_a_number``, ``experiment_empty_arm``, ``experiment_bad_alpha``.

    References
    ----------
    Student (1908), The probable error of a mean, Biometrika 6; Wilcoxon (1945), Biometrics Bulletin 1; Pratt (1959),
    JASA 54, for customers without a change.

    Examples
    --------
    >>> drug = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    >>> other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    >>> found = compare_paired(drug, other)
    >>> round(found.effect.value, 2), round(found.test.statistic, 4), round(found.test.p, 6)
    (1.58, 4.0621, 0.002833)
    """
    sides = [finite(values) for values in (before, after)]
    if len(sides[0]) != len(sides[1]):
        raise AnalysisError("experiment_unequal_lengths", first=len(sides[0]), second=len(sides[1]))
    return _against_nothing(sides[1] - sides[0], alpha, alternative)


def compare_with_mean(
    values: ArrayLike, value: float, *, alpha: float = ALPHA, alternative: Alternative = "two_sided"
) -> PairedReading:
    """Compare the mean of one group with a fixed value, such as a goal or last year's figure.

    The effect is the mean less the value. Raises as ``compare_paired``.

    Examples
    --------
    >>> found = compare_with_mean([12.0, 15, 11, 18, 14], 10.0)
    >>> found.effect.value, round(found.test.p, 4)
    (4.0, 0.0309)
    """
    array = finite(values)
    if not isinstance(value, Real) or not math.isfinite(value):
        raise AnalysisError("experiment_not_a_number", field="value")
    return _against_nothing(array - value, alpha, alternative)


def _against_nothing(changes: np.ndarray, alpha: float, alternative: Alternative) -> PairedReading:
    check_alpha(alpha)
    alternative, arm = side_of(alternative), MeanStatistic.from_values(changes)
    if arm.n < 2:
        raise AnalysisError("experiment_too_few", n=arm.n, least=2)
    if arm.variance <= 0:
        raise AnalysisError("experiment_no_variation")
    sd, df, name = math.sqrt(arm.variance), arm.n - 1, "student_t"
    se = sd / math.sqrt(arm.n)
    t = arm.mean / se
    effect = interval(arm.mean, se, alpha=alpha, alternative=alternative, convention=name, df=df)
    test = Significance(p_of_t(t, df, alternative), name, alternative, t, float(df))
    return PairedReading(arm.n, effect, test, _signed_ranks(changes, alternative), arm.mean / sd)


def _signed_ranks(changes: np.ndarray, alternative: Alternative) -> Significance | None:
    from scipy.stats import wilcoxon

    if not changes.any():
        return None
    side: Any = alternative.replace("_", "-")
    found: Any = wilcoxon(changes, zero_method="pratt", alternative=side)
    return Significance(float(found.pvalue), "wilcoxon_signed_rank", alternative, float(found.statistic))
