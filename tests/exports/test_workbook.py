"""The workbook says what it is, holds every number and runs nothing."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.exports.sheets import PRINTED_ROWS
from analysis.exports.summary_sheet import Summary, SummaryLine
from analysis.exports.words import contact_mark
from analysis.exports.workbook import NamedSegmentation, WorkbookContents, sheet_name, write_workbook
from analysis.intake.tables import TableCount
from analysis.personas.words import Card
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import SegmentationPlan
from analysis.segments.params import RfmParams
from analysis.segments.result import segmentation_of
from texts import Translator

EN, ZH = Translator("en"), Translator("zh")
CUSTOMERS = pd.DataFrame(
    {
        "customer_id": ["001", "=2+2", "003", "004"],
        "spend": [10.256, -3.0, 120.0, np.nan],
        "n_orders": [1, 2, 3, 0],
        "discount_share": [0.125, 1.0, np.nan, np.inf],
        "last_order": pd.Series(["2024-03-05", "2024-02-29", None, "1899-05-01"]).astype("datetime64[us]"),
        "first_order": pd.Series(["2024-03-05 13:30", None, None, "2023-01-01 08:00"]).astype("datetime64[us]"),
        "note": ["http://evil.example/x", "{=1+1}", "+1", "<script>😀" + "长" * 40_000],
        "member": pd.array([True, False, None, True], dtype="boolean"),
    }
)
FEATURES = (
    Feature("spend", "value", "number", "money"),
    Feature("n_orders", "value", "number", "count"),
    Feature("discount_share", "preference", "number", "share"),
    Feature("last_order", "risk", "date", header="最近下单"),
    Feature("first_order", "behaviour", "date", header="首次下单"),
    Feature("note", "basic", "text", header="=备注"),
    Feature("member", "basic", "flag", header="会员"),
)
SPEND = CUSTOMERS["spend"].to_numpy()
RFM = segmentation_of(np.array([0, 1, 0, -1]), ["champions", "a/b: [x]?" + "y" * 40], method="rfm", spend=SPEND)
CLUSTERS = segmentation_of(np.array([0, 0, 1, 1]), ["cluster_1", "cluster_2"], method="clusters", spend=SPEND)
COUNTS = (
    TableCount("orders.xlsx/Sheet1", "orders", 10, 7, {"no_customer": 2, "no_date": 1}),
    TableCount("members.csv", "customers", 4, 4, {}),
)
SET_ASIDE = pd.DataFrame(
    {
        "table_key": "orders.xlsx/Sheet1",
        "line": range(2, 1502),
        "reason": "no_customer",
        "detail": None,
        "cells": json.dumps({"客户": None, "金额": "=1+1"}, ensure_ascii=False),
    }
)
CONTENTS = WorkbookContents(
    study="春季",
    profiles=Profiles(CUSTOMERS, FEATURES, date(2024, 3, 6)),
    segmentations=(NamedSegmentation(RFM, {"champions": "Best"}), NamedSegmentation(CLUSTERS)),
    counts=COUNTS,
    set_aside=SET_ASIDE,
    is_masked=True,
)


CLUSTERS_NAMED = [NamedSegmentation(CLUSTERS).name(key, EN) for key in ("cluster_1", "cluster_2")]


def written(contents: WorkbookContents = CONTENTS, t: Translator = EN) -> bytes:
    buffer = io.BytesIO()
    write_workbook(buffer, contents, t)
    return buffer.getvalue()


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def cells(book: openpyxl.Workbook) -> Iterator[Any]:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from row


def values(book: openpyxl.Workbook, sheet: str) -> list[tuple]:
    return list(book[sheet].iter_rows(values_only=True))


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return opened(written())


def test_the_sheets_are_all_there_in_order(book: openpyxl.Workbook) -> None:
    assert book.sheetnames == [
        "README", "Segments", "Best", "a b x " + "y" * 25, "List Cluster", "Profiles", "Feature dictionary",
        "Set aside", "Set-aside examples",
    ]  # fmt: skip


def test_nothing_in_it_is_a_formula_or_a_link(book: openpyxl.Workbook) -> None:
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells(book))
    with zipfile.ZipFile(io.BytesIO(written())) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 9 and not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_the_profiles_hold_every_customer_with_values_of_their_kind(book: openpyxl.Workbook) -> None:
    header, *rows = values(book, "Profiles")
    assert header[:3] == ("Customer id", "RFM segment", "Cluster") and header[6:] == (
        "最近下单",
        "首次下单",
        "=备注",
        "会员",
    )
    assert [row[0] for row in rows] == ["001", "=2+2", "003", "004"]
    assert [row[1] for row in rows] == ["Best", RFM.labels[1], "Best", None]
    assert [row[3] for row in rows] == [10.256, -3, 120, None]
    assert [row[5] for row in rows] == [0.125, 1, None, None]
    assert [row[6] for row in rows] == [datetime(2024, 3, 5), datetime(2024, 2, 29), None, "1899-05-01"]
    assert rows[0][7] == datetime(2024, 3, 5, 13, 30)
    assert [row[8] for row in rows[:3]] == ["http://evil.example/x", "{=1+1}", "+1"]
    assert rows[3][8].startswith("<script>😀长") and len(rows[3][8].encode("utf-16-le")) == 2 * 32_767
    assert [row[9] for row in rows] == ["Yes", "No", None, "Yes"]


def test_numbers_are_formatted_by_their_unit_and_the_header_stays_in_sight(book: openpyxl.Workbook) -> None:
    sheet = book["Profiles"]
    formats = [sheet.cell(2, column).number_format for column in (1, 4, 5, 6, 7, 8)]
    assert formats == ["@", "#,##0.00", "#,##0", "0.0%", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"]
    assert all(name.freeze_panes == "A2" and name["A1"].font.bold for name in book.worksheets[1:])
    assert sheet.auto_filter.ref == "A1:J5"
    assert sheet.column_dimensions["G"].width >= 2 * len("最近下单")


def test_amounts_carry_the_sign_of_the_currency_where_one_is_known() -> None:
    book = opened(written(t=Translator("en", "USD")))
    money = '"US$"#,##0.00;-"US$"#,##0.00'
    for name in ("Profiles", "Segments"):
        sheet = book[name]
        found = {
            sheet.cell(1, place).value: sheet.cell(2, place).number_format for place in range(1, sheet.max_column + 1)
        }
        assert found["Spend" if name == "Profiles" else "Revenue"] == money
        assert found["Orders" if name == "Profiles" else "Customers"] == "#,##0"


def test_a_list_begins_with_whom_to_reach_and_what_for(book: openpyxl.Workbook) -> None:
    headers = [cell.value for cell in book["Best"][1]]
    assert headers[:5] == ["Customer id", "RFM segment", "Cluster", "Spend", "Orders"]


def test_each_segment_of_the_main_segmentation_lists_its_customers_by_spend(book: openpyxl.Workbook) -> None:
    assert [row[0] for row in values(book, "Best")[1:]] == ["003", "001"]
    assert [row[0] for row in values(book, book.sheetnames[3])[1:]] == ["=2+2"]


def test_the_segments_show_size_and_revenue(book: openpyxl.Workbook) -> None:
    header, *rows = values(book, "Segments")
    assert header[:6] == ("Segmentation", "Segment", "Customers", "Share of customers", "Revenue", "Share of revenue")
    table = pd.concat([RFM.segments, CLUSTERS.segments])
    assert [row[0] for row in rows] == ["RFM segment"] * 2 + ["Cluster"] * 2
    assert [row[2] for row in rows] == table["customers"].tolist() == [2, 1, 2, 2]
    assert [row[4] for row in rows] == pytest.approx(table["revenue"].tolist())
    assert rows[0][header.index("What to do")] == EN("segment.champions.advice")


def test_what_was_set_aside_is_counted_and_shown(book: openpyxl.Workbook) -> None:
    rows = values(book, "Set aside")[1:]
    assert [(row[0], row[1], row[2], row[4]) for row in rows] == [
        ("orders.xlsx/Sheet1", 10, 7, 2),
        ("orders.xlsx/Sheet1", 10, 7, 1),
        ("members.csv", 4, 4, 0),
    ]
    examples = values(book, "Set-aside examples")
    assert len(examples) == 1_001
    assert (examples[1][0], examples[1][1], examples[1][4]) == ("orders.xlsx/Sheet1", 2, "客户:  | 金额: =1+1")


def test_the_dictionary_explains_every_feature_with_its_coverage(book: openpyxl.Workbook) -> None:
    rows = values(book, "Feature dictionary")[1:]
    assert [row[1] for row in rows] == [feature.key for feature in FEATURES]
    assert [row[5] for row in rows] == CUSTOMERS.drop(columns="customer_id").notna().mean().tolist()
    assert rows[0][2:5] == ("Value", "Number", "Money")


def test_the_first_sheet_says_what_this_is(book: openpyxl.Workbook) -> None:
    rows = {row[0]: row[1] for row in values(book, "README") if row[0]}
    assert next(iter(rows)) == "春季"
    assert rows["As of"] == datetime(2024, 3, 6)
    assert (rows["Customers"], rows["Orders"], rows["Revenue"]) == (4, 6, pytest.approx(127.256))
    text = [str(row[1]) for row in values(book, "README")]
    assert EN("workbook.masked") in text
    assert EN("workbook.source", table="orders.xlsx/Sheet1", read=10, kept=7) in text
    assert EN("workbook.cut", sheet="Set-aside examples", shown=1000, n=1500) in text


def test_the_first_sheet_says_what_was_cut() -> None:
    book = opened(written(replace(CONTENTS, sheet_rows=1)))
    assert [len(values(book, name)) for name in ("Best", "Profiles")] == [2, 2]
    assert values(book, "Best")[1][0] == "003"
    text = [row[1] for row in values(book, "README")]
    assert EN("workbook.cut", sheet="Best", shown=1, n=2) in text
    assert EN("workbook.cut", sheet="Profiles", shown=1, n=4) in text


def test_chinese_words_stand_on_every_sheet() -> None:
    book = opened(written(t=ZH))
    assert book.sheetnames[:3] == ["说明", "分群", "Best"]
    assert values(book, "客户画像")[0][:3] == ("客户编号", "RFM 分群", "聚类分群")


LINES = tuple(
    SummaryLine(f"=Segment {i}", 10 * i, 0.1 * i, 100.0 * i, 0.1 * i, "about every 30 days", "Thank them.")
    for i in range(1, 8)
)


@pytest.fixture(scope="module")
def summed() -> bytes:
    return written(replace(CONTENTS, summary=Summary("8% bring 37%.", LINES), has_personal=True))


def test_the_first_sheet_shows_segments_money_and_actions_and_prints_on_one_page(summed: bytes) -> None:
    book = opened(summed)
    assert book.sheetnames[0] == "Summary"
    sheet: Any = book["Summary"]
    lines = list(sheet.iter_rows(values_only=True))
    header = next(place for place, line in enumerate(lines) if line[0] == "Segment")
    assert lines[header + 1] == ("=Segment 1", 10, 0.1, 100, 0.1, "about every 30 days", "Thank them.")
    assert len([line for line in lines[header + 1 :] if line[0]]) == len(LINES)
    assert any("8% bring 37%." in line for line in lines)
    assert any(EN("workbook.masked") in line for line in lines)
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((1, 1), (None, None))
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert len(sheet._charts) == 2
    assert sheet["G7"].alignment.wrap_text


def test_the_first_sheet_says_whether_personal_data_is_written_out() -> None:
    for masked, personal, said in ((True, True, "workbook.masked"), (False, True, "workbook.unmasked")):
        contents = replace(CONTENTS, summary=Summary("", ()), is_masked=masked, has_personal=personal)
        book = opened(written(contents))
        for sheet in ("Summary", "README"):
            assert any(EN(said) in line for line in values(book, sheet)), (sheet, said)
    nothing = written(replace(CONTENTS, is_masked=False, summary=Summary("", ())))
    assert not any(EN("workbook.masked") in line for line in values(opened(nothing), "Summary"))


def test_no_sheet_prints_on_more_pages_than_a_person_would_take_along(book: openpyxl.Workbook) -> None:
    readme = book.worksheets[0]
    assert (readme.page_setup.orientation, readme.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    for sheet in book.worksheets[1:]:
        area = sheet.print_area
        assert sheet.page_setup.orientation == "landscape", sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.print_title_rows == "$1:$1", sheet.title
        last = int(area.split(":")[1].split("$")[2])
        assert last <= PRINTED_ROWS + 1, (sheet.title, area)


def test_every_other_method_has_a_list_of_its_customers_segment_after_segment(book: openpyxl.Workbook) -> None:
    header, *lines = values(book, "List Cluster")
    assert header[:2] == ("Segment", "Customer id")
    assert [line[:2] for line in lines] == [
        (CLUSTERS_NAMED[0], "001"), (CLUSTERS_NAMED[0], "=2+2"), (CLUSTERS_NAMED[1], "003"), (CLUSTERS_NAMED[1], "004"),
    ]  # fmt: skip


def test_the_same_contents_give_the_same_bytes() -> None:
    assert written() == written()


def test_streaming_writes_the_same_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [cell.value for cell in cells(opened(written()))]
    monkeypatch.setattr("analysis.exports.workbook._STREAM_FROM_CELLS", 0)
    assert [cell.value for cell in cells(opened(written()))] == plain


def test_a_study_without_segments_or_set_aside_rows_is_written(tmp_path: Path) -> None:
    contents = WorkbookContents("x", CONTENTS.profiles, ())
    write_workbook(tmp_path / "out.xlsx", contents, EN)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["README", "Segments", "Profiles", "Feature dictionary"]


@given(st.lists(st.text(max_size=50), max_size=12))
def test_any_names_become_sheets_that_excel_accepts(names: list[str]) -> None:
    taken: set[str] = set()
    results = [sheet_name(name, taken) for name in names]
    assert len({name.casefold() for name in results}) == len(names)
    for name in results:
        assert 0 < len(name.encode("utf-16-le", "replace")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\\n\t\x00") and name[0] != "'" and name[-1] != "'"
        assert name.casefold() != "history"


def test_sheets_with_hostile_segment_names_are_written() -> None:
    names = {"champions": "History", RFM.segments["segment"][1]: "'readme'"}
    book = opened(written(replace(CONTENTS, segmentations=(NamedSegmentation(RFM, names),))))
    assert book.sheetnames[2:4] == ["History (2)", "readme (2)"]


def test_examples_handed_in_alone_are_counted_against_all_rows_set_aside() -> None:
    counts = (TableCount("orders.xlsx", "orders", 9_000, 0, {"no_customer": 9_000}),)
    book = opened(written(replace(CONTENTS, counts=counts, set_aside=SET_ASIDE.head(1_000))))
    text = [row[1] for row in values(book, "README")]
    assert EN("workbook.cut", sheet="Set-aside examples", shown=1_000, n=9_000) in text


def card_of(segment: str, evidence: tuple[str, ...], too_few: str | None = None) -> Card:
    return Card(
        segment, f"=The {segment}", "size", "Young", evidence=evidence, goals="Goal.", pains="Pain.", quote="Quote.",
        too_few=too_few,
    )  # fmt: skip


def test_each_persona_has_its_portrait_and_a_row_high_enough_for_its_story() -> None:
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160"><circle cx="80" cy="80" r="76"/></svg>'
    long = tuple(
        f"They placed {i} orders on average, other customers fewer, and this goes on for long." for i in range(9)
    )
    cards = (("rfm", card_of("loyal", long), drawing), ("rfm", card_of("new", (), "n = 3, too few."), None))
    sheet = openpyxl.load_workbook(io.BytesIO(written(replace(CONTENTS, personas=cards), EN)))["Personas"]
    assert [picture.anchor._from.row for picture in sheet._images] == [1]
    assert sheet.row_dimensions[2].height >= 9 * 15
    assert (sheet.row_dimensions[3].height or 15) < 40
    assert [cell.value for cell in sheet[2]][1:4] == ["RFM segment", "loyal", "=The loyal"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert [cell.value for cell in sheet[1]][6] == "Evidence"
    assert sheet["G2"].alignment.wrap_text


@pytest.mark.parametrize("t", [EN, ZH])
@pytest.mark.parametrize(
    ("scheme", "cuts", "decide"),
    [("two_digit", "quantile", "R and F decide"), ("eight_a", "mean", "three together decide")],
)
def test_the_readme_names_the_scores_that_decide(scheme: str, cuts: str, decide: str, t: Translator) -> None:
    plan = SegmentationPlan(params=RfmParams(scheme=scheme, cuts=cuts))  # pyright: ignore
    book = opened(written(replace(CONTENTS, recipe=CONTENTS.recipe.with_plan(plan)), t))
    said = [str(cell) for row in values(book, book.sheetnames[0]) for cell in row if cell]
    assert t(f"workbook.method.rfm.{scheme}") in said
    assert decide in EN(f"workbook.method.rfm.{scheme}")


def test_the_dictionary_says_where_a_feature_comes_from() -> None:
    day = date(2024, 3, 31)
    features = (replace(FEATURES[0], origin="orders", as_of=day), *FEATURES[1:])
    sheet = values(
        opened(written(replace(CONTENTS, profiles=replace(CONTENTS.profiles, features=features)))), "Feature dictionary"
    )
    place = sheet[0].index("Comes from")
    assert "looking back from" in sheet[1][place]
    assert sheet[2][place] == EN("workbook.origin.column")


def test_a_workbook_says_whether_anybody_knows_who_may_be_contacted() -> None:
    def told(customers: pd.DataFrame) -> str:
        target = io.BytesIO()
        profiles = replace(CONTENTS.profiles, customers=customers)
        contact = contact_mark(customers, None, EN)
        write_workbook(target, replace(CONTENTS, profiles=profiles, contact=contact), EN)
        book = openpyxl.load_workbook(target)
        return "\n".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell
        )

    unknown = EN("workbook.consent_unknown", mark=EN("contact.unconfirmed"))
    assert unknown in told(CUSTOMERS)
    known = told(CUSTOMERS.assign(may_contact=["allowed", "unknown", "allowed", "allowed"]))
    assert unknown not in known and EN("workbook.not_contacted", n=1) in known
