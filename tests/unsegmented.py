"""Studies as far as their profiles: to group customers costs more than all that comes before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.study import StudyResult, run, suggest


def run_unsegmented(tables: Sequence[RawTable], recipe: Recipe | None = None, **more: Any) -> StudyResult:
    """Run a recipe, or the suggested one, without its segmentations, for tests that ask nothing of them."""
    return run(tables, (recipe or suggest(tables)).model_copy(update={"segmentations": ()}), **more)
