"""Who may speak to the server: requests for the names it was started under, from its own pages, with its token if any.

A page elsewhere can have its own name point at this machine (DNS rebinding) or open a web socket across sites; the
browser then names that page in ``Host`` or ``Origin``, and is turned away here, before Streamlit sees the request.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from analysis.errors import AnalysisError

HEALTH = ("/_stcore/health", "/healthz")
TOKEN = "token"
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True)
class Door:
    """What the server was started for.

    Attributes
    ----------
    hosts : tuple of str
        Names or addresses beside those of loopback, ``name`` (on the server's own port) or ``name:port``.
    token : str or None
        What a browser has to bring once; None where no token is asked for.
    shared : bool
        Other machines may ask; where they may not, it does not help them to name this one in ``Host``.
    """

    hosts: tuple[str, ...] = ()
    token: str | None = None
    shared: bool = False


_opened = Door()


def open_door(door: Door) -> None:
    """Say what the server of this process is started for; before that it answers loopback names without a token."""
    global _opened
    _opened = door


def new_token() -> str:
    """Return a token that nobody can guess (192 bits)."""
    return secrets.token_urlsafe(24)


def checked_hosts(hosts: Sequence[str]) -> tuple[str, ...]:
    """Return the hosts in the form they are compared in.

    Raises
    ------
    AnalysisError
        ``host_unreadable`` (host).

    Examples
    --------
    >>> checked_hosts(["Shop.lan", "10.0.0.5:443"])
    ('shop.lan', '10.0.0.5:443')
    """
    found = []
    for host in hosts:
        split = _split(host.strip())
        if split is None or not split[0] or "*" in split[0]:
            raise AnalysisError("host_unreadable", host=host[:100])
        name, port = split
        found.append(_joined(name, port))
    return tuple(found)


def is_loopback(name: str) -> bool:
    """Say whether a name or an address is this machine's own.

    Examples
    --------
    >>> [is_loopback(name) for name in ("localhost", "127.0.0.9", "::1", "10.0.0.5", "evil.example", "")]
    [True, True, True, False, False, False]
    """
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_allowed(host: str | None, port: int | None, door: Door) -> bool:
    """Say whether a ``Host`` header is one the server was started for.

    Parameters
    ----------
    host : str or None
        As the header says it: ``name``, ``name:port`` or ``[address]:port``.
    port : int or None
        The server listens there; None for a socket without ports, where the port of a name does not matter.
    door : Door

    Examples
    --------
    >>> door = Door(("shop.lan",))
    >>> [is_allowed(host, 8501, door) for host in ("localhost:8501", "[::1]:8501", "shop.lan:8501")]
    [True, True, True]
    >>> [is_allowed(host, 8501, door) for host in ("localhost:9999", "evil.example:8501", "localhost:8501@evil", None)]
    [False, False, False, False]
    """
    split = _split(host) if host else None
    if split is None:
        return False
    name, asked = split
    asked = asked or 80
    if is_loopback(name) and (port is None or asked == port):
        return True
    named = [_split(allowed) for allowed in door.hosts]
    # A name given without a port stands for the server's own port and for the usual ones of a proxy before it.
    return any(
        split is not None and split[0] == name and (asked == split[1] if split[1] else asked in (port, 80, 443))
        for split in named
    )


class Gate:
    """ASGI middleware that turns away requests for other names, from other pages, or without the token."""

    def __init__(self, app: ASGIApp, door: Door | None = None) -> None:
        self.app = app
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403 and one sentence that quotes nothing of it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        door = self.door or _opened
        headers = Headers(scope=scope)
        is_socket = scope["type"] == "websocket"
        server = scope.get("server")
        port = server[1] if server else None
        client = scope.get("client")
        if not door.shared and client and not is_loopback(client[0].removeprefix("::ffff:")):
            await _refuse(scope, receive, send, "The app was started for this machine alone.")
            return
        if len(headers.getlist("host")) != 1 or not is_allowed(headers.get("host"), port, door):
            await _refuse(scope, receive, send, "This address is not one that the app was started for.")
            return
        if not _own_page(scope, headers, is_socket=is_socket):
            await _refuse(scope, receive, send, "Only the app's own pages may ask this.")
            return
        if door.token and scope["path"] not in HEALTH and not _has_cookie(headers, port, door.token):
            await self._ask_token(scope, receive, send, door.token, port)
            return
        await self.app(scope, receive, send)

    async def _ask_token(self, scope: Scope, receive: Receive, send: Send, token: str, port: int | None) -> None:
        """Take the token from the address into a cookie, and send the browser to the address without it."""
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        brought = [value for name, value in query if name == TOKEN]
        if scope["type"] == "websocket" or not any(hmac.compare_digest(_bytes(one), _bytes(token)) for one in brought):
            await _refuse(scope, receive, send, "Open the address that the app printed when it was started.")
            return
        rest = urlencode([(name, value) for name, value in query if name != TOKEN])
        # One leading slash: "//name" would send the browser to another server.
        path = "/" + scope["path"].lstrip("/\\")
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=303)
        answer.set_cookie(_cookie_name(port), token, httponly=True, samesite="strict", path="/")
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)


def _own_page(scope: Scope, headers: Headers, *, is_socket: bool) -> bool:
    """Say whether a request comes from a page of this server, or is a person's own step to it."""
    origins = headers.getlist("origin")
    if origins:
        origin = urlsplit(origins[0]) if len(origins) == 1 else None
        if origin is None or origin.scheme not in ("http", "https"):
            return False
        return _same(origin.netloc, headers["host"], origin.scheme)
    if is_socket:
        return False  # a browser always says where a web socket is opened from
    if scope["method"] not in _SAFE_METHODS:
        # A script without a browser names no origin; a browser that does not is told by the site it names.
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    foreign = headers.get("sec-fetch-site") in ("cross-site", "same-site")
    # A link on another page may lead here; a picture, a script or a frame of another page may not.
    return not foreign or (headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document")


def _same(netloc: str, host: str, scheme: str) -> bool:
    one, other = _split(netloc), _split(host)
    if one is None or other is None:
        return False
    usual = 443 if scheme == "https" else 80
    return one[0] == other[0] and (one[1] or usual) == (other[1] or usual)


def _split(host: str) -> tuple[str, int | None] | None:
    """Return the name in small letters and the port of ``name[:port]``; None for anything else."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if (
        not name
        or "@" in host
        or parts.path
        or parts.query
        or parts.fragment
        or any(letter.isspace() for letter in host)
    ):
        return None
    return name.rstrip("."), port


def _joined(name: str, port: int | None) -> str:
    name = f"[{name}]" if ":" in name else name
    return name if port is None else f"{name}:{port}"


def _cookie_name(port: int | None) -> str:
    # Cookies do not know ports: two apps on one machine must not take each other's.
    return f"portrait_token_{port or 0}"


def _has_cookie(headers: Headers, port: int | None, token: str) -> bool:
    cookies = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return False
    found = cookies.get(_cookie_name(port))
    return found is not None and hmac.compare_digest(_bytes(found.value), _bytes(token))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


async def _refuse(scope: Scope, receive: Receive, send: Send, sentence: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the browser sees a 403
        return
    answer = PlainTextResponse(sentence, status_code=403, headers={"Cache-Control": "no-store"})
    await answer(scope, receive, send)
