"""What every page has to keep to, measured in the browser; ``python -m tests.browser.screens`` writes the pictures.

The page test measures the sample in one size and theme per language; the command every page in every size, language and
theme, of the sample and of any file that is named, and leaves a picture of each in a folder.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import QUIET, Server, new_context, settle, step
from texts import catalogue

PATIENCE = 120_000
WIDE, LAPTOP, NARROW = (1280, 900), (1366, 657), (800, 900)
LOCALES = {"en": "en-GB", "zh": "zh-CN"}
MOST_HEIGHT, MOST_WORDS, LEAST_CONTRAST = 2_400, 250, 4.5
RESIZED = 400  # milliseconds until charts have taken the width of a window that was resized
TALLEST = 6_000  # of a picture, in px
ANSWER = ".st-key-answer"
# By page: what its first view has to hold, the answer and an action, as CSS.
PAGES = {
    "overview": (ANSWER, ".st-key-card_list_0 button", ".st-key-card_test_0 button"),
    "moved": (ANSWER, "[data-testid='stFileUploader']"),
    "alarms": (ANSWER, ".st-key-alarm_add button"),
    "tags": (ANSWER, ".st-key-tags_start button"),
    "rfm": (ANSWER, ".st-key-focus_rfm", ".st-key-rfm_n_scores"),
    "clusters": (ANSWER, ".st-key-focus_clusters", ".st-key-clusters_k"),
    "rules": (ANSWER, ".st-key-focus_rules"),
    "tiers": (ANSWER, ".st-key-focus_tiers", ".st-key-tiers_by"),
    "lifetime": (ANSWER, ".st-key-use_lifetime button"),
    "churn": (ANSWER, ".st-key-use_churn button"),
    "next_order": (ANSWER, ".st-key-use_next_order button"),
    "offers": (ANSWER, ".st-key-use_offers button"),
    "feedback": ("h1", "[data-testid='stPageLink']"),
    "paths": ("h1", "[data-testid='stPageLink']"),
    "referrals": ("h1", "[data-testid='stPageLink']"),
    "trend": (ANSWER, ".st-key-use_trend button"),
    "uplift": (ANSWER, ".st-key-uplift_arm"),
    "lifecycle": (ANSWER, ".st-key-focus_lifecycle", ".st-key-lifecycle_by"),
    "movement": (ANSWER, ".st-key-focus_movement", ".st-key-movement_days"),
    "hybrid": (ANSWER, ".st-key-focus_hybrid", ".st-key-hybrid_first"),
    "compare": (ANSWER, ".st-key-compare_method", ".st-key-compare_rfm"),
    "personas": (ANSWER, ".st-key-persona_actions button", ".st-key-persona_card img"),
    "card": (ANSWER, ".st-key-card_search input", ".st-key-card_next"),
    "plan": (ANSWER, ".st-key-plan_save button"),
    "split": ("h1", "[data-testid='stPageLink']"),
    "read": ("h1", "[data-testid='stPageLink']"),
    "experiments": ("h1", "[data-testid='stPageLink']"),
    "lists": (ANSWER, ".st-key-list_make button"),
    "product": (ANSWER, "[data-testid='stPageLink']"),
    "playbook": (ANSWER, ".st-key-playbook_trade"),
    "review": ("h1", "[data-testid='stPageLink']"),
    "actions": ("h1", "[data-testid='stPageLink']"),
    "export": (ANSWER, ".st-key-workbook button"),
    "report": (ANSWER, ".st-key-report_make button"),
    "start": ("h1", ".st-key-sample button"),
    "files": ("h1", "button"),
    "columns": ("h1", "button"),
    "match": ("h1", "button"),
    "check": (ANSWER, ".st-key-set_aside_file button"),
}
# Pages that only the pictures are taken of: few ask for them, and each page of the test costs every run.
SELDOM = {
    "calculators": (ANSWER, ".st-key-calculators_which"),
    "audit": ("h1",),
}
# Pages whose first picture ends in sight on a laptop, below the answer and beside the action.
PICTURED = frozenset({
    "rfm", "clusters", "rules", "tiers", "lifecycle", "movement", "hybrid", "compare",
    "lifetime", "next_order", "offers", "feedback", "paths", "referrals", "trend",
})  # fmt: skip
CHART = "[data-testid='stMain'] .stVegaLiteChart"
# Words as a reader counts them before anything is opened: icons are drawn from words, and two Chinese characters make
# about one word. Contrast as in WCAG 2: of each text against what is painted behind its middle.
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

    const paint = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgba = colour => {
        paint.clearRect(0, 0, 1, 1); paint.fillStyle = "#0000"; paint.fillStyle = colour; paint.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = paint.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, under) => [0, 1, 2].map(i => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
    const light = colour => {
        const [r, g, b] = colour.slice(0, 3).map(one => one / 255)
            .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, other) => {
        const [a, b] = [light(one), light(other)];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    };
    const solid = (element, property) => {
        const style = getComputedStyle(element), colour = rgba(style[property]);
        const strength = property === "fill" ? style.fillOpacity * style.opacity : 1;
        return [...colour.slice(0, 3), colour[3] * strength];
    };
    const behind = (element, x, y) => {
        const layers = [];
        for (const one of document.elementsFromPoint(x, y)) {
            if (one === element || one.tagName === "text" || one.tagName === "tspan") continue;
            const shape = one instanceof SVGElement && !["svg", "g"].includes(one.tagName);
            const colour = shape ? solid(one, "fill") : solid(one, "backgroundColor");
            if (shape && getComputedStyle(one).fill === "none") continue;
            if (colour[3] > 0) layers.push(colour);
            if (colour[3] === 1) break;
        }
        return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255, 1]);
    };
    const pale = [];
    // A label that may stand on marks of any colour is drawn on its own broad edge.
    const haloes = [...main.querySelectorAll("svg text")].filter(one => getComputedStyle(one).stroke !== "none");
    const texts = [...main.querySelectorAll("p, h1, h2, h3, label, button, summary, svg text")];
    for (const one of texts) {
        if (one instanceof SVGElement && getComputedStyle(one).stroke !== "none") continue;
        if (!one.textContent.trim() || one.closest("[disabled], [aria-disabled='true']")) continue;
        if (!(one instanceof SVGElement) && one.querySelector("p, h1, h2, h3, label, button")) continue;
        const box = one.getBoundingClientRect();
        const x = box.x + box.width / 2, y = box.y + box.height / 2;
        // At the very edge of the window nobody can say what is painted behind.
        if (!box.width || y < 0 || box.bottom > innerHeight || x < 0 || x > innerWidth) continue;
        const top = document.elementFromPoint(x, y);
        if (!(one instanceof SVGElement) && !(top && (one.contains(top) || top.contains(one)))) continue;
        const halo = haloes.find(other => other.textContent === one.textContent
            && Math.abs(other.getBoundingClientRect().x - box.x) < 4
            && Math.abs(other.getBoundingClientRect().y - box.y) < 4);
        const back = halo ? rgba(getComputedStyle(halo).stroke) : behind(one, x, y);
        const colour = solid(one, one instanceof SVGElement ? "fill" : "color");
        if (colour[3] === 0) continue;
        const found = ratio(over(colour, back), back), size = parseFloat(getComputedStyle(one).fontSize);
        const heavy = parseInt(getComputedStyle(one).fontWeight) >= 700;
        if (found < (size >= 24 || (heavy && size >= 18.6) ? 3 : 4.5) - 0.05)
            pale.push([one.textContent.trim().slice(0, 40), Math.round(found * 100) / 100]);
    }
    // What was chosen or is offered has to be read whole; a text that is being typed scrolls.
    const cut = [...main.querySelectorAll("[role='combobox'], [data-testid='stMarkdownContainer'], [data-tag] > span")]
        .filter(one => one.getBoundingClientRect().width && one.scrollWidth > one.clientWidth + 1)
        .filter(one => one.tagName === "INPUT" || getComputedStyle(one).textOverflow === "ellipsis")
        .map(one => (one.value || one.textContent).slice(0, 40));
    // So has a row of choices, a hint in an empty field, and every label of a chart.
    const pen = document.createElement("canvas").getContext("2d");
    for (const one of main.querySelectorAll("[data-testid='stButtonGroup'], [data-testid='stButtonGroup'] *"))
        if (one.clientWidth && one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== "visible")
            cut.push(one.textContent.slice(0, 80));
    for (const one of main.querySelectorAll("input:placeholder-shown")) {
        const style = getComputedStyle(one);
        pen.font = style.font;
        const room = one.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        if (room > 0 && pen.measureText(one.placeholder).width > room + 1) cut.push(one.placeholder);
    }
    for (const one of main.querySelectorAll("svg.marks text")) {
        const box = one.getBoundingClientRect(), page = one.closest("svg").getBoundingClientRect();
        const beside = box.left < page.left - 6 || box.right > page.right + 2;
        const out = beside || box.top < page.top - 4 || box.bottom > page.bottom + 2;
        if (box.width && (out || one.textContent.endsWith("…"))) cut.push(one.textContent.slice(0, 60));
    }
    const tables = [...main.querySelectorAll("[data-testid='stDataFrame'] .dvn-scroller")]
        .filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.scrollWidth - one.clientWidth);
    return {
        cut, tables, height: main.scrollHeight, words: words.length + chinese / 2, pale,
        over: Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - innerWidth),
    };
}"""


