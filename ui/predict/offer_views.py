"""Views of the offers page: by segment, new products, seasons, and the customers who are offered one product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.predict.offers.by_segment import offers_by_segment
from analysis.predict.offers.result import LISTS
from ui import bound, session, show
from ui.predict import by_segment as by_segments
from ui.predict import frame, kept

if TYPE_CHECKING:
    from analysis.predict.offers.params import OffersParams
    from analysis.predict.offers.result import Offers
    from analysis.predict.offers.triples import Triples
    from analysis.profiles.result import Profiles
    from ui import compute

PER_SEGMENT = 3
MOST_CHOICES = 200


def which_list() -> None:
    """Let the reader choose the list that is looked at."""
    t = session.t()
    st.selectbox(
        t("offers.list"), LISTS, format_func=lambda name: t(f"offers.task.{'all' if name == 'next' else name}"),
        help=t("offers.list_help"), **_list().of("which"),
    )  # fmt: skip


def list_shown() -> str:
    """Return the list that is looked at."""
    return _list().value("which")


def _list() -> bound.Bound:
    found = bound.to_visit("offers_list")
    found.declare("which", bound.Field("next", offered=list(LISTS)))
    return found


def by_segment(study: compute.LoadedStudy, profiles: Profiles, result: Offers, which: str) -> None:
    """Show the first products of each segment."""
    t, view = session.t(), by_segments.chosen(study, profiles, "offers")
    if view is None:
        return
    table = offers_by_segment(result, view.edited.segmentation.labels, which=which, n=PER_SEGMENT)
    table = table[table["segment"].isin(view.edited.shown)]
    order = {segment: place for place, segment in enumerate(view.edited.shown)}
    table = table.assign(place=table["segment"].map(order)).sort_values(["place", "rank"])
    shown = table.assign(segment=table["segment"].map(view.names), share=100 * table["share"])[
        ["segment", "name", "n", "share", "index"]
    ]
    columns: dict[str, Any] = {
        "segment": t("offers.segment"),
        "name": t("charts.offers_product"),
        "n": t("charts.customers"),
        "share": st.column_config.NumberColumn(t("offers.share"), format="%.0f%%"),
        "index": st.column_config.NumberColumn(t("offers.index"), format="%.0f", help=t("offers.index_help")),
    }
    show.table(shown, columns, alt=t("offers.alt_segments"), name="offers_segments")


def fresh(result: Offers, profiles: Profiles) -> None:
    """Show new products with how whom to offer them was found, and list the customers of one."""
    t, products, lists = session.t(), result.fresh.products, result.fresh.lists
    shown = products.assign(way=[t(f"offers.fresh.{way}") for way in products["way"]])[
        ["name", "first", "n_buyers", "way", "auc", "n_listed"]
    ]
    columns: dict[str, Any] = {
        "name": t("charts.offers_product"),
        "first": st.column_config.DateColumn(t("offers.first")),
        "n_buyers": t("offers.buyers"),
        "way": t("offers.found_by"),
        "auc": st.column_config.NumberColumn(t("offers.auc"), format="%.2f", help=t("offers.auc_help")),
        "n_listed": t("offers.listed"),
    }
    place = show.table(shown, columns, alt=t("offers.alt_fresh"), name="offers_fresh", pick=True)
    row = products.iloc[place or 0]
    inside = profiles.customers["customer_id"].isin(lists.loc[lists["item"] == row["item"], "customer_id"])
    if inside.any():
        kept.listing(profiles, inside, t("offers.list_one", n=int(inside.sum()), name=row["name"]), "offers_fresh")


def sets(result: Offers, found: Triples) -> None:
    """Show which third product goes with two in the basket."""
    t, names = session.t(), dict(zip(result.items["item"], result.items["name"], strict=True))
    facts: dict[str, Any] = {"n": found.n_found, "tested": found.n_tested, "least": found.least}
    if not found.n_found:
        st.markdown(show.md_escape(t("offers.no_sets", **facts)))
        return
    st.caption(show.md_escape(t("offers.sets", **facts)))
    rows = found.sets
    first, second, third = ([str(names.get(one, one)) for one in rows[side]] for side in ("first", "second", "third"))
    told = {
        "basket": [t("offers.pair", first=one, second=other) for one, other in zip(first, second, strict=True)],
        "third": third,
        **{name: [t.percent(share) for share in rows[name]] for name in ("confidence", "usual")},
        "n": rows["n"],
    }
    frame.rows({t(f"offers.sets.{name}"): column for name, column in told.items()}, "offers.tab.sets")


def season(result: Offers) -> None:
    """Show what sells in the same month of every year."""
    t, found = session.t(), result.occasions
    named = zip(found["name"], found["is_gift"], strict=True)
    shown = found.assign(
        name=[t("offers.gift", name=name) if gift else name for name, gift in named],
        month=[t("offers.month", month=int(month)) for month in found["month"]],
    )[["name", "month", "years", "index", "low", "high", "n_customers"]]
    numbers = {
        key: st.column_config.NumberColumn(t(f"offers.{key}"), format="%.0f", help=t("offers.season_help"))
        for key in ("index", "low", "high")
    }
    columns: dict[str, Any] = {
        "name": t("charts.offers_product"),
        "month": t("offers.month_of"),
        "years": t("offers.years"),
        "n_customers": t("charts.customers"),
        **numbers,
    }
    show.table(shown, columns, alt=t("offers.alt_season"), name="offers_season")


def whom(study: compute.LoadedStudy, params: OffersParams, result: Offers, profiles: Profiles, which: str) -> None:
    """List the customers who are offered one product first, or take it out of what is offered."""
    t, rows = session.t(), result.firsts(which)
    counts = rows["name"].value_counts().head(MOST_CHOICES)
    if counts.empty:
        return
    names = [str(name) for name in counts.index]
    product = st.selectbox(
        t("offers.product"), names, **bound.to_visit("offers_product").to("name", names[0], offered=names)
    )
    inside = profiles.customers["customer_id"].isin(rows.loc[rows["name"] == product, "customer_id"])
    kept.listing(profiles, inside, t("offers.list_offered", n=int(inside.sum())), "offers")
    st.button(
        t("offers.out"), key="offers_out", icon=":material/block:", help=t("offers.out_help"),
        on_click=kept.choose, args=(study, params, "leave_out", (*params.leave_out, str(product))),
    )  # fmt: skip


def left_out(study: compute.LoadedStudy, params: OffersParams) -> None:
    """Show what was left out by hand, to offer it again."""
    t = session.t()
    for name in params.leave_out:
        others = tuple(one for one in params.leave_out if one != name)
        st.button(
            t("offers.back", name=show.md_escape(name)), key=f"offers_back_{params.leave_out.index(name)}",
            icon=":material/undo:", on_click=kept.choose, args=(study, params, "leave_out", others),
        )  # fmt: skip
