"""Find the header among banners, notes and data, make its names usable, and tell remarks from rows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from analysis.intake.cells.values import TOTAL_TEXT, TOTAL_WORDS
from analysis.intake.roles import TWO_ROWS
from analysis.intake.tables import LeftOut

if TYPE_CHECKING:
    import pyarrow as pa

MAX_COLUMNS = 1000
LOOK_AT = 60
LOOK_BELOW = 20
LEAST_RUN = 2  # rows that make a table below a banner of single cells
SAMPLE = 200  # first rows that tell what rows hold
TAIL = 40  # remarks are looked for among so many last rows
_NUMBER_OR_DATE = re.compile(r"[-+(]?[¥￥$€£]?\d[\d,.\s:/年月日T%+-]*\)?[%元]?$")
_PERIOD = re.compile(
    r"(?:19|20)\d\d(?:年|[-/.年](?:0?[1-9]|1[0-2])月?|[-/ ]?[Qq][1-4]|(?:0[1-9]|1[0-2])|"
    r"-(?:0[1-9]|1[0-2])-01(?: 00:00:00)?)?$|"
    r"(?:0?[1-9]|1[0-2])[-/.](?:19|20)\d\d$|(?:[1-9]|1[0-2])月$"
)
# Days name columns of a sheet with a column for each week or day; a year stands in each.
_DAY = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]00:00:00)?$|\d{1,2}[-/.]\d{1,2}[-/.](?:(?:19|20)\d\d|\d\d)$"
)
LEAST_DAYS = 3
_DATED = re.compile(f"{_PERIOD.pattern}|{_DAY.pattern}")
# What names nothing: e-mail addresses, and long numbers such as those of phones, cards and persons.
_VALUE = re.compile(r"[^@\s]+@[\w-]+(?:\.[\w-]+)+$|\+?\d{11,}[Xx]?$")
_SENTENCE = re.compile(r"[\s:：。；;,，*※?？!！()（）]")

Row = Sequence[str | None]
Record = tuple[Any, ...]  # a line and its cells


def find_header(rows: Sequence[Row]) -> int:
    """Return the index of the header row, of the lower one when there are two, or -1 when there is none.

    The header is the first row that is about as full as the table below it and whose cells are words; a row of numbers
    and dates as full as the rest means that there is no header. A row of groups above it ("2024" over "Sales" and
    "Profit") belongs to the header.

    Examples
    --------
    >>> find_header([["Sales 2024", None, None], [None, None, None], ["id", "day", "sum"], ["1", "2024-01-01", "3"]])
    2
    >>> find_header([["00004", "19970101", "29.33"], ["00004", "19970118", "29.73"]])
    -1
    """
    rows = [[_text(cell) for cell in row] for row in rows[:LOOK_AT]]
    filled = [sum(1 for cell in row if cell) for row in rows]
    body = sorted(count for count in filled if count)
    if not body:
        return -1
    usual = max(body[len(body) // 2], _usual_of_table(filled))
    enough = max(1, min(usual, max(2, (usual + 1) // 2)), usual * 0.6 if usual > 1 else 0)
    for index in range(len(rows)):
        if filled[index] < enough:
            continue
        if _is_group_row(rows, index):
            return index + 1
        if _names_columns(rows, index):
            return _fuller_below(rows, filled, index, usual)
        if _is_group_row(rows, index - 1):
            return index
        if filled[index] >= usual:
            return _names_below(rows, filled, index, usual)
    return -1


def _usual_of_table(filled: Sequence[int]) -> int:
    """Return how full the rows of the longest run of rows with several cells are: banners may be longer than tables."""
    runs: list[list[int]] = [[]]
    for count in filled:
        if count > 1:
            runs[-1].append(count)
        elif runs[-1]:
            runs.append([])
    longest = sorted(max(runs, key=sum))
    return longest[len(longest) // 2] if len(longest) > LEAST_RUN else 0


def header_rows(rows: Sequence[Row], header: int) -> list[Row]:
    """Return the one or two rows of the header, none when there is no header."""
    if header < 0:
        return []
    texts = [[_text(cell) for cell in row] for row in rows[: header + 1 + LOOK_BELOW]]
    return list(rows[header - 1 : header + 1]) if _is_group_row(texts, header - 1) else [rows[header]]


def header_titles(rows: Sequence[Row], header: int) -> list[str | None]:
    """Return the cells of the header, joined with the row of groups above it.

    Examples
    --------
    >>> rows = [["id", "2024", None, "2025", None], [None, "Sales", "Cost", "Sales", "Cost"], ["a", "1", "2", "3", "4"]]
    >>> header_titles(rows, find_header(rows))
    ['id', '2024 / Sales', '2024 / Cost', '2025 / Sales', '2025 / Cost']
    """
    parts = header_rows(rows, header)
    if len(parts) < 2:
        return [cell for row in parts for cell in row]
    top, bottom = _padded(*([_text(cell) for cell in row] for row in parts))
    titles: list[str | None] = []
    group = ""
    for upper, lower in zip(top, bottom, strict=True):
        group = upper or group
        titles.append(f"{group}{TWO_ROWS}{lower}" if group and lower else upper or lower or None)
        group = group if lower else ""
    return titles


def _names_columns(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Say whether the cells of a row are names: words, or distinct years and months over cells that are none.

    A row with an address or a long number over others of the kind is one of the table.
    """
    cells = [(place, cell) for place, cell in enumerate(rows[index]) if cell]
    if any(_VALUE.match(cell) and _is_column_of(_VALUE, rows, index, place) for place, cell in cells):
        return False
    data = [(place, cell) for place, cell in cells if _NUMBER_OR_DATE.match(cell)]
    different = len({cell for _, cell in data}) == len(data) < len(cells)
    names_too = different and any(
        len(data) >= least
        and all(name.match(cell) and not _is_column_of(_DATED, rows, index, place) for place, cell in data)
        for name, least in ((_PERIOD, 0), (_DAY, LEAST_DAYS))
    )
    return names_too or len(data) < max(1, len(cells) * 0.3)


