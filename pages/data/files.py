"""Page: the files and sheets of the study, what each is used as, and its first rows."""

from __future__ import annotations

import streamlit as st

from ui import bound, compute, session, show
from ui.data import adding, tables

t = session.t()

show.page_header(t("files.title"), t("files.question"))
show.problem()
study = compute.study_or_stop()
used = [table for table in study.tables if tables.kind_of(study, table) != "ignore"]
show.answer(
    t(
        "files.answer" if len(used) < len(study.tables) else "files.answer_all",
        tables=len(study.tables),
        used=len(used),
        rows=sum(table.n_read for table in used),
    )
)
localized = st.column_config.NumberColumn(format="localized")
st.dataframe(
    tables.list_of_tables(study),
    hide_index=True,
    alt=t("files.list_alt"),
    key="tables",
    column_config={t("files.rows"): localized, t("files.header_row"): localized},
)
if len(study.tables) > 1:
    places = range(len(study.tables))
    place = st.selectbox(
        t("files.look_at"),
        places,
        format_func=lambda index: study.tables[index].key,
        **bound.to_visit("files").to("table", 0, offered=places),
    )
else:
    place = 0
tables.one_table(study, study.tables[place])
st.divider()
adding.more_files(study)
show.next_step("data/columns")
