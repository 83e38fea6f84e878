"""How a table is read, and another encoding or header row, seen before it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.mapping import source_of
from ui import compute, session, show
from ui.data import studies

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import RawTable
    from analysis.privacy.kinds import PersonalKind


def choices(study: compute.LoadedStudy, table: RawTable) -> None:
    """Show how a table is read, and let a person choose another encoding or header row, seeing both first."""
    from analysis.intake.reading.encodings import CHOICES, SURE

    t = session.t()
    doubtful = bool(table.encoding) and table.plausibility < SURE
    if doubtful:
        doubt = t("files.encoding_doubtful", table=table.key, encoding=table.encoding.upper())
        st.warning(show.md_escape(doubt))
    with st.expander(t("files.reading"), icon=":material/tune:", expanded=doubtful):
        if not compute.workspace().has_original(table.fingerprint):
            st.caption(show.md_escape(t("error.original_not_kept", file=table.file)))
            return
        where = f"{study.revision}_{study.tables.index(table)}"
        encoding: str | None = None
        left, right = st.columns(2)
        if table.encoding:
            encoding = left.selectbox(
                t("files.encoding"),
                [table.encoding, *(name for name in CHOICES if name != table.encoding)],
                format_func=str.upper,
                key=f"encoding_{where}",
                help=t("files.encoding_help"),
            )
        header_row = right.number_input(
            t("files.header_row"),
            0,
            None,
            table.header_row,
            key=f"header_{where}",
            help=t("files.header_row_help"),
        )
        if (encoding or "", header_row) == (table.encoding, table.header_row):
            return
        _read_again(study, table, encoding, int(header_row))


def _read_again(study: compute.LoadedStudy, table: RawTable, encoding: str | None, header_row: int) -> None:
    """Show the first rows before and after another way of reading, and keep it when a person says so."""
    t = session.t()
    try:
        # A header row is only fixed when it was changed: next month's banner may be longer.
        row = header_row if header_row != table.header_row else None
        new = studies.read_differently(table, encoding=encoding, header_row=row)
    except AnalysisError as problem:
        show.error(problem)
        return
    for title, one, key in (("files.read_now", table, "now"), ("files.read_then", new, "then")):
        st.markdown(f"**{t(title)}**")
        st.dataframe(_sample(one), hide_index=True, alt=t("files.preview_alt", table=table.key), key=f"reading_{key}")
    if st.button(t("files.read_this_way"), key="read_this_way", type="primary"):
        source = source_of(study.recipe, study.tables, table)
        keep_encoding = encoding if encoding != table.encoding else source and source.encoding
        keep_row = row if row is not None else source and source.header_row
        try:
            studies.keep_reading(study, table, new, encoding=keep_encoding or None, header_row=keep_row)
        except AnalysisError as problem:
            show.error(problem)
        else:
            st.rerun()


def _sample(table: RawTable) -> pd.DataFrame:
    """Return the first rows of a reading, masked by what its own cells look like."""
    from analysis.intake.suggesting.describe import describe
    from analysis.mapping import personal_kind_of
    from analysis.workspace.preview import first_rows

    seen = zip(table.columns, describe(table), strict=True)
    kinds: dict[str, PersonalKind] = {
        header: kind for header, evidence in seen if (kind := personal_kind_of(header, "ignore", evidence))
    }
    return first_rows(table, most=3, personal=None if session.unmasked() else kinds)
