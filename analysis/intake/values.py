"""What a cell of text says: nothing, a number, an identifier. As DuckDB expressions over a text column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# Words that stand for nothing in a key or a number column. "NA" is not among them for categories: it is a country.
NOTHING = (
    "", "null", "none", "nan", "n/a", "#n/a", "na", "-", "--", "—", "/", "\\n", "无", "未知", "空", "暂无", "不详",
    "(blank)", "(null)", "<null>", "unknown", "?", "nil", "#value!", "#ref!", "select",
)  # fmt: skip
TOTAL_WORDS = ("合计", "总计", "小计", "总 计", "合 计", "total", "grand total", "subtotal", "sum", "汇总", "累计")
FULL_WIDTH = "０１２３４５６７８９．，－＋（）％：／\u3000\u00a0\u202f\u2009"
HALF_WIDTH = "0123456789.,-+()%:/    "
_TO_HALF_WIDTH = str.maketrans(FULL_WIDTH, HALF_WIDTH)
MONEY = "DECIMAL(24,6)"
_CURRENCY = r"(?:[¥￥$€£₩₹฿]|RMB|CNY|USD|EUR|GBP|HK\$|NT\$|US\$|元|圆)"
_ANY_DIGITS = r"(?:\d[\d,.'\s]*\d|\d)"
_NUMBER = re.compile(
    rf"^\(?\s*[-+−]?\s*{_CURRENCY}?\s*[-+−]?\s*{_ANY_DIGITS}(?:[eE][-+]?\d+)?\s*[%％]?\s*{_CURRENCY}?\s*\)?-?$",
    re.I,
)


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Write texts as an SQL list of literals."""
    return ", ".join(literal(text) for text in texts)


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


def half_width(column: str) -> str:
    """Turn full-width digits and signs into plain ones."""
    return f"translate({column}, {literal(FULL_WIDTH)}, {literal(HALF_WIDTH)})"


def is_nothing(column: str, words: tuple[str, ...] = NOTHING) -> str:
    """Say whether a cell is empty or one of the words for nothing."""
    words = tuple(dict.fromkeys(("", *words)))
    longest = max(len(word.encode()) for word in words) + 4
    slow = f"({column} IS NULL OR (strlen({column}) <= {longest} AND {one_of(f'lower(trim({column}))', words)}))"
    return _unless_begun_otherwise(column, words, slow)


def says_total(column: str) -> str:
    """Say whether a cell is a word for a total; not where it is missing."""
    return _unless_begun_otherwise(column, TOTAL_WORDS, f"coalesce({one_of(f'lower({column})', TOTAL_WORDS)}, false)")


def _unless_begun_otherwise(column: str, words: Iterable[str], test: str) -> str:
    """Skip a test for words where a cell begins as none of them does: most cells do, and comparing text is quick."""
    firsts = {letter for word in words for letter in (word[:1].upper(), word[:1].lower())}
    other = [
        f"{column} >= '{low}' AND {column} < '{above}'"
        for low, above in (("0", ":"), ("A", "G"), ("A", "N"), ("H", "S"), ("O", "S"), ("U", "["))
        if not any(low <= first < above for first in firsts)
    ]
    return f"(CASE WHEN {' OR '.join(other)} THEN false ELSE {test} END)" if other else test


