"""Every metric of every treatment against control, corrected for having looked at many.

Method, sources and limits: ``docs/methods/experiments-results.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.cuped import Cuped
from analysis.experiments.arms.means import compare_means, compare_ratios
from analysis.experiments.arms.proportions import ProportionTest, RatioInterval, compare_proportions
from analysis.experiments.arms.quantiles import QuantileStatistic, compare_quantiles
from analysis.experiments.arms.result import ALPHA, RESULT, Alternative, Estimate, Reading, check_alpha
from analysis.experiments.arms.score import lopsided
from analysis.experiments.arms.statistics import (
    MeanStatistic,
    ProportionStatistic,
    RatioStatistic,
    Statistic,
    standard_error,
)
from analysis.notes import Note
from analysis.stats.multiplicity import (
    benjamini_hochberg,
    bonferroni,
    dunnett,
    dunnett_level,
    hochberg,
    holm,
    sidak,
    sidak_level,
)
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np

    from analysis.experiments.rows.read import ExperimentData, Metric

Correction = Literal["holm", "hochberg", "benjamini_hochberg", "bonferroni", "sidak", "dunnett", "none"]
Direction = Literal["better", "worse", "unclear"]
# Conversions in an arm from which on a share may be read as a mean.
FEW_FOR_MEANS = 30
_FEW = ("experiment_few_customers", "experiment_few_buyers")


@dataclass(frozen=True)
class MetricResult:
    """One metric of one treatment.

    ``reading`` has the plain level; ``simultaneous`` is its absolute effect, and ``simultaneous_relative`` its relative
    one, at the level at which all intervals of the family hold together (Bonferroni's, with Šidák's and Dunnett's
    correction theirs, which agree with the corrected p);
    ``p_corrected`` is corrected within the family of ``family`` tests (guardrails
    are not: each alone may raise a hand); ``direction`` says what the corrected p says, in the sense of the metric.
    ``adjusted`` is None without a covariate that helps; where there is one all of this is of the outcomes less what was
    known before (CUPED), and so is the decision; ``adjusted.plain`` is the reading without it.
    """

    metric: Metric
    treatment: str
    reading: Reading
    simultaneous: Estimate
    simultaneous_relative: Estimate | None
    family: int
    p_corrected: float
    direction: Direction
    adjusted: Cuped | None


@dataclass(frozen=True)
class Results(Tabular, rows="results", columns=RESULT):
    """All of them, goals first, and what could not be read (``experiment_metric_left_out``)."""

    results: tuple[MetricResult, ...]
    correction: Correction
    alpha: float
    notes: tuple[Note, ...] = field(default=())


def compare_statistics(
    control: Statistic,
    treatment: Statistic,
    *,
    test: ProportionTest = "z_pooled",
    ratio: RatioInterval = "koopman",
    alpha: float = ALPHA,
    alternative: Alternative = "two_sided",
) -> Reading:
    """Compare two arms by what they are: shares, means (Welch), ratios (delta method) or quantiles.

    ``test`` and ``ratio`` are for shares. Raises what the comparison of its kind raises, and
    ``experiment_mixed_kinds`` when the arms are not of one kind.

    Examples
    --------
    >>> compare_statistics(ProportionStatistic(1000, 200), ProportionStatistic(1000, 250)).test.convention
    'z_pooled'
    """
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        return compare_proportions(control, treatment, test=test, ratio=ratio, alpha=alpha, alternative=alternative)
    if isinstance(control, MeanStatistic) and isinstance(treatment, MeanStatistic):
        return compare_means(control, treatment, alpha=alpha, alternative=alternative)
    if isinstance(control, RatioStatistic) and isinstance(treatment, RatioStatistic):
        return compare_ratios(control, treatment, alpha=alpha, alternative=alternative)
    if isinstance(control, QuantileStatistic) and isinstance(treatment, QuantileStatistic):
        return compare_quantiles(control, treatment, alpha=alpha, alternative=alternative)
    raise AnalysisError("experiment_mixed_kinds")


def far_tails(control: Statistic, treatment: Statistic, *, alpha: float) -> bool:
    """Say whether these are shares whose pooled z claims too much at this level (``arms.score.lopsided``)."""
    from scipy.special import ndtri

    if not isinstance(control, ProportionStatistic) or not isinstance(treatment, ProportionStatistic):
        return False
    return lopsided(control, treatment, float(ndtri(1 - alpha / 2)))


def read_results(
    data: ExperimentData,
    *,
    correction: Correction = "holm",
    test: ProportionTest = "z_pooled",
    ratio: RatioInterval = "koopman",
    alpha: float = ALPHA,
) -> Results:
    """Read every metric of every treatment against control.

    Goals of all treatments are one family, secondary metrics another; each family is corrected by itself.

    Parameters
    ----------
    correction : str
    test, ratio : str
        For shares: what gives p, and the interval of the relative effect. Pooled z gives way to Fisher's test where at
        the level of so many comparisons it claims too much (``arms.score.lopsided``).
    alpha : float
        The error rate of a family, 0..1.

    Raises
    ------
    AnalysisError
        ``experiment_bad_alpha``; when nothing can be read, the reason of the first metric.

    References
    ----------
    Holm (1979); Hochberg (1988); Benjamini, Hochberg (1995); Šidák (1967); Dunnett (1955): see
    ``analysis.stats.multiplicity``.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
    >>> rows = pd.DataFrame({"group": ["A"] * 50 + ["B"] * 50, "bought": [0, 1] * 25 + [0, 1, 1, 1, 1] * 10})
    >>> found = read_results(read_experiment(rows, ReadParams(arm="group", metrics=(Metric(column="bought"),))))
    >>> found.results[0].direction
    'better'
    """
    check_alpha(alpha)

    def compare(sides: tuple[Statistic, Statistic], alpha: float, family: int = 1) -> Reading:
        if data.cluster is not None:  # few, and alike in both arms where there is no effect: Welch's df are too rough
            return compare_means(*sides, test="student_pooled_t", alpha=alpha)
        used = "fisher" if test == "z_pooled" and far_tails(*sides, alpha=alpha / family) else test
        return compare_statistics(*sides, test=used, ratio=ratio, alpha=alpha)

    results, notes, refused = [], [], None
    for role in ("goal", "secondary", "guardrail"):
        pairs = [(metric, arm) for metric in data.metrics if metric.role == role for arm in data.treatments]
        read = []
        for metric, arm in pairs:
            sides = data.statistic(metric.name, data.control), data.statistic(metric.name, arm)
            try:
                reading = compare(sides, alpha, 1 if role == "guardrail" else len(pairs))
                if data.cluster is not None:  # which are few by nature, and are no customers
                    reading = replace(reading, notes=tuple(one for one in reading.notes if one.code not in _FEW))
            except AnalysisError as error:
                refused = refused or error
                notes.append(Note("experiment_metric_left_out", {"metric": metric.name, "arm": arm}, "check"))
                if error.code.startswith("experiment_quantile"):  # what helps is to ask for another quantile
                    notes.append(Note(error.code, {"metric": metric.name, "arm": arm, **error.facts}, "check"))
                continue
            cuped = None
            if (counted := adjusted_sides(data, metric.name, arm)) is not None:
                cuped = _cuped(data, metric, counted, reading)
            read.append((metric, arm, counted or sides, cuped.adjusted if cuped else reading, cuped))
        family = 1 if role == "guardrail" else max(len(read), 1)
        columns = [item[0].name for item in read], [item[3].test.p for item in read], [item[2] for item in read]
        found = _corrected(*columns, "none" if role == "guardrail" else correction, alpha)
        for (metric, arm, sides, reading, cuped), (p, level) in zip(read, found, strict=True):
            wide = compare(sides, level or alpha / family)
            gain = reading.absolute.value if metric.higher_is_better else -reading.absolute.value
            direction: Direction = "unclear" if p >= alpha or gain == 0 else "better" if gain > 0 else "worse"
            results.append(
                MetricResult(metric, arm, reading, wide.absolute, wide.relative, family, p, direction, cuped)
            )
    if not results and refused is not None:
        raise refused
    return Results(tuple(results), correction, alpha, tuple(notes))


def _corrected(
    metrics: list[str], p: list[float], sides: list[tuple[Statistic, Statistic]], correction: Correction, alpha: float
) -> list[tuple[float, float | None]]:
    """Return the corrected p of each comparison, and the error rate of an interval that agrees with it, if there is."""
    import numpy as np

    ways: dict[Correction, Callable[[np.ndarray], np.ndarray]] = {
        "holm": holm,
        "hochberg": hochberg,
        "benjamini_hochberg": benjamini_hochberg,
        "bonferroni": bonferroni,
        "sidak": sidak,
    }
    if correction == "none" or not p:
        return [(one, None) for one in p]
    if correction == "dunnett":
        return _against_control(metrics, p, sides, alpha)
    level = sidak_level(alpha, len(p)) if correction == "sidak" else None
    return [(float(one), level) for one in ways[correction](np.array(p))]


def _against_control(
    metrics: list[str], p: list[float], sides: list[tuple[Statistic, Statistic]], alpha: float
) -> list[tuple[float, float | None]]:
    """Correct the arms of each metric by Dunnett's test, and metrics, of which nothing is known, by Bonferroni's."""
    import numpy as np

    errors = np.array([[standard_error(side) ** 2 for side in pair] for pair in sides])
    shared = errors[:, 0] / errors.sum(axis=1)
    found: list[tuple[float, float | None]] = [(1.0, None)] * len(p)
    several = len(set(metrics))
    for metric in set(metrics):
        own = [place for place, name in enumerate(metrics) if name == metric]
        level = dunnett_level(alpha / several, shared[own])
        for place, one in zip(own, dunnett(np.array(p)[own], shared[own]), strict=True):
            found[place] = (min(float(one) * several, 1.0), level)
    return found


def adjusted_sides(data: ExperimentData, metric: str, arm: str) -> tuple[Statistic, Statistic] | None:
    """Return control and treatment with what was known before the start taken out; None where that cannot help.

    Shares with fewer than 30 conversions, or customers without one, in an arm are read as they are: their exact and
    score methods hold there, and those of means do not.
    """
    plain = [data.statistic(metric, side) for side in (data.control, arm)]
    few = any(
        isinstance(side, ProportionStatistic) and min(side.successes, side.n - side.successes) < FEW_FOR_MEANS
        for side in plain
    )
    try:
        sides = tuple(data.adjusted_statistic(metric, side) for side in (data.control, arm))
        spread = sum(side.variance for side in sides)
    except AnalysisError as error:
        if error.code not in ("experiment_no_covariate", "experiment_too_few", "experiment_zero_denominator"):
            raise
        return None
    return (sides[0], sides[1]) if spread > 0 and not few else None


def _cuped(data: ExperimentData, metric: Metric, sides: tuple[Statistic, Statistic], plain: Reading) -> Cuped:
    """Return the reading with what was known before taken out, beside the plain one."""
    found = data.adjustments[metric.name]
    (_, theta), *more = found.slopes.items() or [("", None)]
    alpha = 1 - plain.absolute.level
    adjusted = compare_statistics(*sides, alpha=alpha)
    return Cuped(adjusted, plain, None if more else theta, math.sqrt(found.explained), found.explained)
