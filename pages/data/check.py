"""Page: what was read, left out and corrected, and the choices that decide it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import streamlit as st

from analysis.charts.intake import rows_chart, rows_table
from analysis.errors import AnalysisError
from analysis.intake.cells.dates import known_zones
from analysis.intake.judging.quality import SAID_BY_FINDINGS
from analysis.intake.judging.words import rows_answer
from analysis.mapping import both_readings, with_date_order
from ui import bound, compute, controls, session, show
from ui.data import cleaning, quality, reconcile, studies

if TYPE_CHECKING:
    import pandas as pd

    from analysis.notes import Note
    from analysis.study import Prepared

CURRENCIES = (
    "CNY", "USD", "EUR", "GBP", "HKD", "TWD", "JPY", "KRW", "SGD", "MYR", "THB", "VND", "IDR", "PHP", "INR", "AUD",
    "NZD", "CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "TRY", "AED", "SAR", "ILS", "ZAR", "BRL", "MXN",
)  # fmt: skip
EXAMPLES = 200

t = session.t()


def to(name: str, value: Any, keep: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Return what binds a widget to a choice of the recipe; ``keep`` says what changes in it."""

    def change(chosen: Any) -> None:
        values = keep(chosen)
        compute.edit_recipe(lambda recipe: recipe.model_copy(update=values))

    return bound.one(f"{name}_{study.id}", value, change)


def answer(prepared: Prepared) -> None:
    """Say how many rows were read, kept and set aside, and show where they went."""
    counts = prepared.standard.counts
    read, kept = sum(count.read for count in counts), sum(count.kept for count in counts)
    show.answer(rows_answer(counts, t))
    frame = rows_table(counts, t)
    show.chart(
        rows_chart(counts, t),
        t("check.chart_alt", read=read, kept=kept),
        name="rows",
        data=frame[["table", "fate_text", "rows", "share"]].set_axis(
            [t("check.table"), t("check.fate"), t("check.rows"), t("check.share_of_rows")], axis=1
        ),
    )


def set_aside(prepared: Prepared) -> None:
    """Show examples of the rows left out, and offer all of them as a file."""
    n = sum(sum(count.set_aside.values()) for count in prepared.standard.counts)
    if not n:
        return
    with st.container(horizontal=True):
        st.download_button(
            t("check.download", n=n),
            lambda: set_aside_file(prepared),
            "set_aside.csv",
            "text/csv",
            key="set_aside_file",
            on_click="ignore",
            icon=":material/download:",
        )
        controls.show_personal()
    with st.expander(t("check.examples"), key="examples", on_change="rerun") as opened:
        if opened.open:
            st.dataframe(examples(prepared), hide_index=True, alt=t("check.examples_alt"), key="set_aside")


def set_aside_file(prepared: Prepared) -> bytes:
    """Write every row left out as CSV."""
    import tempfile
    from pathlib import Path

    from analysis.exports.set_aside import write_set_aside
    from analysis.temporary import own_folder

    with tempfile.TemporaryDirectory(dir=own_folder()) as folder:
        path = Path(folder) / "set_aside.csv"
        write_set_aside(prepared.standard, study.recipe, path, unmask=unmasked)
        return path.read_bytes()


def examples(prepared: Prepared) -> pd.DataFrame:
    """Return some of the rows left out, in words; personal cells are masked."""
    import json

    from analysis.intake.standard.set_aside import set_aside_rows
    from analysis.profiles.personal import mask_cells

    rows = set_aside_rows(prepared.standard, study.recipe, most=EXAMPLES)
    cells = rows["cells"]
    if not unmasked:
        personal = {
            header: kind for table in study.tables for header, kind in compute.personal_columns(study, table).items()
        }
        cells = mask_cells(cells, personal)
    written = [
        " · ".join(f"{header}: {value}" for header, value in json.loads(cell).items() if value is not None)
        if isinstance(cell, str)
        else detail
        for cell, detail in zip(cells, rows["detail"], strict=True)
    ]
    return rows[["table_key", "line"]].assign(
        reason=[t(f"reason.{code}") for code in rows["reason"]], cells=written
    ).set_axis([t("check.table"), t("check.line"), t("check.fate"), t("check.row")], axis=1)  # fmt: skip


