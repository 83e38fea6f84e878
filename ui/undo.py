"""The last changes of a study, kept with it: a refresh of the browser and a restart of the server leave them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.study.recipe_change import RecipeChange, RecipeChanges

if TYPE_CHECKING:
    from analysis.recipe import Recipe
    from analysis.workspace import Workspace

MOST_CHANGES = 10
_KIND, _NAME = "recipe_changes", "last"


def changes(workspace: Workspace, study_id: str) -> tuple[RecipeChange, ...]:
    """Return the last changes of a study, the newest last."""
    known = known_changes()
    if study_id not in known:
        found = None
        with suppress(AnalysisError):  # another version kept them: what it could take back, this one cannot
            found = workspace.document(_KIND, _NAME, study_id)
        known[study_id] = found.value.changes if found else ()
    return known[study_id]


def remember(workspace: Workspace, study_id: str, before: Recipe, after: Recipe) -> None:
    """Keep the recipe as it was before and after a change, so that the change can be taken back."""
    _keep(workspace, study_id, (*changes(workspace, study_id), RecipeChange(before=before, after=after)))


def forget(workspace: Workspace, study_id: str, first: int = 0) -> None:
    """Drop what is remembered from one change on: it was taken back, or the files have changed."""
    if kept := changes(workspace, study_id):
        _keep(workspace, study_id, kept[:first])


def _keep(workspace: Workspace, study_id: str, kept: tuple[RecipeChange, ...]) -> None:
    known_changes()[study_id] = kept[-MOST_CHANGES:]
    with suppress(AnalysisError):  # the study was deleted meanwhile
        workspace.save_document(_KIND, RecipeChanges(changes=kept[-MOST_CHANGES:]), _NAME, study_id, revision=None)


@st.cache_resource(max_entries=1, show_spinner=False)
def known_changes() -> dict[str, tuple[RecipeChange, ...]]:
    """Return what this server has read and kept, by study: no page reads it anew."""
    return {}
