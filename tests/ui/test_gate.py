"""The server answers the names it was started for, its own pages, and those who brought the token; nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from tests.loops import run_alone
from ui.gate import HEALTH, Door, Gate, checked_hosts, is_allowed

PORT = 8501
OWN = f"localhost:{PORT}"


def ask(
    door: Door | None = None,
    *,
    kind: str = "http",
    method: str = "GET",
    path: str = "/",
    query: str = "",
    client: str = "127.0.0.1",
    **headers: str | list[str],
) -> tuple[int, dict[str, str], bytes]:
    """Send one request through the gate; 200 means that it was let through (a web socket: accepted)."""
    sent: list[dict[str, Any]] = []
    pairs = [
        (name.replace("_", "-").encode(), one.encode())
        for name, value in headers.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    scope = {
        "type": kind, "method": method, "path": path, "query_string": query.encode(), "headers": pairs,
        "server": ("127.0.0.1", PORT), "client": (client, 50000), "scheme": "http", "root_path": "",
    }  # fmt: skip

    async def inside(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"INSIDE"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    run_alone(Gate(inside, door or Door())(scope, receive, send))
    if sent[0]["type"] == "websocket.close":
        return 403, {}, b""
    answer = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answer, b"".join(part.get("body", b"") for part in sent[1:])


@pytest.mark.parametrize("host", [OWN, f"127.0.0.1:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}", f"localhost.:{PORT}"])
@pytest.mark.parametrize("path", ["/", "/rfm", "/media/a.csv", *HEALTH])
def test_every_name_of_this_machine_is_answered(host, path):
    assert ask(host=host, path=path)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        f"evil.example:{PORT}", "evil.example", "localhost", "localhost:9999", f"localhost.evil.example:{PORT}",
        f"localhost:{PORT}@evil.example", f"evil.example#localhost:{PORT}", f"10.0.0.5:{PORT}", f"0.0.0.0:{PORT}", "",
        f"localhost:{PORT}/x", f"local host:{PORT}", "localhost:x", "[::1", f"127.0.0.1.evil.example:{PORT}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/media/a.csv", "/_stcore/upload_file/a/b"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_another_name_is_turned_away_on_every_path(host, path, kind):
    status, _, body = ask(host=host, path=path, kind=kind, origin=f"http://{host}")
    assert status == 403
    assert b"INSIDE" not in body
    assert not host or host.encode() not in body


def test_a_request_without_a_host_or_with_two_is_turned_away():
    assert ask()[0] == 403
    assert ask(host=[OWN, "evil.example"])[0] == 403


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (f"http://{OWN}", 200), (None, 403), ("null", 403), ("http://evil.example", 403),
        (f"http://evil.example:{PORT}", 403), ("http://localhost:9999", 403), (f"http://127.0.0.1:{PORT}", 403),
        (f"http://[::1]:{PORT}", 403), (f"chrome-extension://{OWN}", 403), (f"file://{OWN}", 403), ("", 403),
    ],
)  # fmt: skip
def test_a_web_socket_is_opened_by_the_apps_own_page_only(origin, status):
    named = {} if origin is None else {"origin": origin}
    assert ask(kind="websocket", path="/_stcore/stream", host=OWN, **named)[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_an_upload_from_another_page_is_turned_away(method):
    path = "/_stcore/upload_file/a/b"
    assert ask(method=method, path=path, host=OWN, origin="http://evil.example")[0] == 403
    assert ask(method=method, path=path, host=OWN, sec_fetch_site="cross-site")[0] == 403
    assert ask(method=method, path=path, host=OWN, origin=f"http://{OWN}", sec_fetch_site="same-origin")[0] == 200


def test_a_link_on_another_page_leads_to_the_app_but_a_picture_frame_or_script_there_does_not():
    link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert ask(host=OWN, **link, sec_fetch_dest="document")[0] == 200
    assert ask(host=OWN, **link, sec_fetch_dest="iframe")[0] == 403
    assert ask(host=OWN, path="/media/a.csv", sec_fetch_site="cross-site", sec_fetch_mode="no-cors")[0] == 403
    assert ask(host=OWN, path="/media/a.csv", sec_fetch_site="same-site", sec_fetch_mode="no-cors")[0] == 403


def test_names_the_app_was_started_for_are_answered_on_its_port_and_on_those_of_a_proxy():
    door = Door(checked_hosts(["Shop.lan", "tunnel.example:9000", "[fd00::5]"]))
    allowed = ["shop.lan:8501", "shop.lan", "shop.lan:443", "SHOP.LAN:80", "tunnel.example:9000", "[fd00::5]:8501"]
    refused = ["shop.lan:9000", "tunnel.example", "tunnel.example:8501", "a.shop.lan:8501", "[fd00::6]:8501"]
    assert [ask(door, host=host)[0] for host in allowed] == [200] * len(allowed)
    assert [ask(door, host=host)[0] for host in refused] == [403] * len(refused)
    assert ask(door, kind="websocket", host="shop.lan", origin="https://shop.lan")[0] == 200  # a proxy ends TLS
    assert ask(door, kind="websocket", host="shop.lan", origin="https://shop.lan:8080")[0] == 403
    assert ask(door, kind="websocket", host="shop.lan", origin="http://shop.lan")[0] == 200


@pytest.mark.parametrize("host", ["", "*", "*.example", "a b", "a/b", "http://x", "a@b", "x:y", "x:99999"])
def test_a_name_that_is_none_is_refused_at_the_start(host):
    with pytest.raises(AnalysisError) as refusal:
        checked_hosts([host])
    assert refusal.value.code == "host_unreadable"


def test_another_machine_is_turned_away_whatever_it_calls_this_one():
    assert ask(host=OWN, client="10.0.0.9")[0] == 403
    assert ask(host=OWN, client="::ffff:127.0.0.1")[0] == 200
    assert ask(Door(("shop.lan",), shared=True), host="shop.lan:8501", client="10.0.0.9")[0] == 200


def test_a_token_is_taken_once_into_a_cookie_and_out_of_the_address():
    door = Door(token="s3cret")
    assert ask(door, host=OWN)[0] == 403
    assert ask(door, host=OWN, query="token=wrong")[0] == 403
    assert ask(door, host=OWN, query="token=s3cret", kind="websocket", origin=f"http://{OWN}")[0] == 403
    status, headers, body = ask(door, host=OWN, path="/rfm", query="study=5&token=s3cret&study=%26")
    assert (status, headers["location"], b"INSIDE" in body) == (303, "/rfm?study=5&study=%26", False)
    cookie = headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    brought = cookie.partition(";")[0]
    assert ask(door, host=OWN, cookie=brought)[0] == 200
    assert ask(door, host=OWN, cookie=f"other=1; {brought}", kind="websocket", origin=f"http://{OWN}")[0] == 200
    assert ask(door, host=OWN, cookie=brought + "x")[0] == 403
    assert all(ask(door, host=OWN, path=path)[0] == 200 for path in HEALTH)
    assert "s3cret" not in ask(door, host=OWN, query="token=wrong")[2].decode()


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "///evil.example"])
def test_the_step_after_the_token_never_leaves_the_server(path):
    _, headers, _ = ask(Door(token="t"), host=OWN, path=path, query="token=t")
    assert not headers["location"].startswith(("//", "/\\", "http"))


@given(st.text(max_size=40), st.sampled_from(["{}", "{}:8501", "localhost:8501{}", "{}localhost:8501", "[{}]:8501"]))
def test_no_text_of_any_kind_passes_as_a_host_but_the_names_themselves(text, form):
    host = form.format(text)
    if is_allowed(host, PORT, Door()):
        name = host.lower().rpartition(":")[0].rstrip(".").strip("[]")
        assert name == "localhost" or name.startswith("127.") or name.lstrip("0:") == "1" or "::ffff:127" in name
