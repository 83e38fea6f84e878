"""The app starts from anywhere, on this machine only, and says so when its port is taken."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import cli
from analysis.errors import AnalysisError
from ui.headers import headers
from ui.launch import launch


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(ready, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while not ready():
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


# Notes every name that is looked up and every address that is not this machine's, in the server's own process.
WATCH = """
import socket
def noted(ask, find):
    def asked(*given, **named):
        name = find(given)
        if name not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"):
            open({log!r}, "a").write(f"{{name}}\\n")
        return ask(*given, **named)
    return asked
socket.getaddrinfo = noted(socket.getaddrinfo, lambda given: given[0] if isinstance(given[0], str) else None)
class Watched(socket.socket):
    def connect(self, address):
        is_local = not isinstance(address, tuple) or address[0] in ("127.0.0.1", "::1", "localhost")
        if self.type == socket.SOCK_STREAM and not is_local:
            open({log!r}, "a").write(f"{{address}}\\n")
        return super().connect(address)
socket.socket = Watched
"""


@pytest.fixture
def launched(free_port: int, tmp_path: Path, root: Path) -> Iterator[tuple[int, Path]]:
    """Run ``launch`` from a folder that is not the project's, with a browser that notes what it is asked to open."""
    opened = tmp_path / "opened"
    browser = tmp_path / "browser.py"
    browser.write_text(f"import sys\nopen({str(opened)!r}, 'w').write(sys.argv[1])\n")
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH.format(log=str(tmp_path / "asked")))
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from ui.launch import launch; launch({free_port})"],
            cwd=tmp_path,
            env=os.environ
            | {
                "BROWSER": f"{sys.executable} {browser} %s",
                "PYTHONPATH": os.pathsep.join([str(tmp_path / "watch"), str(root)]),
                "PORTRAIT_HOME": str(tmp_path / "home"),
            },
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_for(opened.exists, process, log)
        yield free_port, opened
    finally:
        process.terminate()
        process.wait(10)


def test_app_is_served_with_its_settings_and_shown_in_the_browser(launched):
    port, opened = launched
    with urllib.request.urlopen(f"http://localhost:{port}/", timeout=10) as answer:
        assert {name: answer.headers[name] for name in headers()} == headers(f"localhost:{port}")
    assert opened.read_text() == f"http://localhost:{port}/"


def status(port: int, path: str = "/", *, socket_too: bool = False, **headers: str) -> int:
    """Ask the server with headers of our own choice, also to open a web socket; 101 means that it was opened."""
    if socket_too:
        headers |= {
            "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "c29tZSBzaXh0ZWVuIGJ5dA==", "Sec-WebSocket-Protocol": "streamlit",
        }  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.putrequest("GET", path, skip_host=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        return connection.getresponse().status
    finally:
        connection.close()


def test_strangers_are_turned_away_and_no_request_leaves_the_machine(launched, tmp_path):
    port, _ = launched
    own = f"localhost:{port}"
    stream = "/_stcore/stream"
    assert status(port, Host=own) == 200
    assert status(port, stream, socket_too=True, Host=own, Origin=f"http://{own}") == 101
    for host in (f"evil.example:{port}", "evil.example", f"localhost:{port + 1}"):
        for path in ("/", "/_stcore/health", "/_stcore/host-config", "/media/x.csv", "/_stcore/agent/openapi.json"):
            assert status(port, path, Host=host) == 403
        assert status(port, stream, socket_too=True, Host=host, Origin=f"http://{host}") == 403
    for origin in ("http://evil.example", f"http://evil.example:{port}", "null", f"http://[::1]:{port}"):
        assert status(port, stream, socket_too=True, Host=own, Origin=origin) == 403
    assert status(port, stream, socket_too=True, Host=own) == 403
    asked = tmp_path / "asked"
    assert not asked.exists(), asked.read_text()


def test_an_address_that_others_reach_wants_a_token_or_plain_words(free_port):
    for address in ("0.0.0.0", "192.0.2.7", "::"):
        with pytest.raises(AnalysisError) as refusal:
            launch(free_port, open_browser=False, address=address)
        assert (refusal.value.code, refusal.value.facts) == ("address_without_login", {"address": address})


def test_app_does_not_listen_beyond_this_machine(launched):
    port, _ = launched
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; names the address this machine would use
        except OSError:
            pytest.skip("this machine has no network address of its own")
        outside = probe.getsockname()[0]
    if outside.startswith("127."):
        pytest.skip("this machine has no network address of its own")
    with pytest.raises(OSError), socket.create_connection((outside, port), timeout=2):
        pass


@pytest.mark.parametrize("is_listening", [True, False])
def test_taken_port_is_refused_by_name(free_port, is_listening):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        if is_listening:
            other.listen()
        with pytest.raises(AnalysisError) as refusal:
            launch(free_port, open_browser=False)
    assert refusal.value.code == "port_taken"
    assert refusal.value.facts == {"port": str(free_port)}


@pytest.mark.parametrize("written", ["65536", "-1", "99999999999", "80a", "８０", "", "1.5"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_no_port_is_refused_in_words(written, language, capsys):
    assert cli.main(["app", f"--port={written}", "--lang", language]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert written in line and "65535" in line


def test_a_taken_port_is_refused_in_words_by_the_command(free_port, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port))
        other.listen()
        assert cli.main(["app", "--port", str(free_port), "--no-browser", "--lang", "en"]) == 2
    assert capsys.readouterr().err == f"Port {free_port} is already in use. Choose another one with --port.\n"


def test_port_0_takes_a_free_one():
    from ui.launch import _free_port

    assert 1024 <= _free_port(0) <= 65535
