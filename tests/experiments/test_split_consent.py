"""Who may not be contacted is in no group of an experiment, and is counted."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.choices import SplitChoices
from analysis.experiments.plan_words import split_answer
from analysis.experiments.split_experiment import split_experiment
from texts import Translator

STATES = ["allowed", "refused", "expired", "unknown"] * 10
SHOP = pd.DataFrame({"customer_id": [f"c{place}" for place in range(40)], "may_contact": STATES})


def test_only_who_may_be_contacted_is_assigned_and_keeps_the_arm_that_all_would_give() -> None:
    choices = SplitChoices(seed="spring", hold_out=20)
    found = split_experiment(SHOP, choices)
    assert sorted(found.rows) == list(range(0, 40, 4)) and found.n_not_contacted == 30
    everyone = split_experiment(SHOP[["customer_id"]], choices)
    assert everyone.n_not_contacted == 0 and len(everyone.rows) == 40
    assert found.arms == [everyone.arms[row] for row in found.rows]
    t = Translator("en")
    assert "30 customers who may not be contacted are in no group" in split_answer(found, None, t)[-1]
    assert len(split_answer(everyone, None, t)) == 1


def test_an_audience_nobody_of_which_may_be_contacted_is_refused() -> None:
    with pytest.raises(AnalysisError, match="experiment_nobody_contacted"):
        split_experiment(SHOP.assign(may_contact="unknown"), SplitChoices(seed="spring"))
