"""A real server and a real browser: Chromium from the machine, a fresh home, and no request that leaves it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from texts import catalogue
from ui.menu import ENTRIES, ENTRY_OF, ONE_ROW, SECTIONS, title_of

ROOT = Path(__file__).resolve().parents[2]
SETTLED = "[data-testid='stApp'][data-test-script-state='notRunning']"
LOCAL = {"localhost", "127.0.0.1", "::1", ""}
QUIET = [  # without these Chromium itself looks for updates, and the guard could not tell its requests from ours
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser, a server and a test share few cores: what fails here is tried once more, and the report names it."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.flaky(reruns=1))


def _missing(what: str) -> NoReturn:
    if os.environ.get("PORTRAIT_REQUIRE_BROWSER") == "1":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Return Chromium; skip without it, or fail when PORTRAIT_REQUIRE_BROWSER=1."""
    named = os.environ.get("CHROME")
    path = named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        _missing("no browser found: install one (Debian: apt-get install chromium) or set CHROME to its path")
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


class Server:
    """The app's own server on a free port, with its log in a file."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "server.log"
        self.home = folder / "home"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
        options = ["--server.headless=true", f"--server.port={self.port}", "--server.fileWatcherType=none"]
        with self.log.open("a") as log:  # a pipe nobody reads would fill and stop the server
            environment = os.environ | {"PORTRAIT_HOME": str(self.home)}
            environment.pop("PORTRAIT_DATABASE_URL", None)
            self.process = subprocess.Popen(
                [*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        deadline = time.monotonic() + 60
        while not self._healthy():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")
            time.sleep(0.1)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                return answer.status == 200
        except OSError:
            return False

    def kill(self) -> None:
        """End the server at once, as a crash would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)

    def stop(self) -> None:
        """End the server the usual way."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    """Return a running server that the browser tests share; it ends with the last of them."""
    server = Server(tmp_path_factory.mktemp("server"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def fresh_server(tmp_path: Path, browser: Browser) -> Iterator[Server]:
    """Return a running server that nobody has visited."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return ``visit(url, locale=…, dark=…)``; the test fails on any request that leaves the machine or any error.

    Every call is a new visitor, with no cookie of the one before.
    """
    contexts: list[BrowserContext] = []
    strays: list[str] = []
    complaints: list[str] = []

    def watch_request(url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob", "about"} and (parts.hostname or "") not in LOCAL:
            strays.append(url)

    def watch_console(kind: str, text: str, source: str) -> None:
        # Streamlit looks for its own base path below a deep link first, and is told 404 before it finds it.
        if kind == "error" and not ("/_stcore/" in source and "404" in text):
            complaints.append(f"{text} ({source})")

    def open_it(url: str, *, locale: str = "en-GB", dark: bool = False, width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(
            locale=locale,
            color_scheme="dark" if dark else "light",
            viewport={"width": width, "height": height},
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: watch_request(request.url))
        page.on("websocket", lambda websocket: watch_request(websocket.url))
        page.on("console", lambda message: watch_console(message.type, message.text, message.location["url"]))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        settle(page)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not strays, f"requests left the machine: {strays}"
    assert not complaints, f"the browser complained: {complaints}"


def settle(page: Page, timeout: float = 60_000) -> None:
    """Wait until the app has drawn the page and is at rest."""
    page.wait_for_selector(SETTLED, timeout=timeout)
    page.wait_for_selector("[data-testid='stMain'] h1", timeout=timeout)
    # The script's end and the last element's drawing are a moment apart.
    page.wait_for_timeout(200)
    page.wait_for_selector(SETTLED, timeout=timeout)


def go(page: Page, name: str, language: str = "en", timeout: float = 60_000) -> None:
    """Open a page as an owner does: by its entry in the menu, then by the links of the entry."""
    entry = ENTRY_OF[name]
    menu, title = page.get_by_test_id("stSidebarNav"), catalogue()[f"{name}.title"][language]
    menu.get_by_role("link", name=catalogue()[title_of(entry)][language], exact=True).click()
    if len(ENTRIES[entry][1]) > 1:
        row = page.locator(".st-key-pages_of_entry")
        link = row.get_by_role("link", name=title, exact=True)
        if len(ENTRIES[entry][1]) > ONE_ROW:  # it may stand with those of another section
            section = catalogue()[f"app.section_{SECTIONS[name]}"][language]
            other = row.get_by_role("link").filter(has_text=section)
            link.or_(other).first.wait_for(timeout=timeout)
            if not link.count():
                other.click(timeout=timeout)
        link.click(timeout=timeout)
    page.wait_for_url(re.compile(rf"/{'' if name == 'start' else name}(\?|$)"), timeout=timeout)
    expect(page.locator("[data-testid='stMain'] h1")).to_have_text(title, timeout=timeout)
    settle(page, timeout)


@pytest.fixture(name="go", scope="session")
def go_fixture() -> Callable[..., None]:
    """Return ``go(page, name, language)``, which opens a page by the menu."""
    return go


@pytest.fixture(name="settle", scope="session")
def settle_fixture() -> Callable[..., None]:
    """Return ``settle(page)`` for use after a click."""
    return settle
