"""What a study watches, as a document of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analysis.history.watch import Watch
    from analysis.workspace.store import Workspace

KIND = "watch"


def watch_of(workspace: Workspace, study_id: str) -> Watch | None:
    """Return what a study watches."""
    found = workspace.document(KIND, KIND, study_id)
    return None if found is None else found.value


def save_watch(workspace: Workspace, study_id: str, watch: Watch | None) -> None:
    """Keep what a study watches; None ends it."""
    if watch is None:
        workspace.remove_document(KIND, KIND, study_id)
    else:
        workspace.save_document(KIND, watch, study_id=study_id, name=KIND, revision=None)
