"""The embedded database that holds rows: one way to open it, fetching nothing and spilling nothing into the folder.

How a text, a name and a file enter its SQL stands here too, once, and how what it finds comes out with a type.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from analysis.answers.asked import answered
from analysis.temporary import own_folder

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa


class Work(Protocol):
    """What can be interrupted from another thread: a connection, or a process that reads."""

    def interrupt(self) -> None:
        """End what runs now."""


W = TypeVar("W", bound=Work)
Row: TypeAlias = tuple[Any, ...]


class StoppedError(Exception):
    """Raised where work goes on that somebody has asked to stop."""


class Stopper:
    """Stops from another thread what is computed ``within`` it.

    Examples
    --------
    >>> stopper = Stopper()
    >>> with stopper.within():
    ...     connect().execute("SELECT 1").fetchall()
    [(1,)]
    >>> stopper.stop()
    >>> with stopper.within():
    ...     connect()
    Traceback (most recent call last):
    ...
    analysis.engine.StoppedError
    """

    def __init__(self) -> None:
        self.is_stopped = False
        self._works: list[Work] = []

    @contextmanager
    def within(self) -> Generator[None]:
        """Let every connection that is opened meanwhile be stopped."""
        token = _STOPPER.set(self)
        try:
            yield
        finally:
            _STOPPER.reset(token)
            self._works.clear()

    def watch(self, work: W) -> W:
        """Take down a connection or a process; no further one is given once the work is to stop."""
        if self.is_stopped:
            raise StoppedError
        self._works.append(work)
        return work

    def stop(self) -> None:
        """Interrupt the statement that runs now; called again, the one that has begun since."""
        self.is_stopped = True
        import duckdb

        for work in tuple(self._works):
            with suppress(duckdb.ConnectionException):  # closed meanwhile
                work.interrupt()


_STOPPER: ContextVar[Stopper | None] = ContextVar("stopper", default=None)


# The folders and files whose rows may be read, besides those of this process.
_PLACES: set[Path] = set()


def allow(place: Path) -> None:
    """Let connections that are opened from now on read and write a folder of a workspace, or one file of rows."""
    # As it stands, too: a path enters SQL as the user wrote it.
    _PLACES.update((place, place.absolute()))


# By file: the keys of sealed columns (``sealed.columns``), known to databases that are opened by the name of the file.
_KEYS: dict[Path, str] = {}


def know_key(file: Path, key: str) -> None:
    """Let connections that are opened from now on read a file that a key, in base64, encrypts."""
    _KEYS[file] = key


def connect(**settings: str) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that reaches no file but those allowed, no network and no further settings.

    What does not fit into memory goes to a temporary folder of this process. ``settings`` are those of DuckDB.

    Examples
    --------
    >>> with connect() as connection:
    ...     connection.execute("SELECT 1").fetchall()
    [(1,)]
    >>> with connect() as connection:
    ...     connection.execute("SELECT * FROM read_csv('http://127.0.0.1/x.csv')")
    Traceback (most recent call last):
    ...
    _duckdb.PermissionException: Permission Error: Cannot access file ...
    """
    return watched(_database(**settings))


def _database(**settings: str) -> duckdb.DuckDBPyConnection:
    import duckdb

    own = own_folder()
    config: dict[str, str | bool | int | float | list[str]] = {
        # Eight threads that wait for a network, which there is none of, came with every database otherwise.
        "async_threads": "1",
        "temp_directory": str(own / f"spill-{uuid.uuid4().hex}"),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        **settings,
    }
    connection = duckdb.connect(config=config)
    kinds = {place: place.is_dir() for place in tuple(_PLACES)}
    files = literals(file for place, is_dir in kinds.items() if not is_dir for file in {str(place), glob_free(place)})
    folders = literals(str(place) for place, is_dir in ({own: True} | kinds).items() if is_dir)
    # The places are named first: nothing is allowed once the outside is closed.
    connection.execute(f"SET allowed_paths = [{files}]; SET allowed_directories = [{folders}]")
    connection.execute("SET allowed_configs = ['memory_limit']; SET enable_external_access = false")
    for file, key in tuple(_KEYS.items()):
        connection.execute(f"PRAGMA add_parquet_key({literal(file.name)}, {literal(key)})")
    lock(connection)
    return connection


_SHARED: list[tuple[tuple[Path, int, int], duckdb.DuckDBPyConnection]] = []
_sharing = Lock()


