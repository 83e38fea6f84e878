"""Response headers that keep the browser from loading or sending anything beyond this server."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.scripts import LANGUAGE_SCRIPTS, source_of

# Text from a file that ends up in Markdown could name a remote picture; this policy is what stops the request.
# Streamlit's own front end needs inline styles, WebAssembly (grids) and blobs (downloads); inline scripts, its own
# and ours, are allowed by their hash. Web sockets are allowed to this server alone, by name: not every browser counts
# them under 'self'.
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval' {scripts}",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' {sockets} data: blob:",
    "worker-src": "'self' blob:",
    "frame-ancestors": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
_INLINE = re.compile(r"<script(?![^>]*\bsrc\b)[^>]*>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[\w.\-\[\]:]+")


def headers(host: str = "") -> dict[str, str]:
    """Return the headers of a response to a request for ``host`` (``name:port``).

    Examples
    --------
    >>> "ws://localhost:8501" in headers("localhost:8501")["Content-Security-Policy"]
    True
    """
    sockets = f"ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    policy = "; ".join(f"{name} {allowed}" for name, allowed in _POLICY.items())
    return {
        "Content-Security-Policy": policy.format(scripts=_inline_scripts(), sockets=sockets),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


@cache
def _inline_scripts() -> str:
    """Return the hashes of the scripts that stand in Streamlit's own page, and of our own."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_bytes().decode("utf-8")
    return " ".join(source_of(script) for script in (*_INLINE.findall(page), *LANGUAGE_SCRIPTS.values()))


class SecurityHeaders:
    """ASGI middleware that sets ``headers`` on every response; plain ASGI, so that downloads are not buffered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to the start of its response."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers(host))
            await send(message)

        await self.app(scope, receive, send_with_headers)
