"""Page: what to mend for whom, and who buys what where."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from analysis.act.product.backlog import Backlog, backlog
from analysis.act.product.cube import OTHER, cube
from analysis.act.product.journey import Journey, journey
from analysis.act.product.journey_words import journey_answer, scores_answer, step_words
from analysis.errors import AnalysisError
from analysis.profiles.words import coded_value, with_unit
from ui import bound, compute, session, show
from ui.act import listing

t = session.t()


def main() -> None:
    """Show the page."""
    study = compute.study_or_stop()
    compute.prepared_or_stop(study)
    act = listing.of_study(study)
    t = act.t
    key = act.plan
    try:
        found = study.run.small("backlog", key, lambda: backlog(act.profiles, list(act.labels), act.standard))
    except AnalysisError as problem:
        show.answer(t(f"error.{problem.code}", **problem.facts))
    else:
        said = "product.answer" if found.items else "product.answer_none"
        show.answer(t(said, n=len(found.items), looked=found.looked_at))
        if found.items:
            show.table(_items(act, found), _money(), alt=t("product.alt", n=len(found.items)), name="backlog")
    lost(act, key)
    bought(act, key)
    show.how_computed("product.method")
    show.next_step("act/playbook")


def _items(act: listing.Act, found: Backlog) -> pd.DataFrame:
    """Return the backlog in words."""
    t = act.t
    return pd.DataFrame(
        {
            t("product.mend"): [t(f"product.what_{one.what}", name=one.name) for one in found.items],
            t("act.column_segment"): [act.names.get(one.segment, one.segment) for one in found.items],
            t("charts.customers"): [one.customers for one in found.items],
            t("product.share"): [t.percent(one.share) for one in found.items],
            t("product.others"): [t.percent(one.others) for one in found.items],
            t("product.index"): [None if one.index is None else round(one.index) for one in found.items],
            _revenue(): [None if one.revenue is None else round(one.revenue, 2) for one in found.items],
            t("product.between"): [t("product.share_between", low=one.low, high=one.high) for one in found.items],
        }
    )


def lost(act: listing.Act, key: str) -> None:
    """Show at which step each segment loses its customers, and its tickets; the largest loss first."""
    t = act.t
    try:
        found = act.study.run.small("journey", key, lambda: journey(act.profiles, list(act.labels), act.standard))
    except AnalysisError:  # without orders of days and tickets there is nothing to say here
        return
    for tickets, heading in ((False, "product.journey"), (True, "product.tickets")):
        stages = found.of(tickets=tickets)
        if not stages:
            continue
        st.subheader(show.md_escape(t(heading)), anchor=False)
        st.markdown(show.md_escape(journey_answer(stages, found, act.names, t)))
        rows = pd.DataFrame(
            {
                t("act.column_segment"): [act.names.get(one.segment, one.segment) for one in stages],
                t("product.step"): [step_words(one, found, t) for one in stages],
                t("product.lost"): [one.lost for one in stages],
                t("product.had"): [one.n for one in stages],
                t("product.reached"): [t.percent(one.share) for one in stages],
                t("product.others"): ["–" if one.others is None else t.percent(one.others) for one in stages],
                t("product.largest"): [one.is_largest for one in stages],
                t("product.between"): [t("product.share_between", low=one.low, high=one.high) for one in stages],
            }
        )
        show.table(rows, alt=t("product.journey_alt", n=len(stages)), name="tickets" if tickets else "journey")
        if tickets and found.scores:
            scored(act, found)
        if not tickets and act.is_of_orders:
            st.caption(show.md_escape(t("product.journey_made_of_orders")))


def scored(act: listing.Act, found: Journey) -> None:
    """Show what the tickets of each segment score on average, the lowest first."""
    t = act.t
    st.markdown(show.md_escape(scores_answer(found, act.names, t)))
    rows = pd.DataFrame(
        {
            t("act.column_segment"): [act.names.get(one.segment, one.segment) for one in found.scores],
            t("product.score_mean"): [t.number(one.mean) for one in found.scores],
            t("product.score_others"): [t.number(one.others) for one in found.scores],
            t("product.score_tickets"): [one.n for one in found.scores],
            t("charts.customers"): [one.customers for one in found.scores],
            t("product.score_between"): [t("product.score_range", low=one.low, high=one.high) for one in found.scores],
        }
    )
    show.table(rows, alt=t("product.score_alt", n=len(rows)), name="ticket_scores")


def bought(act: listing.Act, key: str) -> None:
    """Show who buys what where, a segment at a time."""
    t = act.t
    if not act.standard.order_roles:  # nobody bought anything that is known
        return
    st.subheader(t("product.cube"), anchor=False)
    try:
        found = act.study.run.small("cube", key, lambda: cube(act.profiles, list(act.labels), act.standard))
    except AnalysisError as problem:
        st.caption(show.md_escape(t(f"error.{problem.code}", **problem.facts)))
        return
    segment = st.selectbox(
        t("product.whose"), act.segments, format_func=lambda one: act.names.get(str(one), ""),
        **bound.to_visit("product").to("segment", act.segments[0], offered=act.segments, kind=str),
    )  # fmt: skip
    cells = found.cells[found.cells["segment"] == segment].sort_values("buyers", ascending=False)
    told = cells[["what", "where"] if found.where else ["what"]]
    together = (told == OTHER).any(axis=1)  # all smaller ones in one row say least, so they come last
    cells = pd.concat([cells[~together], cells[together]])
    rows = pd.DataFrame({t("product.cell_what"): _words(cells["what"], found.what)})
    if found.where:
        rows[t("product.cell_where")] = _words(cells["where"], found.where)
    rows[t("charts.customers")] = cells["buyers"].to_list()
    rows[t("product.cell_share")] = [t.percent(one) for one in cells["share"]]
    rows[t("product.index")] = cells["index"].round().to_list()
    if cells["money"].notna().any():
        rows[_revenue()] = cells["money"].round(2).to_list()
    show.table(rows, _money(), alt=t("product.cube_alt"), name="cube")


def _revenue() -> str:
    return with_unit(t("product.revenue"), "money", t)


def _money() -> dict[str, Any]:
    return {_revenue(): st.column_config.NumberColumn(format="%,.2f")}


def _words(values: pd.Series, key: str) -> list[str]:
    return [t("product.smaller") if one == OTHER else coded_value(key, str(one), t) for one in values]


show.page_header(t("product.title"), hint=t("product.question"))
main()
