"""An ambiguous file asks one question and then shows segments; a guess changed in the strip changes every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screens import ANSWER, LOCALES, PATIENCE
from tests.pages.test_guesses import ASKED, GUESSED
from tests.thorough import THOROUGH

CARDS = ".st-key-segment_card_0"


def upload(page: Page, content: str, path: Path, settle: Callable[[Page], None]) -> None:
    """Hand a file to the first page, and wait for what follows."""
    path.write_text(content, "utf-8")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-testid='stFileUploaderDropzone'] button").first.click(timeout=PATIENCE)
    chooser.value.set_files(path)
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(CARDS)).to_be_visible(timeout=PATIENCE)
    settle(page)


def customers(page: Page) -> int:
    """Return how many customers stand in the segments that the page shows."""
    cards = page.locator("[class*='st-key-segment_card_']").all_inner_texts()
    return sum(int(found[1]) for card in cards if (found := re.search(r"\n(\d+) ", card)))


@pytest.mark.parametrize("language", LOCALES if THOROUGH else ["en"])
def test_one_question_is_asked(server, visit, settle, tmp_path: Path, language: str):
    page = visit(server.url, locale=LOCALES[language])
    upload(page, ASKED, tmp_path / "asked.csv", settle)
    question = page.locator(".st-key-question")
    expect(question).to_have_count(1)
    expect(question).to_contain_text("16")
    question.locator("button").nth(1).click()
    expect(question).to_have_count(0, timeout=PATIENCE)
    expect(page.locator(CARDS)).to_be_visible(timeout=PATIENCE)
    settle(page)


@pytest.mark.parametrize("language", LOCALES if THOROUGH else ["zh"])
def test_a_guess_is_changed_for_every_page(server, visit, settle, go, tmp_path: Path, language: str):
    page = visit(server.url, locale=LOCALES[language])
    upload(page, GUESSED, tmp_path / "guessed.csv", settle)
    assert customers(page) == 9
    go(page, "rfm", language)
    answer = page.locator(ANSWER).inner_text()
    page.locator(".st-key-guess_change_0 button").first.click()
    page.locator(".st-key-guess_0_other_0 button").click()
    expect(page.locator(ANSWER)).not_to_have_text(answer, timeout=PATIENCE)
    expect(page.locator(".st-key-guess_0")).to_have_count(0, timeout=PATIENCE)
    go(page, "overview", language)
    assert customers(page) == 7
