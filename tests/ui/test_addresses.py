"""An address that names no page leads to the first one, and what the app or Streamlit serves is left alone."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from tests.loops import run_alone
from ui.addresses import PAGES, KnownAddresses
from ui.menu import SECTIONS


def location(path: str, query: str = "", accept: str = "text/html,*/*") -> str | None:
    """Return where a request is sent on to; None when it is passed on."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"accept", accept.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    run_alone(KnownAddresses(PlainTextResponse("here"))(scope, receive, send))
    return dict(sent[0]["headers"]).get(b"location", b"").decode() or None


def test_the_pages_are_those_of_the_menu() -> None:
    assert set(SECTIONS) == PAGES


@pytest.mark.parametrize("path", ["/overveiw", "/overview/more", "/客户"])
def test_an_address_that_names_no_page_leads_to_the_first_with_its_study(path: str) -> None:
    assert location(path, "study=abc&lang=zh") == "/?study=abc&lang=zh"
    assert location(path) == "/"


@pytest.mark.parametrize("path", ["/", *sorted(PAGES), "/_stcore/health", "/static/js/index.js", "/media/a.png"])
def test_what_is_there_is_served(path: str) -> None:
    assert location(path) is None


def test_what_no_person_asks_for_is_left_to_streamlit() -> None:
    assert location("/overveiw", accept="*/*") is None
