"""The rule over every case, and the money it stands for."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.choices import PlanChoices, ReadChoices, RuleChoice
from analysis.experiments.decide_experiment import decide_experiment
from analysis.experiments.evaluate_experiment import evaluate_experiment
from analysis.experiments.plan_experiment import plan_experiment, with_plan
from analysis.experiments.reading.decide import Rule, decide, yearly_money
from analysis.experiments.reading.evaluate import EvaluateParams
from analysis.experiments.reading.margins import read_margin
from analysis.experiments.record import Experiment, TypedArm
from analysis.experiments.words import rule_text
from analysis.notes import Note
from texts import translator

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


def test_an_open_end_rules_nothing_out_and_the_decision_comes_all_the_same():
    assert decide(Estimate(1, None, None, 0.95, "x"), RULE, days=9).verdict == "keep_running"
    assert decide(Estimate(RULE.target, None, None, 0.95, "x"), RULE, days=RULE.max_days).reason == "time_is_up"
    money = {"customers_per_year": 100, "value_per_unit": 1}
    shipped = decide(Estimate(9 * RULE.target, 6 * RULE.target, None, 0.95, "x"), RULE, days=RULE.max_days, **money)
    assert shipped.verdict == "ship" and shipped.yearly.value > 0


def test_nothing_is_shipped_that_the_test_of_the_reading_does_not_call_better():
    # 30 of 1,000 against 47: the score interval lies above 0 by a hair, Fisher's test does not reject.
    arms = (TypedArm(name="A", n=1000, conversions=30), TypedArm(name="B", n=1000, conversions=47))
    choices = ReadChoices(arms=arms, rule=RuleChoice(target=0.001, days=28))
    assert decide_experiment(evaluate_experiment(choices)).decision.verdict == "ship"
    for test in ("fisher", "chi_square_yates"):
        read = evaluate_experiment(choices.model_copy(update={"how": EvaluateParams(test=test)}))
        assert (read.found.main.direction, read.found.main.simultaneous.low > 0) == ("unclear", True)
        assert decide_experiment(read).decision.reason == "time_is_up"


def test_a_plan_of_no_worse_is_decided_by_its_margin_in_both_languages():
    plan = plan_experiment(PlanChoices(non_inferior=True, margin=2.0, baseline=20, points=0.0))
    kept = with_plan(Experiment(name="cheaper"), plan, now=datetime(2024, 1, 1, tzinfo=UTC)).rule
    assert (kept.rule.goal, kept.rule.margin) == ("not_worse", 0.02)
    arms = (TypedArm(name="A", n=6280, conversions=1256), TypedArm(name="B", n=6280, conversions=1256))
    read = evaluate_experiment(ReadChoices(arms=arms, rule=RuleChoice(days=28)))
    decided = decide_experiment(read, kept)
    assert (decided.decision.verdict, decided.decision.reason) == ("ship", "not_worse")
    assert read_margin(ProportionStatistic(6280, 1256), ProportionStatistic(6280, 1256), margin=0.02).shown
    chosen = read.choices.model_copy(update={"rule": RuleChoice(days=28, goal="equivalent", margin=0.01)})
    assert decide_experiment(evaluate_experiment(chosen)).decision.verdict == "inconclusive"
    for language, word in (("en", "worse by less than 2.00 points"), ("zh", "变差须小于 2.00")):
        assert word in rule_text(decided, translator(language))
    assert decide_experiment(evaluate_experiment(ReadChoices(arms=arms, rule=RuleChoice(goal="not_worse")))) is None
