"""What a segment can show: by hand, against the power it promises, and what is said when it can show nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.choices import PlanChoices
from analysis.experiments.plan_experiment import PlanSource, plan_experiment, rule_of
from analysis.experiments.plan_words import plan_answer, refusal
from analysis.experiments.planning.outlook import EVERYBODY, SegmentOutlook
from analysis.experiments.planning.plan import MeanPlan, ProportionPlan, power_of
from analysis.experiments.planning.smallest import A_STEP, bounded, merge_with, weeks_to_show, with_smallest
from tests.thorough import examples
from texts import LANGUAGES, Translator


def outlook(key: str, n: int, did: int, per_week: float | None = None) -> SegmentOutlook:
    return SegmentOutlook(key, n, n, ProportionStatistic(n, did), per_week, False)


def source(*parts: SegmentOutlook) -> PlanSource:
    return PlanSource("rfm", parts[0].segment, {part.segment: part.segment for part in parts}, parts)


OPEN = {"points": None, "amount": None, "relative": None}


@examples(30)
@given(some.integers(60, 100_000), some.floats(0.02, 0.6))
def test_the_smallest_effect_has_the_power_that_was_asked_for(n: int, baseline: float):
    plan = ProportionPlan(baseline=baseline, effect=A_STEP)
    try:
        found = with_smallest(plan, n)
    except AnalysisError as problem:
        assert problem.code == "experiment_segment_too_small"
        return
    arm = n // 2  # whole customers: of an odd number one is in no arm
    assert power_of(found, arm) >= 0.8 - 1e-6
    less = found.model_copy(update={"effect": found.effect - 0.0015})
    if less.effect > 0:
        assert power_of(less, arm) < 0.8


def test_a_mean_is_rounded_up_to_two_figures():
    found = with_smallest(MeanPlan(baseline=50.0, sd=80.0, effect=A_STEP), 1000)
    assert found.effect == 15.0
    assert power_of(found, 500) >= 0.8


@pytest.mark.parametrize(("n", "did", "expected"), [(100, 0, 4), (100, 100, 96), (100, 30, 30), (2, 0, 1), (2, 2, 1)])
def test_none_and_all_are_planned_from_the_bound_of_their_share(n, did, expected):
    assert bounded(ProportionStatistic(n, did)) == ProportionStatistic(n, expected)


def test_other_statistics_stay_as_they_are():
    mean = MeanStatistic(3, 6.0, 14.0)
    assert bounded(mean) is mean


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("did", [0, 400])
def test_a_segment_of_none_or_all_gets_a_plan_that_says_so(language, did):
    found = plan_experiment(PlanChoices(source="rfm|a", **OPEN), source(outlook("a", 400, did)))
    assert found.bound == ("all" if did else "none")
    assert "400" in plan_answer(found, Translator(language))[0]


def test_an_effect_left_open_is_the_smallest_and_a_typed_one_stays():
    whom = source(outlook("a", 1000, 200))
    assert plan_experiment(PlanChoices(source="rfm|a", **OPEN), whom).plan.effect == 0.076
    assert plan_experiment(PlanChoices(source="rfm|a", points=3.0), whom).plan.effect == 0.03
    relative = plan_experiment(PlanChoices(source="rfm|a", effect_kind="relative", **OPEN), whom).plan
    assert (relative.effect, relative.effect_kind) == (0.076, "absolute")
    assert plan_experiment(PlanChoices(customers=1000, **OPEN)).plan.effect == 0.076


@pytest.mark.parametrize("n", [73, 74, 75, 999])
def test_a_plan_for_those_there_are_never_needs_one_more(n: int):
    found = plan_experiment(PlanChoices(source="rfm|a", **OPEN), source(outlook("a", n, n // 3)))
    assert found.needed.n_total <= n and found.weeks == 0
    assert found.smallest == found.plan.effect


def test_an_open_effect_without_customers_asks_for_it():
    with pytest.raises(AnalysisError, match="experiment_field_empty"):
        plan_experiment(PlanChoices(**OPEN))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_segment_that_is_too_small_says_which_to_merge(language):
    whom = source(
        outlook("small", 4, 2), outlook("far", 900, 10), outlook("near", 300, 140), outlook(EVERYBODY, 1204, 152)
    )
    with pytest.raises(AnalysisError) as refused:
        plan_experiment(PlanChoices(source="rfm|small", **OPEN), whom)
    assert refused.value.code == "experiment_segment_too_small_merge"
    assert refused.value.facts["others"] == ("near",)
    t = Translator(language)
    told = refusal(refused.value, t)
    assert "near" in t(f"error.{told.code}", **told.facts)


def test_segments_are_merged_with_those_that_are_like_them_and_as_few_as_do():
    plan = ProportionPlan(baseline=0.5, effect=A_STEP)
    small = replace(outlook("small", 4, 2), place=(0.9, 0.1, 0.1))
    # At the same level, but quite other customers; alike at another level; alike and too few to help.
    other = replace(outlook("other", 900, 450), place=(0.1, 0.9, 0.9))
    alike = replace(outlook("alike", 900, 90), place=(0.8, 0.2, 0.2))
    tiny = replace(outlook("tiny", 3, 1), place=(0.9, 0.1, 0.15))
    assert merge_with(plan, "small", (small, other, alike, tiny)) == ("alike",)
    # Where nobody knows what customers are like, the level decides.
    plain = [replace(one, place=()) for one in (small, other, alike)]
    assert merge_with(plan, "small", plain) == ("other",)
    # Equally near: the level decides again; all together too few: none.
    near = replace(alike, segment="near", place=other.place)
    assert merge_with(plan, "small", (small, near, other)) == ("other",)
    assert merge_with(plan, "small", (small, tiny)) == ()


def test_alone_it_says_how_many_weeks_or_that_it_cannot():
    with pytest.raises(AnalysisError) as refused:
        plan_experiment(PlanChoices(source="rfm|small", **OPEN), source(outlook("small", 4, 2, per_week=10.0)))
    assert refused.value.code == "experiment_segment_too_small_wait"
    weeks = refused.value.facts["weeks"]
    plan = ProportionPlan(baseline=0.5, effect=A_STEP)
    assert with_smallest(plan, 4 + weeks * 10).effect > 0
    with pytest.raises(AnalysisError):
        with_smallest(plan, 4 + (weeks - 1) * 10)
    with pytest.raises(AnalysisError, match="experiment_segment_too_small_cannot"):
        plan_experiment(PlanChoices(source="rfm|small", **OPEN), source(outlook("small", 4, 2)))
    assert weeks_to_show(plan, 4, None) is None
    assert merge_with(plan, "unknown", ()) == ()


def test_of_who_leaves_the_plan_is_for_a_fall_and_its_rule_for_a_gain():
    whom = source(outlook("a", 1000, 200))
    found = plan_experiment(PlanChoices(source="rfm|a", outcome="Churned", **OPEN), whom)
    assert found.plan.effect < 0 and found.needed.effect < 0 and found.smallest == found.plan.effect
    assert rule_of(found.choices, found.needed.effect).target == -found.plan.effect
    fall = with_smallest(MeanPlan(baseline=50.0, sd=80.0, effect=-A_STEP), 1000)
    assert fall.effect == -15.0 and power_of(fall, 500) >= 0.8
