"""Studies, raw tables, snapshots and settings."""

import sqlalchemy as sa
from alembic import op

revision = "1"
down_revision = None

LONG = sa.Text().with_variant(sa.Text(2**24), "mysql", "mariadb")


def _owner(*, primary_key: bool = False, index: bool | None = None) -> sa.Column[str]:
    owner = sa.ForeignKey("studies.id", ondelete="CASCADE")
    return sa.Column("study_id", sa.String(32), owner, nullable=False, primary_key=primary_key, index=index)


def upgrade() -> None:
    """Create the tables of the first release."""
    version = op.create_table("schema_version", sa.Column("version", sa.Integer, primary_key=True))
    op.bulk_insert(version, [{"version": 1}])
    op.create_table(
        "studies",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("goal", sa.String(32)),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("recipe", LONG),
        sa.Column("revision", sa.Integer, nullable=False),
    )
    op.create_table(
        "raw_tables",
        sa.Column("id", sa.String(32), primary_key=True),
        _owner(index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("sheet", sa.Text, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False, index=True),
        sa.Column("n_rows", sa.BigInteger, nullable=False),
        sa.Column("reading", LONG, nullable=False),
        sa.Column("path", sa.String(200), nullable=False, index=True),
        sa.UniqueConstraint("study_id", "position"),
    )
    op.create_table(
        "snapshots",
        sa.Column("id", sa.String(32), primary_key=True),
        _owner(index=True),
        sa.Column("taken_at", sa.String(32), nullable=False),
        sa.Column("as_of", sa.String(10), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("recipe", LONG, nullable=False),
        sa.Column("summary", LONG, nullable=False),
        sa.UniqueConstraint("study_id", "content"),
    )
    op.create_table(
        "study_settings",
        _owner(primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("value", LONG, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("value", LONG, nullable=False),
    )
