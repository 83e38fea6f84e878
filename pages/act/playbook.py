"""Page: what to do with each segment: offer, channel, time, and what it may bring."""

from __future__ import annotations

import streamlit as st

from analysis.act.make import needed_to_tell
from analysis.act.playbook.budget import Return, split_budget
from analysis.act.playbook.few import taking_hours, taking_money, worth_doing
from analysis.act.playbook.scan import rising, scan
from analysis.act.playbook.scan_words import group_words, rising_words
from analysis.act.playbook.words import answer, trade_words
from analysis.errors import AnalysisError
from analysis.translate import prose
from ui import bound, compute, session, show
from ui.act import baseline, level_editor, listing, play_card, plays, trade_box, trades

t = session.t()
TENTH = 0.1  # of a list, held out
FIRST = 6  # plays in sight; a page that has to be read to the end is not read


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    compute.prepared_or_stop(study)
    act = listing.of_study(study)
    t, found, used = act.t, compute.found_trade(study), compute.chosen_trade(study)
    filled = plays.filled(act)
    said = trade_words(found, used, t)
    show.answer(prose([answer(filled, act.names, t), said], t))
    controls(act, found.trade.key, used)
    cards(act, filled[:FIRST])
    if others := filled[FIRST:]:
        with st.expander(t("playbook.others", n=len(others)), key="playbook_others"):
            cards(act, others)
    small_budget(act, filled)
    unasked(act)
    level_editor.editor(act)
    trade_box.brings(act, used)
    show.how_computed("playbook.method")
    show.next_step("act/lists")


def cards(act: listing.Act, some: list[play_card.FilledPlay]) -> None:
    """Show plays side by side."""
    with st.grid(min_column_width=300, gap="small"):
        for play in some:
            play_card.card(act, play)


def controls(act: listing.Act, found: str, used: trades.Trade) -> None:
    """Ask for the trade and for what a contact costs."""
    t, study_id, chosen = act.t, act.study.id, trades.settings(act.study.id)
    known = trades.offered(act.study)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            t("playbook.trade"), list(known), format_func=lambda key: known[key].name.of(t.language), width=260,
            **bound.one(
                "playbook_trade", used.key if chosen.get("trade") else found,
                lambda key: trades.keep(study_id, trade=key), kind=str, scope=study_id,
            ),
        )  # fmt: skip
        st.number_input(
            t("playbook.cost"), 0.0, step=0.1, format="%.2f", help=t("playbook.cost_help"), width=200,
            **bound.one(
                "playbook_cost", chosen.get("cost"), lambda cost: trades.keep(study_id, cost=cost), kind=float | None,
                scope=study_id,
            ),
        )  # fmt: skip


def small_budget(act: listing.Act, filled: list[play_card.FilledPlay]) -> None:
    """Split a sum over the segments where a further coin brings most."""
    t = act.t
    valued = [play for play in filled if play.value.cost and play.value.order and play.value.assumption.high]
    with st.expander(t("playbook.budget"), key="playbook_budget_box"):
        few_things(act, filled)
        if not valued:
            st.caption(show.md_escape(t("playbook.budget_needs")))
            return
        most = sum(play.value.cost or 0.0 for play in valued)
        total = st.number_input(
            t("playbook.budget_sum"), 0.0, step=100.0, help=t("playbook.budget_help"),
            **bound.to_visit("budget").to("sum", round(most / 4, 2), kind=float),
        )  # fmt: skip
        returns = [_return(play) for play in valued]
        try:
            split = split_budget(float(total or 0.0), returns)
        except AnalysisError as problem:
            show.error(problem)
            return
        rows = split.to_frame()
        table = rows.assign(segment=rows["segment"].map(act.names))[["segment", "spent", "returned"]].round(2)
        names = {one: t(f"playbook.budget_{one}") for one in table.columns}
        show.table(table.rename(columns=names), alt=t("playbook.budget_alt"), name="budget")


def few_things(act: listing.Act, filled: list[play_card.FilledPlay]) -> None:
    """Say which three things are worth doing with so much money, or so many hours."""
    t, bind = act.t, bound.to_visit("few")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            t("playbook.few_by"), ["hours", "money"], format_func=lambda one: t(f"playbook.few_{one}"), required=True,
            **bind.to("by", "hours", offered=["hours", "money"], kind=str),
        )  # fmt: skip
        have = st.number_input(
            t(f"playbook.few_have_{by}"), 0.0, step=1.0, help=t(f"playbook.few_help_{by}"),
            **bind.to(f"have_{by}", 8.0 if by == "hours" else 500.0, kind=float),
        )  # fmt: skip
    ways = [taking_money(play) if by == "money" else taking_hours(play) for play in filled]
    options = [one for one in ways if one is not None]
    if by == "money" and not options:
        return  # what a contact costs is asked for below
    try:
        found = worth_doing(options, float(have or 0.0))
    except AnalysisError as problem:
        st.caption(show.md_escape(problem.sentence(t)))
        return
    plays_by = {play.segment: play for play in filled}
    for place, one in enumerate(found.chosen, 1):
        play = plays_by[one.segment]
        word = "playbook.few_line" if play.value.order is not None else "playbook.few_line_orders"
        name, goal = act.names.get(one.segment, one.segment), play.play.goal.of(t.language)
        said = t(
            word, place=place, name=name, goal=goal, n=one.n,
            channel=t(f"act.channel_{play.channel}"), gain=one.gain, takes=t(f"playbook.few_takes_{by}", n=one.takes),
        )  # fmt: skip
        st.markdown(show.md_escape(said))
    if not found.chosen:
        st.caption(show.md_escape(t("playbook.few_nothing")))
    too_small = [
        t("playbook.few_needed", name=act.names.get(one.segment, one.segment), n=one.n, needed=needed)
        for one in found.chosen
        if (needed := needed_to_tell(plays_by[one.segment].value.assumption.middle, baseline.USUAL, TENTH)) is not None
        and needed > one.n
    ]
    if too_small:
        told = t("segments.between").join(too_small)
        st.caption(show.md_escape(t("playbook.few_too_small", usual=baseline.USUAL, told=told)))


def unasked(act: listing.Act) -> None:
    """Name small groups that are worth much more than the others."""
    t = act.t
    with st.expander(t("playbook.groups"), key="playbook_groups_box"):
        try:
            found = act.study.run.small("act_scan", "", lambda: scan(act.profiles))
        except AnalysisError as problem:
            st.caption(show.md_escape(t(f"error.{problem.code}", **problem.facts)))
            return
        some = "playbook.groups_some" if found.groups else "playbook.groups_none"
        st.caption(show.md_escape(t(some, n=found.looked_at)))
        for group in found.groups:
            st.markdown(show.md_escape(group_words(group, act.profiles, t)))
        try:
            found = act.study.run.small("act_rising", "", lambda: rising(act.profiles, act.standard))
        except AnalysisError as problem:
            st.caption(show.md_escape(t(f"error.{problem.code}", **problem.facts)))
            return
        some = "playbook.rising_some" if found.groups else "playbook.rising_none"
        st.caption(show.md_escape(t(some, n=found.looked_at)))
        for group in found.groups:
            st.markdown(show.md_escape(rising_words(group, act.profiles, found.params.days, t)))


def _return(play: play_card.FilledPlay) -> Return:
    """Return how a segment answers money: its whole cost returns the middle of what is expected."""
    value = play.value
    cost, gain = value.cost or 0.0, value.reached * value.assumption.middle * (value.order or 0.0)
    return Return(play.segment, gain / cost**0.5, most=cost, seen=cost)


show.page_header(t("playbook.title"), hint=t("playbook.question"))
main()
