"""Where a workspace lies; nothing here loads the database package, so that a first visit need not wait for it."""

from __future__ import annotations

import os
from pathlib import Path

DATABASE = "portrait.sqlite"
MARK, TEMPORARY = ".portrait-workspace.json", ".portrait-temporary"
KEYS = ".portrait-keys.json"  # the content keys, wrapped by the key of the workspace, which lies elsewhere
HEAD = ".portrait-audit.json"  # where the log of what was done with personal data ends
FOLDERS = ("files", "studies", "experiments", "trash")


def home_folder(home: Path | None = None) -> Path:
    """Return the folder of the workspace: the one given, ``PORTRAIT_HOME``, or the platform's folder for data."""
    if home is None:
        if named := os.environ.get("PORTRAIT_HOME"):
            home = Path(named)
        else:
            from platformdirs import user_data_path

            home = user_data_path("portrait", appauthor=False)
    return home.expanduser().absolute()


def database_url() -> str | None:
    """Return the address of a database of the reader's own (``PORTRAIT_DATABASE_URL``), or None."""
    return os.environ.get("PORTRAIT_DATABASE_URL") or None


def nothing_kept(home: Path | None = None) -> bool:
    """Say whether no workspace has been opened here yet, so that there is nothing to list.

    Examples
    --------
    >>> nothing_kept(Path("/there/is/no/such/folder"))
    True
    """
    place = home_folder(home)
    # Files without the database are no first visit: opening says what is missing.
    return database_url() is None and not any((place / name).exists() for name in (DATABASE, *FOLDERS))
