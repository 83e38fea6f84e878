"""Page: who brings whom, what that is worth, and which referrals should be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.referrals import best_referrers
from analysis.predict.referrals.params import ReferralParams
from analysis.predict.referrals.words import answer, sign_sentence
from analysis.profiles.personal import shown_people
from ui import session, show
from ui.predict import frame, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.predict.referrals.result import Referrals
    from analysis.profiles.result import Profiles

MOST_SHOWN = 200


def people(found: Referrals, profiles: Profiles) -> dict[str, str]:
    """Return everybody who referred, or tried to, as they may be shown."""
    import pandas as pd

    seen = pd.Series([*found.referrers["customer_id"], *(sign.customer_id for sign in found.signs)], dtype="str")
    return shown_people(seen, profiles.id_kind, among=profiles.customers["customer_id"])


def signs(found: Referrals, names: Mapping[str, str]) -> None:
    """List what looks made up, in words."""
    if not found.signs:
        st.markdown(show.md_escape(t("referrals.no_signs")))
        return
    told = {
        t("referrals.chart.referrer"): [names[sign.customer_id] for sign in found.signs[:MOST_SHOWN]],
        t("referrals.column.sign"): [sign_sentence(sign, t) for sign in found.signs[:MOST_SHOWN]],
    }
    frame.rows(told, "referrals.tab.signs")


def table(found: Referrals, names: Mapping[str, str]) -> None:
    """Show the referrers with what they brought."""
    rows = found.referrers.head(MOST_SHOWN)
    told = {
        t("referrals.chart.referrer"): [names[one] for one in rows["customer_id"]],
        t("referrals.column.referred"): rows["referred"],
        t("referrals.column.reach"): rows["reach"],
    }
    if found.has_money:
        told |= {t(f"referrals.column.{name}"): [t.money(one) for one in rows[name]] for name in ("direct", "tree")}
    told[t("referrals.column.rank")] = [
        f"{low:.0f}–{high:.0f}" for low, high in zip(rows["rank_low"], rows["rank_high"], strict=True)
    ]
    frame.rows(told, "referrals.tab.table")


def views(made: frame.Made) -> dict[str, frame.View]:
    """Show who brings most, what should be looked at, or everybody who brought somebody."""
    names = people(made.result, made.profiles)
    return {
        "best": lambda: show.chart(
            best_referrers(made.result, t, names), t("referrals.tab.best"), name="referrals_best"
        ),
        "signs": lambda: signs(made.result, names),
        "table": lambda: table(made.result, names),
    }


def actions(made: frame.Made) -> None:
    """Offer the list of those who brought somebody."""
    brought = made.result.customers["reach"] > 0
    kept.listing(made.profiles, brought, t("referrals.list", n=int(brought.sum())), "referrals")


t = session.t()
frame.page(ReferralParams(), views=views, actions=actions, told=lambda made: answer(made.result, t))
