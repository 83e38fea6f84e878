"""Lists that were made, and who is never written to: kept with the study, known by hashes alone."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from analysis.workspace import audit, database, documents, merged, studies
from analysis.workspace.stores.base import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa

    from analysis.act.campaign import Campaign
    from analysis.act.params import HoldOut
    from analysis.intake.standard.merges import Merges

KIND, ALWAYS = "campaign", "hold_out"


class ActStore(Base):
    """The ledger of contacts that were made here."""

    def people_salt(self, study_id: str) -> Merges:
        """Return the study's merges, with a salt from now on: under it campaigns know customers, merged or not."""
        from analysis.intake.standard.merges import Merges

        with database.reading(self.engine) as connection:
            studies.need(connection, study_id)
            found = merged.fetch(connection, study_id)
        if found.salt:
            return found
        with database.writing(self.engine) as connection:
            found = merged.fetch(connection, study_id)
            if not found.salt:
                found = Merges(salt=secrets.token_hex(16))
                merged.replace(connection, study_id, found)
            return found

    def campaigns(self, study_id: str) -> list[Campaign]:
        """Return the campaigns of a study in the order in which they were made."""
        with database.reading(self.engine) as connection:
            return [one.value for one in documents.fetch(connection, study_id, KIND)]

    def add_campaign(self, study_id: str, campaign: Campaign) -> None:
        """Keep a list; from now on whoever it writes to was contacted on its day.

        Raises
        ------
        AnalysisError
            ``document_changed_elsewhere``: a list of this name was made meanwhile; ``study_gone``.
        """
        with database.writing(self.engine) as connection:
            documents.save(connection, study_id, KIND, campaign, campaign.name, 0)

    def change_campaign(self, study_id: str, name: str, change: Callable[[Campaign], Campaign]) -> None:
        """Change a campaign as it is now; nothing happens where it is gone."""

        def changed(found: Any) -> Any:
            return None if found is None else change(found)

        with database.writing(self.engine) as connection:
            documents.change(connection, study_id, KIND, name, changed)

    def hand_over(self, study_id: str, name: str, **facts: Any) -> None:
        """Enter in the log that a list is handed over with personal data in full, and mark its campaign as sent.

        Raises
        ------
        AnalysisError
            ``workspace_not_saved``: the list must not be handed over then.
        """
        with audit.auditing(self.engine, self.home) as connection:
            audit.append(connection, "exported", study_id, what="send_list", masked=False, of=name, **facts)
            found = documents.find(connection, study_id, KIND, name)
            if found is not None and found.value.state == "planned":
                value = found.value.model_copy(update={"state": "sent"})
                documents.save(connection, study_id, KIND, value, name, None)

    def hold_out(self, study_id: str) -> HoldOut:
        """Return who is never written to."""
        from analysis.act.params import HoldOut

        with database.reading(self.engine) as connection:
            found = documents.find(connection, study_id, ALWAYS, ALWAYS)
            return HoldOut() if found is None else found.value

    def save_hold_out(self, study_id: str, hold_out: HoldOut) -> None:
        """Keep who is never written to."""
        with database.writing(self.engine) as connection:
            documents.save(connection, study_id, ALWAYS, hold_out, ALWAYS, None)


def without(connection: sa.Connection, study_id: str, hashes: Iterable[str]) -> int:
    """Take people out of every campaign of a study; return how often they stood there."""
    n, gone = 0, set(hashes)
    for document in documents.fetch(connection, study_id, KIND):
        kept = document.value.without(gone)
        if lost := document.value.n_sent + document.value.n_held - kept.n_sent - kept.n_held:
            n += lost
            documents.save(connection, study_id, KIND, kept, document.name, revision=document.revision)
    return n