def _fuller_below(rows: Sequence[Sequence[str]], filled: Sequence[int], index: int, usual: int) -> int:
    """Prefer a full row of names close below a banner that fills several cells."""
    if filled[index] >= usual:
        return index
    for below in range(index + 1, min(index + 6, len(rows))):
        if filled[below] >= usual and not any(_NUMBER_OR_DATE.match(cell) for cell in rows[below] if cell):
            return below if _heads_data(rows, below) else index
    return index


def _names_below(rows: Sequence[Sequence[str]], filled: Sequence[int], index: int, usual: int) -> int:
    """Return the full row of names close below a banner with figures in it, or -1.

    The figures of a banner stand where they please, those of a row of data where the rows below have theirs.
    """
    for below in range(index + 1, min(index + 6, len(rows))):
        if filled[below] >= usual and not any(_NUMBER_OR_DATE.match(cell) for cell in rows[below] if cell):
            data = [
                place
                for place, cell in enumerate(rows[below])
                if cell and _is_column_of(_NUMBER_OR_DATE, rows, below, place)
            ]
            fits = (
                2 * sum(1 for place in data if place < len(row) and _NUMBER_OR_DATE.match(row[place])) >= len(data)
                for row in rows[index:below]
            )
            return -1 if not data or any(fits) else below
    return -1


def _heads_data(rows: Sequence[Sequence[str]], index: int) -> bool:
    return any(
        cell and not _NUMBER_OR_DATE.match(cell) and _is_column_of(_NUMBER_OR_DATE, rows, index, place)
        for place, cell in enumerate(rows[index])
    )


def _is_column_of(shape: re.Pattern[str], rows: Sequence[Sequence[str]], index: int, place: int) -> bool:
    """Say whether most cells of a column below a row have a shape."""
    below = [row[place] for row in rows[index + 1 : index + 1 + LOOK_BELOW] if place < len(row) and row[place]]
    return bool(below) and 2 * sum(1 for cell in below if shape.match(cell)) > len(below)


