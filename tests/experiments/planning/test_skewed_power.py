"""The power of tests of skewed amounts: simulated tests, mirrors, and what is left without skewness."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from analysis.errors import AnalysisError
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.statistics import MeanStatistic
from analysis.experiments.planning.outlook import with_baseline
from analysis.experiments.planning.plan import MeanPlan, sample_size
from analysis.experiments.planning.skewed_power import SkewedArms

ARMS = SkewedArms(748, 6725, 2.5, 5.0, 1.3)
RISE = MeanPlan(baseline=10, sd=25, skewness=5, effect=0.3, effect_kind="relative")


@pytest.mark.parametrize(
    ("arms", "power"),
    [
        (SkewedArms(7896, 878, 2.5, 5.0, 1.3), 0.791),
        (ARMS, 0.811),
        (SkewedArms(1438, 1438, 2.5, 5.0, 1.3), 0.794),
        (SkewedArms(7236, 804, 2.5, 10.0, 1.3), 0.811),
    ],
)
def test_the_power_is_that_of_simulated_tests(arms, power):
    # 8,000 simulated tests each: gamma amounts (skewness 5), or 53 % who buy nothing and lognormal amounts (10).
    found = arms.power(abs(arms.times - 1), 0.025, arms.n_control + arms.n_treatment - 2)
    assert found == pytest.approx(power, abs=0.02)


def test_a_planned_test_of_unequal_arms_finds_what_it_was_planned_for():
    plan = RISE.model_copy(update={"split": 9.0})
    planned, rng, shape = sample_size(plan), np.random.default_rng(1), (10 / 25) ** 2
    found = 0
    for _ in range(200):
        control = MeanStatistic.from_values(rng.gamma(shape, 10 / shape, planned.n_control))
        treatment = MeanStatistic.from_values(rng.gamma(shape, 13 / shape, planned.n_treatment))
        found += compare_means(control, treatment).test.p < 0.05 and treatment.mean > control.mean
    # Four standard errors; by the plan that knows no skewness .734 were found, with a tenth fewer customers.
    assert found / 200 == pytest.approx(0.80, abs=0.115)
    assert planned.n_control > sample_size(plan.model_copy(update={"skewness": 0.0})).n_control + 50


sizes = st.floats(200, 20_000)


@given(sizes, sizes, st.floats(0.5, 20), st.floats(-30, 30), st.floats(0.5, 2), st.floats(0.01, 1))
def test_a_fall_is_a_rise_of_the_other_arm(n, m, sd, skewness, times, distance):
    fall = SkewedArms(n, m, sd, skewness, times, -1.0)
    rise = SkewedArms(m, n, sd * times, skewness, 1 / times, 1.0)
    assert fall.power(distance, 0.025, n + m - 2) == pytest.approx(rise.power(distance, 0.025, n + m - 2), abs=1e-9)


@given(sizes, sizes, st.floats(-30, 30), st.floats(0.5, 2), st.floats(0, 5))
def test_a_power_is_a_chance_and_grows_with_the_effect(n, m, skewness, times, distance):
    arms = SkewedArms(n, m, 2.5, skewness, times)
    small, large = (arms.power(size, 0.025, n + m - 2) for size in (distance, distance * 1.2))
    assert 0 <= small <= large + 1e-9 <= 1 + 2e-9


def test_without_skewness_the_power_is_that_of_normal_amounts():
    arms = replace(ARMS, skewness=0.0)
    assert arms.power(0.3, 0.025) == pytest.approx(float(ndtr(0.3 / 2.5 / arms.error - 1.959964)), abs=1e-6)
    assert arms.pooled_share == 0


def test_only_unequal_arms_are_read_by_the_pooled_test():
    assert replace(ARMS, n_control=6000, skewness=50.0).pooled_share == 0
    shares = [replace(ARMS, skewness=skewness).pooled_share for skewness in (2.0, 5.0, 8.0, 50.0)]
    assert shares == sorted(shares)
    assert shares[0] < 0.01 < 0.99 < shares[-1]


def test_the_skewness_of_customers_already_seen_is_planned_with():
    values = [0.0] * 95 + [40.0, 60.0, 80.0, 100.0, 400.0]
    seen = with_baseline(MeanPlan(baseline=1, sd=1, effect=1), MeanStatistic.from_values(values))
    away = np.array(values) - np.mean(values)
    assert seen.skewness == pytest.approx((away**3).mean() / (away**2).mean() ** 1.5)
    assert with_baseline(MeanPlan(baseline=1, sd=1, effect=1), MeanStatistic(100, 50.0, 900.0)).skewness == 0


def test_a_skewness_that_is_no_number_is_refused():
    with pytest.raises(AnalysisError) as caught:
        sample_size(RISE.model_copy(update={"skewness": float("nan")}))
    assert (caught.value.code, caught.value.facts["field"]) == ("experiment_not_a_number", "skewness")
