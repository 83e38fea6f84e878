"""What is asked, named by the rows it is asked of: the same question about the same rows has the same answer.

Rows are read under a name that is made of what they are (``rows_named``), so the text of a query that reads nothing
else says all that its answer depends on; the code that asks is the business of the store.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from analysis.answers.written import read, write

if TYPE_CHECKING:
    import duckdb

T = TypeVar("T")

LONGEST = 200_000  # characters of an answer that is kept
KINDS = ("raw", "order", "aside")
_NAME = re.compile(rf"\b({'|'.join(KINDS)})_\d+_([0-9a-f]{{32}})\b")
_READ = re.compile(r"(?<!\bdistinct )\b(?:from|join)\b\s*([^\s()]+|\()", re.IGNORECASE)
_LISTED = re.compile(r"\b(?:from|join)\s+[^\s()]+(?:\s+(?:as\s+)?\w+)?\s*,", re.IGNORECASE)
_CHANGING = re.compile(r"\bcurrent_|\btoday\(|\bnow\(|\brandom\(|\buuid\(|\bsample\b", re.IGNORECASE)


class Store(Protocol):
    """Where answers are kept; what it gives back was kept by the same code."""

    def find(self, key: str) -> str | None:
        """Return the answer to a question as text."""
        ...

    def keep(self, key: str, answer: str) -> None:
        """Keep an answer."""
        ...

    def rows(self, key: str) -> str | None:
        """Return the SQL that reads kept rows."""
        ...

    def keep_rows(self, key: str, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        """Keep the rows of a table of the database as they are now."""
        ...


_STORE: ContextVar[Store | None] = ContextVar("store", default=None)


@contextmanager
def within(store: Store) -> Generator[None]:
    """Take answers from a store, and keep there those that it lacks, for what is computed inside."""
    token = _STORE.set(store)
    try:
        yield
    finally:
        _STORE.reset(token)


def current() -> Store | None:
    """Return the store of what is computed now, if there is one."""
    return _STORE.get()


def rows_named(kind: str, place: int, *parts: object) -> str:
    """Return a name for rows, made of what they are; ``place`` tells apart equal rows on one connection.

    Examples
    --------
    >>> rows_named("raw", 3, "a", 1)[:6], rows_named("raw", 3, "a", 1)[6:] == rows_named("raw", 4, "a", 1)[6:]
    ('raw_3_', True)
    """
    return f"{kind}_{place}_{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"


def question(sql: str, values: Sequence[object] = ()) -> str | None:
    """Return a query as the question that it asks, or None where its answer depends on more than rows with such names.

    Examples
    --------
    >>> one, other = (rows_named("raw", place, "a") for place in (1, 2))
    >>> question(f"SELECT count(*) FROM {one}") == question(f"SELECT count(*) FROM {other}")
    True
    >>> question(f"SELECT count(*) FROM {one} JOIN orders ON true"), question(f"SELECT current_date FROM {one}")
    (None, None)
    """
    tables = _READ.findall(sql)
    if not any(map(_NAME.fullmatch, tables)) or not all(one == "(" or _NAME.fullmatch(one) for one in tables):
        return None
    if _LISTED.search(sql) or _CHANGING.search(sql):
        return None
    told, rows = write(list(values)), _NAME.sub(r"\1_\2", sql)
    return None if told is None else f"{rows}\n{told}"


def answered(sql: str, values: Sequence[object], fetch: Callable[[], list[Any]]) -> list[Any]:
    """Return the rows that a query finds: those that were found before, or those that ``fetch`` finds."""
    if _STORE.get() is None or (asked := question(sql, values)) is None:
        return fetch()
    return remembered(asked, fetch)


def remembered(asked: str, compute: Callable[[], T]) -> T:
    """Return what was found before under this name, or compute it; the name says all that it depends on but the code.

    Values are those of ``written``; where one is of another type, nothing is kept.

    Examples
    --------
    >>> remembered("a table and what is asked of it", lambda: [1, 2])
    [1, 2]
    """
    store = _STORE.get()
    if store is None:
        return compute()
    key = key_of(asked)
    text = store.find(key)
    if text is not None:
        try:
            return read(text)
        except (ValueError, TypeError, ArithmeticError):
            pass  # damaged: computed anew, and put right
    found = compute()
    text = write(found)
    if text is not None and len(text) <= LONGEST:
        store.keep(key, text)
    return found


def make_table(connection: duckdb.DuckDBPyConnection, name: str, select: str) -> None:
    """Make a table of what a query finds, of rows that were found before where they are kept."""
    store, asked = _STORE.get(), question(select)
    if store is None or asked is None:
        connection.execute(f"CREATE TABLE {name} AS {select}")
        return
    key = key_of(asked)
    kept = store.rows(key)
    connection.execute(f"CREATE TABLE {name} AS {select if kept is None else f'SELECT * FROM {kept}'}")
    if kept is None:
        store.keep_rows(key, connection, name)


def key_of(asked: str) -> str:
    """Return the name of a question in a store."""
    return hashlib.sha256(asked.encode()).hexdigest()
