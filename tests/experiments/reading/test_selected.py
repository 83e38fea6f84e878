"""What is expected of an effect that was picked: near the truth on average, where its estimate is far above it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, truncnorm

from analysis.experiments.arms.result import Estimate
from analysis.experiments.reading.decide import Rule, decide, picked
from analysis.experiments.reading.selected import expected_when_picked


def said_over_true(effect: float, threshold: float) -> tuple[float, float]:
    """Return how much of the truth is said on average by the expectation and by the estimate, once above."""
    seen = np.linspace(threshold + 1e-3, max(threshold, effect) + 7, 250)
    weights = norm.pdf(seen - effect)
    expected = np.array([expected_when_picked(value, 1.0, threshold) for value in seen])
    shares = weights / weights.sum() / effect
    return float((shares * expected).sum()), float((shares * seen).sum())


# Power 0.26, 0.4, 0.5, 0.8 and 0.95 of a test at 5 %.
@pytest.mark.parametrize(("effect", "estimate"), [(1.3, 1.9), (1.7, 1.5), (1.96, 1.35), (2.8, 1.1), (3.6, 1.0)])
def test_the_money_of_shipped_tests_is_within_a_tenth_where_their_estimates_are_far_above(effect, estimate):
    expected, naive = said_over_true(effect, 1.96)
    assert 0.9 < expected < 1.1
    assert naive > estimate


def test_of_eight_equal_segments_the_picked_ones_are_said_to_be_worth_little_more_than_they_are():
    # 1.5 points on 10 %, 1,000 customers in each arm, intervals for eight segments together.
    effect = 0.015 / (0.1 * 0.9 / 1000 + 0.115 * 0.885 / 1000) ** 0.5
    expected, naive = said_over_true(effect, norm.isf(0.025 / 8))
    assert expected < 1.2
    assert naive > 2.7


def test_the_conditional_estimate_is_that_whose_mean_above_the_threshold_was_seen():
    found = expected_when_picked(3.0, 1.0, 1.96)
    # Of both estimates, of which the one was seen, the other solves the equation: undo the weights.
    roots = [root for root in np.linspace(-2, 3, 5001) if abs(_drawn(root, 3.0) - found) < 1e-3]
    assert min(abs(truncnorm.mean(1.96 - root, np.inf, loc=root) - 3.0) for root in roots) < 1e-3


def _drawn(root: float, seen: float) -> float:
    weight = 1 / (1 + (seen - root) ** 2)
    return weight * seen + (1 - weight) * root


@given(st.floats(0.1, 50), st.floats(0.01, 10), st.floats(0, 20))
def test_it_lies_between_nothing_and_the_estimate_and_does_not_depend_on_the_unit(value, se, threshold):
    found = expected_when_picked(value, se, threshold)
    assert 0 <= found <= value + 1e-9
    larger = expected_when_picked(value * 100, se * 100, threshold * 100)
    assert larger == pytest.approx(100 * found, rel=1e-6, abs=1e-6)


def test_a_shipped_effect_is_worth_what_is_expected_of_it_and_an_open_one_its_estimate():
    rule = Rule(target=0.01)
    shipped, still = Estimate(0.02, 0.001, 0.039, 0.95, "newcombe"), Estimate(0.02, -0.001, 0.041, 0.95, "newcombe")
    facts = {"days": 28, "customers_per_year": 1000.0, "value_per_unit": 10.0}
    found = [decide(effect, rule, **facts) for effect in (shipped, still)]  # type: ignore[arg-type]
    assert [one.verdict for one in found] == ["ship", "inconclusive"]
    assert found[0].yearly is not None
    assert found[1].yearly is not None
    assert 0 <= found[0].yearly.value < 100 < found[1].yearly.value == pytest.approx(200)
    assert found[0].yearly.value == pytest.approx(10_000 * picked(shipped, 0.01).value)


def test_a_guardrail_may_lose_a_share_of_controls_value_whatever_its_unit():
    rule = Rule(target=0.01)
    sure = Estimate(0.02, 0.01, 0.03, 0.95, "newcombe")
    for level, verdict in ((100.0, "ship"), (10.0, "stop")):
        lost = Estimate(-1.0, -1.5, -0.5, 0.95, "always_valid_mixture")
        assert decide(sure, rule, days=28, guardrails=[lost], guardrail_levels=[level]).verdict == verdict
