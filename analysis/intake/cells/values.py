"""What a cell of text says: nothing, a number, an identifier. As DuckDB expressions over a text column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literal, literals
from analysis.intake.cells.number_words import CURRENCY, PRICE_END, UNIT, times

if TYPE_CHECKING:
    import duckdb

# Words that stand for nothing in a key or a number column. "NA" is not among them for categories: it is a country.
NOTHING = (
    "", "null", "none", "nan", "n/a", "#n/a", "na", "-", "--", "—", "/", "\\n", "无", "未知", "空", "暂无", "不详",
    "(blank)", "(null)", "<null>", "unknown", "?", "nil", "#value!", "#ref!", "select",
)  # fmt: skip
TOTAL_WORDS = ("合计", "总计", "小计", "总 计", "合 计", "total", "grand total", "subtotal", "sum", "汇总", "累计")
# A cell that labels a row of totals: "Total for May", "C1001 Total", "本月小计", "总 计：".
TOTAL_TEXT = (
    r"(?i)^\s*(?:grand |sub-?)?totals?\b|\b(?:sub-?)?totals?\s*[:：]?\s*$|"
    r"^\s*(?:sum|合\s*计|总\s*计|小\s*计|汇总|累计)\s*[:：]?\s*$|(?:合计|总计|小计|汇总)\s*[:：]?\s*$|"
    r"^\s*(?:(?:gesamt|zwischen)?summe|gesamt|somme|sous-total|total g[eé]n[eé]ral|suma(?: total)?|"
    r"totale(?: generale)?|soma|totaal|eindtotaal|razem|итого|всего|toplam|genel toplam|summa|celkem|"
    r"総?合計|総計|小計|합계|총계|المجموع|رวม(?:ทั้งหมด)?)\s*[:：]?\s*$"
)
# A cell that is nothing but a label of totals: "Report Total", "TOTAL FOR REPORT", "Summe aller Kunden", "总合计".
TOTAL_CELL = (
    r"(?i)^\s*(?:(?:report|grand|overall|sub|page|company|customers?|lists?|all|final|the)[ -]*)*totals?"
    r"(?: *(?:for|of|on) +(?:the +|this +|all +)*(?:report|page|list|company|customers?|periods?|year|accounts?))?"
    r"\s*[:：]?\s*$|"
    r"^\s*(?:(?:gesamt|zwischen|end|kunden)?-?summe|gesamt(?:summe|ergebnis|umsatz)?|total|totaux|somme|sous-total|"
    r"suma|soma|totale|totaal|eindtotaal|razem|ogółem|итого|всего|toplam|genel toplam|summa|celkem|totalt)"
    r"(?: +(?:gesamt|aller?|der|générale?|general|generale|complessiv[oa]|finale?|końcowa|rapport|report|informe|"
    r"relatório|geral|clients?|clientes?|clienti|kunden|klanten|klientów|клиентов|по|за|отч[её]ту?|всем|клиентам|des?|"
    r"del|do|dei|du|los|os|i|van|von|les?|tous|todos|tutti))*\s*[:：]?\s*$|"
    r"^\s*(?:本页|报表|全部|客户|所有客户|总|報表)?\s*(?:合\s*计|总\s*计|小\s*计|汇总|累计|合計|総計|小計)\s*[:：]?\s*$|"
    r"^\s*(?:総?合計|합계|총계|총합계|المجموع(?: الكلي)?|الإجمالي|รวม(?:ทั้งหมด|ทั้งสิ้น)?)\s*[:：]?\s*$"
)
# Digits of Arabic, Persian, Hindi, Bengali, Gujarati, Tamil, Thai, Lao, Burmese, Khmer and full width, by their zero.
_ZEROS = "٠۰०০૦௦๐໐၀០０"
FULL_WIDTH = (
    "".join(chr(ord(zero) + digit) for zero in _ZEROS for digit in range(10))
    + "．，－＋（）％：／＝＂＇＊\u3000\u00a0\u202f\u2009\u2007٫٬٪−–‒﹣"
)
HALF_WIDTH = "0123456789" * len(_ZEROS) + ".,-+()%:/=\"'*     .,%----"
# Copied from phones and web pages: zero width, direction marks, byte order mark. ``translate`` drops them.
INVISIBLE = (
    "\u200b\u200c\u200d\u200e\u200f\u061c\u180e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    "\u202a\u202b\u202c\u202d\u202e\ufeff\u00ad"
)
_WIDE_LETTERS = "".join(chr(0xFEE0 + code) for code in range(0x21, 0x7F) if not chr(code).isdigit())
_LETTERS = "".join(chr(code) for code in range(0x21, 0x7F) if not chr(code).isdigit())
_TO_HALF_WIDTH = str.maketrans(FULL_WIDTH, HALF_WIDTH)
_DROPPED = dict.fromkeys(map(ord, INVISIBLE))
MONEY = "DECIMAL(24,6)"
KEPT_TEXT = "='\"`’"  # the first signs of a value that a spreadsheet keeps as text
BLANKS = " \t\r\n\u00a0"
_ANY_DIGITS = r"(?:\d[\d,.'’\s]*\d|\d)"
_NUMBER = re.compile(
    rf"^\(?\s*[-+−]?\s*{CURRENCY}?\s*[-+−]?\s*{_ANY_DIGITS}(?:[eE][-+]?\d+)?\s*{UNIT}?\s*[%％折]?\s*{CURRENCY}?\s*\)?"
    r"\s*-?$",
    re.I,
)
# Numbers and ids as programs write them: nothing about them is left to be decided.
BARE_NUMBER = r"-?[0-9]{1,12}(?:\.[0-9]+)?"
BARE_ID = "[0-9A-Za-z_-]+"
_ODD = rf"^ *[{KEPT_TEXT}]|[\t\r\n{INVISIBLE}]"
# What spreadsheets put around a value to keep it text: ="00123", '00123, and the ` of payment bills.
_WRAPPED = r"^(?:=\s*\"([^\"]*)\"|\"([^\"]*)\"|'([^']*)'|['`’]([^'`’]*)|=([0-9A-Za-z]*))$"


def one_of(text: str, words: Iterable[str]) -> str:
    """Say whether a text is one of some words; not where it is missing.

    Not with IN or list_contains: DuckDB turns a long list into a join that runs over all rows, whatever test stands
    before it.
    """
    return f"coalesce(list_position([{literals(words)}], {text}) > 0, false)"


def or_else(first: str, slow: str) -> str:
    """Write the first of two values that is there, as SQL.

    Not with coalesce: what is common to the parts of the second would be computed for every row.
    """
    return f"CASE WHEN ({first}) IS NOT NULL THEN {first} ELSE {slow} END"


def unwrapped(column: str) -> str:
    """Take off what keeps a value text in a spreadsheet, and signs that nobody sees, as SQL."""
    odd = f"regexp_matches({column}, {literal(_ODD)})"  # a quick look, after which most cells are done
    seen = f"trim(translate({column}, {literal(INVISIBLE)}, ''), {literal(BLANKS)})"
    return (
        f"CASE WHEN {odd} THEN regexp_replace({seen}, {literal(_WRAPPED)}, '\\1\\2\\3\\4\\5') ELSE trim({column}) END"
    )


def plain(text: str) -> str:
    """Return a cell without what keeps it text in a spreadsheet, without invisible signs, in half-width signs.

    Examples
    --------
    >>> [plain(text) for text in ('="00123"', "'00123", "00123\\t", "\\ufeff１２３", "`9")]
    ['00123', '00123', '00123', '123', '9']
    """
    if text.isascii() and text.isprintable() and text[:1].isalnum() and text[-1:].isalnum():
        return text  # nothing to take off, as in most cells
    text = text.translate(_DROPPED).translate(_TO_HALF_WIDTH).strip()
    return re.sub(_WRAPPED, r"\1\2\3\4\5", text).strip()


def half_width(column: str) -> str:
    """Turn full-width digits and signs, and the digits of other scripts, into plain ones."""
    return _translated(column, FULL_WIDTH, HALF_WIDTH)


def _translated(column: str, signs: str, plain_signs: str) -> str:
    """Translate a text that is not all ASCII: DuckDB looks at every sign of the list for every row."""
    return (
        f"CASE WHEN strlen({column}) = length({column}) THEN {column} "
        f"ELSE translate({column}, {literal(signs)}, {literal(plain_signs)}) END"
    )


def is_nothing(column: str, words: tuple[str, ...] = NOTHING) -> str:
    """Say whether a cell is empty or one of the words for nothing."""
    words = tuple(dict.fromkeys(("", *words)))
    longest = max(len(word.encode()) for word in words) + 4
    slow = f"({column} IS NULL OR (strlen({column}) <= {longest} AND {one_of(f'lower(trim({column}))', words)}))"
    return _unless_begun_otherwise(column, words, slow)


def says(column: str, words: tuple[str, ...]) -> str:
    """Say whether a cell is one of some words, in capitals or not; not where it is missing."""
    longest = max(len(word.encode()) for word in words)
    test = f"coalesce(strlen({column}) <= {longest}, false) AND {one_of(f'lower({column})', words)}"
    return _unless_begun_otherwise(column, words, f"({test})")


def _unless_begun_otherwise(column: str, words: Iterable[str], test: str) -> str:
    """Skip a test for words where a cell begins as none of them does: most cells do, and comparing text is quick.

    None of them begins with a letter and a digit, as ids often do.
    """
    other = " OR ".join(begun.replace("?", column) for begun in _others(tuple(words)))
    return f"(CASE WHEN {other} THEN false ELSE {test} END)"


@cache
def _others(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tests of a column, named ``?``, for beginnings that no word has."""
    firsts = {first for word in words for first in (word[:1].upper(), word[:1].lower())}
    signs = "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz"
    free = "".join(sign if sign not in firsts else " " for sign in signs).split()
    other = [f"? >= '{run[0]}' AND ? < '{chr(ord(run[-1]) + 1)}'" for run in free]
    if not any(word[1:2].isdigit() for word in words):
        other += [f"? >= '{sign}0' AND ? < '{sign}:'" for sign in signs[11:37] if sign in firsts]
    return tuple(other)


