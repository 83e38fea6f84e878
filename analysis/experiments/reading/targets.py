"""Whom to send it to: what each segment is worth when treated, and all that are surely worth it together.

Method, sources and limits: ``docs/methods/experiments-segments.md``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.reading.decide import picked
from analysis.experiments.reading.segments import SegmentReading
from analysis.tabular import Tabular


@dataclass(frozen=True)
class Target:
    """One segment: how many customers would be treated, the expected money with its interval, and what to do.

    ``advice`` is ``send`` when the whole interval lies above 0, ``hold`` when it lies below, else ``unclear``.
    """

    segment: str
    customers: float
    money: Estimate
    advice: Literal["send", "hold", "unclear"]


@dataclass(frozen=True)
class Targeting(
    Tabular,
    rows="targets",
    columns=("segment", "customers", "money=money.value", "low=money.low", "high=money.high", "advice"),
):
    """All segments, best first; ``chosen`` is the money of those to send to (None when there are none), ``everyone``
    that of treating all segments read.

    The interval of ``chosen`` adds up the corrected ends of its segments: it holds although they were chosen after
    looking, which the sum of the single intervals would not.
    """

    targets: tuple[Target, ...]
    chosen: Estimate | None
    everyone: Estimate
    n_chosen: float


def whom_to_send(
    reading: SegmentReading,
    *,
    value_per_unit: float,
    cost_per_customer: float = 0.0,
    customers: Mapping[str, float] | None = None,
) -> Targeting:
    """Return the expected money of treating each segment.

    Effects are drawn towards that of all (empirical Bayes); of those that are sent to because their interval lies above
    0, what to expect of them after having been picked so (``expected_when_picked``).

    Parameters
    ----------
    reading : SegmentReading
    value_per_unit : float
        Money of one conversion for a share, 1 for a metric already in money; below 0 where less is better.
    cost_per_customer : float
        Money spent for each customer treated, 0 or more.
    customers : mapping of segment to count, optional
        Whom one would treat; without it those of the experiment.

    Raises
    ------
    AnalysisError
        ``experiment_bad_value`` (value is 0, or no finite number; cost or a count below 0).

    References
    ----------
    Miller (1981), Simultaneous statistical inference, ch. 1: intervals that hold together hold for any sum of their
    effects, chosen before or after looking.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
    >>> from analysis.experiments.reading.segments import read_segments
    >>> rows = pd.DataFrame({"arm": ["A", "B"] * 200, "city": ["x", "x", "y", "y"] * 100, "spend": range(400)})
    >>> rows.loc[(rows.arm == "B") & (rows.city == "y"), "spend"] += 200
    >>> choice = ReadParams(arm="arm", segment="city", metrics=(Metric(column="spend", kind="mean"),))
    >>> found = read_segments(read_experiment(rows, choice), metric="spend", treatment="B")
    >>> [(item.segment, item.advice) for item in whom_to_send(found, value_per_unit=1.0).targets]
    [('y', 'send'), ('x', 'unclear')]
    """
    sizes = {effect.segment: float(effect.n_control + effect.n_treatment) for effect in reading.effects}
    sizes |= {segment: float(size) for segment, size in (customers or {}).items() if segment in sizes}
    figures = [value_per_unit, cost_per_customer, *sizes.values()]
    if value_per_unit == 0 or cost_per_customer < 0 or not all(map(math.isfinite, figures)) or min(sizes.values()) < 0:
        raise AnalysisError("experiment_bad_value")
    targets = []
    for effect in reading.effects:
        size = sizes[effect.segment]
        # The one that looks best looks better than it is: the value is what to expect, the interval that of the effect.
        estimate = effect.absolute if effect.expected is None else _within(effect.absolute, effect.expected)
        money = _money(estimate, size * value_per_unit, size * cost_per_customer)
        advice = "unclear" if money.low is None or money.high is None else _advice(money.low, money.high)
        if advice == "send" and size > 0:
            money = _expected(_money(effect.absolute, size * value_per_unit, size * cost_per_customer))
        targets.append(Target(effect.segment, size, money, advice))
    targets.sort(key=lambda target: (-target.money.value, target.segment))
    total = sum(sizes.values())
    send = [target for target in targets if target.advice == "send"]
    return Targeting(
        tuple(targets),
        _together(send, reading.overall.level) if send else None,
        _money(reading.overall, total * value_per_unit, total * cost_per_customer),
        sum(target.customers for target in send),
    )


def _within(effect: Estimate, value: float) -> Estimate:
    low, high = effect.low, effect.high
    value = value if low is None else max(value, low)
    return replace(effect, value=value if high is None else min(value, high))


def _money(effect: Estimate, scale: float, cost: float) -> Estimate:
    ends = [None if end is None else end * scale - cost for end in (effect.low, effect.high)]
    low, high = ends if scale >= 0 else ends[::-1]
    return Estimate(effect.value * scale - cost, low, high, effect.level, f"{effect.convention}_money")


def _expected(money: Estimate) -> Estimate:
    """Return the money of a segment that was picked because the low end of its interval lies above 0."""
    return picked(money, 0.0)


def _advice(low: float, high: float) -> Literal["send", "hold", "unclear"]:
    return "send" if low > 0 else "hold" if high < 0 else "unclear"


def _together(targets: list[Target], level: float) -> Estimate:
    low = sum(target.money.low or 0.0 for target in targets)
    high = sum(target.money.high or 0.0 for target in targets)
    return Estimate(sum(target.money.value for target in targets), low, high, level, "bonferroni_sum_money")
