from __future__ import annotations

from datetime import date

import pytest

from analysis.errors import AnalysisError
from analysis.segments.param_edit import (
    MOST_TIERS,
    own_periods,
    tiers_by,
    with_fewer_tiers,
    with_more_tiers,
    with_scheme,
    with_side,
    with_stages,
    with_tier,
)
from analysis.segments.params import HybridParams, RfmParams, Tier, TierParams
from analysis.segments.scores.lifecycle import LifecycleParams
from texts import LANGUAGES, Translator

AMOUNTS = TierParams(by="amount", tiers=(Tier(key="a", at_least=100), Tier(key="b", at_least=10), Tier(key="c")))


def test_a_tier_is_parted_until_there_are_ten_and_taken_back_again():
    params = TierParams()
    while len(params.tiers) < MOST_TIERS:
        params = with_more_tiers(params)
        assert sum(tier.share or 0 for tier in params.tiers) == pytest.approx(0.5)
    while len(params.tiers) > 2:
        params = with_fewer_tiers(params)
    assert params == TierParams(tiers=(TierParams().tiers[0], TierParams().tiers[-1]))


def test_amounts_are_halved_below_the_tier_that_stays():
    assert [tier.at_least for tier in with_more_tiers(AMOUNTS).tiers] == [100, 10, 5, None]


def test_a_scheme_keeps_the_cuts_that_it_can_use():
    assert with_scheme(RfmParams(cuts="median"), "boxes").cuts == "median"
    assert with_scheme(RfmParams(scheme="eight_a", cuts="median"), "eight_b").cuts == "median"
    assert with_scheme(RfmParams(scheme="eight_a", cuts="median"), "two_digit").cuts == "quantile"


def test_a_side_that_stands_on_the_other_side_swaps_them():
    params = HybridParams(first="rfm", second="tiers")
    assert (with_side(params, "second", "rfm").first, with_side(params, "second", "rfm").second) == ("tiers", "rfm")
    assert with_side(params, "second", "clusters").first == "rfm"


def test_one_stage_of_several_changes_and_the_others_stand():
    params = LifecycleParams()
    changed = with_stages(params, "least", params.least[1] + 0.5, 1)
    assert changed.least == (params.least[0], params.least[1] + 0.5, params.least[2])
    assert with_stages(params, "season", "never").season == "never"


def test_periods_of_ones_own_follow_each_other():
    params = own_periods((date(2024, 1, 1), date(2024, 1, 31)), (date(2024, 2, 1), date(2024, 2, 29)))
    assert (params.before_end, params.start) == (date(2024, 1, 31), date(2024, 2, 1))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda: with_tier(TierParams(), 0, share=0.8), "tiers_shares_too_large"),
        (lambda: with_tier(AMOUNTS, 1, at_least=100.0), "tiers_amounts_rise"),
        (lambda: tiers_by("amount", None), "tiers_amounts_equal"),
        (lambda: with_stages(LifecycleParams(), "ends", 0.999, 0), "lifecycle_stages_cross"),
        (
            lambda: own_periods((date(2024, 1, 1), date(2024, 2, 1)), (date(2024, 2, 1), date(2024, 2, 29))),
            "movement_periods_cross",
        ),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(change, code):
    with pytest.raises(AnalysisError) as refused:
        change()
    assert refused.value.code == code
    for language in LANGUAGES:
        assert Translator(language)(f"error.{code}", **refused.value.facts)
