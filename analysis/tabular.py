"""What every result can do in a notebook: become a frame, and show itself in a line or a short table."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 10
MOST_COLUMNS = 12
# Codes of the engine are told; other text may come from a file, and stays where it is.
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Tabular:
    """The base of results: ``to_frame()``, a ``repr`` of one line and a short table in a notebook.

    A subclass says what its rows are with the keywords of its class line.

    Parameters
    ----------
    rows : str
        Path of a field (``"segmentation.segments"``) that holds a frame, or a tuple of records; empty for a result that
        is one row itself.
    columns : tuple of str
        Columns of records: an attribute, or ``name=path`` (``"low=reading.absolute.low"``). A path that meets None on
        its way is None. Not for frames, whose columns their class describes.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True)
    ... class Size(Tabular, columns=("segment", "n")):
    ...     segment: str
    ...     n: int
    >>> Size("loyal", 12)
    Size(1 row × 2 columns, segment='loyal', n=12)
    >>> Size("loyal", 12).to_frame().to_dict("records")
    [{'segment': 'loyal', 'n': 12}]
    """

    _rows: ClassVar[str] = ""
    _columns: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, rows: str = "", columns: tuple[str, ...] = (), **others: Any) -> None:
        super().__init_subclass__(**others)
        cls._rows, cls._columns = rows, columns
        # A dataclass writes a repr that dumps every field, unless one stands in the class itself.
        if "__repr__" not in cls.__dict__:
            cls.__repr__ = Tabular.__repr__

    def to_frame(self) -> pd.DataFrame:
        """Return the result as a pandas frame of its own; its class says what a row is."""
        import pandas as pd

        found = _at(self, self._rows) if self._rows else (self,)
        if isinstance(found, pd.DataFrame):
            return found.copy()
        wanted = [column.rpartition("=") for column in self._columns]
        return pd.DataFrame(
            [[_at(record, path) for _, _, path in wanted] for record in found or ()],
            columns=pd.Index([name or path for name, _, path in wanted]),
        )

    def __repr__(self) -> str:
        n_rows, n_columns = self._shape()
        size = f"{_counted(n_rows, 'row')} × {_counted(n_columns, 'column')}"
        told = [f"{name}={text}" for name, text in _told(self) if text is not None]
        return f"{type(self).__name__}({', '.join([size, *told])})"

    def _repr_html_(self) -> str:
        """Return the first rows as an HTML table; names and cells are escaped, since files may say anything."""
        from html import escape

        frame = self.shown_frame()
        table = frame.iloc[:MOST_ROWS].to_html(max_cols=MOST_COLUMNS, index=False, escape=True, border=0, na_rep="–")
        return f"<p><code>{escape(repr(self))}</code></p>{table}"

    def _shape(self) -> tuple[int, int]:
        """Return rows and columns of the frame, without making one where that can be told."""
        found = _at(self, self._rows) if self._rows else (self,)
        shape = getattr(found, "shape", None)
        return shape or (len(found or ()), len(self._columns))

    def shown_frame(self) -> pd.DataFrame:
        """Return what a notebook shows; a result with personal data masks it here."""
        return self.to_frame()


def under(path: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return columns of a record as those of the record that holds it at a path.

    Examples
    --------
    >>> under("reading", ("n_control", "p=test.p"))
    ('n_control=reading.n_control', 'p=reading.test.p')
    """
    parts = [column.rpartition("=") for column in columns]
    return tuple(f"{name or inner}={path}.{inner}" for name, _, inner in parts)


def _at(record: Any, path: str) -> Any:
    return reduce(lambda value, name: None if value is None else getattr(value, name), path.split("."), record)


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _told(record: Any) -> list[tuple[str, str | None]]:
    return [(each.name, _text(getattr(record, each.name))) for each in fields(record) if each.repr]


def _text(value: Any) -> str | None:
    if isinstance(value, bool | int):
        return repr(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, date):
        return value.isoformat()
    return repr(value) if isinstance(value, str) and _CODE.fullmatch(value) else None
