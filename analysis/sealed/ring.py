"""The keys that seal personal data of a workspace at rest; what is kept of it elsewhere is an HMAC.

A workspace holds content keys, one more with every change of its key, all wrapped by the key itself, which lies outside
(``workspace.keys``). Every file has a random data key of its own, wrapped by the newest content key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KeyState = Literal["none", "open", "lost", "wrong"]
KEY_BYTES, NONCE_BYTES = 32, 12
_HEAD = b"portrait-sealed-1\n"  # before bytes that are sealed


@dataclass(frozen=True)
class Ring:
    """The content keys of a workspace, the newest last; none when its key is not there.

    Attributes
    ----------
    state : "open", "lost" or "wrong"
        Whether the key was found, and opens what it should.
    generations : tuple of 32 bytes
    """

    state: KeyState
    generations: tuple[bytes, ...] = field(default=(), repr=False)

    def need(self) -> Ring:
        """Return the ring; ``workspace_key_lost`` or ``workspace_key_wrong`` when its key is not there."""
        if self.state != "open":
            raise AnalysisError(f"workspace_key_{self.state}")
        return self

    def wrap(self, data_key: bytes, use: str) -> str:
        """Return a data key as it is kept beside what it seals; it opens for this use alone."""
        number = len(self.need().generations) - 1
        sealed = seal(self.generations[number], data_key, use)
        return f"{number}:{base64.b64encode(sealed).decode()}"

    def unwrap(self, wrapped: str, use: str) -> bytes | None:
        """Return the data key, or None when no key of this ring opens it."""
        number, _, sealed = wrapped.partition(":")
        if not number.isdigit() or int(number) >= len(self.generations):
            return None
        try:
            return unseal(self.generations[int(number)], base64.b64decode(sealed), use)
        except ValueError:
            return None

    def stand_ins(self, values: Iterable[str | None]) -> list[str | None]:
        """Return what stands for ids where they are not told: 32 digits of their HMAC, the same for the same id."""
        key = hmac.digest(self.need().generations[0], b"ids", "sha256")
        return [None if one is None else hmac.digest(key, one.encode(), "sha256").hex()[:32] for one in values]


# By the home of the workspace: what its files are sealed with.
_RINGS: dict[Path, Ring] = {}


def hold(home: Path, ring: Ring | None) -> None:
    """Let what is written into a workspace from now on be sealed with a ring; with None it stays open."""
    if ring is None:
        _RINGS.pop(home, None)
    else:
        _RINGS[home] = ring


def ring_of(path: Path) -> Ring | None:
    """Return the ring of the workspace that a path lies in; None outside of one, and where nothing is sealed."""
    return next((_RINGS[place] for place in (path, *path.parents) if place in _RINGS), None) if _RINGS else None


def new_key() -> bytes:
    """Return a random key."""
    return secrets.token_bytes(KEY_BYTES)


def seal(key: bytes, content: bytes, use: str) -> bytes:
    """Return content sealed with AES-GCM: a random nonce, then the content with its tag.

    Examples
    --------
    >>> key = new_key()
    >>> unseal(key, seal(key, b"13812345678", "row"), "row")
    b'13812345678'
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, content, use.encode())


def unseal(key: bytes, sealed: bytes, use: str) -> bytes:
    """Return what was sealed; ValueError when the key, the use or a bit of it is another."""
    from cryptography.exceptions import InvalidTag

    try:
        return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], use.encode())
    except InvalidTag as problem:
        raise ValueError("not sealed with this key") from problem


def seal_file(content: bytes, ring: Ring) -> bytes:
    """Return a whole file as it is kept: its wrapped data key, then the content."""
    data_key = new_key()
    head = json.dumps({"key": ring.wrap(data_key, "file")}).encode()
    return _HEAD + head + b"\n" + seal(data_key, content, "file")


def unseal_file(kept: bytes, ring: Ring | None) -> bytes | None:
    """Return the content of a file that may be sealed; None when no key opens it."""
    if not kept.startswith(_HEAD):
        return kept
    head, _, sealed = kept[len(_HEAD) :].partition(b"\n")
    data_key = ring.unwrap(json.loads(head)["key"], "file") if ring else None
    if data_key is None:
        return None
    try:
        return unseal(data_key, sealed, "file")
    except ValueError:
        return None


def is_sealed_file(path: Path) -> bool:
    """Say whether ``seal_file`` made a file."""
    with path.open("rb") as file:
        return file.read(len(_HEAD)) == _HEAD


def key_id(key: bytes) -> str:
    """Return what tells keys apart without telling the key."""
    return hashlib.sha256(b"portrait key " + key).hexdigest()[:32]


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)
