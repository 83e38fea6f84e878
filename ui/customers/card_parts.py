"""What the page of one customer is made of: search, last orders, segments with the reason, the profile in words."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.compare.nearest import nearest_other
from analysis.compare.place import Place
from analysis.overview.customer import CustomerCard, customer_card
from analysis.overview.customer_search import find_customers
from analysis.overview.pace import lifecycle_of
from analysis.profiles.personal import masked
from analysis.profiles.result import DIMENSIONS
from analysis.profiles.words import coded_value, feature_name, value_text
from ui import bound, compute, session, show
from ui.customers import reasons
from ui.segments import explain, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Profiles
    from analysis.study.prepared import Prepared

MATCHES = 50


def chosen_row(profiles: Profiles) -> int | None:
    """Show the search and return the row of the customer chosen, or None when nobody is meant."""
    t, bind = session.t(), bound.to_visit("card")
    left, right = st.columns(2, vertical_alignment="bottom")
    asked = left.text_input(t("card.search"), help=t("card.search_help"), max_chars=200, **bind.to("search", ""))
    typed = (asked or "").strip()
    rows = find_customers(profiles, typed)
    if len(rows) == 0:
        return None
    offered = rows[:MATCHES].tolist()
    # By id, not by row: other rows may stand there once the data has changed.
    ids = profiles.customers["customer_id"]
    places = {str(ids.iloc[row]): row for row in offered}
    words = dict(zip(places, called(shown_part(profiles, offered)), strict=True))
    chosen = right.selectbox(
        t("card.choose"), list(places), format_func=lambda one: words[one],
        **bind.to(f"row_{typed}", next(iter(places)), offered=places),
    )  # fmt: skip
    if len(rows) > MATCHES:
        st.caption(show.md_escape(t("card.more", shown=MATCHES, n=len(rows))))
    return places[chosen]


def called(part: Profiles) -> list[str]:
    """Return what each of some customers is called: the id, with the name where one is known."""
    ids = part.customers["customer_id"].astype(str)
    feature = part.feature("name")
    if feature is None or feature.personal is None or "name" not in part.customers:
        return ids.tolist()
    names = part.customers["name"].astype("str").where(part.customers["name"].notna(), "")
    return [f"{one} · {name}" if name else one for one, name in zip(ids, names, strict=True)]


def shown_part(profiles: Profiles, rows: list[int]) -> Profiles:
    """Return some customers as they may be seen in this visit: an id that is personal itself is masked too."""
    part = replace(profiles, customers=profiles.customers.iloc[rows].reset_index(drop=True))
    if session.unmasked():
        return part
    return masked(part, among=profiles.customers["customer_id"])


def card_of(study: compute.LoadedStudy, prepared: Prepared, row: int) -> CustomerCard:
    """Return the card of the customer at a row."""
    lifecycle = None
    if "order_date" in prepared.standard.order_roles:
        lifecycle = study.run.small(
            "lifecycle_of_cards", "", lambda: lifecycle_of(prepared.profiles, prepared.standard)
        )
    return customer_card(prepared.profiles, prepared.standard, lifecycle, row, goal=study.recipe.goal)


def orders_table(card: CustomerCard) -> None:
    """Show the last orders of the customer."""
    import pandas as pd

    t = session.t()
    st.subheader(t("card.orders"), anchor=False)
    if len(card.orders) == 0:
        st.caption(t("card.no_orders"))
        return
    rows = card.orders.to_dict("records")
    table = {t("card.order_day"): [pd.Timestamp(row["day"]).date().isoformat() for row in rows]}
    if card.orders["amount"].notna().any():
        table[t("card.order_amount")] = [t.money(row["amount"]) for row in rows]
    if any(row["n_products"] for row in rows):
        table[t("card.order_products")] = [_products(row) for row in rows]
    # A table wraps the names of products; a grid would cut them off.
    words = pd.DataFrame(table).map(show.md_escape)
    st.table(words, hide_index=True, border="horizontal", alt=t("card.orders_alt"))


def _products(row: dict[Any, Any]) -> str:
    t = session.t()
    products = [str(one) for one in row["products"] if one is not None]
    more = int(row["n_products"]) - len(products)
    told = t("card.products_more", products=", ".join(products), n=more) if more > 0 else ", ".join(products)
    return t("card.returned", products=told) if row["is_return"] else told


def why(study: compute.LoadedStudy, profiles: Profiles, row: int) -> None:
    """Show the segments of the customer, and behind a mark what decided each and the nearest other segment."""
    t = session.t()
    st.subheader(t("card.segments"), anchor=False)
    views, problems = explain.views_and_problems(study, profiles)
    segments.left_out(problems, profiles)
    for place, (method, view) in enumerate(views.items()):
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
        find = partial(nearest_other, profiles, segmentation, row)
        other = view.names[study.run.small("nearest", f"{explain.key_of(study, view)} {row}", find)]
        with st.popover(
            show.md_escape(t("card.is_in", **facts)), icon=":material/help:", type="tertiary", key=f"why_{place}",
            help=t("card.why"),
        ):  # fmt: skip
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
