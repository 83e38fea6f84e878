"""The files of a study as buttons: the workbook at once or written beside the page, and every other file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import streamlit as st

from analysis.errors import AnalysisError
from analysis.exports.pictures import chinese_font
from analysis.exports.workbook import SHEET_ROWS
from analysis.privacy.small_groups import LEAST
from analysis.study import StudyResult
from ui import compute, session, show, work
from ui.data import studies
from ui.share import exports
from ui.share.logged import logged

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Shared:
    """What is taken along: the open study, its results, whether personal values are written out, and the day on which a
    person confirmed that customers may be contacted.
    """

    study: compute.LoadedStudy
    result: StudyResult
    unmask: bool
    confirmed: date | None = None


@dataclass(frozen=True)
class File:
    """One file to take along: the key of its texts, what makes it, its kind, and why it cannot be made."""

    key: str
    make: Callable[[], bytes | str]
    mime: str
    problem: AnalysisError | None = None


def workbook(shared: Shared) -> None:
    """Offer the workbook: at once when it is small, else written beside the page while its progress shows."""
    t = session.t()
    with st.container(border=True, key="workbook"):
        st.subheader(t("export.workbook"), anchor=False)
        st.markdown(show.md_escape(t("export.workbook.what")))
        n = len(shared.result.profiles.customers)
        if n > SHEET_ROWS:
            st.warning(t("export.workbook.cut", shown=SHEET_ROWS, n=n), icon=":material/warning:")
        if exports.workbook_cells(shared.result) <= exports.QUICK_CELLS:
            button(
                shared,
                "workbook",
                exports.workbook_bytes(shared.result, t, unmask=shared.unmask, confirmed=shared.confirmed),
                main=True,
            )
        else:
            large_workbook(shared)


def large_workbook(shared: Shared) -> None:
    """Write a workbook that takes longer than a reader waits."""
    t = session.t()
    choices = shared.result.recipe.model_dump_json()
    key = "\n".join(
        ("workbook", shared.study.id, shared.study.version, choices, t.language, str((shared.unmask, shared.confirmed)))
    )
    name = exports.file_name(shared.study, shared.result, t("export.workbook.file"))
    job = work.find(key)
    if job is not None and job.is_running:
        work.watch(job, doing=t("export.workbook.writing"))
    elif job is not None and job.is_done:
        button(shared, "workbook", job.future.result().read_bytes, main=True)
    else:
        if job is not None and isinstance(job.problem, AnalysisError):
            show.error(job.problem)
        st.caption(show.md_escape(t("export.workbook.large", n=len(shared.result.profiles.customers))))
        st.button(
            t("export.workbook.prepare"), type="primary", icon=":material/table_view:", key="prepare_workbook",
            on_click=lambda: begin_workbook(shared, key, name),
        )  # fmt: skip


def begin_workbook(shared: Shared, key: str, name: str) -> None:
    """Begin to write the workbook."""
    work.start(
        key, exports.write_workbook(shared.result, session.t(), name, unmask=shared.unmask, confirmed=shared.confirmed)
    )


def button(shared: Shared, key: str, make: Callable[[], bytes | str], *, main: bool = False, mime: str = XLSX) -> None:
    """Show the button of a file; it is made when it is asked for."""
    t = session.t()
    if key != "study":  # which the workspace enters itself
        make = logged(key, make, masked=not shared.unmask or key == "for_others")
    st.download_button(
        t("export.download_workbook") if main else t("export.download"),
        make,
        exports.file_name(shared.study, shared.result, t(f"export.{key}.file")),
        mime,
        key=f"download_{key}",
        on_click="ignore",
        type="primary" if main else "secondary",
        icon=":material/download:",
    )


def other_files(shared: Shared) -> list[File]:
    """Return the files beside the workbook."""
    t = session.t()
    no_font = AnalysisError("no_chinese_font") if t.language == "zh" and chinese_font() is None else None
    n_aside = sum(sum(count.set_aside.values()) for count in shared.result.standard.counts)
    result, unmask = shared.result, shared.unmask
    n = len(result.profiles.customers)
    too_few = AnalysisError("share_too_few", n=n, least=LEAST) if n < LEAST else None
    drawn = File("charts", exports.pictures_zip(result, t), "application/zip", no_font or too_few)
    files = [
        File("for_others", exports.workbook_for_others(result, t), XLSX, too_few),
        File("customers", exports.customers_csv(result, t, unmask=unmask, confirmed=shared.confirmed), "text/csv"),
        File("parquet", exports.customers_parquet(result, unmask=unmask), "application/vnd.apache.parquet"),
        File("set_aside", exports.set_aside_csv(result, unmask=unmask), "text/csv") if n_aside else None,
        drawn if result.edited else None,
        File("recipe", exports.recipe_yaml(result), "application/yaml"),
        # The whole study as it is today: not what is looked at as of an earlier day.
        None if compute.past() else File("study", lambda: studies.packed(shared.study.id), "application/zip"),
    ]
    return [file for file in files if file is not None]


def show_files(shared: Shared, files: list[File]) -> None:
    """Show each file; what is in it stands behind a mark."""
    t = session.t()
    st.subheader(t("export.more"), anchor=False)
    with st.grid(min_column_width=230):
        for file in files:
            with st.container(border=True, height="stretch", vertical_alignment="distribute"):
                title, what = t(f"export.{file.key}"), t(f"export.{file.key}.what")
                st.markdown(f"**{show.md_escape(title)}**", help=show.md_escape(what))
                if file.problem is None:
                    button(shared, file.key, file.make, mime=file.mime)
                else:
                    show.error(file.problem)
