"""The decisions about a study's customers: queries inside a transaction that the workspace opened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from analysis.workspace import database, studies
from analysis.workspace.schema import merges

if TYPE_CHECKING:
    from analysis.intake.standard.merges import Merges

SALT = "merges_salt"  # a setting of the study, so it travels with its settings


def fetch(connection: sa.Connection, study_id: str) -> Merges:
    """Return the decisions of a study in the order of their pairs."""
    from analysis.intake.standard.merges import Link, Merges

    rows = connection.execute(
        sa.select(merges).where(merges.c.study_id == study_id).order_by(merges.c.first, merges.c.second)
    )
    links = tuple(
        Link(
            first=row.first,
            second=row.second,
            decision=row.decision,
            evidence=tuple(database.saved_json(row.evidence)),
            decided_at=database.saved_time(row.decided_at),
        )
        for row in rows
    )
    return Merges(salt=studies.get_setting(connection, SALT, study_id, ""), links=links)


def replace(connection: sa.Connection, study_id: str, chosen: Merges) -> None:
    """Keep these decisions in place of those before."""
    connection.execute(sa.delete(merges).where(merges.c.study_id == study_id))
    studies.set_setting(connection, SALT, chosen.salt, study_id)
    rows = [
        {
            "study_id": study_id,
            "first": link.first,
            "second": link.second,
            "decision": link.decision,
            "evidence": json.dumps(link.evidence),
            "decided_at": link.decided_at.isoformat(timespec="microseconds"),
        }
        for link in chosen.links
    ]
    if rows:
        connection.execute(sa.insert(merges), rows)
