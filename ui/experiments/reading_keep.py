"""The end of every reading, of a test or of a change: it is kept with the experiment, and taken along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.choices import ReadChoices
from analysis.experiments.record import NAME_LENGTH, Experiment
from analysis.exports.names import safe_file_name
from ui import session, show
from ui.experiments import experiments, reading

if TYPE_CHECKING:
    from analysis.workspace.records import StoredExperiment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAVED = "read_saved"


def save_button(
    chosen: ReadChoices, stored: StoredExperiment | None, with_reading: Callable[[Experiment, datetime], Experiment]
) -> None:
    """Show the button that keeps the reading; ``with_reading`` adds it to an experiment."""
    t = session.t()
    if st.button(t("read.save"), key="read_save", type="primary", icon=":material/save:"):
        now = datetime.now(UTC)
        try:
            at_hand = stored or _begun(chosen)
            experiments.change(at_hand, lambda experiment: with_reading(experiment, now))
        except AnalysisError as problem:
            show.error(problem)
            return
        session.keep(_SAVED, True)
        st.rerun()
    if session.kept(_SAVED):
        session.keep(_SAVED, None)
        st.success(t("read.saved"), icon=":material/check:")


def _begun(chosen: ReadChoices) -> StoredExperiment:
    stored = experiments.begin(Experiment(name=name_of(chosen, None)[:NAME_LENGTH]))
    reading.keep(chosen)
    return stored


def name_of(chosen: ReadChoices, stored: StoredExperiment | None) -> str:
    """Return the name of the experiment, or what one begun now would be called."""
    return stored.experiment.name if stored is not None else chosen.outcome.strip() or session.t()("read.unnamed")


def take_along(name: str, read_at: datetime, html: Callable[[], str], workbook: Callable[[], bytes], code: str) -> None:
    """Offer the report as a page and as a workbook, and the code."""
    t = session.t()
    stem = f"{name[:60]} {t('read.report_file')} {read_at.date().isoformat()}"
    with st.container(horizontal=True):
        for label, make, ending, mime in (
            (t("read.download_html"), html, "html", "text/html"),
            (t("read.download_xlsx"), workbook, "xlsx", XLSX),
        ):
            st.download_button(
                label, make, safe_file_name(f"{stem}.{ending}"), mime, key=f"download_read_{ending}",
                on_click="ignore", icon=":material/download:",
            )  # fmt: skip
    if code:
        show.code(code)
