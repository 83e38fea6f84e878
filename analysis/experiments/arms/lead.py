"""The simplest test that may be watched all the time: stop when one arm leads by enough conversions.

It needs conversions only, no visitors: equal traffic, and a walk that goes up with each conversion of treatment and
down with each of control. Method, sources and limits: ``docs/methods/experiments-sequential.md``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import ALPHA, check_alpha

_MOST = 10_000_000


@dataclass(frozen=True)
class LeadDesign:
    """Stop for treatment when it leads by ``lead`` conversions, stop without a winner at ``conversions`` of both.

    ``false_alarm`` and ``power`` (0..1) are those of exactly this pair.
    """

    conversions: int
    lead: int
    false_alarm: float
    power: float


def lead_design(lift: float, *, alpha: float = ALPHA, power: float = 0.8) -> LeadDesign:
    """Return the smallest design that finds a relative lift with the power wanted; one-sided.

    Parameters
    ----------
    lift : float
        Relative, above 0: 0.1 is a tenth more conversions.

    Raises
    ------
    AnalysisError
        ``experiment_zero_effect`` (lift not above 0), ``experiment_bad_power``, ``experiment_bad_alpha``,
        ``experiment_too_many_needed``.

    References
    ----------
    Miller (2015), Simple sequential A/B testing: the table gives 170 and 26 for half more, 808 and 56 for a fifth,
    2,922 and 106 for a tenth. Crossing by reflection: Feller (1968), vol. 1, ch. III and XIV.

    Examples
    --------
    >>> design = lead_design(0.5)
    >>> design.conversions, design.lead
    (170, 26)
    """
    check_alpha(alpha)
    if not 0 < lift < float("inf"):
        raise AnalysisError("experiment_zero_effect")
    if not alpha < power < 1:
        raise AnalysisError("experiment_bad_power", power=power)
    up = (1 + lift) / (2 + lift)
    low, high = 1, 2
    while _longest(high, alpha) <= _MOST and crossing(_longest(high, alpha), high, up) < power:
        low, high = high, high * 2
    if _longest(high, alpha) > _MOST:
        raise AnalysisError("experiment_too_many_needed")
    # The power at the longest run that a lead allows rises with the lead.
    while high - low > 1:
        middle = (low + high) // 2
        enough = crossing(_longest(middle, alpha), middle, up) >= power
        low, high = (low, middle) if enough else (middle, high)
    shortest = _first(high, lambda n: crossing(n, high, up) >= power, _longest(high, alpha))
    return LeadDesign(shortest, high, crossing(shortest, high, 0.5), crossing(shortest, high, up))


def judge_lead(
    control: int, treatment: int, design: LeadDesign
) -> Literal["treatment_wins", "no_winner", "keep_running"]:
    """Say what the conversions so far mean under the design.

    Raises ``experiment_negative_count``, ``experiment_not_a_number``.

    Examples
    --------
    >>> judge_lead(60, 86, LeadDesign(170, 26, 0.05, 0.8))
    'treatment_wins'
    """
    for name, value in (("control", control), ("treatment", treatment)):
        if not math.isfinite(value):
            raise AnalysisError("experiment_not_a_number", field=name)
        if value < 0:
            raise AnalysisError("experiment_negative_count", field=name, value=value)
    if treatment - control >= design.lead:
        return "treatment_wins"
    return "no_winner" if control + treatment >= design.conversions else "keep_running"


def crossing(conversions: int, lead: int, up: float) -> float:
    """Return how likely treatment leads by ``lead`` at some time within so many conversions.

    ``up`` is how likely a conversion is one of treatment (0.5 without an effect). Raises ``experiment_bad_baseline``
    for one not within 0..1.

    Examples
    --------
    >>> round(crossing(3, 1, 0.5), 6)
    0.625
    """
    from scipy.stats import binom

    if not 0 <= up <= 1:
        raise AnalysisError("experiment_bad_baseline", baseline=up)
    if up == 0:
        return 1.0 if lead <= 0 else 0.0
    # The walk is at 2k − n after k of n steps up: at or above the lead for k >= (n + lead) / 2.
    least = -(-(conversions + lead) // 2)
    above = least + (1 if (conversions + lead) % 2 == 0 else 0)
    if up >= 1:
        return 1.0 if conversions >= lead else 0.0
    back = math.exp(lead * math.log(up / (1 - up)) + float(binom.logsf(above - 1, conversions, 1 - up)))
    return min(float(binom.sf(least - 1, conversions, up)) + back, 1.0)


def _longest(lead: int, alpha: float) -> int:
    """Return the most conversions after which a lead without an effect is still as seldom as ``alpha``."""
    return _first(lead, lambda n: crossing(n, lead, 0.5) > alpha, _MOST * 2 + lead) - 2


def _first(lead: int, holds: Callable[[int], bool], most: int) -> int:
    """Return the first number of conversions, of the parity of the lead, for which a rising condition holds."""
    low, high = 0, max((most - lead) // 2, 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(lead + 2 * middle) else (middle + 1, high)
    return lead + 2 * low
