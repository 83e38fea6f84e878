"""The rows that were set aside, as CSV and as sheets: masked, and no cell that runs as a formula."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.exports.cells import COUNT, SheetColumn, number_column, text_column
from analysis.exports.csv import MAY_RUN, formula_safe
from analysis.intake.reading.written import SET_ASIDE_LIST
from analysis.intake.roles import roles
from analysis.intake.standard.set_aside_copy import copy_set_aside
from analysis.privacy.masks import MASK, mask_text, mask_value
from analysis.temporary import own_folder
from analysis.translate import Translate, word

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.choices import Choices
    from analysis.intake.tables import RawTable, StandardTables, TableCount
    from analysis.privacy.kinds import PersonalKind


def write_set_aside(
    standard: StandardTables, recipe: Choices, path: Path, *, unmask: bool = False, id_kind: PersonalKind | None = None
) -> int:
    """Write every set-aside row as CSV (UTF-8 with BOM), columns of all tables side by side; return the number of rows.

    Cells of columns that hold personal data are masked unless ``unmask``, those of the customer id as well when it is
    personal (``id_kind``), and whatever is personal inside remarks; text that a spreadsheet would run as a formula gets
    an apostrophe.
    """
    masks = {} if unmask else _masks(recipe, id_kind)
    headers = list(dict.fromkeys(header for table in standard.raws for header in table.columns))
    n = 0
    with path.open("wb") as target:
        target.write("\ufeff".encode())
        names = (*SET_ASIDE_LIST, *map(formula_safe, headers))
        target.write((",".join(map(_csv_cell, names)) + "\n").encode())
        for index, table in enumerate(standard.raws):
            n += _append(standard, table, index, headers, masks, target)
    return n


def _masks(recipe: Choices, id_kind: PersonalKind | None) -> dict[str, Callable[[str], str]]:
    """Return what masks the cells of each column: one kind of personal data, or whatever stands inside its texts."""
    kinds = dict(recipe.personal_headers())
    if id_kind:
        ids = [column for source in recipe.sources if (column := source.column("customer_id"))]
        kinds |= {column.name: id_kind for column in ids}
    texts = {  # whatever may stand in a column, but for the numbers of orders and articles
        column.name
        for source in recipe.sources
        for column in source.columns
        if column.role not in roles() or roles()[column.role].kind != "id"
    }
    return {
        **dict.fromkeys(texts, mask_text),
        **{header: partial(mask_value, kind=kind) for header, kind in kinds.items()},
    }


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text


def _append(
    standard: StandardTables,
    table: RawTable,
    index: int,
    headers: list[str],
    masks: Mapping[str, Callable[[str], str]],
    target: BinaryIO,
) -> int:
    names = formula_safe(table.file), formula_safe(table.sheet)
    with tempfile.TemporaryDirectory(dir=own_folder()) as folder:
        part = Path(folder) / "part.csv"
        n = copy_set_aside(
            standard, table, index, headers, masks, part, names=names, may_run=MAY_RUN, safe=formula_safe
        )
        with part.open("rb") as written:
            while block := written.read(1 << 20):
                target.write(block)
        hide = any(header in masks for header in table.columns)  # of a longer record no cell has a sure column
        for line, text, reason in table.surplus:
            record = [*names, str(line), reason, formula_safe(MASK if hide else text)]
            target.write((",".join(map(_csv_cell, record)) + "," * (len(headers) - 1) + "\n").encode())
    return n


def count_columns(counts: Sequence[TableCount], t: Translate) -> list[SheetColumn]:
    """Return the sheet of how many rows of each table were set aside, by reason."""
    import pandas as pd

    lines = [
        (count.table, count.read, count.kept, reason, n)
        for count in counts
        for reason, n in (sorted(count.set_aside.items()) or [("", 0)])
    ]
    table = pd.DataFrame(lines, columns=pd.Index(["table", "read", "kept", "reason", "rows"]))
    return [
        text_column(t("workbook.table"), table["table"]),
        number_column(t("workbook.read"), table["read"], COUNT),
        number_column(t("workbook.kept"), table["kept"], COUNT),
        text_column(t("workbook.reason"), table["reason"].map(lambda reason: word(t, f"reason.{reason}", str(reason)))),
        number_column(t("workbook.rows"), table["rows"], COUNT),
    ]


def example_columns(examples: pd.DataFrame, t: Translate) -> list[SheetColumn]:
    """Return the sheet of rows that were set aside, with their cells as they stand in the file."""
    reasons = {reason: word(t, f"reason.{reason}", str(reason)) for reason in examples["reason"].unique()}
    return [
        text_column(t("workbook.table"), examples["table_key"]),
        number_column(t("workbook.line"), examples["line"], "0"),
        text_column(t("workbook.reason"), examples["reason"].map(reasons)),
        text_column(t("workbook.detail"), examples["detail"]),
        text_column(t("workbook.cells"), examples["cells"].map(_as_shown, na_action="ignore")),
    ]


def _as_shown(cells: str) -> str:
    row = json.loads(cells)
    if isinstance(row, dict):
        return " | ".join(f"{header}: {'' if value is None else value}" for header, value in row.items())
    return " | ".join("" if value is None else str(value) for value in row)
