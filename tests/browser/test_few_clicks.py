"""What an owner wants most is a few clicks away: each click is counted, as a hand makes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.screens import ANSWER, PATIENCE
from texts import Translator

EN = Translator("en")
ORDERS = "customer id,order date,amount\n" + "".join(
    f"C{i:03},2024-{1 + (i + again * 2) % 9:02}-{1 + (i * 7 + again) % 28:02},{20 + i % 37 * (again + 1)}\n"
    for i in range(150)
    for again in range(1 + i % 5)
)


class Hand:
    """Clicks, and counts them."""

    def __init__(self) -> None:
        self.clicks = 0

    def click(self, what: Locator) -> None:
        what.click(timeout=PATIENCE)
        self.clicks += 1


@pytest.fixture
def hand() -> Hand:
    return Hand()


def test_a_file_is_two_clicks_from_named_segments_with_actions_and_each_is_one_from_its_list(
    server, visit, settle, hand, tmp_path: Path
):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, "utf-8")
    page = visit(server.url)
    with page.expect_file_chooser() as chooser:
        hand.click(page.locator("[data-testid='stFileUploaderDropzone'] button").first)
    chooser.value.set_files(path)
    hand.clicks += 1  # "Open" in the window of the system
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    first = page.locator(".st-key-segment_card_0")
    expect(first).to_be_visible(timeout=PATIENCE)
    settle(page)
    assert hand.clicks <= 2
    name, action = first.locator("strong").inner_text(), first.locator("p").last.inner_text()
    assert name and action
    before = hand.clicks
    hand.click(page.locator(".st-key-card_list_0 button"))
    expect(page.get_by_role("dialog").get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("dialog")).to_contain_text(name)
    assert hand.clicks - before == 1
    # A download takes the focus out of the window, and Esc closes it all the same.
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_text(EN("app.download_csv")).click()
    assert name.split(":")[0] in download.value.suggested_filename
    settle(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=PATIENCE)
    before = hand.clicks
    hand.click(page.locator(".st-key-card_test_0 button"))
    page.wait_for_url("**/plan?**", timeout=PATIENCE)
    expect(page.locator(ANSWER)).to_contain_text(name.split(" (")[-1].rstrip(")"), timeout=PATIENCE)
    settle(page)
    hand.click(page.locator(".st-key-plan_save button"))
    expect(page.get_by_test_id("stAlert").filter(has_text="is saved")).to_be_visible(timeout=PATIENCE)
    assert hand.clicks - before <= 3


def test_the_sample_is_three_clicks_from_a_persona_card_for_a_client(server, visit, settle, hand, tmp_path: Path):
    page = visit(server.url)
    hand.click(page.locator(".st-key-sample button"))
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(".st-key-segment_card_0")).to_be_visible(timeout=PATIENCE)
    settle(page)
    hand.click(page.get_by_test_id("stSidebarNav").get_by_role("link", name=EN("app.entry_people"), exact=True))
    expect(page.locator(".st-key-persona_card img").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    with page.expect_download(timeout=PATIENCE) as download:
        hand.click(page.locator(".st-key-persona_actions button").first)
    card = tmp_path / "card.png"
    download.value.save_as(card)
    assert hand.clicks <= 3
    assert card.read_bytes()[:4] in (b"\x89PNG", b"%PDF")
