"""The privacy impact assessment of the open study: what a person puts down, what follows from it, a page to print."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from analysis.errors import AnalysisError
from analysis.exports.printed.assessment import assessment_html
from analysis.privacy.care import DataCare
from analysis.workspace.care.assessment import assess
from analysis.workspace.care.words import answer, sections
from ui import bound, compute, session, show
from ui.share.logged import logged

if TYPE_CHECKING:
    from analysis.intake.suggesting.personal import PersonalColumn


def register() -> None:
    """Say where the open study holds personal data."""
    try:
        study = compute.study_if_any()
    except AnalysisError as problem:
        show.error(problem)
        return
    if study is None:
        return
    t = session.t()
    st.subheader(t("audit.register"), anchor=False)
    found = study.run.personal().columns
    if not found:
        st.caption(t("audit.register_none"))
        section(found)
        return
    between = t("audit.separator")
    frame = pd.DataFrame(
        {
            t("audit.table"): [one.table for one in found],
            t("audit.column"): [one.header for one in found],
            t("audit.kind"): [
                between.join(t(f"personal.{kind}") for kind in ([one.kind] if one.kind else one.inside))
                for one in found
            ],
            t("audit.by"): [t(f"audit.by_{one.by}") for one in found],
            t("audit.sensitive"): [between.join(t(f"sensitive.{kind}") for kind in one.sensitive) for one in found],
        }
    )
    show.table(frame, alt=t("audit.register_alt", n=len(found)), name="register", file=t("audit.register_file"))
    section(found)


def section(columns: tuple[PersonalColumn, ...]) -> None:
    """Ask for purpose, days and recipients, say what is open, and offer the assessment to print."""
    t, study_id = session.t(), session.study_id()
    assert study_id is not None
    st.subheader(t("assessment.title"), anchor=False)
    _ask(study_id)
    found = assess(compute.workspace(), study_id, columns, today=date.today())
    st.markdown(show.md_escape(answer(found, t)))
    for code in found.open_points:
        st.markdown(f"- {show.md_escape(t(f'assessment.open_{code}'))}")
    name = t("assessment.name", study=found.study)

    def page() -> bytes:
        made = assessment_html(name, found.made_on, answer(found, t), sections(found, t), t, language=t.language)
        return made.encode()

    st.download_button(
        t("assessment.print"), logged("assessment", page, masked=True), f"{t('assessment.file')}.html", "text/html",
        key="assessment_print", on_click="ignore", icon=":material/print:",
    )  # fmt: skip


def _ask(study_id: str) -> None:
    t, workspace = session.t(), compute.workspace()

    def save(values: dict[str, Any]) -> None:
        try:
            workspace.save_care(study_id, DataCare.model_validate(values))
        except AnalysisError as problem:
            show.error(problem)

    bind = bound.Bound("care", study_id, lambda: workspace.care(study_id).model_dump(mode="json"), save)
    most = 4000
    st.text_area(
        t("assessment.purpose"), max_chars=most, help=t("assessment.purpose_help"), **bind.to("purpose", "", kind=str)
    )
    with st.container(horizontal=True):
        st.date_input(t("assessment.keep_until"), **bind.to("keep_until", None, kind=date | None))
        st.date_input(t("assessment.next"), **bind.to("next_assessment", None, kind=date | None))
    st.text_area(
        t("assessment.recipients"), max_chars=most, help=t("assessment.recipients_help"),
        **bind.to("recipients", "", kind=str),
    )  # fmt: skip
    st.text_area(
        t("assessment.measures"), max_chars=most, help=t("assessment.measures_help"),
        **bind.to("measures", "", kind=str),
    )  # fmt: skip
