"""What experiments come to from choices, as pages and commands make it."""

from __future__ import annotations

from typing import Any

import analysis
from analysis.study import StudyResult


def of_choices(shop: StudyResult) -> list[Any]:
    """Return what experiments come to from choices, as pages and commands make it."""
    planned = analysis.plan_experiment(analysis.PlanChoices(baseline=8.0, points=1.0))
    split = analysis.split_experiment(shop.profiles.customers, analysis.SplitChoices(seed="spring"))
    arms = tuple({"name": name, "n": 500, "conversions": n} for name, n in (("A", 40), ("B", 70)))
    choices = analysis.ReadChoices.model_validate({"arms": arms, "rule": {"target": 1.0, "days": 14}})
    read = analysis.evaluate_experiment(choices)
    before = [{"name": name, "n": 500, "conversions": n} for name, n in (("before", 40), ("after", 70))]
    change = analysis.evaluate_change(analysis.ReadChoices.model_validate({"arms": before, "design": "before_after"}))
    return [planned, split, read, change, analysis.decide_experiment(read)]
