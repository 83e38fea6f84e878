"""Page: one customer, the profile in seven dimensions, and the segments with the reason."""

from __future__ import annotations

import streamlit as st

from analysis.compare.place import places
from analysis.errors import AnalysisError
from ui import compute, controls, session, show
from ui.customers import card_parts
from ui.segments import segments


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    profiles = compute.prepared_or_stop(study).profiles
    row = card_parts.chosen_row(profiles)
    if row is None:
        show.error(AnalysisError("card_no_customer"))
        return
    one = card_parts.shown_part(profiles, [row])
    known = places(profiles, row)
    name = str(one.customers["customer_id"].iloc[0])
    n_dimensions = len({place.feature.dimension for place in known})
    show.answer(t("card.answer", customer=name, n=len(known), dimensions=n_dimensions))
    card_parts.why(study, profiles, row)
    st.subheader(t("card.profile"), anchor=False)
    if any(feature.personal for feature in profiles.features):
        controls.show_personal()
    config = {t("card.percentile"): st.column_config.ProgressColumn(
        t("card.percentile"), format="percent", min_value=0, max_value=1, help=t("card.percentile_help")
    )}  # fmt: skip
    show.table(card_parts.profile_rows(known, one), config, alt=t("card.profile_alt"), name="card")
    show.how_computed("card.method")


segments.begin("card")
t = session.t()
main()
show.next_step("segments/compare")
