"""The rows that were set aside as CSV for a spreadsheet: all of them, masked, and no cell that runs as a formula."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from analysis.exports.csv import MAY_RUN, formula_safe
from analysis.intake.reading.written import SET_ASIDE_LIST
from analysis.intake.roles import roles
from analysis.intake.standard.set_aside_copy import copy_set_aside
from analysis.privacy.masks import MASK, mask_text, mask_value
from analysis.temporary import own_folder

if TYPE_CHECKING:
    from analysis.intake.choices import Choices
    from analysis.intake.tables import RawTable, StandardTables
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
