"""For those who could not randomise: before–after and difference-in-differences, each marked as weaker evidence.

Method, sources and limits: ``docs/methods/experiments-quasi.md``.
"""

from __future__ import annotations

import math
from dataclasses import replace

from analysis.errors import AnalysisError
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.result import ALPHA, Reading, Significance, check_alpha, interval, p_of_t
from analysis.experiments.arms.statistics import MeanStatistic, Statistic
from analysis.notes import Note


def compare_before_after(before: Statistic, after: Statistic, *, alpha: float = ALPHA) -> Reading:
    """Compare the time after with the time before (Welch); whatever else changed in between is part of the effect.

    The note ``experiment_weak_before_after`` is always there. Raises as ``compare_means``.
    """
    reading = compare_means(before, after, alpha=alpha)
    return replace(reading, notes=(Note("experiment_weak_before_after", {}, "check"), *reading.notes))


def difference_in_differences(
    control_before: Statistic,
    control_after: Statistic,
    treatment_before: Statistic,
    treatment_after: Statistic,
    *,
    alpha: float = ALPHA,
) -> Reading:
    """Compare the change of those treated with the change of the others, four independent samples.

    Student's t with Welch and Satterthwaite's degrees of freedom over the four.

    ``control`` and ``treatment`` of the reading are the two changes. The same customers before and after are read more
    sharply by ``difference_of_changes``.

    Returns
    -------
    Reading
        Without a relative effect: a change may be 0. The note ``experiment_weak_parallel`` is always there.

    Raises
    ------
    AnalysisError
        ``experiment_no_variation``, ``experiment_bad_alpha``.

    References
    ----------
    Card, Krueger (1994), Minimum wages and employment, American Economic Review 84; Angrist, Pischke (2009), ch. 5;
    Satterthwaite (1946), Biometrics Bulletin 2.

    Examples
    --------
    >>> arms = [MeanStatistic.from_figures(100, mean, 5.0) for mean in (20, 21, 22, 26)]
    >>> round(difference_in_differences(*arms).absolute.value, 6)
    3.0
    """
    check_alpha(alpha)
    cells = (control_before, control_after, treatment_before, treatment_after)
    parts = [cell.variance / cell.n for cell in cells]
    se = math.sqrt(sum(parts))
    if se == 0:
        raise AnalysisError("experiment_no_variation")
    shares = [part / sum(parts) for part in parts]
    df = 1 / sum(share * share / max(cell.n - 1, 1) for share, cell in zip(shares, cells, strict=True))
    control, treatment = control_after.mean - control_before.mean, treatment_after.mean - treatment_before.mean
    value = treatment - control
    return Reading(
        control,
        treatment,
        min(control_before.n, control_after.n),
        min(treatment_before.n, treatment_after.n),
        interval(value, se, alpha=alpha, alternative="two_sided", convention="difference_in_differences", df=df),
        None,
        Significance(p_of_t(value / se, df, "two_sided"), "difference_in_differences", "two_sided", value / se, df),
        (Note("experiment_weak_parallel", {}, "check"),),
    )


def difference_of_changes(control: MeanStatistic, treatment: MeanStatistic, *, alpha: float = ALPHA) -> Reading:
    """Compare the changes (after less before) of the same customers by Welch's test, marked as weaker evidence."""
    reading = compare_means(control, treatment, alpha=alpha)
    return replace(reading, relative=None, notes=(Note("experiment_weak_parallel", {}, "check"), *reading.notes))
