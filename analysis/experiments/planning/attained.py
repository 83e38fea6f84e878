"""How likely the test that is read finds the effect planned for, where the formula of the plan says something else.

Method, sources and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math

from analysis.experiments.arms.crossing import crossing_probability
from analysis.experiments.arms.sequential import TUNING, always_valid_quantile
from analysis.experiments.planning.plan import Plan, Planned, ProportionPlan, comparison_tail, power_of

# Standard deviations of a count that are counted through, and how large they may be: beyond, the formula is as good.
_REACH, _MOST_SD = 7.0, 60.0


def attained_power(plan: Plan, planned: Planned) -> float:
    """Return the power of the test that is read, with the whole customers that the plan needs.

    Of a share looked at once that of the pooled z test, counted exactly over both binomial counts, or by its normal
    formula where the counts are large; of an always-valid plan the chance to be clear at one of its ``looks``, equally
    spaced. Of the others it is the power of the formula itself.

    Examples
    --------
    >>> plan = ProportionPlan(baseline=0.2, effect=0.05, formula="evan_miller")
    >>> from analysis.experiments.planning.plan import sample_size
    >>> planned = sample_size(plan)
    >>> round(planned.power, 3), round(attained_power(plan, planned), 3)
    (0.8, 0.777)
    """
    if plan.clusters is not None or plan.margin is not None or plan.sequential in ("obrien_fleming", "pocock"):
        return planned.power
    if plan.sequential == "always_valid":
        return _at_some_look(plan, planned)
    return _of_shares(plan, planned) if isinstance(plan, ProportionPlan) else planned.power


def _at_some_look(plan: Plan, planned: Planned) -> float:
    from scipy.special import ndtri

    alpha, n = 2 * comparison_tail(plan), planned.n_control + planned.n_treatment
    bounds = [
        always_valid_quantile(max(round(n * look / plan.looks), 1), alpha=alpha, tuning=TUNING)
        for look in range(1, plan.looks + 1)
    ]
    return crossing_probability(bounds, drift=bounds[-1] + float(ndtri(planned.power)))


def _of_shares(plan: ProportionPlan, planned: Planned) -> float:
    import numpy as np
    from scipy.special import ndtri
    from scipy.stats import binom

    sizes, shares = (planned.n_control, planned.n_treatment), (plan.baseline, plan.baseline + planned.effect)
    spreads = [math.sqrt(n * p * (1 - p)) for n, p in zip(sizes, shares, strict=True)]
    if max(spreads) > _MOST_SD:
        return power_of(plan.model_copy(update={"formula": "pooled_average"}), planned.n_control)
    counts = [
        np.arange(max(math.floor(n * p - _REACH * sd - 5), 0), min(math.ceil(n * p + _REACH * sd + 5), n) + 1)
        for n, p, sd in zip(sizes, shares, spreads, strict=True)
    ]
    a, b = counts[0][:, None], counts[1][None, :]
    pooled = (a + b) / sum(sizes)
    still = np.sqrt(pooled * (1 - pooled) * sum(1 / n for n in sizes))
    # In the direction of the effect: a clear harm where a gain was planned is no finding.
    clear = (b / sizes[1] - a / sizes[0]) * math.copysign(1, planned.effect) > -ndtri(comparison_tail(plan)) * still
    chances = [binom.pmf(count, n, p) for count, n, p in zip(counts, sizes, shares, strict=True)]
    return float(chances[0] @ clear @ chances[1])
