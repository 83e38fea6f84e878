from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError, ChoiceError
from analysis.profiles.result import Profiles
from analysis.segments.params import ELEVEN, Box, RfmParams
from analysis.segments.scores.boxes import check_boxes, first_box
from analysis.segments.scores.interval import RepurchaseInterval, repurchase_interval
from analysis.segments.scores.rfm import rfm
from analysis.study import prepare, read, suggest

REFERENCE = Path(__file__).parents[4] / "shared" / "data" / "reference"
KEYS = {
    "Champions": "champions", "Loyal Customers": "loyal", "Potential Loyalist": "potential_loyalists",
    "New Customers": "new", "Promising": "promising", "Need Attention": "needs_attention",
    "About To Sleep": "about_to_sleep", "At Risk": "at_risk", "Can't Lose Them": "cant_lose", "Lost": "lost",
}  # fmt: skip


def profiles(recency, orders, spend) -> Profiles:
    ids = [f"c{i:05}" for i in range(len(recency))]
    frame = pd.DataFrame({"customer_id": ids, "recency_days": recency, "n_orders": orders, "spend": spend})
    return Profiles(frame, (), date(2024, 1, 1))


def test_the_eleven_classes_leave_36_codes_uncovered_and_four_names_empty():
    found = check_boxes(ELEVEN)
    assert len(found.uncovered) == 36
    assert found.empty == ("box.new", "box.promising", "box.cant_lose", "box.lost")
    assert {"511", "441", "111"} & set(found.twice) == {"511", "111"}
    assert found.twice["111"] == ("box.hibernating", "box.lost")


def test_one_box_for_everything_has_no_gap_and_a_second_one_no_customer():
    found = check_boxes((Box(key="all"), Box(key="more", r=(5, 5))))
    assert (found.uncovered, len(found.twice), found.empty) == ((), 25, ("box.more",))


def test_first_box_equals_a_walk_over_every_code():
    codes = np.array([(r, f, m) for r in range(1, 6) for f in range(1, 6) for m in range(1, 6)])
    named = first_box(ELEVEN, codes[:, 0], codes[:, 1], codes[:, 2])
    for code, place in zip(codes.tolist(), named.tolist(), strict=True):
        covering = [
            i
            for i, box in enumerate(ELEVEN)
            if all(low <= one <= high for one, (low, high) in zip(code, (box.r, box.f, box.m), strict=True))
        ]
        assert place == (covering[0] if covering else len(ELEVEN))


@pytest.fixture(scope="module")
def published():
    if not (REFERENCE / "rfm_data_orders.csv").exists():
        pytest.skip("no reference files")
    orders = pd.read_csv(REFERENCE / "rfm_data_orders.csv", parse_dates=["order_date"])
    grouped = orders.groupby("customer_id")
    frame = pd.DataFrame(
        {
            "recency_days": (pd.Timestamp("2006-12-31") - grouped["order_date"].max()).dt.days,
            "n_orders": grouped.size(),
            "spend": grouped["revenue"].sum().astype(float),
        }
    ).reset_index()
    vectors = {entry["id"]: entry for entry in json.loads((REFERENCE / "vectors.json").read_text("utf-8"))}
    given = vectors["RFM-05"]["inputs"]["segments"]
    boxes = tuple(
        Box(key=KEYS[name], **{axis.lower(): (given[f"{axis}_lo"][i], given[f"{axis}_hi"][i]) for axis in "RFM"})
        for i, name in enumerate(given["order"])
    )
    base = Profiles(frame, (), date(2006, 12, 31))
    # The package adds 1 to each quantile and takes values below it: for whole numbers that is the next whole number.
    measures = {"own_recency": "recency_days", "own_frequency": "n_orders", "own_monetary": "spend"}
    own = {
        name: tuple(float(np.ceil(cut)) for cut in np.quantile(frame[column], [0.2, 0.4, 0.6, 0.8]))
        for name, column in measures.items()
    }
    return rfm(base, RfmParams(scheme="boxes", boxes=boxes, cuts="own", **own)), vectors


