"""Page: the results as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from analysis.errors import AnalysisError
from analysis.exports.contents import has_personal, segment_table
from analysis.exports.folder import folder_code
from analysis.exports.pictures import chinese_font
from analysis.exports.workbook import SHEET_ROWS
from ui import compute, controls, session, show, work
from ui.data import studies
from ui.segments import carry
from ui.share import exports

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class File:
    """One file to take along: the key of its texts, what makes it, its kind, and why it cannot be made."""

    key: str
    make: Callable[[], bytes | str]
    mime: str
    problem: AnalysisError | None = None


def answer() -> str:
    """Return in words what can be taken along."""
    parts = [t("export.answer", customers=len(result.profiles.customers), day=result.profiles.as_of)]
    for method, edited in result.edited.items():
        parts.append(t(f"export.answer.{method}", n=len(edited.segmentation.segments)))
    if n_set_aside:
        parts.append(t("export.answer.set_aside", n=n_set_aside))
    return ("" if t.language == "zh" else " ").join(parts)


def workbook() -> None:
    """Offer the workbook: at once when it is small, else written beside the page while its progress shows."""
    with st.container(border=True, key="workbook"):
        st.subheader(t("export.workbook"), anchor=False)
        st.markdown(show.md_escape(t("export.workbook.what")))
        n = len(result.profiles.customers)
        if n > SHEET_ROWS:
            st.warning(t("export.workbook.cut", shown=SHEET_ROWS, n=n), icon=":material/warning:")
        if exports.workbook_cells(result) <= exports.QUICK_CELLS:
            button("workbook", exports.workbook_bytes(result, t, unmask=unmask), main=True)
        else:
            large_workbook()


def large_workbook() -> None:
    """Write a workbook that takes longer than a reader waits."""
    choices = result.recipe.model_dump_json()
    key = "\n".join(("workbook", study.id, study.version, choices, t.language, str(unmask)))
    name = exports.file_name(study, result, t("export.workbook.file"))
    job = work.find(key)
    if job is not None and job.is_running:
        work.watch(job, doing=t("export.workbook.writing"))
    elif job is not None and job.is_done:
        button("workbook", job.future.result().read_bytes, main=True)
    else:
        if job is not None and isinstance(job.problem, AnalysisError):
            show.error(job.problem)
        st.caption(show.md_escape(t("export.workbook.large", n=len(result.profiles.customers))))
        st.button(
            t("export.workbook.prepare"), type="primary", icon=":material/table_view:", key="prepare_workbook",
            on_click=lambda: begin_workbook(key, name),
        )  # fmt: skip


def begin_workbook(key: str, name: str) -> None:
    """Begin to write the workbook."""
    work.start(key, exports.write_workbook(result, t, name, unmask=unmask))


def button(key: str, make: Callable[[], bytes | str], *, main: bool = False, mime: str = XLSX) -> None:
    """Show the button of a file; it is made when it is asked for."""
    st.download_button(
        t("export.download_workbook") if main else t("export.download"),
        make,
        exports.file_name(study, result, t(f"export.{key}.file")),
        mime,
        key=f"download_{key}",
        on_click="ignore",
        type="primary" if main else "secondary",
        icon=":material/download:",
    )


def other_files() -> list[File]:
    """Return the files beside the workbook."""
    no_font = AnalysisError("no_chinese_font") if t.language == "zh" and chinese_font() is None else None
    files = [
        File("customers", exports.customers_csv(result, t, unmask=unmask), "text/csv"),
        File("parquet", exports.customers_parquet(result, unmask=unmask), "application/vnd.apache.parquet"),
        File("set_aside", exports.set_aside_csv(result, unmask=unmask), "text/csv") if n_set_aside else None,
        File("charts", exports.pictures_zip(result, t), "application/zip", no_font) if result.edited else None,
        File("recipe", exports.recipe_yaml(result), "application/yaml"),
        File("study", lambda: studies.packed(study.id), "application/zip"),
    ]
    return [file for file in files if file is not None]


def show_files(files: list[File]) -> None:
    """Show each file with what is in it."""
    st.subheader(t("export.more"), anchor=False)
    with st.grid(min_column_width=230):
        for file in files:
            with st.container(border=True, height="stretch", vertical_alignment="distribute"):
                with st.container(gap="xsmall"):
                    st.markdown(f"**{show.md_escape(t(f'export.{file.key}'))}**")
                    st.caption(show.md_escape(t(f"export.{file.key}.what")))
                if file.problem is None:
                    button(file.key, file.make, mime=file.mime)
                else:
                    show.error(file.problem)


def snapshots() -> None:
    """List what earlier runs found, newest first."""
    found = compute.workspace().snapshots(study.id)
    st.subheader(t("export.snapshots"), anchor=False)
    st.caption(show.md_escape(t("export.snapshots.what")))
    table = pd.DataFrame(
        {
            "taken_at": [session.local_time(snapshot.taken_at) for snapshot in found],
            "as_of": [snapshot.as_of for snapshot in found],
            "customers": [snapshot.summary.get("customers") for snapshot in found],
            "orders": [snapshot.summary.get("orders") for snapshot in found],
            "revenue": [snapshot.summary.get("revenue") for snapshot in found],
        }
    )
    show.table(
        table,
        {
            "taken_at": st.column_config.DatetimeColumn(t("export.snapshots.taken_at"), format="YYYY-MM-DD HH:mm"),
            "as_of": st.column_config.DateColumn(t("export.snapshots.as_of"), format="YYYY-MM-DD"),
            "customers": st.column_config.NumberColumn(t("column.customers"), format="%,d"),
            "orders": st.column_config.NumberColumn(t("column.orders"), format="%,d"),
            "revenue": st.column_config.NumberColumn(t("column.revenue"), format="%,.0f"),
        },
        alt=t("export.snapshots"),
        name="snapshots",
    )


t = session.t()
show.page_header(t("export.title"), t("export.question"))
study = compute.study_or_stop()
study = carry.settle(study, compute.prepared_or_stop(study).profiles)
t = session.t()
with st.spinner(t("export.gathering"), show_time=True):
    result = compute.study_result(study)
n_set_aside = sum(sum(count.set_aside.values()) for count in result.standard.counts)

show.answer(answer())
for problem in result.problems.values():
    show.error(problem)
unmask = controls.show_personal() if has_personal(result) else False
workbook()
show_files(other_files())
compute.keep_snapshot(study)
snapshots()
show.how_computed("export.method", n=len(segment_table(result, t)))
show.code(folder_code([table.file for table in study.tables], t.language, merged_in=study.merged_in))
show.next_step("data/files")
