"""The embedded database that holds rows: one way to open it, fetching nothing and spilling nothing into the folder."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING

from analysis.temporary import own_folder

if TYPE_CHECKING:
    import duckdb


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
        self._connections: list[duckdb.DuckDBPyConnection] = []

    @contextmanager
    def within(self) -> Iterator[None]:
        """Let every connection that is opened meanwhile be stopped."""
        token = _STOPPER.set(self)
        try:
            yield
        finally:
            _STOPPER.reset(token)
            self._connections.clear()

    def watch(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
        """Take down a connection; no further one is given once the work is to stop."""
        if self.is_stopped:
            raise StoppedError
        self._connections.append(connection)
        return connection

    def stop(self) -> None:
        """Interrupt the statement that runs now; called again, the one that has begun since."""
        self.is_stopped = True
        import duckdb

        for connection in tuple(self._connections):
            with suppress(duckdb.ConnectionException):  # closed meanwhile
                connection.interrupt()


_STOPPER: ContextVar[Stopper | None] = ContextVar("stopper", default=None)


def connect() -> duckdb.DuckDBPyConnection:
    """Open a database in memory; what does not fit goes to a temporary folder of this process.

    Examples
    --------
    >>> with connect() as connection:
    ...     connection.execute("SELECT 1").fetchall()
    [(1,)]
    """
    import duckdb

    spill = own_folder() / f"spill-{uuid.uuid4().hex}"
    return watched(duckdb.connect(config={"temp_directory": str(spill), "autoinstall_known_extensions": "false"}))


def watched(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Return a connection or cursor, which the ``Stopper`` of the running work, if there is one, can stop."""
    stopper = _STOPPER.get()
    return connection if stopper is None else stopper.watch(connection)
