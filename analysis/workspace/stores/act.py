"""Lists that were made, and who is never written to: kept with the study, known by hashes alone."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from analysis.sealed.ring import ring_of
from analysis.workspace import audit, database, documents, merged, studies
from analysis.workspace.stores.base import Base

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import sqlalchemy as sa

    from analysis.act.campaign import Campaign
    from analysis.act.notify.deliver import Delivery
    from analysis.act.notify.receiver import Receiver, SealedReceiver
    from analysis.act.params import HoldOut
    from analysis.act.playbook.plays import PlaySettings
    from analysis.act.playbook.trade import Trade
    from analysis.intake.standard.merges import Merges

KIND, ALWAYS, TOLD, RECEIVER, TRADE = "campaign", "hold_out", "delivery", "receiver", "trade"
PLAYBOOK = "playbook"  # the setting of what was changed of plays


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
            ``workspace_key_lost``, ``workspace_key_wrong``, ``workspace_not_saved``: the list must not be handed over
            then.
        """
        if (ring := ring_of(self.home)) is not None:
            ring.need()
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

    # The playbook

    def trades(self, study_id: str) -> list[Trade]:
        """Return the templates of trades that were brought into a study."""
        with database.reading(self.engine) as connection:
            return [one.value for one in documents.fetch(connection, study_id, TRADE)]

    def play_settings(self, study_id: str) -> PlaySettings:
        """Return what was changed of the plays of a study, its templates, and the lists that the plays learn from."""
        from analysis.act.playbook.plays import PlaySettings

        with database.reading(self.engine) as connection:
            kept = studies.get_setting(connection, PLAYBOOK, study_id, {})
        return PlaySettings.kept(kept, self.campaigns(study_id), self.trades(study_id))

    # Who else is told

    def receivers(self, study_id: str) -> dict[str, SealedReceiver]:
        """Return whom a study tells of its lists, by kind, as they are kept: the host can be read, nothing else."""
        with database.reading(self.engine) as connection:
            return {one.name: one.value for one in documents.fetch(connection, study_id, RECEIVER)}

    def receiver(self, study_id: str, kind: str) -> Receiver | None:
        """Return one of them with its address and secret; None where there is none, or its key is lost."""
        from analysis.act.notify.receiver import opened_receiver
        from analysis.sealed.ring import ring_of

        kept = self.receivers(study_id).get(kind)
        return None if kept is None else opened_receiver(kept, ring_of(self.home))

    def keep_receiver(self, study_id: str, receiver: Receiver) -> None:
        """Keep whom a study tells, sealed with the key of the workspace, in place of the one of its kind.

        Raises
        ------
        AnalysisError
            ``act_bad_address``, ``act_bad_secret``; ``workspace_not_encrypted``, ``workspace_key_lost``: nothing could
            seal them.
        """
        from analysis.act.notify.receiver import sealed_receiver
        from analysis.errors import AnalysisError
        from analysis.sealed.ring import ring_of

        ring = ring_of(self.home)
        if ring is None:
            raise AnalysisError("workspace_not_encrypted")
        sealed = sealed_receiver(receiver, ring)
        with database.writing(self.engine) as connection:
            documents.save(connection, study_id, RECEIVER, sealed, receiver.kind, None)

    def drop_receiver(self, study_id: str, kind: str) -> None:
        """Forget whom a study tells."""
        with database.writing(self.engine) as connection:
            documents.remove(connection, study_id, RECEIVER, kind)

    def deliveries(self, study_id: str) -> list[Delivery]:
        """Return what was told of the lists of a study, in the order in which it was begun."""
        with database.reading(self.engine) as connection:
            return [one.value for one in documents.fetch(connection, study_id, TOLD)]

    def delivery(self, study_id: str, campaign: Campaign, receiver: Receiver, text: str) -> Delivery:
        """Return what a receiver is told of a list: what was begun before, else a new message."""
        from analysis.act.notify.deliver import delivery_of

        with database.reading(self.engine) as connection:
            found = documents.find(connection, study_id, TOLD, _told_name(campaign.name, receiver))
        return delivery_of(campaign, receiver, text) if found is None else found.value

    def tell(
        self, study_id: str, delivery: Delivery, receiver: Receiver, *, wait: Callable[[float], None] = time.sleep
    ) -> Delivery:
        """Tell a receiver of a list; every try is written down before and after it. Raises as ``deliver``."""
        from analysis.act.notify.deliver import deliver

        name = _told_name(delivery.name, receiver)

        def keep(now: Delivery) -> None:
            with database.writing(self.engine) as connection:
                documents.save(connection, study_id, TOLD, now, name, None)

        with database.reading(self.engine) as connection:
            others = [one.value for one in documents.everywhere(connection, TOLD) if one.name != name]
        told_at = [one.at for other in others if other.where == receiver.where for one in other.tries]
        return deliver(delivery, receiver.url, receiver.secret, keep=keep, told_at=told_at, wait=wait)


def _told_name(campaign: str, receiver: Receiver) -> str:
    return f"{campaign} {receiver.kind} {receiver.where}"[-200:]


def without(connection: sa.Connection, study_id: str, hashes: Iterable[str]) -> int:
    """Take people out of every campaign of a study; return how often they stood there."""
    n, gone = 0, set(hashes)
    for document in documents.fetch(connection, study_id, KIND):
        kept = document.value.without(gone)
        if lost := document.value.n_sent + document.value.n_held - kept.n_sent - kept.n_held:
            n += lost
            documents.save(connection, study_id, KIND, kept, document.name, revision=document.revision)
    return n
