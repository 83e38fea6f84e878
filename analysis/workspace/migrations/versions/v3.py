"""Experiments of a study, or of the workspace itself."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Add the table of experiments."""
    long_text = sa.Text().with_variant(sa.Text(2**24), "mysql", "mariadb")
    op.create_table(
        "experiments",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), index=True),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("record", long_text, nullable=False),
        sa.Column("typed", long_text, nullable=False),
    )
    op.execute("UPDATE schema_version SET version = 3")
