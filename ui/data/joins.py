"""How two tables of a study join, and which keys find no partner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st

from analysis.charts.match import join_chart, join_table
from analysis.intake.people.words import join_answer
from ui import bound, compute, session, show
from ui.data.shown import hidden, table_name

if TYPE_CHECKING:
    from analysis.intake.people.join import Join, Side


def choose(study: compute.LoadedStudy, joins: Sequence[Join]) -> Join:
    """Show which two tables are looked at, when there are several."""
    t = session.t()
    if len(joins) == 1:
        return joins[0]
    places = range(len(joins))
    place = st.segmented_control(
        t("match.pair"),
        places,
        required=True,
        format_func=lambda i: show.md_escape(
            t(
                "match.pair_name",
                left=table_name(study, joins[i].left.place),
                right=table_name(study, joins[i].right.place),
            )
        ),
        **bound.to_visit("match").to("pair", 0, offered=places),
    )
    return joins[place]


def joined(study: compute.LoadedStudy, join: Join) -> None:
    """Show how two tables join, and what finds no partner."""
    t = session.t()
    left, right = table_name(study, join.left.place), table_name(study, join.right.place)
    show.answer(join_answer(join, left, right, t))
    data = join_table(join, study.tables, t)[["side", "fate", "rows", "share"]]
    titles = [t("match.table"), t("match.fate"), t("match.rows"), t("match.share_of_rows")]
    show.chart(
        join_chart(join, study.tables, t),
        t("match.chart_alt", left=left, right=right),
        name="join",
        data=data.set_axis(titles, axis=1),
    )
    st.markdown(f"**{t('match.alone')}**")
    if join.left.matched_keys == join.left.keys and join.right.matched_keys == join.right.keys:
        st.caption(t("match.none_alone"))
        return
    st.caption(t("match.alone_help"))
    if join.left.matched_keys < join.left.keys:
        alone(study, join, "left", join.left)
    if join.right.matched_keys < join.right.keys:
        alone(study, join, "right", join.right)


def alone(study: compute.LoadedStudy, join: Join, name: Literal["left", "right"], side: Side) -> None:
    """Show keys of one side that the other lacks."""
    t = session.t()
    import pandas as pd

    table = study.tables[side.place]
    kind = compute.personal_columns(study, table).get(side.column)
    found = study.run.unmatched(join, name)
    frame = pd.DataFrame(
        {
            "key": hidden([one.key for one in found], kind),
            "rows": [one.rows for one in found],
            "near": hidden([one.near for one in found], kind),
        }
    )
    st.caption(show.md_escape(t("match.side", table=table.key, column=side.column)))
    st.dataframe(
        frame,
        hide_index=True,
        height=min(38 + 35 * len(frame), 248),
        alt=t("match.alone_alt"),
        key=f"alone_{name}",
        column_config={
            "key": st.column_config.TextColumn(t("match.key")),
            "rows": st.column_config.NumberColumn(t("match.rows"), format="localized", width=80),
            "near": st.column_config.TextColumn(t("match.near")),
        },
    )
