"""Size, baseline and arrivals of a segment are those of a plain loop over the orders, with no look ahead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.experiments.planning.clusters import clusters_of
from analysis.experiments.planning.outlook import (
    EVERYBODY,
    OutlookParams,
    SegmentOutlook,
    _feature_values,
    amounts_of,
    outlook,
    shares_of,
    weeks_to_fill,
)
from analysis.experiments.planning.plan import Planned, ProportionPlan, sample_size
from analysis.experiments.suggest_choices import suggest_plan
from analysis.profiles.build import build_profiles
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import SegmentationPlan
from analysis.study import Prepared, edit, prepare, read, segment, suggest
from tests.samples import sample

DAYS = 60


@pytest.fixture(scope="module")
def shop() -> Prepared:
    return sample().prepared()


def of(shop: Prepared, method: str, **params) -> dict[str, SegmentOutlook]:
    plan = SegmentationPlan.model_validate({"params": {"kind": method}})
    edited = edit(segment(shop.profiles, plan, standard=shop.standard), plan, shop.profiles)
    found = outlook(shop.standard, shop.profiles, edited, plan, OutlookParams(**params))
    return {one.segment: one for one in found}


def loop(shop: Prepared, days: int) -> dict[str, tuple[set[str], float]]:
    """Return orders and money of each customer in the days, line by line."""
    start, found = shop.profiles.as_of - timedelta(days=days), {}
    with shop.standard.cursor() as cursor:
        lines = cursor.execute("SELECT customer_id, order_id, order_date, amount, is_return FROM orders").fetchall()
    for customer, order, day, amount, is_return in lines:
        if start <= day <= shop.profiles.as_of:
            orders, money = found.get(customer, (set(), 0.0))
            found[customer] = (orders | ({order} if amount > 0 and not is_return else set()), money + float(amount))
    return found


def test_baselines_are_those_of_the_customers_who_were_in_the_segment_before(shop: Prepared) -> None:
    then = build_profiles(shop.standard, as_of=shop.profiles.as_of - timedelta(days=DAYS + 1))
    labels = segment(then, SegmentationPlan.model_validate({"params": {"kind": "rfm"}})).segmentation.labels
    known = loop(shop, DAYS)
    found = {outcome: of(shop, "rfm", outcome=outcome, days=DAYS) for outcome in ("ordered", "revenue", "order_value")}
    # Days since the last order, orders, spend, as ranks: the best are few days away and have much of both.
    best, asleep = found["ordered"]["champions"].place, found["ordered"]["hibernating"].place
    assert best[0] < asleep[0] and best[1] > asleep[1]
    assert found["ordered"][EVERYBODY].place == pytest.approx((0.5, 0.5, 0.5), abs=0.01)
    compared = 0
    for key in [*labels.dropna().unique(), EVERYBODY]:
        inside = [
            c for c, label in zip(then.customers["customer_id"], labels, strict=True) if key in (label, EVERYBODY)
        ]
        if key not in found["ordered"]:
            continue
        rows = [known.get(customer, (set(), 0.0)) for customer in inside]
        orders, money = [float(len(row[0])) for row in rows], [row[1] for row in rows]
        share, mean, ratio = (found[name][key].statistic for name in ("ordered", "revenue", "order_value"))
        assert share == ProportionStatistic(len(inside), sum(n > 0 for n in orders))
        assert isinstance(mean, MeanStatistic) and isinstance(ratio, RatioStatistic)
        assert (mean.n, mean.sum) == (len(inside), pytest.approx(sum(money)))
        assert mean.sum_squares == pytest.approx(sum(m * m for m in money))
        assert (ratio.top, ratio.bottom) == (pytest.approx(sum(money)), sum(orders))
        compared += 1
    assert compared >= 5


def test_sizes_are_those_of_today_and_arrivals_those_who_were_not_there(shop: Prepared) -> None:
    plan = SegmentationPlan.model_validate({"params": {"kind": "rfm"}})
    now = segment(shop.profiles, plan).segmentation.labels
    earlier_profiles = build_profiles(shop.standard, as_of=shop.profiles.as_of - timedelta(days=DAYS + 1))
    then = segment(earlier_profiles, plan).segmentation.labels
    was = dict(zip(earlier_profiles.customers["customer_id"], then, strict=True))
    for key, one in of(shop, "rfm", days=DAYS).items():
        if key == EVERYBODY:
            new = [c for c in shop.profiles.customers["customer_id"] if c not in was]
            n = len(now)
        else:
            inside = [c for c, label in zip(shop.profiles.customers["customer_id"], now, strict=True) if label == key]
            new, n = [c for c in inside if was.get(c) != key], len(inside)
        assert (one.n, one.per_week) == (n, pytest.approx(len(new) * 7 / DAYS))


def test_groups_found_anew_are_measured_in_hindsight_and_say_so(shop: Prepared) -> None:
    found = of(shop, "clusters", days=DAYS)
    assert all(one.hindsight and one.per_week is None and one.measured == one.n for one in found.values())


def test_a_feature_is_measured_as_it_is_today(shop: Prepared) -> None:
    found = of(shop, "rfm", outcome="feature", feature="n_orders")
    statistic = found[EVERYBODY].statistic
    assert isinstance(statistic, MeanStatistic)
    assert statistic.mean == pytest.approx(float(shop.profiles.customers["n_orders"].mean()))
    assert statistic.variance == pytest.approx(float(shop.profiles.customers["n_orders"].var()))


def test_shares_hold_nought_and_one_and_amounts_do_not(shop: Prepared) -> None:
    shares, amounts = shares_of(shop.profiles), amounts_of(shop.profiles)
    assert "n_orders" in amounts and not set(shares) & set(amounts)
    for key in shares:
        assert set(shop.profiles.customers[key].dropna().astype(float)) <= {0.0, 1.0}
        found = of(shop, "rfm", outcome="feature", feature=key)[EVERYBODY].statistic
        assert found is None or isinstance(found, ProportionStatistic)


def test_days_before_the_first_order_are_refused(shop: Prepared) -> None:
    with pytest.raises(AnalysisError) as caught:
        of(shop, "rfm", days=3000)
    assert (caught.value.code, caught.value.facts) == ("experiment_no_history", {"days": 3000})


@pytest.mark.parametrize("feature", [None, "phone", "city", "nothing"])
def test_a_feature_that_is_no_number_is_refused(shop: Prepared, feature: str | None) -> None:
    with pytest.raises(AnalysisError, match="experiment_unknown_feature"):
        of(shop, "rfm", outcome="feature", feature=feature)


def test_members_without_orders_have_no_baseline_of_orders(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("会员号,年龄\n" + "".join(f"M{i:03},{20 + i % 40}\n" for i in range(60)), "utf-8")
    tables = read(path)
    members = prepare(tables, suggest(tables))
    with pytest.raises(AnalysisError, match="experiment_needs_orders"):
        of(members, "clusters")


def leads(**columns: list) -> Profiles:
    features = tuple(Feature(key, "risk", "category" if key == "status" else "flag", header=key) for key in columns)
    return Profiles(pd.DataFrame({"customer_id": [f"c{i}" for i in range(60)], **columns}), features, date(2024, 1, 1))


def test_without_orders_a_plan_measures_the_outcome_that_the_file_tells_in_words() -> None:
    won = leads(status=["won" if i % 4 == 0 else "open" for i in range(60)], newsletter=[i % 2 == 0 for i in range(60)])
    plan = suggest_plan("clusters|1", won, has_orders=False)
    assert (plan.metric, plan.feature, plan.points) == ("proportion", "status", None)
    assert suggest_plan("clusters|1", won, has_orders=True).feature == ""
    # Half of them come every week: in four weeks they come whatever is done, the others have four weeks.
    often = replace(won, customers=won.customers.assign(mean_gap_days=[6.0] * 30 + [40.0] * 30))
    inside = [[i < 30 for i in range(60)], [i >= 30 for i in range(60)], [20 < i < 40 for i in range(60)]]
    days = [suggest_plan("rfm|a", often, has_orders=True, inside=one).days for one in (*inside, None)]
    assert days == [7, 28, 28, 28]
    labels = pd.Series(["1"] * 20 + ["2"] * 40, dtype="string")
    values = _feature_values(won, "status")
    assert [values[labels == one].sum() for one in ("1", "2")] == [5, 10]


def test_without_orders_and_outcome_a_plan_measures_another_yes_or_no_or_is_typed() -> None:
    assert (
        suggest_plan("a|b", leads(newsletter=[i % 2 == 0 for i in range(60)]), has_orders=False).feature == "newsletter"
    )
    assert suggest_plan("a|b", leads(status=["open", "closed"] * 30), has_orders=False).source == "typed"


@pytest.mark.parametrize(
    ("at_once", "per_week", "weeks"), [(2188, None, 0), (2187, 1, 1), (412, 300, 6), (412, None, None), (412, 0, None)]
)
def test_weeks_count_only_the_customers_that_are_missing(
    at_once: int, per_week: float | None, weeks: int | None
) -> None:
    planned: Planned = sample_size(ProportionPlan(baseline=0.2, effect=0.05))
    assert planned.n_total == 2188
    assert weeks_to_fill(planned, at_once=at_once, per_week=per_week) == weeks


def test_how_alike_customers_of_a_channel_are_is_that_of_the_customers_of_then(shop: Prepared) -> None:
    column = next(
        one.key for one in shop.profiles.features
        if one.kind == "category" and shop.profiles.customers[one.key].nunique() > 2
    )  # fmt: skip
    found = of(shop, "rfm", days=DAYS, cluster=column)
    everybody = found[EVERYBODY]
    done = loop(shop, DAYS)
    then = build_profiles(shop.standard, as_of=shop.profiles.as_of - timedelta(days=DAYS + 1)).customers["customer_id"]
    today = shop.profiles.customers.set_index("customer_id")[column]
    values = [float(bool(done.get(customer, (set(),))[0])) for customer in then]
    assert everybody.clusters == clusters_of(np.array(values), today.reindex(then))
    assert (everybody.n_clusters, everybody.n_in_clusters) == (today.nunique(), today.notna().sum())
    assert of(shop, "rfm", days=DAYS)[EVERYBODY].clusters is None
    assert of(shop, "rfm", days=DAYS, cluster=column, outcome="order_value")[EVERYBODY].clusters is None
    with pytest.raises(AnalysisError, match="experiment_unknown_column"):
        of(shop, "rfm", days=DAYS, cluster="no such column")
