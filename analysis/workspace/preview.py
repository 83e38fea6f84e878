"""The first rows of a raw table, for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import parquet

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import RawTable
    from analysis.privacy.kinds import PersonalKind

MOST = 10


def first_rows(
    table: RawTable, *, most: int = MOST, personal: Mapping[str, PersonalKind] | None = None
) -> pd.DataFrame:
    """Return the first rows as text under their headers, with personal columns masked.

    Parameters
    ----------
    table : RawTable
    most : int
    personal : mapping of header to kind, optional
        What is masked, beside what is personal inside the texts of other columns; nothing when left out.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> [table] = read_file(b"name,sum\\nAnn Lee,3\\nBo Chan,4\\n", name="a.csv")
    >>> first_rows(table, personal={"name": "name"})["name"].tolist()
    ['A***', 'B***']
    """
    from analysis.intake.suggesting.personal import shown_cell
    from analysis.privacy.masks import mask

    frame = _head(table, most)
    frame.columns = list(table.columns)
    if personal is None:
        return frame
    for header in frame.columns:
        if header in personal:
            frame[header] = mask(frame[header], personal[header])
        else:
            frame[header] = frame[header].map(lambda cell, header=header: shown_cell(header, cell), na_action="ignore")
    return frame


def _head(table: RawTable, most: int) -> pd.DataFrame:
    stored = [f"c{index}" for index in range(len(table.columns))]
    if isinstance(table.rows, Path):
        return parquet.first_rows(table.rows, stored, most).to_pandas()
    return table.rows.slice(0, most).select(stored).to_pandas()