def _is_group_row(rows: Sequence[Sequence[str]], upper: int) -> bool:
    """Say whether a row holds groups of the columns that the row below it names, as merged cells leave them."""
    if upper < 0 or upper + 2 >= len(rows):
        return False
    top, bottom = _padded(rows[upper], rows[upper + 1])
    groups = [cell for cell in top if cell]
    if len(groups) < 2 or any(re.search("[:：]", cell) or len(cell) > 40 for cell in groups):
        return False
    names = [cell for cell in bottom if cell]
    for cell in (*groups, *names):
        if _NUMBER_OR_DATE.match(cell) and not _PERIOD.match(cell):
            return False
    spans = any(
        top[place] and bottom[place] and bottom[place + 1] and not top[place + 1] for place in range(len(top) - 1)
    )
    if len(names) < 2 or not spans:
        return False
    last = max(place for place, cell in enumerate(top) if cell)
    between = any(bottom[place] and not top[place] for place in range(last))
    below_none = any(top[place] and not bottom[place] for place in range(len(top)))
    if not (between or below_none):  # a banner of a few cells leaves the rest of its row empty too
        return False
    nameless = [place for place in range(len(top)) if not top[place] and not bottom[place]]
    if any(_is_column_of(re.compile("."), rows, upper + 1, place) for place in nameless):
        return False
    over_data = [
        place for place, cell in enumerate(bottom) if cell and _is_column_of(_NUMBER_OR_DATE, rows, upper + 1, place)
    ]
    periods = [place for place in over_data if _PERIOD.match(bottom[place])]
    return bool(over_data) and not any(_is_column_of(_PERIOD, rows, upper + 1, place) for place in periods)


def _padded(*rows: Sequence[str]) -> list[list[str]]:
    width = max(len(row) for row in rows)
    return [[*row, *[""] * (width - len(row))] for row in rows]


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
        name = clean_text(cell or "")[:200] or f"column_{number}"
        while name in seen:
            seen[name] += 1
            name = f"{name} ({seen[name]})"
        seen[name] = 1
        names.append(name)
    return tuple(names)


def clean_text(text: str) -> str:
    """Return a name without control, zero-width and bidirectional characters, its blanks reduced to one.

    Examples
    --------
    >>> clean_text("  a\\u202egpj.exe\\t b\\n")
    'a gpj.exe b'
    """
    text = re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\s]+", " ", text)
    # A lone surrogate comes from a file system that is not UTF-8; it cannot be written anywhere.
    return unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode()).strip()


def leave_out(table: pa.Table, header_rows: Sequence[Row]) -> tuple[pa.Table, tuple[LeftOut, ...]]:
    """Take the header where it is repeated, and remarks below the table, out of the rows.

    Parameters
    ----------
    table : pyarrow.Table
        ``line`` and text columns.
    header_rows : sequence of rows
        The cells of the header for these columns, one or two rows.
    """
    import pyarrow as pa

    def rows(part: pa.Table) -> list[Record]:
        return [tuple(row.values()) for row in part.to_pylist()]

    repeated = {place for row in header_rows for place in _repeats(table, row)}
    last = _last(table.num_rows)
    remarks = _remarks(rows(table.slice(0, SAMPLE)), rows(table.slice(last)), last)
    reasons = _reasons(repeated, remarks)
    if not reasons:
        return table, ()
    import numpy as np

    keep = np.ones(table.num_rows, dtype=bool)
    keep[list(reasons)] = False
    taken = rows(table.take(pa.array(list(reasons))))
    return table.filter(pa.array(keep)), _left(taken, reasons.values())