def questions(notes: Sequence[Note], level: str) -> None:
    """Show what was noticed; what only a person can decide is asked, with the evidence."""
    for place, note in enumerate(notes):
        if note.level != level or (note.code in SAID_BY_FINDINGS and note.code != "date_order_undecided"):
            continue
        sentence = show.md_escape(t(f"note.{note.code}", **note.facts))
        if note.code == "date_order_undecided":
            with st.container(border=True, key=f"ask_{place}"):
                st.markdown(f":material/help: {sentence}")
                ask_date_order(note, place)
        elif level != "info":
            st.info(sentence, icon=":material/visibility:")


def ask_date_order(note: Note, place: int) -> None:
    """Ask which of two readings of a date is meant."""
    readings = both_readings(note.facts["example"])
    table = next((table for table in study.tables if table.key == note.facts["table"]), None)
    if readings is None or table is None:
        return
    st.markdown(f"**{show.md_escape(t('check.which_date', example=note.facts['example']))}**")
    with st.container(horizontal=True):
        for order, day in zip(("dmy", "mdy"), readings, strict=True):
            label = t(f"check.reads_{order}", day=day)
            if st.button(label, key=f"date_{order}_{place}"):
                column = note.facts["column"]
                compute.change(study, with_date_order(study.recipe, study.tables, table, column, order))


def study_choices(found_as_of: date | None) -> None:
    """Show the choices about the whole study: as-of date, currency, time zone, name."""
    left, right = st.columns(2, gap="large")
    with left:
        as_of_choice(found_as_of)
        st.text_input(t("check.name"), max_chars=studies.NAME_LENGTH, **to("name", study.recipe.name, named))
    with right:
        saved = study.recipe.currency or ""
        options = tuple(dict.fromkeys(("", saved, *CURRENCIES)))
        st.selectbox(
            t("check.currency"),
            options,
            format_func=currency_name,
            help=t("check.currency_help"),
            **to("currency", saved, lambda code: {"currency": code or None}),
        )
        zone_now = study.recipe.time_zone or ""
        zones = ("", *sorted(zone for zone in known_zones() if "/" in zone or zone == "UTC"))
        st.selectbox(
            t("check.time_zone"),
            zones,
            format_func=lambda name: name or t("check.time_zone_none"),
            help=t("check.time_zone_help"),
            **to("zone", zone_now if zone_now in zones else "", lambda zone: {"time_zone": zone or None}),
        )


def named(typed: str) -> dict[str, Any]:
    """Take a name; an empty one is none."""
    return {"name": typed.strip()} if typed.strip() else {}


def as_of_choice(found: date | None) -> None:
    """Show whether the study is as of its last order or of a fixed day."""
    as_of = study.recipe.as_of
    kind = "latest" if as_of == "latest" else "fixed"
    start = as_of if isinstance(as_of, date) else found or date.today()
    st.segmented_control(
        t("check.as_of"),
        ("latest", "fixed"),
        required=True,
        format_func=lambda code: t(f"check.as_of_{code}"),
        help=t("check.as_of_help"),
        **to("as_of", kind, lambda code: {"as_of": "latest" if code == "latest" else start}),
    )
    if kind == "fixed":
        st.date_input(t("check.as_of_day"), format="YYYY-MM-DD", **to("day", start, lambda day: {"as_of": day}))
    elif found is not None:
        st.caption(t("check.as_of_is", day=found))


def currency_name(code: str) -> str:
    """Write a currency as its code and name."""
    if not code:
        return t("check.currency_none")
    from babel import Locale

    from texts import LOCALES

    return f"{code} · {Locale.parse(LOCALES[t.language]).currencies.get(code, code)}"


show.page_header(t("check.title"), t("check.question"))
show.problem()
study = compute.study_or_stop()
unmasked = session.unmasked()
try:
    prepared = compute.prepared(study)
except AnalysisError as problem:
    prepared = None
    show.error(problem)
    st.page_link(show.page_path("data/columns"), icon=":material/view_column:")
if prepared is not None:
    with st.spinner(t("app.preparing"), show_time=True):
        report = study.run.quality()
    questions(prepared.standard.notes, "ask")
    answer(prepared)
    set_aside(prepared)
    reconcile.with_report(study, prepared)
    quality.findings(study, report)
    quality.score(report)
with st.expander(t("check.cleaning"), icon=":material/cleaning_services:"):
    cleaning.choices(study)
with st.expander(t("check.study"), icon=":material/event:"):
    study_choices(prepared.profiles.as_of if prepared else None)
show.how_computed("check.how")
show.next_step("customers/overview")
