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
from analysis.experiments.arms.score import few_events
from analysis.experiments.arms.skewed import UNEQUAL, skewed
from analysis.experiments.arms.statistics import ProportionStatistic, Statistic, standard_error
from analysis.experiments.reading.results import compare_statistics, far_tails
from analysis.notes import Note
from analysis.stats.intervals import Z95
from analysis.stats.multiplicity import benjamini_hochberg, holm
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.experiments.rows.read import ExperimentData

Correction = Literal["holm", "benjamini_hochberg"]
FEW = 30
MIX_ALARM = 0.001
_UNREADABLE = (
    *("experiment_too_few", "experiment_no_variation", "experiment_empty_arm", "experiment_zero_denominator"),
    *("experiment_quantile_few", "experiment_quantile_tied"),
)


@dataclass(frozen=True)
class SegmentEffect:
    """Treatment less control within one segment.

    ``absolute`` has the level of one segment among all (Bonferroni over the segments read), so that all intervals hold
    together at 1 − alpha: Miettinen and Nurminen's for shares, Welch's for means, the delta method's for ratios. ``p``
    is uncorrected (shares with few conversions by Fisher), ``p_corrected`` by the correction named in the result.
    ``parts`` are the levels of crossed dimensions, otherwise the segment itself. ``expected`` is the effect drawn
    towards that of all segments as far as they do not differ by more than chance (empirical Bayes): what to expect of a
    segment that was picked for its effect.
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
    expected: float | None = None


@dataclass(frozen=True)
class SegmentReading(
    Tabular,
    rows="effects",
    columns=(
        *("segment", "control", "treatment", "n_control", "n_treatment", *EFFECT, "p", "p_corrected", "significant"),
    ),
):
    """Effects by segment, largest first; ``interaction`` tests whether they are all the same (Cochran's Q).

    ``interaction_relative`` asks the same of the effects over each segment's own level; the same part of different
    levels is different in points. ``qualitative`` tests whether the effect helps some and harms others (Gail, Simon).
    """

    metric: str
    treatment: str
    effects: tuple[SegmentEffect, ...]
    overall: Estimate
    interaction: Significance | None
    correction: str
    notes: tuple[Note, ...] = field(default=())
    interaction_relative: Significance | None = None
    qualitative: Significance | None = None


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
    DerSimonian, Laird (1986), Controlled Clinical Trials 7, for the spread of effects; Morris (1983), Parametric
    empirical Bayes inference, JASA 78; Cochran (1954), The combination of estimates, Biometrics 10; Gail, Simon
    (1985), Testing for qualitative interactions, Biometrics 41; Simpson (1951), JRSS B 13.
    """
    import numpy as np

    check_alpha(alpha)
    notes, raw = [], []
    for segment in data.segments:
        try:
            a, b = data.statistic(metric, data.control, segment), data.statistic(metric, treatment, segment)
            if min(a.n, b.n) < FEW:
                raise AnalysisError("experiment_too_few", n=min(a.n, b.n), least=FEW)
            raw.append((segment, a, b, _compare(a, b, alpha, len(data.segments) * more_tests)))
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
    errors = [_error(a, b) for _, a, b, _ in raw]
    expected = _shrunk([b.mean - a.mean for _, a, b, _ in raw], [se for se, _ in errors])
    for i, (segment, a, b, _) in enumerate(raw):
        absolute = replace(_compare(a, b, share).absolute, se=errors[i][0])
        parts = data.parts.get(segment, (segment,))
        tested = (float(p[i]), float(adjusted[i]), bool(adjusted[i] < alpha))
        effects.append(SegmentEffect(segment, a.n, b.n, a.mean, b.mean, absolute, *tested, parts, expected[i]))
    whole = _compare(data.statistic(metric, data.control), data.statistic(metric, treatment), alpha).absolute
    notes += _simpson(effects, whole.value)
    values = [effect.absolute.value for effect in effects]
    spread = [kurtosis for _, kurtosis in errors]
    tests = (
        _interaction(values, [se for se, _ in errors], spread),
        _interaction(*_logs(raw), spread, name="cochran_q_relative"),
        _qualitative(values, [se for se, _ in errors]),
    )
    effects.sort(key=lambda effect: (-effect.absolute.value, effect.segment))
    return SegmentReading(metric, treatment, tuple(effects), whole, tests[0], correction, tuple(notes), *tests[1:])


def _compare(control: Statistic, treatment: Statistic, alpha: float, family: int = 1) -> Reading:
    """Compare two arms of a segment; shares with few conversions by Fisher, as z would claim too much.

    ``family`` is how many such p values are corrected together.
    """
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        few = expected_least(control, treatment) < FEW_EXPECTED or far_tails(control, treatment, alpha=alpha / family)
        return compare_proportions(control, treatment, test="fisher" if few else "z_pooled", alpha=alpha)
    return compare_statistics(control, treatment, alpha=alpha)


def _error(control: Statistic, treatment: Statistic) -> tuple[float, float]:
    """Return the standard error of an effect were there none, and how much heavier its tails are than normal ones.

    The second is the excess kurtosis. Shares of unequal arms or with few conversions are pooled, and so are skewed
    amounts of unequal arms.
    """
    n1, n2 = control.n, treatment.n
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        share = (control.successes + treatment.successes) / (n1 + n2)
        spread = share * (1 - share)
        se2 = spread * (1 / n1 + 1 / n2)
        if max(n1, n2) < UNEQUAL * min(n1, n2) and not few_events(control, treatment):
            return math.hypot(standard_error(control), standard_error(treatment)), 0.0
        heavy = spread * (1 - 6 * spread) * (1 / n1**3 + 1 / n2**3) / se2**2 if se2 > 0 else 0.0
        return math.sqrt(se2), max(heavy, 0.0)
    found = skewed(control, treatment)
    if found is not None:
        se, skewness = found.error()
        return se, 1.5 * skewness**2  # of Pearson III
    return math.hypot(standard_error(control), standard_error(treatment)), 0.0


def _logs(raw: Sequence[tuple[str, Statistic, Statistic, Reading]]) -> tuple[list[float], list[float]]:
    """Return the logarithms of the ratios with their standard errors; an error of 0 where a mean is not above 0."""
    values, errors = [], []
    for _, a, b, _ in raw:
        known = a.mean > 0 and b.mean > 0
        values.append(math.log(b.mean / a.mean) if known else 0.0)
        errors.append(math.hypot(standard_error(a) / a.mean, standard_error(b) / b.mean) if known else 0.0)
    return values, errors


def _interaction(
    values: Sequence[float], errors: Sequence[float], heavy: Sequence[float], *, name: str = "cochran_q"
) -> Significance | None:
    """Test whether all effects are the same (Cochran's Q); segments without a standard error say nothing.

    Where tails are heavier than normal ones the degrees of freedom are those that give Q its variance (Satterthwaite).
    """
    import numpy as np
    from scipy.special import chdtrc

    known = np.array(errors) > 0
    if known.sum() < 2:
        return None
    effects, weights = np.array(values)[known], np.array(errors)[known] ** -2.0
    q = float((weights * (effects - np.average(effects, weights=weights)) ** 2).sum())
    df = int(known.sum()) - 1
    # The variance of a squared standardised effect is 2 and its excess kurtosis.
    scaled = 2 * df / (2 + float(np.mean(np.array(heavy)[known])))
    return Significance(float(chdtrc(scaled, q * scaled / df)), name, "two_sided", q, df)


def _qualitative(values: Sequence[float], errors: Sequence[float]) -> Significance | None:
    """Test whether the effect is above 0 in some segments and below 0 in others (Gail, Simon 1985)."""
    from scipy.special import chdtrc
    from scipy.stats import binom

    known = [(value, se) for value, se in zip(values, errors, strict=True) if se > 0]
    if len(known) < 2:
        return None
    least = min(sum((value / se) ** 2 for value, se in known if value * side > 0) for side in (1, -1))
    if least == 0:
        return Significance(1.0, "gail_simon", "two_sided", 0.0)
    others = len(known) - 1
    p = sum(float(binom.pmf(k, others, 0.5)) * float(chdtrc(k, least)) for k in range(1, others + 1))
    return Significance(p, "gail_simon", "two_sided", least)


def _shrunk(values: Sequence[float], errors: Sequence[float]) -> list[float]:
    """Draw effects towards their mean by the share of their spread that chance explains."""
    known = [(value, se) for value, se in zip(values, errors, strict=True) if se > 0]
    if len(known) < 2:
        return list(values)
    weights = [se**-2.0 for _, se in known]
    total = sum(weights)
    mean = sum(weight * value for weight, (value, _) in zip(weights, known, strict=True)) / total
    q = sum(weight * (value - mean) ** 2 for weight, (value, _) in zip(weights, known, strict=True))
    between = max((q - len(known) + 1) / (total - sum(weight * weight for weight in weights) / total), 0.0)
    return [
        mean + (value - mean) * between / (between + se * se) if se > 0 else value
        for value, se in zip(values, errors, strict=True)
    ]


def _simpson(effects: list[SegmentEffect], whole: float) -> list[Note]:
    """Say when the segments point the other way than the whole, because the arms hold different mixes.

    The effect with the same mix in both arms is the mean of the segments' weighted by customers. Both are one figure
    but for the mixes, so what parts them is no chance once it is larger than the noise of either.
    """
    if len(effects) < 2 or whole == 0:
        return []
    sizes = [effect.n_control + effect.n_treatment for effect in effects]
    shares = [size / sum(sizes) for size in sizes]
    mean = sum(share * effect.absolute.value for share, effect in zip(shares, effects, strict=True))
    noise = math.hypot(*(share * (effect.absolute.se or 0.0) for share, effect in zip(shares, effects, strict=True)))
    mix = mix_test([[effect.n_control for effect in effects], [effect.n_treatment for effect in effects]])
    if mean * whole >= 0 or abs(mean - whole) < Z95 * noise or mix.p >= MIX_ALARM:
        return []
    if all(effect.absolute.value * whole < 0 for effect in effects):
        return [Note("experiment_simpson", {"overall": whole}, "ask")]
    return [Note("experiment_simpson_mix", {"overall": whole, "alike": mean}, "ask")]


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