def says(page: Page, text: str) -> None:
    """Wait until the answer says a text; while a page is drawn anew, the answer before stands beside it."""
    expect(page.locator(ANSWER).filter(has_text=text)).to_be_visible(timeout=PATIENCE)


def in_sight(page: Page, css: str) -> bool:
    """Return whether the first such element lies wholly in the window."""
    box = page.locator(css).first.bounding_box() if page.locator(css).count() else None
    size = page.viewport_size
    assert size is not None
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]


def open_page(page: Page, overview: str, name: str) -> None:
    """Open a page of the study whose Overview has this address, and wait until its answer stands."""
    page.goto(_address(overview, name))
    _stands(page, name)


def step_to(page: Page, overview: str, name: str) -> None:
    """Open a page as the browser's Back does, which does not load the app itself again."""
    settle(page, PATIENCE)
    step(page, _address(overview, name))
    _stands(page, name)


def _address(overview: str, name: str) -> str:
    return overview.replace("/overview", f"/{name}" if name != "start" else "/")


def _stands(page: Page, name: str) -> None:
    settle(page, PATIENCE)
    titles = "|".join(map(re.escape, catalogue()[f"{name}.title"].values()))
    expect(page.locator("[data-testid='stMain'] h1")).to_have_text(re.compile(f"^({titles})$"), timeout=PATIENCE)
    page.locator((PAGES | SELDOM)[name][0]).first.wait_for(timeout=PATIENCE)
    expect(page.locator(f"{CHART}:visible:not(:has(svg))")).to_have_count(0, timeout=PATIENCE)
    settle(page, PATIENCE)


