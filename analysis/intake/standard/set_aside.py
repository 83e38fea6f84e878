"""The rows that were set aside, with their file, sheet, line, reason and cells: nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.engine import literal
from analysis.intake.standard.mapped import find_sources
from analysis.intake.suggesting.describe import scan
from analysis.intake.tables import RawTable, StandardTables
from analysis.translate import unique_words

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.choices import Choices, Source

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
