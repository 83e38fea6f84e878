"""The rows that were set aside, with their file, sheet, line, reason and cells: nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.engine import fetch_rows, fetch_value, literal
from analysis.intake.standard.mapped import find_sources
from analysis.intake.suggesting.describe import scan
from analysis.intake.tables import RawTable, StandardTables
from analysis.temporary import own_folder
from analysis.translate import unique_words

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.choices import Choices, Source

# As ``exports.csv``: a sign that starts a formula after blanks and invisible characters, or a tab or line break first.
FORMULA = (
    "^(?:[\\s\\x00-\\x20\u200b-\u200f\u2060\ufeff]*"
    "[-=+@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212]|\\s*[\\t\\r\\n])"
)
MASK = "***"
# Which role's cell explains a reason.
EXPLAINS = {
    "date_unreadable": "order_date", "amount_unreadable": "amount", "excluded_state": "status", "return": "amount",
    "duplicate_customer": "customer_id",
}  # fmt: skip


def set_aside_rows(standard: StandardTables, recipe: Choices, *, most: int | None = 1000) -> pd.DataFrame:
    """Return rows that were set aside, an even share of each table and reason when there are more than ``most``.

    Returns
    -------
    DataFrame, one row per set-aside row
        ``table_key`` (file and sheet), ``line`` (row of the sheet), ``reason`` (code), ``detail`` (the cell that
        explains the reason, or None), ``cells`` (JSON object of the raw row by header).
    """
    import pandas as pd

    frames = []
    places = find_sources(standard.raws, recipe)
    with standard.cursor() as cursor:
        chosen = _chosen_sql(most)
        for index, table in enumerate(standard.raws):
            with scan(cursor, table) as rows:
                place = places[index]
                detail = _detail(table, None if place is None else recipe.sources[place])
                frame = cursor.sql(
                    f"SELECT {literal(table.key)} AS table_key, s.line, s.reason, {detail} AS detail, "
                    f"to_json({{{_struct(table)}}})::VARCHAR AS cells "
                    f"FROM ({chosen}) s JOIN {rows} r ON r.line = s.line WHERE s.source = {index} ORDER BY s.line"
                ).to_df()
            wide = pd.DataFrame(
                [(table.key, left.line, left.reason, left.text, None) for left in table.surplus[: most or None]],
                columns=frame.columns,
            )
            frames += [part for part in (frame, wide) if len(part)]
    if not frames:
        return pd.DataFrame(columns=["table_key", "line", "reason", "detail", "cells"])
    return pd.concat(frames, ignore_index=True)


def set_aside_whole(standard: StandardTables, recipe: Choices) -> pd.DataFrame:
    """Return every row that was set aside, its cells as columns.

    Returns
    -------
    DataFrame, one row per set-aside row
        ``table_key``, ``line``, ``reason`` and ``detail`` as in ``set_aside_rows``, then the columns of all tables side
        by side under their headers, missing where a table has no such column. A record with more cells than its table
        has columns, or a remark, stands whole in ``detail``.
    """
    import json

    import pandas as pd

    rows = set_aside_rows(standard, recipe, most=None)
    named = ["table_key", "line", "reason", "detail"]
    headers = list(dict.fromkeys(header for table in standard.raws for header in table.columns))
    cells = [json.loads(text) if isinstance(text, str) else {} for text in rows["cells"]]
    columns = {header: pd.Series([row.get(header) for row in cells], dtype="str") for header in headers}
    # A header of the file may be called as one of ours.
    wide = pd.DataFrame(columns, columns=pd.Index(headers))
    return pd.concat([rows[named], wide.set_axis(unique_words([*named, *headers])[len(named) :], axis=1)], axis=1)


def _chosen_sql(most: int | None) -> str:
    if most is None:
        return "SELECT source, line, reason FROM set_aside"
    return (
        f"SELECT source, line, reason FROM (SELECT *, row_number() OVER (PARTITION BY source, reason ORDER BY line) "
        f"AS n FROM set_aside) ORDER BY n, source, reason LIMIT {most}"
    )


def _struct(table: RawTable) -> str:
    return ", ".join(f"{literal(header)}: r.c{index}" for index, header in enumerate(table.columns))


def _detail(table: RawTable, source: Source | None) -> str:
    cases = []
    for reason, role in EXPLAINS.items():
        column = source.column(role) if source else None
        if column is not None and column.name in table.columns:
            cases.append(f"WHEN {literal(reason)} THEN r.c{table.columns.index(column.name)}")
    return f"CASE s.reason {' '.join(cases)} END" if cases else "NULL"


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
        names = ("file", "sheet", "line", "reason", *map(_safe_text, headers))
        target.write((",".join(map(_csv_cell, names)) + "\n").encode())
        for index, table in enumerate(standard.raws):
            n += _append(standard, table, index, headers, personal, target)
    return n


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text


def _safe_text(text: str) -> str:
    return "'" + text if re.match(FORMULA, text) else text


def _append(
    standard: StandardTables,
    table: RawTable,
    index: int,
    headers: list[str],
    personal: dict[str, str],
    target: BinaryIO,
) -> int:
    import tempfile

    positions = {header: place for place, header in enumerate(table.columns)}
    cells = ", ".join(
        f"{_cell(f'r.c{positions[header]}', personal.get(header))} AS h{place}"
        if header in positions
        else f"NULL AS h{place}"
        for place, header in enumerate(headers)
    )
    part_folder = tempfile.TemporaryDirectory(dir=own_folder())
    with standard.cursor() as cursor, scan(cursor, table) as rows, part_folder as folder:
        part = Path(folder) / "part.csv"
        fetch_rows(
            cursor,
            f"COPY (SELECT {literal(_safe_text(table.file))} AS file, {literal(_safe_text(table.sheet))} AS sheet, "
            f"s.line, s.reason, {cells} FROM set_aside s JOIN {rows} r ON r.line = s.line WHERE s.source = {index} "
            f"ORDER BY s.line) TO {literal(str(part))} (FORMAT csv, HEADER false)",
        )
        n = fetch_value(cursor, f"SELECT count(*) FROM set_aside WHERE source = {index}")
        with part.open("rb") as written:
            while block := written.read(1 << 20):
                target.write(block)
        hide = any(header in personal for header in table.columns)  # of a longer record no cell has a sure column
        for line, text, reason in table.surplus:
            text = MASK if hide else text
            record = [_safe_text(table.file), _safe_text(table.sheet), str(line), reason, _safe_text(text)]
            target.write((",".join(map(_csv_cell, record)) + "," * (len(headers) - 1) + "\n").encode())
    return int(n)


def _cell(column: str, personal: str | None) -> str:
    if personal:
        column = mask_sql(column, personal)
    number = "-[0-9]+(\\.[0-9]+)?"
    sign = f"regexp_matches({column}, {literal(FORMULA)}) AND NOT regexp_full_match({column}, {literal(number)})"
    return f"CASE WHEN {sign} THEN '''' || {column} ELSE {column} END"


def mask_sql(column: str, kind: str) -> str:
    """Mask a text column in SQL, by the same rule as ``profiles.personal.mask``."""
    text = f"trim({column})"
    if kind == "name":
        return f"left({text}, 1) || '***'"
    if kind == "address":
        return f"CASE WHEN length({text}) > 6 THEN left({text}, 6) ELSE left({text}, 1) END || '***'"
    if kind == "email":
        return f"left({text}, 1) || '***' || regexp_extract({text}, '@[^@]*$')"
    return f"'***' || CASE WHEN length({text}) > 6 THEN right({text}, 4) ELSE '' END"
