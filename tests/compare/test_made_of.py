"""What segments differ in because of how they were made is no finding, also where it follows the number of orders."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from analysis.compare.compare import compare
from analysis.compare.explain import separation
from analysis.compare.made_of import FAVOURITES, FOLLOWS, made_of
from analysis.profiles import behaviour, channel, people, preference, risk, social, value
from analysis.segments.result import segmentation_of
from analysis.stats.strata import mantel_haenszel
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
    known = profiles(columns)
    crude = compare(known, segmentation_of(many, ["few", "many"], method="rfm"), ["many"])
    assert crude.differences.set_index("feature").loc["favourite_hours", "p"].min() < 0.005  # a test would call it
    groups = segmentation_of(many, ["few", "many"], method="rfm", made_of=(by,))
    rows = compare(known, groups, ["many"]).differences.set_index("feature")
    assert not rows.loc["favourite_hours", "by_construction"].any()
    assert not rows.loc[["favourite_hours", "city"], "significant"].any()
    apart = separation(known, groups, importance=False).features.set_index("feature")
    assert not apart.loc["favourite_hours", ["by_construction", "significant"]].any()


def test_other_hours_of_a_segment_of_orders_are_a_finding():
    columns = shop(3000, np.random.default_rng(4))
    many = (columns["spend"] > np.median(columns["spend"])).astype(int)
    own = (many == 1) & (np.random.default_rng(5).random(3000) < 0.3)
    known = profiles(columns | {"favourite_hours": np.where(own, "night", columns["favourite_hours"])})
    groups = segmentation_of(many, ["few", "many"], method="rfm", made_of=("recency_days", "n_orders", "spend"))
    rows = compare(known, groups, ["many"]).differences
    assert rows.set_index(["feature", "level"]).loc[("favourite_hours", "night"), "significant"]
    assert (
        separation(known, groups, importance=False).features.set_index("feature").loc["favourite_hours", "significant"]
    )
    assert "favourite_hours" in made_of(groups, ["spend", "favourite_hours"])  # none is known to have as many orders


def test_alike_are_compared_as_statsmodels_does():
    cells = np.random.default_rng(1).poisson(9, (5, 2, 2))
    p, _ = mantel_haenszel(cells)
    tables = [one.astype(float) for one in cells]
    assert p == pytest.approx(np.full((2, 2), StratifiedTable(tables).test_null_odds(correction=True).pvalue))
    assert np.isnan(mantel_haenszel(np.array([[[4, 2], [3, 1]]]))[0]).all()  # too few of them


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
    assert {key for key in known if key.startswith("favourite_")} - of_events <= {*FOLLOWS["n_orders"], *FAVOURITES}
