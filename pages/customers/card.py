"""Page: one customer: what changed, rhythm and worth, what to do next, and closer views of everything known."""

from __future__ import annotations

import streamlit as st

from analysis.customer import words as customer_words
from analysis.errors import AnalysisError
from analysis.tags.words import tags_of
from ui import compute, session, show
from ui.customers import card_parts, card_views, forgetting
from ui.segments import segments


def main() -> None:
    """Show the page."""
    forgetting.show_receipt()
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    profiles = prepared.profiles
    row = card_parts.chosen_row(profiles)
    if row is None:
        show.error(AnalysisError("card_no_customer"))
        return
    card = card_parts.card_of(study, prepared, row)
    if changed := card_parts.changes_of(study, profiles, row):
        st.caption(f":material/update: {show.md_escape(changed)}")
    said = customer_words.answer(card, profiles.as_of, t)
    name = card_parts.called(card_parts.shown_part(profiles, [row]))[0]
    show.answer(t("persona.titled", title=name, text=said) if said else name)
    with st.container(border=True, key="card_next"):
        st.markdown(f"**{show.md_escape(t('card.next'))}**  \n{show.md_escape(customer_words.next_step(card, t))}")
    if told := tags_of(study.run.tagged(), row, t):
        tags = t("tags.of_customer", day=profiles.as_of, tags=t("segments.between").join(told))
        st.caption(f":material/sell: {show.md_escape(tags)}")
    if offers := card_parts.offers_of(study, profiles, row):
        st.caption(f":material/redeem: {show.md_escape(offers)}")
    card_views.closer(study, prepared, row)
    show.how_computed("card.method")
    if compute.past() is None:
        forgetting.offer(study, str(profiles.customers["customer_id"].iloc[row]))


segments.begin("card")
t = session.t()
main()
show.next_step("segments/compare")
