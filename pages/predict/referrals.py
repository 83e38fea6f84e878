"""Page: who brings whom, what that is worth, and which referrals should be looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.charts.predict.referrals import best_referrers
from analysis.errors import AnalysisError
from analysis.exports.code import prediction_code
from analysis.predict.referrals.params import ReferralParams
from analysis.predict.referrals.words import answer, sign_sentence
from analysis.profiles.personal import shown_people
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.predict import kept
from ui.segments import screen, segments

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
    import pandas as pd

    if not found.signs:
        st.markdown(show.md_escape(t("referrals.no_signs")))
        return
    told = pd.DataFrame({
        t("referrals.chart.referrer"): [names[sign.customer_id] for sign in found.signs[:MOST_SHOWN]],
        t("referrals.column.sign"): [sign_sentence(sign, t) for sign in found.signs[:MOST_SHOWN]],
    })  # fmt: skip
    st.dataframe(told, hide_index=True, height=300, alt=t("referrals.tab.signs"))


def table(found: Referrals, names: Mapping[str, str]) -> None:
    """Show the referrers with what they brought."""
    import pandas as pd

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
    st.dataframe(pd.DataFrame(told), hide_index=True, height=300, alt=t("referrals.tab.table"))


def pictures(found: Referrals, names: Mapping[str, str]) -> None:
    """Show who brings most, what should be looked at, or everybody who brought somebody."""
    views = ("best", "signs", "table")
    chosen = st.segmented_control(
        t("segments.closer"), views, format_func=lambda name: t(f"referrals.tab.{name}"), required=True,
        label_visibility="collapsed", **bound.to_visit("referrals_view").to("shown", "best", offered=list(views)),
    )  # fmt: skip
    if chosen == "signs":
        signs(found, names)
    elif chosen == "table":
        table(found, names)
    else:
        show.chart(best_referrers(found, t, names), t("referrals.tab.best"), name="referrals_best")


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    prepared = compute.prepared_or_stop(study)
    params: ReferralParams = kept.params_of(study, ReferralParams())
    try:
        found: Referrals = study.run.prediction(params)
    except AnalysisError as problem:
        show.hint(problem)
        return
    show.answer(prose(answer(found, t), t))
    kept.notes(found.notes)
    left, right = screen.places()
    with left:
        pictures(found, people(found, prepared.profiles))
    with right:
        kept.use(study, params)
        brought = found.customers["reach"] > 0
        kept.listing(prepared.profiles, brought, t("referrals.list", n=int(brought.sum())), "referrals")
    show.code(prediction_code(study.in_code, params))


segments.begin("referrals")
t = session.t()
main()
show.how_computed("referrals.method")
show.next_step("customers/tags")
