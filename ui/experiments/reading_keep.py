"""The end of every reading, of a test or of a change: it is kept with the experiment, and taken along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.errors import AnalysisError
from analysis.experiments.record import (
    NAME_LENGTH,
    Experiment,
    KeptComparison,
    KeptReading,
    Remark,
    TableSource,
    TypedSource,
    with_reading,
)
from analysis.exports.names import safe_file_name
from ui import session, show
from ui.experiments import experiments, reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.experiments.reading.changes import ChangeParams
    from analysis.experiments.rows.read import ReadParams
    from analysis.notes import Note
    from analysis.workspace.records import StoredExperiment

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SAVED = "read_saved"


def kept_reading(
    chosen: reading.ReadingChoices,
    results: Iterable[KeptComparison],
    notes: Iterable[Note],
    *,
    columns: ReadParams | ChangeParams | None,
    days: int | None = None,
) -> KeptReading:
    """Return a reading as it is kept: where it came from, the choices, the results and the remarks."""
    source: TypedSource | TableSource
    if chosen.source == "typed":
        source = TypedSource(metric=chosen.metric, arms=chosen.arms)
    else:
        assert chosen.table is not None and columns is not None
        source = TableSource(
            file=chosen.table.file, digest=chosen.table.digest, n_rows=chosen.table.n_rows, columns=columns,
            joined=columns.unit if chosen.source == "study" else None,
        )  # fmt: skip
    return KeptReading(
        read_at=datetime.now(UTC), design=chosen.design if reading.is_change(chosen) else "test", source=source,
        choices=chosen.model_dump(mode="json"), results=tuple(results),
        remarks=tuple(_remark(note) for note in notes), days=days,
    )  # fmt: skip


def _remark(note: Note) -> Remark:
    plain = {
        name: fact if isinstance(fact, str | int | float | bool | None) else str(fact)
        for name, fact in note.facts.items()
    }
    return Remark(code=note.code, level=note.level, facts=plain)


def save_button(
    chosen: reading.ReadingChoices,
    stored: StoredExperiment | None,
    make: Callable[[], tuple[KeptReading, Callable[[Experiment], Experiment]]],
    *,
    kind: Any = "primary",
) -> None:
    """Show the button that keeps the reading; ``make`` gives it, and what else it changes before it is added."""
    t = session.t()
    if st.button(t("read.save"), key="read_save", type=kind, icon=":material/save:"):
        try:
            kept, before = make()
            at_hand = stored or _begun(chosen)
            experiments.change(at_hand, lambda experiment: with_reading(before(experiment), kept))
        except AnalysisError as problem:
            show.error(problem)
            return
        session.keep(_SAVED, True)
        st.rerun()
    if session.kept(_SAVED):
        session.keep(_SAVED, None)
        st.success(t("read.saved"), icon=":material/check:")


def _begun(chosen: reading.ReadingChoices) -> StoredExperiment:
    stored = experiments.begin(Experiment(name=name_of(chosen, None)[:NAME_LENGTH]))
    reading.keep(chosen)
    return stored


def name_of(chosen: reading.ReadingChoices, stored: StoredExperiment | None) -> str:
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
