"""Categories that are written in several ways: which words mean the same, and which mean nothing."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows, literal
from analysis.intake.cells.values import NOTHING, one_of
from analysis.intake.roles import header_score, roles

if TYPE_CHECKING:
    import duckdb

MOST_VALUES = 5_000  # a column with more is no list of categories
PLACES = ("country", "region")
MOSTLY_CODES = 0.9


def form(value: str) -> str:
    """Reduce a value to what it says: no case, width, spaces or signs between words.

    Examples
    --------
    >>> form(" Ｇoogle "), form("New  South-Wales") == form("new south wales")
    ('google', True)
    """
    plain = unicodedata.normalize("NFKC", value).casefold().strip()
    return re.sub(r"[\s_\-]+", " ", plain) if not plain.isdigit() else plain


@cache
def _synonyms() -> dict[str, dict[str, tuple[tuple[str, ...], ...]]]:
    entries = tomllib.loads(Path(__file__).with_name("synonyms.toml").read_text("utf-8"))
    return {
        role: {kind: tuple(tuple(form(word) for word in group) for group in groups) for kind, groups in entry.items()}
        for role, entry in entries.items()
    }


def merged(counts: Mapping[str, int], role: str, *, suggested: bool = False) -> dict[str, str]:
    """Say which values are read as which other.

    Parameters
    ----------
    counts : mapping of value to rows
    role : str
        Its certain synonyms count as the same; ``suggested`` asks for the uncertain ones instead, among values that
        differ in more than their form.

    Returns
    -------
    dict of value to value
        The most frequent way of writing stands for all; of equally frequent ones the first in order. Values that stay
        are not in it.

    Examples
    --------
    >>> merged({"Google": 5, "google": 2, "Bing": 1}, "channel"), merged({"男": 3, "M": 2, "Male": 1}, "gender")
    ({'google': 'Google'}, {'M': '男', 'Male': '男'})
    >>> merged({"NSW": 3, "New South Wales": 4}, "region", suggested=True)
    {'NSW': 'New South Wales'}
    """
    groups = _synonyms().get(role, {}).get("suggested" if suggested else "certain", ())
    meaning = {word: group[0] for group in groups for word in group}
    families: dict[str, list[str]] = {}
    for value in counts:
        plain = form(value)
        families.setdefault(meaning.get(plain, plain), []).append(value)
    found = {}
    for family in families.values():
        if suggested and len({form(value) for value in family}) < 2:
            continue
        best = min(family, key=lambda value: (-counts[value], value))
        found |= {value: best for value in family if value != best}
    return found


def nothing_words(role: str, header: str, values: Iterable[str]) -> tuple[str, ...]:
    """Return the words for nothing of a column of categories: "NA" stays where it is a place or a code.

    Examples
    --------
    >>> "na" in nothing_words("channel", "来源", ["web", "NA"]), "na" in nothing_words("extra", "Code", ["EU", "NA"])
    (True, False)
    """
    catalogue = roles()
    place = role in PLACES or any(header_score(header, catalogue[known]) >= 0.9 for known in PLACES)
    others = [value.strip() for value in values if value.strip().lower() not in NOTHING]
    codes = sum(1 for value in others if re.fullmatch(r"[A-Z]{2}", value))
    keep = place or (others and codes >= MOSTLY_CODES * len(others))
    return tuple(word for word in NOTHING if not (keep and word == "na"))


@dataclass(frozen=True)
class CategoryReading:
    """How a column of categories is read.

    Attributes
    ----------
    sql : str
        The value as SQL.
    counts : mapping of value to rows
        As written in the file, most frequent first; at most ``MOST_VALUES`` + 1.
    nothing : frozenset of str
        Values that stand for nothing.
    mapping : mapping of value to value
        What each is read as, where that differs.
    """

    sql: str
    counts: Mapping[str, int]
    nothing: frozenset[str]
    mapping: Mapping[str, str]


def read_category(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    raw: str,
    typed: str,
    *,
    role: str,
    header: str,
    merge: bool,
    auto_nothing: bool = True,
    chosen: Iterable[tuple[str, str]] = (),
) -> CategoryReading:
    """Decide how a category is read: nothing where its word says so, and one way of writing for each value.

    Parameters
    ----------
    rows : str
        SQL name of the relation.
    raw, typed : str
        The stored column, and its trimmed value as ``values.category`` writes it.
    merge : bool
        Merge values that differ only in form, or are certain synonyms.
    auto_nothing : bool
        Off when a person said which words stand for nothing; those are blank already.
    chosen : pairs of value and value
        What a person merged; these win over what is merged by itself.
    """
    found = fetch_rows(
        connection,
        f"SELECT v, sum(n) FROM (SELECT {typed} AS v, n FROM (SELECT {raw}, count(*) AS n FROM {rows} GROUP BY {raw})) "
        f"WHERE v IS NOT NULL GROUP BY v ORDER BY 2 DESC, 1 LIMIT {MOST_VALUES + 1}",
    )
    counts = {value: int(n) for value, n in found}
    words = nothing_words(role, header, counts) if auto_nothing else ()
    empty = frozenset(value for value in counts if value.strip().lower() in words)
    many = len(counts) > MOST_VALUES
    by_itself = merged({value: n for value, n in counts.items() if value not in empty}, role) if merge else {}
    mapping = follow({**({} if many else by_itself), **dict(chosen)})
    if many:
        test = one_of(f"lower(trim({typed}))", words) if words else ""
    else:
        test = one_of(typed, sorted(empty)) if empty else ""
    value = typed
    if mapping:
        pairs = ", ".join(f"{literal(old)}: {literal(new)}" for old, new in sorted(mapping.items()))
        value = f"coalesce(MAP {{{pairs}}}[{typed}], {typed})"
    sql = f"CASE WHEN NOT coalesce({test}, false) THEN {value} END" if test else value
    return CategoryReading(sql, counts, empty, mapping)


def follow(mapping: Mapping[str, str]) -> dict[str, str]:
    """Follow merges of merges to their end, so that merging twice changes nothing; circles are left as they stand.

    Examples
    --------
    >>> follow({"a": "b", "b": "c"}), follow({"a": "b", "b": "a"})
    ({'a': 'c', 'b': 'c'}, {})
    """
    found = {}
    for value in mapping:
        seen, last = {value}, mapping[value]
        while last in mapping and last not in seen:
            seen.add(last)
            last = mapping[last]
        if last not in seen and last != value:
            found[value] = last
    return found
