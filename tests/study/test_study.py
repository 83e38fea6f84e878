"""From files to segments, on real files where they are at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.intake.reading.read import read_file
from analysis.recipe import Cleaning, SegmentationPlan, SegmentEdit
from analysis.segments.params import ClusterParams, HybridParams, RulesParams, SegmentRule
from analysis.study import begin, prepared_version, read, run, suggest
from analysis.study.memo import in_dict


def figures(*paths: Path, **cleaning):
    tables = read(*paths)
    recipe = suggest(tables)
    result = run(tables, recipe.model_copy(update={"cleaning": Cleaning(**cleaning)}))
    found = summary(result)
    for table in found["tables"].values():
        assert table["read"] == table["kept"] + sum(table["set_aside"].values())
    return found, result


def test_online_retail_gives_the_published_figures(shared_data: Path) -> None:
    found, _ = figures(shared_data / "online_retail" / "Online Retail.xlsx", returns="set_aside")
    [table] = found["tables"].values()
    assert (table["read"], table["kept"], sum(table["set_aside"].values())) == (541_909, 397_884, 144_025)
    assert (found["customers"], found["orders"]) == (4_338, 18_532)
    assert found["revenue"] == pytest.approx(8_911_407.904, abs=0.01)


def test_superstore_chooses_its_sheet(shared_data: Path) -> None:
    found, result = figures(shared_data / "online_retail" / "Sample - Superstore.xls")
    assert result.standard.counts[0].kind == "orders"
    assert (found["customers"], found["orders"]) == (793, 5_009)
    assert found["revenue"] == pytest.approx(2_297_200.86, abs=0.01)


def test_the_chinese_orders_are_the_same_from_both_files(shared_data: Path) -> None:
    folder = shared_data / "chinese_orders"
    one, first = figures(folder / "PYTHON-RFM实战数据.xlsx")
    two, second = figures(folder / "RFM_gb18030.csv")
    for found in (one, two):
        [table] = found["tables"].values()
        assert (table["kept"], table["set_aside"], found["customers"]) == (27_793, {"excluded_state": 1_040}, 25_420)
    pd.testing.assert_frame_equal(first.profiles.customers, second.profiles.customers)
    assert one["segmentations"] == two["segmentations"]


def test_cdnow_without_a_usable_header(shared_data: Path) -> None:
    found, _ = figures(shared_data / "cdnow" / "CDNOW_master.txt")
    [table] = found["tables"].values()
    assert (table["read"], found["customers"]) == (69_659, 23_570)
    assert found["revenue"] == pytest.approx(2_500_315.63, abs=0.01)


def test_marketing_campaign_is_a_table_of_customers(shared_data: Path) -> None:
    found, result = figures(shared_data / "profile" / "marketing_campaign.csv")
    assert [(t["kind"], t["read"]) for t in found["tables"].values()] == [("customers", 2_240)]
    assert found["customers"] == 2_240
    assert result.profiles.customers["income"].isna().sum() == 24


def test_too_few_customers_do_not_stop_the_study(tmp_path: Path) -> None:
    path = tmp_path / "one.csv"
    path.write_text("customer id,order date,amount\na,2024-01-01,5\na,2024-02-01,6\n", "utf-8")
    found, _ = figures(path)
    assert (found["customers"], found["orders"], found["revenue"]) == (1, 2, 11.0)
    assert set(found["not_segmented"]) == {"rfm", "clusters"}
    assert all(reason["code"] for reason in found["not_segmented"].values())


@pytest.mark.parametrize(
    ("header", "as_of", "moves"),
    [
        ("会员号,城市,生日", "latest", True),
        ("会员号,城市,生日", "2024-01-01", False),
        ("会员号,城市,注册日期", "latest", False),
    ],
)
def test_profiles_that_look_back_from_today_are_made_again_tomorrow(
    header: str, as_of: str, moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"M{i},{'京沪'[i % 2]},19{80 + i}-03-04\n" for i in range(12))
    tables = read_file(f"{header}\n{rows}".encode(), name="members.csv")
    recipe = suggest(tables).model_copy(update={"as_of": as_of})
    versions = set()
    for day in ("2026-01-01", "2026-01-02"):
        monkeypatch.setattr("analysis.study.prepared.today", lambda day=day: day)
        versions.add(prepared_version(tables, recipe))
    assert len(versions) == 1 + moves


def test_what_a_memo_keeps_is_not_computed_again_and_a_refusal_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    lines = "".join(f"c{i % 31},2024-0{1 + i % 9}-01,{1 + i}\n" for i in range(90))
    path.write_text("customer id,order date,amount\n" + lines, "utf-8")
    asked: list[str] = []
    kept = in_dict()

    def memo(step: str, key: str, compute: Callable[[], Any]) -> Any:
        def counted() -> Any:
            asked.append(step)
            return compute()

        return kept(step, key, counted)

    study = begin(read(path), memo=memo)
    for k in (2, 3, 2):
        study.segmentation(SegmentationPlan(params=ClusterParams(k=k)))
        study.segmentation(SegmentationPlan(params=ClusterParams(k=k, numbers=(5, 4, 3)[:k])))
    once = ["guesses", "prepared", "segmentation", "features", "numbered", "segmentation", "numbered"]
    assert asked == once
    # Other plans of the same data share its profiles; a refusal is found again.
    asked.clear()
    rules = RulesParams(rules=(SegmentRule(key="x", when=Condition(feature="not_there", op="is_known")),))
    other = replace(study, recipe=study.recipe.with_plan(SegmentationPlan(params=rules)))
    for _ in range(2):
        with pytest.raises(AnalysisError, match="rules"):
            other.segmentation("rules")
    assert asked == ["segmentation", "segmentation"]


def test_a_hybrid_runs_without_plans_of_what_it_crosses_and_follows_their_edits(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    lines = "".join(f"c{i % 40},2024-0{1 + i % 9}-{1 + i % 28:02},{1 + i % 37}\n" for i in range(300))
    path.write_text("customer id,order date,amount\n" + lines, "utf-8")
    tables = read(path)
    hybrid = SegmentationPlan(params=HybridParams(first="tiers", second="rfm", least=1, smallest_share=0))
    recipe = suggest(tables).model_copy(update={"segmentations": (hybrid,)})
    alone = run(tables, recipe)
    assert not alone.problems and list(alone.segmentations) == ["hybrid"]
    usual = run(tables, recipe.with_plan(recipe.plan_or_usual("tiers")).with_plan(recipe.plan_or_usual("rfm")))
    assert usual.edited["hybrid"].segmentation.labels.equals(alone.edited["hybrid"].segmentation.labels)

    study = begin(tables, recipe)
    edits = (SegmentEdit(segment="tier_medium", merge_into="tier_heavy", name="x"),)
    merged = recipe.with_plan(recipe.plan_or_usual("tiers").model_copy(update={"edits": edits}))
    assert not any(
        "tier_medium" in key for key in run(tables, merged).edited["hybrid"].segmentation.segments["segment"]
    )
    study.segmentation("hybrid")
    first = set(replace(study, recipe=merged).segmentation("hybrid")[0].first)
    assert "tier_medium" not in first  # kept under the edits of what it crosses, too
