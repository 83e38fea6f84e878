"""The workspace of this server, as it is today, or with one study as it was on the day of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from ui import session

if TYPE_CHECKING:
    from analysis.workspace import Workspace
    from analysis.workspace.refreshing.past import PastWorkspace

_PAST = "past"


@st.cache_resource(show_spinner=False, max_entries=1)
def own_workspace() -> Workspace:
    """Return the workspace of this server, open to be changed."""
    from analysis.workspace import Workspace

    return Workspace.open()


def workspace() -> Workspace:
    """Return the workspace of this server; nothing can be changed in it while a study is looked at as it was."""
    return past() or own_workspace()


def past() -> PastWorkspace | None:
    """Return the open study as it was at the run that it is looked at as, or None."""
    wanted = session.past_id()
    if wanted is None:
        return None
    held = session.kept(_PAST)
    if held is None or held.info.id != wanted:
        from analysis.workspace.refreshing.past import open_past

        try:
            held = open_past(own_workspace(), wanted)
        except AnalysisError as problem:
            session.keep(session.REFUSED, problem)
            held = None
    if held is None or held.info.study_id != session.study_id():
        session.set_past(None)
        return None
    session.keep(_PAST, held)
    return held
