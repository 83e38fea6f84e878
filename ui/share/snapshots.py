"""The list of what earlier runs found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.profiles.words import with_unit
from analysis.workspace.refreshing.past_words import files_of, version_of
from ui import compute, session, show
from ui.history import past_view

if TYPE_CHECKING:
    from analysis.workspace.records import SnapshotInfo


def snapshots(study: compute.LoadedStudy) -> None:
    """List what earlier runs found, newest first."""
    t = session.t()
    found = compute.workspace().snapshots(study.id)
    with st.expander(t("export.snapshots"), icon=":material/history:"):
        if (chosen := listed(found)) is not None and compute.past() is None:
            past_view.offer(chosen)


def listed(found: list[SnapshotInfo]) -> SnapshotInfo | None:
    """List snapshots, say which rows were taken out of them, and return the one that the reader chose, if any."""
    import pandas as pd

    t = session.t()
    st.caption(show.md_escape(t("export.snapshots.what")))
    if changed := [one for one in found if one.n_forgotten]:
        n = sum(one.n_forgotten for one in changed)
        st.caption(show.md_escape(t("export.snapshots.forgotten", n=n, snapshots=len(changed))))
    table = pd.DataFrame(
        {
            "taken_at": [session.local_time(snapshot.taken_at) for snapshot in found],
            "as_of": [snapshot.as_of for snapshot in found],
            "customers": [snapshot.summary.get("customers") for snapshot in found],
            "orders": [snapshot.summary.get("orders") for snapshot in found],
            "revenue": [snapshot.summary.get("revenue") for snapshot in found],
            "files": [", ".join(files_of(snapshot)) for snapshot in found],
            "version": [version_of(snapshot) for snapshot in found],
        }
    )
    if compute.past() is None:
        st.caption(show.md_escape(t("past.choose")))
    place = show.table(
        table,
        {
            "taken_at": st.column_config.DatetimeColumn(t("export.snapshots.taken_at"), format="YYYY-MM-DD HH:mm"),
            "as_of": st.column_config.DateColumn(t("export.snapshots.as_of"), format="YYYY-MM-DD"),
            "customers": st.column_config.NumberColumn(t("column.customers"), format="%,d"),
            "orders": st.column_config.NumberColumn(t("column.orders"), format="%,d"),
            "revenue": st.column_config.NumberColumn(with_unit(t("column.revenue"), "money", t), format="%,.0f"),
            "files": t("past.files"),
            "version": st.column_config.TextColumn(t("past.version"), help=t("past.version_help")),
        },
        alt=t("export.snapshots"),
        name="snapshots",
        pick=True,
    )
    return None if place is None else found[place]
