"""What a person chose for a source holds for next month's file, whatever it is called."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.overrides import read_as_chosen
from analysis.recipe import Column, Recipe, Source
from analysis.study import read, suggest
from tests.unsegmented import run_unsegmented

ORDERS = "id;remarqué;date;montant\n" + "".join(f"C{i % 4};Zoë {i};2024-01-{i:02d};{i},50\n" for i in range(1, 21))
COLUMNS = tuple(
    Column(name=name, role=role)
    for name, role in (("id", "customer_id"), ("date", "order_date"), ("montant", "amount"))
)


def recipe(**choice: object) -> Recipe:
    return Recipe(sources=(Source(kind="orders", file="jan.csv", columns=COLUMNS, **choice),))  # type: ignore[arg-type]


def test_an_encoding_holds_for_a_file_of_another_name() -> None:
    content = ORDERS.encode("mac_roman")
    for name in ("jan.csv", "feb.csv"):
        [table] = read_as_chosen(content, recipe(encoding="cp1252"), name=name)
        assert (table.encoding, table.columns[1]) == ("cp1252", "remarquŽ")
    assert read_as_chosen(content, recipe(), name="jan.csv")[0].encoding == "mac_roman"


def test_a_header_row_holds_where_the_columns_are_then_found() -> None:
    content = ("a;b;c;d\n" + ORDERS).encode()
    [table] = read_as_chosen(content, recipe(header_row=2), name="feb.csv")
    assert (table.header_row, table.n_rows) == (2, 20)
    members = b"member,city\n1,Rome\n2,Oslo\n"
    [other] = read_as_chosen(members, recipe(header_row=2), name="members.csv")
    assert (other.columns, other.n_rows) == (("member", "city"), 2)


def test_a_choice_that_does_not_fit_its_own_file_is_refused() -> None:
    with pytest.raises(AnalysisError, match="encoding_wrong"):
        read_as_chosen(ORDERS.encode("cp1252"), recipe(encoding="utf-8"), name="jan.csv")
    assert read_as_chosen(ORDERS.encode("cp1252"), recipe(encoding="utf-8"), name="feb.csv")[0].encoding == "cp1252"


def test_a_sheet_gets_its_header_row() -> None:
    book = openpyxl.Workbook()
    book.active.title = "S"
    for row in (["x", "y", "z"], ["id", "date", "montant"], ["A", "2024-01-01", 3], ["B", "2024-01-02", 4]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    chosen = Recipe(sources=(Source(kind="orders", file="a.xlsx", sheet="S", header_row=2, columns=COLUMNS),))
    for name in ("a.xlsx", "b.xlsx"):
        [table] = read_as_chosen(target.getvalue(), chosen, name=name)
        assert (table.columns, table.n_rows) == (("id", "date", "montant"), 2)


def test_the_command_line_and_a_notebook_read_as_the_recipe_says(tmp_path: Path) -> None:
    path = tmp_path / "feb.csv"
    path.write_bytes(("a;b;c;d\n" + ORDERS).encode())
    chosen = recipe(header_row=2)
    assert read(path, recipe=chosen)[0].n_rows == 20
    from analysis.exports.files import recipe_to_yaml
    from cli import main

    (tmp_path / "r.yaml").write_text(recipe_to_yaml(chosen), "utf-8")
    assert main(["run", "--recipe", str(tmp_path / "r.yaml"), str(path), "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "summary.json").exists()


def test_monthly_sheets_in_any_order_of_columns_are_one_table() -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    header = ["客户编号", "下单日期", "金额"]
    for month in (1, 2, 3):
        sheet = book.create_sheet(f"{month}月")
        turn = 1 if month == 2 else 0
        sheet.append(header[turn:] + header[:turn])
        for day in range(1, 21):
            row = [f"C{day % 7}", f"2024-{month:02d}-{day:02d}", day + 0.5]
            sheet.append(row[turn:] + row[:turn])
    target = io.BytesIO()
    book.save(target)
    tables = read_as_chosen(target.getvalue(), None, name="年.xlsx")
    found = suggest(tables)
    assert len(tables) == 3 and len(found.sources) == 1
    result = run_unsegmented(tables, found)
    assert [count.kept for count in result.standard.counts] == [20, 20, 20]
    assert float(result.profiles.customers["spend"].sum()) == 3 * sum(day + 0.5 for day in range(1, 21))
