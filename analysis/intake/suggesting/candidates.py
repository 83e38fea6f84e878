"""Which columns may tell the customers of a table apart, scored on everything that speaks for or against each."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.intake.cells.values import identifier
from analysis.intake.headings import words_for
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import IGNORE, TWO_ROWS, Evidence, header_score, normal, roles
from analysis.intake.suggesting.against import is_nobody, part_of_name
from analysis.intake.suggesting.other_money import written_as_money

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.tables import RawTable

GIVEN = re.compile(r"^(?:firstname|givenname|forename|vorname|prenom|voornaam|imie|名)$")
PERSONAL = ("email", "phone", "name", "company")  # roles by which people are told apart when no number is there
BARE = ("id", "编号", "序号", "no", "nr", "number")  # of what, nobody says
MOST_LOOKED_AT = 12
INSIDE = 4  # letters from which a word counts inside a longer one
SURE_ALONE = 0.98  # different values to rows, from which a column has one value for each row
LEAST_BACK = 0.15  # values that come back on another day, from which that speaks for a customer
SAMPLED_FROM = 1_000_000  # different values; of more, whole values are sampled, with all their rows
SAMPLED = 250_000  # of them are looked at
VARIES = 0.1  # share of orders of several lines within which a customer's column may differ
FIRM = re.compile(
    r"(?i)\b(?:inc|ltd|llc|gmbh|ag|co|corp|company|group|s\.?a|s\.?r\.?l|b\.?v|kg|plc|pty|oy|ab|sp\. z o\.o)\b\.?|"
    r"公司|商行|集团|工厂|株式会社|有限|ооо|зао"
)
_UPPER = "A-ZÀ-ÞŁŚŻČŠŽА-Я"
PERSON = re.compile(
    rf"[{_UPPER}][^\W\d_]*(?:[.'’-][^\W\d_]*)?(?: (?:van|de|den|der|von|da|di|del|bin|al))*"
    rf"(?: [{_UPPER}][^\W\d_]*(?:[.'’-][^\W\d_]*)?){{1,2}}$"
)
CODED = re.compile(
    r"[A-Za-z]{0,6}[-_#]?\d{3,}[A-Za-z]?$|(?=.*\d)[0-9a-fA-F-]{8,}$|[A-Za-z]+[-_]?\d+$|"
    r"(?=(?:.*\d){2})[0-9A-Za-z#][0-9A-Za-z_#./:-]{4,}$"
)


@dataclass(frozen=True)
class Candidate:
    """One column that may tell the customers apart.

    Attributes
    ----------
    name, place : header and place of the column
    score : float
        How much speaks for it, 0..1.
    codes : tuple of str
        What speaks for it, the strongest first; the sentences are ``evidence.<code>``.
    n : int
        Different values: the customers that it would give; of more than a million, and of ``come_back``, an estimate.
    come_back : int
        Those of them that stand on more than one day or order.
    fill : float
        Share of the rows with a value.
    named : bool
        Its whole header names the customer or personal data.
    joins : str
        Header of the column of another table, named there, that holds the same values; with its table.
    """

    name: str
    place: int
    score: float
    codes: tuple[str, ...]
    n: int
    come_back: int
    fill: float
    named: bool = False
    joins: str = ""


@cache
def _words() -> dict[str, tuple[str, ...]]:
    listed = tomllib.loads(Path(__file__).with_name("people.toml").read_text("utf-8"))
    listed["for"] = [*listed["for"], *words_for("customer"), *words_for("lead")]
    return {key: tuple(dict.fromkeys(map(_plain, words))) for key, words in listed.items()}


def _plain(text: str) -> str:
    return " ".join(normal(part) for part in text.split())


@cache
def speaks(header: str) -> str | None:
    """Say whether the words of a header speak for a customer: ``for``, ``business``, ``against`` or None.

    Examples
    --------
    >>> speaks("household_id"), speaks("Customer type"), speaks("CompanyName"), speaks("ref")
    ('for', 'against', 'business', None)
    """
    words = _tokens(header)
    whole = normal(header)
    if len(words) > 1 and words[0] in ("number", "no", "n", "num", "nr") and words[-1] not in ("id", "no"):
        return "against"

    def said(key: str) -> bool:
        return any(
            (word in whole and len(word) > 1)
            if _has_no_blanks(word)
            else any(_starts_or_ends(token, word) for token in words)
            for word in _words()[key]
        )

    return next((key for key in ("against", "business", "for") if said(key)), None)


def owns(header: str, headers: Sequence[str]) -> bool:
    """Say whether a header names the owner of what stands beside: a pet, a car; not that of an account or a deal.

    Examples
    --------
    >>> owns("Owner", ["Owner", "Animal"]), owns("车辆所有者", ["车牌号"]), owns("Owner", ["Deal", "Amount"])
    (True, True, False)
    >>> owns("Account Owner", ["Car model"])
    False
    """
    named = _tokens(header)
    if not _said(header, "owner") or any(
        word in ("account", "deal", "lead", "opportunity", "record") for word in named
    ):
        return False
    return _said(header, "owned") or any(_said(other, "owned") for other in headers if other != header)


def own_words(header: str, headers: Sequence[str]) -> str:
    """Return what a header says of its own column, where a heading above it names the customer for several.

    Of the columns under that heading one names who it is; another holds their level, their course or their horse.

    Examples
    --------
    >>> headers = ["Student / Name", "Student / Course", "Customer / Code"]
    >>> [own_words(header, headers) for header in headers]
    ['Student / Name', 'Course', 'Customer / Code']
    """
    above, between, below = header.rpartition(TWO_ROWS)
    beside = [other for other in headers if other != header and other.startswith(above + TWO_ROWS)]
    return below if between and not _names_somebody(header) and any(map(_names_somebody, beside)) else header


def _names_somebody(header: str) -> bool:
    below = header.rpartition(TWO_ROWS)[2]
    bare = normal(below) in BARE or bool(GIVEN.match(normal(below)))
    return bare or any(header_score(below, roles()[role]) >= 0.9 for role in ("customer_id", *PERSONAL))


def is_tax_number(header: str) -> bool:
    """Say whether a header names the number by which a tax office knows somebody.

    Examples
    --------
    >>> [is_tax_number(one) for one in ("CPF/CNPJ", "Customer VAT No.", "购方税号", "VAT amount", "Recipient")]
    [True, True, True, False, False]
    """
    words = _tokens(header)
    joined = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    return any(
        word.replace(" ", "") in joined or (_has_no_blanks(word) and word in normal(header))
        for word in _words()["tax_number"]
    )


def _said(header: str, key: str) -> bool:
    words, whole = _tokens(header), normal(header)
    spaced = " ".join(words)
    return any(
        (word in whole if _has_no_blanks(word) else word in words or (" " in word and word in spaced))
        for word in _words()[key]
    )


def _tokens(header: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    return [word for word in (normal(part) for part in re.split(r"[\W_\d]+", spaced)) if word]


def _has_no_blanks(word: str) -> bool:
    """Say whether a word is of a script that is written without blanks, or is glued to others."""
    return any(ord(sign) >= 0x0E00 for sign in word) or any(0x0600 <= ord(sign) < 0x0700 for sign in word)


def _starts_or_ends(token: str, word: str) -> bool:
    if token == word:
        return True
    if len(word) < INSIDE or token in (*_words()["for"], *_words()["business"]):
        return False
    return token.startswith(word) or token.endswith(word)


def candidates(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    table: RawTable,
    evidence: Sequence[Evidence],
    taken: Sequence[str],
) -> tuple[Candidate, ...]:
    """Score the columns of an orders table that may tell customers apart, the best first; none is a veto of its own.

    Parameters
    ----------
    rows : str
        SQL that names the rows.
    taken : sequence of str
        The role suggested for each column, by which order, day and article are known.
    """
    order = taken.index("order_id") if "order_id" in taken else None
    day = taken.index("order_date") if "order_date" in taken else None
    owners = [place for place, header in enumerate(table.columns) if owns(header, table.columns)]
    heads = [own_words(header, table.columns) for header in table.columns]
    places = [
        place for place, seen in enumerate(evidence)
        if _may_be(heads[place], seen, taken[place], owner=place in owners)
    ]  # fmt: skip
    places.sort(key=lambda place: -_by_header(heads[place], evidence[place])[0])
    found = [
        _scored(connection, rows, heads[place], place, evidence, order, day, owner=place in owners)
        for place in places[:MOST_LOOKED_AT]
    ]
    named = [replace(one, name=table.columns[one.place]) for one in found if one is not None]
    return tuple(sorted(named, key=lambda one: (-one.score, one.place)))


def _may_be(header: str, seen: Evidence, role: str, *, owner: bool = False) -> bool:
    """Veto what is never a customer: one value, money, days, yes or no, articles, books, counts, kinds, staff."""
    if seen.n_distinct <= 1 or seen.decimal_share > 0.05 or seen.kind in ("date", "flag", "empty"):
        return False
    if role not in (IGNORE, "customer_id", "id_number", *PERSONAL) or seen.fill < 0.2:
        return False
    if is_nobody(seen):
        return False
    named = any(header_score(header, roles()[role]) >= 0.9 for role in ("customer_id", *PERSONAL))
    money = seen.kind == "number" and (written_as_money(seen) or words_of("paying").says(header, "top_up"))
    speaks_for = owner or is_tax_number(header) or (speaks(header) != "against" and not money)
    return named or (speaks_for and not (is_kind(header, seen) and not owner))


def is_kind(header: str, seen: Evidence) -> bool:
    """Say whether a column sorts customers into kinds, whatever its header: a few values in many rows, or its words.

    Examples
    --------
    >>> is_kind("Customer type", Evidence(60, 60, 2)), is_kind("customer id", Evidence(60, 60, 20))
    (True, False)
    """
    few = seen.n_distinct <= 3 and seen.n_filled >= 10 * seen.n_distinct
    return few or (speaks(header) == "against" and seen.n_distinct <= max(20, 0.05 * seen.n_filled))


def _by_header(header: str, seen: Evidence) -> tuple[float, tuple[str, ...], bool]:
    """Return what a header and the look of the cells are worth, before anything is counted."""
    if normal(header) in BARE:
        return 0.3, ("header",), False
    if header_score(header, roles()["customer_id"]) >= 0.9:
        return 0.9, ("header",), True
    worth = {"email": 0.6, "company": 0.5, "phone": 0.4, "name": 0.48}
    exact = next((key for key in worth if header_score(header, roles()[key]) >= 0.9), None)
    firms = sum(1 for cell in seen.examples if FIRM.search(cell)) >= 0.5 * max(1, len(seen.examples))
    if seen.personal == "email":
        return (0.65 if speaks(header) == "for" else 0.6), ("personal_email",), exact == "email"
    if speaks(header) in ("for", "business") and (part := part_of_name(header)):
        return (0.2 if part == "given" else 0.25), ("header_personal",), False
    if firms and seen.kind in ("text", "category"):
        return 0.5, ("firms",), exact in ("company", "name")
    if exact == "name" and GIVEN.match(normal(header)):
        return 0.2, ("header_personal",), False  # many people have it, and the family's stands beside
    if exact == "name" and (speaks(header) not in ("for", "business") or "姓名" in header):
        return 0.35, ("header_personal",), True  # a bare name may be that of two people
    if exact:
        return worth[exact], ("header_personal",), True
    if seen.personal == "phone":
        return 0.35, ("personal_phone",), False
    if (
        seen.kind in ("text", "category")
        and len(seen.examples) > 1
        and speaks(header) is None
        and all(map(is_person, seen.examples))
    ):
        return 0.15, ("people_like",), False
    if speaks(header) in ("for", "business"):
        return (0.45 if speaks(header) == "business" else 0.4), ("header_part",), False
    if is_tax_number(header):
        return 0.2, ("tax_number",), False
    return 0.0, (), False


def is_person(cell: str) -> bool:
    """Say whether a cell looks like a person's name: words with capitals, or a common family name and a few signs."""
    name = cell.strip()
    begins = name.startswith(_words()["surnames"]) and name.replace(" ", "").isalpha()
    return bool(PERSON.match(name)) or (begins and 2 <= len(name) <= 6)


