"""The main job in a real browser: from a file to named segments and a workbook, kept whatever happens."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from analysis.figures import summary
from analysis.recipe import Recipe
from analysis.study import StudyResult, read, run, suggest
from tests.browser.conftest import new_context, settle
from tests.browser.screens import says
from texts import Translator, catalogue

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data" / "subscription_en.xlsx"
PATIENCE = 60_000
EN, ZH = Translator("en"), Translator("zh", "CNY")
SCRIPT = "<script>document.title='taken'</script>"


def upload(page: Page, *paths: Path) -> None:
    page.locator("input[type='file']").first.set_input_files([str(path) for path in paths])


def figure(page: Page, key: str, t: Translator) -> str:
    """Return a figure of the Overview as it stands on the screen, its view opened where it is closed."""
    view = page.get_by_role("radio", name=t("overview.tab.figures"), exact=True)
    expect(view).to_be_visible(timeout=PATIENCE)
    if view.get_attribute("aria-checked") != "true":
        view.click()
    label = page.get_by_test_id("stMetricLabel").get_by_text(t(f"overview.figure.{key}"), exact=True)
    metric = page.get_by_test_id("stMetric").filter(has=label)
    return metric.get_by_test_id("stMetricValue").inner_text(timeout=PATIENCE).strip()


def expect_figures(page: Page, figures: dict[str, Any], t: Translator) -> None:
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)
    shown = {key: figure(page, key, t) for key in ("customers", "orders", "revenue")}
    assert shown["customers"] == t.number(figures["customers"])
    assert shown["orders"] == t.number(figures["orders"])
    assert shown["revenue"] in {t.money(figures["revenue"]), t.short(figures["revenue"])}


def answer(page: Page) -> str:
    return page.locator(".st-key-answer").inner_text(timeout=PATIENCE)


def slide(page: Page, key: str, steps: int, settle) -> None:
    """Move a slider by the keyboard, and wait until what it changed is drawn."""
    wanted = position(page, key) + steps
    slider = page.locator(f".st-key-{key} input[type='range']")
    slider.focus()
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
        settle(page)  # a page that is drawn anew under the next step would take it back
    expect(slider).to_have_value(str(wanted), timeout=PATIENCE)


def position(page: Page, key: str) -> int:
    return int(page.locator(f".st-key-{key} input[type='range']").input_value(timeout=PATIENCE))


def download(page: Page, key: str, folder: Path) -> Path:
    with page.expect_download(timeout=PATIENCE) as waiting:
        page.locator(f".st-key-download_{key} button").click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def with_choices(recipe: Recipe, **choices: dict[str, Any]) -> Recipe:
    """Return the recipe with other params, by the kind of segmentation."""
    plans = [
        plan.model_copy(update={"params": plan.params.model_copy(update=choices.get(plan.params.kind, {}))})
        for plan in recipe.segmentations
    ]
    return recipe.model_copy(update={"segmentations": tuple(plans)})


def segments_of(book: openpyxl.Workbook, t: Translator, method: str) -> list[tuple[int, float]]:
    """Return customers and revenue of each segment as the workbook holds them."""
    rows = book[t("workbook.sheet.segments")].iter_rows(min_row=2, values_only=True)
    return [(row[2], row[4]) for row in rows if row[0] == t(f"workbook.segmentation.{method}")]


def by_size(segments: list) -> list:
    return sorted(segments, key=lambda one: one[0])


def expected_segments(result: StudyResult, method: str) -> list[tuple[int, float]]:
    table = result.edited[method].segmentation.segments
    return [(row["customers"], pytest.approx(row["revenue"])) for row in table.to_dict("records")]


def test_sample_data_to_segments_to_workbook(server, visit, settle, tmp_path, go):
    tables = read(SAMPLE)
    suggested = suggest(tables)
    page = visit(server.url)
    page.locator(".st-key-sample button").click()
    found = run(tables, suggested)
    expect_figures(page, summary(found), Translator("en", suggested.currency))
    biggest = found.edited["rfm"].segmentation.segments.sort_values("customers")["segment"].iloc[-1]
    cards = page.locator("[class*='st-key-segment_card_']")
    expect(cards.get_by_text(EN(f"segment.{biggest}")).first).to_be_visible(timeout=PATIENCE)

    go(page, "rfm", "en")
    assert position(page, "rfm_n_scores") == 5
    slide(page, "rfm_n_scores", -2, settle)
    go(page, "clusters", "en")
    before = position(page, "clusters_k")
    slide(page, "clusters_k", 1, settle)
    chosen = run(tables, with_choices(suggested, rfm={"n_scores": 3}, clusters={"k": before + 1}))
    assert re.search(rf"\b{before + 1} groups\b", answer(page))
    go(page, "rfm", "en")
    assert position(page, "rfm_n_scores") == 3
    top = chosen.edited["rfm"].segmentation.segments.sort_values("revenue").iloc[-1]
    best = EN(f"segment.{top['segment']}")
    says(page, EN("rfm.answer_top", segment=best, share=top["share"], revenue_share=top["revenue_share"]))
    go(page, "compare", "en")
    assert len(answer(page)) > 20

    go(page, "export", "en")
    assert EN.number(len(chosen.profiles.customers)) in answer(page)
    path = download(page, "workbook", tmp_path)
    assert path.suffix == ".xlsx"
    book = openpyxl.load_workbook(path)
    readme = {row[0]: row[1] for row in book[EN("workbook.sheet.readme")].iter_rows(values_only=True) if row[0]}
    assert readme[EN("workbook.customers")] == len(chosen.profiles.customers)
    assert readme[EN("workbook.revenue")] == pytest.approx(summary(chosen)["revenue"])
    for method in ("rfm", "clusters"):
        # Clusters keep the numbers that they had before the slider moved, so their order may not be that of value.
        assert by_size(segments_of(book, EN, method)) == by_size(expected_segments(chosen, method))
    customers = book[EN("workbook.sheet.profiles")]
    assert customers.max_row - 1 == len(chosen.profiles.customers)
    assert path.stat().st_size > 10_000
    csv = download(page, "customers", tmp_path).read_bytes()
    assert csv.startswith(b"\xef\xbb\xbf")
    assert csv.count(b"\r\n") - 1 == len(chosen.profiles.customers)


def shop_file(path: Path) -> Path:
    """Write orders of a shop with Chinese headers, whose names would be code, pictures and formulas elsewhere."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "订单"
    sheet.append(["订单编号", "客户编号", "买家姓名", "下单时间", "实付金额", "商品类目"])
    names = [SCRIPT, "😀王小明", "=1+1", "![x](http://example.com/x.png)", "李雷", "韩梅梅"]
    for n in range(600):
        customer = n * n % 83
        day = f"2024-{1 + n % 12:02d}-{1 + n * 7 % 28:02d} {n % 24:02d}:15:00"
        category = SCRIPT if n % 5 == 0 else "茶叶"
        sheet.append([f"A{n:05d}", f"K{customer:03d}", names[customer % 6], day, 20 + customer * 3 + n % 17, category])
    for row in sheet.iter_rows(min_row=2, min_col=3, max_col=3):
        row[0].data_type = "s"  # "=1+1" as somebody's name, not as a formula of this file
    book.save(path)
    return path


