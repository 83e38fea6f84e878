"""From files to segments, on real files where they are at hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analysis.figures import summary
from analysis.recipe import Cleaning
from analysis.study import read, run, suggest


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
