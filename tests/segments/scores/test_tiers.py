from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError, ChoiceError
from analysis.profiles.result import Profiles
from analysis.segments.params import Tier, TierParams
from analysis.segments.scores.tiers import BY_REVENUE, own_tiers, tiers
from tests.thorough import examples


def profiles(spend) -> Profiles:
    frame = pd.DataFrame({"customer_id": [f"c{i:05}" for i in range(len(spend))], "spend": spend})
    return Profiles(frame, (), date(2024, 1, 1))


def labels(spend, params: TierParams | None = None) -> list[str]:
    return [str(key).removeprefix("tier_") for key in tiers(profiles(spend), params).segmentation.labels]


def amounts(*least: float) -> TierParams:
    upper = [Tier(key=f"{i + 1}", at_least=amount) for i, amount in enumerate(least)]
    return TierParams(by="amount", tiers=(*upper, Tier(key="rest")))


def test_twenty_thirty_fifty_of_ten_buyers_worked_by_hand():
    assert labels([10.0, 9, 8, 7, 6, 5, 4, 3, 2, 1]) == ["heavy"] * 2 + ["medium"] * 3 + ["light"] * 5


def test_share_of_revenue_worked_by_hand():
    # 70 of 100 come from the first; the second begins below 80 % and ends above it, so it is heavy;
    # the fourth begins at 94 %, just before the border at 95 %.
    assert labels([70.0, 15, 9, 4, 2], TierParams(by="revenue", tiers=BY_REVENUE)) == [
        "heavy", "heavy", "medium", "medium", "light",
    ]  # fmt: skip


def test_amounts_are_reached_at_the_amount_itself():
    assert labels([100.0, 99.99, 10.0, 9.99], amounts(100, 10)) == ["1", "2", "2", "rest"]


def test_a_border_among_equal_customers_takes_them_all_up_and_says_so():
    result = tiers(profiles([9.0, 5, 5, 5, 1, 1, 1, 1, 1, 1]))
    assert result.segmentation.segments["customers"].tolist() == [4, 6]
    codes = {(note.code, note.facts.get("n")) for note in result.notes}
    # Two were wanted and four taken; down to medium five were wanted, and the sixth to tenth are as good as the fifth.
    assert codes == {("tiers_ties", 2), ("tiers_ties", 5), ("tiers_empty", None)}


def test_no_spend_and_more_returned_than_bought_are_a_tier_of_their_own_and_missing_is_outside():
    result = tiers(profiles([50.0, 40, 30, 0, -5, np.nan]))
    assert result.segmentation.labels.tolist()[3:5] == ["tier_zero", "tier_zero"]
    assert result.segmentation.n_outside == 1
    assert result.n_buyers == 3
    assert [note.facts["n"] for note in result.notes if note.code == "tiers_negative_spend"] == [1]


@examples(40)
@given(st.lists(st.integers(1, 30), min_size=3, max_size=60).filter(lambda v: len(set(v)) > 1))
def test_tiers_equal_a_plain_loop_over_everyone_above(values):
    spend = [float(value) for value in values]
    for by, borders in (("customers", (0.2, 0.5)), ("revenue", (0.8, 0.95))):
        params = TierParams() if by == "customers" else TierParams(by="revenue", tiers=BY_REVENUE)
        expected = []
        for mine in spend:
            above = [other for other in spend if other > mine]
            part = len(above) / len(spend) if by == "customers" else sum(above) / sum(spend)
            place = sum(part >= border - 1e-12 for border in borders)
            expected.append(("heavy", "medium", "light")[place])
        assert labels(spend, params) == expected


@examples(40)
@given(st.lists(st.integers(-100, 10_000).map(lambda v: v / 10), min_size=3, max_size=60), st.randoms())
def test_more_spend_is_never_a_worse_tier_and_the_order_of_rows_does_not_matter(spend, random):
    try:
        found = tiers(profiles(spend)).segmentation
    except AnalysisError as refused:
        assert refused.code in {"tiers_no_spend", "tiers_too_few_customers", "tiers_all_equal"}
        return
    rank = {"tier_heavy": 0, "tier_medium": 1, "tier_light": 2, "tier_zero": 3}
    ordered = [rank[key] for _, key in sorted(zip(spend, found.labels, strict=True), key=lambda pair: -pair[0])]
    assert ordered == sorted(ordered)
    assert found.segments["customers"].sum() == len(spend)
    mixed = list(enumerate(spend))
    random.shuffle(mixed)
    again = tiers(profiles([value for _, value in mixed])).segmentation.labels
    assert [found.labels[place] for place, _ in mixed] == again.tolist()


def test_the_curve_rises_from_nothing_to_everything_and_passes_the_borders():
    rng = np.random.default_rng(3)
    result = tiers(profiles(rng.lognormal(4, 1.5, 5000)))
    curve = result.curve
    assert (len(curve) <= 210, curve.iloc[0].tolist(), curve.iloc[-1].tolist()) == (True, [0, 0], [1, 1])
    assert (curve.diff().dropna() >= 0).all().all()
    points = curve.set_index("customer_share")["revenue_share"]
    for row in result.borders.to_dict("records"):
        assert points[row["customer_share"]] == pytest.approx(row["revenue_share"], abs=1e-12)


def test_own_tiers_start_from_the_present_ones_and_keep_everyone_near():
    result = tiers(profiles([float(v) for v in range(1, 101)]))
    own = own_tiers(result)
    assert [tier.at_least for tier in own.tiers] == [81, 51, None]
    assert tiers(profiles([float(v) for v in range(1, 101)]), own).segmentation.labels.equals(
        result.segmentation.labels
    )


@pytest.mark.parametrize(
    ("spend", "code"),
    [([0.0, 0, -1], "tiers_no_spend"), ([5.0, 4], "tiers_too_few_customers"), ([5.0] * 9, "tiers_all_equal"),
     ([np.nan], "tiers_no_spend")],
)  # fmt: skip
def test_what_cannot_be_put_into_tiers_is_refused(spend, code):
    with pytest.raises(AnalysisError) as raised:
        tiers(profiles(spend))
    assert raised.value.code == code


def test_profiles_without_spend_are_refused():
    with pytest.raises(AnalysisError) as raised:
        tiers(Profiles(pd.DataFrame({"customer_id": ["a"]}), (), date(2024, 1, 1)))
    assert raised.value.code == "tiers_need_spend"


@pytest.mark.parametrize(
    "params",
    [
        {"tiers": [{"key": "a", "share": 0.5}, {"key": "a"}]},
        {"tiers": [{"key": "zero", "share": 0.5}, {"key": "b"}]},
        {"tiers": [{"key": "a", "share": 0.5}, {"key": "b", "share": 0.5}]},
        {"tiers": [{"key": "a", "share": 0.7}, {"key": "b", "share": 0.3}, {"key": "c"}]},
        {"tiers": [{"key": "a"}, {"key": "b"}]},
        {"by": "amount", "tiers": [{"key": "a", "at_least": 5}, {"key": "b", "at_least": 9}, {"key": "c"}]},
        {"by": "amount", "tiers": [{"key": "a", "share": 0.5}, {"key": "b"}]},
        {"tiers": [{"key": "a"}]},
    ],
)
def test_params_that_do_not_go_down_are_refused(params):
    with pytest.raises(ChoiceError):
        TierParams.model_validate(params)
