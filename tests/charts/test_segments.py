from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.charts.palette import fade
from analysis.charts.rfm import rfm_grid
from analysis.charts.segments import cluster_map, cluster_profile, k_choice, segment_bars
from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters
from analysis.segments.params import ClusterParams, RfmParams
from analysis.segments.scores.rfm import rfm
from texts import LANGUAGES, Translator

NASTY = "<script>[x](y).\"'客户"


@pytest.fixture(scope="module")
def profiles() -> Profiles:
    rng = np.random.default_rng(0)
    n = 600
    group = rng.integers(0, 3, n)
    frame = pd.DataFrame(
        {"customer_id": [f"c{i:04}" for i in range(n)], "recency_days": rng.integers(0, 50, n) + 100 * group}
    )
    frame["n_orders"] = rng.poisson(np.array([9, 4, 1])[group]) + 1
    frame["spend"] = frame["n_orders"] * rng.lognormal(3, 0.3, n)
    frame[NASTY] = rng.normal(size=n)
    features = (
        Feature("recency_days", "risk", "number", "days"),
        Feature("n_orders", "behaviour", "number", "count"),
        Feature("spend", "value", "number", "money"),
        Feature(NASTY, "basic", "number", header=NASTY),
    )
    return Profiles(frame, features, date(2024, 1, 1))


def rows(chart) -> list[dict]:
    """All rows of data that the chart's JSON carries."""
    return [row for data in chart.to_dict()["datasets"].values() for row in data]


