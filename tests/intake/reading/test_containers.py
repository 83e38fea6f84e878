"""Hostile and odd files are refused before they are unpacked, or read without harm; each with a sentence."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading import containers, large
from analysis.intake.reading.read import display_name, read_file, unchanged
from texts import translator

LINES = b"id,day,sum\n1,2024-01-01,3\n2,2024-01-02,4\n"


def workbook(rows: list[list[object]] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows or [["id", "day", "sum"], [1, "2024-01-01", 3], [2, "2024-01-02", 4]]:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_parts(parts: dict[str, bytes], base: bytes | None = None) -> bytes:
    """Write a workbook with parts added, or put in the place of its own."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base or workbook())) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return target.getvalue()


def refusal(content: bytes) -> AnalysisError:
    with pytest.raises(AnalysisError) as found:
        read_file(content, name="till.xlsx")
    for language in ("en", "zh"):
        assert "till.xlsx" in translator(language)(f"error.{found.value.code}", **found.value.facts)
    return found.value


def test_a_workbook_that_unpacks_too_well_is_refused_before_it_is_unpacked() -> None:
    bomb = with_parts({"xl/worksheets/sheet2.xml": b"\x00" * (containers.RATIO_FROM + 1)})
    assert len(bomb) < 200_000
    assert refusal(bomb).code == "file_unpacks_too_large"


def test_a_directory_that_understates_a_part_is_not_believed() -> None:
    bomb = bytearray(with_parts({"xl/media/x.bin": b"\x00" * (containers.RATIO_FROM * 2)}))
    size = (containers.RATIO_FROM * 2).to_bytes(4, "little")
    small = (1000).to_bytes(4, "little")
    for place in range(len(bomb) - 4):
        if bytes(bomb[place : place + 4]) == size:
            bomb[place : place + 4] = small
    assert refusal(bytes(bomb)).code == "file_unpacks_too_large"


def test_all_parts_together_may_not_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_BYTES", 1000)
    with pytest.raises(AnalysisError, match="file_unpacks_too_large"):  # here: another process has limits of its own
        containers.check_zip(workbook(), file="a.xlsx")


def test_many_parts_that_each_unpack_to_little_are_refused_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "RATIO_FROM", 50_000)
    monkeypatch.setattr(containers, "ALL_RATIO_FROM", 200_000)
    few, many = ({f"xl/worksheets/x{i}.xml": b" " * 49_000 for i in range(n)} for n in (3, 40))
    containers.check_zip(with_parts(few), file="a.xlsx")
    with pytest.raises(AnalysisError, match="file_unpacks_too_large"):
        containers.check_zip(with_parts(many), file="a.xlsx")


def test_too_many_parts_are_refused() -> None:
    parts = {f"xl/media/{i}.txt": b"" for i in range(containers.MOST_ENTRIES)}
    found = refusal(with_parts(parts))
    assert (found.code, found.facts["most"]) == ("file_too_many_parts", 2000)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])
def test_entities_and_document_types_are_refused(part: str, encoding: str) -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    assert refusal(with_parts({part: evil.encode(encoding)})).code == "file_unsafe"


def test_entries_of_a_workbook_that_climb_out_of_a_folder_do_no_harm(tmp_path: Path) -> None:
    before = set(tmp_path.parent.iterdir())
    assert read_file(with_parts({"../../evil.txt": b"x"}))[0].n_rows == 2
    assert set(tmp_path.parent.iterdir()) == before


def test_other_documents_and_archives_are_named() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        file.writestr("content.xml", "<x/>")
    assert refusal(target.getvalue()).code == "file_is_document"
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("orders.csv", LINES)
    assert refusal(target.getvalue()).code == "file_is_archive"


def test_the_longest_cell_of_a_workbook_survives() -> None:
    [table] = read_file(workbook([["id", "day", "note"], ["1", "2024-01-01", "茶" * 32767], ["2", "2024-01-02", "x"]]))
    assert table.rows.column("c2").to_pylist()[0] == "茶" * 32767  # type: ignore[union-attr]


