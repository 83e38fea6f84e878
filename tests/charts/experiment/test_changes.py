"""The chart of a change: its points are the means of the reading, and time that is no date keeps its order."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.charts.experiment.changes import change_lines
from analysis.errors import AnalysisError
from analysis.experiments.reading.changes import ChangeParams, read_change
from tests.charts.experiment.test_reading import drawn
from tests.experiments.reading.test_changes import CHOICE, PANEL, SHOPS, panel
from texts import translator


@pytest.mark.parametrize("language", ["en", "zh"])
def test_points_are_the_means_over_time(language):
    found = read_change(panel(), PANEL)
    chart = change_lines(found.steps, "mean", translator(language), metric="<b>spend</b>", groups=True)
    points = [row for row in drawn(chart) if "value" in row]
    assert [row["value"] for row in points] == pytest.approx(found.steps["mean"].tolist())
    assert {row["word"] for row in drawn(chart) if "word" in row} == {translator(language)("charts.change_start")}


def test_labels_stand_in_their_order_with_the_time_before_first():
    labels = SHOPS.assign(year=["was", "is"] * 4)
    choice = ChangeParams(**{**CHOICE.model_dump(), "since": "is"})
    steps = read_change(labels, choice).steps
    chart = change_lines(steps, "mean", translator("en"), metric="sales", groups=True)
    assert [row["step"] for row in drawn(chart) if "value" in row] == ["was", "was", "is", "is"]


def test_nothing_is_not_drawn():
    with pytest.raises(AnalysisError, match="chart_nothing_read"):
        change_lines(pd.DataFrame(columns=["step"]), "mean", translator("en"), metric="x", groups=False)
