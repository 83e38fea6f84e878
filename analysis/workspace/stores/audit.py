"""The workspace's log of what was done with personal data."""

from __future__ import annotations

from typing import Any

from analysis.workspace import audit, database
from analysis.workspace.audit import Action, AuditFilter, AuditReport, Entry
from analysis.workspace.stores.base import Base


class AuditStore(Base):
    """The log: added to, read and checked, never changed."""

    def record(self, action: Action, study_id: str | None = None, **facts: Any) -> None:
        """Add an entry; what is personal in its facts is masked.

        Raises
        ------
        AnalysisError
            ``workspace_not_saved``: what was to be logged must not happen then.
        """
        with audit.auditing(self.engine, self.home) as connection:
            audit.append(connection, action, study_id, **facts)

    def audit(self, wanted: AuditFilter | None = None) -> list[Entry]:
        """Return the entries that pass the filter, the newest first."""
        with database.reading(self.engine) as connection:
            return audit.fetch(connection, wanted)

    def verify_audit(self) -> AuditReport:
        """Follow the chain of entries to its end, and name every place where one was changed, dropped or cut off."""
        with database.reading(self.engine) as connection:
            return audit.verify(connection, self.home)
