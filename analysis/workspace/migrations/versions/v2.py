"""Which customer ids of a study are one person."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Add the table of the decisions about customers."""
    op.create_table(
        "merges",
        sa.Column(
            "study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        sa.Column("first", sa.String(32), primary_key=True),
        sa.Column("second", sa.String(32), primary_key=True),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("decided_at", sa.String(32), nullable=False),
    )
    op.execute("UPDATE schema_version SET version = 2")
