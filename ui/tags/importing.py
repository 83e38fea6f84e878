"""Values of a tag from a file: which column is the customer, which the value, and what is taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import TABLE_FILES
from analysis.tags.imported import import_values
from ui import compute, session, show

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.tags.params import Tag

_DONE = "tag_import_done"


def section(study: compute.LoadedStudy, tag: Tag, profiles: Profiles) -> None:
    """Show the uploader, and what was imported so far."""
    t = session.t()
    kept = compute.workspace().document("tag_values", tag.key, study.id)
    st.caption(
        show.md_escape(t("tags.import_none" if kept is None else "tags.import_n", n=kept and len(kept.value.rows)))
    )
    if (told := session.kept(_DONE)) is not None:
        session.keep(_DONE, None)
        st.success(show.md_escape(t("tags.import_done", **told)))
    found = st.file_uploader(
        t("tags.import_upload"), type=list(TABLE_FILES), key=f"tag_upload_{session.upload_round()}"
    )
    if found is None:
        return
    try:
        rows = _rows(found.getvalue(), found.name)
    except AnalysisError as problem:
        show.error(problem)
        return
    names = [str(name) for name in rows.columns]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        first = max(range(len(names)), key=lambda place: _matches(rows.iloc[:, place], profiles))
        one = st.selectbox(t("tags.import_id"), range(len(names)), first, format_func=lambda place: names[place])
        other = st.selectbox(
            t("tags.import_value"), range(len(names)), 1 - min(first, 1) if len(names) > 1 else 0,
            format_func=lambda place: names[place],
        )  # fmt: skip
        how = st.segmented_control(
            t("tags.import_how"), ("append", "overwrite"), default="append", required=True,
            format_func=lambda way: t(f"tags.import_{way}"), key="tag_import_how",
        )  # fmt: skip
    if st.button(t("tags.import_take"), key="tag_import_take", type="primary"):
        _take(study, tag, profiles, rows.iloc[:, one], rows.iloc[:, other], how)


def _take(
    study: compute.LoadedStudy, tag: Tag, profiles: Profiles, ids: pd.Series, values: pd.Series, how: Any
) -> None:  # fmt: skip
    done: Any = None
    merges = compute.workspace().people_salt(study.id)

    def grown(before: Any) -> Any:
        nonlocal done
        done = import_values(
            profiles, ids, values, on=profiles.as_of, before=before, how=how, several=tag.several, merges=merges
        )
        return done.values

    try:
        compute.workspace().change_document("tag_values", tag.key, grown, study.id)
    except AnalysisError as problem:
        show.error(problem)
        return
    facts = {"n": done.n_matched, "unknown": done.n_unknown, "empty": done.n_empty, "replaced": done.n_replaced}
    session.keep(_DONE, facts)
    session.next_upload()
    st.rerun()


def _rows(content: bytes, name: str) -> pd.DataFrame:
    from analysis.experiments.rows.table import text_rows
    from analysis.intake.reading.read import read_file

    tables = read_file(content, name=name)
    return text_rows(max(tables, key=lambda table: table.n_rows)).to_pandas()


def _matches(column: pd.Series, profiles: Profiles) -> int:
    """Count the cells that are ids of customers."""
    return int(column.astype("str").str.strip().isin(profiles.customers["customer_id"].astype("str")).sum())
