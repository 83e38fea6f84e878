"""Headers among banners and groups, remarks and repeated headers between rows, names that can be shown."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intake.reading.layout import clean_headers, clean_text, find_header, header_titles, is_remark
from analysis.intake.reading.read import read_file
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import LeftOut, RawTable
from tests.thorough import examples

HEADER = ["id", "day", "sum", "note"]
BODY = [["1", "2024-01-01", "3.5", "a"], ["2", "2024-01-02", "4", "b"], ["3", "2024-01-13", "5", ""]]


def table(rows: list[list[str]]) -> RawTable:
    target = io.StringIO(newline="")
    csv.writer(target).writerows(rows)
    [found] = read_file(target.getvalue().encode(), name="a.csv")
    return found


def cells(found: RawTable, column: int = 0) -> list[str]:
    return found.rows.column(f"c{column}").to_pylist()  # type: ignore[union-attr]


@pytest.mark.parametrize("above", [
    [], [["Sales report"]], [["销售明细"], [], ["导出时间：2024-06-01"]], [["From", "2024-01-01", "to"]],
    [["Shop:", "High Street", "Month:"]], [["", "", "", ""], ["x"]],
])  # fmt: skip
def test_the_header_is_found_below_any_banner(above: list[list[str]]) -> None:
    found = table([*above, HEADER, *BODY])
    assert (found.columns, found.n_rows, found.header_row) == (tuple(HEADER), 3, len(above) + 1)


def test_without_a_header_every_row_is_data() -> None:
    found = table(BODY)
    assert (found.header_row, found.n_rows, found.columns[0]) == (0, 3, "column_1")


TWO_ROWS = [
    (["id", "2024", "", "2025", ""], ["", "Sales", "Cost", "Sales", "Cost"],
     ("id", "2024 / Sales", "2024 / Cost", "2025 / Sales", "2025 / Cost")),
    (["客户", "", "订单", "", ""], ["编号", "姓名", "日期", "金额", "数量"],
     ("客户 / 编号", "客户 / 姓名", "订单 / 日期", "订单 / 金额", "订单 / 数量")),
    (["Region", "Sales", "", "Profit", ""], ["", "2023", "2024", "2023", "2024"],
     ("Region", "Sales / 2023", "Sales / 2024", "Profit / 2023", "Profit / 2024")),
]  # fmt: skip


@pytest.mark.parametrize(("top", "bottom", "names"), TWO_ROWS)
@pytest.mark.parametrize("banner", [0, 2])
def test_two_header_rows_are_joined(top: list[str], bottom: list[str], names: tuple[str, ...], banner: int) -> None:
    body = [["C1", "Ann", "17.5", "3.1", "4"], ["C2", "Bo", "18.5", "6.3", "7"], ["C3", "Cy", "19", "8", "9"]]
    found = table([*[["Report"]] * banner, top, bottom, *body])
    assert (found.columns, found.n_rows, found.header_row) == (names, 3, banner + 2)


@pytest.mark.parametrize("value", ["138123456{}", "zhang{}@qq.com", "11010519491231{}X"])
def test_a_row_of_words_and_a_phone_or_an_address_over_others_is_data(value: str) -> None:
    rows = [[f"M{i}", "Ann", "Leeds", value.format(f"{i}0"), "gold"] for i in range(5)]
    assert find_header(rows) == -1
    assert find_header([["id", "name", "city", "reach", "tier"], *rows]) == 0


def test_a_column_without_a_name_makes_no_second_header_row() -> None:
    for rows in (
        [["", "name", "sum"], ["0", "Ann", "3"], ["1", "Bo", "4"]],
        [["", "name", "city"], ["a", "Ann", "Rome"], ["b", "Bo", "Oslo"]],
        [["name", "city", ""], ["Ann", "Rome", "x"], ["Bo", "Oslo", "y"]],
    ):
        found = table(rows)
        assert (found.header_row, found.n_rows) == (1, 2), rows


def test_months_over_figures_are_names_and_not_data() -> None:
    found = table([["shop", "2024-01", "2024-02", "2024-03"], ["A", "3", "4", "5"], ["B", "6", "7", "8"]])
    assert (found.header_row, found.columns) == (1, ("shop", "Date", "Amount"))
    assert found.rows.column("c1").to_pylist() == ["2024-01", "2024-02", "2024-03"] * 2  # type: ignore[union-attr]


def test_remarks_below_the_table_are_set_aside_and_a_short_last_row_is_not() -> None:
    found = table([HEADER, *BODY, ["合计", "", "12.5", ""], [], ["备注：数据截至五月"], ["制表人：", "张三"]])
    assert found.surplus == (LeftOut(7, "备注：数据截至五月", "note_row"), LeftOut(8, "制表人： | 张三", "note_row"))
    assert cells(found) == ["1", "2", "3", "合计"]
    assert found.n_read == 6
    short = table([HEADER, *BODY, ["4", "", "", ""]])
    assert (cells(short), short.surplus) == (["1", "2", "3", "4"], ())


def test_sentences_in_a_column_of_sentences_are_rows() -> None:
    rows = [["Ann Lee, London", "2024-01-01", "3", "x"], ["Bo Chan, Rome", "2024-01-02", "4", "y"]]
    assert table([HEADER, *rows, ["Cy Young, Oslo", "", "", ""]]).n_rows == 3


def test_a_header_repeated_at_page_breaks_is_set_aside() -> None:
    found = table([["Page 1"], HEADER, BODY[0], HEADER, BODY[1], HEADER, BODY[2]])
    assert found.surplus == tuple(LeftOut(n, "id | day | sum | note", "repeated_header") for n in (4, 6))
    assert (cells(found), found.rows.column("line").to_pylist()) == (["1", "2", "3"], [3, 5, 7])  # type: ignore[union-attr]


def test_names_are_trimmed_made_unique_and_shown_safely() -> None:
    named = clean_headers([" a ", "a", "", None, "a\u202eb", "x\ny"])
    assert named == ("a", "a (2)", "column_3", "column_4", "a b", "x y")
    assert len(set(clean_headers(["a (2)", "a", "a"]))) == 3
    assert clean_text("x\u200b\u2067y\ud800") == "x y?"


def test_several_empty_columns_are_dropped_and_a_table_may_begin_anywhere() -> None:
    found = table([["", "", *HEADER, "", ""], *[["", "", *row, "", ""] for row in BODY]])
    assert found.columns == tuple(HEADER)


def test_a_header_row_given_by_hand_is_used() -> None:
    content = b"a,b,c\nd,e,f\n1,2,3\n4,5,6\n"
    assert [read_file(content, header_row=row)[0].n_rows for row in (0, 1, 2)] == [4, 3, 2]
    assert read_file(content, header_row=2)[0].columns == ("d", "e", "f")
    with pytest.raises(AnalysisError, match="header_row_beyond"):
        read_file(content, header_row=99)


@examples(60)
@given(st.lists(st.lists(st.text("ab1 :合2024-,", max_size=8), min_size=1, max_size=6), min_size=1, max_size=12))
def test_a_header_is_always_a_row_of_the_table(rows: list[list[str]]) -> None:
    header = find_header(rows)
    assert -1 <= header < len(rows)
    assert len(header_titles(rows, header)) <= max(len(row) for row in rows)
    names = clean_headers(header_titles(rows, header))
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("cell", [";", "1;", "(2)", "*", "-- --"])
def test_signs_and_figures_alone_are_no_remark(cell: str) -> None:
    assert not is_remark(cell, ["1", "2"])


def test_columns_under_groups_mean_what_the_same_columns_mean_without() -> None:
    under = ["订单,,买家,,商品,,,收货,", "单号,下单时间,客户编号,手机,宝贝标题,实付金额,应付邮费,省份,金额"]
    flat = under[1:]
    rows = [
        f"D{n},2024-01-{n % 28 + 1:02d},K{n % 7},1380013800{n % 7},茶,{n + 0.5},{n % 3},广东省,{n}" for n in range(40)
    ]
    meanings = []
    for head in (under, flat):
        [guess] = inspect(read_file("\n".join([*head, *rows]).encode(), name="a.csv"))
        meanings.append([column.role for column in guess.columns])
    assert meanings[0] == meanings[1]
    assert meanings[0][:7] == ["order_id", "order_date", "customer_id", "phone", "product", "amount", "shipping"]


@pytest.mark.parametrize(
    "months",
    [("01/2024", "02/2024", "03/2024"), ("202401", "202402", "202403"), ("2024-01-01", "2024-02-01", "2024-03-01")],
)
def test_months_in_figures_are_headers_over_what_was_sold_in_them(months: tuple[str, ...]) -> None:
    rows = [["Customer", *months], *([f"c{i}", "10.00", "", "5.00"] for i in range(12))]
    assert find_header(rows) == 0
    found = table(rows)
    assert found.columns == ("Customer", "Date", "Amount") and found.n_rows == 24