def number(column: str, *, decimal: str = "point", native: bool = False, is_bare: bool = False) -> str:
    """Read a number: separators, currency signs, percent, full-width digits, ``(1,234)`` and ``123-`` negatives.

    Unreadable cells give NULL, and so do cells that belong to the other decimal style (``1,50`` among points): reading
    them as 150 would be a hundred times too much. ``native`` says that the file types the column itself: ``t<i>`` holds
    it beside the text ``c<i>``; ``is_bare`` that every cell is known to be written as ``BARE_NUMBER``. A number as a
    program writes it is read by a cast alone.
    """
    if native:
        return f"TRY_CAST(t{column[1:]} AS {MONEY})"
    if is_bare and decimal == "point":
        return f"TRY_CAST({column} AS {MONEY})"
    bare = "v"
    signed = f"regexp_matches({bare}, '^\\s*\\(.*\\)\\s*$|-\\s*$|^\\s*[^0-9]*[-−]')"
    figures = f"regexp_replace(regexp_replace({bare}, {literal(CURRENCY)}, '', 'gi'), {literal(UNIT)}, '', 'gi')"
    digits = f"regexp_replace({figures}, '[^0-9.,eE%+-]', '', 'g')"
    unsigned = f"regexp_replace(ltrim({digits}, '-+'), '[-+]$|%$', '')"
    if decimal == "comma":
        unsigned = f"replace(replace({unsigned}, '.', ''), ',', '.')"
        first = f"CASE WHEN NOT contains({column}, '.') THEN TRY_CAST({column} AS {MONEY}) END"
    else:
        unsigned = f"replace({unsigned}, ',', '')"
        first = f"TRY_CAST({column} AS {MONEY})"
    fits = f"regexp_full_match({bare}, {literal(_sql_number(decimal))}, 'i')"
    slow = (
        f"CASE WHEN {fits} THEN TRY_CAST(CASE WHEN {signed} THEN -1 ELSE 1 END * "
        f"(TRY_CAST({unsigned} AS {MONEY}) * {times(bare)}) AS {MONEY}) END"
    )
    # The lambda names what would be long to write, and is written a dozen times.
    cell = f"regexp_replace({unwrapped(half_width(column))}, {literal(PRICE_END)}, '\\1\\2', 'i')"
    return or_else(first, f"list_transform([{cell}], lambda v: {slow})[1]")


