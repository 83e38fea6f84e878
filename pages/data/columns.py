"""Page: what each column means, to be corrected in place."""

from __future__ import annotations

import streamlit as st

from analysis.mapping import source_of, with_kind, with_roles
from ui import compute, controls, session, show
from ui.data import columns

t = session.t()

show.page_header(t("columns.title"), t("columns.question"))
study = compute.study_or_stop()
guesses = study.run.guesses()
guess = columns.choose_table(study, guesses)
source = source_of(study.recipe, study.tables, guess.table)
if source is None or source.kind == "ignore":
    show.empty_state(t("columns.not_used", table=guess.table.key), "data/files")
else:
    saved = {column.name: column.role for column in source.columns}
    n_used = sum(role != "ignore" for role in saved.values())
    show.answer(t(f"columns.answer_{source.kind}", used=n_used, n=len(guess.columns), table=guess.table.key))
    controls.show_personal()
    wanted = columns.editor(study, guess, source)
    wrong = columns.problems(study, guess, source.kind, wanted)
    for sentence in wrong:
        st.warning(show.md_escape(sentence), icon=":material/help:")
    changed = {name: role for name, role in wanted.items() if saved.get(name, "ignore") != role}
    with st.container(horizontal=True):
        label = t("columns.apply", n=len(changed)) if changed else t("columns.no_change")
        if st.button(label, key="apply", type="primary", disabled=not changed or bool(wrong)):
            compute.change(study, with_roles(study.recipe, study.tables, guess.table, wanted))
        if st.button(t("columns.suggest"), key="suggest", type="tertiary", icon=":material/restart_alt:"):
            compute.change(study, with_kind(study.recipe, study.tables, guess.table, source.kind, guesses))
show.how_computed("columns.how")
show.next_step("data/check")
