"""From what to do to a list with a hold-out, to what came of it, and to advice that has learned.

In Chinese; with ``PORTRAIT_THOROUGH=1`` in both languages.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.screens import ANSWER, PATIENCE
from tests.thorough import THOROUGH
from texts import Translator

CUSTOMERS = [f"C{one:03}" for one in range(240)]
ORDERS = "customer id,order date,amount\n" + "".join(
    f"{who},2024-{1 + (i + again * 2) % 9:02}-{1 + (i * 7 + again) % 28:02},{20 + i % 37 * (again + 1)}\n"
    for i, who in enumerate(CUSTOMERS)
    for again in range(1 + i % 3)
)


@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("zh", "zh-CN")][0 if THOROUGH else 1 :])
def test_a_play_becomes_a_list_and_what_came_of_it_changes_the_play(
    server: Any, visit: Any, settle: Any, go: Any, tmp_path: Path, language: Any, locale: str
) -> None:
    t = Translator(language)
    page = visit(server.url, locale=locale)
    page.locator("input[type='file']").first.set_input_files(
        [{"name": "orders.csv", "mimeType": "text/csv", "buffer": ORDERS.encode()}]
    )
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(".st-key-segment_card_0")).to_be_visible(timeout=PATIENCE)
    settle(page)

    go(page, "playbook", language)
    cards = page.locator("[class*='st-key-play_']").filter(has=page.locator("[class*='st-key-play_list_']"))
    before = cards.first.inner_text(timeout=PATIENCE)
    cards.first.locator("[class*='st-key-play_list_'] button").click()
    page.wait_for_url("**/lists?**", timeout=PATIENCE)
    make = page.locator(".st-key-list_make button")
    expect(make).to_be_enabled(timeout=PATIENCE)
    settle(page)
    said = page.locator(ANSWER).first.inner_text()
    for other in ("en", "zh", language):  # the browser sends words back, and those of another language are no choice
        page.get_by_role("radio", name=t(f"app.language_{other}"), exact=True).click()
        settle(page)
    assert page.locator(ANSWER).first.inner_text() == said
    make.click()
    expect(page.get_by_test_id("stAlert")).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.get_by_role("radio", name=t("act.file_csv"), exact=True).click()
    settle(page)
    download = page.locator(".st-key-list_download button")
    expect(download).to_be_disabled(timeout=PATIENCE)  # nothing personal leaves without a reason
    reason = page.get_by_label(t("act.reason"), exact=True)
    reason.fill("spring")
    reason.press("Enter")
    expect(download).to_be_enabled(timeout=PATIENCE)
    with page.expect_download(timeout=PATIENCE) as waiting:
        download.click()
    rows = list(csv.reader(io.StringIO(Path(waiting.value.path()).read_text("utf-8-sig"))))
    sent = {row[0] for row in rows[1:]}
    assert sent and sent <= set(CUSTOMERS)

    go(page, "review", language)
    results = tmp_path / "results.csv"
    told = [f"{one},{'yes' if one in sent else 'no'}" for one in CUSTOMERS]
    results.write_text("\n".join(["customer,responded", *told]), "utf-8")
    page.locator("[class*='st-key-by_file_'] button").first.click()
    page.locator("[class*='st-key-results_'] input[type='file']").set_input_files(str(results))
    page.locator("[class*='st-key-take_'] button").click(timeout=PATIENCE)
    expect(page.locator(ANSWER)).to_contain_text(t("review.answer", n=1, read=1, works=1), timeout=PATIENCE)
    settle(page)

    page.keyboard.press("Escape")
    go(page, "playbook", language)
    expect(cards.first).to_be_visible(timeout=PATIENCE)
    assert cards.first.inner_text() != before
