"""Does a test of the size planned find the effect planned for as often as the plan says?"""

from __future__ import annotations

import numpy as np

from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.proportions import proportion_test
from analysis.experiments.arms.result import Estimate
from analysis.experiments.arms.sequential import always_valid_arms, group_design
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, Statistic
from analysis.experiments.planning.attained import attained_power
from analysis.experiments.planning.clusters import Clusters
from analysis.experiments.planning.plan import MeanPlan, Plan, ProportionPlan, sample_size
from analysis.experiments.reading.margins import read_margin
from benchmarks.calibration.kept import Draw, Promises

FIVE_POINTS = ProportionPlan(baseline=0.2, effect=0.05)
RARE = ProportionPlan(baseline=0.005, effect=0.01)
REVENUE = MeanPlan(baseline=10, sd=25, skewness=5, effect=0.3, effect_kind="relative")
BY_STORE = ProportionPlan(baseline=0.1, effect=0.04, clusters=Clusters(size=60, variation=0.5, icc=0.05))
PLANS: dict[str, Plan] = {
    "share": FIVE_POINTS,
    "share, 9/1": FIVE_POINTS.model_copy(update={"split": 1 / 9}),
    "share, 1/9": FIVE_POINTS.model_copy(update={"split": 9.0}),
    "share, arcsine": FIVE_POINTS.model_copy(update={"formula": "arcsine"}),
    "share, Evan Miller": FIVE_POINTS.model_copy(update={"formula": "evan_miller"}),
    "share, half a percent to 1.5": RARE,
    "share, three treatments": FIVE_POINTS.model_copy(update={"treatments": 3}),
    "share, margin": ProportionPlan(baseline=0.2, effect=0, margin=0.05),
    "share, O'Brien-Fleming": FIVE_POINTS.model_copy(update={"sequential": "obrien_fleming"}),
    "share, Pocock": FIVE_POINTS.model_copy(update={"sequential": "pocock"}),
    "share, always valid": FIVE_POINTS.model_copy(update={"sequential": "always_valid"}),
    "share, stores of 60": BY_STORE,
    "share, stores of 60, 1/3": BY_STORE.model_copy(update={"split": 1 / 3}),
    "revenue up 30 %": REVENUE,
    "revenue up 30 %, 9/1": REVENUE.model_copy(update={"split": 1 / 9}),
    "revenue up 30 %, 1/9": REVENUE.model_copy(update={"split": 9.0}),
    "revenue down 20 %, 9/1": REVENUE.model_copy(update={"split": 1 / 9, "effect": -0.2}),
    "revenue up 30 %, 1/3, O'Brien-Fleming": REVENUE.model_copy(update={"split": 3.0, "sequential": "obrien_fleming"}),
    "revenue up 30 %, 9/1, Pocock": REVENUE.model_copy(update={"split": 1 / 9, "sequential": "pocock"}),
    "revenue up 30 %, 1/9, always valid": REVENUE.model_copy(update={"split": 9.0, "sequential": "always_valid"}),
    "revenue up 30 %, 9/1, always valid": REVENUE.model_copy(update={"split": 1 / 9, "sequential": "always_valid"}),
}


def promises(plan: Plan) -> Promises:
    """Return the power that is said to be there, of the test as it is read."""
    return {"finds it": (attained_power(plan, sample_size(plan)), "about")}


def finds(plan: Plan) -> Draw:
    """Return a test of the size planned, with the effect planned for."""
    if isinstance(plan, ProportionPlan) and plan.clusters is not None:
        return _by_store(plan, plan.clusters)
    planned = sample_size(plan)
    looks = 1 if plan.sequential == "fixed" else plan.looks
    bounds = _levels(plan, planned.alpha)

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        control = _grown(plan, rng, planned.n_control, looks, plan.baseline)
        treatment = _grown(plan, rng, planned.n_treatment, looks, plan.baseline + planned.effect)
        for a, b, level in zip(control, treatment, bounds, strict=True):
            if plan.margin is not None:
                found = read_margin(a, b, margin=plan.margin, alpha=planned.alpha).shown
            elif plan.sequential == "always_valid":
                effect = always_valid_arms(a, b, alpha=planned.alpha)[0]
                found = _beyond_0(effect, planned.effect)
            else:
                found = _p(a, b) < level and (b.mean - a.mean) * planned.effect > 0
            if found:
                return {"finds it": True}
        return {"finds it": False}

    return draw


def _by_store(plan: ProportionPlan, clusters: Clusters) -> Draw:
    """Return a test of the stores planned, of lognormal sizes, whose shares have a beta distribution."""
    planned, wide = sample_size(plan), np.sqrt(np.log1p(clusters.variation**2))

    def arm(rng: np.random.Generator, stores: int | None, share: float) -> MeanStatistic:
        sizes = np.maximum(np.round(rng.lognormal(np.log(clusters.size) - wide**2 / 2, wide, stores)), 1).astype(int)
        sharp = 1 / clusters.icc - 1
        shares = rng.beta(share * sharp, (1 - share) * sharp, stores)
        return MeanStatistic.from_values(rng.binomial(sizes, shares) / sizes)

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        a = arm(rng, planned.clusters_control, plan.baseline)
        b = arm(rng, planned.clusters_treatment, plan.baseline + planned.effect)
        found = compare_means(a, b, test="student_pooled_t").test.p < planned.alpha
        return {"finds it": found and b.mean > a.mean}

    return draw


def _beyond_0(effect: Estimate, planned: float) -> bool:
    end = effect.low if planned > 0 else effect.high
    return end is not None and end * planned > 0


def _levels(plan: Plan, alpha: float) -> tuple[float, ...]:
    if plan.sequential in ("obrien_fleming", "pocock"):
        return group_design(plan.sequential, plan.looks, alpha=alpha, power=plan.power).levels
    return (alpha,) * (plan.looks if plan.sequential == "always_valid" else 1)


def _p(control: Statistic, treatment: Statistic) -> float:
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        return proportion_test(control, treatment).p
    return compare_means(control, treatment).test.p


def _grown(plan: Plan, rng: np.random.Generator, n: int, looks: int, mean: float) -> list[Statistic]:
    """Return an arm at each look: a share, or amounts whose spread is that of the plan times the effect."""
    sizes = [n * look // looks for look in range(1, looks + 1)]
    if isinstance(plan, ProportionPlan):
        steps = np.diff([0, *sizes])
        return [
            ProportionStatistic(size, hits)
            for size, hits in zip(sizes, rng.binomial(steps, mean).cumsum().tolist(), strict=True)
        ]
    shape = (plan.baseline / plan.sd) ** 2
    values = rng.gamma(shape, mean / shape, n)
    return [MeanStatistic.from_values(values[:size]) for size in sizes]
