"""Reading of what was dropped on the first page: it goes on when the page is left, and is found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import streamlit as st

from analysis.engine import StoppedError
from analysis.errors import AnalysisError
from analysis.goals import Goal
from ui import bound, compute, session, show, work
from ui.data import studies
from ui.history.continuing import Continued, continued, offer

NO_USE = (
    "no_customer_column", "orders_of_nobody", "orders_of_nobody_products",
    "no_date_column", "no_amount_column", "dates_unreadable",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """What the reader wants a study of."""

    files: tuple[tuple[str, Path], ...]
    name: str
    by_hand: bool = False
    anew: bool = False  # whatever study the files would continue


def begin(files: Sequence[tuple[str, bytes | memoryview]], name: str) -> None:
    """Begin to read files and to keep them as a new study; it goes on when the page is left or loaded again."""

    def put_down(folder: Path) -> Asked:
        return Asked(studies.put_down(files, folder), name)

    begin_job(put_down)


def by_hand(failed: work.Job[str | Continued]) -> None:
    """Begin anew with the same files, of which a person will say what their columns mean."""

    def put_down(folder: Path) -> Asked:
        files = [(name, path.read_bytes()) for name, path in failed.given.files]
        return Asked(studies.put_down(files, folder), failed.given.name, by_hand=True)

    begin_job(put_down)
    work.forget(failed.key)


def begin_anew(offered: work.Job[str | Continued]) -> None:
    """Begin a study of its own with files that could be taken into another one."""

    def put_down(folder: Path) -> Asked:
        files = [(name, path.read_bytes()) for name, path in offered.given.files]
        return Asked(studies.put_down(files, folder), offered.given.name, anew=True)

    begin_job(put_down)
    work.forget(offered.key)


def begin_job(put_down: Callable[[Path], Asked]) -> None:
    """Begin a reading that this visit, and only who knows its token, follows from now on."""
    wanted = goal_chosen()

    def make(job: work.Job[str | Continued]) -> str | Continued:
        asked: Asked = job.given
        tables = studies.read_uploads(asked.files, job.say, report=job.report)
        if not (asked.by_hand or asked.anew) and (known := continued(tables)):
            return known
        job.share = None
        originals = [path for _, path in asked.files]
        study_id = studies.begin(
            tables, name=asked.name, goal=wanted, say=job.say, by_hand=asked.by_hand, originals=originals
        )
        if job.is_stopped:  # while the study was put in place: the reader has asked for none
            studies.workspace().delete_study(study_id)
            raise StoppedError
        return study_id

    token = work.new_token()
    session.set_reading(token)
    session.waited()[token] = work.start(token, make, prepare=put_down)


def give_up() -> None:
    """Forget the reading that is followed: the reader has taken the file away or asks for another."""
    if token := session.reading():
        session.waited().pop(token, None)
        work.forget(token)
    session.set_reading(None)


def followed() -> work.Job[str | Continued] | None:
    """Return the reading that this visit follows; after a refresh it is found by its token."""
    token = session.reading()
    if token is None:
        return None
    known = session.waited().get(token)
    # What has failed is forgotten after a while, and its files with it.
    if known is None or (known.problem is not None and not known.is_stopped):
        known = work.find(token)
    if known is None:
        session.set_reading(None)
    return known


def follow(job: work.Job[str | Continued]) -> None:
    """Show how far a reading is; open its study once it is there, or say why there is none."""
    t = session.t()
    work.wait(job, doing=t("app.working"))
    if job.is_stopped:
        give_up()
        session.give_up_upload()
        st.rerun()
    if job.is_done:
        study_id, asked = job.future.result(), job.given
        if isinstance(study_id, Continued):
            offer(job, study_id, give_up, begin_anew)
            return
        give_up()
        session.set_study(study_id, name=asked.name)
        session.next_upload()
        st.switch_page(show.page_path("data/columns" if asked.by_hand else "customers/overview"))
    session.reading_failed()
    if not isinstance(job.problem, AnalysisError):
        give_up()
        job.future.result()
        return
    show.error(job.problem)
    st.caption(t("start.not_read"))
    if job.problem.code in NO_USE:
        st.button(t("start.by_hand"), key="by_hand", type="primary", on_click=by_hand, args=(job,))


def name_of(files: Sequence[str]) -> str:
    """Name a study after its first file."""
    t = session.t()
    stem = Path(files[0]).stem
    return stem if len(files) == 1 else t("start.name_of_several", name=stem, n=len(files) - 1)


def goal_chosen() -> Goal | None:
    """Return the goal that is chosen on the page, of the open study or for the next one."""
    opened = compute.saved_study()
    return opened.goal if opened and opened.recipe else bound.to_visit("start").load().get("goal")


def goal_choice() -> None:
    """Show the goals; that of the open study changes at once."""
    t = session.t()
    opened = compute.saved_study()
    goals: tuple[Goal, ...] = get_args(Goal)
    if opened and opened.recipe:
        to = bound.one(f"start_goal_{opened.id}", opened.goal, partial(studies.set_goal, opened.id))
    else:
        to = bound.to_visit("start").to("goal", None, offered=goals)
    chosen: Goal | None = st.pills(
        t("start.goal"), goals, format_func=lambda key: t(f"goal.{key}"), help=t("start.goal_help"), **to
    )
    if chosen:
        from analysis.goals import most_helpful
        from analysis.recipe import Recipe

        st.caption(t(f"goal_need.{most_helpful(chosen, (opened and opened.recipe) or Recipe())}"))
