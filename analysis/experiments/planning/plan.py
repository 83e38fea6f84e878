"""How many customers, how long, and what can be seen: planning before the first mail is sent.

Method, sources and limits: ``docs/methods/experiments-plan.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import check_alpha
from analysis.experiments.arms.sequential import TUNING, always_valid_quantile, group_design
from analysis.experiments.planning.clusters import Clusters, check_clusters, least_in_arm, power_of_clusters
from analysis.experiments.planning.noncentral import power_of_t
from analysis.experiments.planning.skewed_power import SkewedArms
from analysis.experiments.rows.clusters import FEWEST
from analysis.params import Params
from analysis.tabular import Tabular

ProportionFormula = Literal["evan_miller", "pooled_average", "arcsine"]
MeanFormula = Literal["noncentral_t", "normal"]
MOST = 1e12
_MOST_TIMES = 1e6


class Design(Params):
    """What every plan shares.

    ``split`` is customers in each treatment per customer in control. With several treatments ``alpha`` is divided by
    their number (Bonferroni) unless ``correction`` is ``"none"``. ``margin`` (absolute, positive) asks whether
    treatment is not worse than control by more than that; the test is then one-sided at half of ``alpha`` (2.5 %), as
    each end of a 95 % interval is, unless ``sides`` says one-sided already, and the effect may be 0.
    ``looks`` counts for the group-sequential kinds only. With ``clusters`` whole stores or classes get an arm; sizes
    are still customers, as many as so many clusters have on average.
    """

    effect: float
    effect_kind: Literal["absolute", "relative"] = "absolute"
    alpha: float = 0.05
    power: float = 0.8
    sides: Literal["two_sided", "one_sided"] = "two_sided"
    split: float = 1.0
    treatments: int = 1
    correction: Literal["bonferroni", "none"] = "bonferroni"
    margin: float | None = None
    sequential: Literal["fixed", "obrien_fleming", "pocock", "always_valid"] = "fixed"
    looks: int = 5
    clusters: Clusters | None = None


class ProportionPlan(Design):
    """A plan for a share: ``baseline`` is control's, 0..1."""

    kind: Literal["proportion"] = "proportion"
    baseline: float
    formula: ProportionFormula = "pooled_average"


class MeanPlan(Design):
    """A plan for a mean, revenue with many zeros or a ratio: ``baseline`` and ``sd`` of one customer.

    A relative effect is taken to multiply amounts, so that treatment's spread grows with it. ``skewness`` is that of
    one customer (0 of normal amounts, twice ``sd / baseline`` of gamma ones): in unequal arms, and where amounts are
    multiplied, the power of the test that is read depends on it.
    """

    kind: Literal["mean"] = "mean"
    baseline: float
    sd: float
    skewness: float = 0.0
    formula: MeanFormula = "noncentral_t"


Plan = ProportionPlan | MeanPlan


PLANNED = (
    "n_control", "n_treatment", "n_total", "n_exact", "formula", "alpha", "power", "effect", "relative",
    "clusters_control", "clusters_treatment",
)  # fmt: skip


@dataclass(frozen=True)
class Planned(Tabular, columns=PLANNED):
    """What a plan needs.

    ``n_control`` and ``n_treatment`` (each treatment) are whole customers, ``n_exact`` control's before rounding;
    ``formula`` names the convention; ``alpha`` is that of one comparison after the correction; ``power`` that of the
    rounded sizes; ``effect`` is absolute, ``relative`` the same over the baseline (None when that is 0, or next to it).
    ``clusters_control`` and ``clusters_treatment`` (each treatment) are whole clusters, None where there are none.
    """

    n_control: int
    n_treatment: int
    n_total: int
    n_exact: float
    formula: str
    alpha: float
    power: float
    effect: float
    relative: float | None
    clusters_control: int | None = None
    clusters_treatment: int | None = None


