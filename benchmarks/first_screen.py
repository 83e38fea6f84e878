"""Time to the first screen: a fresh server and a fresh browser page, against an empty Streamlit app."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.measure import ENVIRONMENT, ROOT, script
from benchmarks.serving import serving

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
    start = time.perf_counter()
    with serving(app, home) as served:
        page = chromium.new_page()
        opened = time.perf_counter()
        page.goto(served.address)
        page.wait_for_selector(SETTLED, timeout=60_000)
        done = time.perf_counter()
        page.close()
    return done - start, done - opened


if __name__ == "__main__":
    main()
