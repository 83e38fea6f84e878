"""The rule over every case, and the money it stands for."""

from __future__ import annotations

import math

import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.reading.decide import Rule, decide, yearly_money
from analysis.notes import Note

RULE = Rule(target=0.01, guardrail=0.005, min_days=7, max_days=28)


def effect(value, low, high):
    return Estimate(value, low, high, 0.95, "newcombe")


CLEAR, VAGUE, SMALL = effect(0.02, 0.005, 0.035), effect(0.01, -0.01, 0.03), effect(0.001, -0.004, 0.006)
NOTHING = effect(math.nan, math.nan, math.nan)


@pytest.mark.parametrize(
    ("found", "days", "more", "verdict", "reason"),
    [
        (CLEAR, 14, {}, "ship", "target_met"),
        (CLEAR, 3, {}, "keep_running", "too_early"),
        (SMALL, 14, {}, "stop", "target_ruled_out"),
        (VAGUE, 14, {}, "keep_running", "not_yet_clear"),
        (VAGUE, 28, {}, "inconclusive", "time_is_up"),
        (effect(0.008, 0.001, 0.015), 28, {}, "inconclusive", "time_is_up"),
        (CLEAR, 14, {"guardrails": [effect(-0.02, -0.03, -0.01)]}, "stop", "guardrail_broken"),
        (CLEAR, 2, {"guardrails": [effect(-0.02, -0.03, -0.01)]}, "stop", "guardrail_broken"),
        (CLEAR, 14, {"guardrails": [effect(-0.002, -0.004, -0.001)]}, "ship", "target_met"),
        (CLEAR, 14, {"health": [Note("experiment_mismatch_alarm", {}, "ask")]}, "inconclusive", "unsound"),
        (CLEAR, 14, {"health": [Note("experiment_mismatch_remark", {}, "check")]}, "ship", "target_met"),
    ],
)
def test_the_rule_over_every_case(found, days, more, verdict, reason):
    decision = decide(found, RULE, days=days, **more)
    assert (decision.verdict, decision.reason) == (verdict, reason)
    assert decision.yearly is None


def test_money_of_a_year_by_hand():
    # 2 points of 10,000 customers at 30 each, less 1,000: 5,000, between 500 and 9,500.
    facts = {"customers_per_year": 10_000, "value_per_unit": 30, "yearly_cost": 1000}
    early = decide(CLEAR, RULE, days=2, **facts).yearly
    assert (early.value, early.low, early.high) == pytest.approx((5000, 500, 9500))
    # Shipped because it looked good, a little less is expected.
    shipped = decide(CLEAR, RULE, days=14, **facts).yearly
    assert (shipped.low, shipped.high) == pytest.approx((500, 9500))
    assert 3500 < shipped.value < 3700


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: decide(CLEAR, Rule(target=0), days=9), "experiment_bad_rule"),
        (lambda: decide(CLEAR, Rule(target=1, min_days=9, max_days=8), days=9), "experiment_bad_rule"),
        (lambda: decide(Estimate(1, 0.1, None, 0.95, "x"), RULE, days=9), "experiment_open_interval"),
        (lambda: decide(CLEAR, RULE, days=9, guardrails=[NOTHING], guardrail_levels=[1.0]), "experiment_bad_rule"),
        (lambda: decide(CLEAR, RULE, days=9, guardrails=[CLEAR], guardrail_levels=[math.nan]), "experiment_bad_rule"),
        (lambda: decide(Estimate(1, math.nan, 2, 0.95, "x"), RULE, days=9), "experiment_bad_rule"),
        (lambda: yearly_money(CLEAR, customers=0, value_per_unit=1), "experiment_bad_rule"),
    ],
)
def test_a_rule_that_cannot_decide_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
