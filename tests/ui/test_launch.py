"""The app starts from anywhere, on this machine only, and says so when its port is taken."""

from __future__ import annotations

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
from ui.headers import HEADERS
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


@pytest.fixture
def launched(free_port: int, tmp_path: Path, root: Path) -> Iterator[tuple[int, Path]]:
    """Run ``launch`` from a folder that is not the project's, with a browser that notes what it is asked to open."""
    opened = tmp_path / "opened"
    browser = tmp_path / "browser.py"
    browser.write_text(f"import sys\nopen({str(opened)!r}, 'w').write(sys.argv[1])\n")
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", f"from ui.launch import launch; launch({free_port})"],
            cwd=tmp_path,
            env=os.environ | {"BROWSER": f"{sys.executable} {browser} %s", "PYTHONPATH": str(root)},
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
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert opened.read_text() == f"http://localhost:{port}"


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
