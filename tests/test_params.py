"""A changed copy of somebody's choices is as valid as the choices themselves."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from analysis.recipe import Cleaning, Recipe, SegmentationPlan
from analysis.segments.params import HybridParams, RfmParams, TierParams


def test_a_date_written_as_text_is_a_date_in_the_copy() -> None:
    assert Recipe().model_copy(update={"as_of": "2024-12-31"}).as_of == date(2024, 12, 31)


@pytest.mark.parametrize(
    "update", [{"as_off": date(2024, 1, 1)}, {"as_of": "soon"}, {"cleaning": {"returns": "netto"}}, {"version": 9}]
)
def test_a_misspelt_field_or_value_is_refused(update: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Recipe().model_copy(update=update)


def test_rules_between_fields_and_plans_hold_for_copies_too() -> None:
    with pytest.raises(ValidationError, match="eight classes"):
        RfmParams().model_copy(update={"scheme": "eight_a"})
    twice = SegmentationPlan(params=TierParams())
    with pytest.raises(ValidationError, match="one segmentation of each kind"):
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
        with pytest.raises(ValidationError, match="a hybrid crosses two of rfm, tiers"):
            SegmentationPlan(params=HybridParams(first="rfm", second=other))


def test_the_fields_of_a_recipe_keep_their_order_so_that_files_and_versions_of_before_stay_the_same() -> None:
    order = ["version", "name", "goal", "as_of", "currency", "rates", "time_zone", "sources", "cleaning", "accepted"]
    assert list(Recipe().model_dump()) == [*order, "segmentations"]
