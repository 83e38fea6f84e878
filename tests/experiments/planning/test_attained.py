"""The power of the test that is read, where the formula of a plan says something else."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from analysis.experiments.arms.proportions import proportion_test
from analysis.experiments.arms.sequential import always_valid_arms
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.planning.attained import attained_power
from analysis.experiments.planning.plan import MeanPlan, ProportionPlan, sample_size

FIVE_POINTS = ProportionPlan(baseline=0.2, effect=0.05)


def of(plan):
    return attained_power(plan, sample_size(plan))


def test_every_pair_of_counts_is_weighed_as_often_as_it_comes():
    plan = ProportionPlan(baseline=0.3, effect=0.5, split=0.75)
    planned = sample_size(plan)
    n, m = planned.n_control, planned.n_treatment
    expected = sum(
        binom.pmf(a, n, 0.3) * binom.pmf(b, m, 0.8)
        for a in range(n + 1)
        for b in range(m + 1)
        if 0 < a + b < n + m
        and b / m > a / n
        and proportion_test(ProportionStatistic(n, a), ProportionStatistic(m, b)).p < 0.05
    )
    assert attained_power(plan, planned) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("plan", "power"),
    [
        (FIVE_POINTS, 0.80),
        (ProportionPlan(baseline=0.2, effect=0.25, effect_kind="relative"), 0.80),
        (FIVE_POINTS.model_copy(update={"formula": "evan_miller"}), 0.778),
        (ProportionPlan(baseline=0.005, effect=0.01), 0.825),
        (ProportionPlan(baseline=0.02, effect=0.01, split=1 / 9), 0.80),
        (ProportionPlan(baseline=0.02, effect=-0.01), 0.808),
        (FIVE_POINTS.model_copy(update={"sequential": "always_valid"}), 0.826),
    ],
)
def test_the_power_attained_is_that_of_simulated_tests(plan, power):
    # 40,000 simulated tests each, through the engine's own functions.
    assert of(plan) == pytest.approx(power, abs=0.006)


def test_a_large_plan_is_told_by_its_normal_formula():
    plan = ProportionPlan(baseline=0.3, effect=0.005)
    assert of(plan) == pytest.approx(0.80, abs=1e-3)


@pytest.mark.parametrize(
    "plan",
    [
        FIVE_POINTS.model_copy(update={"sequential": "pocock"}),
        FIVE_POINTS.model_copy(update={"margin": 0.05, "effect": 0.0}),
        MeanPlan(baseline=10, sd=20, effect=2),
    ],
)
def test_where_the_formula_is_that_of_the_test_its_power_stands(plan):
    assert of(plan) == sample_size(plan).power


def test_more_looks_at_an_always_valid_plan_find_more():
    plans = [FIVE_POINTS.model_copy(update={"sequential": "always_valid", "looks": looks}) for looks in (1, 5, 20)]
    powers = [of(plan) for plan in plans]
    assert powers == sorted(powers)
    assert powers[0] == pytest.approx(0.80, abs=1e-3)


def test_an_always_valid_plan_looked_at_once_finds_as_many_as_is_said():
    plan = FIVE_POINTS.model_copy(update={"sequential": "always_valid", "looks": 1})
    n, rng = sample_size(plan).n_control, np.random.default_rng(1)
    pairs = zip(rng.binomial(n, 0.2, 400).tolist(), rng.binomial(n, 0.25, 400).tolist(), strict=True)
    found = [(always_valid_arms(*(ProportionStatistic(n, x) for x in pair))[0].low or 0.0) > 0 for pair in pairs]
    assert np.mean(found) == pytest.approx(of(plan), abs=0.065)


def test_a_plan_of_very_few_customers_has_its_power_too():
    plan = ProportionPlan(baseline=0.01, effect=0.98)
    planned = sample_size(plan)
    assert planned.n_control < 4
    assert 0 < attained_power(plan, planned) <= 1
