"""What the page of one customer is made of: the search, what changed, and the profile in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.compare.place import Place
from analysis.customer import words as customer_words
from analysis.customer.card import CustomerCard, customer_card
from analysis.customer.changes import customer_changes
from analysis.customer.search import find_customers
from analysis.errors import AnalysisError
from analysis.overview.pace import lifecycle_of
from analysis.predict.offers.words import customer_words as offer_words
from analysis.profiles.personal import masked
from analysis.profiles.result import DIMENSIONS
from analysis.profiles.words import coded_value, feature_name, value_text
from analysis.segments.methods import METHODS
from analysis.segments.names import segment_names
from ui import bound, compute, session, show
from ui.segments import explain, segments

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.study.prepared import Prepared

MATCHES = 50
MOST_OFFERS = 3
_OPENED = "card_opened"


def open_card(customer_id: str) -> None:
    """Let the page of one customer show this one, in a callback."""
    bind = bound.to_visit("card")
    bind.put("search", "")  # an id may be personal: it is not typed for anybody to read
    bind.put("row_", customer_id)
    session.keep(_OPENED, customer_id)


def offer_card(customer_id: str, key: str) -> None:
    """Offer to open the card of a customer chosen in a table."""
    if st.button(session.t()("card.open"), key=f"open_card_{key}", icon=":material/badge:", type="primary"):
        open_card(customer_id)
        st.switch_page(show.page_path("customers/card"))


def chosen_row(profiles: Profiles) -> int | None:
    """Show the search and return the row of the customer chosen, or None when nobody is meant."""
    t, bind = session.t(), bound.to_visit("card")
    left, right = st.columns(2, vertical_alignment="bottom")
    asked = left.text_input(t("card.search"), help=t("card.search_help"), max_chars=200, **bind.to("search", ""))
    typed = (asked or "").strip()
    rows = find_customers(profiles, typed)
    if len(rows) == 0:
        return None
    # By id, not by row: other rows may stand there once the data has changed.
    ids = profiles.customers["customer_id"]
    opened = () if typed else (ids == session.kept(_OPENED)).to_numpy(dtype=bool).nonzero()[0].tolist()
    offered = list(dict.fromkeys([*opened, *rows[:MATCHES].tolist()]))
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
    """Return what each of some customers is called: the id, with the name, phone or e-mail where one is known."""
    ids = part.customers["customer_id"].astype(str)
    for key in ("name", "phone", "email"):
        feature = part.feature(key)
        if feature is None or feature.personal is None or key not in part.customers:
            continue
        texts = part.customers[key].astype("str").where(part.customers[key].notna(), "")
        # An id that is a name is told apart by what else is known.
        told = [f"{one} · {text}" if text and text != one else one for one, text in zip(ids, texts, strict=True)]
        if told != ids.tolist():
            return told
    return ids.tolist()


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
        # A row for every customer, so it is shared and never copied.
        lifecycle = study.run.kept(
            "features", "lifecycle_of_cards", lambda: lifecycle_of(prepared.profiles, prepared.standard)
        )
    return customer_card(prepared.profiles, lifecycle, row, goal=study.recipe.goal)


def changes_of(study: compute.LoadedStudy, profiles: Profiles, row: int) -> str:
    """Return what changed since an earlier run in a sentence; empty where none was kept."""
    t, customer_id = session.t(), str(profiles.customers["customer_id"].iloc[row])
    try:
        before = compute.workspace().customer_before(study.id, customer_id, profiles.as_of)
    except AnalysisError:
        return ""  # a run that cannot be read is named where runs are listed
    if before is None:
        return ""
    then, recipe = before
    now: dict[str, str | None] = {}
    called: dict[str, tuple[str, Callable[[str], str]]] = {}
    views, _ = explain.views_and_problems(study, profiles)
    for method, view in views.items():
        plan, column = segments.plan_of(study, method), explain.column_of(method)
        earlier = recipe.plan_or_usual(method)
        anew = METHODS[method].found_anew and plan.fit == "refit"
        if anew or (earlier.params, earlier.edits) != (plan.params, plan.edits):
            continue  # the same name meant something else then
        label = view.edited.segmentation.labels.iloc[row]
        now[column] = str(label) if label in view.names else None
        called[column] = (explain.method_name(method), partial(_segment_word, view.names))
    return customer_words.changes(customer_changes(then, profiles, row, now), profiles, called, t)


def offers_of(study: compute.LoadedStudy, profiles: Profiles, row: int) -> str:
    """Return what to offer to a customer and why, where the study keeps offers; empty where there is nothing."""
    params = study.recipe.prediction("offers")
    if params is None:
        return ""
    t = session.t()
    try:
        found = study.run.prediction(params)
    except AnalysisError:  # its own page says why
        return ""
    told = offer_words(found, str(profiles.customers["customer_id"].iloc[row]), t)[:MOST_OFFERS]
    return t("card.offers", day=profiles.as_of, offers=t("segments.between").join(told)) if told else ""


def _segment_word(names: dict[str, str], key: str) -> str:
    return names.get(key) or segment_names([key], session.t())[key]


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
    return written(place.feature, one.customers[place.feature.key].iloc[0])


def written(feature: Feature, value: Any) -> str:
    """Return a value of a feature as it is read; a missing one as a dash, a personal one as it stands."""
    import pandas as pd

    t = session.t()
    if pd.isna(value):
        return "–"
    if feature.personal:
        return str(value)
    if feature.kind == "number":
        return value_text(float(value), feature, t)
    if feature.kind == "flag":
        return t("charts.yes") if value else t("card.no")
    if feature.kind == "date":
        return pd.Timestamp(value).date().isoformat()
    return coded_value(feature.key, str(value), t) if feature.header is None else str(value)
