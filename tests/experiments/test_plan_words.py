"""Effects and levels of a plan in words, and refusals that name the field a person typed into."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.choices import PlanChoices
from analysis.experiments.plan_experiment import PlanSource, plan_experiment
from analysis.experiments.plan_words import effect_text, plan_answer, refusal
from analysis.experiments.planning.outlook import SegmentOutlook
from texts import Translator


@pytest.mark.parametrize(
    ("value", "en"), [(0.01, "1 point"), (0.29 - 0.28, "1 point"), (-0.02, "2 points"), (0.0125, "1.25 points")]
)
def test_a_difference_of_shares_is_told_in_points(value, en):
    assert effect_text(value, "proportion", Translator("en")) == en


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("field", ["baseline", "points", "alpha", "power", "split", "treatments", "looks"])
def test_an_empty_field_of_a_plan_is_named_in_words(field, language):
    t = Translator(language)
    with pytest.raises(AnalysisError, match="experiment_field_empty") as caught:
        plan_experiment(PlanChoices.model_validate({field: None}))
    said = refusal(caught.value, t)
    assert t(f"plan.{field}") in t(f"error.{said.code}", **said.facts)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("baseline", "points", "is_enough"), [(3.4, 44.0, False), (20.0, 5.0, True)])
def test_a_plan_that_could_show_only_what_no_message_does_is_not_called_enough(baseline, points, is_enough, language):
    t = Translator(language)
    found = plan_experiment(PlanChoices(baseline=baseline, points=points, customers=1_000_000))
    assert found.weeks == 0
    said = plan_answer(found, t)
    assert (t("plan.then_enough") in said) is is_enough
    assert (t("plan.then_rare") in said) is not is_enough


@pytest.mark.parametrize("ordered", [0, 30])
def test_a_level_from_orders_is_said_in_words_but_not_the_bound_of_what_nobody_did(ordered):
    t = Translator("en")
    everyone = SegmentOutlook("loyal", 100, 100, ProportionStatistic(n=100, successes=ordered), 2.0, hindsight=False)
    source = PlanSource("rfm", "loyal", {"loyal": "Loyal"}, (everyone,))
    found = plan_experiment(PlanChoices(source="rfm|loyal", points=None), source)
    first = plan_answer(found, t)[0]
    assert ("of whom 30% order within 28 days" in first) is (ordered > 0)
    assert ("None of the 100 measured did it" in first) is (ordered == 0)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"formula": "evan_miller"}, {"attained_less": "78%"}),
        ({"baseline": 0.5, "points": 1.0}, {"attained_more": "82%"}),
        ({"sequential": "always_valid"}, {"attained_looks": "82%"}),
        ({}, {}),
        ({"split": 0.25, "formula": "evan_miller"}, {}),
    ],
)
def test_a_power_that_is_not_that_of_the_formula_is_said(choice, said, language):
    t = Translator(language)
    found = plan_experiment(PlanChoices.model_validate({"baseline": 20.0, "points": 5.0} | choice))
    told = " ".join(plan_answer(found, t))
    for name in ("attained_less", "attained_more", "attained_looks"):
        assert (t(f"plan.{name}", attained=found.attained, looks=5) in told) is (name in said)
        assert said.get(name, "") in told


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("choice", "skewness", "said"),
    [
        ({"metric": "revenue", "split": 9.0}, 5.0, "assumed"),
        ({"metric": "revenue", "split": 0.1}, 5.0, "assumed"),
        ({"metric": "revenue", "split": 9.0, "skewness": 8.0}, 8.0, "known"),
        ({"metric": "mean", "split": 9.0, "skewness": 2.0}, 2.0, "known"),
        ({"metric": "revenue", "split": 1.0}, 5.0, None),
        ({"metric": "mean", "split": 9.0}, 0.0, None),
        ({"metric": "ratio", "split": 9.0, "skewness": 2.0}, 0.0, None),
    ],
)
def test_of_skewed_amounts_in_unequal_groups_it_is_said_what_is_counted_on(choice, skewness, said, language):
    t = Translator(language)
    found = plan_experiment(PlanChoices.model_validate({"mean": 10.0, "sd": 25.0, "amount": 3.0} | choice))
    assert found.plan.skewness == skewness  # pyright: ignore[reportAttributeAccessIssue]
    told = " ".join(plan_answer(found, t))
    for name in ("assumed", "known"):
        assert (t(f"plan.skewness_{name}", skewness=skewness) in told) is (name == said)
