"""Time from a click in the menu to the new page at rest, of pages seen before, against an empty Streamlit page.

Online Retail where it is kept, else the sample; the empty app runs beside, and the clicks take turns.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import DATA, ROOT
from benchmarks.serving import serving
from texts import translator

if TYPE_CHECKING:
    from playwright.sync_api import Page

EMPTY = """
import streamlit as st
def first(): st.title("First")
def one(): st.title("One")
def other(): st.title("Other")
pages = [st.Page(page, title=page.__name__, url_path=page.__name__) for page in (first, one, other)]
st.navigation(pages).run()
"""
PAGES = (
    "overview", "rfm", "tiers", "movement", "lifecycle", "lifetime", "churn", "next_order", "compare", "personas",
    "card", "plan", "files", "export",
)  # fmt: skip
RETAIL = DATA / "online_retail" / "Online Retail.xlsx"
PATIENCE = 300_000
AT_REST = """title => document.querySelector("[data-testid='stMain'] h1")?.innerText.trim() === title
    && document.querySelector("[data-testid='stApp']").dataset.testScriptState === "notRunning"
    && !document.querySelector(".st-key-stop_work")"""


def main(runs: int = 5) -> None:
    """Print the median of every page, and its ratio to the empty page."""
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("skipped: no Chromium")
        return
    titles = {name: translator("en")(f"{name}.title") for name in PAGES}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY, "utf-8")
        options = ["--no-sandbox", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=browser, args=options)
        with serving(ROOT / "app.py", Path(folder) / "home") as ours, serving(empty, Path(folder) / "home") as theirs:
            page, blank = chromium.new_page(locale="en-GB"), chromium.new_page(locale="en-GB")
            begin(page, ours.address)
            blank.goto(theirs.address)
            blank.wait_for_function(AT_REST, arg="First", timeout=PATIENCE)
            times: dict[str, list[float]] = {name: [] for name in PAGES}
            nothing: dict[str, list[float]] = {name: [] for name in PAGES}
            for turn in range(runs + 2):  # the first time a page computes, the second time all of it is there
                for place, (name, title) in enumerate(titles.items()):
                    took = clicked(page, name, title)
                    other = "other" if (turn * len(PAGES) + place) % 2 == 0 else "one"
                    beside = clicked(blank, other, other.title())
                    if turn > 1:
                        times[name].append(took)
                        nothing[name].append(beside)
        chromium.close()
    every = statistics.median(one for found in nothing.values() for one in found)
    for name, found in times.items():
        print(f"{name}: {statistics.median(found):.2f} s, ratio {statistics.median(found) / every:.2f} (n = {runs})")
    ratio = statistics.median(one for found in times.values() for one in found) / every
    print(f"all pages: ratio {ratio:.2f} to an empty page of {every:.2f} s (n = {runs * len(PAGES)})")


def begin(page: Page, url: str) -> None:
    """Open a study, and the menu of every page."""
    page.goto(url)
    page.wait_for_function(AT_REST, arg=translator("en")("start.title"), timeout=PATIENCE)
    if RETAIL.exists():
        page.locator("input[type=file]").first.set_input_files(RETAIL)
    else:
        page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    page.wait_for_function(AT_REST, arg=translator("en")("overview.title"), timeout=PATIENCE)
    page.locator("[data-testid='stSidebar'] [data-testid='stCheckbox'] label").click()
    page.locator("[data-testid='stSidebarNav'] a[href$='/card']").wait_for(timeout=PATIENCE)


def clicked(page: Page, name: str, title: str) -> float:
    """Click an entry of the menu; return the seconds until its page is at rest."""
    start = time.perf_counter()
    page.locator(f"[data-testid='stSidebarNav'] a[href$='/{name}']").click()
    page.wait_for_function(AT_REST, arg=title, timeout=PATIENCE)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
