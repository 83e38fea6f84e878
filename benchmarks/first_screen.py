"""Time to the first screen: a fresh server and a fresh browser page, against an empty Streamlit app."""

from __future__ import annotations

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.measure import ROOT

EMPTY = "import streamlit as st\nst.title('Empty')\n"
SETTLED = "[data-testid='stApp'][data-test-script-state='notRunning'] h1"


def main(runs: int = 5) -> None:
    """Print both medians and the ratio, from starting the server to a settled first screen."""
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("skipped: no Chromium")
        return
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, "utf-8")
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-background-networking"]
        )
        times: dict[str, list[float]] = {"portrait": [], "empty app": []}
        pages: dict[str, list[float]] = {"portrait": [], "empty app": []}
        for turn in range(runs + 1):
            for name, script in (("portrait", ROOT / "app.py"), ("empty app", empty)):
                whole, page = _first_screen(chromium, script, Path(folder) / f"home{turn}")
                if turn:
                    times[name].append(whole)
                    pages[name].append(page)
        chromium.close()
    for label, found in (("server start to first screen", times), ("browser page to first screen", pages)):
        ratios = [ours / theirs for ours, theirs in zip(found["portrait"], found["empty app"], strict=True)]
        print(
            f"{label}: portrait {statistics.median(found['portrait']):.2f} s, empty app "
            f"{statistics.median(found['empty app']):.2f} s, ratio {statistics.median(ratios):.2f} "
            f"({min(ratios):.2f} to {max(ratios):.2f}, n = {runs})"
        )


def _first_screen(chromium, script: Path, home: Path) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    start = time.perf_counter()
    server = subprocess.Popen(
        command,
        cwd=script.parent,
        env={**os.environ, "PORTRAIT_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).read()
                break
            except OSError:
                time.sleep(0.02)
        page = chromium.new_page()
        opened = time.perf_counter()
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector(SETTLED, timeout=60_000)
        done = time.perf_counter()
        page.close()
        return done - start, done - opened
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
