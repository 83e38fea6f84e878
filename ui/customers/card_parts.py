"""What the page of one customer is made of: the search, the segments with the reason, the profile in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.compare.nearest import nearest_other
from analysis.compare.place import Place
from analysis.profiles.personal import masked, personal_kind
from analysis.profiles.result import DIMENSIONS
from analysis.profiles.words import coded_value, feature_name, value_text
from ui import bound, compute, session, show
from ui.customers import reasons
from ui.segments import explain, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles

MATCHES = 50


def chosen_row(profiles: Profiles) -> int | None:
    """Show the search and return the row of the customer chosen, or None when no id begins so."""
    t, bind = session.t(), bound.to_visit("card")
    ids = profiles.customers["customer_id"]
    left, right = st.columns(2, vertical_alignment="bottom")
    asked = left.text_input(t("card.search"), help=t("card.search_help"), max_chars=200, **bind.to("search", ""))
    typed = (asked or "").strip()
    rows = ids.str.startswith(typed).fillna(False).to_numpy(dtype=bool).nonzero()[0]
    if len(rows) == 0:
        return None
    offered = rows[:MATCHES].tolist()
    if (exact := ids.eq(typed).fillna(False).to_numpy(dtype=bool).nonzero()[0]).size:
        offered = list(dict.fromkeys([int(exact[0]), *offered]))
    # By id, not by row: other rows may stand there once the data has changed.
    places = {str(ids.iloc[row]): row for row in offered}
    words = dict(zip(places, shown_part(profiles, offered).customers["customer_id"].tolist(), strict=True))
    chosen = right.selectbox(
        t("card.choose"), list(places), format_func=lambda one: words[one],
        **bind.to(f"row_{typed}", next(iter(places)), offered=places),
    )  # fmt: skip
    if len(rows) > MATCHES:
        st.caption(show.md_escape(t("card.more", shown=MATCHES, n=len(rows))))
    return places[chosen]


def shown_part(profiles: Profiles, rows: list[int]) -> Profiles:
    """Return some customers as they may be seen in this visit: an id that is personal itself is masked too."""
    part = replace(profiles, customers=profiles.customers.iloc[rows].reset_index(drop=True))
    if session.unmasked():
        return part
    return masked(part, id_kind=personal_kind(profiles.customers["customer_id"]))


def why(study: compute.LoadedStudy, profiles: Profiles, row: int) -> None:
    """Show the segments of the customer, what decided each, and the nearest other segment."""
    t = session.t()
    st.subheader(t("card.segments"), anchor=False)
    views, problems = explain.views_and_problems(study, profiles)
    segments.left_out(problems, profiles)
    for method, view in views.items():
        segmentation = view.edited.segmentation
        segment = segmentation.labels.iloc[row]
        facts = {"method": explain.method_name(method)}
        if segment not in view.names:
            st.markdown(show.md_escape(t("card.outside", **facts)))
            continue
        facts["segment"] = view.names[segment]
        if len(segmentation.segments) < 2:
            st.markdown(show.md_escape(t("card.in_only_segment", n=int(segmentation.labels.notna().sum()), **facts)))
            continue
        other = view.names[nearest_other(profiles, segmentation, row)]
        lines = [show.md_escape(t("card.in_segment", other=other, **facts)), ""]
        st.markdown("\n".join([*lines, *reasons.lines(study, profiles, view, row)]))


def profile_rows(known: tuple[Place, ...], one: Profiles) -> pd.DataFrame:
    """Return the features by dimension, in words; personal values as masked."""
    import pandas as pd

    t = session.t()
    rows: list[dict[str, Any]] = [
        {
            t("compare.dimension"): t(f"workbook.dimension.{place.feature.dimension}"),
            t("charts.feature"): feature_name(place.feature, t),
            t("column.value"): value_words(place, one),
            t("card.percentile"): None if place.percentile is None else round(place.percentile, 3),
        }
        for place in sorted(known, key=lambda place: DIMENSIONS.index(place.feature.dimension))
    ]
    return pd.DataFrame(rows)


def value_words(place: Place, one: Profiles) -> str:
    """Return a value as it is read."""
    import pandas as pd

    t = session.t()
    feature = place.feature
    value = one.customers[feature.key].iloc[0]
    if feature.personal:
        return str(value)
    if feature.kind == "number":
        return value_text(float(value), feature, t)
    if feature.kind == "flag":
        return t("charts.yes") if value else t("card.no")
    if feature.kind == "date":
        return pd.Timestamp(value).date().isoformat()
    return coded_value(feature.key, str(value), t) if feature.header is None else str(value)
