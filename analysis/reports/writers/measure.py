"""How much room text takes on a slide, before anybody draws it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.exports.persona_card import wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.reports.content import Table

LINE = 1.25  # heights of letters
_POINTS = 72  # to the inch


def lines(text: str, width: float, size: float) -> int:
    """Return how many lines a text takes in ``width`` inches at ``size`` points, at least 1.

    Examples
    --------
    >>> lines("客户" * 36, 5, 10), lines("short", 5, 10)
    (3, 1)
    """
    ems = max(width * _POINTS / size * 0.96, 1.0)
    return sum(max(len(wrapped(part, ems)), 1) for part in text.split("\n"))


def height(text: str, width: float, size: float) -> float:
    """Return the height of a text in inches."""
    return lines(text, width, size) * size * LINE / _POINTS


def fitting(text: str, width: float, room: float, sizes: Sequence[float]) -> float | None:
    """Return the largest of the sizes in which a text fits a room, or None.

    Examples
    --------
    >>> fitting("word " * 40, 5, 0.6, (20, 14, 8)), fitting("word " * 4000, 5, 0.6, (20, 14, 8))
    (8, None)
    """
    return next((size for size in sizes if height(text, width, size) <= room), None)


def shortened(text: str, width: float, room: float, size: float) -> str:
    """Return as much of a text as fits, with an ellipsis where it was cut."""
    if height(text, width, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = math.ceil((low + high) / 2)
        low, high = (middle, high) if height(text[:middle] + "…", width, size) <= room else (low, middle - 1)
    return text[:low].rstrip() + "…"


def ems(text: str) -> float:
    """Return the width of the longest line of a text in widths of a Chinese letter."""
    import unicodedata

    parts = text.split("\n") or [""]
    return max(sum(1.0 if unicodedata.east_asian_width(letter) in "WF" else 0.56 for letter in part) for part in parts)


def widths(table: Table, rows: Sequence[Sequence[str]], width: float, size: float, side: float) -> list[float]:
    """Give columns of numbers the width that they need, and share out the rest by the longest text of each column.

    Parameters
    ----------
    table : Table
    rows : sequence of rows
        In words.
    width, side : float
        Of all columns, and left and right of a cell, in inches.
    size : float
        Of the letters in points.

    Returns
    -------
    list of float
        Inches, by column.
    """
    forms, needed = [column.form for column in table.columns], []
    for place, title in enumerate(table.titles()):
        cells = max((ems(row[place]) for row in rows), default=1.0)
        if forms[place] == "text":
            needed.append(min(max(ems(title), cells, 4.0), 28.0))
        else:
            needed.append(max(cells, min(ems(title), 5.0)) + 0.8)
    letter = size / _POINTS
    fixed = [0.0 if form == "text" else need * letter + 2 * side for form, need in zip(forms, needed, strict=True)]
    words = sum(need for form, need in zip(forms, needed, strict=True) if form == "text")
    if not words or sum(fixed) > 0.7 * width:  # numbers alone, or more of them than there is room for
        return [width * need / sum(needed) for need in needed]
    rest = min(width - sum(fixed), words * letter * 1.15 + 2 * side * len(forms))
    return [
        rest * need / words if form == "text" else place for form, need, place in zip(forms, needed, fixed, strict=True)
    ]
