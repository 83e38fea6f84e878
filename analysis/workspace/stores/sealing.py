"""The workspace's key: whether what is kept is encrypted, encrypting it, and another key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analysis.errors import AnalysisError
from analysis.sealed.ring import KeyState, ring_of
from analysis.workspace import audit
from analysis.workspace.sealing import encrypt, keys
from analysis.workspace.stores.base import Base
from analysis.workspace.upkeep import trash


@dataclass(frozen=True)
class Encrypted:
    """What encrypting came to: tables with personal columns, uploads and snapshots that were open before."""

    tables: int
    uploads: int
    snapshots: int


class SealStore(Base):
    """Personal data at rest."""

    @property
    def key_state(self) -> KeyState:
        """``open``; ``none``: nothing is encrypted; ``lost`` or ``wrong``: the key is not there, or another."""
        ring = ring_of(self.home)
        return "none" if ring is None else ring.state

    def need_key(self) -> None:
        """Refuse where personal columns cannot be read: what stands in their places is nobody's name or number.

        Raises
        ------
        AnalysisError
            ``workspace_key_lost``, ``workspace_key_wrong``.
        """
        if (ring := ring_of(self.home)) is not None:
            ring.need()

    @property
    def key_store(self) -> keys.Store | None:
        """Where the key is kept: ``keyring`` or ``file``; None where nothing is encrypted."""
        return keys.store(self.home)

    @property
    def key_place(self) -> str:
        """Where the key is kept: a file, or a name in the keyring of the system; empty where nothing is encrypted."""
        return keys.place(self.home)

    def encrypt(self) -> Encrypted:
        """Encrypt the personal columns and the uploads of a workspace; can be done again, and goes on where it stopped.

        Prepared tables are deleted, to be made again, and so is what lies in the trash.

        Raises
        ------
        AnalysisError
            ``workspace_key_lost``, ``workspace_key_wrong``, ``workspace_key_not_kept``, ``workspace_not_saved``.
        """
        with audit.auditing(self.engine, self.home) as connection:
            ring = ring_of(self.home)
            if ring is None:
                keys.begin(self.home)
            else:
                ring.need()
            audit.append(connection, "encrypted")
        done = Encrypted(
            encrypt.encrypt_rows(self.engine, self.home),
            encrypt.encrypt_uploads(self.home),
            encrypt.encrypt_snapshots(self.engine, self.home),
        )
        encrypt.drop_runs(self.home)
        trash.empty(self.home)
        return done

    def rekey(self, lost: Literal["refuse", "begin_anew"] = "refuse") -> None:
        """Give the workspace another key. A stop leaves the old one or the new one, and either opens everything.

        ``begin_anew`` is for a key that is lost for good: what it sealed stays sealed, and what comes is sealed anew.

        Raises
        ------
        AnalysisError
            ``workspace_not_encrypted``, ``workspace_key_lost``, ``workspace_key_wrong``, ``workspace_key_there``,
            ``workspace_key_not_kept``.
        """
        try:
            with audit.auditing(self.engine, self.home) as connection:
                audit.append(connection, "rekeyed")
                (keys.rekey if lost == "refuse" else keys.begin_anew)(self.home)
        except OSError as error:
            raise AnalysisError("workspace_not_saved", problem=str(error.strerror or error)) from error
