"""Page: where a study begins, with an upload, pasted cells, sample data or an exported study."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.goals import Goal
from analysis.intake.reading.read import TABLE_FILES
from analysis.workspace.home import nothing_kept
from texts import LANGUAGES
from ui import bound, compute, session, show, work
from ui.data import studies

SAMPLES = Path(__file__).resolve().parents[2] / "sample_data"
SAMPLE = {"en": "subscription_en.xlsx", "zh": "中文店铺.xlsx"}
NO_USE = ("no_customer_column", "no_date_column", "no_amount_column", "dates_unreadable")
STUDIES_SHOWN = 12

t = session.t()


@dataclass(frozen=True)
class Asked:
    """What the reader wants a study of."""

    files: tuple[tuple[str, Path], ...]
    name: str
    by_hand: bool = False


def begin(files: Sequence[tuple[str, bytes | memoryview]], name: str) -> None:
    """Begin to read files and to keep them as a new study; it goes on when the page is left or loaded again."""

    def put_down(folder: Path) -> Asked:
        return Asked(studies.put_down(files, folder), name)

    begin_job(put_down)


def by_hand(failed: work.Job[str]) -> None:
    """Begin anew with the same files, of which a person will say what their columns mean."""

    def put_down(folder: Path) -> Asked:
        files = [(name, path.read_bytes()) for name, path in failed.given.files]
        return Asked(studies.put_down(files, folder), failed.given.name, by_hand=True)

    begin_job(put_down)
    work.forget(failed.key)


def begin_job(put_down: Callable[[Path], Asked]) -> None:
    """Begin a reading that this visit, and only who knows its token, follows from now on."""
    wanted = goal_chosen()

    def make(job: work.Job[str]) -> str:
        asked: Asked = job.given
        tables = studies.read_uploads(asked.files, job.say, report=job.report)
        job.share = None
        originals = (path.read_bytes() for _, path in asked.files)
        return studies.begin(
            tables, name=asked.name, goal=wanted, say=job.say, by_hand=asked.by_hand, originals=originals
        )

    token = work.new_token()
    session.set_reading(token)
    session.waited()[token] = work.start(token, make, prepare=put_down)


def give_up() -> None:
    """Forget the reading that is followed: the reader has taken the file away or asks for another."""
    if token := session.reading():
        session.waited().pop(token, None)
        work.forget(token)
    session.set_reading(None)


def followed() -> work.Job[str] | None:
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


def follow(job: work.Job[str]) -> None:
    """Show how far a reading is; open its study once it is there, or say why there is none."""
    work.wait(job, doing=t("app.working"))
    if job.is_stopped:
        give_up()
        session.give_up_upload()
        st.rerun()
    if job.is_done:
        study_id, asked = job.future.result(), job.given
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
    stem = Path(files[0]).stem
    return stem if len(files) == 1 else t("start.name_of_several", name=stem, n=len(files) - 1)


def goal_chosen() -> Goal | None:
    """Return the goal that is chosen on the page, of the open study or for the next one."""
    opened = compute.saved_study()
    return opened.goal if opened and opened.recipe else bound.to_visit("start").load().get("goal")


def goal_choice() -> None:
    """Show the goals; that of the open study changes at once."""
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


def recent_studies() -> None:
    """List the studies, the one changed last first: open, rename, export, delete."""
    try:
        known = [] if nothing_kept() else compute.workspace().studies()
    except AnalysisError as problem:  # a workspace that cannot be opened: what is broken, and what to do
        show.error(problem)
        return
    if not known:
        return
    st.subheader(t("start.recent"), anchor=False)
    for study in known[:STUDIES_SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"study_{study.id}"):
            with st.container():
                shown = study.name or t("app.study_unnamed")
                if st.button(show.md_escape(shown), key=f"open_{study.id}", type="tertiary", icon=":material/folder:"):
                    session.set_study(study.id, name=study.name)
                    st.switch_page(show.page_path("customers/overview"))
            st.caption(
                t("start.study_facts", rows=study.n_rows, files=study.n_files, day=study.changed_at), width="content"
            )
            menu = st.popover(t("app.more"), type="tertiary", key=f"more_{study.id}", on_change="rerun")
            if menu.open:
                with menu:
                    more(study.id, study.name)
    if len(known) > STUDIES_SHOWN:
        st.caption(t("start.more_studies", n=len(known) - STUDIES_SHOWN))


def more(study_id: str, name: str) -> None:
    """Offer what can be done with one study of the list."""
    new_name = st.text_input(t("start.new_name"), name, key=f"name_{study_id}", max_chars=studies.NAME_LENGTH)
    if new_name.strip() and new_name != name:
        studies.rename(study_id, new_name.strip())
        if session.study_id() == study_id:
            session.set_study(study_id, name=new_name.strip())
        st.rerun()
    st.download_button(
        t("start.export"),
        lambda: studies.packed(study_id),
        f"portrait_{study_id[:8]}.zip",
        "application/zip",
        key=f"export_{study_id}",
        on_click="ignore",
        icon=":material/archive:",
    )
    st.caption(t("start.delete_help"))
    if st.button(t("start.delete_for_good"), key=f"delete_{study_id}", icon=":material/delete:"):
        compute.workspace().delete_study(study_id)
        if session.study_id() == study_id:
            session.close_study()
        st.rerun()


show.page_header(t("start.title"), t("start.question"))
show.answer(t("start.what"))

left, right = st.columns(2, gap="large")
with left:
    uploads = st.file_uploader(
        t("start.upload"),
        type=list(TABLE_FILES),
        accept_multiple_files=True,
        key=f"upload_{session.upload_round()}",
        help=t("start.upload_help"),
        on_change=give_up,
    )
    st.caption(t("start.upload_hint"))
with right:
    st.markdown(f"**{t('start.no_file')}**")
    tried = st.button(
        t("start.sample"), key="sample", type="primary", icon=":material/play_arrow:", wrap=True, on_click=give_up
    )
    st.caption(t("start.sample_what"))
    for language in sorted(LANGUAGES, key=lambda code: code != t.language):
        template = f"template_{language}.xlsx"
        st.download_button(
            t(f"start.template_{language}"),
            (SAMPLES / template).read_bytes,
            template,
            key=f"template_{language}",
            on_click="ignore",
            type="tertiary",
            icon=":material/download:",
            wrap=True,
        )
goal_choice()
with st.expander(t("start.paste"), icon=":material/content_paste:"):
    pasted = st.text_area(
        t("start.paste_label"), key=f"paste_{session.upload_round()}", height=160, help=t("start.paste_help"),
        on_change=give_up,
    )  # fmt: skip
    read_pasted = st.button(t("start.paste_read"), key="paste_read", on_click=give_up)

if followed() is None:
    if uploads:
        begin([(file.name, file.getbuffer()) for file in uploads], name_of([file.name for file in uploads]))
    elif tried:
        sample = SAMPLE[t.language]
        begin([(sample, (SAMPLES / sample).read_bytes())], t("start.sample_name"))
    elif read_pasted or pasted.strip():
        begin([(t("start.pasted_file"), pasted.encode())], t("start.pasted_name"))
if job := followed():
    follow(job)

recent_studies()

with st.expander(t("start.import"), icon=":material/unarchive:"):
    archive = st.file_uploader(t("start.import_label"), type="zip", key=f"import_{session.upload_round()}")
if archive is not None:
    try:
        imported = studies.bring(archive)
    except AnalysisError as problem:
        show.error(problem)
    else:
        session.set_study(imported, name=compute.workspace().study(imported).name)
        session.next_upload()
        st.switch_page(show.page_path("customers/overview"))
