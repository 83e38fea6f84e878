"""More files for a study that is there: they are read beside, and added whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import TABLE_FILES
from ui import compute, session, show, undo, work
from ui.data import studies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from streamlit.runtime.uploaded_file_manager import UploadedFile


def more_files(study: compute.LoadedStudy) -> None:
    """Offer to add files to the study; a file that cannot be read leaves the study as it is."""
    t = session.t()
    uploads = st.file_uploader(
        t("files.add"),
        type=list(TABLE_FILES),
        accept_multiple_files=True,
        key=f"add_{session.upload_round()}",
        help=t("files.add_help"),
        on_change=_give_up,
        args=(study.id,),
    )
    key = f"add {study.id}"
    job: work.Job[None] | None = session.waited().get(key) or work.find(key)
    if job is None and uploads:
        job = session.waited()[key] = _begin(study, key, uploads)
    if job is None:
        return
    work.wait(job, doing=t("app.working"))
    if job.is_stopped:
        _give_up(study.id)
        session.give_up_upload()
        st.rerun()
    if isinstance(job.problem, AnalysisError):
        show.error(job.problem)
        st.caption(t("start.not_read"))
        return
    _give_up(study.id)
    job.future.result()
    undo.forget(compute.workspace(), study.id)
    session.next_upload()
    st.rerun()


def _begin(study: compute.LoadedStudy, key: str, uploads: Sequence[UploadedFile]) -> work.Job[None]:
    """Begin to read files and to add them to the study; it goes on when the page is left or loaded again."""
    known = study.run.guesses()

    def put_down(folder: Path) -> tuple[tuple[str, Path], ...]:
        return studies.put_down([(file.name, file.getvalue()) for file in uploads], folder)

    def make(job: work.Job[None]) -> None:
        tables = studies.read_uploads(job.given, job.say, study.recipe, job.report)
        job.share = None
        studies.add(study, tables, known, job.say, [path for _, path in job.given])

    return work.start(key, make, prepare=put_down)


def _give_up(study_id: str) -> None:
    """Forget what is being added: it is there, or the reader has taken the files away."""
    key = f"add {study_id}"
    session.waited().pop(key, None)
    work.forget(key)
