"""A look at personal data in full with its reason, and a customer who is forgotten, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from analysis.workspace import Workspace
from tests.browser.conftest import go, speak
from tests.browser.screens import LOCALES, PATIENCE
from tests.thorough import THOROUGH
from texts import Translator

GONE = "Zebulon77"


def orders(month: int, language: str) -> str:
    # Each language has a file of its own: who was forgotten stays so in another study of the same file.
    rows = [f"{language}{i:03},2024-0{month}-{1 + i % 28:02},{20 + i},1381234{5000 + i}" for i in range(60)]
    rows += [f"{GONE},2024-0{month}-{day:02},50,13987654321" for day in (3, 4, 5)]
    return "\n".join(["customer id,order date,amount,phone", *rows, ""])


def upload(page: Any, path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-testid='stFileUploaderDropzone'] button").first.click()
    chooser.value.set_files(path)


@pytest.mark.parametrize(("language", "other"), [("en", "zh"), ("zh", "en")][: 2 if THOROUGH else 1])
def test_a_look_in_full_is_logged_and_a_customer_who_is_forgotten_is_left_out_of_the_next_file(
    server: Any, visit: Any, settle: Any, tmp_path: Path, language: Any, other: Any
) -> None:
    t = Translator(language)
    page = visit(server.url, locale=LOCALES[language])
    upload(page, tmp_path / f"{language}1.csv", orders(1, language))
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    expect(page.locator(".st-key-segment_card_0")).to_be_visible(timeout=PATIENCE)
    settle(page)
    go(page, "files", language)
    page.locator(".st-key-unmasked label").first.click()
    reason = page.locator(".st-key-unmask_reason input")
    expect(reason).to_be_visible(timeout=PATIENCE)
    reason.fill("a call to Ann")
    reason.press("Enter")
    settle(page)
    go(page, "audit", language)
    expect(page.get_by_test_id("stMain")).to_contain_text(t("audit.answer", n=2).split("2", 1)[1].strip())
    # Who was looked at in one language is forgotten in the other.
    speak(page, other)
    t = Translator(other)
    go(page, "card", other)
    search = page.locator(".st-key-card_search input")
    search.fill(GONE)
    search.press("Enter")
    settle(page)
    page.locator(".st-key-forget button").click()
    page.locator(".st-key-forget_sure button").click()
    expect(page.get_by_test_id("stMain")).to_contain_text(t("forget.done", hash="").split(".")[0][:8], timeout=PATIENCE)
    settle(page)
    go(page, "files", other)
    upload(page, tmp_path / f"{language}2.csv", orders(2, language))
    expect(page.get_by_test_id("stMain")).to_contain_text(f"{language}2.csv", timeout=PATIENCE)
    settle(page)
    go(page, "check", other)
    expect(page.get_by_test_id("stMain")).to_contain_text(t("reason.forgotten"), timeout=PATIENCE)
    workspace = Workspace.open(server.home)
    study = workspace.study_named(next(one.id for one in workspace.studies() if one.name.startswith(f"{language}1")))
    log = [(one.action, one.facts.get("reason")) for one in reversed(workspace.audit()) if one.study_id == study]
    assert log[:3] == [("uploaded", None), ("unmasked", "a call to Ann"), ("forgotten", None)]
    assert workspace.forgotten(study).hashed(GONE) in workspace.forgotten(study).ids
    workspace.close()
