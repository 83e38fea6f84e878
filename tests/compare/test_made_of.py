"""What segments differ in because of how they were made is no finding, also where it follows the number of orders."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from analysis.compare.compare import compare
from analysis.compare.made_of import FOLLOWS, made_of
from analysis.profiles import behaviour, channel, people, preference, risk, social, value
from analysis.segments.result import segmentation_of
from benchmarks.chance import profiles


def shop(n: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return customers who all buy at the same hours, however often they buy."""
    orders = 1 + rng.poisson(rng.gamma(0.6, 4, n))
    hours = np.array(["morning", "afternoon", "evening", "night"])
    usual = [Counter(rng.choice(hours, count, p=[0.3, 0.2, 0.4, 0.1])).most_common(1)[0][0] for count in orders]
    return {
        "n_orders": orders.astype(float),
        "spend": orders * rng.lognormal(3, 0.5, n),
        "recency_days": rng.exponential(300 / orders),
        "favourite_hours": np.array(usual),
        "city": rng.choice(["north", "south"], n),
    }


@pytest.mark.parametrize("by", ["n_orders", "spend", "recency_days"])
def test_the_usual_hours_of_those_who_buy_often_are_no_finding_where_all_buy_at_the_same_hours(by):
    columns = shop(3000, np.random.default_rng(4))
    many = (columns[by] > np.median(columns[by])).astype(int)
    found = compare(profiles(columns), segmentation_of(many, ["few", "many"], method="rfm", made_of=(by,)), ["many"])
    rows = found.differences.set_index("feature")
    assert rows.loc["favourite_hours", "p"].min() < 0.005  # a test would call it
    assert rows.loc["favourite_hours", "by_construction"].all()
    assert not rows.loc[["favourite_hours", "city"], "significant"].any()


def test_favourites_are_a_finding_where_the_segments_were_made_of_something_else():
    groups = segmentation_of(np.array([0, 1]), ["a", "b"], method="rules", made_of=("city",))
    assert made_of(groups, ["favourite_hours", "favourite_category", "city"]) == ("city",)
    groups = segmentation_of(np.array([0, 1]), ["a", "b"], method="rules", made_of=("favourite_hours",))
    assert made_of(groups, ["n_orders", "spend", "favourite_hours", "favourite_category"]) == ("favourite_hours",)
    groups = segmentation_of(np.array([0, 1]), ["a", "b"], method="rules", made_of=("category_entropy",))
    assert made_of(groups, ["favourite_category_share", "n_orders"]) == ("favourite_category_share",)


def test_what_follows_is_a_feature_of_the_product():
    rooms = (behaviour, channel, people, preference, risk, social, value)
    known = {"city"} | {feature.key for room in rooms for feature in room.FEATURES}
    named = {*FOLLOWS, *(other for others in FOLLOWS.values() for other in others)}
    assert named <= known
    of_events = {"favourite_feature", "favourite_contact_channel"}
    assert {key for key in known if key.startswith("favourite_")} - of_events <= {*FOLLOWS["n_orders"]}