def product(first: str, second: str) -> str:
    """Multiply two numbers; NULL where one is missing or the product is too large for money.

    Most are small, and DuckDB multiplies decimals of 18 digits twenty times as fast as wider ones, but stops with an
    error at a product of 19 digits: 1,000 times 1,000 with six decimals each.
    """

    def times(digits: int) -> str:
        parts = (f"TRY_CAST({part} AS DECIMAL({digits},6))" for part in (first, second))
        return f"TRY_CAST({' * '.join(parts)} AS {MONEY})"

    return f"CASE WHEN abs({first}) < 1000 AND abs({second}) < 1000 THEN {times(18)} ELSE {times(19)} END"


def _sql_number(decimal: str) -> str:
    """Narrow the pattern to one decimal style: groups end in three digits, and the decimal mark comes once and last."""
    group, mark = (r"\.", ",") if decimal == "comma" else (",", r"\.")
    digits = rf"(?:\d{{1,3}}(?:[{group}'’\s]\d{{2,3}})*[{group}'’\s]\d{{3}}|\d+)(?:{mark}\d*)?|{mark}\d+"
    return _NUMBER.pattern.removeprefix("^").removesuffix("$").replace(_ANY_DIGITS, f"(?:{digits})")


def column_style(connection: duckdb.DuckDBPyConnection, rows: str, column: str) -> str:
    """Return the decimal style of a whole column: both marks are looked at, and points alone need no decision."""
    cells = []
    for mark in ",.":
        found = fetch_rows(
            connection, f"SELECT DISTINCT {column} FROM {rows} WHERE contains({column}, '{mark}') ORDER BY 1 LIMIT 5000"
        )
        if not found and mark == ",":
            return "point"
        cells += [cell for (cell,) in found]
    return decimal_style(cells)


