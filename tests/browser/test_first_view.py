"""Each page is one screen: the first view holds the answer and an action, nothing runs over, it is short and it reads.

The sample in one size and theme for each language; ``just pictures`` measures all the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import new_context
from tests.browser.screens import (
    LAPTOP,
    LOCALES,
    NARROW,
    PAGES,
    PATIENCE,
    WIDE,
    begin,
    faults,
    in_sight,
    open_page,
    says,
    step_to,
)

# By language: the size and whether the theme is dark.
SCREENS = {"en": (WIDE, False), "zh": (NARROW, True)}


@pytest.fixture(scope="module")
def address(server: Any, browser: Any) -> str:
    """Return the address of the sample's Overview."""
    context = new_context(browser, locale="en-GB")
    found = begin(context.new_page(), server.url, None)
    context.close()
    return found


@pytest.fixture(scope="module", params=SCREENS)
def screen(request: Any, browser: Any) -> Iterator[Page]:
    """Return a page of the browser for each language, in which one page of the app is opened after the other."""
    (width, height), dark = SCREENS[request.param]
    context = new_context(
        browser,
        locale=LOCALES[request.param],
        color_scheme="dark" if dark else "light",
        viewport={"width": width, "height": height},
    )
    yield context.new_page()
    context.close()


def opened(visit: Any, address: str, name: str, language: str, size: tuple[int, int], *, dark: bool = False) -> Page:
    locale = LOCALES[language]
    page = visit(address.replace("/overview", f"/{name}"), locale=locale, dark=dark, width=size[0], height=size[1])
    expect(page.locator(PAGES[name][0])).to_be_visible(timeout=PATIENCE)
    return page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_one_screen(name, screen, address):
    (open_page if screen.url == "about:blank" else step_to)(screen, address, name)
    found, wrong = faults(screen, name)
    if wrong:  # what the page before alone leaves behind is no fault of this one
        open_page(screen, address, name)
        found, wrong = faults(screen, name)
    assert wrong == [], found


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
    says(page, "Champions")
    assert page.get_by_test_id("stAlert").count() == 0
