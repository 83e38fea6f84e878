"""Where the rows went: how many were read and kept, and those left out, as examples and as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.intake import rows_chart, rows_table
from analysis.intake.judging.words import rows_answer
from ui import compute, controls, session, show
from ui.data.shown import id_kind
from ui.share.logged import logged

if TYPE_CHECKING:
    import pandas as pd

    from analysis.privacy.kinds import PersonalKind
    from analysis.study import Prepared

EXAMPLES = 200


def answer(prepared: Prepared) -> None:
    """Say how many rows were read, kept and set aside, and show where they went."""
    t = session.t()
    counts = prepared.standard.counts
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    show.answer(rows_answer(counts, t))
    frame = rows_table(counts, t)
    show.chart(
        rows_chart(counts, t),
        t("check.chart_alt", read=read, kept=kept),
        name="rows",
        data=frame[["table", "fate_text", "rows", "share"]].set_axis(
            [t("check.table"), t("check.fate"), t("check.rows"), t("check.share_of_rows")], axis=1
        ),
    )


def examples(study: compute.LoadedStudy, prepared: Prepared) -> None:
    """Show examples of the rows left out, and offer all of them as a file."""
    t = session.t()
    n = sum(sum(count.set_aside.values()) for count in prepared.standard.counts)
    if not n:
        return
    kind = None if session.unmasked() else id_kind(study)
    unmasked = session.unmasked()  # as the page shows it, when the file is asked for
    with st.container(horizontal=True):
        st.download_button(
            t("check.download", n=n),
            logged("set_aside", lambda: _file(study, prepared, unmask=unmasked, kind=kind), masked=not unmasked),
            "set_aside.csv",
            "text/csv",
            key="set_aside_file",
            on_click="ignore",
            icon=":material/download:",
        )
        controls.show_personal()
    with st.expander(t("check.examples"), key="examples", on_change="rerun") as opened:
        if opened.open:
            st.dataframe(_rows(study, prepared), hide_index=True, alt=t("check.examples_alt"), key="set_aside")


def _file(study: compute.LoadedStudy, prepared: Prepared, *, unmask: bool, kind: PersonalKind | None) -> bytes:
    """Write every row left out as CSV."""
    import tempfile
    from pathlib import Path

    from analysis.exports.set_aside import write_set_aside
    from analysis.temporary import own_folder

    with tempfile.TemporaryDirectory(dir=own_folder()) as folder:
        path = Path(folder) / "set_aside.csv"
        write_set_aside(prepared.standard, study.recipe, path, unmask=unmask, id_kind=kind)
        return path.read_bytes()


def _rows(study: compute.LoadedStudy, prepared: Prepared) -> pd.DataFrame:
    """Return some of the rows left out, in words; personal cells are masked."""
    import json

    from analysis.intake.standard.set_aside import set_aside_rows
    from analysis.privacy.masks import mask_cells

    t = session.t()
    rows = set_aside_rows(prepared.standard, study.recipe, most=EXAMPLES)
    cells = rows["cells"]
    if not session.unmasked():
        personal: dict[str, PersonalKind] = {
            header: kind for table in study.tables for header, kind in compute.personal_columns(study, table).items()
        }
        cells = mask_cells(cells, personal)
    written = [
        " · ".join(f"{header}: {value}" for header, value in json.loads(cell).items() if value is not None)
        if isinstance(cell, str)
        else detail
        for cell, detail in zip(cells, rows["detail"], strict=True)
    ]
    return rows[["table_key", "line"]].assign(
        reason=[t(f"reason.{code}") for code in rows["reason"]], cells=written
    ).set_axis([t("check.table"), t("check.line"), t("check.fate"), t("check.row")], axis=1)  # fmt: skip
