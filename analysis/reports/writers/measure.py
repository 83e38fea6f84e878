"""How much room text takes on a slide, before anybody draws it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.exports.persona_card import words_of, wrapped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.reports.content import Table

LINE = 1.25  # heights of letters
_POINTS = 72  # to the inch
_BOLD, _SPARE = 1.12, 0.6  # what bold letters take more, and what a column has over
_CAPITAL = 0.2  # what a capital takes more: CN¥ before a sum
_WORD = 14.0  # widths of a letter: a longer word is broken
_TITLE = 5.0  # so many letters of Chinese, which breaks anywhere, stand in one line of a title


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

    Examples
    --------
    >>> from analysis.reports.content import Column, Table
    >>> rows = [["Hibernating", "412", "word " * 40]]
    >>> forms = (("Segment", "text"), ("Customers", "count"), ("What to do", "text"))
    >>> table = Table(tuple(Column(title, form, (0,)) for title, form in forms))
    >>> found = widths(table, rows, 4, 11, 0.08)
    >>> [lines(title, each - 0.16, 11) for title, each in zip(table.titles(), found)]
    [1, 1, 1]
    >>> lines("Hibernating", found[0] - 0.16, 11)
    1
    """
    letter, forms = size / _POINTS, [column.form for column in table.columns]
    needed, least = [], []
    for place, title in enumerate(table.titles()):
        cells = [row[place] for row in rows]
        head = max(_unbroken(title), min(ems(title), _TITLE) if _unbroken(title) < 2 else 0.0) * _BOLD
        if forms[place] == "text":
            needed.append(min(max([ems(title), *map(ems, cells), 4.0]), 28.0))
            least.append(min(max([head, *map(_unbroken, cells)]), _WORD))
        else:
            needed.append(max([head, *(ems(cell) + _CAPITAL * sum(map(str.isupper, cell)) for cell in cells)]) + _SPARE)
            least.append(needed[-1])
    inches = [each * letter + 2 * side for each in needed]
    floors = [(each + _SPARE * (form == "text")) * letter + 2 * side for form, each in zip(forms, least, strict=True)]
    if sum(floors) > width:  # more columns than there is room for
        return [width * floor / sum(floors) for floor in floors]
    words = [place for place, form in enumerate(forms) if form == "text"]
    if not words:
        return [width * each / sum(inches) for each in inches]
    fixed = sum(inches[place] for place, form in enumerate(forms) if form != "text")
    shared = _shared(min(width - fixed, 1.15 * sum(inches[place] for place in words)), words, inches, floors)
    return list((dict(enumerate(inches)) | shared).values())


def _shared(room: float, places: Sequence[int], wanted: Sequence[float], floors: Sequence[float]) -> dict[int, float]:
    """Share out a room by what is wanted, so that no column gets less than its longest word takes."""
    found: dict[int, float] = {}
    while left := [place for place in places if place not in found]:
        rest = room - sum(found.values())
        parts = {place: rest * wanted[place] / sum(wanted[one] for one in left) for place in left}
        short = {place: floors[place] for place in left if parts[place] < floors[place]}
        if not short:
            return found | parts
        found |= short
    return found


def _unbroken(text: str) -> float:
    """Return the width of the longest part that a line does not break, in widths of a Chinese letter."""
    return max((ems(part.rstrip()) for part in words_of(text)), default=1.0)
