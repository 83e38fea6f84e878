"""One campaign beside what came of it: results loaded or taken from the orders, read against those held out."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.act.campaign import VERDICTS, Campaign
from analysis.act.outcome import came_by_orders, came_by_results, read_outcome
from analysis.act.outcome_words import expected_words, outcome_words, results_words
from analysis.act.result_rows import MARKS, result_rows
from analysis.errors import AnalysisError
from analysis.translate import prose
from ui import bound, compute, session, show

if TYPE_CHECKING:
    import pandas as pd

    from ui.act.listing import Act


def card(act: Act, campaign: Campaign) -> None:
    """Show what a campaign was thought to bring, what came, and what is decided."""
    t = act.t
    key = hashlib.sha256(campaign.name.encode()).hexdigest()[:12]
    with st.container(border=True, gap="xsmall", key=f"outcome_{key}"):
        st.markdown(f"**{show.md_escape(campaign.name)}**")
        st.caption(show.md_escape(expected_words(campaign, t)))
        if campaign.came is not None:
            for line in outcome_words(read_outcome(campaign), act.names, t):
                st.markdown(show.md_escape(line))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if campaign.window_days and "order_date" in act.standard.order_roles:
                st.button(t("review.by_orders"), key=f"by_orders_{key}", on_click=_by_orders, args=(act, campaign))
            # Another key is another popover: what was taken closes the one that it was taken in.
            taken = hashlib.sha256(str(campaign.came and campaign.came.model_dump_json()).encode()).hexdigest()[:12]
            with st.popover(t("review.by_file"), key=f"by_file_{key}_{taken}"):
                _by_file(act, campaign, key)
            if campaign.came is not None:
                st.segmented_control(
                    t("review.verdict"), VERDICTS, format_func=lambda one: t(f"review.verdict_{one}"),
                    **bound.one(
                        f"verdict_{key}", campaign.verdict, lambda one: _keep(act, campaign, verdict=one),
                        kind=str | None, scope=act.study.id,
                    ),
                )  # fmt: skip


def _keep(act: Act, campaign: Campaign, **changed: Any) -> None:
    try:
        compute.workspace().change_campaign(act.study.id, campaign.name, lambda now: now.model_copy(update=changed))
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)


def _by_orders(act: Act, campaign: Campaign) -> None:
    try:
        came = came_by_orders(campaign, act.people, act.profiles, act.standard, cost=campaign.cost)
    except AnalysisError as problem:
        session.keep(session.REFUSED, problem)
        return
    _keep(act, campaign, came=came, state="done")


def _by_file(act: Act, campaign: Campaign, key: str) -> None:
    """Take in a file of results: which column names the customer, who responded, and for how much."""
    t = act.t
    file = st.file_uploader(t("review.file"), type=["csv", "xlsx"], key=f"results_{key}", help=t("review.file_help"))
    if file is None:
        return
    try:
        rows = _rows(file.getvalue(), file.name)
        found = result_rows(rows, {str(one) for one in act.profiles.customers["customer_id"]})
        columns = [str(name) for name in rows.columns]
        chosen: dict[str, str | None] = {}
        for mark in MARKS:
            usual = getattr(found, mark)
            chosen[mark] = st.selectbox(
                t(f"review.column_{mark}"), columns, index=columns.index(usual) if usual in columns else None,
                key=f"result_{mark}_{key}", placeholder=t("review.no_column"),
            )  # fmt: skip
        given = found.read(rows, chosen)
        read = came_by_results(campaign, act.people, act.profiles, given, read_on=date.today(), cost=campaign.cost)
    except AnalysisError as problem:
        show.error(problem)
        return
    st.caption(show.md_escape(prose(results_words(read, found.n_twice(rows, chosen), t), t)))
    st.button(
        t("review.take"), key=f"take_{key}", type="primary", on_click=_keep,
        args=(act, campaign), kwargs={"came": read.came, "state": "done"},
    )  # fmt: skip


def _rows(content: bytes, name: str) -> pd.DataFrame:
    from analysis.experiments.rows.table import text_rows
    from analysis.intake.reading.read import read_file

    tables = read_file(content, name=name)
    return text_rows(max(tables, key=lambda table: table.n_rows)).to_pandas()
