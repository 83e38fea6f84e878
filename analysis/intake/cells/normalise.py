"""One spelling for what identifies a person: phones, e-mails, id numbers, names and keys, as DuckDB expressions.

Every function takes an SQL expression of text and returns one that gives the normal form, or NULL where the cell cannot
identify anybody: masked, too short, a placeholder such as ``00000000``, digits destroyed by a spreadsheet.
"""

from __future__ import annotations

from analysis.engine import literal
from analysis.intake.cells.values import INVISIBLE

_FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\u00a0\u202f\u2009‐‑–—−"
_HALF = "".join(chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)) + "    -----"
_ODD = f"[！-～{_FULL[94:]}{INVISIBLE}]"
_CHINESE_MOBILE = "0?1[3-9][0-9]{9}"
_CHINESE_ID = "[1-9][0-9]{5}(18|19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9X]"
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 15


def plain(column: str) -> str:
    """Turn full-width characters into plain ones, drop invisible ones, trim.

    Examples
    --------
    >>> import duckdb
    >>> duckdb.sql(f"SELECT {plain('c')} FROM (VALUES ('　Ａ１＠ｂ\u200b')) v(c)").fetchall()
    [('A1@b',)]
    """
    # Translating costs more than everything else together, so only cells that need it are translated.
    needed = f"strlen({column}) <> length({column}) AND regexp_matches({column}, {literal(_ODD)})"
    translated = f"translate({column}, {literal(_FULL + INVISIBLE)}, {literal(_HALF)})"
    return f"trim(CASE WHEN {needed} THEN {translated} ELSE {column} END, ' \t\r\n')"


def phone(column: str) -> str:
    """Read a phone number: signs and blanks go, a Chinese mobile and any number with a country code begin with ``+``.

    A number without country code stays as its digits, because nothing says where it is; an extension identifies a
    desk, not a person, so such a cell gives NULL.

    Examples
    --------
    >>> import duckdb
    >>> cells = "('138 0013-8001'), ('+86 13800138001'), ('020 7946 0958'), ('+44 (0)20 7946 0958'), ('138****8001')"
    >>> [found for (found,) in duckdb.sql(f"SELECT {phone('c')} FROM (VALUES {cells}) v(c)").fetchall()]
    ['+8613800138001', '+8613800138001', '02079460958', '+442079460958', None]
    """
    written = (
        f"replace(regexp_replace(regexp_replace({plain(column)}, '\\.0+$', ''), "
        "'(?i)^(tel|phone|mobile|手机|电话)[号码]*[:.\\s]*', ''), '(0)', '')"
    )
    digits = f"regexp_replace({written}, '[^0-9]', '', 'g')"
    plus = f"contains({written}, '+')"
    last = f"right({digits}, 7)"
    size = f"BETWEEN {_SHORTEST_PHONE} AND {_LONGEST_PHONE}"
    return (
        f"CASE WHEN NOT regexp_full_match({written}, '[0-9+()./\\s-]+') "
        f"OR length(replace({last}, left({last}, 1), '')) = 0 THEN NULL "
        f"WHEN regexp_full_match({digits}, CASE WHEN {plus} THEN '86{_CHINESE_MOBILE}' "
        f"ELSE '((00)?86)?{_CHINESE_MOBILE}' END) THEN '+86' || right({digits}, 11) "
        f"WHEN {plus} AND length({digits}) {size} THEN '+' || {digits} "
        f"WHEN starts_with({digits}, '00') AND length({digits}) - 2 {size} THEN '+' || substr({digits}, 3) "
        f"WHEN length({digits}) {size} THEN {digits} END"
    )


def email(column: str) -> str:
    """Read an e-mail address: lower case, plain ``@``, no blanks; dots and ``+tags`` stay, they can be two people.

    Examples
    --------
    >>> import duckdb
    >>> cells = "(' Ann.Lee@Example.COM'), ('ann.lee＠example.com '), ('mailto:ann@x.io'), ('n/a')"
    >>> [found for (found,) in duckdb.sql(f"SELECT {email('c')} FROM (VALUES {cells}) v(c)").fetchall()]
    ['ann.lee@example.com', 'ann.lee@example.com', 'ann@x.io', None]
    """
    tidy = f"rtrim(regexp_replace(lower({plain(column)}), '^mailto:|[\\s<>]', '', 'g'), '.,;')"
    return f"CASE WHEN regexp_full_match({tidy}, '[^@,;*]+@[^@,;*]+\\.[^@,;*.]{{2,}}') THEN {tidy} END"


