"""Yes or no: the one place that says which cells of a column mean yes and which mean no.

The words stand in ``booleans.toml``. Nothing else in the engine guesses: intake makes such a column BOOLEAN, its
feature is a ``flag``, and every later step sees True, False or missing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MOST_CELLS = 200  # ways of writing; a column with more is read no further
FEW_UNREAD = 0.02  # share of its filled rows that a yes/no column may hold in words that are neither
FEW_SLIPS = 0.05  # the same, of words that are one letter from yes or no
LEAST_LETTERS = 3  # of a word that can be a slip: of shorter ones another is meant as often
_AROUND = " \t\r\n\"'`’=.。!！"


@dataclass(frozen=True)
class Flags:
    """The cells of a yes/no column, as they are written, that mean yes and that mean no; every other one is missing.

    ``unread`` are the few that mean neither, such as a typing error. ``nothing_is_no``: the column is ticked or left
    empty, and an empty cell means no.
    """

    yes: frozenset[str]
    no: frozenset[str]
    unread: frozenset[str] = frozenset()
    nothing_is_no: bool = False


@dataclass(frozen=True)
class _Pair:
    yes: frozenset[str]
    no: frozenset[str]
    or_nothing: frozenset[str] = frozenset()


def read_flags(
    cells: Iterable[str], *, header: str = "", nothing: Collection[str] = (), asked: bool = False,
    rows: Mapping[str, int] | None = None, n_empty: int = 0,
) -> Flags | None:  # fmt: skip
    """Say which cells of a column are yes and which are no; None when the column is no yes/no column.

    Parameters
    ----------
    cells : iterable of str
        The different cells of the whole column.
    header : str
        Over 0 and 1, a header that counts (``n_orders``, 购买次数) keeps the column a number.
    nothing : collection of str
        Words that stand for nothing, where they are not the "no" of a pair.
    asked : bool
        A person says that the column is one: then one side of a pair is enough, as where everybody said yes.
    rows : mapping of str to int, optional
        Rows by cell: then a few words that are neither (typing errors) do not make the column another.

    n_empty : int
        Rows without a cell: beside them, ticks alone (x, ✓, 是) make a column one of yes and no.

    Examples
    --------
    >>> found = read_flags(["Yes", "no", "NO ", ""])
    >>> sorted(found.yes), sorted(found.no)
    (['Yes'], ['NO ', 'no'])
    >>> sorted(read_flags(["有", "无"], nothing=("无",)).no), sorted(read_flags(["是", "否", "无"], nothing=("无",)).no)
    (['无'], ['否'])
    >>> read_flags(["Male", "Female"]), read_flags(["no", "a few"]), read_flags(["0", "1"], header="n_orders")
    (None, None, None)
    >>> found = read_flags(["yes", "no", "yse"], rows={"yes": 60, "no": 39, "yse": 1})
    >>> sorted(found.yes), sorted(found.no), sorted(found.unread)
    (['yes'], ['no'], ['yse'])
    >>> found = read_flags(["x", "X"], n_empty=7)
    >>> sorted(found.yes), found.nothing_is_no, read_flags(["x", "X"])
    (['X', 'x'], True, None)
    """
    said = {cell: folded(cell) for cell in cells}
    words = {word for word in said.values() if word}
    if len(said) > MOST_CELLS:
        return None
    yes, no = _sides(words)
    empty = {folded(word) for word in nothing}
    ticked = not yes and n_empty > 0 and bool(words - empty) and words - empty <= _ticks()
    if ticked:
        yes, no = words - empty, words & empty
    elif asked and not yes:
        yes, no = _one_side(words)
    others = words - yes - no - empty
    if yes & no or not yes | no or (others and not (rows and _are_few(others, yes | no, said, rows))):
        return None
    if yes | no <= _numbers() and _counts(header):
        return None
    return Flags(
        frozenset(cell for cell, word in said.items() if word in yes),
        frozenset(cell for cell, word in said.items() if word in no),
        frozenset(cell for cell, word in said.items() if word in others),
        ticked,
    )


def _are_few(others: set[str], words: set[str], said: Mapping[str, str], rows: Mapping[str, int]) -> bool:
    """Say whether words beside yes and no are so few that the column is one of yes and no for all that.

    Numbers are never few: 0, 1 and seldom 2 is a count.
    """
    if words <= _numbers() or any(re.fullmatch(r"[-+]?[\d.,]+", word) for word in others):
        return False
    n_others = sum(rows.get(cell, 0) for cell, word in said.items() if word in others)
    n_filled = n_others + sum(rows.get(cell, 0) for cell, word in said.items() if word in words)
    are_slips = all(_is_slip(word, words) for word in others)
    return n_others <= (FEW_SLIPS if are_slips else FEW_UNREAD) * n_filled


def _is_slip(word: str, words: set[str]) -> bool:
    """Say whether a word is one letter from another: one more, one less, another, or two exchanged."""
    from rapidfuzz.distance import OSA

    return len(word) >= LEAST_LETTERS and any(OSA.distance(word, right, score_cutoff=1) <= 1 for right in words)


@cache
def happened_words() -> frozenset[str]:
    """Return the words by which a column that is headed as sent, answered or converted says that it happened."""
    return frozenset(folded(word) for word in _data()["happened"]["yes"]).union(*(pair.yes for pair in _pairs()))


def folded(cell: str) -> str:
    """Reduce a cell to its word: no case, width, quotes, invisible signs or full stop.

    Examples
    --------
    >>> folded(" ＹＥＳ."), folded("✔️"), folded('="TRUE"')
    ('yes', '✔', 'true')
    """
    plain = unicodedata.normalize("NFKC", cell).strip(_AROUND)
    if not plain.isascii():
        plain = "".join(sign for sign in plain if sign != "\ufe0f" and unicodedata.category(sign) != "Cf")
    return re.sub(r"\s+", " ", plain.casefold()).strip()


def _sides(words: set[str]) -> tuple[set[str], set[str]]:
    """Return the words that mean yes and those that mean no, of every pair of which both sides are there."""
    yes: set[str] = set()
    no: set[str] = set()
    for pair in (*_pairs(), *_begun_alike(words)):
        ours, theirs = words & pair.yes, words & pair.no or words & pair.or_nothing
        if ours and theirs:
            yes |= ours
            no |= theirs
    return yes, no


def _one_side(words: set[str]) -> tuple[set[str], set[str]]:
    """Return the words that some pair means by yes, and those by no."""
    pairs = (*_pairs(), *_begun_alike(words))
    return words & frozenset().union(*(p.yes for p in pairs)), words & frozenset().union(*(p.no for p in pairs))


def _begun_alike(words: set[str]) -> Iterable[_Pair]:
    """Make pairs of words that differ by their beginning: 已开通 and 未开通."""
    for entry in _data()["prefix"]:
        for word in words:
            begun = next((begin for begin in entry["yes"] if word.startswith(begin)), None)
            if begun and (rest := word.removeprefix(begun)):
                sides = (frozenset(begin + rest for begin in entry[side]) for side in ("yes", "no"))
                yield _Pair(*sides)


def _counts(header: str) -> bool:
    """Say whether a header counts or measures, and asks no question."""
    named = _data()["header"]
    plain = unicodedata.normalize("NFKC", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)).casefold()
    parts = set(re.findall(r"[^\W\d_]+", plain))
    if parts & set(named["asks"]) or any(word in plain for word in named["asks_inside"]):
        return False
    return bool(parts & set(named["counts"])) or any(word in plain for word in named["counts_inside"])


@cache
def _numbers() -> frozenset[str]:
    return next(pair.yes | pair.no for pair in _pairs() if "1" in pair.yes)


@cache
def _ticks() -> frozenset[str]:
    return frozenset(folded(word) for word in _data()["ticks"]["yes"])


@cache
def _pairs() -> tuple[_Pair, ...]:
    return tuple(
        _Pair(*(frozenset(folded(word) for word in entry.get(side, ())) for side in ("yes", "no", "or_nothing")))
        for entry in _data()["pair"]
    )


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("booleans.toml").read_text("utf-8"))
