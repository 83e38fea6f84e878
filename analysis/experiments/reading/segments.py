"""The effect in each segment, corrected for having looked at many, and whether it truly differs between them.

Method, sources and limits: ``docs/methods/experiments-segments.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import FEW_EXPECTED, compare_proportions, expected_least
from analysis.experiments.arms.result import ALPHA, EFFECT, Estimate, Reading, Significance, check_alpha
from analysis.experiments.arms.statistics import ProportionStatistic, Statistic, standard_error
from analysis.experiments.reading.results import compare_statistics
from analysis.notes import Note
from analysis.stats.multiplicity import benjamini_hochberg, holm
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from analysis.experiments.rows.read import ExperimentData

Correction = Literal["holm", "benjamini_hochberg"]
FEW = 30
MIX_ALARM = 0.001
_UNREADABLE = ("experiment_too_few", "experiment_no_variation", "experiment_empty_arm", "experiment_zero_denominator")


@dataclass(frozen=True)
class SegmentEffect:
    """Treatment less control within one segment.

    ``absolute`` has the level of one segment among all (Bonferroni over the segments read), so that all intervals hold
    together at 1 − alpha: Newcombe's for shares, Welch's for means, the delta method's for ratios. ``p`` is uncorrected
    (shares with few conversions by Fisher), ``p_corrected`` by the correction named in the result. ``parts`` are the
    levels of crossed dimensions, otherwise the segment itself.
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
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class SegmentReading(
    Tabular,
    rows="effects",
    columns=(
        *("segment", "control", "treatment", "n_control", "n_treatment", *EFFECT, "p", "p_corrected", "significant"),
    ),
):
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
        ``experiment_simpson`` says that the overall effect has the opposite sign of every segment's,
        ``experiment_simpson_mix`` that it has the opposite sign of their mean while the arms hold different mixes.

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

    check_alpha(alpha)
    notes, raw = [], []
    for segment in data.segments:
        try:
            a, b = data.statistic(metric, data.control, segment), data.statistic(metric, treatment, segment)
            if min(a.n, b.n) < FEW:
                raise AnalysisError("experiment_too_few", n=min(a.n, b.n), least=FEW)
            raw.append((segment, a, b, _compare(a, b, alpha)))
        except AnalysisError as error:
            if error.code not in _UNREADABLE:
                raise
            notes.append(Note("experiment_segment_left_out", {"segment": segment}))
    if not raw:
        raise AnalysisError("experiment_no_segment_readable", least=FEW)
    p = np.array([reading.test.p for *_, reading in raw])
    adjusted = (holm if correction == "holm" else benjamini_hochberg)(p)
    share = alpha / len(raw) / more_tests
    effects = []
    for i, (segment, a, b, _) in enumerate(raw):
        absolute = replace(_compare(a, b, share).absolute, se=math.hypot(standard_error(a), standard_error(b)))
        parts = data.parts.get(segment, (segment,))
        tested = (float(p[i]), float(adjusted[i]), bool(adjusted[i] < alpha))
        effects.append(SegmentEffect(segment, a.n, b.n, a.mean, b.mean, absolute, *tested, parts))
    whole = _compare(data.statistic(metric, data.control), data.statistic(metric, treatment), alpha).absolute
    notes += _simpson(effects, whole.value)
    interaction = _interaction(effects)
    effects.sort(key=lambda effect: (-effect.absolute.value, effect.segment))
    return SegmentReading(metric, treatment, tuple(effects), whole, interaction, correction, tuple(notes))


def _compare(control: Statistic, treatment: Statistic, alpha: float) -> Reading:
    """Compare two arms of a segment; shares with few conversions by Fisher, as z would claim too much."""
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        few = expected_least(control, treatment) < FEW_EXPECTED
        return compare_proportions(control, treatment, test="fisher" if few else "z_pooled", alpha=alpha)
    return compare_statistics(control, treatment, alpha=alpha)


def _interaction(effects: list[SegmentEffect]) -> Significance | None:
    """Test whether all effects are the same (Cochran's Q); segments without a standard error say nothing."""
    import numpy as np
    from scipy.special import chdtrc

    known = [(effect.absolute.value, effect.absolute.se) for effect in effects if effect.absolute.se]
    if len(known) < 2:
        return None
    values, errors = (np.array(column, dtype=float) for column in zip(*known, strict=True))
    weights = errors**-2.0
    q = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    return Significance(float(chdtrc(len(known) - 1, q)), "cochran_q", "two_sided", q, len(known) - 1)


def _simpson(effects: list[SegmentEffect], whole: float) -> list[Note]:
    """Say when the segments point the other way than the whole.

    Either all of them do, or their mean does, weighted by customers so that both arms hold the same mix, while the
    mixes truly differ.
    """
    if len(effects) < 2 or whole == 0:
        return []
    if all(effect.absolute.value * whole < 0 for effect in effects):
        return [Note("experiment_simpson", {"overall": whole}, "ask")]
    sizes = [effect.n_control + effect.n_treatment for effect in effects]
    mean = sum(size * effect.absolute.value for size, effect in zip(sizes, effects, strict=True)) / sum(sizes)
    mix = mix_test([[effect.n_control for effect in effects], [effect.n_treatment for effect in effects]])
    if mean * whole < 0 and mix.p < MIX_ALARM:
        return [Note("experiment_simpson_mix", {"overall": whole, "alike": mean}, "ask")]
    return []


def mix_test(counts: list[list[int]]) -> Significance:
    """Test whether the arms hold the same mix of segments: chi-square of the table of arms by segments.

    Raises ``experiment_no_variation`` for fewer than two arms or segments with anybody in them.

    Examples
    --------
    >>> mix_test([[50, 50], [50, 50]]).p
    1.0
    """
    import numpy as np
    from scipy.special import chdtrc

    table = np.array(counts, dtype=float)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if min(table.shape) < 2:
        raise AnalysisError("experiment_no_variation")
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    return Significance(float(chdtrc(df, statistic)), "mix_chi_square", "two_sided", statistic, df)
