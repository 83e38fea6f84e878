"""What only a person can decide about the data, asked with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from analysis.intake.judging.quality import SAID_BY_FINDINGS
from analysis.mapping import both_readings, with_date_order
from ui import compute, session, show

if TYPE_CHECKING:
    from analysis.notes import Note


def questions(study: compute.LoadedStudy, notes: Sequence[Note], level: str) -> None:
    """Show what was noticed; what only a person can decide is asked, with the evidence."""
    t = session.t()
    for place, note in enumerate(notes):
        if note.level != level or (note.code in SAID_BY_FINDINGS and note.code != "date_order_undecided"):
            continue
        sentence = show.md_escape(t(f"note.{note.code}", **note.facts))
        if note.code == "date_order_undecided":
            with st.container(border=True, key=f"ask_{place}"):
                st.markdown(f":material/help: {sentence}")
                _ask_date_order(study, note, place)
        elif level != "info":
            st.info(sentence, icon=":material/visibility:")


def _ask_date_order(study: compute.LoadedStudy, note: Note, place: int) -> None:
    """Ask which of two readings of a date is meant."""
    t = session.t()
    readings = both_readings(note.facts["example"])
    table = next((table for table in study.tables if table.key == note.facts["table"]), None)
    if readings is None or table is None:
        return
    st.markdown(f"**{show.md_escape(t('check.which_date', example=note.facts['example']))}**")
    with st.container(horizontal=True):
        for order, day in zip(("dmy", "mdy"), readings, strict=True):
            label = t(f"check.reads_{order}", day=day)
            if st.button(label, key=f"date_{order}_{place}"):
                column = note.facts["column"]
                compute.change(study, with_date_order(study.recipe, study.tables, table, column, order))