def fields(node) -> set[str]:
    """Every field name that an encoding refers to."""
    if isinstance(node, dict):
        own = {node["field"]} if isinstance(node.get("field"), str) else set()
        return own.union(*(fields(value) for key, value in node.items() if key != "datasets"))
    return set().union(*(fields(value) for value in node)) if isinstance(node, list) else set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grid_holds_the_size_and_revenue_of_each_cell(profiles, language):
    t = Translator(language, "CNY")
    result = rfm(profiles)
    cells = {(row["r"], row["f"]): row for row in rows(rfm_grid(result, t))}
    assert len(cells) == 25
    for cell in result.grid.itertuples():
        drawn = cells[str(cell.r), str(cell.f)]
        if cell.customers == 0:  # stays empty
            assert (drawn["customers_text"], drawn["revenue_text"], drawn["segment"]) == ("", "", "")
            assert drawn["revenue"] is None
            continue
        assert drawn["customers_text"] == t.number(cell.customers)
        assert drawn["revenue"] == pytest.approx(cell.revenue)
        assert drawn["segment"] == t(f"segment.{cell.segment}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["standard", "eight_b"])
def test_the_title_of_the_grid_says_which_cell_brings_most(profiles, language, scheme):
    t = Translator(language)
    result = rfm(profiles, RfmParams() if scheme == "standard" else RfmParams(scheme="eight_b", cuts="mean"))
    top = result.grid.loc[result.grid["revenue"].idxmax()]
    title = rfm_grid(result, t).to_dict()["title"]["text"]
    assert t.number(top["customers"]) in title and t.percent(top["share"]) in title
    assert t.percent(top["revenue"] / result.grid["revenue"].sum()) in title


def test_without_money_the_title_of_the_grid_says_where_most_stand(profiles):
    t = Translator("en")
    plain = replace(profiles, customers=profiles.customers.drop(columns="spend"), features=profiles.features[:2])
    result = rfm(plain)
    top = result.grid.loc[result.grid["customers"].idxmax()]
    title = rfm_grid(result, t).to_dict()["title"]["text"]
    assert title == t(
        "charts.rfm_largest", r=str(top["r"]), f=str(top["f"]), n=int(top["customers"]), share=top["share"]
    )


def test_the_grid_of_the_eight_classes_has_a_panel_for_each_money_score(profiles):
    t = Translator("zh")
    chart = rfm_grid(rfm(profiles, RfmParams(scheme="eight_b", cuts="mean")), t)
    assert chart.to_dict()["facet"]["row"]["field"] == "m"
    assert {(row["r"], row["f"], row["m"]) for row in rows(chart)} == {
        (r, f, m) for r in "高低" for f in "高低" for m in "高低"
    }


@pytest.mark.parametrize("params", [RfmParams(), RfmParams(scheme="eight_b", cuts="mean")])
def test_one_segment_stands_out_in_the_grid_and_in_its_panels(profiles, params):
    t = Translator("en")
    chart = rfm_grid(rfm(profiles, params), t)
    word = next(row["segment"] for row in rows(chart) if row["segment"])
    assert "fillOpacity" not in str(fade(chart, None).to_dict())
    faded = fade(chart, word).to_dict()
    held = [layer["encoding"].get("fillOpacity") for layer in faded.get("spec", faded)["layer"]]
    tests = [str(one["condition"]["test"]) for one in held if one]
    assert tests
    assert all(word in test for test in tests)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_bars_hold_the_shares_and_the_title_says_who_brings_most(profiles, language):
    t = Translator(language, "GBP")
    segmentation = rfm(profiles).segmentation
    chart = segment_bars(segmentation, t, hidden=("champions",))
    drawn = {(row["segment"], row["measure"]): row["share"] for row in rows(chart)}
    table = segmentation.segments[segmentation.segments["segment"] != "champions"]
    for row in table.itertuples():
        name = t(f"segment.{row.segment}")
        assert drawn[name, t("charts.customers")] == pytest.approx(row.share)
        assert drawn[name, t("charts.revenue")] == pytest.approx(row.revenue_share)
    assert len(drawn) == 2 * len(table)
    top = table.loc[table["revenue"].idxmax()]
    assert t(f"segment.{top['segment']}") in chart.to_dict()["title"]
    assert t.percent(top["revenue_share"]) in chart.to_dict()["title"]


def test_without_revenue_the_bars_hold_customers_only(profiles):
    frame = profiles.customers.drop(columns="spend")
    members = Profiles(frame, tuple(f for f in profiles.features if f.key != "spend"), profiles.as_of)
    chart = segment_bars(clusters(members, ClusterParams(k=3)).segmentation, Translator("en"))
    assert {row["measure"] for row in rows(chart)} == {"Customers"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_profile_of_clusters_holds_each_centre_in_its_unit(profiles, language):
    t = Translator(language, "EUR")
    result = clusters(profiles, ClusterParams(k=3))
    chart = cluster_profile(result, t)
    drawn = rows(chart)
    assert sorted(row["z"] for row in drawn) == pytest.approx(sorted(result.centres["z"]))
    spend = result.centres[result.centres["feature"] == "spend"]
    assert {t.money(value) for value in spend["mean"]} <= {row["mean_text"] for row in drawn}
    assert NASTY in {row["feature"] for row in drawn}


def test_the_map_draws_each_customer_in_the_colour_of_its_group(profiles):
    result = clusters(profiles, ClusterParams(k=3))
    chart = cluster_map(result, Translator("en"), names={"cluster_1": NASTY}).to_dict()
    points = max(chart["datasets"].values(), key=len)
    assert len(points) == len(result.map)
    assert [row["x"] for row in points] == pytest.approx(result.map["x"].tolist())
    assert sum(row["segment"] == NASTY for row in points) == (result.map["segment"] == "cluster_1").sum()


def test_the_choice_of_k_marks_the_one_that_was_taken(profiles):
    result = clusters(profiles)
    drawn = rows(k_choice(result, Translator("zh")))
    assert [row["silhouette"] for row in drawn] == pytest.approx(result.sweep["silhouette"].tolist())
    assert [row["k"] for row in drawn if row["chosen"]] == [result.k]
    assert k_choice(clusters(profiles, ClusterParams(k=3)), Translator("en")) is None


def test_headers_of_the_users_file_never_become_field_names(profiles):
    t = Translator("en")
    result = clusters(profiles)
    charts = [rfm_grid(rfm(profiles), t), cluster_profile(result, t), cluster_map(result, t), k_choice(result, t)]
    for chart in charts:
        assert all(name.isascii() and name.replace("_", "").isalnum() for name in fields(chart.to_dict()))
