"""The question that a segment can answer: the smallest effect it can show, or what to do when it can show none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic, Statistic
from analysis.experiments.planning.outlook import EVERYBODY, SegmentOutlook, with_baseline
from analysis.experiments.planning.plan import Plan, ProportionPlan, smallest_effect

# As no effect at all cannot be planned for: a step in the direction that is asked about.
A_STEP = 1e-9
_TOO_FEW = ("experiment_nothing_detectable", "experiment_too_few", "experiment_few_clusters")
MOST_WEEKS = 52


def bounded(statistic: Statistic) -> Statistic:
    """Return a share of none or all with one customer more who did the other thing, so that it can be planned from.

    Where none of ``n`` did it the true share may be above nothing: the 95 % bound that Wilson's interval gives stands
    for it, as whole customers; and the other way round where all did.

    Examples
    --------
    >>> bounded(ProportionStatistic(100, 0)).mean, bounded(ProportionStatistic(100, 30)).mean
    (0.04, 0.3)
    """
    import numpy as np

    from analysis.stats.intervals import wilson

    if not isinstance(statistic, ProportionStatistic) or 0 < statistic.successes < statistic.n:
        return statistic
    n = statistic.n
    low, high = wilson(np.array([statistic.successes]), np.array([n]))
    if statistic.successes == 0:
        return ProportionStatistic(n, min(max(math.ceil(float(high[0]) * n), 1), n - 1) if n > 1 else 0)
    return ProportionStatistic(n, max(min(math.floor(float(low[0]) * n), n - 1), 1) if n > 1 else 1)


def with_smallest(plan: Plan, customers: float) -> Plan:
    """Return the plan for the smallest effect that so many customers of all arms can show, rounded up to be read.

    In the direction of the plan's effect; of a share that is so high already that no rise can be shown, a fall.

    Raises ``experiment_segment_too_small`` (n) when they can show none.

    Examples
    --------
    >>> with_smallest(ProportionPlan(baseline=0.2, effect=A_STEP), 1000).effect
    0.076
    >>> with_smallest(ProportionPlan(baseline=0.2, effect=-A_STEP), 1000).effect
    -0.067
    """
    is_high = isinstance(plan, ProportionPlan) and plan.baseline > 0.5
    for step in (-A_STEP,) if plan.effect < 0 else (A_STEP, -A_STEP) if is_high else (A_STEP,):
        try:
            asked = plan.model_copy(update={"effect": step, "effect_kind": "absolute"})
            # Whole customers: what half a customer more could show nobody can run.
            effect = smallest_effect(asked, math.floor(customers / (1 + plan.split * plan.treatments)))
            break
        except AnalysisError as problem:
            if problem.code not in _TOO_FEW:
                raise
    else:
        raise AnalysisError("experiment_segment_too_small", n=int(customers))
    return plan.model_copy(update={"effect": _rounded_up(plan, effect), "effect_kind": "absolute"})


def _rounded_up(plan: Plan, effect: float) -> float:
    if isinstance(plan, ProportionPlan):
        rounded = round(math.copysign(math.ceil(abs(effect) * 1000 - 1e-9) / 1000, effect), 3)
        return rounded if 0 < plan.baseline + rounded < 1 else effect
    step = 10.0 ** (math.floor(math.log10(abs(effect))) - 1) if effect else 1.0
    return round(math.copysign(math.ceil(abs(effect) / step - 1e-9) * step, effect), 12)


def merge_with(plan: Plan, segment: str, outlooks: Sequence[SegmentOutlook]) -> tuple[str, ...]:
    """Return the segments that together with one can show something: those most like it, as few as do.

    Alike are segments whose customers stand near each other in ``outlook.ALIKE_IN``: what is tried on one makes sense
    for the other. Of equally near ones, or where no such feature is known, the level that was measured decides. The
    nearest are taken until they suffice, and of these none that is not needed. Empty when all together could not.
    """
    known = {one.segment: one for one in outlooks if one.statistic is not None and one.segment != EVERYBODY}
    if segment not in known:
        return ()
    first = known.pop(segment)
    others = [one for one in known.values() if type(one.statistic) is type(first.statistic)]
    others.sort(key=lambda one: _apart(first, one))
    for most in range(1, len(others) + 1):
        if _show(plan, [first, *others[:most]]):
            needed = others[:most]
            for one in others[: most - 1]:
                fewer = [other for other in needed if other is not one]
                needed = fewer if _show(plan, [first, *fewer]) else needed
            return tuple(one.segment for one in needed)
    return ()


def _apart(one: SegmentOutlook, other: SegmentOutlook) -> tuple[float, float]:
    assert one.statistic is not None and other.statistic is not None
    level = abs(one.statistic.mean - other.statistic.mean)
    return (math.dist(one.place, other.place) if len(one.place) == len(other.place) else 0.0, level)


def _show(plan: Plan, together: Sequence[SegmentOutlook]) -> bool:
    """Say whether the customers of some segments together can show an effect."""
    found = [one.statistic for one in together if one.statistic is not None]
    pooled = reduce(lambda first, second: first + second, found)  # pyright: ignore[reportOperatorIssue]
    try:
        with_smallest(with_baseline(plan, bounded(pooled)), float(sum(one.n for one in together)))
    except AnalysisError:
        return False
    return True


def weeks_to_show(plan: Plan, customers: float, per_week: float | None) -> int | None:
    """Return after how many weeks those who come in have made the segment large enough; None when not in a year."""
    if not per_week or per_week <= 0:
        return None
    for weeks in range(1, MOST_WEEKS + 1):
        try:
            with_smallest(plan, customers + weeks * per_week)
        except AnalysisError:
            continue
        return weeks
    return None
