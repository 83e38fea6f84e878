"""A changed copy of somebody's choices is as valid as the choices themselves."""

from __future__ import annotations

import pickle
from datetime import date
from typing import Any

import pytest

from analysis import params
from analysis.conditions import Condition
from analysis.errors import ChoiceError
from analysis.params import Params
from analysis.recipe import Cleaning, Recipe, SegmentationPlan
from analysis.segments.params import ClusterParams, HybridParams, RfmParams, RulesParams, TierParams
from texts import LANGUAGES, catalogue, translator


def test_a_date_written_as_text_is_a_date_in_the_copy() -> None:
    assert Recipe().model_copy(update={"as_of": "2024-12-31"}).as_of == date(2024, 12, 31)


@pytest.mark.parametrize(
    "update", [{"as_off": date(2024, 1, 1)}, {"as_of": "soon"}, {"cleaning": {"returns": "netto"}}, {"version": 9}]
)
def test_a_misspelt_field_or_value_is_refused(update: dict[str, object]) -> None:
    with pytest.raises(ChoiceError):
        Recipe().model_copy(update=update)


def test_rules_between_fields_and_plans_hold_for_copies_too() -> None:
    with pytest.raises(ChoiceError, match="rfm_eight_cuts"):
        RfmParams().model_copy(update={"scheme": "eight_a"})
    twice = SegmentationPlan(params=TierParams())
    with pytest.raises(ChoiceError, match="segmentation_twice"):
        Recipe().model_copy(update={"segmentations": (twice, twice)})


def test_a_copy_knows_what_was_chosen_and_shares_what_was_not_changed() -> None:
    chosen = Recipe(cleaning=Cleaning(returns="set_aside"), name="Shop")
    copy = chosen.model_copy(update={"name": "Other"})
    assert copy.model_fields_set == {"cleaning", "name"}
    assert copy.cleaning is chosen.cleaning
    assert copy.model_copy(update={"name": "Shop"}) == chosen
    assert chosen.model_copy() == chosen
    assert chosen.model_copy(deep=True).cleaning is not chosen.cleaning


def test_a_plan_crosses_only_what_can_be_crossed() -> None:
    assert SegmentationPlan(params=HybridParams(first="tiers", second="rules")).params.kind == "hybrid"
    for other in ("hybrid", "nothing_of_the_kind"):
        with pytest.raises(ChoiceError, match="hybrid_cannot_cross"):
            SegmentationPlan(params=HybridParams(first="rfm", second=other))


def test_the_fields_of_a_recipe_keep_their_order_so_that_files_and_versions_of_before_stay_the_same() -> None:
    order = ["version", "name", "goal", "as_of", "currency", "rates", "time_zone", "sources", "cleaning", "accepted"]
    assert list(Recipe().model_dump()) == [*order, "segmentations", "tags", "predictions"]


RULE = {"kind": "condition", "feature": "spend", "op": "ge", "values": [1]}
DEEP = {"kind": "all", "parts": [{**RULE, "op": "gee"}]}


def plan(**params: object) -> dict[str, object]:
    return {"segmentations": [{"params": params}]}


