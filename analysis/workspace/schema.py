"""The tables of the workspace database as they are now; ``migrations`` leads to them from older versions."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from analysis.errors import AnalysisError
from analysis.workspace import migrations

metadata = sa.MetaData()
_long_text = sa.Text().with_variant(sa.Text(2**24), "mysql", "mariadb")

schema_version = sa.Table("schema_version", metadata, sa.Column("version", sa.Integer, primary_key=True))

studies = sa.Table(
    "studies",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("goal", sa.String(32)),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("recipe", _long_text),
    sa.Column("revision", sa.Integer, nullable=False),
)


def _study_id(*, primary_key: bool = False, index: bool | None = None) -> sa.Column[str]:
    owner = sa.ForeignKey("studies.id", ondelete="CASCADE")
    return sa.Column("study_id", sa.String(32), owner, nullable=False, primary_key=primary_key, index=index)


raw_tables = sa.Table(
    "raw_tables",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _study_id(index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("sheet", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False, index=True),
    sa.Column("n_rows", sa.BigInteger, nullable=False),
    sa.Column("reading", _long_text, nullable=False),
    sa.Column("path", sa.String(200), nullable=False, index=True),
    sa.UniqueConstraint("study_id", "position"),
)

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _study_id(index=True),
    sa.Column("taken_at", sa.String(32), nullable=False),
    sa.Column("as_of", sa.String(10), nullable=False),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("recipe", _long_text, nullable=False),
    sa.Column("summary", _long_text, nullable=False),
    # The order in which they were taken: a clock can be set back.
    sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
    sa.UniqueConstraint("study_id", "content"),
)

study_settings = sa.Table(
    "study_settings",
    metadata,
    _study_id(primary_key=True),
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", _long_text, nullable=False),
)

merges = sa.Table(
    "merges",
    metadata,
    _study_id(primary_key=True),
    sa.Column("first", sa.String(32), primary_key=True),
    sa.Column("second", sa.String(32), primary_key=True),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("decided_at", sa.String(32), nullable=False),
)

experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    # Without a study it belongs to the workspace: counts can be typed in with no data at all.
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), index=True),
    sa.Column("created_at", sa.String(32), nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("record", _long_text, nullable=False),
    sa.Column("typed", _long_text, nullable=False),
)

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("value", _long_text, nullable=False),
)

workspace = sa.Table("workspace", metadata, sa.Column("id", sa.String(32), primary_key=True))

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    # Without a study it belongs to the workspace, as an experiment does.
    sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), index=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.String(32), nullable=False),
    sa.Column("value", _long_text, nullable=False),
    sa.UniqueConstraint("study_id", "kind", "name"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(32), nullable=False),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("action", sa.String(32), nullable=False),
    # No key of the studies: an entry outlives the study that it speaks of.
    sa.Column("study_id", sa.String(32)),
    sa.Column("facts", _long_text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

_steps = sa.Table(migrations.TABLE, metadata, sa.Column("version_num", sa.String(32), primary_key=True))


def prepare(connection: sa.Connection) -> bool:
    """Bring the database of a write transaction to the newest schema; say whether it was created just now.

    Raises
    ------
    AnalysisError
        ``workspace_newer``: a newer Portrait has written it; ``workspace_no_version``: it does not say which one has;
        ``workspace_upgrade_failed``: it is as it was.
    """
    at = migrations.found(connection)
    if at is None:
        if sa.inspect(connection).has_table("studies"):
            raise AnalysisError("workspace_no_version")
        metadata.create_all(connection)
        connection.execute(sa.insert(schema_version).values(version=int(migrations.NEWEST)))
        connection.execute(sa.insert(_steps).values(version_num=migrations.NEWEST))
        connection.execute(sa.insert(workspace).values(id=uuid.uuid4().hex))
        return True
    if at != migrations.NEWEST:
        try:
            migrations.upgrade(connection, at)
        except Exception as error:  # whatever a step meets in old data: the transaction takes all of it back
            raise AnalysisError("workspace_upgrade_failed", problem=str(getattr(error, "orig", error))) from error
    return False


def identity(connection: sa.Connection) -> str:
    """Return the id that the database shares with the folder of its files."""
    return connection.execute(sa.select(workspace.c.id)).scalars().first() or ""
