"""Page: a list to send: who is on it, who is not and why, who is held out, and the file."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import streamlit as st

from analysis.act.make import campaign_of, power_before
from analysis.act.words import answer, power_words
from analysis.charts.act.ladder import ladder_bars, ladder_rows
from analysis.errors import AnalysisError
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.act import baseline, handing, listing, plays, telling, wanted

t = session.t()


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    compute.prepared_or_stop(study)
    act = listing.of_study(study)
    t = act.t
    bind = bound.to_study(study, wanted.PAGE)
    just_made = any(one.name == session.kept("list_made") and one.state != "dropped" for one in act.campaigns)
    top = st.container()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        choices = listing.controls(act, bind, plays.channel_of(act, listing.first_segment(act)))
    name = listing.name_of(act, choices)
    found = listing.ladder_or_stop(act, choices, seed=name)
    with top:
        if just_made:  # its file is what is wanted now, and the choices of the next one come after it
            made(act)
            st.subheader(t("act.another"), anchor=False)
        show.answer(prose(answer(found, t), t))
    with right:
        rows = ladder_rows(found, t).rename(
            columns={
                "step": t("act.chart_step"), "n": t("charts.customers"), "gone": t("act.chart_gone"),
                "why": t("act.chart_why"), "value": t("act.chart_value"),
            }
        )  # fmt: skip
        show.chart(ladder_bars(found, t), t("act.chart_alt", n=len(found.rungs)), name="ladder", data=rows)
        usual = baseline.baseline_of(act, choices, bind.held("window") or 30)
        inside = Counter(found.labels[[*found.sent, *found.held]].tolist())
        power = power_before(len(found.sent), len(found.held), usual, rise=plays.rise_of(act, list(inside), inside))
        st.caption(show.md_escape(power_words(power, t)))
        make(act, bind, found, name)
    if not just_made:
        made(act)
    show.how_computed("act.method")
    show.next_step("act/actions")


def make(act: listing.Act, bind: bound.Bound, found: listing.Ladder, name: str) -> None:
    """Ask what the list is called and how long its effect is measured, and make it."""
    t = act.t
    key = f"lists_name_{len(act.campaigns)}_{t.language}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        called = st.text_input(t("act.name"), name, max_chars=100, key=key, width=240, help=t("act.name_help"))
        window = st.number_input(
            t("act.window"), 0, 365, step=1, width=130, help=t("act.window_help"), **bind.to("window", 30, kind=int)
        )
        if st.button(
            t("act.make"), type="primary", key="list_make", icon=":material/playlist_add_check:",
            disabled=not len(found.sent),
        ):  # fmt: skip
            try:
                campaign = campaign_of(
                    found, act.people, act.profiles, name=called, method=act.method, seed=name, made_on=date.today(),
                    window_days=int(window) or None, action=listing.action_of(act, found.choices.segments),
                    taken=[one.name for one in act.campaigns],
                )  # fmt: skip
                due = date.today() + timedelta(days=7)
                thought = plays.expectation(act, campaign)
                compute.workspace().add_campaign(
                    act.study.id, campaign.model_copy(update={"due": due, "expected": thought})
                )
            except AnalysisError as problem:
                show.error(problem)
            else:
                session.keep("list_made", campaign.name)
                st.rerun()


def made(act: listing.Act) -> None:
    """Hand over a list that was made."""
    t = act.t
    listed = [one for one in reversed(act.campaigns) if one.state != "dropped"]
    if not listed:
        return
    st.subheader(t("act.hand_over"), anchor=False)
    names = [one.name for one in listed]
    last = session.kept("list_made")
    chosen = st.selectbox(
        t("act.which"), names,
        **bound.to_visit("which_list").to("name", last if last in names else names[0], offered=names, kind=str),
    )  # fmt: skip
    campaign = next(one for one in listed if one.name == chosen)
    if last == campaign.name:
        said = t("act.made", name=campaign.name, sent=campaign.n_sent, held=campaign.n_held)
        st.success(show.md_escape(said), icon=":material/check:")
    handing.hand_over(act, campaign)
    telling.teller(act, campaign)


show.page_header(t("lists.title"), hint=t("lists.question"))
main()
