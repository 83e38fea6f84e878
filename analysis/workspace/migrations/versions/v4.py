"""The id that database and folder share, documents in a table of their own, snapshots in the order they were taken.

What a person wrote on personas, the segmentations kept to compare with, and what was typed for an experiment that is
not kept yet leave the settings, which hold from now on only what a page looks like.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

from analysis.workspace.migrations.settings_moved import documents_of

revision = "4"
down_revision = "3"

LONG = sa.Text().with_variant(sa.Text(2**24), "mysql", "mariadb")


def upgrade() -> None:
    """Add the tables and the column, and move what is there."""
    workspace = op.create_table("workspace", sa.Column("id", sa.String(32), primary_key=True))
    op.bulk_insert(workspace, [{"id": uuid.uuid4().hex}])
    documents = op.create_table(
        "documents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("study_id", sa.String(32), sa.ForeignKey("studies.id", ondelete="CASCADE"), index=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", sa.String(32), nullable=False),
        sa.Column("value", LONG, nullable=False),
        sa.UniqueConstraint("study_id", "kind", "name"),
    )
    op.add_column("snapshots", sa.Column("position", sa.BigInteger, nullable=False, server_default="0"))
    connection = op.get_bind()
    _number_snapshots(connection)
    rows = _moved(connection)
    for place, row in enumerate(rows):
        fixed = {"id": uuid.uuid4().hex, "position": place, "revision": 1}
        connection.execute(sa.insert(documents).values(**row, **fixed, changed_at="1970-01-01T00:00:00.000000+00:00"))
    op.execute("UPDATE schema_version SET version = 4")


def _number_snapshots(connection: sa.Connection) -> None:
    taken = connection.execute(sa.text("SELECT id FROM snapshots ORDER BY taken_at, id")).scalars().all()
    for place, one in enumerate(taken, 1):
        connection.execute(
            sa.text("UPDATE snapshots SET position = :place WHERE id = :id"), {"place": place, "id": one}
        )


def _moved(connection: sa.Connection) -> list[dict[str, Any]]:
    """Return the documents that the settings held; a setting of another shape stays where it is."""
    moved: list[dict[str, Any]] = []
    for study, name, text in connection.execute(sa.text("SELECT study_id, name, value FROM study_settings")).all():
        if (found := documents_of(name, json.loads(text))) is not None:
            moved += [
                {"study_id": study, "kind": kind, "name": key, "version": version, "value": _text(value)}
                for kind, key, version, value in found
            ]
            where = {"study": study, "name": name}
            connection.execute(sa.text("DELETE FROM study_settings WHERE study_id = :study AND name = :name"), where)
    for name, text in connection.execute(sa.text("SELECT name, value FROM settings")).all():
        if name.startswith("experiment_") and (found := documents_of(name, json.loads(text))) is not None:
            moved += [
                {"study_id": None, "kind": kind, "name": key, "version": version, "value": _text(value)}
                for kind, key, version, value in found
            ]
            connection.execute(sa.text("DELETE FROM settings WHERE name = :name"), {"name": name})
    return moved


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
