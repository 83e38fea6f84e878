"""Find the header row among banners, notes and data, and make its names usable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MAX_COLUMNS = 1000
LOOK_AT = 60
_NUMBER_OR_DATE = re.compile(r"[-+(]?[¥￥$€£]?\d[\d,.\s:/年月日T%+-]*\)?[%元]?$")

Row = Sequence[str | None]


def find_header(rows: Sequence[Row]) -> int:
    """Return the index of the header row, or -1 when the first full row is already data.

    The header is the first row that is about as full as the table below it and whose cells are words; a row of numbers
    and dates as full as the rest means that there is no header.

    Examples
    --------
    >>> find_header([["Sales 2024", None, None], [None, None, None], ["id", "day", "sum"], ["1", "2024-01-01", "3"]])
    2
    >>> find_header([["00004", "19970101", "29.33"], ["00004", "19970118", "29.73"]])
    -1
    """
    filled = [sum(1 for cell in row if _text(cell)) for row in rows[:LOOK_AT]]
    if not filled:
        return -1
    body = sorted(count for count in filled if count) or [0]
    usual = body[len(body) // 2]
    enough = max(1, min(usual, max(2, (usual + 1) // 2)))
    for index, row in enumerate(rows[:LOOK_AT]):
        if filled[index] < enough:
            continue
        cells = [text for cell in row if (text := _text(cell))]
        if usual > 1 and len(cells) < max(2, usual * 0.6):
            continue
        return index if _are_words(cells) else -1
    return -1


def _are_words(cells: Sequence[str]) -> bool:
    data = sum(1 for cell in cells if _NUMBER_OR_DATE.match(cell))
    return data < max(1, len(cells) * 0.3)


def _text(cell: str | None) -> str:
    return cell.strip() if cell else ""


def clean_headers(cells: Row) -> tuple[str, ...]:
    """Trim headers, name the empty ones ``column_<n>`` and number the repeated ones.

    Examples
    --------
    >>> clean_headers([" 金额 ", None, "金额"])
    ('金额', 'column_2', '金额 (2)')
    """
    names: list[str] = []
    seen: dict[str, int] = {}
    for number, cell in enumerate(cells, 1):
        name = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff\s]+", " ", cell or "").strip()
        name = unicodedata.normalize("NFC", name)[:200] or f"column_{number}"
        while name in seen:
            seen[name] += 1
            name = f"{name} ({seen[name]})"
        seen[name] = 1
        names.append(name)
    return tuple(names)