def id_number(column: str) -> str:
    """Read an identity, passport or tax number: capital letters (``x`` and ``X`` are one), no blanks or dashes.

    Examples
    --------
    >>> import duckdb
    >>> cells = "('11010119900307 123x'), ('11010119900307123X'), ('110101199003071000'), ('1.10101E+17'), ('12')"
    >>> [found for (found,) in duckdb.sql(f"SELECT {id_number('c')} FROM (VALUES {cells}) v(c)").fetchall()]
    ['11010119900307123X', '11010119900307123X', None, None, None]
    """
    tidy = f"regexp_replace(regexp_replace(upper({plain(column)}), '\\.0+$', ''), '[\\s./()-]', '', 'g')"
    return (
        f"CASE WHEN regexp_full_match({tidy}, '[0-9A-Z]{{6,30}}') AND length(replace({tidy}, left({tidy}, 1), '')) > 0 "
        f"AND regexp_matches({tidy}, '[0-9].*[0-9].*[0-9].*[0-9]') AND NOT {digits_lost(column)} THEN {tidy} END"
    )


def name(column: str) -> str:
    """Read a name for comparison: lower case, one blank between words, no points or dashes; masked names give NULL."""
    tidy = f"trim(regexp_replace(lower({plain(column)}), '[\\s.,·''\"_-]+', ' ', 'g'))"
    return f"CASE WHEN length({tidy}) > 1 AND NOT contains({tidy}, '*') THEN {tidy} END"


def same_key(column: str) -> str:
    """Reduce an identifier to what case, blanks, leading zeros and a trailing ``.0`` leave of it.

    Examples
    --------
    >>> import duckdb
    >>> cells = "('c 01'), ('C01'), ('00123'), ('123.0'), ('0')"
    >>> [found for (found,) in duckdb.sql(f"SELECT {same_key('c')} FROM (VALUES {cells}) v(c)").fetchall()]
    ['c01', 'c01', '123', '123', '0']
    """
    tidy = f"regexp_replace(regexp_replace(lower({plain(column)}), '\\s+', '', 'g'), '^([0-9]+)\\.0+$', '\\1')"
    return f"CASE WHEN {tidy} <> '' THEN coalesce(nullif(ltrim({tidy}, '0'), ''), '0') END"


def loose_key(column: str) -> str:
    """Reduce an identifier further, to its letters and digits: ``GTX Pro``, ``GTX-Pro`` and ``GTXPro`` are one."""
    return f"nullif(regexp_replace({same_key(column)}, '[\\s\\p{{P}}\\p{{S}}]+', '', 'g'), '')"


def id_as_mark(column: str) -> dict[str, str]:
    """Return what an id itself can say when it is a phone, an e-mail or an id number, by kind.

    A plain run of digits is no phone here: only a Chinese mobile or a number with its country code is.
    """
    number = phone(column)
    identity = id_number(column)
    return {
        "phone": f"CASE WHEN starts_with({number}, '+') THEN {number} END",
        "email": email(column),
        "id_number": f"CASE WHEN regexp_full_match({identity}, '{_CHINESE_ID}') THEN {identity} END",
    }


def digits_lost(column: str) -> str:
    """Say whether a spreadsheet has destroyed digits: ``6.9E+12`` as text, or more than 15 digits ending in zeros.

    A spreadsheet keeps 15 digits and writes zeros for the rest. One zero after the 15th digit proves nothing (see
    ``identifiers`` for a whole column), so two are asked for.

    Examples
    --------
    >>> import duckdb
    >>> cells = "('6.9E+12'), ('6.9e12'), ('110101199003070000'), ('110101199003071230'), ('4E5'), (NULL)"
    >>> [found for (found,) in duckdb.sql(f"SELECT {digits_lost('c')} FROM (VALUES {cells}) v(c)").fetchall()]
    [True, True, True, False, False, False]
    """
    return f"({scientific(column)} OR {zeros_after_15(column)} >= 2)"


def scientific(column: str) -> str:
    """Say whether a cell is a number in scientific notation; ``4E5`` is a code, for want of a point or plus."""
    written = "[0-9](\\.[0-9]+)?[eE]\\+?(0?[5-9]|[1-4][0-9])"
    return (
        f"coalesce(strlen({column}) BETWEEN 4 AND 40 AND (contains({column}, '.') OR contains({column}, '+')) "
        f"AND regexp_full_match(trim({column}), '{written}'), false)"
    )


def zeros_after_15(column: str) -> str:
    """Return how many digits follow the 15th when all of them are zeros, else 0."""
    digits = f"regexp_replace(trim({column}), '\\.0+$', '')"
    return (
        f"CASE WHEN strlen({column}) BETWEEN 16 AND 60 AND regexp_full_match({digits}, '[0-9]{{15}}0+') "
        f"THEN length({digits}) - 15 ELSE 0 END"
    )
