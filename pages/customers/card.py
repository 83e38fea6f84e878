"""Page: one customer: rhythm, last orders, what to do next, and the segments with the reason."""

from __future__ import annotations

import streamlit as st

from analysis.compare.place import places
from analysis.errors import AnalysisError
from analysis.overview import customer_words
from analysis.tags.words import tags_of
from ui import compute, controls, session, show
from ui.customers import card_parts, forgetting
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
    one = card_parts.shown_part(profiles, [row])
    card = card_parts.card_of(study, prepared, row)
    said = customer_words.answer(card, profiles.as_of, t)
    name = card_parts.called(one)[0]
    show.answer(t("persona.titled", title=name, text=said) if said else name)
    with st.container(border=True, key="card_next"):
        st.markdown(f"**{show.md_escape(t('card.next'))}**  \n{show.md_escape(customer_words.next_step(card, t))}")
    if told := tags_of(study.run.tagged(), row, t):
        tags = t("tags.of_customer", day=profiles.as_of, tags=t("segments.between").join(told))
        st.caption(f":material/sell: {show.md_escape(tags)}")
    with st.grid(min_column_width=330, gap="large"):
        with st.container():
            card_parts.orders_table(card)
        with st.container():
            card_parts.why(study, profiles, row)
    with st.expander(t("card.profile"), icon=":material/table_view:"):
        if any(feature.personal for feature in profiles.features):
            controls.show_personal()
        config = {t("card.percentile"): st.column_config.ProgressColumn(
            t("card.percentile"), format="percent", min_value=0, max_value=1, help=t("card.percentile_help")
        )}  # fmt: skip
        known = places(profiles, row)
        show.table(card_parts.profile_rows(known, one), config, alt=t("card.profile_alt"), name="card")
    show.how_computed("card.method")
    forgetting.offer(study, str(profiles.customers["customer_id"].iloc[row]))


segments.begin("card")
t = session.t()
main()
show.next_step("segments/compare")
