"""A tag in a real browser: made by a rule, counted, used as a filter and for segments, retired; in both languages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import go, speak
from tests.browser.screens import ANSWER, LOCALES, PATIENCE
from tests.thorough import THOROUGH
from texts import Translator

ORDERS = "customer id,order date,amount\n" + "".join(
    f"C{i:03},2024-{1 + (i + again * 2) % 9:02}-{1 + (i * 7 + again) % 28:02},{20 + i % 37 * (again + 1)}\n"
    for i in range(150)
    for again in range(1 + i % 5)
)
OFTEN = 60  # of 150 customers, those with four or five orders


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")][: 2 if THOROUGH else 1])
def test_a_tag_is_made_counted_used_and_retired(
    server: Any, visit: Any, settle: Any, tmp_path: Path, language: Any, other: Any
) -> None:
    t = Translator(language)
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, "utf-8")
    page = visit(server.url, locale=LOCALES[language])
    with page.expect_file_chooser() as chooser:
        page.locator("[data-testid='stFileUploaderDropzone'] button").first.click()
    chooser.value.set_files(path)
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(".st-key-segment_card_0")).to_be_visible(timeout=PATIENCE)
    settle(page)
    go(page, "tags", language)
    page.locator(".st-key-tag_new button").click()
    name = page.locator(f".st-key-tag_name_{language} input")
    expect(name).to_be_visible(timeout=PATIENCE)
    name.fill("Often")
    name.press("Tab")
    settle(page)
    feature = page.locator(".st-key-tag_when_None_feature_0 input")
    feature.click()
    page.get_by_role("option", name=t("feature.n_orders"), exact=True).click()
    settle(page)
    value = page.locator(".st-key-tag_when_None_value_0_0 input")
    value.fill("4")
    value.press("Enter")
    expect(page.get_by_test_id("stMetricValue")).to_have_text(str(OFTEN), timeout=PATIENCE)
    page.locator(".st-key-tag_save button").click()
    expect(page.locator(ANSWER)).to_contain_text("150", timeout=PATIENCE)
    settle(page)
    # The list holds as many.
    page.locator(".st-key-tag_list button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as download:
        dialog.get_by_text(t("app.download_csv")).click()
    assert len(Path(download.value.path()).read_text("utf-8-sig").strip().splitlines()) == OFTEN + 1
    settle(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0, timeout=PATIENCE)
    settle(page)
    # What one language made is used and retired in the other.
    speak(page, other)
    t = Translator(other)
    used_as_a_filter(page, settle, other)
    go(page, "tags", other)
    page.locator(".st-key-tag_retire button").click()
    # Segments are made of it, so it goes after a question alone.
    page.locator(".st-key-tag_retire_sure button").click()
    expect(page.locator(".st-key-tag_retire")).to_contain_text(t("tags.use_again"), timeout=PATIENCE)


def used_as_a_filter(page: Any, settle: Any, language: Any) -> None:
    """List those of a segment who have the tag, then make groups of it."""
    t = Translator(language)
    go(page, "clusters", language)
    settle(page)
    page.locator(".st-key-closer_clusters button").filter(has_text=t("segments.tab.customers")).click()
    settle(page)
    everybody = rows_of(page, t)
    settle(page)  # a list that opens while the page is being drawn closes again
    chosen = page.locator(".st-key-tag_filter_clusters input")
    pick(page, chosen)
    settle(page)
    assert 0 < rows_of(page, t) <= min(everybody, OFTEN)
    settle(page)
    features = page.locator(".st-key-clusters_features input")
    pick(page, features)
    settle(page)
    expect(page.locator(".st-key-clusters_features")).to_contain_text("Often", timeout=PATIENCE)
    settle(page)  # the box shows the choice before the server has it


def pick(page: Any, typed: Any) -> None:
    """Choose the tag in a list of several."""
    typed.click()
    typed.fill("Often")
    page.get_by_role("option").filter(has_text="Often").click()
    page.keyboard.press("Escape")


def rows_of(page: Any, t: Translator) -> int:
    """Count the customers that the list of the page writes out."""
    with page.expect_download() as download:
        page.locator(".st-key-download_customers_clusters_list-csv button").click()
    return len(Path(download.value.path()).read_text("utf-8-sig").strip().splitlines()) - 1
