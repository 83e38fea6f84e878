"""The rows that were set aside as CSV for a spreadsheet: all of them, masked, and no cell that runs as a formula."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from analysis.engine import fetch_rows, fetch_value, literal, quoted_name
from analysis.exports.csv import MAY_RUN, formula_safe
from analysis.intake.standard.set_aside import mask_sql
from analysis.intake.suggesting.describe import scan
from analysis.temporary import own_folder

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.choices import Choices
    from analysis.intake.tables import RawTable, StandardTables

MASK = "***"


def write_set_aside(
    standard: StandardTables, recipe: Choices, path: Path, *, unmask: bool = False, id_kind: str | None = None
) -> int:
    """Write every set-aside row as CSV (UTF-8 with BOM), columns of all tables side by side; return the number of rows.

    Cells of columns mapped as personal data are masked unless ``unmask``, those of the customer id as well when it is
    personal (``id_kind``); text that a spreadsheet would run as a formula gets an apostrophe.
    """
    personal: dict[str, str] = {} if unmask else dict(recipe.personal_headers())
    if id_kind and not unmask:
        ids = [column for source in recipe.sources if (column := source.column("customer_id"))]
        personal |= {column.name: id_kind for column in ids}
    headers = list(dict.fromkeys(header for table in standard.raws for header in table.columns))
    n = 0
    with path.open("wb") as target:
        target.write("\ufeff".encode())
        names = ("file", "sheet", "line", "reason", *map(formula_safe, headers))
        target.write((",".join(map(_csv_cell, names)) + "\n").encode())
        for index, table in enumerate(standard.raws):
            n += _append(standard, table, index, headers, personal, target)
    return n


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text


def _append(
    standard: StandardTables,
    table: RawTable,
    index: int,
    headers: list[str],
    personal: dict[str, str],
    target: BinaryIO,
) -> int:
    positions = {header: place for place, header in enumerate(table.columns)}
    file, sheet = formula_safe(table.file), formula_safe(table.sheet)
    part_folder = tempfile.TemporaryDirectory(dir=own_folder())
    with standard.cursor() as cursor, scan(cursor, table) as rows, part_folder as folder, _safe(cursor) as safe:
        cells = ", ".join(
            f"{_cell(f'r.c{positions[header]}', personal.get(header), safe)} AS h{place}"
            if header in positions
            else f"NULL AS h{place}"
            for place, header in enumerate(headers)
        )
        part = Path(folder) / "part.csv"
        fetch_rows(
            cursor,
            f"COPY (SELECT {literal(file)} AS file, {literal(sheet)} AS sheet, "
            f"s.line, s.reason, {cells} FROM set_aside s JOIN {rows} r ON r.line = s.line WHERE s.source = {index} "
            f"ORDER BY s.line) TO {literal(str(part))} (FORMAT csv, HEADER false)",
        )
        n = fetch_value(cursor, f"SELECT count(*) FROM set_aside WHERE source = {index}")
        with part.open("rb") as written:
            while block := written.read(1 << 20):
                target.write(block)
        hide = any(header in personal for header in table.columns)  # of a longer record no cell has a sure column
        for line, text, reason in table.surplus:
            record = [file, sheet, str(line), reason, formula_safe(MASK if hide else text)]
            target.write((",".join(map(_csv_cell, record)) + "," * (len(headers) - 1) + "\n").encode())
    return int(n)


@contextmanager
def _safe(cursor: duckdb.DuckDBPyConnection) -> Generator[str]:
    """Let SQL call ``formula_safe``, under a name of this cursor alone; yield it."""
    import pyarrow as pa

    def safe(texts: Any) -> Any:  # DuckDB evaluates the types written here
        return pa.array([None if text is None else formula_safe(text) for text in texts.to_pylist()], pa.string())

    name = f"formula_safe_{uuid.uuid4().hex}"
    cursor.create_function(name, safe, ["VARCHAR"], "VARCHAR", type="arrow")  # type: ignore[arg-type]
    try:
        yield quoted_name(name)
    finally:
        cursor.remove_function(name)


def _cell(column: str, personal: str | None, safe: str) -> str:
    if personal:
        column = mask_sql(column, personal)
    # Only what may run as a formula leaves the database for it.
    return f"CASE WHEN regexp_matches({column}, {literal(MAY_RUN)}) THEN {safe}({column}) ELSE {column} END"
