"""The analyst's door: what its functions take, and what they say of what they do not."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import analysis
from analysis import AnalysisError, begin, compare_two, translator
from analysis.study import StudyResult


def test_params_stand_for_a_plan(shop: StudyResult) -> None:
    params = analysis.TierParams()
    alone = analysis.segment(shop.profiles, params).segmentation
    assert alone.labels.equals(
        analysis.segment(shop.profiles, analysis.SegmentationPlan(params=params)).segmentation.labels
    )
    assert begin(shop.standard.raws, shop.recipe).segmentation(params)[1].segmentation.labels.equals(alone.labels)


def test_a_study_of_nothing_or_of_what_was_not_read_is_refused() -> None:
    for given, code in (([], "study_no_tables"), ("sample_data", "study_not_tables"), ([1], "study_not_tables")):
        with pytest.raises(AnalysisError, match=code):
            analysis.run(given)  # pyright: ignore[reportArgumentType]


def test_files_are_written_where_a_path_as_text_says(shop: StudyResult, tmp_path: Path) -> None:
    t = translator("en")
    written = analysis.write_folder(shop, str(tmp_path / "out"), t, only="csv")
    assert {"customers.csv", "segments.csv", "summary.json"} <= {path.name for path in written}
    with pytest.raises(AnalysisError, match="format_unknown") as refused:
        analysis.write_folder(shop, str(tmp_path / "other"), t, only=["excel"])  # pyright: ignore[reportArgumentType]
    assert "xlsx" in refused.value.facts["known"] and not (tmp_path / "other").exists()
    analysis.write_csv(shop.edited["rfm"].to_frame(), str(tmp_path / "one.csv"))
    analysis.write_set_aside_rows(shop, str(tmp_path / "left.csv"))
    assert {"one.csv", "left.csv"} <= {path.name for path in tmp_path.iterdir()}


def test_a_misspelt_outcome_or_group_of_features_is_refused_with_what_was_meant(shop: StudyResult) -> None:
    for tried, meant in (
        (lambda: analysis.influences_on_outcome(shop.profiles, "sms_opt"), "sms_opt_in"),
        (lambda: analysis.distributions(shop.profiles, "valu"), "value"),  # pyright: ignore[reportArgumentType]
    ):
        with pytest.raises(AnalysisError) as refused:
            tried()
        assert refused.value.nearest == meant


def test_a_result_stands_for_the_groups_that_it_holds(shop: StudyResult) -> None:
    found, edited = shop.segmentations["tiers"], shop.edited["tiers"]
    for ask in (
        lambda groups: analysis.compare(shop.profiles, groups, ["tier_heavy"]),
        lambda groups: compare_two(shop.profiles, groups, "tier_heavy", "tier_light"),
        lambda groups: analysis.against(shop.profiles, groups, "tier_heavy"),
        lambda groups: analysis.personas(shop.profiles, groups)[0],
    ):
        told = [ask(groups).to_frame() for groups in (found.segmentation, found, edited)]
        pd.testing.assert_frame_equal(told[0], told[1])
        pd.testing.assert_frame_equal(told[0], told[2])