def _scored(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    header: str,
    place: int,
    evidence: Sequence[Evidence],
    order: int | None,
    day: int | None,
    *,
    owner: bool = False,
) -> Candidate | None:
    seen = evidence[place]
    value = identifier(f"c{place}")
    one_in, sampled = _sample(seen, "v")
    order_sql = f"c{order}" if order is not None and order != place else "NULL"
    day_sql = f"c{day}" if day is not None else "NULL"
    n, back, filled, least, most, numbers = fetch_rows(
        connection,
        "SELECT count(*), count(*) FILTER (days > 1 OR orders > 1), coalesce(sum(n), 0), "
        "min(length(v)), max(length(v)), count(*) FILTER (regexp_full_match(v, '[0-9]+')) FROM "
        f"(SELECT v, count(*) AS n, count(DISTINCT o) AS orders, count(DISTINCT d) AS days FROM "
        f"(SELECT {value} AS v, {order_sql} AS o, {day_sql} AS d FROM {rows}) WHERE v IS NOT NULL{sampled} GROUP BY v)",
    )[0]
    n, back, filled = n * one_in, back * one_in, filled * one_in
    score, codes, named = (0.9, ("header",), True) if owner else _by_header(header, seen)
    varies = order is not None and order != place and n > 1 and _varies(connection, rows, value, order, evidence)
    if n <= 1 or (varies and set(codes) <= {"people_like"}):
        return None
    if varies and n >= SURE_ALONE * filled:
        score -= 0.5  # of a ticket, whatever it is called
    elif varies and not named:
        score -= 0.1
    told = list(codes)
    comes_back = back / n
    if comes_back >= LEAST_BACK:
        score += 0.2 * min(1.0, comes_back / 0.3)
        told.append("comes_back")
    numeric = numbers * one_in >= 0.9 * n
    coded = (numeric and least == most >= 4) or (
        not numeric and bool(seen.examples) and all(CODED.match(cell.strip()) for cell in seen.examples)
    )
    if coded and not {"header_personal", "personal_phone"} & set(codes):
        score += 0.1
        told.append("coded")
    elif numeric and not codes:
        score -= 0.2  # numbers of any length, and no word: a count
    if n >= SURE_ALONE * filled and not named:
        score -= 0.3
    if filled > 50 * n:
        score -= 0.15
    if not codes and not coded:
        score -= 0.1  # values alone, and they look like nothing in particular
    return Candidate(
        header, place, round(max(0.0, min(1.0, score)), 3), tuple(told), int(n), int(back), seen.fill, named
    )


