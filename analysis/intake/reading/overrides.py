"""Read files the way a recipe says: with the encoding and header row that a person chose for a source."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.intake.reading.read import display_name, read_file
from analysis.intake.reading.written import refuse_own
from analysis.intake.tables import RawTable

if TYPE_CHECKING:
    from analysis.intake.choices import Choices, Source


def read_as_chosen(
    source: Path | str | bytes, recipe: Choices | None, *, name: str | None = None, lasting: bool = True
) -> list[RawTable]:
    """Read a file, with the choices of the recipe's source that it turns out to be.

    Next month's file has another name, so a source's choices hold for every file that has the source's columns once it
    is read with them.

    Parameters
    ----------
    source : path or bytes
    recipe : Choices or None
    name : str, optional
        The name to show.
    lasting : bool
        As of ``read_file``.

    Raises
    ------
    AnalysisError
        As ``read_file``; ``file_own`` (file) for the list of segments that a run wrote.

    Examples
    --------
    >>> from analysis.intake.choices import Column, Choices, Source
    >>> chosen = Source(kind="orders", header_row=2, columns=(Column(name="id", role="customer_id"),))
    >>> [table] = read_as_chosen(b"1,2\\nid,sum\\nA,3\\nB,4\\n", Choices(sources=(chosen,)))
    >>> table.columns, table.n_rows
    (('id', 'sum'), 2)
    """
    return refuse_own(_read(source, recipe, name, lasting))


def _read(source: Path | str | bytes, recipe: Choices | None, name: str | None, lasting: bool) -> list[RawTable]:
    chosen = [one for one in recipe.sources if one.encoding or one.header_row is not None] if recipe else []
    if not chosen or recipe is None:
        return read_file(source, name=name, lasting=lasting)
    shown = display_name(name or (source if isinstance(source, str) else getattr(source, "name", "")))
    chosen.sort(key=lambda one: one.file != shown)
    problem: AnalysisError | None = None
    try:
        tables = read_file(source, name=name, lasting=lasting)
    except AnalysisError as found:
        tables, problem = [], found
    if not any(table.sheet for table in tables) and (text := _as_text(source, chosen, name, shown)):
        return text
    read = [_sheet_as_chosen(source, table, chosen, recipe, name) for table in tables]
    read += _more_sheets(source, read, chosen, name, shown)
    if not read:
        assert problem is not None
        raise problem
    return read


def _as_text(
    source: Path | str | bytes, chosen: Sequence[Source], name: str | None, shown: str
) -> list[RawTable] | None:
    for one in chosen:
        if one.sheet:
            continue
        try:
            tables = read_file(source, name=name, encoding=one.encoding, header_row=one.header_row)
        except AnalysisError as problem:
            if one.file == shown and problem.code in ("encoding_wrong", "header_row_beyond"):
                raise
            continue
        if len(tables) == 1 and _fits(one, tables[0]):
            return tables
    return None


def _sheet_as_chosen(
    source: Path | str | bytes, table: RawTable, chosen: Sequence[Source], recipe: Choices, name: str | None
) -> RawTable:
    own = [one for one in chosen if (one.file, one.sheet) == (table.file, table.sheet)]
    if not own and any(_fits(one, table) for one in recipe.sources):
        return table
    for one in own or chosen:
        if one.header_row is None or one.header_row == table.header_row:
            continue
        try:
            [again] = read_file(source, name=name, sheet=table.sheet, header_row=one.header_row)
        except (AnalysisError, ValueError):
            continue
        if _fits(one, again):
            return again
    return table


def _more_sheets(
    source: Path | str | bytes, read: Sequence[RawTable], chosen: Sequence[Source], name: str | None, shown: str
) -> list[RawTable]:
    """Read the sheets that hold a table only with the header row that was chosen."""
    found = []
    there = {table.sheet for table in read}
    for one in chosen:
        if one.sheet and one.file == shown and one.sheet not in there and one.header_row is not None:
            try:
                found += read_file(source, name=name, sheet=one.sheet, header_row=one.header_row)
            except AnalysisError:
                continue
    return found


def _fits(source: Source, table: RawTable) -> bool:
    return source.needed <= set(table.columns)