@pytest.mark.parametrize("file", [LINES.replace(b"01,3", b"01,\x003\x00"), LINES.replace(b"id", b"i\x00d")])
def test_a_nul_byte_in_a_text_loses_no_row(file: bytes) -> None:
    [table] = read_file(file, name="a.csv")
    assert (table.columns, table.n_rows) == (("id", "day", "sum"), 2)
    assert table.rows.column("c2").to_pylist() == ["3", "4"]  # type: ignore[union-attr]


def test_surplus_empty_fields_are_no_surplus() -> None:
    [table] = read_file(LINES.replace(b"4\n", b"4,,,\n") + b"3,2024-01-03,5,x\n" + LINES[11:] * 3, name="a.csv")
    assert table.rows.column("line").to_pylist() == [2, 3, *range(5, 11)]  # type: ignore[union-attr]
    assert [left.line for left in table.surplus] == [4]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "till.csv"
    path.write_bytes(LINES)
    with pytest.raises(AnalysisError, match="file_changed"), unchanged(path, file="till.csv"):
        path.write_bytes(LINES + b"3,2024-01-03,5\n")
    with pytest.raises(AnalysisError, match="file_changed"), unchanged(path, file="till.csv"):
        os.utime(path, ns=(1, 1))
    with pytest.raises(AnalysisError, match="file_missing"), unchanged(path, file="till.csv"):
        path.unlink()


def test_a_large_file_that_changes_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "till.csv"
    path.write_bytes(LINES * 3)
    monkeypatch.setattr(large, "LARGE", 1)
    real = large.fingerprint_of

    def written_meanwhile(place: Path) -> str:
        found = real(place)
        with place.open("ab") as file:
            file.write(b"9,2024-01-09,9\n")
        return found

    monkeypatch.setattr(large, "fingerprint_of", written_meanwhile)
    with pytest.raises(AnalysisError, match="file_changed"):
        read_file(path)


def test_a_large_text_is_read_like_a_small_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b"".join(b"%d,2024-01-%02d,%d,x\n" % (i, i % 28 + 1, i) for i in range(400))
    content = b"id,day,sum,note\n" + body + b"id,day,sum,note\n" + body + b"Remark: all in euro,,,\n"
    path = tmp_path / "till.csv"
    path.write_bytes(content)
    [small] = read_file(path)
    monkeypatch.setattr(large, "LARGE", 1)
    [big] = read_file(path)
    assert isinstance(big.rows, Path) and not isinstance(small.rows, Path)
    assert [(left.line, left.reason) for left in big.surplus] == [(402, "repeated_header"), (803, "note_row")]
    assert (big.surplus, big.n_rows, big.columns) == (small.surplus, small.n_rows, small.columns)
    import duckdb

    columns = "line, c0, c1, c2, c3"
    found = duckdb.sql(f"SELECT {columns} FROM ({big.scan_sql()}) ORDER BY line").fetchall()
    assert found == [tuple(row.values()) for row in small.rows.to_pylist()]


@pytest.mark.parametrize(("name", "shown"), [
    ("../../etc/passwd.csv", "passwd.csv"), ("..\\..\\订单.xlsx", "订单.xlsx"), ("🍵 茶.csv", "🍵 茶.csv"),
    ("", "upload"), ("..", "upload"), ("a\u202egpj.csv", "a gpj.csv"), ("a\x00\x1f\nb.csv", "a b.csv"),
    ("  x  .csv", "x.csv"),
])  # fmt: skip
def test_names_are_shown_without_folders_and_invisible_characters(name: str, shown: str) -> None:
    assert display_name(name) == shown
    [table] = read_file(LINES, name=name)
    assert table.file == shown


def test_a_name_of_255_characters_keeps_its_ending() -> None:
    shown = display_name("订" * 251 + ".csv")
    assert len(shown) == 120 and shown.endswith("….csv")


def test_hidden_sheets_are_read_and_say_so() -> None:
    book = openpyxl.Workbook()
    for name, state in (("open", "visible"), ("away", "hidden"), ("deep", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet.append(["id", "day", "sum"])
        sheet.append([1, "2024-01-01", 3])
        sheet.sheet_state = state
    target = io.BytesIO()
    book.save(target)
    found = {table.sheet: table.hidden for table in read_file(target.getvalue())}
    assert found == {"open": False, "away": True, "deep": True}
