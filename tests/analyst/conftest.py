"""A study with a segmentation of every kind, as an analyst begins it."""

from __future__ import annotations

import pytest

import analysis
from analysis import begin
from analysis.study import StudyResult
from tests.samples import sample


@pytest.fixture(scope="package")
def shop() -> StudyResult:
    study = sample()
    plans = [study.recipe.plan_or_usual(kind) for kind in ("rfm", "tiers", "lifecycle", "movement")]
    plans.append(analysis.SegmentationPlan(params=analysis.ClusterParams(k=3)))
    large = {"key": "large", "when": {"kind": "condition", "feature": "spend", "op": "ge", "values": [1000]}}
    rules = analysis.RulesParams.model_validate({"rules": [large]})
    plans += [analysis.SegmentationPlan(params=rules), study.recipe.plan_or_usual("hybrid")]
    return begin(study.tables, study.recipe.model_copy(update={"segmentations": tuple(plans)})).result()
