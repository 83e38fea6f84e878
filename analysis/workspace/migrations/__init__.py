"""The steps from one released schema to the next, run by Alembic inside the transaction that it is handed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from analysis.errors import AnalysisError

# The newest step: a database that stands here needs no Alembic, whose import costs more than opening a workspace.
NEWEST = "5"
TABLE = "alembic_version"


def found(connection: sa.Connection) -> str | None:
    """Return the step at which a database stands, or None when it has none of our tables.

    Raises
    ------
    AnalysisError
        ``workspace_newer``: a newer Portrait has written it; ``workspace_no_version``: the table of the version is
        empty or is none.
    """
    there = sa.inspect(connection)
    if not there.has_table("schema_version"):
        return None
    try:
        rows = connection.execute(sa.text("SELECT version FROM schema_version")).scalars().all()
        steps = rows
        if there.has_table(TABLE):
            steps = connection.execute(sa.text(f"SELECT version_num FROM {TABLE}")).scalars().all()
        versions = [int(one) for one in (*rows, *steps)]
    except (exc.DBAPIError, ValueError, TypeError) as error:
        raise AnalysisError("workspace_no_version") from error
    if len(rows) != 1 or len(steps) != 1 or min(versions) < 1:
        raise AnalysisError("workspace_no_version")
    if max(versions) > int(NEWEST):
        raise AnalysisError("workspace_newer", found=max(versions), supported=int(NEWEST))
    return str(steps[0])


def upgrade(connection: sa.Connection, start: str | None, folder: Path | None = None, to: str = "head") -> None:
    """Run the steps after ``start``; they belong to the transaction of the connection, and fall with it.

    Parameters
    ----------
    start : str, optional
        The step at which the database stands; None when it is empty.
    folder : Path, optional
        Where the steps lie. Default: the folder of this package.
    """
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    place = folder or Path(__file__).parent
    script = ScriptDirectory(str(place), version_locations=[str(place / "versions")])

    def steps(revision: Any, _: MigrationContext) -> Any:
        return script._upgrade_revs(to, revision or ())  # type: ignore[arg-type]  # as its own command calls it

    context = MigrationContext.configure(connection, opts={"fn": steps})
    if start is not None and context.get_current_revision() is None:
        context.stamp(script, start)
    with Operations.context(context):
        context.run_migrations()
