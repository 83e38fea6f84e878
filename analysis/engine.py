"""The embedded database that holds rows: one way to open it, fetching nothing and spilling nothing into the folder."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def connect() -> duckdb.DuckDBPyConnection:
    """Open a database in memory; what does not fit goes to the system's temporary folder.

    Examples
    --------
    >>> with connect() as connection:
    ...     connection.execute("SELECT 1").fetchall()
    [(1,)]
    """
    import duckdb

    spill = Path(tempfile.gettempdir()) / "portrait-spill"
    return duckdb.connect(config={"temp_directory": str(spill), "autoinstall_known_extensions": "false"})
