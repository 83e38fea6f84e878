"""Page: the files and sheets of the study, what each is used as, and its first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import streamlit as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import TABLE_FILES
from analysis.mapping import sharing, source_of, with_kind
from analysis.recipe import Kind
from ui import bound, compute, controls, session, show, undo, work
from ui.data import studies

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from analysis.intake.tables import RawTable
    from analysis.profiles.personal import PersonalKind

KINDS: tuple[Kind, ...] = get_args(Kind)

t = session.t()


def kind_of(table: RawTable) -> Kind:
    """Return what a table is used as."""
    source = source_of(study.recipe, study.tables, table)
    return source.kind if source else "ignore"


def list_of_tables() -> pd.DataFrame:
    """Return one row per table, in words."""
    import pandas as pd

    return pd.DataFrame(
        {
            t("files.table"): [table.key for table in study.tables],
            t("files.used_as"): [t(f"table_kind.{kind_of(table)}") for table in study.tables],
            t("files.rows"): [table.n_read for table in study.tables],
            t("files.columns"): [len(table.columns) for table in study.tables],
            t("files.header_row"): [table.header_row or None for table in study.tables],
            t("files.encoding"): [table.encoding.upper() or "–" for table in study.tables],
        }
    )


def one_table(table: RawTable) -> None:
    """Show one table: what it is used as, its first rows, and the way out."""
    from analysis.workspace.preview import first_rows

    kind, now = kind_of(table), study

    def use_as(chosen: Kind) -> None:
        guesses = now.run.guesses()
        compute.edit_recipe(lambda recipe: with_kind(recipe, now.tables, table, chosen, guesses))

    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.selectbox(
            t("files.use_as"),
            KINDS,
            format_func=lambda key: t(f"table_kind.{key}"),
            width=280,
            **bound.one(f"kind_{study.id}_{study.tables.index(table)}", kind, use_as),
        )
        controls.show_personal()
    if others := sharing(study.recipe, study.tables, table):
        parts = ", ".join(one.key for one in study.tables if one == table or one in others)
        st.caption(show.md_escape(t("files.read_as_one", n=len(others) + 1, tables=parts)))
    if table.hidden:
        st.caption(show.md_escape(t("files.hidden", table=table.key)))
    personal = {} if session.unmasked() else compute.personal_columns(study, table)
    st.dataframe(
        first_rows(table, personal=personal),
        hide_index=True,
        alt=t("files.preview_alt", table=table.key),
        key="preview",
        height="content",
    )
    st.caption(show.md_escape(t("files.preview", n=min(10, table.n_rows), rows=table.n_rows)))
    reading(table)
    remove(table)


def reading(table: RawTable) -> None:
    """Show how a table is read, and let a person choose another encoding or header row, seeing both first."""
    from analysis.intake.reading.encodings import CHOICES, SURE

    doubtful = bool(table.encoding) and table.plausibility < SURE
    if doubtful:
        doubt = t("files.encoding_doubtful", table=table.key, encoding=table.encoding.upper())
        st.warning(show.md_escape(doubt))
    with st.expander(t("files.reading"), icon=":material/tune:", expanded=doubtful):
        if compute.workspace().original(table.fingerprint) is None:
            st.caption(show.md_escape(t("error.original_not_kept", file=table.file)))
            return
        where = f"{study.revision}_{study.tables.index(table)}"
        encoding: str | None = None
        left, right = st.columns(2)
        if table.encoding:
            encoding = left.selectbox(
                t("files.encoding"),
                [table.encoding, *(name for name in CHOICES if name != table.encoding)],
                format_func=str.upper,
                key=f"encoding_{where}",
                help=t("files.encoding_help"),
            )
        header_row = right.number_input(
            t("files.header_row"),
            0,
            None,
            table.header_row,
            key=f"header_{where}",
            help=t("files.header_row_help"),
        )
        if (encoding or "", header_row) == (table.encoding, table.header_row):
            return
        read_again(table, encoding, int(header_row))


def read_again(table: RawTable, encoding: str | None, header_row: int) -> None:
    """Show the first rows before and after another way of reading, and keep it when a person says so."""
    try:
        # A header row is only fixed when it was changed: next month's banner may be longer.
        row = header_row if header_row != table.header_row else None
        new = studies.read_differently(table, encoding=encoding, header_row=row)
    except AnalysisError as problem:
        show.error(problem)
        return
    for title, one, key in (("files.read_now", table, "now"), ("files.read_then", new, "then")):
        st.markdown(f"**{t(title)}**")
        st.dataframe(sample(one), hide_index=True, alt=t("files.preview_alt", table=table.key), key=f"reading_{key}")
    if st.button(t("files.read_this_way"), key="read_this_way", type="primary"):
        source = source_of(study.recipe, study.tables, table)
        keep_encoding = encoding if encoding != table.encoding else source and source.encoding
        keep_row = row if row is not None else source and source.header_row
        try:
            studies.keep_reading(study, table, new, encoding=keep_encoding or None, header_row=keep_row)
        except AnalysisError as problem:
            show.error(problem)
        else:
            st.rerun()


def sample(table: RawTable) -> pd.DataFrame:
    """Return the first rows of a reading, masked by what its own cells look like."""
    from analysis.intake.suggesting.describe import describe
    from analysis.mapping import personal_kind_of
    from analysis.workspace.preview import first_rows

    seen = zip(table.columns, describe(table), strict=True)
    kinds: dict[str, PersonalKind] = {
        header: kind for header, evidence in seen if (kind := personal_kind_of(header, "ignore", evidence))
    }
    return first_rows(table, most=3, personal=None if session.unmasked() else kinds)


def remove(table: RawTable) -> None:
    """Offer to take a file out of the study, once it was said what that means."""
    sheets = [one.sheet for one in study.tables if one.fingerprint == table.fingerprint]
    with st.popover(t("files.remove"), icon=":material/delete:", type="tertiary", key="remove"):
        key = "files.remove_sheets" if len(sheets) > 1 else "files.remove_help"
        st.markdown(show.md_escape(t(key, file=table.file, n=len(sheets))))
        if st.button(t("files.remove_now"), key="remove_now"):
            try:
                studies.remove(study, table.fingerprint)
            except AnalysisError as problem:
                show.error(problem)
            else:
                st.rerun()


def add() -> None:
    """Offer to add files to the study; a file that cannot be read leaves the study as it is."""
    uploads = st.file_uploader(
        t("files.add"),
        type=list(TABLE_FILES),
        accept_multiple_files=True,
        key=f"add_{session.upload_round()}",
        help=t("files.add_help"),
        on_change=give_up_adding,
    )
    key = f"add {study.id}"
    job: work.Job[None] | None = session.waited().get(key) or work.find(key)
    if job is None and uploads:
        job = session.waited()[key] = begin_to_add(key, uploads)
    if job is None:
        return
    work.wait(job, doing=t("app.working"))
    if job.is_stopped:
        give_up_adding()
        session.give_up_upload()
        st.rerun()
    if isinstance(job.problem, AnalysisError):
        show.error(job.problem)
        st.caption(t("start.not_read"))
        return
    give_up_adding()
    job.future.result()
    undo.forget(compute.workspace(), study.id)
    session.next_upload()
    st.rerun()


def begin_to_add(key: str, uploads: Sequence[UploadedFile]) -> work.Job[None]:
    """Begin to read files and to add them to the study; it goes on when the page is left or loaded again."""
    known, now = study.run.guesses(), study

    def put_down(folder: Path) -> tuple[tuple[str, Path], ...]:
        return studies.put_down([(file.name, file.getbuffer()) for file in uploads], folder)

    def make(job: work.Job[None]) -> None:
        tables = studies.read_uploads(job.given, job.say, now.recipe, job.report)
        job.share = None
        studies.add(now, tables, known, job.say, (path.read_bytes() for _, path in job.given))

    return work.start(key, make, prepare=put_down)


def give_up_adding() -> None:
    """Forget what is being added: it is there, or the reader has taken the files away."""
    key = f"add {study.id}"
    session.waited().pop(key, None)
    work.forget(key)


show.page_header(t("files.title"), t("files.question"))
show.problem()
study = compute.study_or_stop()
used = [table for table in study.tables if kind_of(table) != "ignore"]
show.answer(
    t(
        "files.answer",
        tables=len(study.tables),
        used=len(used),
        rows=sum(table.n_read for table in used),
    )
)
localized = st.column_config.NumberColumn(format="localized")
st.dataframe(
    list_of_tables(),
    hide_index=True,
    alt=t("files.list_alt"),
    key="tables",
    column_config={t("files.rows"): localized, t("files.header_row"): localized},
)
if len(study.tables) > 1:
    places = range(len(study.tables))
    place = st.selectbox(
        t("files.look_at"),
        places,
        format_func=lambda index: study.tables[index].key,
        **bound.to_visit("files").to("table", 0, offered=places),
    )
else:
    place = 0
one_table(study.tables[place])
st.divider()
add()
show.next_step("data/columns")
