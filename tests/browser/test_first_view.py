"""Each page is one screen: the first view holds the answer and an action, nothing runs over, and it is short.

A page enters ``PAGES`` once it is brought into shape.
"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

PATIENCE = 120_000
WIDE, LAPTOP, NARROW = (1280, 900), (1366, 657), (800, 900)
MOST_HEIGHT, MOST_WORDS = 2_400, 250
# By page: what its first view has to hold, the answer and an action, as CSS.
PAGES = {
    "overview": (".st-key-answer", ".st-key-card_list_0 button", ".st-key-card_test_0 button"),
    "rfm": (".st-key-answer", ".st-key-focus_rfm", ".st-key-rfm_n_scores"),
    "clusters": (".st-key-answer", ".st-key-focus_clusters", ".st-key-clusters_k"),
    "rules": (".st-key-answer", ".st-key-focus_rules"),
    "tiers": (".st-key-answer", ".st-key-focus_tiers", ".st-key-tiers_by"),
    "lifecycle": (".st-key-answer", ".st-key-focus_lifecycle", ".st-key-lifecycle_by"),
    "movement": (".st-key-answer", ".st-key-focus_movement", ".st-key-movement_days"),
    "hybrid": (".st-key-answer", ".st-key-focus_hybrid", ".st-key-hybrid_first"),
    "personas": (".st-key-answer", ".st-key-persona_actions button", ".st-key-persona_card img"),
    "card": (".st-key-answer", ".st-key-card_search input", ".st-key-card_next"),
    "compare": (".st-key-answer", ".st-key-compare_method", ".st-key-compare_rfm"),
}
# Words as a reader counts them: icons are drawn from words, and two Chinese characters make about one word.
MEASURE = """() => {
    const main = document.querySelector("[data-testid='stMain']");
    const copy = main.cloneNode(true);
    copy.querySelectorAll("[data-testid='stIconMaterial'], style, script, details:not([open]) > :not(summary)")
        .forEach(one => one.remove());
    const blocks = [...copy.querySelectorAll("p, h1, h2, h3, label, button, summary")].filter(
        one => !one.parentElement.closest("p, h1, h2, h3, label, button, summary"));
    const text = blocks.map(one => one.textContent).join(" ");
    const chinese = (text.match(/[\\u4e00-\\u9fff]/g) || []).length;
    const words = text.replace(/[\\u4e00-\\u9fff]/g, " ").match(/[\\p{L}\\p{N}]+/gu) || [];
    return {
        over: Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth),
        height: main.scrollHeight, words: words.length + chinese / 2,
    };
}"""


@pytest.fixture(scope="module")
def address(server: Any, browser: Any, settle: Any) -> str:
    """Return the address of the sample's Overview."""
    page = browser.new_page(locale="en-GB")
    page.goto(server.url)
    settle(page)
    page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(".st-key-answer")).to_be_visible(timeout=PATIENCE)
    found = page.url
    page.close()
    return found


def opened(visit: Any, address: str, name: str, language: str, size: tuple[int, int], *, dark: bool = False) -> Page:
    locale = {"en": "en-GB", "zh": "zh-CN"}[language]
    page = visit(address.replace("/overview", f"/{name}"), locale=locale, dark=dark, width=size[0], height=size[1])
    expect(page.locator(PAGES[name][0])).to_be_visible(timeout=PATIENCE)
    return page


def in_sight(page: Page, css: str) -> bool:
    box = page.locator(css).first.bounding_box()
    size = page.viewport_size
    assert size is not None
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_screen(name, language, visit, address, settle):
    page = opened(visit, address, name, language, WIDE)
    settle(page)
    found = page.evaluate(MEASURE)
    assert found["over"] <= 0, found
    assert found["height"] <= MOST_HEIGHT, found
    assert found["words"] <= MOST_WORDS, found
    assert [css for css in PAGES[name] if not in_sight(page, css)] == []


@pytest.mark.parametrize("size", [LAPTOP, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_a_laptop_and_a_narrow_window_show_answer_and_action_without_scrolling_sideways(
    name, size, visit, address, settle
):
    page = opened(visit, address, name, "zh", size, dark=True)
    settle(page)
    assert page.evaluate(MEASURE)["over"] <= 0
    assert [css for css in PAGES[name] if not in_sight(page, css)] == []


def test_seven_cards_stand_above_the_fold_of_a_laptop(visit, address, settle):
    page = opened(visit, address, "overview", "en", LAPTOP)
    settle(page)
    cards = page.locator("[class*='st-key-card_list_'] button")
    assert 5 <= cards.count() <= 7
    assert [place for place in range(cards.count()) if not in_sight(page, f".st-key-card_list_{place} button")] == []


def test_the_list_of_a_segment_is_one_click_away(visit, address, settle):
    page = opened(visit, address, "overview", "en", LAPTOP)
    settle(page)
    page.locator(".st-key-card_list_0 button").click()
    opened_list = page.get_by_role("dialog")
    expect(opened_list.get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)
    expect(opened_list).to_contain_text("Champions")


def test_a_test_of_a_segment_is_planned_without_an_error_by_one_click(visit, address, settle):
    page = opened(visit, address, "overview", "en", LAPTOP)
    settle(page)
    page.locator(".st-key-card_test_0 button").click()
    page.wait_for_url("**/plan?**", timeout=PATIENCE)
    expect(page.locator(".st-key-answer")).to_contain_text("Champions", timeout=PATIENCE)
    assert page.get_by_test_id("stAlert").count() == 0
