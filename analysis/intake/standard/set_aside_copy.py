"""The rows of a table that were set aside, copied to a CSV file without holding them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_rows, fetch_value, literal, quoted_name
from analysis.intake.suggesting.describe import scan

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.tables import RawTable, StandardTables


def copy_set_aside(
    standard: StandardTables,
    table: RawTable,
    index: int,
    headers: Sequence[str],
    masks: Mapping[str, Callable[[str], str]],
    path: Path,
    *,
    names: tuple[str, str],
    may_run: str,
    safe: Callable[[str], str],
) -> int:
    """Write the set-aside rows of one table as CSV without a header; return their number.

    Parameters
    ----------
    headers : sequence of str
        The columns of the file; those that this table lacks stay empty.
    masks : mapping
        What masks a cell, by its header; the other cells stay as they are.
    names : tuple of two str
        What file and sheet are called.
    may_run, safe
        A pattern, and what is written in place of a text in which it is found.
    """
    positions = {header: place for place, header in enumerate(table.columns)}
    with standard.cursor() as cursor, scan(cursor, table) as rows, ExitStack() as stack:
        safely = stack.enter_context(_named(cursor, safe))
        written = []
        for place, header in enumerate(headers):
            column = f"r.c{positions[header]}" if header in positions else "NULL"
            if header in positions and header in masks:
                column = f"{stack.enter_context(_named(cursor, _masked(masks[header], safe)))}({column})"
            elif header in positions:  # only what may run as a formula leaves the database for it
                column = (
                    f"CASE WHEN regexp_matches({column}, {literal(may_run)}) THEN {safely}({column}) ELSE {column} END"
                )
            # Of who was forgotten the row is counted, and nothing of it handed out again.
            written.append(f"CASE WHEN s.reason <> 'forgotten' THEN {column} END AS h{place}")
        cells = ", ".join(written)
        fetch_rows(
            cursor,
            f"COPY (SELECT {literal(names[0])} AS file, {literal(names[1])} AS sheet, "
            f"s.line, s.reason, {cells} FROM set_aside s JOIN {rows} r ON r.line = s.line WHERE s.source = {index} "
            f"ORDER BY s.line) TO {literal(str(path))} (FORMAT csv, HEADER false)",
        )
        return int(fetch_value(cursor, f"SELECT count(*) FROM set_aside WHERE source = {index}"))


@contextmanager
def _named(cursor: duckdb.DuckDBPyConnection, safe: Callable[[str], str]) -> Generator[str]:
    """Let SQL call a function of texts, under a name of this cursor alone; yield it."""
    import pyarrow as pa

    def texts_of(texts: Any) -> Any:  # DuckDB evaluates the types written here
        return pa.array([None if text is None else safe(text) for text in texts.to_pylist()], pa.string())

    name = f"safe_{uuid.uuid4().hex}"
    cursor.create_function(name, texts_of, ["VARCHAR"], "VARCHAR", type="arrow")  # type: ignore[arg-type]
    try:
        yield quoted_name(name)
    finally:
        cursor.remove_function(name)


def _masked(mask: Callable[[str], str], safe: Callable[[str], str]) -> Callable[[str], str]:
    return lru_cache(10_000)(lambda text: safe(mask(text)))
