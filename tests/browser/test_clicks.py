"""A click on a mark picks its segment in every chart of the page, and a click in the tree cuts it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import heard, step
from tests.browser.screens import says
from texts import Translator

PATIENCE = 60_000
EN = Translator("en")
OPACITIES = "marks => marks.map(mark => mark.getAttribute('fill-opacity') ?? '1')"


ON_TOP = """mark => {
    mark.scrollIntoView({block: "center"});
    const box = mark.getBoundingClientRect();
    return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === mark;
}"""


def click_mark(page: Page, found: Locator) -> None:
    """Click in the middle of a mark, wherever it stands; of several, of the first that no other mark lies upon."""
    found.first.wait_for(state="attached", timeout=PATIENCE)
    mark = next((mark for mark in found.all() if mark.evaluate(ON_TOP)), found.first)

    def click() -> None:
        mark.scroll_into_view_if_needed(timeout=PATIENCE)
        box = mark.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    heard(page, click)


def marks(page: Page, chart: str, words: str) -> Locator:
    """Return the marks of a chart whose data hold these words."""
    return page.locator(f".st-key-chart_{chart} [role='graphics-symbol'][aria-label*='{words}']")


def closer(page: Page, method: str, view: str | None, settle: Callable[[Page], None]) -> None:
    """Open one of the closer views of a segment page."""
    if view is not None:
        page.locator(f".st-key-closer_{method} button").filter(has_text=EN(f"segments.tab.{view}")).click()
        settle(page)


def stands_out(page: Page, chart: str, words: str, *, beside: str) -> None:
    """Wait until one segment's marks are full and those of the one beside are pale; a chart is drawn when it is."""
    found = [marks(page, chart, one) for one in (words, beside)]
    for _ in range(600):
        full, pale = (one.evaluate_all(OPACITIES) if one.count() else [] for one in found)
        if full and pale and set(full) != {"0.25"} and set(pale) == {"0.25"}:
            return
        page.wait_for_timeout(100)
    raise AssertionError((chart, words, set(full), beside, set(pale)))


def test_a_click_on_a_mark_picks_its_segment_everywhere_and_one_in_the_tree_cuts_it(server, visit, settle):
    page = visit(server.url)
    page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)
    step(page, page.url.replace("/overview", "/clusters"))
    settle(page)
    click_mark(page, marks(page, "clusters_map", "segment: Group 2"))
    settle(page)
    pill = page.locator(".st-key-focus_clusters button")
    expect(pill.filter(has_text="Group 2")).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
    for chart, view in (("clusters_map", None), ("clusters_bars", "sizes"), ("clusters_stability", "trust"),
                        ("clusters_fit", "fit")):  # fmt: skip
        closer(page, "clusters", view, settle)
        # What is not looked at stays, but pale.
        stands_out(page, chart, "segment: Group 2", beside="segment: Group 3")
    closer(page, "clusters", "customers", settle)
    listed = page.locator(".st-key-customers_clusters input")
    expect(listed).to_have_value(re.compile("Group 2"))
    click_mark(page, marks(page, "clusters_map", "segment: Group 1"))
    settle(page)
    expect(pill.filter(has_text="Group 1")).to_have_attribute("aria-checked", "true", timeout=PATIENCE)

    clusters = page.url
    for there, clicked, other, segment, pale in (
        ("rfm", "rfm_grid", "rfm_bars", "Champions", "Promising"),
        ("tiers", "tiers_curve", "tiers_bars", "Medium", "Light"),
        ("movement", "movement_bars", "movement_waterfall", "New customers", "Repeating"),
    ):
        step(page, clusters.replace("/clusters", f"/{there}"))
        settle(page)
        closer(page, there, "sizes", settle)
        # The names in the grid are read aloud as they are, whole where the cell cuts them.
        name = page.locator(f".st-key-chart_{clicked} [role='graphics-symbol'][aria-label='{segment}']")
        click_mark(page, name if there == "rfm" else marks(page, clicked, f"segment: {segment}"))
        settle(page)
        pill = page.locator(f".st-key-focus_{there} button")
        expect(pill.filter(has_text=segment)).to_have_attribute("aria-checked", "true", timeout=PATIENCE)
        stands_out(page, other, f"segment: {segment}", beside=f"segment: {pale}")
        closer(page, there, "customers", settle)
        expect(page.locator(f".st-key-customers_{there} input")).to_have_value(segment)

    step(page, clusters)
    settle(page)
    method = page.locator(".st-key-clusters_method input")
    option = page.get_by_role("option").get_by_text(EN("cluster_method.ward"))
    for _ in range(5):
        # A list that opens while the page is still being drawn closes again.
        method.click()
        page.wait_for_timeout(500)
        if option.count():
            break
    option.click()
    expect(method).to_have_value(EN("cluster_method.ward"))
    settle(page)
    closer(page, "clusters", "tree", settle)
    bar = page.locator(".st-key-chart_clusters_tree [role='graphics-symbol'][aria-label$='cut below: 3']")
    click_mark(page, bar)
    settle(page)
    says(page, "3 groups")
    assert page.locator(".st-key-clusters_k input[type='range']").input_value() == "3"
