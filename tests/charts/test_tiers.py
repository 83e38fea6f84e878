from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.charts.tiers import pareto_curve
from analysis.profiles.result import Profiles
from analysis.segments.scores.tiers import tiers
from texts import translator


@pytest.mark.parametrize("language", ["en", "zh"])
def test_curve_marks_where_each_tier_ends_but_the_last(language):
    spend = [float(v) for v in range(1, 101)]
    frame = pd.DataFrame({"customer_id": [f"{v:03}" for v in range(100)], "spend": spend})
    chart = pareto_curve(tiers(Profiles(frame, (), date(2024, 1, 1))), translator(language))
    drawn = chart.to_dict()
    sizes = sorted(len(rows) for rows in drawn["datasets"].values())
    assert sizes == [2, 101]
    labels = [row["label"] for rows in drawn["datasets"].values() for row in rows if "label" in row]
    # The top 20 of 1..100 hold 81 + … + 100 = 1,810 of 5,050.
    assert "36%" in labels[0] and "20%" in labels[0]