def faults(page: Page, name: str) -> tuple[dict[str, Any], list[str]]:
    """Return what was measured of an open page, and in words what it does not keep to."""
    found: dict[str, Any] = page.evaluate(MEASURE)
    size = page.viewport_size
    wrong = [f"{css} is not in the first view" for css in (PAGES | SELDOM)[name] if not in_sight(page, css)]
    wrong += _picture_below(page, name)
    if found["over"] > 0:
        wrong.append(f"runs over by {found['over']} px")
    if size is not None and (size["width"], size["height"]) == WIDE and found["height"] > MOST_HEIGHT:
        wrong.append(f"{found['height']} px high")
    if found["words"] > MOST_WORDS:
        wrong.append(f"{found['words']:.0f} words")
    wrong += [f"“{text}” is cut off" for text in found["cut"]]
    wrong += [f"contrast {ratio} of “{text}”" for text, ratio in found["pale"]]
    return found, wrong


def _picture_below(page: Page, name: str) -> list[str]:
    """Return whether the first picture of a page that is wide enough ends below the window; none is fine."""
    size = page.viewport_size
    if name not in PICTURED or size is None or size["width"] <= NARROW[0] or not page.locator(CHART).count():
        return []
    box = page.locator(CHART).first.bounding_box()
    end = box["y"] + box["height"] if box else 0
    return [f"the picture ends at {end:.0f} px"] if end > size["height"] else []


