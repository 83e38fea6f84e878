"""Reports laid out for eyes brought to one row per fact: headings that name groups, months as columns, split dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.intake.cells.dates import looks_like_date
from analysis.intake.cells.values import NOTHING, TOTAL_TEXT, looks_like_number
from analysis.intake.roles import normal
from analysis.intake.tables import LeftOut, ReadAs

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE = 200  # filled cells that tell what a column holds
MOST_ROWS = 500_000
LEAST_PERIODS = 3
LEAST_GROUPS = 2
MOSTLY = 0.9
_CUSTOMERS = re.compile(
    r"customer|client|kunde|klant|klient|покупател|клиент|客户|客戶|会员|顾客|顧客|得意先|取引先|고객|거래처|müşteri|عميل|العملاء|ลูกค้า",
    re.IGNORECASE,
)
_ARTICLES = re.compile(r"product|item|artik|artíc|produ|商品|产品|品目|товар|상품|ürün|منتج|สินค้า", re.IGNORECASE)
_TOTAL = re.compile(rf"{TOTAL_TEXT}|^\s*(?:total|summe|suma|somme|totale|итого|合計|小計|総計)\b", re.IGNORECASE)
_YEARS = re.compile(r"(?:19|20)\d\d\s*年?$")
_MONTHS_OF_DIGITS = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])$")
_MONTHS_ALONE = re.compile(
    r"(?:1[0-2]|0?[1-9])\s*月(?:份)?$|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?$", re.IGNORECASE
)
_PARTS = {
    "year": "year yyyy orderyear saleyear 年 年份 年度 jahr année annee año ano anno jaar rok год yıl yil 연도 년 "
    "سنة السنة ปี",
    "month": "month mm ordermonth salemonth 月 月份 monat mois mes mês mese maand miesiąc miesiac месяц ay 월 "
    "شهر الشهر เดือน",
    "day": "day dd dayofmonth orderday saleday 日 tag jour día dia giorno dag dzień dzien день gün gun 일 يوم اليوم วัน",
}
_SIDED = re.compile(r"(.*\d[.,'’ ]*)(dr|cr|[dcsh])\.?\s*$", re.IGNORECASE)
_CENTS = re.compile(r"[.,]\d\d\s*$")
_SIDES = (("dr", "cr", "Debit", "Credit"), ("d", "c", "Debit", "Credit"), ("s", "h", "Soll", "Haben"))
_BALANCE = re.compile(r"balance|saldo|solde|bakiye|остаток|余额|残高|잔액|الرصيد|คงเหลือ", re.IGNORECASE)
_RANGES = {"year": (1900, 2200), "month": (1, 12), "day": (1, 31)}


@dataclass(frozen=True)
class Shaped:
    """Rows (``line``, ``c0``, ``c1``, …), their headers, the records that are no rows, and what was done."""

    rows: pa.Table
    names: tuple[str, ...]
    surplus: tuple[LeftOut, ...] = ()
    notes: tuple[ReadAs, ...] = ()


def reshape(rows: pa.Table, names: tuple[str, ...], above: Sequence[Sequence[str | None]]) -> Shaped:
    """Bring a table to one row per fact, where it is laid out as a report.

    Parameters
    ----------
    rows : pyarrow.Table
        ``line`` and text columns ``c<i>`` for ``names``.
    above : sequence of rows
        What stands above the header: a title may say what headings between the rows name.
    """
    shaped = Shaped(rows, names)
    if rows.num_rows > MOST_ROWS:
        return shaped
    for step in (_ungrouped, _unpivoted, _dated, _sided):
        found = step(shaped, above)
        if found is not None:
            shaped = Shaped(found.rows, found.names, (*shaped.surplus, *found.surplus), (*shaped.notes, *found.notes))
    return shaped


def may_need_reshaping(names: Sequence[str]) -> bool:
    """Say whether headers are such as ``reshape`` does something about."""
    return sum(map(is_period, names)) >= LEAST_PERIODS or len(_part_places(names)) >= 2


def is_period(header: str) -> bool:
    """Say whether a header is a month, a quarter or a year.

    Examples
    --------
    >>> [is_period(header) for header in ("Jan-24", "2024年1月", "202401", "03/2024", "3月", "2023", "Date", "M1")]
    [True, True, True, True, True, True, False, False]
    """
    text = header.strip()
    if _YEARS.match(text) or _MONTHS_ALONE.match(text) or _MONTHS_OF_DIGITS.match(text):
        return True
    return len(text) <= 20 and bool(re.search(r"\d", text)) and looks_like_date(text)


def _ungrouped(shaped: Shaped, above: Sequence[Sequence[str | None]]) -> Shaped | None:
    """Write the headings between the rows beside the rows below them."""
    rows, names = shaped.rows, shaped.names
    if len(names) < 3 or rows.num_rows < 2 * LEAST_GROUPS:
        return None
    alone = _only_first(rows)
    first: list[str | None] = rows.column(1).to_pylist()
    heads = [place for place in alone if not _TOTAL.search(str(first[place])) and not _is_fact(str(first[place]))]
    if len(heads) < LEAST_GROUPS or heads[0] > 1:
        return None
    totals = {place for place, cell in enumerate(first) if cell and _TOTAL.search(cell)}
    # A heading has rows below it; what has none is a heading of headings, or a remark at the foot.
    leads = {place for place in heads if place + 1 < len(first) and place + 1 not in heads and place + 1 not in totals}
    foot = set(range(max(totals, default=len(first)) + 1, len(first)))  # after the last total: when it was printed
    named = [cell for place, cell in enumerate(first) if cell and place not in totals | foot and place not in heads]
    empty_below = not named
    if len(leads) < LEAST_GROUPS or (named and sum(map(_is_fact, named)) < MOSTLY * len(named)):
        return None
    out = {place: "heading_row" if place in leads else "note_row" for place in heads}
    out |= dict.fromkeys(totals, "total_row") | dict.fromkeys(foot, "note_row")
    n_kept = len(first) - len(out)
    if n_kept < len(leads):
        return None
    group: str | None = None
    groups: list[str | None] = []
    for place, cell in enumerate(first):
        group = cell if place in leads else group
        groups.append(group)
    keep = [place for place in range(len(first)) if place not in out]
    name = names[0] if empty_below and not names[0].startswith("column_") else _group_name(names, above)
    kept = rows.take(keep)
    column = _text_array([groups[place] for place in keep])
    if empty_below:
        kept, names = kept.set_column(1, "c0", column), (name, *names[1:])
    else:
        kept, names = kept.append_column(f"c{len(names)}", column), (*names, _free(name, names))
    note = ReadAs("groups_from_headings", {"column": name, "n": len(leads)}, "check")
    return Shaped(kept, names, _left(rows, out), (note,))


def _only_first(rows: pa.Table) -> list[int]:
    """Return the places of the rows that have nothing but their first cell."""
    import pyarrow.compute as pc

    alone = rows.column(1).is_valid()
    for column in rows.columns[2:]:
        alone = pc.and_(alone, column.is_null())  # pyright: ignore
    return pc.indices_nonzero(alone).to_pylist()  # pyright: ignore


def _is_fact(cell: str) -> bool:
    return looks_like_number(cell) or looks_like_date(cell)


def _group_name(names: Sequence[str], above: Sequence[Sequence[str | None]]) -> str:
    said = " ".join(str(cell) for row in above for cell in row if cell)
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in "".join(names))
    if not _CUSTOMERS.search(said):
        if _ARTICLES.search(said):
            return "商品" if chinese else "Product"
        if any(_CUSTOMERS.search(name) for name in names):
            return "分组" if chinese else "Group"
    return "客户" if chinese else "Customer"


def _unpivoted(shaped: Shaped, above: Sequence[Sequence[str | None]]) -> Shaped | None:
    """Write a row for every month of a table that has its months as columns."""
    rows, names = shaped.rows, shaped.names
    periods = [place for place, name in enumerate(names) if is_period(name)]
    if len(periods) < LEAST_PERIODS or len(periods) < 0.4 * len(names):
        return None
    others = [place for place in range(len(names)) if place not in periods and not _TOTAL.search(names[place])]
    if not others or not all(_holds_numbers(rows, place) for place in periods):
        return None
    cells = {place: rows.column(f"c{place}").to_pylist() for place in (*others, *periods)}
    lines = rows.column("line").to_pylist()
    out = {
        row: "total_row"
        for row in range(len(lines))
        if any(cells[place][row] and _TOTAL.search(cells[place][row]) for place in others[:3])
    }
    facts = [
        (row, place)
        for row in range(len(lines))
        if row not in out
        for place in periods
        if (cell := cells[place][row]) and cell.strip().lower() not in NOTHING and re.search("[1-9]", cell)
    ]
    if not facts:
        return None
    import pyarrow as pa

    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in "".join(names))
    kept = tuple(names[place] for place in others)
    day, amount = _free("日期" if chinese else "Date", kept), _free("金额" if chinese else "Amount", kept)
    columns = [pa.array([lines[row] for row, _ in facts], pa.int64())]
    columns += [_text_array([cells[place][row] for row, _ in facts]) for place in others]
    columns.append(_text_array([_as_day(names[place]) for _, place in facts]))
    columns.append(_text_array([cells[place][row] for row, place in facts]))
    long = pa.table(columns, names=["line", *(f"c{place}" for place in range(len(columns) - 1))])
    note = ReadAs("months_were_columns", {"n": len(periods), "example": names[periods[0]]}, "check")
    return Shaped(long, (*kept, day, amount), _left(rows, out), (note,))


def _as_day(header: str) -> str:
    """Return the first day of a period as a cell of dates may have it."""
    text = header.strip()
    if _YEARS.match(text):
        return f"{text[:4]}-01-01"
    if _MONTHS_OF_DIGITS.match(text):
        return f"{text[:4]}-{text[4:]}-01"
    if _MONTHS_ALONE.match(text):
        return f"{text.removesuffix('份')}1日" if "月" in text else f"1 {text.removesuffix('.')}"
    return text


def _holds_numbers(rows: pa.Table, place: int) -> bool:
    cells = [cell for cell in _sample(rows, place) if cell.strip().lower() not in NOTHING]
    return sum(map(looks_like_number, cells)) >= MOSTLY * len(cells)


def _dated(shaped: Shaped, above: Sequence[Sequence[str | None]]) -> Shaped | None:
    """Put year, month and day together where they stand in columns of their own and no other column is a date."""
    rows, names = shaped.rows, shaped.names
    parts = _part_places(names)
    if not {"year", "month"} <= set(parts) or not all(_in_range(rows, place, part) for part, place in parts.items()):
        return None
    for place in range(len(names)):
        cells = [] if place in parts.values() else _sample(rows, place)
        if cells and 2 * sum(map(looks_like_date, cells)) > len(cells):
            return None
    columns = [rows.column(f"c{parts[part]}").to_pylist() for part in parts]
    days = [_joined(cells) for cells in zip(*columns, strict=True)]
    chinese = not names[parts["year"]].isascii() and "年" in names[parts["year"]]
    headers = "-".join(names[parts[part]] for part in parts)
    name = _free(f"{'日期' if chinese else 'Date'} ({headers})", names)
    note = ReadAs("date_put_together", {"column": name}, "info")
    return Shaped(rows.append_column(f"c{len(names)}", _text_array(days)), (*names, name), (), (note,))


def _sided(shaped: Shaped, above: Sequence[Sequence[str | None]]) -> Shaped | None:
    """Write money whose cells say with their last letters which side it was booked on in two columns, one for each.

    A balance stays as it is. ``Cr`` alone may be crores, and other letters alone anything.
    """
    rows, names, notes, changed = shaped.rows, shaped.names, [], False
    for place, name in enumerate(names):
        sides = None if _BALANCE.search(name) else _sides_in(_sample(rows, place))
        if sides is None:
            continue
        debit, credit, debits, credits_ = sides
        cells = rows.column(f"c{place}").to_pylist()
        said = [_SIDED.match(cell) if cell else None for cell in cells]
        out = [cell if found is None else _booked(found, debit) for cell, found in zip(cells, said, strict=True)]
        into = [found and _booked(found, credit) for found in said]
        rows = rows.set_column(place + 1, f"c{place}", _text_array(out))
        changed = True
        if any(into):
            rows = rows.append_column(f"c{len(names)}", _text_array(into))
            first, second = (_free(f"{header} ({name})", names) for header in (debits, credits_))
            names = (*names[:place], first, *names[place + 1 :], second)
            notes.append(ReadAs("sides_put_apart", {"column": name, "first": first, "second": second}, "info"))
    return Shaped(rows, names, (), tuple(notes)) if changed else None


def _booked(found: re.Match[str], side: str) -> str | None:
    return found[1].strip() if found[2].lower() == side else None


def _sides_in(cells: Sequence[str]) -> tuple[str, str, str, str] | None:
    """Return the letters of debit and credit that nearly all cells of money end in, and what they are called.

    Examples
    --------
    >>> _sides_in(["10.50 Dr", "3.00 Cr", "7 Dr"]), _sides_in(["1.5 Cr", "2 Cr"]), _sides_in(["5 S", "6 H"])
    (('dr', 'cr', 'Debit', 'Credit'), None, None)
    >>> _sides_in(["5,00 S", "6,50 H"])
    ('s', 'h', 'Soll', 'Haben')
    """
    found = [said for cell in cells if (said := _SIDED.match(cell))]
    if not cells or len(found) < MOSTLY * len(cells) or not all(looks_like_number(said[1]) for said in found):
        return None
    said = {each[2].lower() for each in found}
    if said & set("dcsh") and not all(_CENTS.search(each[1]) for each in found):
        return None  # sizes, and numbers of rooms
    for sides in _SIDES:
        if said == set(sides[:2]) or said == {"dr"} == {sides[0]}:
            return sides
    return None


def _part_places(names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part, words in _PARTS.items():
        known = words.split()
        for place, name in enumerate(names):
            if part not in found and normal(name) in known:
                found[part] = place
    return found


def _in_range(rows: pa.Table, place: int, part: str) -> bool:
    low, high = _RANGES[part]
    cells = [re.sub(r"\.0+$|[年月日]$", "", cell.strip()) for cell in _sample(rows, place)]
    fit = [
        cell
        for cell in cells
        if (cell.isdecimal() and low <= int(cell) <= high) or (part == "month" and cell[:3].isalpha())
    ]
    return bool(cells) and len(fit) >= MOSTLY * len(cells)


def _joined(cells: Sequence[str | None]) -> str | None:
    parts = [re.sub(r"\.0+$|[年月日]$", "", cell.strip()) if cell else "" for cell in cells]
    if not all(parts):
        return None
    year, month, *day = parts
    if not month.isdecimal():
        return f"{day[0] if day else 1} {month} {year}"
    return "-".join((year, month.zfill(2), (day[0] if day else "1").zfill(2)))


def _sample(rows: pa.Table, place: int) -> list[str]:
    return [cell for cell in rows.column(f"c{place}").slice(0, 2000).to_pylist() if cell][:SAMPLE]


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else f"{name} (2)"


def _text_array(cells: Sequence[Any]) -> Any:
    import pyarrow as pa

    return pa.array(list(cells), pa.string())


def _left(rows: pa.Table, reasons: dict[int, str]) -> tuple[LeftOut, ...]:
    places = sorted(reasons)
    taken = [rows.slice(place, 1).to_pylist()[0] for place in places]
    return tuple(
        LeftOut(row.pop("line"), " | ".join(str(cell) for cell in row.values() if cell), reasons[place])
        for place, row in zip(places, taken, strict=True)
    )
