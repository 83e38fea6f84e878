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
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from texts import Language, catalogue
from ui.menu import ENTRIES, ENTRY_OF, ONE_ROW, SECTIONS, title_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60_000  # milliseconds; a busy machine is no fault of the app
expect.set_options(timeout=PATIENCE)
LOOKS, LOOK_EVERY = 3, 50  # so many in a row find the page at rest, with so many milliseconds before each
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

# Takes down in the page what it asks its server for: a request is answered once a run has begun after it and has ended
# (the numbers are those of the fields in Streamlit's BackMsg and ForwardMsg). The page itself says that it runs only
# when the server has said so, which on a busy machine is long after the click.
WATCH = """(() => {
    const run = window.portraitRun = {asked: true, runs: true, requests: 0};
    const Plain = window.WebSocket;
    const fields = data => {
        const bytes = new Uint8Array(data), found = {};
        let at = 0;
        const number = () => {
            for (let value = 0, factor = 1; ; factor *= 128) {
                const byte = bytes[at++];
                value += (byte & 127) * factor;
                if (!(byte & 128)) return value;
            }
        };
        while (at < bytes.length) {
            const tag = number(), value = number();
            if (tag % 8 === 2) at += value;
            else if (tag % 8 !== 0) break;
            found[Math.floor(tag / 8)] = value;
        }
        return found;
    };
    window.WebSocket = class extends Plain {
        constructor(...given) {
            super(...given);
            this.addEventListener("message", ({data}) => {
                if (!(data instanceof ArrayBuffer)) return;
                const told = fields(data);
                if (4 in told) [run.asked, run.runs] = [false, true];
                if (6 in told && told[6] !== 2) run.runs = false;
            });
        }
        send(data) {
            const told = typeof data === "string" ? {} : fields(data);
            // Who asks where to put a file asks for a run once it is there.
            if (11 in told || 16 in told) [run.asked, run.requests] = [true, run.requests + 1];
            super.send(data);
        }
    };
})()"""
# Whether nothing is asked for, and no work goes on beside the page.
AT_REST = """() => {
    const run = window.portraitRun ?? {};
    const ran = document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']");
    const works = document.querySelector(".st-key-stop_work");
    return Boolean(ran && document.querySelector("[data-testid='stMain'] h1") && !run.asked && !run.runs && !works);
}"""


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
        context = new_context(
            browser,
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
    """Wait until the app has answered everything that the page has asked for, and the page is at rest."""
    deadline = time.monotonic() + timeout / 1000
    at_rest = 0
    while at_rest < LOOKS:
        page.wait_for_timeout(LOOK_EVERY)
        try:
            at_rest = at_rest + 1 if page.evaluate(AT_REST) else 0
        except PlaywrightError as problem:
            if "context was destroyed" not in str(problem):  # an address that is being opened
                raise
            at_rest = 0
        if time.monotonic() > deadline:
            raise AssertionError(f"the page did not come to rest: {page.url}")


def step(page: Page, address: str) -> None:
    """Open an address as the browser's Back does, which does not load the app itself again."""
    page.evaluate(
        "address => { history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate')); }", address
    )


def heard(page: Page, act: Callable[[], None]) -> None:
    """Do something with a picture until the page asks its server for what follows; one drawn anew just now is deaf."""
    for _ in range(20):
        before = page.evaluate("window.portraitRun.requests")
        act()
        # Pictures wait for a moment for what else is done to them.
        if page.evaluate(f"new Promise(go => setTimeout(() => go(window.portraitRun.requests > {before}), 400))"):
            return
    raise AssertionError("nothing was heard")


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Return a new visitor, whose pages take down what they ask for (``settle``)."""
    context = browser.new_context(**options)
    context.add_init_script(WATCH)
    context.set_default_timeout(PATIENCE)
    return context


def speak(page: Page, language: Language) -> None:
    """Switch the language, as a reader does, and wait until the page stands in it."""
    page.get_by_role("radio", name=catalogue()[f"app.language_{language}"][language], exact=True).click()
    settle(page)


def go(page: Page, name: str, language: str = "en", timeout: float = 60_000) -> None:
    """Open a page as an owner does: by its entry in the menu, then by the links of the entry."""
    settle(page, timeout)
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