def begin(page: Page, url: str, file: Path | None) -> str:
    """Open the sample or a file, and return the address of its Overview."""
    if page.url.rstrip("/") != url:
        page.goto(url)
    settle(page, PATIENCE)
    if file is None:
        page.locator(".st-key-sample button").click()
    else:
        page.locator("input[type=file]").first.set_input_files(file)
    page.wait_for_url("**/overview?**", timeout=600_000, wait_until="commit")
    page.locator(ANSWER).wait_for(timeout=600_000)
    settle(page, PATIENCE)
    return page.url


def _in_every_size(
    page: Page, overview: str, name: str, folder: Path, told: tuple[str, ...]
) -> Iterator[dict[str, Any]]:
    """Open a page once; measure and picture it as the window takes each size, on a laptop its first view alone."""
    for size in (LAPTOP, WIDE, NARROW):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        if size == LAPTOP:
            open_page(page, overview, name)
        else:
            page.wait_for_timeout(RESIZED)
            settle(page, PATIENCE)
        found, wrong = faults(page, name)
        if wrong and size != LAPTOP:  # what a resize alone leaves behind is no fault of the page
            open_page(page, overview, name)
            found, wrong = faults(page, name)
        if size != LAPTOP:
            page.set_viewport_size({"width": size[0], "height": min(max(found["height"], size[1]), TALLEST)})
            page.wait_for_timeout(RESIZED)
        screen = (*told, f"{size[0]}x{size[1]}")
        page.screenshot(path=folder / ("_".join(screen).replace(" ", "-") + ".png"))
        yield {"screen": [*screen], **found, "faults": wrong}


def main() -> int:
    """Write a picture of every page in every size, language and theme, and what each does not keep to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="*", type=Path, help="measured after the sample")
    parser.add_argument("--pages", default=",".join(PAGES | SELDOM))
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    figures: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home, sync_playwright() as play:
        server = Server(Path(home))
        server.start()
        chrome = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
        browser = play.chromium.launch(executable_path=chrome, args=QUIET)
        try:
            for file in (None, *asked.files):
                overview = begin(new_context(browser, locale="en-GB").new_page(), server.url, file)
                for language, dark in itertools.product(LOCALES, (False, True)):
                    context = new_context(
                        browser,
                        locale=LOCALES[language],
                        color_scheme="dark" if dark else "light",
                        viewport={"width": LAPTOP[0], "height": LAPTOP[1]},
                    )
                    page = context.new_page()
                    for name in asked.pages.split(","):
                        told = (file.stem if file else "sample", name, language, "dark" if dark else "light")
                        try:
                            measured = list(_in_every_size(page, overview, name, asked.folder, told))
                        except PlaywrightError as problem:  # the others are still worth a look
                            measured = [{"screen": [*told], "faults": [str(problem).splitlines()[0]]}]
                        for one in measured:
                            print(*one["screen"], "; ".join(one["faults"]), flush=True)
                        figures += measured
                    context.close()
        finally:
            browser.close()
            server.stop()
    (asked.folder / "figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1), "utf-8")
    n_faults = sum(bool(one["faults"]) for one in figures)
    print(f"{len(figures)} screens, {n_faults} with faults")
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
