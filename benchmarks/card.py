"""Time from a click to the card of a customer among a million, seen before, against an empty Streamlit page.

``python -m benchmarks card [customers]``: each has two orders; the empty app runs beside, and the clicks take turns.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import ROOT, process, script
from benchmarks.pages import AT_REST, EMPTY, PATIENCE, clicked
from benchmarks.serving import serving
from texts import translator

if TYPE_CHECKING:
    from playwright.sync_api import Page

CUSTOMERS = 1_000_000
READING = 1_800_000  # milliseconds until its Overview stands on a busy machine
RUNS = 9
MAKE = """
import sys, duckdb
n, file = int(sys.argv[1]), sys.argv[2]
duckdb.execute(f'''copy (select
    'C' || lpad((i % {n})::varchar, 8, '0') as customer_id, 'O' || i as order_id,
    strftime(date '2023-01-01' + (hash(i * 7) % 700)::int, '%Y-%m-%d') as order_date,
    ['tea', 'coffee', 'cups'][(1 + hash(i * 3) % 3)::int] as product,
    round(5 + (hash(i * 11) % 20000) / 100.0, 2) as amount
from range({n} * 2) r(i)) to '{file}' (format csv, header)''')
"""


def main() -> None:
    """Print the median of the card, of the card of another customer, and their ratios to the empty page."""
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        print("skipped: no Chromium")
        return
    customers = next((int(word) for word in sys.argv[1:] if word.isdigit()), CUSTOMERS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file, empty = Path(folder) / "orders.csv", Path(folder) / "empty.py"
        process(script(MAKE, str(customers), str(file)))
        empty.write_text(EMPTY, "utf-8")
        options = ["--no-sandbox", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=browser, args=options)
        with serving(ROOT / "app.py", Path(folder) / "home") as ours, serving(empty, Path(folder) / "home") as theirs:
            page, blank = chromium.new_page(locale="en-GB"), chromium.new_page(locale="en-GB")
            begin(page, ours.address, file)
            blank.goto(theirs.address)
            blank.wait_for_function(AT_REST, arg="First", timeout=PATIENCE)
            card, away = (translator("en")(f"{name}.title") for name in ("card", "columns"))
            opened: list[float] = []
            nothing: list[float] = []
            for turn in range(RUNS + 2):  # the first time the page computes, the second time all of it is there
                clicked(page, "columns", away)
                took = clicked(page, "card", card)
                beside = clicked(blank, *(("other", "Other") if turn % 2 == 0 else ("one", "One")))
                if turn > 1:
                    opened.append(took)
                    nothing.append(beside)
        chromium.close()
    usual = statistics.median(nothing)
    ratios = sorted(took / usual for took in opened)
    print(
        f"card among {customers:,} customers: {statistics.median(opened):.2f} s, an empty page {usual:.2f} s, "
        f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}, n = {RUNS})"
    )


def begin(page: Page, url: str, file: Path) -> None:
    """Open the study, wait until its Overview stands, and open the menu of every page."""
    page.goto(url)
    page.wait_for_function(AT_REST, arg=translator("en")("start.title"), timeout=PATIENCE)
    page.locator("input[type=file]").first.set_input_files(file)
    page.wait_for_url("**/overview?**", timeout=READING)
    page.wait_for_function(AT_REST, arg=translator("en")("overview.title"), timeout=READING)
    page.locator("[data-testid='stSidebar'] [data-testid='stCheckbox'] label").click()
    page.locator("[data-testid='stSidebarNav'] a[href$='/card']").wait_for(timeout=PATIENCE)


if __name__ == "__main__":
    main()