def sample_size(plan: Plan) -> Planned:
    """Return the customers that the plan needs.

    Evan Miller's figure is rounded to the nearest as his page does; all others are rounded up. With unequal arms a
    share is planned by the pooled average, whatever the formula: the others are for equal arms.

    Raises
    ------
    AnalysisError
        ``experiment_bad_baseline``, ``experiment_zero_effect``, ``experiment_effect_out_of_range``,
        ``experiment_bad_power``, ``experiment_bad_alpha``, ``experiment_bad_split``, ``experiment_bad_sd``,
        ``experiment_bad_margin``, ``experiment_bad_treatments``, ``experiment_too_many_needed``; of clusters
        ``experiment_bad_cluster_size``, ``experiment_bad_icc``, ``experiment_clusters_looks``.

    Examples
    --------
    >>> plan = ProportionPlan(baseline=0.2, effect=0.05)
    >>> [sample_size(plan.model_copy(update={"formula": f})).n_control for f in ("evan_miller", "pooled_average")]
    [1030, 1094]
    """
    from scipy.optimize import brentq

    effect, plan = _checked(plan), for_arms(plan)
    least = 2.0 if isinstance(plan, MeanPlan) else 1.0
    least = max(least, least / plan.split) if plan.clusters is None else least_in_arm(plan.clusters, plan.split)
    if least * max(plan.split, 1.0) > MOST or _power(plan, MOST, effect) < plan.power:
        raise AnalysisError("experiment_too_many_needed")
    exact = least
    if _power(plan, least, effect) < plan.power:
        root: Any = brentq(
            lambda log: _power(plan, math.exp(log), effect) - plan.power, math.log(least), math.log(MOST), xtol=1e-13
        )
        exact = math.exp(root)
    if plan.clusters is not None:
        return _whole_clusters(plan, plan.clusters, exact, effect)
    nearest = (
        isinstance(plan, ProportionPlan)
        and plan.formula == "evan_miller"
        and plan.split == 1
        and plan.sequential == "fixed"
    )
    control = max(round(exact), 1) if nearest else math.ceil(exact - 1e-6)
    treatment = math.ceil(exact * plan.split - 1e-6) if plan.split != 1 else control
    return Planned(
        control,
        treatment,
        control + plan.treatments * treatment,
        exact,
        _formula(plan),
        _alpha(plan),
        _power(plan, control, effect),
        effect,
        _relative(plan, effect),
    )


def _whole_clusters(plan: Plan, clusters: Clusters, exact: float, effect: float) -> Planned:
    control = math.ceil(exact / clusters.size - 1e-6)
    treatment = math.ceil(exact / clusters.size * plan.split - 1e-6)
    n_control, n_treatment = (round(n * clusters.size) for n in (control, treatment))
    return Planned(
        n_control,
        n_treatment,
        round((control + plan.treatments * treatment) * clusters.size),
        exact,
        _formula(plan),
        _alpha(plan),
        _power(plan, control * clusters.size, effect),
        effect,
        _relative(plan, effect),
        control,
        treatment,
    )


def _relative(plan: Plan, effect: float) -> float | None:
    relative = None if plan.baseline == 0 else effect / abs(plan.baseline)
    return relative if relative is not None and math.isfinite(relative) else None


def power_of(plan: Plan, n_control: float) -> float:
    """Return the power of the plan with this many customers in control (its own ``power`` is not used)."""
    effect = _checked(plan)
    _check_size(plan, n_control)
    return _power(plan, n_control, effect)


def smallest_effect(plan: Plan, n_control: float) -> float:
    """Return the smallest absolute effect seen with the plan's power, in the direction of the plan's effect.

    With a margin it is the lowest true effect at which the plan's power is reached; it may be below 0.

    Raises ``experiment_nothing_detectable`` when even the largest possible effect of a share would be missed.

    Examples
    --------
    >>> round(smallest_effect(ProportionPlan(baseline=0.08, effect=0.01), 206), 3)
    0.091
    """
    from scipy.optimize import brentq

    effect, plan = _checked(plan), for_arms(plan)
    _check_size(plan, n_control)
    sign = -1.0 if effect < 0 and plan.margin is None else 1.0
    least = 0.0 if plan.margin is None else -plan.margin * (1 - 1e-9)
    if isinstance(plan, ProportionPlan):
        most = (1 - plan.baseline if sign > 0 else plan.baseline) * (1 - 1e-9)
        least = max(least, -plan.baseline * (1 - 1e-9))
    else:
        most = plan.sd * 1e6
    if not math.isfinite(most) or not math.isfinite(least):
        raise AnalysisError("experiment_too_extreme")
    if _power(plan, n_control, sign * most) < plan.power:
        raise AnalysisError("experiment_nothing_detectable", n=int(n_control))
    if _power(plan, n_control, sign * least) >= plan.power:
        return sign * least
    root: Any = brentq(lambda d: _power(plan, n_control, sign * d) - plan.power, least, most, xtol=1e-12)
    return sign * float(root)


