"""An address that names no page leads to the first one: by itself Streamlit would say so in a window, in English."""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PAGES = frozenset(path.stem for path in (Path(__file__).resolve().parents[1] / "pages").glob("*/*.py"))
# What Streamlit itself answers.
_ITS_OWN = ("_stcore", "static", "media", "component", "app", "auth", "oauth2callback", "healthz")


def is_nowhere(path: str) -> bool:
    """Say whether a path is neither the first page, nor one of the others, nor something that Streamlit serves.

    Examples
    --------
    >>> [is_nowhere(path) for path in ("/", "/overview", "/_stcore/health", "/favicon.png", "/overveiw", "/a/b")]
    [False, False, False, False, True, True]
    """
    first, *more = path.strip("/").split("/")
    if not first or first in _ITS_OWN or "." in path:
        return False
    return first not in PAGES or bool(more)


class KnownAddresses:
    """ASGI middleware that sends a browser from an address that names no page to the first page, with its study."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or redirect it."""
        asked = scope["type"] == "http" and scope["method"] == "GET" and is_nowhere(scope["path"])
        if asked and "text/html" in Headers(scope=scope).get("accept", ""):
            query = scope["query_string"].decode("latin-1")
            await RedirectResponse(f"/?{query}" if query else "/", status_code=303)(scope, receive, send)
            return
        await self.app(scope, receive, send)
