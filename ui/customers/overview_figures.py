"""The figures of the Overview: what was read, each figure with its change, and both comparisons."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.intake.tables import StandardTables
from analysis.overview import words
from analysis.overview.given import Given, given_sentences
from analysis.overview.result import Overview
from analysis.translate import prose
from ui import session, show


def read_line(standard: StandardTables, since: str, gone: Given | None) -> None:
    """Show in one line what was read and left out, against which day changes are, and what is worth a look.

    Below it what went back and what was free.
    """
    t = session.t()
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="read_line"):
        said = prose(filter(None, (since, words.read_sentence(standard.counts, t))), t)
        st.caption(show.md_escape(said), width="content")
        for text in words.worth_a_look(standard, t) or [t("overview.read.check")]:
            st.page_link(show.page_path("data/check"), label=show.md_escape(text), icon=":material/fact_check:")
    if told := given_sentences(gone, t):
        st.caption(show.md_escape(prose(told, t)))


def figures(result: Overview) -> None:
    """Show the figures with their change on the period before, and both comparisons in a table."""
    t = session.t()
    everything = result.period == result.data
    shown = []
    for figure in result.figures:
        if figure.reason == "no_money" or (figure.key == "new_buyers" and everything):
            continue
        shown.append(
            show.Metric(
                t(f"overview.figure.{figure.key}"),
                words.amount(figure.key, figure.value, t),
                words.change_text(figure, figure.against_before, t),
                words.figure_help(figure, t),
            )
        )
    show.metrics(shown)
    comparisons(result)


def comparisons(result: Overview) -> None:
    """Show the period before and the year before, or why there is none."""
    t = session.t()
    span = {"start": result.data.start, "end": result.data.end}
    orders = result.figure("orders")  # counted in every study; periods are the same for all figures
    if orders.against_before.reason and orders.against_year.reason:
        st.caption(show.md_escape(t("overview.compare.none", **span)))
        return
    if orders.against_before.reason is None:
        st.caption(show.md_escape(t("overview.changes_against", start=result.before.start, end=result.before.end)))
    with st.expander(t("overview.compare"), icon=":material/compare:"):
        rows = [
            (
                t(f"overview.figure.{figure.key}"),
                words.amount(figure.key, figure.value, t),
                words.amount(figure.key, figure.against_before.before, t),
                words.change_text(figure, figure.against_before, t) or t("overview.no_figure"),
                words.amount(figure.key, figure.against_year.before, t),
                words.change_text(figure, figure.against_year, t) or t("overview.no_figure"),
            )
            for figure in result.figures
            if figure.key != "customers" and figure.reason != "no_money"
        ]
        headers = [
            t("overview.compare.figure"),
            t("overview.compare.now", start=result.period.start, end=result.period.end),
            t("overview.compare.before", start=result.before.start, end=result.before.end),
            t("overview.compare.change"),
            t("overview.compare.year", start=result.year.start, end=result.year.end),
            t("overview.compare.year_change"),
        ]
        show.table(pd.DataFrame(rows, columns=headers), alt=t("overview.compare.alt"), name="comparison")
        for key, change in (("no_before", orders.against_before), ("no_year", orders.against_year)):
            reason = words.why_no_change(change, t)
            if reason:
                st.caption(show.md_escape(t(f"overview.compare.{key}", reason=reason)))