def weeks_needed(planned: Planned, per_week: float) -> int:
    """Return the whole weeks until all arms are full; ``experiment_no_traffic`` when nobody comes."""
    if not per_week > 0 or not math.isfinite(per_week):
        raise AnalysisError("experiment_no_traffic")
    weeks = planned.n_total / per_week
    if not math.isfinite(weeks):
        raise AnalysisError("experiment_too_extreme")
    return max(1, math.ceil(weeks))


def power_over_sizes(plan: Plan, sizes: list[int]) -> list[tuple[int, float]]:
    """Return (customers in control, power) for a curve."""
    return [(size, power_of(plan, size)) for size in sizes]


def power_over_weeks(plan: Plan, per_week: float, weeks: int) -> list[tuple[int, float]]:
    """Return (week, power) when ``per_week`` customers of all arms come in each week.

    Weeks with fewer than two customers in an arm are left out. Raises as ``power_of``.
    """
    _checked(plan)
    shares = 1 + plan.split * plan.treatments
    sizes = [(week, week * per_week / shares) for week in range(1, weeks + 1)]
    least = least_in_arm(plan.clusters, plan.split)
    return [(week, power_of(plan, size)) for week, size in sizes if size >= least]


def for_arms(plan: Plan) -> Plan:
    """Return the plan by a formula that fits its arms.

    Evan Miller's and the arcsine formula are for equal ones; elsewhere they promise a power that is not there.
    """
    if isinstance(plan, ProportionPlan) and plan.split != 1 and plan.margin is None:
        return plan.model_copy(update={"formula": "pooled_average"})
    return plan


def _check_size(plan: Plan, n_control: float) -> None:
    if plan.clusters is not None and n_control < least_in_arm(plan.clusters, plan.split) * (1 - 1e-9):
        fewest = min(n_control, n_control * plan.split) / plan.clusters.size
        raise AnalysisError("experiment_few_clusters", n=int(fewest), least=FEWEST)
    if min(n_control, n_control * plan.split) < 2:
        raise AnalysisError("experiment_too_few", n=int(min(n_control, n_control * plan.split)), least=2)
    if not math.isfinite(n_control * (1 + plan.split)):
        raise AnalysisError("experiment_too_extreme")


def _checked(plan: Plan) -> float:
    """Refuse what has no answer; return the absolute effect."""
    check_alpha(plan.alpha)
    check_clusters(plan.clusters)
    if plan.clusters is not None and plan.sequential != "fixed":
        raise AnalysisError("experiment_clusters_looks")
    if not plan.alpha < plan.power < 1:
        raise AnalysisError("experiment_bad_power", power=plan.power)
    if not 0 < plan.split < math.inf:
        raise AnalysisError("experiment_bad_split", split=plan.split)
    if plan.treatments < 1:
        raise AnalysisError("experiment_bad_treatments", treatments=plan.treatments)
    if plan.margin is not None and not 0 < plan.margin < math.inf:
        raise AnalysisError("experiment_bad_margin", margin=plan.margin)
    if not math.isfinite(plan.baseline) or not math.isfinite(plan.effect):
        raise AnalysisError("experiment_not_a_number", field="baseline" if math.isfinite(plan.effect) else "effect")
    if isinstance(plan, ProportionPlan) and not 0 < plan.baseline < 1:
        raise AnalysisError("experiment_bad_baseline", baseline=plan.baseline)
    if isinstance(plan, MeanPlan) and not 0 < plan.sd < math.inf:
        raise AnalysisError("experiment_bad_sd", sd=plan.sd)
    if isinstance(plan, MeanPlan) and not math.isfinite(plan.skewness):
        raise AnalysisError("experiment_not_a_number", field="skewness")
    if plan.effect_kind == "relative" and plan.baseline == 0:
        raise AnalysisError("experiment_zero_baseline")
    effect = plan.effect * (abs(plan.baseline) if plan.effect_kind == "relative" else 1)
    if effect + (plan.margin or 0) == 0 or (plan.margin is not None and effect <= -plan.margin):
        raise AnalysisError("experiment_zero_effect")
    if isinstance(plan, ProportionPlan) and not 0 < plan.baseline + effect < 1:
        raise AnalysisError("experiment_effect_out_of_range", baseline=plan.baseline, effect=effect)
    return effect


def _alpha(plan: Plan) -> float:
    alpha = plan.alpha / 2 if plan.margin is not None and plan.sides == "two_sided" else plan.alpha
    return alpha / plan.treatments if plan.correction == "bonferroni" else alpha