def test_the_classic_table_of_the_r_package_comes_out(published):
    result, vectors = published
    expected = vectors["RFM-05"]["expected"]
    counts = result.customers["segment"].value_counts()
    assert {name: counts.get(f"box.{key}", 0) for name, key in KEYS.items() if name in expected["customers"]} == {
        name: n for name, n in expected["customers"].items() if name != "Others"
    }
    assert counts["other"] == expected["customers"]["Others"]
    champions = result.customers[result.customers["segment"] == "box.champions"]
    assert champions["n_orders"].sum() == expected["champions_orders"]
    assert champions["spend"].sum() == expected["champions_revenue"]


def test_the_medians_of_the_classic_table_come_out(published):
    result, vectors = published
    medians = result.customers.groupby("segment")[["recency_days", "n_orders", "spend"]].median()
    for key, expected in vectors["RFM-06"]["expected"].items():
        found = medians.loc[f"box.{'potential_loyalists' if key == 'potential_loyalist' else key}"]
        assert found.tolist() == pytest.approx(expected, abs=vectors["RFM-06"]["tolerance"]["abs"])


def test_one_time_buyers_are_apart_and_repeat_buyers_are_parted_by_quantiles():
    orders = [1] * 80 + [2] * 5 + [3] * 5 + [4] * 5 + [9] * 5
    result = rfm(profiles(range(100), orders, [float(v) for v in range(100)]), RfmParams(one_time_apart=True))
    # Quartiles of the repeat buyers: 2.75 lies between the 2s and the 3s, and so on.
    assert result.cuts["f"] == (1.0, 2.75, 3.5, 5.25)
    assert result.customers["f"].value_counts().to_dict() == {1: 80, 2: 5, 3: 5, 4: 5, 5: 5}
    with pytest.raises(AnalysisError) as raised:
        rfm(profiles(range(9), [1] * 9, [float(v) for v in range(9)]), RfmParams(one_time_apart=True))
    assert raised.value.code == "rfm_no_repeat_buyers"


def test_recency_is_cut_at_the_repurchase_interval(tmp_path):
    path = tmp_path / "orders.csv"
    # Gaps of 10, 20, …, 100 days: type-7 median 55, 75th percentile 77.5, 90th 91.
    lines, day = ["order id,customer id,order date,amount"], date(2023, 1, 1).toordinal()
    for i, gap in enumerate(range(10, 101, 10)):
        lines += [f"o{i}a,c{i},{date.fromordinal(day)},5", f"o{i}b,c{i},{date.fromordinal(day + gap)},{6 + i}"]
    lines.append(f"o0c,c0,{date.fromordinal(day + 10)},7")  # a second order on the same day is no gap
    path.write_text("\n".join(lines), "utf-8")
    tables = read(path)
    base = prepare(tables, suggest(tables))
    interval = repurchase_interval(base.standard, base.profiles.as_of)
    assert interval == RepurchaseInterval(55, 77.5, 91, 10)
    result = rfm(base.profiles, RfmParams(cuts="interval", n_scores=2), interval=interval)
    assert result.cuts["r"] == (55, 77.5, 91)
    expected = [1 + sum(days <= cut for cut in (55, 77.5, 91)) for days in result.customers["recency_days"]]
    assert result.customers["r"].tolist() == expected
    for found in (lambda: repurchase_interval(None, base.profiles.as_of), lambda: rfm(base.profiles, result.params)):
        with pytest.raises(AnalysisError) as raised:
            found()
        assert raised.value.code == "rfm_needs_interval"


def test_weights_rank_customers_and_change_no_segment():
    base = profiles([1, 50, 90, 200, 300], [1, 9, 3, 2, 5], [9.0, 500, 40, 20, 10])
    plain, recent = rfm(base), rfm(base, RfmParams(weights=(1, 0, 0)))
    assert plain.customers["segment"].equals(recent.customers["segment"])
    assert recent.customers["weighted"].tolist() == (25 * (recent.customers["r"] - 1)).tolist()
    assert plain.customers["weighted"].between(0, 100).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"weights": (0, 0, 0)}, {"weights": (-1, 1, 1)}, {"boxes": ()}, {"scheme": "eight_a", "cuts": "interval"},
        {"boxes": ({"key": "a", "r": (3, 2)},)}, {"boxes": ({"key": "a", "r": (0, 2)},)},
        {"boxes": ({"key": "a"}, {"key": "a"})}, {"boxes": ({"key": "other"},)},
    ],
)  # fmt: skip
def test_params_that_do_not_fit_are_refused(changes):
    with pytest.raises(ChoiceError):
        RfmParams.model_validate(changes)
