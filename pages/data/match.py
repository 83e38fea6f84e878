"""Page: how the tables join, and which ids are the same customer."""

from __future__ import annotations

import streamlit as st

from ui import compute, controls, session, show
from ui.data.joins import choose, joined
from ui.data.same_customers import decided, suggestions

t = session.t()

show.page_header(t("match.title"), t("match.question"))
study = compute.study_or_stop()
controls.show_personal()
joins = study.run.joins()
if len(study.tables) < 2:
    show.empty_state(t("match.one_table"), "data/files")
elif joins:
    joined(study, choose(study, joins))
else:
    show.empty_state(t("match.no_join"), "data/columns")
found = compute.identity(study)
st.subheader(t("match.same"), anchor=False)
for note in found.notes:
    st.caption(show.md_escape(t(f"note.{note.code}", **note.facts)))
if found.matches:
    suggestions(study, found)
else:
    st.markdown(t("match.same_none"))
if found.confirmed:
    decided(study, found)
show.how_computed("match.how")
show.next_step("data/check")
