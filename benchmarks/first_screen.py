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

from benchmarks.measure import ENVIRONMENT, ROOT, script

EMPTY = "import streamlit as st\nst.title('Empty')\n"
KEEP = """
import sys
from pathlib import Path
from analysis.study import read, suggest
from analysis.workspace.store import Workspace
workspace = Workspace.open(Path(sys.argv[1]))
for name in ("One", "Two", "Three", "Four", "Five"):
    study = workspace.create_study(name)
    tables = [workspace.store_raw(study, table) for table in read("sample_data/中文店铺.xlsx")]
    workspace.save_recipe(study, suggest(tables), workspace.load_recipe(study).revision)
workspace.close()
"""
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
        kept = Path(folder) / "kept"
        subprocess.run(script(KEEP, str(kept)), check=True, env={**ENVIRONMENT, "PORTRAIT_HOME": str(kept)}, cwd=ROOT)
        apps = {"portrait": ROOT / "app.py", "portrait with studies": ROOT / "app.py", "empty app": empty}
        times: dict[str, list[float]] = {name: [] for name in apps}
        pages: dict[str, list[float]] = {name: [] for name in apps}
        for turn in range(runs + 1):
            for name, app in apps.items():
                home = Path(folder) / f"home{turn}"
                if name == "portrait with studies":
                    home = shutil.copytree(kept, Path(folder) / f"kept{turn}")
                whole, page = _first_screen(chromium, app, home)
                if turn:
                    times[name].append(whole)
                    pages[name].append(page)
        chromium.close()
    for label, found in (("server start to first screen", times), ("browser page to first screen", pages)):
        for name in list(apps)[:-1]:
            ratios = [ours / theirs for ours, theirs in zip(found[name], found["empty app"], strict=True)]
            print(
                f"{label}: {name} {statistics.median(found[name]):.2f} s, empty app "
                f"{statistics.median(found['empty app']):.2f} s, ratio {statistics.median(ratios):.2f} "
                f"({min(ratios):.2f} to {max(ratios):.2f}, n = {runs})"
            )


def _first_screen(chromium, app: Path, home: Path) -> tuple[float, float]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app), "--server.headless=true"]
    command += ["--server.address=127.0.0.1", f"--server.port={port}", "--browser.gatherUsageStats=false"]
    start = time.perf_counter()
    server = subprocess.Popen(
        command,
        cwd=app.parent,
        env={**ENVIRONMENT, "PORTRAIT_HOME": str(home)},
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