def _sample(seen: Evidence, value: str) -> tuple[int, str]:
    """Return of how many different values one is looked at, and the test of that as SQL, to stand after another."""
    if seen.n_distinct <= SAMPLED_FROM:
        return 1, ""
    one_in = seen.n_distinct // SAMPLED
    return one_in, f" AND hash({value}) % {one_in} = 0"


def _varies(
    connection: duckdb.DuckDBPyConnection, rows: str, value: str, order: int, evidence: Sequence[Evidence]
) -> bool:
    """Say whether a column differs within orders of several lines: then it is of the line, not of the customer."""
    several, differ = fetch_rows(
        connection,
        f"SELECT count(*), count(*) FILTER (k > 1) FROM (SELECT count(DISTINCT v) AS k FROM "
        f"(SELECT {value} AS v, c{order} AS o FROM {rows}) WHERE v IS NOT NULL AND o IS NOT NULL"
        f"{_sample(evidence[order], 'o')[1]} GROUP BY o "
        "HAVING count(*) > 1)",
    )[0]
    return bool(several) and differ > VARIES * several


def belonging(connection: duckdb.DuckDBPyConnection, rows: str, fine: int, coarse: int) -> float:
    """Return the share of the values of one column that stand with a single value of another, 0..1."""
    value, other = identifier(f"c{fine}"), identifier(f"c{coarse}")
    share = fetch_rows(
        connection,
        f"SELECT avg((k = 1)::DOUBLE) FROM (SELECT count(DISTINCT w) AS k FROM (SELECT {value} AS v, {other} AS w "
        f"FROM {rows}) WHERE v IS NOT NULL AND w IS NOT NULL GROUP BY v)",
    )[0][0]
    return float(share or 0.0)


def joined(one: Candidate, other: str) -> Candidate:
    """Return a candidate whose values stand under a named key of another table."""
    return replace(one, score=min(1.0, one.score + 0.4), codes=("joins", *one.codes), joins=other)
