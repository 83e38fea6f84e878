"""Choices of experiments: what earlier versions kept is read, what cannot be read is named, nothing else gets in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from analysis.errors import AnalysisError
from analysis.experiments.choices import (
    ArmChoice,
    PlanChoices,
    ReadChoices,
    SplitChoices,
    parse_choices,
)
from analysis.experiments.split_experiment import weights_of

# As pages kept them before choices had a version.
OLD_SPLIT = {
    "audience": "rfm|at_risk", "treatments": 2, "hold_out": 5.0, "strata": ["segment"], "seed": "spring",
    **{f"name{i}": name for i, name in enumerate(["Control", "Mail", "Call", *["Treatment"] * 6])},
    **{f"share{i}": 50.0 if i == 0 else 25.0 for i in range(9)},
}  # fmt: skip
OLD_READ = {
    "source": "typed", "design": "test", "metric": "mean", "outcome": "spend",
    "arms": [{"name": "A", "n": 10.0, "conversions": None, "mean": 3.5, "sd": 1.0}],
    "how": {"alpha": 0.1}, "rule": {"target": 0.5}, "shown": {"view": "belief"},
}  # fmt: skip


def test_a_split_kept_before_versions_is_read_whole():
    found = parse_choices(SplitChoices, OLD_SPLIT)
    assert found.lost == ()
    assert found.choices.arms[:3] == (
        ArmChoice(name="Control", share=50.0), ArmChoice(name="Mail", share=25.0), ArmChoice(name="Call", share=25.0)
    )  # fmt: skip
    assert list(weights_of(found.choices)) == ["Control", "Mail", "Call", "__hold_out__"]
    assert parse_choices(SplitChoices, found.choices.model_dump(mode="json")).choices == found.choices


def test_a_reading_kept_before_versions_is_read_whole():
    found = parse_choices(ReadChoices, OLD_READ)
    assert found.lost == ()
    assert (found.choices.arms[0].mean, found.choices.how.alpha, found.choices.rule.target) == (3.5, 0.1, 0.5)


def test_what_cannot_be_read_is_named_and_all_else_is_read():
    found = parse_choices(ReadChoices, {**OLD_READ, "how": {"alpha": "much"}, "colour": "red"})
    assert set(found.lost) == {"how", "colour"}
    assert found.choices.outcome == "spend" and found.choices.arms[0].n == 10
    newer = parse_choices(PlanChoices, {"version": 2, "baseline": 12.0})
    assert newer.lost == ("version",) and newer.choices.baseline == 12.0
    broken = parse_choices(SplitChoices, {**OLD_SPLIT, "share1": "half"})
    assert broken.lost == ("arms",) and broken.choices.seed == "spring"


kept = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=2) | some.dictionaries(some.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.parametrize("kind", [PlanChoices, SplitChoices, ReadChoices])
def test_whatever_was_kept_some_choices_come_of_it(kind):
    names = some.sampled_from([*kind.model_fields, "name0", "share1", "name", "x"])

    @given(some.dictionaries(names, kept, max_size=5))
    def check(stored):
        found = parse_choices(kind, stored)
        assert isinstance(found.choices, kind)
        assert parse_choices(kind, found.choices.model_dump(mode="json")).lost == ()

    check()


def test_a_file_with_a_wrong_choice_is_refused_with_the_names_that_are_known():
    with pytest.raises(AnalysisError, match="choice_unknown") as caught:
        PlanChoices.model_validate({"base": 10})
    assert caught.value.facts["field"] == "base" and "baseline" in str(caught.value.facts["known"])


def test_arms_of_a_file_are_all_used():
    arms = [{"name": name, "share": 1} for name in ("a", "b", "c")]
    assert list(weights_of(SplitChoices.model_validate({"arms": arms, "seed": "x"}))) == ["a", "b", "c"]
