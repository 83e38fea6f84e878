"""The effect in each segment, corrected for having looked at many, and whether it truly differs between them.

Method, sources and limits: ``docs/methods/experiments-segments.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError
from analysis.experiments.result import ALPHA, Estimate, Significance, check_alpha, interval, p_of_z
from analysis.notes import Note
from analysis.stats.multiplicity import benjamini_hochberg, holm

if TYPE_CHECKING:
    from analysis.experiments.read import ExperimentData

Correction = Literal["holm", "benjamini_hochberg"]
FEW = 30


@dataclass(frozen=True)
class SegmentEffect:
    """Treatment less control within one segment.

    ``absolute`` has the level of one segment among all (Bonferroni over the segments read), so that all intervals hold
    together at 1 − alpha; ``p`` is uncorrected, ``p_corrected`` by the correction named in the result.
    """

    segment: str
    n_control: int
    n_treatment: int
    control: float
    treatment: float
    absolute: Estimate
    p: float
    p_corrected: float
    significant: bool


@dataclass(frozen=True)
class SegmentReading:
    """Effects by segment, largest first; ``interaction`` tests whether they are all the same (Cochran's Q)."""

    metric: str
    treatment: str
    effects: tuple[SegmentEffect, ...]
    overall: Estimate
    interaction: Significance | None
    correction: str
    notes: tuple[Note, ...] = field(default=())


def read_segments(
    data: ExperimentData,
    *,
    metric: str,
    treatment: str,
    correction: Correction = "holm",
    alpha: float = ALPHA,
    more_tests: int = 1,
) -> SegmentReading:
    """Read one metric of one treatment against control, segment by segment.

    Parameters
    ----------
    more_tests : int
        How many such readings are looked at together (treatments times metrics); the intervals are widened for it.

    Returns
    -------
    SegmentReading
        Segments with fewer than 30 customers in an arm, or in which nothing varies, are left out and noted. The note
        ``experiment_simpson`` says that the overall effect has the opposite sign of every segment's.

    Raises
    ------
    AnalysisError
        ``experiment_unknown_metric``, ``experiment_no_segment_readable``, ``experiment_bad_alpha``.

    References
    ----------
    Cochran (1954), The combination of estimates from different experiments, Biometrics 10; Gail, Simon (1985), Testing
    for qualitative interactions, Biometrics 41; Simpson (1951), JRSS B 13.
    """
    import numpy as np
    from scipy.special import chdtrc

    check_alpha(alpha)
    notes, raw = [], []
    for segment in sorted(data.cells["segment"].unique()):
        try:
            a, b = data.statistic(metric, data.control, segment), data.statistic(metric, treatment, segment)
            if min(a.n, b.n) < FEW:
                raise AnalysisError("experiment_too_few", n=min(a.n, b.n), least=FEW)
            se = math.sqrt(a.variance / a.n + b.variance / b.n)
            if se == 0:
                raise AnalysisError("experiment_no_variation")
        except AnalysisError as error:
            if error.code == "experiment_unknown_metric":
                raise
            notes.append(Note("experiment_segment_left_out", {"segment": segment}))
            continue
        raw.append((segment, a, b, b.mean - a.mean, se))
    if not raw:
        raise AnalysisError("experiment_no_segment_readable", least=FEW)
    p = np.array([p_of_z(value / se, "two_sided") for *_, value, se in raw])
    adjusted = (holm if correction == "holm" else benjamini_hochberg)(p)
    share = alpha / len(raw) / more_tests
    effects = [
        SegmentEffect(
            segment,
            a.n,
            b.n,
            a.mean,
            b.mean,
            interval(value, se, alpha=share, alternative="two_sided", convention="normal_bonferroni"),
            float(p[i]),
            float(adjusted[i]),
            bool(adjusted[i] < alpha),
        )
        for i, (segment, a, b, value, se) in enumerate(raw)
    ]
    values, weights = np.array([item[3] for item in raw]), np.array([item[4] for item in raw]) ** -2.0
    interaction = None
    if len(raw) > 1:
        q = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
        interaction = Significance(float(chdtrc(len(raw) - 1, q)), "cochran_q", "two_sided", q, len(raw) - 1)
    a, b = data.statistic(metric, data.control), data.statistic(metric, treatment)
    se = math.sqrt(a.variance / a.n + b.variance / b.n)
    whole = interval(b.mean - a.mean, se, alpha=alpha, alternative="two_sided", convention="normal_unpooled")
    if len(raw) > 1 and whole.value != 0 and (values * whole.value < 0).all():
        notes.append(Note("experiment_simpson", {"overall": whole.value}, "ask"))
    effects.sort(key=lambda effect: (-effect.absolute.value, effect.segment))
    return SegmentReading(metric, treatment, tuple(effects), whole, interaction, correction, tuple(notes))