@pytest.mark.parametrize(
    ("kind", "given", "code", "field", "nearest"),
    [
        (Recipe, {"asof": 1}, "choice_unknown", "asof", "as_of"),
        (Recipe, {"cleaning": {"returnz": "net"}}, "choice_unknown", "cleaning.returnz", "returns"),
        (Recipe, {"cleaning": {"returns": "nett"}}, "choice_not_offered", "cleaning.returns", "net"),
        (Recipe, {"as_of": "2024-13-45"}, "choice_no_date", "as_of", None),
        (Recipe, {"as_of": "lates"}, "choice_no_date", "as_of", "latest"),
        (Recipe, {"currency": 5}, "choice_no_text", "currency", None),
        (Recipe, [1], "choice_no_group", "Recipe", None),
        (Recipe, plan(kind="rfmm"), "choice_not_offered", "segmentations[1].params.kind", "rfm"),
        (Recipe, plan(kind="rfm", n_score=3), "choice_unknown", "segmentations[1].params.n_score", "n_scores"),
        (Recipe, plan(kind="rfm", n_scores=33), "choice_at_most", "segmentations[1].params.n_scores", None),
        (Recipe, plan(kind="rfm", cuts="own"), "rfm_own_cuts_missing", "segmentations[1].params", None),
        (Recipe, plan(n_scores=3), "choice_missing", "segmentations[1].params", None),
        (Recipe, {"segmentations": [{"params": {"kind": "rfm"}, "fit": "freeze"}]}, "choice_not_offered",
         "segmentations[1].fit", "frozen"),
        # A misspelt field leaves the right one missing, and is what has to be mended.
        (SegmentationPlan, {"params": {"kind": "rfm"}, "edits": [{"segmnt": "new"}]}, "choice_unknown",
         "edits[1].segmnt", "segment"),
        (RfmParams, {"boxes": [{"key": "a", "r": [4, 2]}]}, "box_reversed", "boxes[1]", None),
        (RfmParams, {"boxes": [{"key": "Big One"}]}, "choice_no_key", "boxes[1].key", None),
        (ClusterParams, {"k": "two"}, "choice_no_whole_number", "k", None),
        (ClusterParams, {"k": 1}, "choice_at_least", "k", None),
        (ClusterParams, {"preparation": {"weights": {"spend": 99}}}, "choice_at_most",
         "preparation.weights.spend", None),
        (ClusterParams, {"preparation": {"cap": "perhaps"}}, "choice_no_yes_no", "preparation.cap", None),
        (ClusterParams, {"numbers": [3, 3]}, "number_twice", "", None),
        (RulesParams, {"rules": [{"key": "a", "when": {**RULE, "kind": "al"}}]}, "choice_not_offered",
         "rules[1].when.kind", "all"),
        # What is wrong in a part of an expression, not that the expression is then too short.
        (RulesParams, {"rules": [{"key": "a", "when": DEEP}]}, "choice_not_offered", "rules[1].when.parts[1].op", "ge"),
        (RulesParams, {"rules": [{"key": "a", "when": {"kind": "all", "parts": []}}]}, "choice_too_few",
         "rules[1].when.parts", None),
        (RulesParams, {"rules": "x"}, "choice_no_list", "rules", None),
        (Condition, {"feature": "spend", "op": "ge", "values": []}, "condition_values", "", None),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_says_where_what_can_be_and_what_was_meant_in_every_language(
    kind: type[Params], given: object, code: str, field: str, nearest: str | None
) -> None:
    with pytest.raises(ChoiceError) as refused:
        kind.model_validate(given)
    assert (refused.value.code, refused.value.field, refused.value.nearest) == (code, field, nearest)
    for language in LANGUAGES:
        told = refused.value.sentence(translator(language))
        assert "pydantic" not in told and "Input should" not in told
        assert nearest is None or nearest in told
    again = pickle.loads(pickle.dumps(refused.value))
    assert (type(again), again.code, again.facts) == (ChoiceError, code, refused.value.facts)


def test_every_way_to_make_a_choice_refuses_alike() -> None:
    def copied() -> object:
        return ClusterParams().model_copy(update={"kk": 2})

    wrong: dict[str, Any] = {"kk": 2}
    ways = [lambda: ClusterParams(**wrong), lambda: ClusterParams.model_validate_json('{"kk": 2}'), copied]
    for way in ways:
        with pytest.raises(ChoiceError, match="choice_unknown") as refused:
            way()
        assert refused.value.nearest == "k"
        assert refused.value.__suppress_context__
    with pytest.raises(ChoiceError, match="choice_not_json"):
        ClusterParams.model_validate_json("{")


def test_every_refusal_of_a_choice_has_a_sentence() -> None:
    codes = {code for code, _ in params._LIMITS.values()} | {f"choice_no_{kind}" for kind in params._KINDS.values()}
    assert not [code for code in codes if f"error.{code}" not in catalogue()]


def test_what_every_study_begins_with_was_chosen_by_nobody():
    begun = Recipe()
    assert not any(begun.is_chosen(plan.params.kind) for plan in begun.segmentations)
    plan = begun.plan("rfm")
    assert plan is not None
    assert begun.with_plan(plan.model_copy(update={"fit": "frozen"})).is_chosen("rfm")
    assert not begun.is_chosen("tiers")
