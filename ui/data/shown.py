"""What the tables of a study are called, and ids and names masked unless a person shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ui import compute, session

if TYPE_CHECKING:
    from analysis.privacy.kinds import PersonalKind


def table_name(study: compute.LoadedStudy, place: int) -> str:
    """Return a short name of a table: its sheet, or its file."""
    table = study.tables[place]
    return table.sheet or table.file


def hidden(values: Sequence[str], kind: PersonalKind | None) -> list[str]:
    """Mask personal values unless they are unmasked for this visit."""
    if kind is None or session.unmasked():
        return list(values)
    import pandas as pd

    from analysis.privacy.masks import mask

    return mask(pd.Series(values, dtype="str"), kind).fillna("").tolist()


def id_kind(study: compute.LoadedStudy) -> PersonalKind | None:
    """Return the kind of personal data that customer ids are in some table, or None."""
    from analysis.mapping import source_of

    for table in study.tables:
        source = source_of(study.recipe, study.tables, table)
        column = source.column("customer_id") if source and source.kind != "ignore" else None
        kind = compute.personal_columns(study, table).get(column.name) if column else None
        if kind:
            return kind
    return None
