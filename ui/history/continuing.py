"""Files dropped on the first page that are the next export of a study: known by columns and days, and offered to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show, undo, work
from ui.history import next_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analysis.history.arrival import Arrival
    from analysis.intake.tables import RawTable

MOST_STUDIES = 12
_NEXT = ("append", "overlap")


@dataclass(frozen=True)
class Continued:
    """The study that tables are the next export of, and how each of them joins it."""

    study_id: str
    name: str
    tables: Sequence[RawTable]
    found: Sequence[Arrival]


def continued(tables: Sequence[RawTable]) -> Continued | None:
    """Return the study whose next export these tables are, the one changed last first.

    None where no study has all the columns, or the tables tell of no later days, or something in them has to be
    looked at first: then they are a study of their own, and can still be added by hand.
    """
    from analysis.history.arrival import continues
    from analysis.workspace.refreshing.refreshing import look

    workspace = compute.workspace()
    for info in workspace.studies()[:MOST_STUDIES]:
        recipe = workspace.load_recipe(info.id).recipe
        if recipe is None or continues(tables, recipe) < 1:
            continue
        try:
            found = look(workspace, info.id, tables)
        except AnalysisError:  # what the study holds cannot be read: nothing is offered to it
            continue
        modes = {one.mode for one in found}
        if modes & set(_NEXT) and modes <= {*_NEXT, "other_table"} and not any(one.serious for one in found):
            return Continued(info.id, info.name, tables, found)
    return None


def offer(job: Any, found: Continued, give_up: Callable[[], None], anew: Callable[[Any], None]) -> None:
    """Offer to take the files into the study that they continue, by one click, or to begin another one with them."""
    t = session.t()
    name = found.name or t("app.study_unnamed")
    st.markdown(f"**{show.md_escape(t('start.continues', name=name))}**")
    next_files.say(found.found)
    taking = f"take {found.study_id}"
    with st.container(horizontal=True, gap="small"):
        if st.button(t("start.take_into", name=show.md_escape(name)), key="take_into", type="primary", wrap=True):
            session.waited()[taking] = next_files.take(found.study_id, taking, job.given.files, found.tables, ())
        st.button(t("start.begin_anew"), key="begin_anew", on_click=anew, args=(job,), wrap=True)
    taken: Any = session.waited().get(taking) or work.find(taking)
    if taken is None:
        return
    work.wait(taken, doing=t("app.working"))
    session.waited().pop(taking, None)
    work.forget(taking)
    if isinstance(taken.problem, AnalysisError):
        show.error(taken.problem)
        return
    give_up()
    if taken.is_stopped:
        session.give_up_upload()
        st.rerun()
    taken.future.result()
    undo.forget(compute.workspace(), found.study_id)
    session.set_study(found.study_id, name=found.name)
    session.next_upload()
    st.switch_page(show.page_path("customers/overview"))
