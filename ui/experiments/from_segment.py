"""An experiment that begins at a segment: the Plan page opens with it chosen, and asks what it can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show
from ui.experiments import experiments, planning

if TYPE_CHECKING:
    from analysis.recipe import SegmentationPlan


def begin(study: compute.LoadedStudy, plan: SegmentationPlan, segment: str) -> None:
    """Begin a new experiment for a segment and open its plan; a segmentation not used yet enters the study."""
    source = f"{plan.params.kind}|{segment}"
    try:
        if study.recipe.plan(plan.params.kind) is None:
            compute.save_recipe(study, study.recipe.with_plan(plan))
        session.set_experiment(None)
        start = planning.start(study, compute.prepared(study).profiles, source)
        experiments.keep_chosen(planning.PAGE, start)
    except AnalysisError as problem:
        show.error(problem)
        return
    st.switch_page(show.page_path("experiments/plan"))
