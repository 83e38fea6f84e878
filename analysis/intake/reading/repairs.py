"""Rows with a field too many, because a delimiter stands in an unquoted text: put back where only one way fits."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.intake.tables import LeftOut

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 2000  # rows that tell what a column holds
LEAST_ROWS = 5
FEW = 0.3  # different values among the cells of a column of categories, at most
SHAPED = 0.98  # cells of a column that have one of its common shapes
FEW_WORDS = 5  # different ones of a column of states
MOST_SURPLUS = 3


@dataclass(frozen=True)
class _Column:
    """What the cells of a column are like: their shapes when they have few, their values when these are few."""

    shapes: frozenset[str] | None
    values: frozenset[str] | None

    @property
    def may_be_text(self) -> bool:
        """Free text may hold a delimiter; a state or a code does not."""
        if self.shapes is not None:
            return False
        return self.values is None or len(self.values) > FEW_WORDS or any(" " in value for value in self.values)

    def fits(self, cell: str) -> bool:
        if self.values is not None:
            return cell in self.values
        return self.shapes is None or _shape(cell) in self.shapes


def repaired(rows: pa.Table, wide: Sequence[LeftOut], separator: str, width: int) -> dict[int, list[str | None]]:
    """Return the cells of the records of which one run of fields, and no other, can be one text, by line.

    Parameters
    ----------
    rows : pyarrow.Table
        The records that fit: ``line`` and ``width`` text columns.
    wide : sequence of LeftOut
        Those with too many fields.
    """
    if not wide or rows.num_rows < LEAST_ROWS:
        return {}
    columns = [_described(rows.column(place + 1).slice(0, SAMPLE).to_pylist()) for place in range(width)]
    found: dict[int, list[str | None]] = {}
    for left in wide:
        cells = [cell.strip() for cell in next(csv.reader([left.text], delimiter=separator), [])]
        surplus = len(cells) - width
        if not 0 < surplus <= MOST_SURPLUS or "\n" in left.text:
            continue
        ways = [
            [*cells[:place], separator.join(cells[place : place + surplus + 1]), *cells[place + surplus + 1 :]]
            for place in range(width)
        ]
        # The joined text holds a delimiter, so it is judged by neither shape nor value of a column of texts.
        fit = [
            way
            for place, way in enumerate(ways)
            if columns[place].may_be_text
            and all(at == place or not cell or columns[at].fits(cell) for at, cell in enumerate(way))
        ]
        if len(fit) > 1:
            fit = [way for place, way in enumerate(ways) if way in fit and columns[place].values is None]
        if len(fit) == 1:
            found[left.line] = [cell or None for cell in fit[0]]
    return found


def _described(cells: Sequence[str | None]) -> _Column:
    filled = [cell for cell in cells if cell]
    values, shapes = Counter(filled), Counter(map(_shape, filled))
    common = [shape for shape, n in shapes.most_common(6) if n > 1]
    has_shape = bool(filled) and sum(shapes[shape] for shape in common) >= SHAPED * len(filled)
    strict = has_shape and not any(" " in shape for shape in common) and any(re.search("9", shape) for shape in common)
    few = len(values) <= FEW * len(filled) and min(values.values(), default=0) > 1
    return _Column(frozenset(common) if strict else None, frozenset(values) if few and not strict else None)


def _shape(cell: str) -> str:
    """Reduce a cell to its kinds of signs: letters, digits and the rest as it stands, runs as one."""
    return re.sub(r"(.)\1+", r"\1", re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell)))
