"""What people believe of a persona, set beside the data."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analysis.personas.hypothesis import Statement, check
from analysis.profiles.result import Feature, Profiles
from analysis.segments.result import segmentation_of


def test_a_true_limit_of_skewed_amounts_is_seldom_confirmed_or_refuted_wrongly():
    rng = np.random.default_rng(4)
    true, wrong = float(np.exp(1.5**2 / 2)), 0
    said = [Statement(feature="spend", op="at_most", value=true)]
    frame = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(30)]})
    groups = segmentation_of(np.zeros(30, int), ["all"], method="rfm")
    for _ in range(300):
        own = frame.assign(spend=np.exp(rng.normal(0, 1.5, 30)))
        [found] = check(said, Profiles(own, (Feature("spend", "value", "number"),), date(2024, 1, 1)), groups, "all")
        wrong += found.verdict != "unknown"
    assert wrong / 300 <= 0.06  # 21 % by Student's interval
