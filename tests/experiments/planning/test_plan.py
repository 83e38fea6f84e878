"""Plans: the published answers of each named formula, other libraries, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import TTestIndPower

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import proportion_test
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.experiments.choices import PlanChoices
from analysis.experiments.plan_experiment import plan_experiment, rule_of
from analysis.experiments.plan_words import plan_answer
from analysis.experiments.planning.outlook import with_baseline
from analysis.experiments.planning.plan import (
    MeanPlan,
    ProportionPlan,
    power_of,
    power_over_sizes,
    power_over_weeks,
    sample_size,
    smallest_effect,
    weeks_needed,
)
from texts import Translator

FIVE_POINTS = ProportionPlan(baseline=0.2, effect=0.05)
SAME = MeanStatistic(3, 3, 3)  # three values of one


def changed(plan, **update):
    return plan.model_copy(update=update)


@pytest.mark.parametrize(("formula", "n"), [("evan_miller", 1030), ("pooled_average", 1094), ("arcsine", 1092)])
def test_twenty_to_twenty_five_percent_has_three_right_answers(formula, n):
    # evanmiller.org sample-size calculator; R power.prop.test; Cohen (1988) h.
    planned = sample_size(changed(FIVE_POINTS, formula=formula))
    assert (planned.n_control, planned.formula) == (n, formula)


@pytest.mark.parametrize(
    ("plan", "n"),
    [
        (FIVE_POINTS, 1093.73904582984),
        (ProportionPlan(baseline=0.05, effect=0.01), 8157.73144784964),
        (ProportionPlan(baseline=0.1, effect=0.2, effect_kind="relative", power=0.9, alpha=0.01), 7280.98788140248),
        (changed(FIVE_POINTS, sides="one_sided"), 861.419777636418),
        # R: power.prop.test(p1 = .50, p2 = .75, power = .90), n = 76.7.
        (ProportionPlan(baseline=0.5, effect=0.25, power=0.9), 76.70693),
        # R: power.t.test(power = .90, delta = 1), n = 22.02110; one-sided 17.84713.
        (MeanPlan(baseline=0, sd=1, effect=1, power=0.9), 22.02110),
        (MeanPlan(baseline=0, sd=1, effect=1, power=0.9, sides="one_sided"), 17.84713),
        (MeanPlan(baseline=0, sd=2, effect=0.5), 252.128116122658),
        (MeanPlan(baseline=0, sd=2, effect=0.5, formula="normal"), 251.16415),
    ],
)
def test_sizes_are_those_that_r_prints(plan, n):
    assert sample_size(plan).n_exact == pytest.approx(n, rel=2e-6)


def test_powers_are_those_of_the_documentation_of_r():
    # R: power.prop.test(n = 50, p1 = .50, p2 = .75), power = 0.740; power.t.test(n = 20, delta = 1), power = 0.8689528.
    assert power_of(ProportionPlan(baseline=0.5, effect=0.25), 50) == pytest.approx(0.7401659, abs=1e-6)
    assert power_of(MeanPlan(baseline=0, sd=1, effect=1), 20) == pytest.approx(0.8689528, abs=1e-6)


def test_unequal_arms_equal_statsmodels():
    plan = MeanPlan(baseline=10, sd=4, effect=1, split=2.5, sides="one_sided")
    expected = TTestIndPower().solve_power(0.25, alpha=0.05, power=0.8, ratio=2.5, alternative="larger")
    assert sample_size(plan).n_exact == pytest.approx(expected, rel=1e-6)


def test_a_planned_size_keeps_its_promise_in_simulation():
    n = sample_size(FIVE_POINTS).n_control
    rng = np.random.default_rng(3)
    found = [
        proportion_test(ProportionStatistic(n, a), ProportionStatistic(n, b)).p < 0.05
        for a, b in zip(rng.binomial(n, 0.2, 3000).tolist(), rng.binomial(n, 0.25, 3000).tolist(), strict=True)
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=4 * (0.16 / 3000) ** 0.5)


def test_the_smallest_effect_comes_back_as_the_size():
    for plan in (FIVE_POINTS, changed(FIVE_POINTS, effect=-0.05), MeanPlan(baseline=5, sd=9, effect=1)):
        effect = smallest_effect(plan, 700)
        assert np.sign(effect) == np.sign(plan.effect)
        assert sample_size(changed(plan, effect=effect)).n_exact == pytest.approx(700, rel=1e-6)


ROUND_TRIPS = {
    "share": FIVE_POINTS,
    "fall": changed(FIVE_POINTS, effect=-0.05),
    "arcsine": changed(FIVE_POINTS, formula="arcsine"),
    "baseline variance": changed(FIVE_POINTS, formula="evan_miller"),
    "mean": MeanPlan(baseline=20, sd=30, effect=2),
    "relative": MeanPlan(baseline=20, sd=30, effect=0.1, effect_kind="relative"),
    "skewed": MeanPlan(baseline=20, sd=30, skewness=3, effect=0.1, effect_kind="relative"),
}
WAYS = {
    "fixed": {},
    "one-sided": {"sides": "one_sided"},
    "unequal": {"split": 0.25},
    "four arms": {"treatments": 3},
    "four arms, uncorrected": {"treatments": 3, "correction": "none"},
    "O'Brien-Fleming": {"sequential": "obrien_fleming"},
    "Pocock, three arms": {"sequential": "pocock", "looks": 3, "treatments": 2, "split": 2.0},
    "margin": {"margin": 0.03},
    "margin, looked at early": {"margin": 0.03, "sequential": "obrien_fleming", "treatments": 2},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ROUND_TRIPS)
def test_what_was_planned_comes_back_as_the_smallest_effect(name, way):
    plan = changed(ROUND_TRIPS[name], **WAYS[way])
    if plan.margin is not None:
        # Not worse than by 3 points, or by 3 of the unit: control and treatment truly alike, or a little worse.
        margin = 0.03 if isinstance(plan, ProportionPlan) else 3.0
        plan = changed(plan, margin=margin, effect=-margin / 3 if name in ("fall", "relative", "skewed") else 0.0,
                       effect_kind="absolute")  # fmt: skip
    planned = sample_size(plan)
    assert smallest_effect(plan, planned.n_exact) == pytest.approx(planned.effect, abs=1e-6 * max(plan.baseline, 1))
    assert abs(smallest_effect(plan, planned.n_exact * 1.1) + (plan.margin or 0)) < abs(
        planned.effect + (plan.margin or 0)
    )


@pytest.mark.parametrize("name", ["share", "mean"])
def test_the_always_valid_plan_comes_back_to_within_a_whole_customer(name):
    # Its quantile counts whole customers of both arms: between two of them the size is a step.
    plan = changed(ROUND_TRIPS[name], sequential="always_valid", treatments=2)
    planned = sample_size(plan)
    found = smallest_effect(plan, planned.n_control)
    assert found <= planned.effect
    assert found == pytest.approx(planned.effect, rel=1e-3)


def test_412_customers_at_eight_percent_see_about_nine_points():
    assert smallest_effect(ProportionPlan(baseline=0.08, effect=0.01), 206) == pytest.approx(0.091, abs=5e-4)


def test_more_treatments_need_more_customers_each():
    one, three = sample_size(FIVE_POINTS), sample_size(changed(FIVE_POINTS, treatments=3))
    assert three.alpha == pytest.approx(0.05 / 3)
    assert three.n_control > one.n_control
    assert three.n_total == 4 * three.n_control
    assert sample_size(changed(FIVE_POINTS, treatments=3, correction="none")).n_control == one.n_control


def test_of_what_shall_only_be_no_worse_no_effect_is_expected_unless_one_is_typed():
    open_ones = {"points": None, "amount": None, "relative": None}
    for kind in ("absolute", "relative"):
        choices = PlanChoices(non_inferior=True, margin=2.0, effect_kind=kind, customers=5000, **open_ones)
        typed = choices.model_copy(update={"points": 0.0, "relative": 0.0})
        assert plan_experiment(choices).needed == plan_experiment(typed).needed
        assert rule_of(choices, 0.0).margin == 0.02
        few = plan_experiment(choices.model_copy(update={"customers": 300}))
        assert "Let it be worse by more or find more customers" in " ".join(plan_answer(few, Translator("en")))
        assert "放宽允许变差的界限" in "".join(plan_answer(few, Translator("zh")))


def test_not_worse_by_a_margin_follows_chow():
    # Chow, Shao, Wang (2008), 4.2.2: (1.6449 + 0.8416)² · 2 · 0.2 · 0.8 / 0.05² = 791.4.
    planned = sample_size(ProportionPlan(baseline=0.2, effect=0, margin=0.05, sides="one_sided"))
    assert planned.n_exact == pytest.approx(791.4, abs=0.05)
    assert planned.formula == "non_inferiority_unpooled"


def test_looking_costs_customers_in_the_known_order():
    sizes = [
        sample_size(changed(FIVE_POINTS, sequential=kind)).n_exact
        for kind in ("fixed", "obrien_fleming", "pocock", "always_valid")
    ]
    assert sizes == sorted(sizes)
    # Jennison and Turnbull (2000), tables 2.4 and 2.2, five looks, power 0.8: 1.028 and 1.229.
    assert sizes[1] / sizes[0] == pytest.approx(1.028, abs=6e-4)
    assert sizes[2] / sizes[0] == pytest.approx(1.229, abs=6e-4)


def test_revenue_with_zeros_is_planned_from_its_own_spread():
    spend = MeanStatistic.from_values([0] * 95 + [100] * 5)
    plan = with_baseline(MeanPlan(baseline=1, sd=1, effect=0.1, effect_kind="relative"), spend)
    assert (plan.baseline, plan.sd) == pytest.approx((5, spend.variance**0.5))
    ratio = with_baseline(
        MeanPlan(baseline=1, sd=1, effect=0.1), RatioStatistic.from_values([1, 0, 2, 1], [2, 1, 2, 4])
    )
    assert ratio.baseline == pytest.approx(4 / 9)


def test_curves_rise_and_weeks_are_whole():
    assert weeks_needed(sample_size(FIVE_POINTS), 500) == 5
    weeks = power_over_weeks(FIVE_POINTS, 500, 6)
    assert [power for _, power in weeks] == sorted(power for _, power in weeks)
    assert weeks[4][1] > 0.8 > weeks[3][1]
    assert power_over_sizes(FIVE_POINTS, [100])[0][1] < 0.2


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"baseline": 0.0}, "experiment_bad_baseline"),
        ({"baseline": 1.0}, "experiment_bad_baseline"),
        ({"effect": 0.0}, "experiment_zero_effect"),
        ({"effect": 0.9}, "experiment_effect_out_of_range"),
        ({"effect": -0.2}, "experiment_effect_out_of_range"),
        ({"effect": float("nan")}, "experiment_not_a_number"),
        ({"effect": 1e-9}, "experiment_too_many_needed"),
        ({"power": 1.0}, "experiment_bad_power"),
        ({"power": 0.01}, "experiment_bad_power"),
        ({"alpha": 0.0}, "experiment_bad_alpha"),
        ({"split": 0.0}, "experiment_bad_split"),
        ({"treatments": 0}, "experiment_bad_treatments"),
        ({"margin": -0.1}, "experiment_bad_margin"),
        ({"margin": 0.02, "effect": -0.03}, "experiment_zero_effect"),
        ({"sequential": "pocock", "looks": 0}, "experiment_bad_looks"),
    ],
)
def test_a_plan_without_an_answer_is_refused(update, code):
    with pytest.raises(AnalysisError) as caught:
        sample_size(changed(FIVE_POINTS, **update))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: sample_size(MeanPlan(baseline=1, sd=0, effect=1)), "experiment_bad_sd"),
        (lambda: sample_size(MeanPlan(baseline=0, sd=1, effect=1, effect_kind="relative")), "experiment_zero_baseline"),
        (lambda: smallest_effect(changed(FIVE_POINTS, baseline=0.9), 3), "experiment_nothing_detectable"),
        (lambda: power_of(FIVE_POINTS, 1), "experiment_too_few"),
        (lambda: weeks_needed(sample_size(FIVE_POINTS), 0), "experiment_no_traffic"),
        (lambda: with_baseline(MeanPlan(baseline=1, sd=1, effect=1), SAME), "experiment_no_variation"),
    ],
)
def test_a_question_without_an_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


@pytest.mark.parametrize("n", [3, 6, 11, 26, 51, 148, 201, 1001, 25_420])
def test_the_smallest_effect_on_a_mean_is_found_whatever_the_size(n: int) -> None:
    plan = MeanPlan(baseline=296.0, sd=180.0, effect=29.6)
    found = smallest_effect(plan, n)
    assert power_of(plan.model_copy(update={"effect": found}), n) == pytest.approx(0.8, abs=1e-6)


@pytest.mark.parametrize("shift", [36.6, 38.4, 39.2, 45.6, 50.7, 57.1, 59.0, 61.0])
def test_the_power_far_out_is_one_and_never_no_number(shift: float) -> None:
    for n in (3, 6, 26, 51, 201, 1001):
        plan = MeanPlan(baseline=0.0, sd=1.0, effect=shift * (2 / n) ** 0.5)
        assert power_of(plan, n) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("formula", ["evan_miller", "pooled_average", "arcsine"])
@pytest.mark.parametrize("split", [1 / 9, 9.0])
def test_the_power_promised_with_unequal_arms_is_there(formula, split):
    planned = sample_size(ProportionPlan(baseline=0.02, effect=0.01, split=split, formula=formula))
    rng, n1, n2 = np.random.default_rng(2), planned.n_control, planned.n_treatment
    a, b = rng.binomial(n1, 0.02, 20_000), rng.binomial(n2, 0.03, 20_000)
    pooled = (a + b) / (n1 + n2)
    z = (b / n2 - a / n1) / np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    assert (z > 1.959964).mean() == pytest.approx(0.80, abs=0.02)


def test_revenue_that_is_multiplied_spreads_more_and_needs_more_customers():
    one, times = (sample_size(MeanPlan(baseline=10, sd=40, effect=effect, effect_kind=kind))  # type: ignore[arg-type]
                  for effect, kind in ((3, "absolute"), (0.3, "relative")))  # fmt: skip
    # (1 + 1.3²) / 2 times as many, but for the few that Student's t takes more.
    assert times.n_exact / one.n_exact == pytest.approx((1 + 1.3**2) / 2, rel=1e-3)
