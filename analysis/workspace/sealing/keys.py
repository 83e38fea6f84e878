"""The key of a workspace: in the keyring of the system, else in a file for its owner alone, outside of the workspace.

In the workspace stand the content keys, wrapped by it (``home.KEYS``). Another key replaces
that one file, so whatever is ended by force, it names one key which is there: kept before, and the old one goes after.
"""

from __future__ import annotations

import base64
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from analysis.errors import AnalysisError, ChoiceError
from analysis.params import Params
from analysis.sealed.columns import SUFFIX
from analysis.sealed.ring import KEY_BYTES, Ring, hold, key_id, new_key, seal, unseal
from analysis.workspace.files import fresh_id, whole_file
from analysis.workspace.home import KEYS

SERVICE = "portrait"
_USE = "ring"
Store = Literal["keyring", "file"]


class Wrapped(Params):
    """The content keys as they lie in the workspace."""

    version: Literal[1] = 1
    workspace: str = Field(pattern=r"^[0-9a-f]{32}$")
    key: str = Field(pattern=r"^[0-9a-f]{32}$")
    store: Store
    ring: str


def begin(home: Path) -> Ring:
    """Make a key and a content key for a workspace that has none."""
    return _write(home, fresh_id(), (new_key(),))


def open_ring(home: Path) -> Ring | None:
    """Find the key of a workspace and let what is written and read there use it; None where nothing is sealed.

    Without the file of the content keys the key opens nothing: it is as good as lost.

    Raises
    ------
    AnalysisError
        ``workspace_keys_unreadable``: the file of the content keys is none.
    """
    wrapped = _read(home)
    ring = _unwrapped(wrapped) if wrapped is not None else Ring("lost") if _holds_sealed(home) else None
    hold(home, ring)
    return ring


def rekey(home: Path) -> Ring:
    """Put another key in the place of the one a workspace has; all it opened opens with the new one, and only with it.

    What is written from now on is sealed with a content key that the old key never opened.

    Raises
    ------
    AnalysisError
        ``workspace_not_encrypted``, ``workspace_key_lost``, ``workspace_key_wrong``.
    """
    wrapped = _read(home)
    if wrapped is None:
        raise AnalysisError("workspace_key_lost" if _holds_sealed(home) else "workspace_not_encrypted")
    ring = _write(home, wrapped.workspace, (*_unwrapped(wrapped).need().generations, new_key()))
    _drop(wrapped)
    return ring


def begin_anew(home: Path) -> Ring:
    """Begin with a new key where the old one is lost for good; what was sealed stays as it is, beside its keys.

    Raises
    ------
    AnalysisError
        ``workspace_not_encrypted``; ``workspace_key_there``: it is not lost.
    """
    wrapped = _read(home)
    if wrapped is None and not _holds_sealed(home):
        raise AnalysisError("workspace_not_encrypted")
    if wrapped is not None:
        if _unwrapped(wrapped).state == "open":
            raise AnalysisError("workspace_key_there")
        os.replace(home / KEYS, home / f"{KEYS}.{wrapped.key}")
    return begin(home)


def store(home: Path) -> Store | None:
    """Return in which kind of place the key is kept; None where nothing is sealed."""
    wrapped = _read(home)
    return None if wrapped is None else wrapped.store


def place(home: Path) -> str:
    """Return where the key is kept: a file, or a name in the keyring of the system; empty where nothing is sealed."""
    wrapped = _read(home)
    if wrapped is None:
        return ""
    name = _name(wrapped.workspace, wrapped.key)
    return f"{SERVICE}: {name}" if wrapped.store == "keyring" else str(file_of(wrapped))


def _holds_sealed(home: Path) -> bool:
    places = (f"files/*/*{SUFFIX}", f"studies/*/*/*/*{SUFFIX}")
    return any(True for place in places for _ in home.glob(place))


def _read(home: Path) -> Wrapped | None:
    try:
        return Wrapped.model_validate_json((home / KEYS).read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ChoiceError) as problem:
        raise AnalysisError("workspace_keys_unreadable", file=KEYS) from problem


def _unwrapped(wrapped: Wrapped) -> Ring:
    key = _fetch(wrapped)
    if key is None:
        return Ring("lost")
    try:
        told = json.loads(unseal(key, base64.b64decode(wrapped.ring), _USE))
    except ValueError:
        return Ring("wrong")
    return Ring("open", tuple(base64.b64decode(one) for one in told))


def _write(home: Path, workspace: str, generations: tuple[bytes, ...]) -> Ring:
    key = new_key()
    told = json.dumps([base64.b64encode(one).decode() for one in generations]).encode()
    sealed = base64.b64encode(seal(key, told, _USE)).decode()
    wrapped = Wrapped(workspace=workspace, key=key_id(key), store="file", ring=sealed)
    wrapped = wrapped.model_copy(update={"store": _keep(wrapped, key)})
    with whole_file(home / KEYS) as part:
        part.write_text(wrapped.model_dump_json(), "utf-8")
    ring = Ring("open", generations)
    hold(home, ring)
    return ring


# Where keys are kept


def _keep(wrapped: Wrapped, key: bytes) -> Store:
    text = base64.b64encode(key).decode()
    if (keyring := _keyring()) is not None:
        with suppress(Exception):  # of a keyring that is locked, or that nobody unlocks
            keyring.set_password(SERVICE, _name(wrapped.workspace, wrapped.key), text)
            if keyring.get_password(SERVICE, _name(wrapped.workspace, wrapped.key)) == text:
                return "keyring"
    place = file_of(wrapped)
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
    except OSError as problem:
        raise AnalysisError("workspace_key_not_kept", file=str(place)) from problem
    return "file"


def _fetch(wrapped: Wrapped) -> bytes | None:
    text: str | None = None
    if wrapped.store == "keyring":
        if (keyring := _keyring()) is not None:
            with suppress(Exception):
                text = keyring.get_password(SERVICE, _name(wrapped.workspace, wrapped.key))
    else:
        with suppress(OSError, UnicodeDecodeError):
            text = file_of(wrapped).read_text("utf-8")
    try:
        key = base64.b64decode(text or "", validate=True)
    except ValueError:
        key = b"\0" * KEY_BYTES  # there, and no key: it opens nothing
    return None if text is None else key.ljust(KEY_BYTES, b"\0")[:KEY_BYTES]


def _drop(wrapped: Wrapped) -> None:
    if wrapped.store == "file":
        file_of(wrapped).unlink(missing_ok=True)
    elif (keyring := _keyring()) is not None:
        with suppress(Exception):
            keyring.delete_password(SERVICE, _name(wrapped.workspace, wrapped.key))


def _keyring() -> Any:
    """Return the keyring of the system; None where it has none, or ``PORTRAIT_KEYS`` names a folder."""
    if os.environ.get("PORTRAIT_KEYS"):
        return None
    with suppress(Exception):
        import keyring

        return keyring if keyring.get_keyring().priority >= 1 else None
    return None


def file_of(wrapped: Wrapped) -> Path:
    """Return the file of a key that no keyring holds."""
    if named := os.environ.get("PORTRAIT_KEYS"):
        folder = Path(named).expanduser().absolute()
    else:
        from platformdirs import user_config_path

        folder = user_config_path("portrait-keys", appauthor=False)
    return folder / f"{_name(wrapped.workspace, wrapped.key)}.key"


def _name(workspace: str, key: str) -> str:
    return f"{workspace}-{key}"
