from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.charts.hybrid import hybrid_grid
from analysis.profiles.result import Profiles
from analysis.segments.hybrid import hybrid
from analysis.segments.params import HybridParams
from analysis.segments.result import EditedSegmentation, segmentation_of
from texts import Translator

ROWS, COLUMNS = {"loyal": "Loyal", "new": "New"}, {"cluster_1": "Group 1", "cluster_2": "Group 2"}


def grid(*, with_spend: bool = True):
    frame = pd.DataFrame({"customer_id": [f"c{i}" for i in range(7)]})
    if with_spend:
        frame["spend"] = [1.0, 2, 3, 4, 5, 6, 7]
    others = {
        "rfm": EditedSegmentation(segmentation_of(np.array([0, 0, 0, 0, 1, 1, 1]), list(ROWS), method="rfm")),
        "clusters": EditedSegmentation(segmentation_of(np.array([0, 0, 0, 1, 0, 0, 0]), list(COLUMNS), method="c")),
    }
    params = HybridParams(least=2, smallest_share=0)
    result = hybrid(Profiles(frame, (), date(2024, 1, 1)), others, params)
    return hybrid_grid(result, Translator("en", "USD"), rows=ROWS, columns=COLUMNS)


def test_each_cell_shows_its_customers_and_revenue_and_small_ones_are_framed():
    data = grid().data.set_index(["first", "second"])
    assert data["customers"].to_dict() == {("Loyal", "Group 1"): 3, ("Loyal", "Group 2"): 1, ("New", "Group 1"): 3}
    assert data["shade"].tolist() == [6.0, 4.0, 18.0]
    assert data["small"].tolist() == [False, True, False]
    assert data["segment"].tolist() == ["Loyal", "Loyal", "New · Group 1"]


def test_without_spend_the_shade_is_the_customers():
    data = grid(with_spend=False).data
    assert data["shade"].tolist() == [3, 1, 3]
    assert set(data["revenue_text"]) == {""}


def test_the_title_says_which_cell_brings_most_or_holds_most():
    # 18 of 28 in revenue, 3 of 7 customers.
    title = grid().to_dict()["title"]["text"]
    assert title == "New × Group 1: 3 customers (43%) with 64% of revenue"
    assert grid(with_spend=False).to_dict()["title"]["text"] == "Loyal × Group 1 holds most: 3 customers (43%)"
