"""What is planted beside the shop is found by the predictions, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.predict.feedback.params import FeedbackParams
from analysis.predict.offers.together import bought_together
from analysis.predict.offers.triples import three_together
from analysis.predict.paths.by_segment import funnel_by_segment
from analysis.predict.paths.params import PathsParams
from analysis.predict.referrals.params import ReferralParams
from analysis.study import begin, read
from sample_data.beside import BROUGHT, IN_A_DAY, PAIR, STEPS, THREE

FOLDER = Path(__file__).parents[2] / "sample_data"


@pytest.fixture(scope="module")
def shop() -> Any:
    return begin(read(FOLDER / "中文店铺.xlsx", FOLDER / "店铺往来.xlsx"))


@pytest.fixture(scope="module")
def groups(shop: Any) -> pd.Series:
    truth = pd.read_csv(FOLDER / "truth" / "中文店铺.csv", index_col="customer_id")["group"]
    return shop.prepared().profiles.customers["customer_id"].map(truth.to_dict())


def test_the_customers_and_the_day_of_the_shop_stay_as_they_are(shop: Any) -> None:
    alone = begin(read(FOLDER / "中文店铺.xlsx")).prepared().profiles
    beside = shop.prepared().profiles
    assert beside.as_of == alone.as_of
    columns = ["customer_id", "n_orders", "spend", "recency_days"]
    pd.testing.assert_frame_equal(beside.customers[columns], alone.customers[columns])


def test_the_three_who_bring_most_are_first_and_the_one_of_a_single_day_is_marked(shop: Any) -> None:
    found = shop.prediction(ReferralParams())
    assert sorted(found.referrers["referred"].head(4), reverse=True) == sorted((*BROUGHT, IN_A_DAY), reverse=True)
    assert (found.referrers["referred"].iloc[4:] == 1).all()
    [sign] = found.signs
    assert (sign.kind, sign.n) == ("burst", IN_A_DAY)
    assert found.n_referred == sum(BROUGHT) + IN_A_DAY + 80


def test_the_funnel_has_its_steps_and_each_group_stops_where_it_was_planted(shop: Any, groups: pd.Series) -> None:
    found = shop.prediction(PathsParams())
    assert found.funnel is not None and tuple(found.funnel.steps["step"]) == STEPS
    table = funnel_by_segment(found, groups).set_index("segment")
    assert table["worst"].to_dict()["促销型散客"] == "支付成功"
    assert table["worst"].to_dict()["沉睡老客"] == "加入购物车"
    assert table.index[0] == "高频忠诚客" and (table["p"] < 0.05).all()


def test_who_said_what_is_told_by_aspect_and_the_missing_points_by_their_words(shop: Any, groups: pd.Series) -> None:
    found = shop.prediction(FeedbackParams())
    said = found.aspects.set_index("aspect")["negative_share"]
    assert said[["packaging", "delivery"]].min() > 0.95 and said[["taste", "price", "service"]].max() < 0.05
    by_group = (found.customers["negative"] > 0)[found.customers["negative"].notna()].groupby(groups).mean()
    assert by_group["大额低频送礼客"] > 0.4 and by_group[["促销型散客", "沉睡老客"]].max() < 0.05
    assert any("没到" in words or "积分" in words for words in found.topics["words"])


def test_the_pair_and_the_set_of_three_of_the_till_are_found_and_nothing_else() -> None:
    found = begin(read(FOLDER / "tea_till_en.csv")).prepared()
    pairs = bought_together(found.standard, found.profiles.as_of).pairs
    inside = {frozenset(pair) for pair in pairs[["first", "second"]].itertuples(index=False)}
    planted = {frozenset(PAIR), *(frozenset(THREE) - {one} for one in THREE)}
    assert inside == planted
    sets = three_together(found.standard, found.profiles.as_of).sets
    assert [set(row) for row in sets[["first", "second", "third"]].itertuples(index=False)] == [set(THREE)]
