"""From one month to the next in a browser: the file is known on Start, and leads to the customers of a cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import heard
from tests.browser.screens import ANSWER, PATIENCE
from tests.history.months import HEADERS, rows_of
from texts import Translator


def test_next_months_file_leads_to_the_brief_the_matrix_and_a_list(fresh_server, visit, settle, tmp_path: Path) -> None:
    paths = []
    for name, months in (("winter", (1, 2)), ("march", (3,))):
        rows = [row for month in months for row in rows_of(date(2024, month, 1), 28, seed=month, n=300)]
        paths.append(tmp_path / f"{name}.csv")
        paths[-1].write_text("\n".join([",".join(HEADERS), *(",".join(map(str, row)) for row in rows)]), "utf-8")
    page = visit(fresh_server.url)
    page.locator("input[type=file]").first.set_input_files(paths[0])
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(ANSWER)).to_be_visible(timeout=PATIENCE)
    settle(page)
    overview = page.url
    page.goto(fresh_server.url)
    settle(page)
    page.locator("input[type=file]").first.set_input_files(paths[1])
    page.locator(".st-key-take_into button").click(timeout=PATIENCE)
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(".st-key-brief_happened")).to_contain_text("2024", timeout=PATIENCE)
    assert page.url.split("study=")[1] == overview.split("study=")[1]
    settle(page)
    page.goto(page.url.replace("/overview", "/moved"))
    grid = page.get_by_test_id("stDataFrame").first
    expect(grid).to_be_visible(timeout=PATIENCE)
    settle(page)
    heard(page, lambda: grid.click(position={"x": 190, "y": 52}))
    cell = page.locator("[data-testid='stMarkdownContainer'] strong", has_text="→")
    expect(cell).to_be_visible(timeout=PATIENCE)
    settle(page)
    with page.expect_download() as download:
        page.get_by_text(Translator("en")("app.download_csv")).filter(visible=True).first.click()
    name = download.value.suggested_filename
    assert name.endswith(".csv") and cell.inner_text().split(" →")[0] in name, name