@contextmanager
def look() -> Generator[duckdb.DuckDBPyConnection]:
    """Open a connection for a short look, on the one database that all looks of this process share.

    To make a database takes longer than most looks. What is made on the connection must be temporary: it ends with it,
    and no other look sees it.

    Examples
    --------
    >>> with look() as connection:
    ...     _ = connection.execute("CREATE TEMP TABLE seen AS SELECT 1 AS x")
    ...     connection.execute("FROM seen").fetchall()
    [(1,)]
    >>> with look() as connection:
    ...     connection.execute("FROM seen")
    Traceback (most recent call last):
    ...
    _duckdb.CatalogException: Catalog Error: Table with name seen does not exist!...
    """
    places = (own_folder(), len(_PLACES), len(_KEYS))  # both only grow
    with _sharing:
        if not _SHARED or _SHARED[0][0] != places:
            _SHARED[:] = [(places, _database())]
        cursor = _SHARED[0][1].cursor()
    with cursor:
        yield watched(cursor)


_OF_PARENT: list[object] = []


def _leave_to_parent() -> None:
    """Open a database of its own in a child made by a fork, which has none of the threads of the one that is there.

    To let go of that one would wait for them: it ended the child (a segmentation fault).
    """
    global _sharing
    _sharing = Lock()
    _OF_PARENT.extend(_SHARED)
    _SHARED.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)


def lock(connection: duckdb.DuckDBPyConnection) -> None:
    """Let no statement change a setting of an open database from now on, but for those allowed."""
    connection.execute("SET lock_configuration = true")


def watched(work: W) -> W:
    """Return a connection, cursor or process, which the ``Stopper`` of the running work, if there is one, can stop."""
    stopper = _STOPPER.get()
    return work if stopper is None else stopper.watch(work)


def go_on() -> None:
    """Raise ``StoppedError`` where the running work is to stop: for long work between steps that open no connection.

    Examples
    --------
    >>> stopper = Stopper()
    >>> with stopper.within():
    ...     go_on()
    ...     stopper.stop()
    ...     go_on()
    Traceback (most recent call last):
    ...
    analysis.engine.StoppedError
    """
    stopper = _STOPPER.get()
    if stopper is not None and stopper.is_stopped:
        raise StoppedError


def fetch_rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> list[Row]:
    """Return every row that a query finds; ``values`` stand for its ``?``.

    Where answers are kept (``answers``), a query that reads nothing but rows that say what they are is asked once.

    Examples
    --------
    >>> with connect() as connection:
    ...     fetch_rows(connection, "SELECT x, x * ? FROM range(2) numbers(x)", [10])
    [(0, 0), (1, 10)]
    """

    def fetch() -> list[Row]:
        return connection.execute(sql, list(values)).fetchall() if values else connection.execute(sql).fetchall()

    return answered(sql, values, fetch)


def fetch_row(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> Row:
    """Return the first row of a query that finds one: sums and counts over all rows."""
    return fetch_rows(connection, sql, values)[0]


def fetch_value(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> Any:
    """Return the first value of such a row.

    Examples
    --------
    >>> with connect() as connection:
    ...     fetch_value(connection, "SELECT count(*) FROM range(5)")
    5
    """
    return fetch_row(connection, sql, values)[0]


def fetch_frame(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> pd.DataFrame:
    """Return what a query finds as a pandas frame."""
    return (connection.execute(sql, list(values)) if values else connection.execute(sql)).df()


def fetch_arrow(connection: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object] = ()) -> pa.Table:
    """Return what a query finds as an Arrow table.

    Examples
    --------
    >>> with connect() as connection:
    ...     fetch_arrow(connection, "SELECT 'a' AS letter").to_pylist()
    [{'letter': 'a'}]
    """
    # As a relation, whose rows are let go of with it: a result of the connection itself keeps files and tables in use.
    return connection.sql(sql, params=list(values) or None).to_arrow_table()


def literal(text: str) -> str:
    """Write a text as SQL; whatever stands in it is text.

    Examples
    --------
    >>> print(literal("it's 5 o'clock"))
    'it''s 5 o''clock'
    """
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Write texts as SQL, with commas between them."""
    return ", ".join(map(literal, texts))


def quoted_name(name: str) -> str:
    """Write the name of a column or table as SQL; whatever stands in it belongs to the name.

    Examples
    --------
    >>> print(quoted_name('size 5" wide'))
    "size 5"" wide"
    """
    return '"' + name.replace('"', '""') + '"'


def file_literal(path: Path) -> str:
    """Write one file that is read as SQL: a ``*``, ``?`` or ``[`` of its name stands for itself, not for other files.

    The folders' names are not data either: a reader is told ``hive_partitioning = false`` beside it.
    """
    return literal(glob_free(path))


def glob_free(path: Path) -> str:
    """Return the pattern that stands for this one file, whatever its name."""
    return re.sub(r"[*?[]", r"[\g<0>]", str(path))
