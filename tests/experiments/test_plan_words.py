"""Effects and levels of a plan in words, and refusals that name the field a person typed into."""

from __future__ import annotations

import pytest

from analysis.errors import AnalysisError
from analysis.experiments.choices import PlanChoices
from analysis.experiments.plan_experiment import plan_experiment
from analysis.experiments.plan_words import effect_text, plan_answer, refusal
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
    assert any("44" in sentence for sentence in said) is not is_enough
