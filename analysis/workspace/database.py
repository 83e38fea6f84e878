"""Opening the workspace database: SQLite in the home folder unless an address of another database is given."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event, exc

from analysis.errors import AnalysisError
from analysis.workspace import schema
from analysis.workspace.home import DATABASE

_WRITES = "portrait_writes"
READ_ONLY = "portrait_read_only"  # the day of the run that an engine shows: nothing is written through it
_BUSY_MS = 15_000
T = TypeVar("T")


def default_url(home: Path) -> str:
    """Return the address of the SQLite file in the home folder."""
    return str(sa.URL.create("sqlite", database=str(home / DATABASE)))


def connect(url: str) -> sa.Engine:
    """Return an engine; on SQLite with write-ahead log, waiting for locks, foreign keys, full durability.

    Raises
    ------
    AnalysisError
        ``database_address_unreadable``: the address is none, or its driver is not installed.
    """
    try:
        engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    except (exc.ArgumentError, exc.NoSuchModuleError, ImportError) as error:
        raise AnalysisError("database_address_unreadable", problem=type(error).__name__) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def prepare(engine: sa.Engine) -> bool:
    """Create or migrate the tables; say whether the database is new.

    Raises
    ------
    AnalysisError
        ``workspace_unreadable`` with the database's own words in ``problem``; ``workspace_newer``.
    """
    try:
        with writing(engine) as connection:
            return schema.prepare(connection)
    except AnalysisError as error:
        if error.code == "workspace_not_saved":
            raise AnalysisError("workspace_unreadable", **error.facts) from error
        raise


def saved_time(text: str) -> datetime:
    """Return a moment that the database holds as text; ``workspace_unreadable`` when it is none."""
    return _saved(datetime.fromisoformat, text, "not a moment")


def saved_day(text: str) -> date:
    """Return a day that the database holds as text; ``workspace_unreadable`` when it is none."""
    return _saved(date.fromisoformat, text, "not a day")


def saved_json(text: str) -> Any:
    """Return what the database holds as JSON; ``workspace_unreadable`` when it is none."""
    return _saved(json.loads, text, "not JSON")


def _saved(read: Callable[[str], T], text: str, problem: str) -> T:
    try:
        return read(text)
    except (ValueError, TypeError, RecursionError) as error:
        raise AnalysisError("workspace_unreadable", problem=problem) from error


def compact(engine: sa.Engine) -> None:
    """Write a SQLite file anew, so that nothing of what was deleted is left in it; later, while others are at work."""
    if engine.dialect.name != "sqlite":
        return
    with suppress(exc.DBAPIError), engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def reading(engine: sa.Engine) -> Generator[sa.Connection]:
    """One consistent look at the database.

    Raises
    ------
    AnalysisError
        ``workspace_unreadable`` with the database's own words in ``problem``.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except exc.DBAPIError as error:
        raise AnalysisError("workspace_unreadable", problem=str(error.orig)) from error


@contextmanager
def writing(engine: sa.Engine) -> Generator[sa.Connection]:
    """One change, whole or not at all; changes to the same database follow one another.

    Raises
    ------
    AnalysisError
        ``workspace_not_saved`` with the system's own words in ``problem``: a full disk, a lock that stays;
        ``past_read_only`` (day): a study is looked at as it was on a day.
    """
    if (day := engine.get_execution_options().get(READ_ONLY)) is not None:
        raise AnalysisError("past_read_only", day=day)
    try:
        with engine.execution_options(**{_WRITES: True}).begin() as connection:
            if engine.dialect.name != "sqlite" and sa.inspect(connection).has_table("schema_version"):
                # The one row of this table is the lock under which files are put in place and removed.
                connection.execute(sa.select(schema.schema_version).with_for_update())
            yield connection
    except exc.DBAPIError as error:
        raise AnalysisError("workspace_not_saved", problem=str(error.orig)) from error
    except OSError as error:
        raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins no transaction of its own; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes the lock at once: a transaction that reads first and writes later can fail without waiting.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
