"""The log of what was done with personal data: a chain of entries that outlives the studies it speaks of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"

LONG = sa.Text().with_variant(sa.Text(2**24), "mysql", "mariadb")


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "audit",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("who", sa.String(200), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("study_id", sa.String(32)),
        sa.Column("facts", LONG, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.execute("UPDATE schema_version SET version = 5")
