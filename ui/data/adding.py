"""More files for a study that is there: they are read beside, and added whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import TABLE_FILES
from ui import compute, session, show, undo, work
from ui.data import studies

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Uploads = Sequence[tuple[str, bytes]]


def more_files(study: compute.LoadedStudy) -> None:
    """Offer to add files to the study; a file that cannot be read leaves the study as it is."""
    t = session.t()
    key = f"add {study.id}"
    begin, give_up = partial(_begin, study, key), partial(_give_up, study.id)
    job = of_uploads("add", key, "files.add", begin, give_up)
    if job is None:
        return
    if isinstance(job.problem, AnalysisError):
        show.error(job.problem)
        st.caption(t("start.not_read"))
        return
    _give_up(study.id)
    job.future.result()
    undo.forget(compute.workspace(), study.id)
    session.next_upload()
    st.rerun()


def of_uploads(
    name: str, key: str, text: str, begin: Callable[[Uploads], work.Job[Any]], give_up: Callable[[], None]
) -> work.Job[Any] | None:
    """Offer to drop files, and return what has become of them: the job over them once it is through, before that None.

    Parameters
    ----------
    name : str
        ASCII, of the uploader.
    key : str
        Of the job, by which it is found again when the page was left.
    text : str
        Key of the label; with ``_help`` that of what stands behind its mark.
    begin : callable
        Begins the job with the names and the bytes of the files.
    give_up : callable
        Called when the reader takes files away, adds others or does not want to wait.
    """
    t = session.t()
    uploads = st.file_uploader(
        show.md_escape(t(text)), type=list(TABLE_FILES), accept_multiple_files=True,
        key=f"{name}_{session.upload_round()}", help=t(f"{text}_help"), on_change=give_up,
    )  # fmt: skip
    job: work.Job[Any] | None = session.waited().get(key) or work.find(key)
    if job is None and uploads:
        job = session.waited()[key] = begin([(file.name, file.getvalue()) for file in uploads])
    if job is None:
        return None
    work.wait(job, doing=t("app.working"))
    if job.is_stopped:
        give_up()
        session.give_up_upload()
        st.rerun()
    return job


def _begin(study: compute.LoadedStudy, key: str, uploads: Uploads) -> work.Job[None]:
    """Begin to read files and to add them to the study; it goes on when the page is left or loaded again."""
    known = study.run.guesses()

    def put_down(folder: Path) -> tuple[tuple[str, Path], ...]:
        return studies.put_down(uploads, folder)

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
