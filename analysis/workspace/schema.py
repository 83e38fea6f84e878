"""The tables of the workspace database, their version, and the steps from older versions."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from analysis.errors import AnalysisError

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

Migration = Callable[[sa.Connection], None]


# Step i turns version i + 1 into version i + 2. A new database is created at the newest version at once, so a step
# only ever meets the tables of its own time: it states its changes in full and never reads ``metadata``.
def _add_merges(connection: sa.Connection) -> None:
    old = sa.MetaData()
    sa.Table("studies", old, sa.Column("id", sa.String(32), primary_key=True))
    sa.Table(
        "merges",
        old,
        sa.Column(
            "study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        sa.Column("first", sa.String(32), primary_key=True),
        sa.Column("second", sa.String(32), primary_key=True),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False),
    ).create(connection)


def _add_experiments(connection: sa.Connection) -> None:
    old = sa.MetaData()
    sa.Table("studies", old, sa.Column("id", sa.String(32), primary_key=True))
    long_text = sa.Text().with_variant(sa.Text(2**24), "mysql", "mariadb")
    sa.Table(
        "experiments",
        old,
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), index=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("record", long_text, nullable=False),
        sa.Column("typed", long_text, nullable=False),
    ).create(connection)


MIGRATIONS: tuple[Migration, ...] = (_add_merges, _add_experiments)


def prepare(connection: sa.Connection, migrations: tuple[Migration, ...] = MIGRATIONS) -> bool:
    """Bring the database of a write transaction to the newest version; say whether it was created just now.

    Raises
    ------
    AnalysisError
        ``workspace_newer``: a newer Portrait has written it.
    """
    newest = 1 + len(migrations)
    if not sa.inspect(connection).has_table("schema_version"):
        metadata.create_all(connection)
        connection.execute(sa.insert(schema_version).values(version=newest))
        return True
    found = connection.execute(sa.select(schema_version.c.version)).scalar_one()
    if found > newest:
        raise AnalysisError("workspace_newer", found=found, known=newest)
    for step in migrations[found - 1 :]:
        step(connection)
    if found < newest:
        connection.execute(sa.update(schema_version).values(version=newest))
    return False
