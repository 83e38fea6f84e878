"""Which sentence of a plan or a split may be said: a table with the condition on numbers of each, over drawn plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.choices import PlanChoices
from analysis.experiments.plan_experiment import MOST_WEEKS, PlannedExperiment, PlanSource, plan_experiment
from analysis.experiments.plan_words import enough_text, plan_answer
from analysis.experiments.planning.clusters import Clusters, ClustersSeen
from analysis.experiments.planning.outlook import SegmentOutlook
from analysis.experiments.planning.plan import power_of
from analysis.experiments.record import KeptPlan
from texts import catalogue, translator


@dataclass(frozen=True)
class Said:
    """A plan, and customers and whole stores of each group that are held against it."""

    plan: PlannedExperiment
    sizes: dict[str, int]
    units: dict[str, int] | None

    @property
    def enough(self) -> bool:
        return self.plan.customers is not None and self.plan.customers >= self.plan.needed.n_total

    @property
    def rare(self) -> bool:
        effect, base = abs(self.plan.needed.effect), abs(self.plan.plan.baseline)
        return effect >= 0.2 if self.plan.choices.is_share else effect >= base > 0

    @property
    def in_segment(self) -> bool:
        return self.plan.source is not None and self.plan.source.is_segment

    @property
    def off(self) -> float:
        return self.plan.attained - self.plan.needed.power

    @property
    def stores(self) -> tuple[int, int] | None:
        control, treatment = self.plan.needed.clusters_control, self.plan.needed.clusters_treatment
        return None if control is None or treatment is None else (control, treatment)

    def waits(self, most: int = MOST_WEEKS) -> bool:
        weeks, rate = self.plan.weeks, self.plan.per_week
        if not weeks or rate is None or weeks > most or self.plan.plan.clusters is not None:
            return False
        missing = self.plan.needed.n_total - (self.plan.customers or 0)
        return (weeks - 1) * rate < missing <= weeks * rate + 1e-9

    def variation(self) -> float:
        """Return how much the sizes of the units differ: standard deviation over mean."""
        assert self.plan.plan.clusters is not None
        return self.plan.plan.clusters.variation

    def shown(self) -> float:
        """Return the power that those there are have for the smallest effect that is told."""
        plan, smallest = self.plan.plan, self.plan.smallest
        assert smallest is not None and self.plan.customers is not None
        asked = plan.model_copy(update={"effect": smallest, "effect_kind": "absolute"})
        return power_of(asked, self.plan.customers / (1 + plan.split * plan.treatments))


def _fills(said: Said) -> bool:
    groups = said.sizes if said.units is None else said.units
    needed = said.plan.needed
    wanted = (needed.n_control, needed.n_treatment) if said.stores is None else said.stores
    return groups["A"] >= 0.9 * wanted[0] and groups["B"] >= 0.9 * wanted[1] and sum(groups.values()) >= sum(wanted)


def _never(said: Said, *, margin: bool) -> bool:
    return not said.enough and not said.waits() and (said.plan.plan.margin is not None) is margin


MAY_BE_SAID: dict[str, Callable[[Said], bool]] = {
    "plan.then_enough": lambda one: one.enough and (not one.rare or one.plan.plan.margin is not None),
    "plan.then_rare": lambda one: one.rare and one.plan.plan.margin is None,
    "plan.then_weeks": lambda one: not one.enough and one.in_segment and one.waits(),
    "plan.then_weeks_all": lambda one: not one.enough and not one.in_segment and one.waits(),
    "plan.then_never": lambda one: _never(one, margin=False) and one.in_segment,
    "plan.then_never_all": lambda one: _never(one, margin=False) and not one.in_segment,
    "plan.then_never_margin": lambda one: _never(one, margin=True) and one.in_segment,
    "plan.then_never_margin_all": lambda one: _never(one, margin=True) and not one.in_segment,
    "plan.then_never_clusters": lambda one: not one.enough and one.plan.plan.clusters is not None,
    "plan.have_smallest": lambda one: abs(one.shown() - one.plan.plan.power) < 1e-3 or one.plan.smallest == 0,
    "plan.have_nothing": lambda one: one.plan.smallest is None,
    "plan.have_power": lambda one: one.plan.plan.margin is not None,
    "plan.attained_less": lambda one: one.off <= -0.02,
    "plan.attained_more": lambda one: one.off >= 0.02 and one.plan.plan.sequential != "always_valid",
    "plan.attained_looks": lambda one: abs(one.off) >= 0.02 and one.plan.plan.sequential == "always_valid",
    "plan.clusters_times": lambda one: one.stores is not None,
    "plan.clusters_seen": lambda one: one.plan.plan.clusters.icc_high is not None,  # type: ignore[union-attr]
    "plan.clusters_uneven": lambda one: one.plan.choices.cluster_size is not None and one.variation() > 0.6,
    "plan.clusters_few": lambda one: one.stores is not None and min(one.stores) < 6,
    "plan.have_clusters": lambda one: one.stores is not None,
    "split.as_planned": lambda one: one.stores is None and one.units is None and _fills(one),
    "split.too_few": lambda one: one.stores is None and one.units is None,
    "split.as_planned_clusters": lambda one: one.units is not None and _fills(one),
    "split.too_few_clusters": lambda one: one.units is not None and not _fills(one),
    "split.plan_by_customer": lambda one: one.stores is None and one.units is not None,
    "split.plan_by_cluster": lambda one: one.stores is not None and one.units is None,
}


class Heard:
    """A translator that notes which sentences it was asked for."""

    def __init__(self) -> None:
        self.inner, self.keys = translator("en"), list[str]()

    def __call__(self, key: str, **facts: Any) -> str:
        self.keys.append(key)
        return self.inner(key, **facts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def drawn(rng: np.random.Generator) -> tuple[PlanChoices, PlanSource | None]:
    """Return a plan of a share or of money, by customer or by store, typed or of a segment."""
    whole = bool(rng.random() < 0.4)
    plan = PlanChoices(
        metric=str(rng.choice(["proportion", "proportion", "revenue"])), baseline=float(rng.choice([0.5, 8, 40])),
        points=float(rng.choice([0.4, 3, 12, 45])), amount=float(rng.choice([2, 10, 60])),
        split=float(rng.choice([1, 1, 0.25])), treatments=int(rng.choice([1, 1, 2])),
        formula=str(rng.choice(["pooled_average", "evan_miller"])), non_inferior=bool(rng.random() < 0.15),
        sequential="fixed" if whole else str(rng.choice(["fixed", "fixed", "always_valid"])),
        customers=int(rng.choice([40, 600, 20_000])), per_week=rng.choice([None, 0.5, 300]),
    )  # fmt: skip
    if rng.random() < 0.5:
        sizes = {"cluster_size": float(rng.choice([10, 80])), "cluster_variation": float(rng.choice([50, 120]))}
        typed = {**sizes, "icc": float(rng.choice([0.0, 0.05]))} if whole else {}
        return plan.model_copy(update=typed), None
    n = int(rng.choice([60, 900, 40_000]))
    seen = ClustersSeen(30, n, Clusters(size=n / 30, icc=0.03, icc_low=0.01, icc_high=0.1))
    outlook = SegmentOutlook("x", n, n, ProportionStatistic(n, n // 5), 9.0, False, (), seen, 30, n)
    segment = {"metric": "proportion", "source": "rfm|x", "cluster": "city" if whole else ""}
    return plan.model_copy(update=segment), PlanSource("rfm", "x", {"x": "Loyal"}, (outlook,), "City")


def test_no_sentence_of_a_plan_is_said_without_its_condition_and_all_are_said():
    rng, seen = np.random.default_rng(21), set[str]()
    for _ in range(420):
        choices, source = drawn(rng)
        try:
            found = plan_experiment(choices, source)
        except AnalysisError:
            continue
        t: Any = Heard()
        plan_answer(found, t)
        times = float(rng.choice([0.3, 1.0, 1.3]))
        groups = {"A": found.needed.n_control, "B": found.needed.n_treatment}
        stores = {"A": found.needed.clusters_control or 9, "B": found.needed.clusters_treatment or 9}
        units = None if rng.random() < 0.5 else {arm: int(n * times) for arm, n in stores.items()}
        said = Said(found, {arm: int(n * times) for arm, n in groups.items()}, units)
        if found.plan.treatments == 1:
            enough_text(said.sizes, KeptPlan(choices=found.plan, metric=choices.metric), t, units=units)
        for key in set(t.keys) & MAY_BE_SAID.keys():
            assert MAY_BE_SAID[key](said), (key, choices)
            seen.add(key)
    assert seen == MAY_BE_SAID.keys()


def test_every_sentence_of_a_plan_that_claims_something_stands_in_the_table():
    claims = ("plan.then_", "plan.have_", "plan.attained_", "plan.clusters_", "split.as_planned", "split.too_few")
    levels = {
        "plan.have_segment",
        *(f"plan.have_{what}{of}" for what in ("ordered", "spent", "feature") for of in ("", "_segment")),
    }
    listed = {key for key in catalogue() if key.startswith((*claims, "split.plan_by"))}
    assert listed - levels == MAY_BE_SAID.keys()