def comparison_tail(plan: Plan) -> float:
    """Return the chance of an error in the direction of the effect, of one comparison."""
    alpha = _alpha(plan)
    return alpha / 2 if plan.sides == "two_sided" and plan.margin is None else alpha


def _formula(plan: Plan) -> str:
    name: str = plan.formula if plan.margin is None else "non_inferiority_unpooled"
    if plan.clusters is not None:
        return "cluster_t" if plan.margin is None else "cluster_t_non_inferiority"
    if isinstance(plan, MeanPlan):
        name = "normal" if plan.sequential != "fixed" else plan.formula
        name += "_non_inferiority" if plan.margin is not None else ""
    return name if plan.sequential == "fixed" else f"{name}_{plan.sequential}"


def _power(plan: Plan, n: float, effect: float) -> float:
    """Return the power with ``n`` customers in control."""
    from scipy.special import ndtr, ndtri

    tail = comparison_tail(plan)
    critical = float(ndtri(1 - tail))
    if plan.sequential == "always_valid":
        critical = always_valid_quantile(int(n * (1 + plan.split)) + 1, alpha=2 * tail, tuning=TUNING)
    elif plan.sequential != "fixed":
        # A sequential test of n customers is as sharp as a fixed one of n / inflation.
        n = n / group_design(plan.sequential, plan.looks, alpha=2 * tail, power=plan.power).inflation
    distance = abs(effect) if plan.margin is None else effect + plan.margin
    if plan.clusters is not None:
        arms, spreads = (n, n * plan.split), _variances(plan, effect)
        return power_of_clusters(plan.clusters, arms, spreads, distance, tail)
    if isinstance(plan, MeanPlan):
        times = _times(plan)
        # Both arms' variances over their sizes; as one spread it is that of equal arms where nothing is multiplied.
        spread = plan.sd * math.sqrt((plan.split + times * times) / (1 + plan.split))
        shift = distance / spread * math.sqrt(n * plan.split / (1 + plan.split))
        df = n * (1 + plan.split) - 2
        by_t = plan.formula == "noncentral_t" and plan.sequential == "fixed" and df <= 1e6
        if plan.skewness and (plan.split != 1 or times != 1 or plan.margin is not None):
            sign = math.copysign(1, effect) if plan.margin is None else 1.0
            if times > _MOST_TIMES:
                raise AnalysisError("experiment_too_extreme")
            arms = SkewedArms(n, n * plan.split, plan.sd, plan.skewness, times, sign)
            if plan.margin is not None:
                # Whether amounts are worse than a margin is asked at the ratio that the margin is, in equal arms too.
                at = max(1 - plan.margin / plan.baseline, 0.25) if plan.baseline > 0 else 1.0
                arms = replace(arms, read_at=at, unequal=1.0)
            if plan.sequential == "always_valid":
                return arms.power_at(distance, critical)
            return arms.power(distance, tail, df if by_t else math.inf)
        if not by_t:
            return float(ndtr(shift - critical))
        return power_of_t(shift, df, tail)
    p1, p2 = plan.baseline, plan.baseline + effect
    spread = math.sqrt((p1 * (1 - p1) + p2 * (1 - p2) / plan.split) / n)
    if not 0 < spread < math.inf:
        raise AnalysisError("experiment_too_extreme")
    if plan.margin is not None:
        return float(ndtr(distance / spread - critical))
    if plan.formula == "arcsine":
        h = abs(2 * math.asin(math.sqrt(p2)) - 2 * math.asin(math.sqrt(p1)))
        return float(ndtr(h * math.sqrt(n * plan.split / (1 + plan.split)) - critical))
    null = p1 if plan.formula == "evan_miller" else (p1 + plan.split * p2) / (1 + plan.split)
    still = math.sqrt(null * (1 - null) * (1 + 1 / plan.split) / n)
    return float(ndtr((distance - critical * still) / spread))


def _times(plan: MeanPlan) -> float:
    """Return how many times the spread treatment has: a relative effect multiplies amounts."""
    return 1 + plan.effect if plan.effect_kind == "relative" and plan.effect > -1 and plan.margin is None else 1.0


def _variances(plan: Plan, effect: float) -> tuple[float, float]:
    """Return the variance of one customer in control and in treatment."""
    if isinstance(plan, MeanPlan):
        return plan.sd**2, (plan.sd * _times(plan)) ** 2
    p1, p2 = plan.baseline, plan.baseline + effect
    return p1 * (1 - p1), p2 * (1 - p2)
