"""The quality report on screen: what matters most, with one click to fix or accept, and the score's arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.judging.quality import DIMENSIONS, accept, apply_fix, reopen
from analysis.intake.judging.words import effect_sentences, finding_sentence
from analysis.mapping import source_of
from ui import compute, session, show
from ui.data import studies

if TYPE_CHECKING:
    from analysis.intake.fixes import AnyFix
    from analysis.intake.judging.finding import Finding
    from analysis.intake.judging.quality import QualityReport
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe

LONGEST_EXAMPLE = 160
ASKED_ABOVE = ("date_order_undecided",)
SHOWN = 3  # open findings that stand on the page; the others are a click away


def findings(study: compute.LoadedStudy, report: QualityReport) -> None:
    """Show the findings that matter most, each with what it does and what can be done; the rest closed.

    The order of day and month stands on top of the page, as a question with both readings.
    """
    t = session.t()
    st.subheader(t("quality.title"), anchor=False)
    listed = [found for found in report.findings if not (found.code in ASKED_ABOVE and found.status == "open")]
    first = [found for found in listed if found.status == "open"][:SHOWN]
    if not first:
        st.caption(t("quality.nothing"))
    for place, found in enumerate(first):
        _finding(study, found, f"open_{place}")
    rest = [found for found in listed if found not in first]
    if rest:
        with st.expander(t("quality.more", n=len(rest)), key="more_findings"):
            for place, found in enumerate(rest):
                _finding(study, found, f"rest_{place}")


def _finding(study: compute.LoadedStudy, found: Finding, name: str) -> None:
    with st.container(key=f"finding_{name}"):
        words, buttons = st.columns([2, 1], gap="small", vertical_alignment="center")
        words.markdown(f"{_state(found)}{show.md_escape(sentence(found))}  \n:small[:gray[{_evidence(found)}]]")
        with buttons.container(horizontal=True, horizontal_alignment="right", gap="small"):
            _buttons(study, found, name)
        if found.readings and found.status == "open":
            _readings(study, found, name)


def _readings(study: compute.LoadedStudy, found: Finding, name: str) -> None:
    """Show the same cells in other encodings, each with a button that reads the file again in it."""
    t = session.t()
    table = next(table for table in study.tables if table.key == found.table)
    if not compute.workspace().has_original(table.fingerprint):
        st.caption(show.md_escape(t("error.original_not_kept", file=table.file)))
        return
    for reading in found.readings:
        encoding = reading.encoding.upper()
        words, button = st.columns([2, 1], gap="small", vertical_alignment="center")
        words.caption(show.md_escape(t("quality.reading", encoding=encoding, sample=" · ".join(reading.sample))))
        with button.container(horizontal=True, horizontal_alignment="right"):
            key = f"read_{reading.encoding}_{name}_{study.revision}"
            if st.button(t("fix.encoding", encoding=encoding), key=key):
                _read_as(study, table, reading.encoding)


def _read_as(study: compute.LoadedStudy, table: RawTable, encoding: str | None) -> None:
    """Read a file again in another encoding, None for the one that its content suggests, and keep it so."""
    source = source_of(study.recipe, study.tables, table)
    row = source.header_row if source else None
    try:
        new = studies.read_differently(table, encoding=encoding, header_row=row)
        studies.keep_reading(study, table, new, encoding=encoding, header_row=row)
    except AnalysisError as problem:
        show.error(problem)
    else:
        st.rerun()


def sentence(found: Finding) -> str:
    """Return a finding in words."""
    return finding_sentence(found, session.t())


def _state(found: Finding) -> str:
    t = session.t()
    if found.status == "open":
        return ""
    word = t("quality.fixed") if found.status == "fixed" else t("quality.accepted")
    return (
        f":green-badge[{show.md_escape(word)}] " if found.status == "fixed" else f":gray-badge[{show.md_escape(word)}] "
    )


def _evidence(found: Finding) -> str:
    """Return the effect on the result and one example."""
    t = session.t()
    parts = effect_sentences(found, t)
    if found.example:
        example = found.example if len(found.example) <= LONGEST_EXAMPLE else found.example[:LONGEST_EXAMPLE] + "…"
        if found.line is None:
            parts.append(t("quality.example", example=example))
        else:
            parts.append(t("quality.example_line", example=example, line=str(found.line)))
    return " · ".join(show.md_escape(part) for part in parts)


def _buttons(study: compute.LoadedStudy, found: Finding, name: str) -> None:
    t = session.t()
    key = f"{name}_{study.revision}"
    if found.status == "accepted":
        if st.button(t("quality.reopen"), key=f"reopen_{key}", type="tertiary"):
            compute.change(study, reopen(study.recipe, found.id))
        return
    if found.status == "fixed":
        if found.undo is not None and st.button(
            t("fix.undo"), key=f"unfix_{key}", type="tertiary", icon=":material/undo:"
        ):
            _apply(study, found.undo)
        if found.code == "encoding_chosen" and st.button(
            t("fix.undo"), key=f"unread_{key}", type="tertiary", icon=":material/undo:"
        ):
            _read_as(study, next(table for table in study.tables if table.key == found.table), None)
        return
    if found.code == "customers_once_other" and st.button(
        t("fix.same_person", column=show.md_escape(found.facts["key"])), key=f"same_{key}", wrap=True
    ):
        _same_person(study, str(found.facts["other"]), str(found.facts["key"]))
    if found.fix is not None and st.button(show.md_escape(fix_name(found.fix)), key=f"fix_{key}", wrap=True):
        _apply(study, found.fix)
    if st.button(t("quality.accept"), key=f"accept_{key}", type="tertiary"):
        compute.change(study, accept(study.recipe, found.id))


def _same_person(study: compute.LoadedStudy, table: str, column: str) -> None:
    """Take the ids that share a value of a column for one customer; the Match page lists them and takes it back."""
    from analysis.intake.people.identity import same_in_column

    pairs = same_in_column(study.tables, study.recipe, table, column)
    compute.save_merges(study, study.merges.decide(pairs, "same", dict.fromkeys(pairs, ("column",))))


def fix_name(fix: AnyFix) -> str:
    """Return what a fix does in one or two words."""
    t = session.t()
    if fix.kind == "as_of" or fix.kind == "source":
        return t(f"fix.{fix.kind}")
    if fix.field == "year":
        return t("fix.year", year=str(fix.value))
    lists = (
        "excluded_states",
        "merges",
        "only_currency",
        "left_out_types",
        "return_types",
        "not_sold",
        "left_out",
        "nothing",
    )
    if fix.field in lists:
        return t(f"fix.{fix.field}")
    return t(f"fix.{fix.field}.{fix.value}")


def _apply(study: compute.LoadedStudy, fix: AnyFix) -> None:
    changed: Recipe | None = None
    try:
        changed = apply_fix(study.recipe, fix)
    except AnalysisError as problem:
        show.error(problem)
    if changed is not None:
        compute.change(study, changed)


def score(report: QualityReport) -> None:
    """Show the score, closed, with the arithmetic behind it and the share of every column."""
    import pandas as pd

    t = session.t()
    if not report.tables:
        return
    with st.expander(t("quality.score", score=round(report.score, 1)), key="score", icon=":material/speed:"):
        for table in report.tables:
            terms = " + ".join(
                t("quality.term", dimension=t(f"quality.dimension.{name}"), share=t.number(100 * value, 1))
                for name, value in table.dimensions.items()
            )
            figures = {"terms": terms, "n": len(table.dimensions), "score": t.number(table.score, 1)}
            st.markdown(show.md_escape(t("quality.score_table", table=table.table, **figures)))
        if len(report.tables) > 1:
            st.markdown(show.md_escape(t("quality.score_all", score=t.number(report.score, 1))))
        st.caption(show.md_escape(t("quality.score_how")))
        rows = [
            {t("check.table"): table.table, t("quality.column"): column.name}
            | {t(f"quality.dimension.{name}"): _share(getattr(column, name)) for name in DIMENSIONS}
            for table in report.tables
            for column in table.columns
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=t("quality.table_alt"), key="quality_columns")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{session.t().number(100 * value, 1)}%"