def test_uploaded_chinese_workbook_stays_as_it_is_through_pages_refresh_and_restart(
    fresh_server, visit, settle, tmp_path, go
):
    path = shop_file(tmp_path / "店铺 订单.xlsx")
    found = run(read(path))
    figures, t = summary(found), Translator("zh", suggest(read(path)).currency)
    page = visit(fresh_server.url, locale="zh-CN")
    upload(page, path)
    expect_figures(page, figures, t)
    # What is code in a browser is a word here: shown, not run.
    assert page.title() != "taken"
    assert page.locator("[data-testid='stMain'] img[src^='http']").count() == 0

    go(page, "rfm", "zh")
    slide(page, "rfm_n_scores", -1, settle)
    said = answer(page)
    go(page, "compare", "zh")
    go(page, "rfm", "zh")
    assert (position(page, "rfm_n_scores"), answer(page)) == (4, said)
    page.reload()
    settle(page)
    assert (position(page, "rfm_n_scores"), answer(page)) == (4, said)

    address = page.url
    page.goto("about:blank")
    fresh_server.stop()
    fresh_server.start()
    first = visit(address, locale="zh-CN")
    assert first.locator("[data-testid='stMain'] h1").inner_text() == catalogue()["rfm.title"]["zh"]
    assert first.get_by_role("dialog").count() == 0
    assert first.get_by_test_id("stSidebarNavLink").count() > 5
    assert (position(first, "rfm_n_scores"), answer(first)) == (4, said)
    go(first, "overview", "zh")
    expect_figures(first, figures, t)


