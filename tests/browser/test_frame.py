"""The frame in a real browser: deep links, languages, themes, headers, widths."""

from __future__ import annotations

import urllib.request

import pytest

from analysis.study import read, suggest
from analysis.workspace import Workspace
from tests.browser.conftest import step
from texts import catalogue
from ui.headers import headers
from ui.menu import ENTRIES, ENTRY_OF, MENU, WITHOUT_STUDY, title_of

PAGES = [page for pages in MENU.values() for page in pages]


def address(name: str) -> str:
    """Return where a page lies; the first one is the root."""
    return "/" if name == PAGES[0] else f"/{name}"


def title(page) -> str:
    return page.locator("[data-testid='stMain'] h1").inner_text()


def menu_items(page) -> list[str]:
    return page.locator("[data-testid='stSidebarNavLink']").all_inner_texts()


def menu_titles(language: str, page: str) -> list[str]:
    """Return what the menu lists before there is a study: what can be used, and where the reader is."""
    listed = [entry for entry in ENTRIES if entry in WITHOUT_STUDY or entry == ENTRY_OF[page]]
    return [catalogue()[title_of(entry)][language] for entry in listed]


def names(items: list[str]) -> list[str]:
    """Return the last line of each menu item: the icon's name comes before it."""
    return [item.strip().split("\n")[-1] for item in items]


def surplus(page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("(m => m.scrollWidth - m.clientWidth)(document.querySelector(\"[data-testid='stMain']\"))")


def test_first_visitor_of_a_deep_link_gets_the_same_app_as_everyone(fresh_server, visit):
    first = visit(f"{fresh_server.url}/rfm")
    assert title(first) == catalogue()["rfm.title"]["en"]
    assert names(menu_items(first)) == menu_titles("en", "rfm")
    assert first.get_by_role("dialog").count() == 0
    second = visit(f"{fresh_server.url}/rfm")
    assert names(menu_items(second)) == names(menu_items(first))


def test_every_address_opens_its_page_no_wider_than_its_window(server, visit, settle):
    page = visit(server.url)  # one visitor, who has the app's own files after the first page
    entries = {names[0] for _, names in ENTRIES.values()}
    for name in PAGES:
        page.set_viewport_size({"width": 1280, "height": 800})
        if name in entries:
            page.goto(server.url + address(name))
        else:  # as the browser's Back does, which does not load the app itself again
            step(page, server.url + address(name))
        settle(page)
        shown = "start" if name == "overview" else name  # which leads there while no study is open
        assert title(page) == catalogue()[f"{shown}.title"]["en"], name
        assert surplus(page) <= 1, name
        page.set_viewport_size({"width": 800, "height": 800})
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        assert surplus(page) <= 1, name


def test_first_language_is_the_browsers(server, visit):
    page = visit(server.url, locale="zh-CN")
    assert title(page) == catalogue()["start.title"]["zh"]
    assert names(menu_items(page)) == menu_titles("zh", "start")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_language_switch_is_kept_on_other_pages_after_refresh_and_on_the_next_visit(server, visit, settle):
    page = visit(f"{server.url}/rfm")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("radio", name="中文").click()
    page.wait_for_selector("html[lang='zh-CN']", state="attached")
    page.wait_for_url("**/rfm?lang=zh")
    page.get_by_role("link", name=catalogue()["tiers.title"]["zh"]).first.click()
    page.wait_for_url("**/tiers**")
    settle(page)
    assert title(page) == catalogue()["tiers.title"]["zh"]
    page.reload()
    settle(page)
    assert title(page) == catalogue()["tiers.title"]["zh"]
    page.goto(server.url)
    settle(page)
    assert title(page) == catalogue()["start.title"]["zh"]


def test_language_in_the_address_wins_over_the_browsers(server, visit):
    page = visit(f"{server.url}/rfm?lang=zh")
    assert title(page) == catalogue()["rfm.title"]["zh"]
    assert names(menu_items(page)) == menu_titles("zh", "rfm")


def test_study_in_the_address_stays_when_the_menu_is_used(server, visit, settle, root):
    workspace = Workspace.open(server.home)
    study = workspace.create_study("Shop")
    stored = [workspace.store_raw(study, table) for table in read(root / "sample_data" / "b2b_crm_en.xlsx")]
    workspace.save_recipe(study, suggest(stored), 0)
    workspace.close()
    page = visit(f"{server.url}/rfm?study={study}")
    page.get_by_role("link", name=catalogue()["compare.title"]["en"]).first.click()
    page.wait_for_url(f"**/compare**study={study}**")
    settle(page)
    page.reload()
    settle(page)
    assert f"study={study}" in page.url


def test_an_owner_sees_few_entries_an_expert_every_page_and_the_choice_is_remembered(server, visit, settle, go, root):
    workspace = Workspace.open(server.home)
    study = workspace.create_study("Menu")
    stored = [workspace.store_raw(study, table) for table in read(root / "sample_data" / "b2b_crm_en.xlsx")]
    workspace.save_recipe(study, suggest(stored), 0)
    workspace.close()
    page = visit(f"{server.url}/tiers?study={study}")
    assert names(menu_items(page)) == [catalogue()[title_of(entry)]["en"] for entry in ENTRIES]
    assert len(menu_items(page)) <= 9
    go(page, "compare")
    go(page, "hybrid")
    # The entry opens the page of it that was looked at last.
    go(page, "compare")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=catalogue()["app.entry_segments"]["en"]).click()
    page.wait_for_url("**/hybrid**")
    settle(page)
    page.locator(".st-key-expert label").click()
    settle(page)
    assert len(menu_items(page)) == len(PAGES)
    assert page.locator(".st-key-pages_of_entry").count() == 0
    again = visit(server.url)
    assert len(menu_items(again)) == len(PAGES)
    again.locator(".st-key-expert label").click()
    settle(again)
    assert names(menu_items(again)) == menu_titles("en", "start")


@pytest.mark.parametrize("dark", [False, True])
def test_page_follows_the_theme_of_the_browser(dark, server, visit):
    page = visit(server.url, dark=dark)
    red, green, blue = page.evaluate(
        "getComputedStyle(document.querySelector(\"[data-testid='stApp']\")).backgroundColor.match(/\\d+/g).map(Number)"
    )[:3]
    assert (red + green + blue < 150) is dark


@pytest.mark.parametrize("path", ["/", "/rfm", "/_stcore/health"])
def test_every_answer_carries_the_security_headers(path, server):
    with urllib.request.urlopen(server.url + path, timeout=10) as answer:
        assert {name: answer.headers[name] for name in headers()} == headers(f"localhost:{server.port}")


def test_tab_names_the_page_and_shows_our_own_picture(server, visit):
    page = visit(f"{server.url}/rfm")
    assert page.title() == "RFM · Portrait"
    assert page.evaluate("document.querySelector(\"link[rel='shortcut icon'], link[rel='icon']\").href").startswith(
        (server.url, "data:image/svg")
    )
