"""The customers of one segment: the first thousand on screen, all of them in the download."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.exports.words import contact_mark
from analysis.exports.workbook import LISTED
from analysis.privacy.consent import may_be_contacted
from analysis.profiles.words import coded_value, coded_values, feature_name, with_unit
from ui import bound, controls, session, show
from ui.customers import card_parts
from ui.share.logged import logged

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from texts import Translator
    from ui.segments.segments import Shown

CUSTOMERS_SHOWN = 1_000


def customers(view: Shown, profiles: Profiles, extra: pd.DataFrame | None = None) -> None:
    """List the customers of one segment: the first thousand on screen, all of them in the download.

    Parameters
    ----------
    extra : DataFrame, aligned with the profiles, optional
        Further columns with translated names, shown after the customer id.
    """
    t = session.t()
    st.subheader(t("segments.customers"), anchor=False)
    options = list(view.edited.shown)
    if not options:
        show.empty_state(t("segments.all_hidden"))
        return
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        segment = st.selectbox(
            t("segments.whose"), options, format_func=lambda option: view.names[option],
            help=t("segments.whose_help"),
            **bound.to_visit("customers").to(view.method, options[0], offered=options),
        )  # fmt: skip
    if _personal(profiles):
        with right:
            controls.show_personal()
    inside = (view.edited.segmentation.labels == segment).fillna(False).to_numpy(dtype=bool)
    inside = inside & tagged(profiles, view.method)
    _table(profiles, inside.nonzero()[0], extra, name=view.names[segment], key=view.method)


def listed(
    profiles: Profiles, inside: Any, *, name: str, key: str, extra: Callable[[], pd.DataFrame] | None = None
) -> None:
    """List some customers, the biggest first.

    Parameters
    ----------
    inside : bool array-like, aligned with the profiles
    name : str
        What they are called.
    key : str
        ASCII, unique on the page.
    extra : callable, optional
        Makes further columns with translated names, aligned with the profiles.
    """
    import numpy as np

    if _personal(profiles):
        controls.show_personal()
    inside = np.asarray(inside, dtype=bool) & tagged(profiles, key)
    _table(profiles, inside.nonzero()[0], extra() if extra else None, name=name, key=key)


def tagged(profiles: Profiles, key: str) -> Any:
    """Offer to list those alone who have a tag; return who stays, all before anyone chooses."""
    import numpy as np

    t, n, offered = session.t(), len(profiles.customers), tags_offered(profiles)
    if not offered:
        return np.ones(n, dtype=bool)
    chosen = st.multiselect(
        t("tags.filter"), list(offered), format_func=lambda one: offered.get(tuple(one), ""), key=f"tag_filter_{key}",
        wrap=True, placeholder=t("tags.filter_any"), help=t("tags.filter_help"),
    )  # fmt: skip
    stays = np.ones(n, dtype=bool)
    for column, value in chosen:
        values = profiles.customers[column]
        has = (values == value) if value else values.astype("boolean")
        stays &= has.fillna(False).to_numpy(dtype=bool)
    return stays


def filters_of(profiles: Profiles, key: str) -> str:
    """Return by which tags a list is filtered, in words; empty where it is not."""
    offered = tags_offered(profiles)
    chosen = [offered.get(tuple(one), "") for one in session.widget(f"tag_filter_{key}") or ()]
    return session.t()("segments.between").join(one for one in chosen if one)


def tags_offered(profiles: Profiles) -> dict[tuple[str, str], str]:
    """Return what a list can be filtered by, in words: a column of a tag and, where there are several, a value."""
    t = session.t()
    offered: dict[tuple[str, str], str] = {}
    for feature in profiles.features:
        if feature.origin != "tag":
            continue
        name = feature_name(feature, t)
        if feature.kind == "flag":
            offered[feature.key, ""] = name
            continue
        for value in sorted(profiles.customers[feature.key].dropna().unique()):
            said = t("charts.level", feature=name, level=coded_value(feature.key, str(value), t))
            offered[feature.key, str(value)] = said
    return offered


def _personal(profiles: Profiles) -> bool:
    from analysis.profiles.personal import id_kind_of

    ids = profiles.customers["customer_id"]
    hidden = profiles.id_kind or id_kind_of(ids)
    return any(feature.personal for feature in profiles.features) or hidden is not None


def _table(profiles: Profiles, rows: Any, extra: pd.DataFrame | None, *, name: str, key: str) -> None:
    t = session.t()
    unmasked = session.unmasked()
    by_value = profiles.customers["spend"].iloc[rows] if "spend" in profiles.customers else None
    if by_value is not None:
        rows = rows[by_value.fillna(0).to_numpy(dtype=float).argsort(kind="stable")[::-1]]
    features = [feature for key in LISTED if (feature := profiles.feature(key)) is not None]
    if not any(feature.header is None and feature.key == "spend" for feature in features):
        features = list(profiles.features)[:12]
    frame = _customer_rows(profiles, rows[:CUSTOMERS_SHOWN], features, extra, t, unmasked=unmasked)

    listed = rows[may_be_contacted(profiles.customers)[rows]]

    confirmed = controls.confirm_contact(profiles.customers, key)

    def whole() -> pd.DataFrame:
        every = _customer_rows(profiles, listed, list(profiles.features), extra, t, unmasked=unmasked)
        every = in_segment(every, name, t)
        if mark := contact_mark(profiles.customers, confirmed, t):
            every.insert(2, t("feature.may_contact"), mark)
        return every

    made = logged("list", whole, masked=not unmasked, of=name, filters=filters_of(profiles, key))
    picked = show.table(
        frame, _formats(features, t), alt=t("segments.customers_alt", segment=name),
        name=f"customers_{key}_list", whole=made, n_whole=len(rows), file=name,
        pick=True,
    )  # fmt: skip
    if picked is not None:
        card_parts.offer_card(str(profiles.customers["customer_id"].iloc[rows[picked]]), key)
    if n := len(rows) - len(listed):
        st.caption(show.md_escape(t("app.not_contacted", n=n)))


def in_segment(rows: pd.DataFrame, name: str, t: Translator) -> pd.DataFrame:
    """Return the rows of a list with the name of the list after the customer: a file is opened far from the page."""
    column = t("column.segment")
    if column not in rows.columns:
        rows.insert(1, column, name)
    return rows


def _customer_rows(
    profiles: Profiles,
    rows: Any,
    features: list[Feature],
    extra: pd.DataFrame | None,
    t: Translator,
    *,
    unmasked: bool,
) -> pd.DataFrame:
    from dataclasses import replace

    import pandas as pd

    from analysis.profiles.personal import masked

    part = replace(profiles, customers=profiles.customers.iloc[rows].reset_index(drop=True))
    customers = (part if unmasked else masked(part, among=profiles.customers["customer_id"])).customers
    columns = {t("column.customer_id"): customers["customer_id"]}
    if extra is not None:
        columns |= {name: extra[name].iloc[rows].reset_index(drop=True) for name in extra.columns}
    for feature in features:
        if feature.key in customers.columns:
            columns.setdefault(feature_name(feature, t), _written(customers[feature.key], feature, t))
    return pd.DataFrame(columns)


def _written(values: pd.Series, feature: Feature, t: Translator) -> pd.Series:
    """Return the values of a feature as people read them: codes in words, no more digits than anybody needs."""
    written = coded_values(values, feature, t)
    return written.round(4) if feature.kind == "number" and written.dtype.kind == "f" else written


def _header(feature: Feature, t: Translator) -> str:
    name = feature_name(feature, t)
    return with_unit(name, "money", t) if feature.unit == "money" else name


def _formats(features: list[Feature], t: Any) -> dict[str, Any]:
    forms = {"money": "%,.2f", "share": "percent", "count": "%,d", "days": "%,d", "year": "%d"}
    formats: dict[str, Any] = {
        feature_name(feature, t): st.column_config.NumberColumn(_header(feature, t), format=forms.get(feature.unit))
        for feature in features
        if feature.kind == "number" and feature.unit in forms
    }
    dates = {feature_name(f, t): st.column_config.DateColumn(format="YYYY-MM-DD") for f in features if f.kind == "date"}
    return formats | dates