def test_names_that_are_code_elsewhere_are_text_in_the_workbook(server, visit, settle, tmp_path, go):
    path = shop_file(tmp_path / "订单.xlsx")
    page = visit(server.url, locale="zh-CN")
    upload(page, path)
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)
    go(page, "export", "zh")
    page.locator(".st-key-unmasked label").first.click()
    reason = page.locator(".st-key-unmask_reason input")
    reason.fill("a list to send")
    reason.press("Enter")
    settle(page)
    book = openpyxl.load_workbook(download(page, "workbook", tmp_path))
    cells = [cell for row in book[ZH("workbook.sheet.profiles")].iter_rows() for cell in row]
    assert {SCRIPT, "😀王小明", "=1+1"} <= {cell.value for cell in cells}
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert page.title() != "taken"


def messy_lines() -> list[dict[str, Any]]:
    """Return order lines as a till keeps them: cancelled ones, twelve sent twice, a customer of test orders alone."""
    lines = []
    for n in range(240):
        is_test = n % 60 == 7
        lines.append(
            {
                "order": f"D{n:04d}",
                "customer": "K99" if is_test else f"K{n * n % 61:02d}",
                "day": f"2024年{1 + n % 12}月{1 + n * 7 % 28}日 {n % 24:02d}:05",
                "product": "测试商品" if is_test else "龙井,春茶" if n % 3 else "杯子",
                "amount": 1000.5 + 3 * n,
                "channel": ("微信", "WeChat", "wechat ", "淘宝")[n % 4],
                "state": "交易关闭" if n % 24 == 0 else "退款成功" if n % 40 == 3 else "交易成功",
            }
        )
    return lines + lines[10:22]


def messy_file(path: Path) -> Path:
    """Write the lines as GBK under a banner and a header of two rows, the amounts with signs, and a total below."""
    head = ["某某旗舰店订单导出,,,,,,", "订单,,,商品,,买家,", "编号,客户编号,下单时间,名称,实付金额,渠道,状态"]
    rows = [
        ",".join(
            [
                line["order"], line["customer"], line["day"], f'"{line["product"]}"', f'"￥{line["amount"]:,.2f}"',
                line["channel"], line["state"],
            ]
        )
        for line in messy_lines()
    ]  # fmt: skip
    path.write_bytes("\r\n".join([*head, *rows, "合计,,,,999999,,", ""]).encode("gbk"))
    return path


def figures_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "customers": len({line["customer"] for line in lines}),
        "orders": len({line["order"] for line in lines}),
        "revenue": sum(line["amount"] for line in lines),
    }


