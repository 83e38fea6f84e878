"""Not worse, or as good as: is treatment within a margin of control that was fixed before reading.

Method, sources and limits: ``docs/methods/experiments-decide.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate, check_alpha, check_choice, p_of_t, p_of_z
from analysis.experiments.arms.score import hybrid_exact, score_difference, score_z
from analysis.experiments.arms.skewed import skewed
from analysis.experiments.arms.statistics import ProportionStatistic, Statistic
from analysis.experiments.reading.results import compare_statistics
from analysis.stats.skewed import Skewed
from analysis.tabular import Tabular

Question = Literal["non_inferiority", "equivalence"]
# One-sided, as regulators and most tools take it: each end of a 95 % interval.
ALPHA = 0.025
# With fewer customers in the smaller arm, or arms more unequal, the score test calls up to twice as often as it may.
EXACT_BELOW, ALIKE = 1000, 1.5
LEAST_P = 1e-12


@dataclass(frozen=True)
class MarginReading(
    Tabular,
    columns=("question", "margin", "effect=effect.value", "low=effect.low", "high=effect.high", "p", "shown"),
):
    """What the data say of a margin.

    ``effect`` is treatment less control with the interval at 1 − 2 alpha; ``p`` that of the null hypothesis that
    treatment is worse by the margin or more (of equivalence the larger of both sides); ``shown`` is ``p < alpha``.
    """

    question: Question
    margin: float
    effect: Estimate
    p: float
    shown: bool


def read_margin(
    control: Statistic, treatment: Statistic, *, margin: float, question: Question = "non_inferiority",
    alpha: float = ALPHA, higher_is_better: bool = True,
) -> MarginReading:  # fmt: skip
    """Say whether treatment is not worse than control by the margin, or (equivalence) neither worse nor better by it.

    Parameters
    ----------
    margin : float
        Above 0, in the unit of the metric, fixed before reading.
    question : str
        ``"non_inferiority"``, or ``"equivalence"`` (two one-sided tests).
    alpha : float
        Of each one-sided test.

    Raises
    ------
    AnalysisError
        ``experiment_bad_margin``, ``experiment_unknown_choice``, ``experiment_bad_alpha``, and as the comparison.

    References
    ----------
    Farrington, Manning (1990), Statistics in Medicine 9, for shares, with Mee's interval; Newcombe (1998), method 10,
    with Clopper and Pearson's intervals, for those of few customers or unequal arms; Schuirmann (1987), Journal of
    Pharmacokinetics and Biopharmaceutics 15, for two one-sided tests; ICH E9 (1998), sec. 3.3.2.

    Examples
    --------
    >>> found = read_margin(ProportionStatistic(6280, 1256), ProportionStatistic(6280, 1256), margin=0.02)
    >>> found.shown, round(found.p, 4)
    (True, 0.0025)
    """
    check_choice("question", question, Question)
    check_alpha(alpha)
    check_alpha(2 * alpha)
    if not isinstance(margin, Real):
        raise AnalysisError("experiment_not_a_number", field="margin")
    if not 0 < margin < math.inf:
        raise AnalysisError("experiment_bad_margin", margin=margin)
    effect = compare_statistics(control, treatment, alpha=2 * alpha).absolute
    shape = skewed(control, treatment, unequal=1.0)
    if shape is not None:
        low, high = shape.ends(alpha)
        effect = replace(effect, low=low, high=high, convention="skewed_t")
    elif isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        effect = _interval(control, treatment, alpha)
    worse = margin if higher_is_better else -margin
    sides = [(-worse, higher_is_better), (worse, not higher_is_better)][: 2 if question == "equivalence" else 1]
    p = max(_beyond(control, treatment, shape, border, above=above, alpha=alpha) for border, above in sides)
    return MarginReading(question, margin, effect, p, p < alpha)


def _beyond(
    control: Statistic, treatment: Statistic, shape: Skewed | None, border: float, *, above: bool, alpha: float
) -> float:
    """Return the p value of the effect being no more (``above``), or no less, than the border."""
    if shape is not None:
        return shape.p_of(border, above=above, tail=alpha)
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        if _is_exact(control, treatment):
            return _exact_p(control, treatment, border, above=above)
        return p_of_z(score_z(control, treatment, border), "greater" if above else "less")
    reading = compare_statistics(control, treatment)
    se = reading.absolute.se or 0.0
    if se <= 0:
        raise AnalysisError("experiment_no_variation")
    z, side = (reading.absolute.value - border) / se, "greater" if above else "less"
    return p_of_z(z, side) if reading.test.df is None else p_of_t(z, reading.test.df, side)


def _is_exact(control: ProportionStatistic, treatment: ProportionStatistic) -> bool:
    small, large = sorted((control.n, treatment.n))
    return small < EXACT_BELOW or large > ALIKE * small


def _interval(control: ProportionStatistic, treatment: ProportionStatistic, alpha: float) -> Estimate:
    """Return the differences that the test of the margin does not reject on either side."""
    if _is_exact(control, treatment):
        return hybrid_exact(control, treatment, alpha=2 * alpha)
    return score_difference(control, treatment, widened=False, alpha=2 * alpha)


def _exact_p(control: ProportionStatistic, treatment: ProportionStatistic, border: float, *, above: bool) -> float:
    """Return the error rate at which the end of the exact interval reaches the border; at least a half beyond it."""
    from scipy.optimize import brentq

    def over(log: float) -> float:
        found = hybrid_exact(control, treatment, alpha=2 * math.exp(log))
        low, high = found.low or 0.0, found.high or 0.0
        return low - border if above else border - high

    least, most = math.log(LEAST_P), math.log(0.49)
    if over(most) <= 0:
        return max(p_of_z(score_z(control, treatment, border), "greater" if above else "less"), 0.5)
    if over(least) >= 0:
        return LEAST_P
    log: Any = brentq(over, least, most, xtol=1e-10)
    return math.exp(log)
