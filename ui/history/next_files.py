"""The next files of a study: looked at first, taken in by one click, whole or not at all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from ui import compute, session, show, undo, work
from ui.data import studies
from ui.data.adding import of_uploads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from analysis.history.arrival import Arrival
    from analysis.intake.tables import RawTable

Files = tuple[tuple[str, "Path"], ...]


def next_files(study: compute.LoadedStudy) -> None:
    """Offer to take the next files of the study in."""
    looking = f"look {study.id}"
    begin, give_up = partial(_look, study, looking), partial(_give_up, study.id)
    job: Any = of_uploads("next", looking, "moved.next_files", begin, give_up)
    if job is None:
        return
    if isinstance(job.problem, AnalysisError):
        show.error(job.problem)
        return
    tables, found = job.future.result()
    _confirm(study, job.given, tables, found)


def _look(study: compute.LoadedStudy, key: str, files: Sequence[tuple[str, bytes]]) -> Any:
    from analysis.history.arrival import arrivals, known_of

    prepared = study.run.prepared()
    standard = prepared.standard

    def make(job: Any) -> Any:
        tables = studies.read_uploads(job.given, job.say, study.recipe, job.report)
        has_orders = "order_date" in standard.order_roles
        known = known_of(standard).with_customers(prepared.profiles.customers) if has_orders else None
        return tables, arrivals(tables, study.tables, study.recipe, known)

    return work.start(key, make, prepare=lambda folder: studies.put_down(files, folder))


def _confirm(study: compute.LoadedStudy, files: Files, tables: Sequence[RawTable], found: Sequence[Arrival]) -> None:
    """Say what came and what differs, and take it in on a click."""
    t = session.t()
    say(found)
    if all(one.mode == "same" for one in found) or any(one.mode == "foreign" for one in found):
        return
    serious = sorted({each.code for one in found for each in one.serious})
    accepted = not serious or st.checkbox(t("moved.accept"), key="next_accept")
    replaces = any(one.mode == "replace" for one in found) and st.checkbox(
        t("moved.replace"), key="next_replace", help=t("moved.replace_help")
    )
    taking = f"take {study.id}"
    if st.button(t("moved.take_in"), key="next_take", type="primary", disabled=not accepted):
        session.waited()[taking] = take(study.id, taking, files, tables, serious, replaces=bool(replaces))
    job: Any = session.waited().get(taking) or work.find(taking)
    if job is None:
        return
    work.wait(job, doing=t("app.working"))
    session.waited().pop(taking, None)
    work.forget(taking)
    if isinstance(job.problem, AnalysisError):
        show.error(job.problem)
        return
    if not job.is_stopped:
        job.future.result()
        undo.forget(compute.workspace(), study.id)
    _give_up(study.id)
    session.next_upload()
    st.rerun()


def say(found: Sequence[Arrival]) -> None:
    """Say how each table joins the study, and what differs in it."""
    from analysis.history.words import arrival_sentence

    t = session.t()
    for one in found:
        if not one.differences:
            said = arrival_sentence(one.mode, {"file": one.table.file}, t)
            st.markdown(f":material/check: {show.md_escape(said)}")
        for each in one.differences:
            mark = ":material/error:" if each.is_serious else ":material/info:"
            st.markdown(f"{mark} {show.md_escape(arrival_sentence(each.code, each.facts, t))}")


def take(
    study_id: str, key: str, files: Files, tables: Sequence[RawTable], accepted: Sequence[str],
    *, replaces: bool = False,
) -> Any:  # fmt: skip
    """Begin to take files into a study, as one job that others find by its key."""

    def make(job: Any) -> None:
        from analysis.exports.contents import segment_table
        from analysis.workspace.refreshing.lock import only_refresh
        from analysis.workspace.refreshing.refreshing import refresh_study
        from texts import translator

        job.say("start.saving")
        recipe = compute.workspace().load_recipe(study_id).recipe
        names = translator("en", recipe.currency if recipe else None)
        with only_refresh(compute.workspace().home):
            refresh_study(
                compute.workspace(), study_id, tables, listed=lambda result: segment_table(result, names),
                accepted=accepted, replaces=replaces, originals=[path for _, path in files],
            )  # fmt: skip

    return work.start(key, make)


def _give_up(study_id: str) -> None:
    """Forget what was looked at."""
    for key in (f"look {study_id}", f"take {study_id}"):
        session.waited().pop(key, None)
        work.forget(key)