def number(column: str, *, decimal: str = "point", native: bool = False) -> str:
    """Read a number: separators, currency signs, percent, full-width digits, ``(1,234)`` and ``123-`` negatives.

    Unreadable cells give NULL, and so do cells that belong to the other decimal style (``1,50`` among points): reading
    them as 150 would be a hundred times too much. ``native`` says that the file types the column itself: ``t<i>`` holds
    it beside the text ``c<i>``. A number as a program writes it is read by a cast alone.
    """
    if native:
        return f"TRY_CAST(t{column[1:]} AS {MONEY})"
    plain = half_width(column)
    signed = f"regexp_matches({plain}, '^\\s*\\(.*\\)\\s*$|-\\s*$|^\\s*[^0-9]*[-−]')"
    digits = f"regexp_replace({plain}, '(?i)rmb|cny|usd|eur|gbp|[^0-9.,e%+-]', '', 'g')"
    unsigned = f"regexp_replace(ltrim({digits}, '-+'), '[-+]$|%$', '')"
    if decimal == "comma":
        unsigned = f"replace(replace({unsigned}, '.', ''), ',', '.')"
        first = f"CASE WHEN NOT contains({column}, '.') THEN TRY_CAST({column} AS {MONEY}) END"
    else:
        unsigned = f"replace({unsigned}, ',', '')"
        first = f"TRY_CAST({column} AS {MONEY})"
    fits = f"regexp_full_match({plain}, {literal(_sql_number(decimal))}, 'i')"
    share = f"CASE WHEN {plain} LIKE '%\\%%' ESCAPE '\\' THEN 0.01 ELSE 1.00 END"
    slow = (
        f"CASE WHEN {fits} THEN TRY_CAST(CASE WHEN {signed} THEN -1 ELSE 1 END * "
        f"(TRY_CAST({unsigned} AS {MONEY}) * {share}) AS {MONEY}) END"
    )
    return or_else(first, slow)


def _sql_number(decimal: str) -> str:
    """Narrow the pattern to one decimal style: groups end in three digits, and the decimal mark comes once and last."""
    group, mark = (r"\.", ",") if decimal == "comma" else (",", r"\.")
    digits = rf"(?:\d{{1,3}}(?:[{group}'\s]\d{{2,3}})*[{group}'\s]\d{{3}}|\d+)(?:{mark}\d*)?|{mark}\d+"
    return _NUMBER.pattern.removeprefix("^").removesuffix("$").replace(_ANY_DIGITS, f"(?:{digits})")


def column_style(connection: duckdb.DuckDBPyConnection, rows: str, column: str) -> str:
    """Return the decimal style of a whole column: both marks are looked at, and points alone need no decision."""
    cells = []
    for mark in ",.":
        found = connection.execute(
            f"SELECT DISTINCT {column} FROM {rows} WHERE contains({column}, '{mark}') ORDER BY 1 LIMIT 5000"
        ).fetchall()
        if not found and mark == ",":
            return "point"
        cells += [cell for (cell,) in found]
    return decimal_style(cells)


def identifier(column: str, *, nothing: tuple[str, ...] = NOTHING) -> str:
    """Read an identifier as text: trimmed, plain digits, without the ``.0`` that a number column leaves behind.

    An id of plain letters, digits and dashes alone is taken as it stands, which is ten times quicker.
    """
    return (
        f"CASE WHEN {is_nothing(column, nothing)} THEN NULL WHEN regexp_full_match({column}, '[0-9A-Za-z_-]+') "
        f"THEN {column} ELSE regexp_replace(trim({half_width(column)}), '^(\\d+)\\.0+$', '\\1') END"
    )


def category(column: str) -> str:
    """Read a category: trimmed, inner runs of spaces as one."""
    spaced = " OR ".join(f"contains({column}, {sign})" for sign in ("'  '", "chr(9)", "chr(10)", "chr(13)"))
    inner = f"CASE WHEN {spaced} THEN regexp_replace({column}, '\\s+', ' ', 'g') ELSE {column} END"
    return f"nullif(trim({inner}), '')"


def looks_like_number(text: str) -> bool:
    """Say whether a cell reads as a number in either decimal style.

    Examples
    --------
    >>> [looks_like_number(text) for text in ("1,234.50", "(12)", "¥3", "５％", "2024-01-01", "A1")]
    [True, True, True, True, False, False]
    """
    return bool(_NUMBER.match(text.translate(_TO_HALF_WIDTH).strip()))


def decimal_style(cells: Iterable[str]) -> str:
    """Return ``"comma"`` when the cells can only be read with a decimal comma, else ``"point"``.

    Examples
    --------
    >>> decimal_style(["1.234,50", "3,99"]), decimal_style(["1,234", "5.5"]), decimal_style(["1,234"])
    ('comma', 'point', 'point')
    """
    comma = point = 0
    for cell in cells:
        text = cell.strip().rstrip("%€元 ")
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
