"""An experiment in a real browser: planned from a segment, split, sent, read and decided."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Locator, Page, expect

from tests.browser.screens import says
from texts import Translator

PATIENCE = 60_000
EN = Translator("en")
HEADERS = ("Customer id", "Group")
CONTROL, TREATMENT = 0.30, 0.45


def save(page: Page, button: Locator, folder: Path) -> Path:
    with page.expect_download(timeout=PATIENCE) as waiting:
        button.click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def answer(page: Page) -> str:
    return page.locator(".st-key-answer").inner_text(timeout=PATIENCE)


def results_of(lists: list[list[dict[str, str]]]) -> bytes:
    """Return what the sending tool would give back: who ordered, by the share planted for each group."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(["customer id", "ordered"])
    for rows, share in zip(lists, (CONTROL, TREATMENT), strict=True):
        for place, row in enumerate(rows):
            writer.writerow([row["Customer id"], int(place < round(share * len(rows)))])
    return target.getvalue().encode()


def test_plan_from_the_study_split_send_read_and_decide(server, visit, settle, tmp_path, go):
    page = visit(server.url)
    page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)

    go(page, "plan")
    page.get_by_role("combobox", name=EN("plan.source")).click()
    everybody = page.get_by_role("option").last
    n = int(re.findall(r"\((\d+)\)", everybody.inner_text())[0])
    everybody.click()
    settle(page)
    assert f"{n} customers, of whom" in answer(page)
    points = page.get_by_label(EN("plan.points"), exact=True)
    points.fill("15")
    points.press("Enter")
    settle(page)
    assert EN("plan.then_enough") in answer(page)
    name = page.get_by_label(EN("plan.name"), exact=True)
    name.fill("Spring letter")
    name.press("Enter")
    settle(page)
    page.locator(".st-key-plan_save button").click()
    settle(page)

    go(page, "split")
    page.locator(".st-key-split_assign button").click()
    says(page, f"{n} customers were split")
    settle(page)
    book = openpyxl.load_workbook(save(page, page.locator(".st-key-split_xlsx button"), tmp_path))
    files = [save(page, page.locator(f".st-key-split_csv_{place} button"), tmp_path) for place in (0, 1)]
    lists = [list(csv.DictReader(file.read_text("utf-8-sig").splitlines())) for file in files]
    ids = [row["Customer id"] for rows in lists for row in rows]
    assert len(ids) == len(set(ids)) == n
    assert abs(len(lists[0]) - len(lists[1])) <= n // 20
    assert all("***" in row["E-mail"] for rows in lists for row in rows if row["E-mail"])
    sheets = [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]
    listed = [row[0] for rows in sheets if rows and rows[0][0] == "Customer id" for row in rows[1:]]
    assert sorted(listed) == sorted(ids)
    assert all(isinstance(each, str) for each in listed)

    go(page, "read")
    page.get_by_role("radio", name=EN("read.source_study")).click()
    settle(page)
    page.locator("input[type='file']").first.set_input_files(
        {"name": "letter.csv", "mimeType": "text/csv", "buffer": results_of(lists)}
    )
    settle(page)
    shares = [round(share * len(rows)) / len(rows) for rows, share in zip(lists, (CONTROL, TREATMENT), strict=True)]
    told = answer(page)
    assert f"{shares[1]:.2%} in Treatment against {shares[0]:.2%} in Control" in told, told

    page.get_by_role("radio", name=EN("read.view_decide")).click()
    settle(page)
    page.locator(".st-key-read_save button").click()
    expect(page.get_by_text(EN("read.saved"))).to_be_visible(timeout=PATIENCE)

    go(page, "experiments")
    card = page.get_by_test_id("stMain")
    expect(card.get_by_text("Spring letter")).to_be_visible()
    page.get_by_text(EN("experiments.decide")).click()
    learned = page.get_by_label(EN("experiments.learned"), exact=True)
    learned.fill("A letter works in spring")
    page.get_by_role("button", name=EN("experiments.keep")).click()
    settle(page)
    page.reload()
    settle(page)
    expect(card.get_by_text("A letter works in spring").first).to_be_visible()
