"""The tables of a study: all of them in a list, and one with what it is used as, its first rows and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.mapping import sharing, source_of, with_kind
from analysis.recipe import Kind
from ui import bound, compute, controls, session, show
from ui.data import reading, studies

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import RawTable

KINDS: tuple[Kind, ...] = get_args(Kind)


def list_of_tables(study: compute.LoadedStudy) -> pd.DataFrame:
    """Return one row per table, in words."""
    import pandas as pd

    t = session.t()
    return pd.DataFrame(
        {
            t("files.table"): [table.key for table in study.tables],
            t("files.used_as"): [t(f"table_kind.{kind_of(study, table)}") for table in study.tables],
            t("files.rows"): [table.n_read for table in study.tables],
            t("files.columns"): [len(table.columns) for table in study.tables],
            t("files.header_row"): [table.header_row or None for table in study.tables],
            t("files.encoding"): [table.encoding.upper() or "–" for table in study.tables],
        }
    )


def one_table(study: compute.LoadedStudy, table: RawTable) -> None:
    """Show one table: what it is used as, its first rows, and the way out."""
    from analysis.workspace.preview import first_rows

    t = session.t()
    kind = kind_of(study, table)

    def use_as(chosen: Kind) -> None:
        guesses = study.run.guesses()
        compute.edit_recipe(lambda recipe: with_kind(recipe, study.tables, table, chosen, guesses))

    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.selectbox(
            t("files.use_as"),
            KINDS,
            format_func=lambda key: t(f"table_kind.{key}"),
            width=280,
            **bound.one(f"kind_{study.id}_{study.tables.index(table)}", kind, use_as),
        )
        controls.show_personal()
    if others := sharing(study.recipe, study.tables, table):
        parts = ", ".join(one.key for one in study.tables if one == table or one in others)
        st.caption(show.md_escape(t("files.read_as_one", n=len(others) + 1, tables=parts)))
    if table.hidden:
        st.caption(show.md_escape(t("files.hidden", table=table.key)))
    personal = None if session.unmasked() else compute.personal_columns(study, table)
    st.dataframe(
        first_rows(table, personal=personal),
        hide_index=True,
        alt=t("files.preview_alt", table=table.key),
        key="preview",
        height="content",
    )
    st.caption(show.md_escape(t("files.preview", n=min(10, table.n_rows), rows=table.n_rows)))
    reading.choices(study, table)
    _remove(study, table)


def _remove(study: compute.LoadedStudy, table: RawTable) -> None:
    """Offer to take a file out of the study, once it was said what that means."""
    t = session.t()
    sheets = [one.sheet for one in study.tables if one.fingerprint == table.fingerprint]
    with st.popover(t("files.remove"), icon=":material/delete:", type="tertiary", key="remove"):
        key = "files.remove_sheets" if len(sheets) > 1 else "files.remove_help"
        st.markdown(show.md_escape(t(key, file=table.file, n=len(sheets))))
        if st.button(t("files.remove_now"), key="remove_now"):
            try:
                studies.remove(study, table.fingerprint)
            except AnalysisError as problem:
                show.error(problem)
            else:
                st.rerun()


def kind_of(study: compute.LoadedStudy, table: RawTable) -> Kind:
    """Return what a table is used as."""
    source = source_of(study.recipe, study.tables, table)
    return source.kind if source else "ignore"
