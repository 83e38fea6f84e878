"""The code behind a result: it runs, and gives what the recipe gives."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.exports.code import JoinedStudy, overview_code, segmentation_code
from analysis.overview.overview import overview
from analysis.overview.params import OverviewParams
from analysis.recipe import Cleaning, Recipe, SegmentationPlan, SegmentEdit
from analysis.segments.params import ClusterParams, HybridParams, RfmParams
from analysis.study import read, run, suggest

ROWS = "客户编号,下单日期,实付金额\n" + "".join(
    f"C{i % 40:02},2024-{1 + i % 6:02}-{1 + i % 28:02},{10 + 7 * (i % 13)}\n" for i in range(200)
)
PLANS = [
    SegmentationPlan(params=RfmParams(n_scores=3)),
    SegmentationPlan(
        params=RfmParams(cuts="own", own_recency=(30, 90), own_frequency=(2,), own_monetary=(99.5,)),
        edits=(SegmentEdit(segment="loyal", name='it\'s "us"\n)'), SegmentEdit(segment="new", merge_into="loyal")),
    ),
    SegmentationPlan(params=RfmParams(scheme="eight_b", cuts="median")),
    SegmentationPlan(params=ClusterParams(k=3, features=("spend", "recency_days"))),
]


@pytest.mark.parametrize("plan", PLANS)
def test_code_runs_and_gives_the_same_segments(plan, tmp_path, monkeypatch):
    (tmp_path / "订单 '1'.csv").write_text(ROWS, "utf-8")
    monkeypatch.chdir(tmp_path)
    tables = read("订单 '1'.csv")
    suggested = suggest(tables)
    recipe = suggested.model_copy(
        update={"segmentations": (plan,), "as_of": date(2024, 6, 20), "cleaning": Cleaning(returns="set_aside")}
    )
    method = plan.params.kind
    expected = run(tables, recipe)
    keys = expected.edited[method].segmentation.segments["segment"].tolist()[:2]
    code = segmentation_code(recipe, method, files=["订单 '1'.csv"], suggested=suggested, compared=keys)
    found: dict = {}
    exec(code, found)
    assert found["recipe"] == recipe
    assert found["segmentation"].segments.equals(expected.edited[method].segmentation.segments)
    assert found["comparison"].segments["segment"].tolist() == keys


def test_a_mapping_that_was_corrected_is_in_the_code(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text(ROWS, "utf-8")
    monkeypatch.chdir(tmp_path)
    suggested = suggest(read("a.csv"))
    source = suggested.sources[0]
    columns = (*source.columns[:-1], source.columns[-1].model_copy(update={"decimal": "point"}))
    recipe = suggested.model_copy(update={"sources": (source.model_copy(update={"columns": columns}),)})
    found: dict = {}
    exec(segmentation_code(recipe, "rfm", suggested=suggested), found)
    assert found["recipe"].sources == recipe.sources


def test_code_of_an_overview_gives_its_figures_under_every_choice_of_the_recipe(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text(ROWS.replace("C00,2024-01-01,10", "C00,2024-01-01,-10"), "utf-8")
    monkeypatch.chdir(tmp_path)
    tables = read("a.csv")
    suggested = suggest(tables)
    recipe = suggested.model_copy(
        update={"as_of": date(2024, 5, 20), "cleaning": Cleaning(returns="set_aside"), "currency": "CNY"}
    )
    params = OverviewParams(period="own", start=date(2024, 1, 1), end=date(2024, 4, 30))
    expected = run(tables, recipe)
    found: dict = {}
    exec(overview_code(JoinedStudy(recipe, ["a.csv"], suggested), params), found)
    told = overview(expected.standard, expected.profiles, params)
    assert found["recipe"] == recipe.model_copy(update={"segmentations": ()})
    assert found["found"].figures == told.figures
    assert told.figures != overview(run(tables, suggested).standard, run(tables, suggested).profiles, params).figures


def test_code_of_an_empty_recipe_names_the_method():
    assert "ClusterParams()" in segmentation_code(Recipe(), "clusters", files=["a.xlsx"])


def test_code_of_a_hybrid_brings_the_two_it_crosses(tmp_path, monkeypatch):
    (tmp_path / "orders.csv").write_text(ROWS, "utf-8")
    monkeypatch.chdir(tmp_path)
    tables = read("orders.csv")
    suggested = suggest(tables)
    plans = (PLANS[0], SegmentationPlan(params=HybridParams(second="tiers", least=3)))
    recipe = suggested.model_copy(update={"segmentations": plans})
    code = segmentation_code(recipe, "hybrid", files=["orders.csv"], suggested=suggested)
    found: dict[str, object] = {}
    exec(code, found)
    full = recipe.with_plan(recipe.plan_or_usual("tiers"))
    assert found["segmentation"].labels.equals(run(tables, full).edited["hybrid"].segmentation.labels)  # pyright: ignore
