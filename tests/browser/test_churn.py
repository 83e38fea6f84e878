"""From who may leave, by the reasons, to the tenth most at risk as a segment, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import step
from tests.browser.screens import LAPTOP, LOCALES, PATIENCE, begin
from texts import Translator


@pytest.mark.parametrize("language", ["en", "zh"])
def test_churn_gives_reasons_and_the_top_tenth_becomes_a_segment(
    language: Any, server: Any, visit: Any, settle: Any
) -> None:
    t = Translator(language)
    page = visit(server.url, locale=LOCALES[language], width=LAPTOP[0], height=LAPTOP[1])
    address = begin(page, server.url, None)
    step(page, address.replace("/overview", "/churn"))
    settle(page, PATIENCE)
    expect(page.locator(".st-key-use_churn button").first).to_be_visible(timeout=PATIENCE)
    main = page.get_by_test_id("stMain")
    # The subscription's model is used, the shop's gives way to the plain rule.
    rule = t("churn.highest", feature=t("feature.recency_days"))
    expect(main).to_contain_text(t("churn.riskiest") if language == "en" else rule)
    who = main.locator("p").filter(has_text="%").filter(has_text="·").first
    expect(who).to_be_visible()
    page.locator(".st-key-list_churn button").first.click()
    told = page.get_by_role("dialog")
    expect(told.get_by_test_id("stDataFrame")).to_be_visible(timeout=PATIENCE)
    settle(page)
    page.keyboard.press("Escape")
    expect(told).to_be_hidden()
    settle(page)
    page.locator(".st-key-churn_segment button").first.click()
    link = main.get_by_role("link", name=t("churn.see_segment"))
    link.click(timeout=PATIENCE)
    page.wait_for_url("**/rules?**", timeout=PATIENCE)
    settle(page, PATIENCE)
    expect(page.locator(".st-key-focus_rules")).to_contain_text(t("churn.segment_name"), timeout=PATIENCE)
    assert page.get_by_test_id("stAlert").count() == 0
