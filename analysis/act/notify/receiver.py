"""Whom to tell that a list was made: the kind of receiver, its address and its secret, sealed where they are kept.

The address of a robot is a secret as well: whoever knows it may write into the chat.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from pydantic import Field

from analysis.act.notify.address import split_address
from analysis.act.notify.robots import Robot
from analysis.act.notify.signing import webhook_signature
from analysis.params import Params
from analysis.sealed.ring import seal_file, unseal_file

if TYPE_CHECKING:
    from analysis.sealed.ring import Ring

ReceiverKind = Literal["webhook", Robot]
RECEIVERS: tuple[ReceiverKind, ...] = get_args(ReceiverKind)


@dataclass(frozen=True)
class Receiver:
    """A webhook, or a robot of a chat; neither its address nor its secret is ever printed.

    ``secret`` is that of the signature; robots that check no signature have none.
    """

    kind: ReceiverKind
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)

    @property
    def host(self) -> str:
        """The name of the other machine, which may be told."""
        return split_address(self.url, local=True).host

    @property
    def where(self) -> str:
        """What tells addresses apart without telling them: 16 digits of a SHA-256."""
        return hashlib.sha256(self.url.strip().encode()).hexdigest()[:16]

    def check(self, *, local: bool = False) -> None:
        """Refuse an address that can never be posted to, and a secret that cannot sign; nobody is asked.

        Raises
        ------
        AnalysisError
            ``act_bad_address``, ``act_bad_secret``.

        Examples
        --------
        >>> Receiver("webhook", "https://example.org/hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").check()
        """
        split_address(self.url, local=local)
        if self.kind == "webhook":
            webhook_signature(self.secret, "", 0, b"")


class SealedReceiver(Params):
    """A receiver as a study keeps it: address and secret are sealed with the key of the workspace."""

    kind: ReceiverKind
    host: str = Field(max_length=300)
    sealed: str = Field(max_length=20_000)


def sealed_receiver(receiver: Receiver, ring: Ring) -> SealedReceiver:
    """Return a receiver as it is kept; ``act_bad_address``, ``act_bad_secret``, ``workspace_key_lost``."""
    receiver.check()
    content = json.dumps([receiver.url.strip(), receiver.secret.strip()]).encode()
    sealed = base64.b64encode(seal_file(content, ring)).decode()
    return SealedReceiver(kind=receiver.kind, host=receiver.host, sealed=sealed)


def opened_receiver(kept: SealedReceiver, ring: Ring | None) -> Receiver | None:
    """Return a receiver that was kept; None where the key of the workspace does not open it, as after it was lost.

    Examples
    --------
    >>> from analysis.sealed.ring import new_key, Ring
    >>> ring = Ring("open", (new_key(),))
    >>> kept = sealed_receiver(Receiver("feishu", "https://open.feishu.cn/open-apis/bot/v2/hook/1"), ring)
    >>> kept.host, "hook" in kept.sealed, opened_receiver(kept, ring).url[-4:], opened_receiver(kept, None)
    ('open.feishu.cn', False, 'ok/1', None)
    """
    try:
        content = unseal_file(base64.b64decode(kept.sealed, validate=True), ring)
        url, secret = json.loads(content or b"")
    except (ValueError, TypeError, KeyError):
        return None
    return Receiver(kept.kind, str(url), str(secret))
