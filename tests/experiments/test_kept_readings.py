"""What is kept of a reading says what the screen said: of the same group, with the same interval."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from analysis.experiments import words
from analysis.experiments.choices import ReadChoices
from analysis.experiments.decide_experiment import decide_experiment, with_evaluation
from analysis.experiments.evaluate_experiment import evaluate_experiment
from analysis.experiments.plan_words import change_text
from analysis.experiments.record import Experiment
from analysis.experiments.record_words import outcome_text
from texts import translator

NOW = datetime(2026, 11, 1, tzinfo=UTC)
RULE = {"target": 0.01, "days": 28}


@pytest.mark.parametrize(
    ("converted", "best"),
    [((100, 110, 160), "C"), ((100, 129, 120, 110), "B"), ((100, 95, 160), "C"), ((100, 160), "B")],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_group_and_the_interval_of_the_answer_are_kept(
    converted: tuple[int, ...], best: str, language: str
) -> None:
    t = translator(language)
    arms = [{"name": name, "n": 1000, "conversions": n} for name, n in zip("ABCD", converted, strict=False)]
    choices = ReadChoices.model_validate({"source": "typed", "outcome": "bought", "arms": arms, "rule": RULE})
    evaluated = evaluate_experiment(choices)
    main = evaluated.found.main
    kept = with_evaluation(Experiment(name="letter"), evaluated, now=NOW, decided=decide_experiment(evaluated))
    said = outcome_text(kept, t, local=lambda moment: moment)[0]
    reading = kept.last_reading
    assert main.treatment == best
    assert reading is not None and reading.goal is not None and kept.decision is not None
    assert reading.goal.arm == kept.decision.arm == best
    for end in (main.simultaneous.low, main.simultaneous.high):
        assert end is not None
        assert change_text(end, "proportion", t) in said, said
    level = f"{main.simultaneous.level:.0%}"
    assert level in " ".join(words.answer(evaluated.found, t)) and level in said
    assert {one.arm for one in reading.results} == {arm["name"] for arm in arms[1:]}
