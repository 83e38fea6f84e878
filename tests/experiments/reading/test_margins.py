from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.arms.score import hybrid_exact
from analysis.experiments.arms.statistics import MeanStatistic as M
from analysis.experiments.arms.statistics import ProportionStatistic as P
from analysis.experiments.planning.plan import ProportionPlan, sample_size
from analysis.experiments.reading.decide import Rule, decide
from analysis.experiments.reading.margins import read_margin


def test_a_margin_is_read_at_the_one_sided_level_that_it_was_planned_for():
    plan = sample_size(ProportionPlan(baseline=0.2, effect=0, margin=0.02))
    assert (plan.n_control, plan.alpha) == (6280, 0.025)  # 2 · 0.16 · ((1.959964 + 0.841621) / 0.02)² = 6,279.1
    rng = np.random.default_rng(1)
    shown = {"as good": 0, "worse by the margin": 0}
    for _ in range(400):
        base = P(6280, int(rng.binomial(6280, 0.2)))
        shown["as good"] += read_margin(base, P(6280, int(rng.binomial(6280, 0.2))), margin=0.02).shown
        shown["worse by the margin"] += read_margin(base, P(6280, int(rng.binomial(6280, 0.18))), margin=0.02).shown
    assert 0.74 < shown["as good"] / 400 < 0.86  # planned: 0.80
    assert shown["worse by the margin"] / 400 <= 0.05  # 2.5 %: above 0.05 in one of 900 runs


def test_not_worse_is_where_the_interval_lies_above_minus_the_margin():
    for x in (560, 580, 585, 590, 600, 640):
        found = read_margin(P(3000, 600), P(3000, x), margin=0.02)
        low = found.effect.low
        assert low is not None and (found.shown == (low > -0.02) or abs(low + 0.02) < 1e-4)


def test_where_less_is_better_the_margin_lies_on_the_other_side():
    complaints = P(5000, 500), P(5000, 480)
    assert read_margin(*complaints, margin=0.01, higher_is_better=False).shown
    assert not read_margin(*complaints, margin=0.01).shown


def test_equivalence_needs_both_sides_and_means_are_read_by_welch():
    rng = np.random.default_rng(4)
    a, b = (M.from_values(rng.normal(50, 5, 2000)) for _ in range(2))
    found = read_margin(a, b, margin=1.0, question="equivalence")
    assert found.shown and found.effect.convention == "welch_t"
    assert found.p >= read_margin(a, b, margin=1.0).p
    assert not read_margin(a, M.from_values(rng.normal(51, 5, 2000)), margin=1.0, question="equivalence").shown


@pytest.mark.parametrize("margin", [0.0, -1.0, float("nan"), float("inf")])
def test_a_margin_is_a_number_above_nought(margin):
    with pytest.raises(AnalysisError, match="experiment_bad_margin"):
        read_margin(P(10, 1), P(10, 2), margin=margin)


@pytest.mark.parametrize(
    ("goal", "low", "high", "verdict", "reason"),
    [
        ("not_worse", -0.015, 0.004, "ship", "not_worse"),
        ("not_worse", -0.05, -0.03, "stop", "worse"),
        ("not_worse", -0.03, 0.01, "keep_running", "not_yet_clear"),
        ("equivalent", -0.015, 0.019, "ship", "equivalent"),
        ("equivalent", 0.03, 0.05, "stop", "different"),
        ("equivalent", -0.015, 0.03, "keep_running", "not_yet_clear"),
    ],
)
def test_the_rule_decides_on_a_margin(goal, low, high, verdict, reason):
    rule = Rule(target=0.0, goal=goal, margin=0.02)
    done = decide(Estimate((low + high) / 2, low, high, 0.95, "x"), rule, days=10)
    assert (done.verdict, done.reason) == (verdict, reason)


@pytest.mark.parametrize(("n", "others"), [(1800, 200), (200, 1800), (1000, 1000)])
def test_of_skewed_amounts_the_test_and_the_interval_say_the_same(n, others):
    rng = np.random.default_rng(n)
    told = set()
    for _ in range(20):
        a, b = (np.where(rng.random(size) < 0.05, rng.lognormal(3.0, 1.2, size), 0.0) for size in (n, others))
        arms, margin = (M.from_values(a), M.from_values(b)), 0.3 * float(a.mean())
        for question in ("non_inferiority", "equivalence"):
            found = read_margin(*arms, margin=margin, question=question)
            low, high = found.effect.low, found.effect.high
            assert low is not None
            assert high is not None
            assert found.effect.convention == "skewed_t"
            assert found.shown == (low > -margin and (question == "non_inferiority" or high < margin))
            told.add((question, found.shown))
    assert ("non_inferiority", False) in told


@pytest.mark.parametrize(("n1", "n2", "share", "margin"), [(950, 50, 0.05, 0.03), (50, 200, 0.3, 0.1)])
def test_the_level_holds_exactly_at_the_border_of_small_unequal_arms(n1, n2, share, margin):
    # Every table that is likely enough at the border, with its chance; the score test is at 4.25 % in the first.
    chance = 0.0
    for x2 in range(n2 + 1):
        p2 = binom.pmf(x2, n2, share - margin)
        if p2 < 1e-7:
            continue
        # The more of control converted, the less is shown: the last that is, by halving.
        low, high = -1, n1
        while low < high:
            middle = (low + high + 1) // 2
            found = hybrid_exact(P(n1, middle), P(n2, x2), alpha=0.05)
            low, high = (middle, high) if found.low > -margin else (low, middle - 1)
        chance += p2 * binom.cdf(low, n1, share)
    assert 0.01 < chance < 0.025


@pytest.mark.parametrize("n", [(950, 50), (50, 950), (200, 200), (3000, 3000)])
def test_the_interval_tells_the_same_as_the_p_value(n):
    for x1 in range(n[0] // 20, n[0] // 4, n[0] // 17):
        for margin in (0.01, 0.03, 0.1, 0.2):
            arms = P(n[0], x1), P(n[1], x1 * n[1] // n[0])
            found = read_margin(*arms, margin=margin)
            assert found.shown == (found.effect.low > -margin)
            both = read_margin(*arms, margin=margin, question="equivalence")
            assert both.shown == (both.effect.low > -margin and both.effect.high < margin)