def left_out(rows: Sequence[Record], header_rows: Sequence[Row]) -> tuple[LeftOut, ...]:
    """Return what ``leave_out`` would take, from records of a line and its cells."""
    titles = [_titles(row) for row in header_rows]
    repeated = {
        place
        for place, (_, *cells) in enumerate(rows)
        for wanted in titles
        if len(wanted) > 1 and all(_text(cells[at]) == title for at, title in wanted)
    }
    last = _last(len(rows))
    reasons = _reasons(repeated, _remarks(rows[:SAMPLE], rows[last:], last))
    return _left([rows[place] for place in reasons], reasons.values())


def _reasons(repeated: set[int], remarks: Sequence[int]) -> dict[int, str]:
    """Return the places of the rows to leave out, in order, with the reason of each."""
    found = {**dict.fromkeys(remarks, "note_row"), **dict.fromkeys(repeated, "repeated_header")}
    return dict(sorted(found.items()))


def _left(rows: Sequence[Record], reasons: Iterable[str]) -> tuple[LeftOut, ...]:
    return tuple(
        LeftOut(line, " | ".join(str(cell) for cell in cells if cell), reason)
        for (line, *cells), reason in zip(rows, reasons, strict=True)
    )


def _last(n_rows: int) -> int:
    """Return the place from which on rows may be remarks."""
    return max(1, n_rows - TAIL)


def _titles(header: Row) -> list[tuple[int, str]]:
    return [(place, title) for place, cell in enumerate(header) if (title := _text(cell))]


def _repeats(table: pa.Table, header: Row) -> list[int]:
    """Return the places of the rows that hold the same cells as the header."""
    import pyarrow.compute as pc

    titles = _titles(header)
    if len(titles) < 2:
        return []
    place, title = titles[0]
    hits = pc.indices_nonzero(pc.equal(pc.utf8_trim_whitespace(table.column(place + 1)), title))  # pyright: ignore
    if not len(hits):
        return []
    found = table.take(hits)
    columns = [found.column(place + 1).to_pylist() for place, _ in titles]
    return [
        hit
        for hit, *cells in zip(hits.to_pylist(), *columns, strict=True)
        if all(_text(cell) == title for cell, (_, title) in zip(cells, titles, strict=True))
    ]


def _remarks(head: Sequence[Record], end: Sequence[Record], first: int) -> list[int]:
    """Return the places of the last rows that hold little but a sentence no other row has.

    ``head`` is the first rows, ``end`` the last ones, from the place ``first`` on.
    """
    if not end or len(head[0]) < 4:
        return []
    sample = [cells for _, *cells in head]
    counts = sorted(sum(1 for cell in row if cell) for row in sample)
    usual = counts[3 * len(counts) // 4]
    if usual < 3:
        return []
    tail = [[(column, text) for column, cell in enumerate(cells) if (text := _text(cell))] for _, *cells in end]
    sparse = len(tail)
    while sparse and 0 < len(tail[sparse - 1]) <= min(2, usual // 2):
        sparse -= 1
    full = sample[: first + sparse]
    places: list[int] = []
    for place in range(len(tail) - 1, sparse - 1, -1):
        column, text = tail[place][0]
        if not is_remark(text, [_text(row[column]) for row in full if row[column]]):
            break
        places.append(first + place)
    return places


def is_remark(text: str, others: Sequence[str]) -> bool:
    """Say whether a cell is a sentence in a column whose other cells are none.

    Examples
    --------
    >>> is_remark("备注：数据截至五月", ["001", "002"]), is_remark("003", ["001", "002"]), is_remark("合计", ["001"])
    (True, False, False)
    """
    if _NUMBER_OR_DATE.match(text) or text.lower() in TOTAL_WORDS or re.search(TOTAL_TEXT, text):
        return False
    if not re.search(r"[^\W\d_]", text):
        return False  # without a letter it says nothing
    others = [cell for cell in others if cell != text]
    if not others:
        return True
    sentences = sum(1 for cell in others if _SENTENCE.search(cell))
    longest = max(len(cell) for cell in others)
    return (bool(_SENTENCE.search(text)) and 10 * sentences < len(others)) or len(text) > 2 * longest + 4