def fix(page: Page, code: str, value: str, settle, **facts: Any) -> None:
    """Take care of a finding on the Check page by its button, and see it listed as done."""
    said = page.get_by_text(ZH(f"finding.{code}", **facts))
    finding = page.locator("[class*='st-key-finding_open_']").filter(has=said)
    finding.get_by_role("button", name=ZH(f"fix.{code}.{value}"), exact=True).click()
    expect(finding).to_have_count(0, timeout=PATIENCE)
    settle(page)


def test_two_findings_of_a_messy_file_are_fixed_by_a_click_and_the_figures_follow(server, visit, settle, tmp_path, go):
    path = messy_file(tmp_path / "订单导出.csv")
    done = [line for line in messy_lines() if line["state"] == "交易成功"]
    once = list({line["order"]: line for line in done}.values())
    real = [line for line in once if line["product"] != "测试商品"]
    counts = [figures_of(lines) for lines in (done, once, real)]
    assert len({str(figures) for figures in counts}) == 3
    t = Translator("zh", "CNY")
    page = visit(server.url, locale="zh-CN")
    upload(page, path)
    expect_figures(page, counts[0], t)
    facts = {"duplicate_lines": len(done) - len(once), "test_orders": len(once) - len(real)}
    for figures, (code, n) in zip(counts[1:], facts.items(), strict=True):
        go(page, "check", "zh")
        fix(page, code, "set_aside", settle, table=path.name, n=n)
        go(page, "overview", "zh")
        expect_figures(page, figures, t)


@pytest.mark.slow
def test_real_chinese_orders_show_their_buyers(server, visit, shared_data):
    page = visit(server.url, locale="zh-CN")
    upload(page, shared_data / "chinese_orders" / "PYTHON-RFM实战数据.xlsx")
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    assert figure(page, "customers", ZH) == "25,420"


def test_kill_of_the_server_loses_nothing_that_was_shown(fresh_server, browser: Browser, settle, go):
    context = new_context(browser, locale="en-GB")
    page = context.new_page()
    page.goto(fresh_server.url)
    settle(page)
    page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)
    customers = figure(page, "customers", EN)
    go(page, "rfm", "en")
    slide(page, "rfm_n_scores", -2, settle)
    said, address = answer(page), page.url
    fresh_server.kill()
    context.close()

    fresh_server.start()
    context = new_context(browser, locale="en-GB")
    page = context.new_page()
    page.goto(address)
    settle(page)
    assert (position(page, "rfm_n_scores"), answer(page)) == (3, said)
    go(page, "overview", "en")
    assert figure(page, "customers", EN) == customers
    context.close()


def bad_files(folder: Path) -> dict[str, Path]:
    """Write files that cannot become a study."""
    whole = SAMPLE.read_bytes()
    contents = {
        "empty.csv": b"",
        "only header.csv": b"customer id,order date,amount\n",
        "truncated.xlsx": whole[: len(whole) // 2],
        "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(2_000),
        "no customer.csv": b"order date,amount\n" + b"2024-01-02,5\n" * 40,
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return {name: folder / name for name in contents}


def test_bad_files_are_refused_in_a_sentence_and_the_study_stays(server, visit, settle, tmp_path, go):
    page = visit(server.url)
    page.locator(".st-key-sample button").click()
    page.wait_for_url("**/overview?**", timeout=PATIENCE)
    settle(page)
    customers, overview = figure(page, "customers", EN), page.url
    known = None
    for path in bad_files(tmp_path).values():
        go(page, "start", "en")
        page.reload()  # a page with no file chosen
        settle(page)
        listed = page.locator("[class*='st-key-open_']").count()
        known = listed if known is None else known
        assert listed == known
        upload(page, path)
        alert = page.get_by_test_id("stAlert").first
        expect(alert).to_be_visible(timeout=PATIENCE)
        assert re.search(r"\w.*\.", alert.inner_text()), path.name
        assert page.get_by_test_id("stException").count() == 0
    go(page, "overview", "en")
    assert page.url == overview
    assert figure(page, "customers", EN) == customers
