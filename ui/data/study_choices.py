"""The choices about the whole study: the day it looks back from, name, currency and time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.intake.cells.dates import known_zones
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.data import studies

if TYPE_CHECKING:
    from texts import Translator

CURRENCIES = (
    "CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "KRW", "SGD", "MYR", "THB", "VND", "IDR", "PHP", "INR", "AUD",
    "NZD", "CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "AED", "SAR", "ILS", "ZAR", "BRL", "MXN",
)  # fmt: skip


def choices(study: compute.LoadedStudy, found_as_of: date | None) -> None:
    """Show the choices about the whole study: as-of date, currency, time zone, name."""
    t = session.t()
    left, right = st.columns(2, gap="large")
    with left:
        _as_of(study, found_as_of)
        st.text_input(t("check.name"), max_chars=studies.NAME_LENGTH, **_to(study, "name", study.recipe.name, _named))
    with right:
        saved = study.recipe.currency or ""
        options = tuple(dict.fromkeys(("", saved, *CURRENCIES)))
        st.selectbox(
            t("check.currency"),
            options,
            format_func=lambda code: _currency_name(code, t),
            help=t("check.currency_help"),
            **_to(study, "currency", saved, lambda code: {"currency": code or None}),
        )
        zone_now = study.recipe.time_zone or ""
        zones = ("", *sorted(zone for zone in known_zones() if "/" in zone or zone == "UTC"))
        st.selectbox(
            t("check.time_zone"),
            zones,
            format_func=lambda name: name or t("check.time_zone_none"),
            help=t("check.time_zone_help"),
            **_to(study, "zone", zone_now if zone_now in zones else "", lambda zone: {"time_zone": zone or None}),
        )


def _as_of(study: compute.LoadedStudy, found: date | None) -> None:
    """Show whether the study is as of its last order or of a fixed day."""
    t = session.t()
    as_of = study.recipe.as_of
    kind = "latest" if as_of == "latest" else "fixed"
    start = as_of if isinstance(as_of, date) else found or date.today()
    st.segmented_control(
        t("check.as_of"),
        ("latest", "fixed"),
        required=True,
        format_func=lambda code: t(f"check.as_of_{code}"),
        help=t("check.as_of_help"),
        **_to(study, "as_of", kind, lambda code: {"as_of": "latest" if code == "latest" else start}),
    )
    if kind == "fixed":
        st.date_input(t("check.as_of_day"), format="YYYY-MM-DD", **_to(study, "day", start, lambda day: {"as_of": day}))
    elif found is not None:
        st.caption(t("check.as_of_is", day=found))


def _named(typed: str) -> dict[str, Any]:
    """Take a name; an empty one is none."""
    return {"name": typed.strip()} if typed.strip() else {}


def _currency_name(code: str, t: Translator) -> str:
    """Write a currency as its code and name."""
    if not code:
        return t("check.currency_none")
    from babel import Locale

    from texts import LOCALES

    return f"{code} · {Locale.parse(LOCALES[t.language]).currencies.get(code, code)}"


def _to(study: compute.LoadedStudy, name: str, value: Any, keep: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Return what binds a widget to a choice of the recipe; ``keep`` says what changes in it."""

    def change(chosen: Any) -> None:
        values = keep(chosen)
        compute.edit_recipe(lambda recipe: recipe.model_copy(update=values))

    return bound.one(f"{name}_{study.id}", value, change)


def goals(study: compute.LoadedStudy) -> None:
    """Show what can be answered of each goal, and which column would add most; the goal of the study stands first."""
    from analysis.goals import goal_answers, goal_sentences

    t = session.t()
    for one in sorted(goal_answers(study.recipe), key=lambda one: one.goal != study.recipe.goal):
        said = prose(goal_sentences(one, t), t)
        st.markdown(f"**{show.md_escape(t(f'goal.{one.goal}'))}**  \n{show.md_escape(said)}")