def identifier(column: str, *, nothing: tuple[str, ...] = NOTHING, is_bare: bool = False) -> str:
    """Read an identifier as text: trimmed, plain digits, without the ``.0`` and commas that a number column leaves.

    An id of plain letters, digits and dashes alone is taken as it stands, which is ten times quicker; ``is_bare`` says
    that all cells are known to be of that kind (``BARE_ID``).
    """
    if is_bare:
        return f"CASE WHEN NOT {is_nothing(column, nothing)} THEN {column} END"
    known = f"strlen({column}) = length({column}) AND NOT {one_of(f'left({column}, 1)', KEPT_TEXT)}"
    text = f"trim(nfc_normalize({unwrapped(_translated(column, FULL_WIDTH + _WIDE_LETTERS, HALF_WIDTH + _LETTERS))}))"
    whole = "regexp_replace({0}, '^(\\d+)\\.0+$', '\\1')"
    return (
        f"CASE WHEN {is_nothing(column, nothing)} THEN NULL WHEN regexp_full_match({column}, {literal(BARE_ID)}) "
        f"THEN {column} WHEN contains({column}, '@') THEN lower({text}) "
        f"WHEN {known} AND NOT contains({column}, ',') THEN nullif(CASE WHEN contains({column}, '.0') "
        f"THEN {whole.format(f'trim({column}, {literal(BLANKS)})')} ELSE trim({column}, {literal(BLANKS)}) END, '') "
        f"WHEN regexp_full_match({text}, '\\d{{1,3}}(,\\d{{3}})+(\\.0+)?') "
        f"THEN replace(regexp_replace({text}, '\\.0+$', ''), ',', '') "
        f"ELSE nullif({whole.format(text)}, '') END"
    )


def category(column: str) -> str:
    """Read a category: trimmed, inner runs of spaces as one."""
    inside = (f"contains({column}, {sign})" for sign in ("'  '", "chr(9)", "chr(10)", "chr(13)"))
    untidy = " OR ".join((f"{column} < '!'", f"suffix({column}, ' ')", *inside))  # below "!": empty or a blank at first
    return f"CASE WHEN {untidy} THEN nullif(trim(regexp_replace({column}, '\\s+', ' ', 'g')), '') ELSE {column} END"


def looks_like_number(text: str) -> bool:
    """Say whether a cell reads as a number in either decimal style.

    Examples
    --------
    >>> [looks_like_number(text) for text in ("1,234.50", "(12)", "¥3", "５％", "2024-01-01", "A1")]
    [True, True, True, True, False, False]
    """
    # Runs of blanks as one: the pattern allows them in many places, and would try every way to share a long run out.
    text = " ".join(plain(text).split())
    return bool(_NUMBER.match(re.sub(PRICE_END, r"\1\2", text, flags=re.IGNORECASE)))


def decimal_style(cells: Iterable[str]) -> str:
    """Return ``"comma"`` when the cells can only be read with a decimal comma, else ``"point"``.

    Examples
    --------
    >>> decimal_style(["1.234,50", "3,99"]), decimal_style(["1,234", "5.5"]), decimal_style(["1,234"])
    ('comma', 'point', 'point')
    """
    comma = point = 0
    for cell in cells:
        text = re.sub(r"^\D+", "", plain(cell))
        # Backwards: to look for the end from every place costs the square of a long cell.
        text = re.sub(r"^[^\d.,]+", "", text[::-1])[::-1]
        last_comma, last_point = text.rfind(","), text.rfind(".")
        if last_comma >= 0 and last_point >= 0:
            comma += last_comma > last_point
            point += last_point > last_comma
        elif last_comma >= 0:
            tail = text[last_comma + 1 :]
            comma += text.count(",") == 1 and tail.isdigit() and len(tail) != 3
            point += text.count(",") > 1
        elif last_point >= 0:
            tail = text[last_point + 1 :]
            point += text.count(".") == 1 and tail.isdigit() and len(tail) != 3
            comma += text.count(".") > 1
    return "comma" if comma > point else "point"
