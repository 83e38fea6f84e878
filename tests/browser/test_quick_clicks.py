"""Two clicks one right after the other are both kept, however far the page is with the first."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from analysis.workspace import Workspace
from texts import Translator

PATIENCE = 60_000
EN = Translator("en")


def test_two_quick_clicks_about_cleaning_are_both_saved(server, visit, settle, go) -> None:
    page = visit(server.url)
    page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)
    go(page, "check")
    page.locator("summary").filter(has_text=EN("check.cleaning")).first.click(timeout=PATIENCE)
    settle(page)
    study = page.url.split("study=")[1].split("&")[0]
    chosen = {"returns": "set_aside", "duplicates": "set_aside"}
    radios = [
        page.locator(f".st-key-{name}_{study}").get_by_text(EN(f"check.{name}_{code}"), exact=True)
        for name, code in chosen.items()
    ]
    for radio in radios:  # without waiting for anything that the page does
        radio.click(position={"x": 5, "y": 8}, timeout=PATIENCE)
    settle(page)
    for name, code in chosen.items():
        option = page.locator(f".st-key-{name}_{study} label").filter(has_text=EN(f"check.{name}_{code}"))
        expect(option.locator("input")).to_be_checked(timeout=PATIENCE)
    workspace = Workspace.open(Path(server.home))
    recipe = workspace.load_recipe(study).recipe
    workspace.close()
    assert recipe is not None
    assert (recipe.cleaning.returns, recipe.cleaning.duplicate_lines) == ("set_aside", "set_aside")
