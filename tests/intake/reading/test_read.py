"""Files of every kind become raw tables, or are refused by what they are."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analysis.errors import AnalysisError
from analysis.intake.reading.read import kind_of, read_file
from analysis.intake.reading.sources import read_files

LINES = "id,day,sum\n1,2024-01-01,3\n2,2024-01-02,4\n"


def workbook(*sheets: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def archive(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr(name, "x")
    return target.getvalue()


PROTECTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\x00" * 500
)
REFUSED = [
    ("file_empty", b""),
    ("file_empty", b"\r\n \t\n"),
    ("file_empty", b"\xef\xbb\xbf"),
    ("file_empty", workbook([])),
    ("file_only_header", b"id,day,sum\n"),
    ("file_only_header", workbook([["id", "day", "sum"]])),
    ("file_damaged", workbook([["id", "day"], [1, "2024-01-01"]])[:-400]),
    ("file_protected", PROTECTED),
    ("file_is_pdf", b"%PDF-1.7\n1 0 obj"),
    ("file_is_picture", b"\x89PNG\r\n\x1a\n\x00\x00"),
    ("file_is_web_page", b"<!DOCTYPE html><html><body><table><tr><td>1</td></tr></table>"),
    ("file_is_web_page", b"\n <table border=1><tr><td>1</td></tr></table>"),
    ("file_is_json", b'{"orders": [{"id": 1}, {"id": 2}]}'),
    ("file_is_json", b'[\n {"id": 1},\n {"id": 2}\n]'),
    ("file_is_git_pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"),
    ("file_is_archive", gzip.compress(LINES.encode())),
    ("file_is_archive", gzip.compress(LINES.encode() * 100_000, 9)),  # so alike that no control stands in its head
    ("file_is_archive", bz2.compress(LINES.encode() * 100_000)),
    ("file_is_archive", b"\x1f\x8b" + b"w" * 5000),
    ("file_is_archive", b"BZh91AY&SY" + b"w" * 5000),
    ("file_is_document", archive("word/document.xml")),
    ("file_is_archive", archive("orders.csv")),
    ("file_is_database", b"SQLite format 3\x00" + b"\x01" * 50),
    ("file_not_a_table", bytes(range(256)) * 20),
    ("too_many_columns", (",".join(f"c{i}" for i in range(16384)) + "\n" + ",".join("1" * 16384)).encode()),
]


@pytest.mark.parametrize(("code", "content"), REFUSED, ids=[f"{code}-{i}" for i, (code, _) in enumerate(REFUSED)])
def test_what_holds_no_table_is_refused_by_name(code: str, content: bytes) -> None:
    with pytest.raises(AnalysisError) as refusal:
        read_file(content, name="till.csv")
    assert refusal.value.code == code
    assert refusal.value.facts["file"] == "till.csv"


def test_a_file_that_is_gone_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(AnalysisError, match="file_missing"):
            read_file(path)


def test_the_bytes_decide_and_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(workbook([["id", "day", "sum"], [1, "2024-01-01", 3]]))
    [table] = read_file(path)
    assert (table.key, table.columns, table.n_rows) == ("orders.csv/S0", ("id", "day", "sum"), 1)


def test_utf_16_without_a_mark_is_text_and_a_nul_does_not_make_a_text_unreadable() -> None:
    for name in ("utf-16-le", "utf-16-be"):
        [table] = read_file(LINES.encode(name), name="a.csv")
        assert (table.n_rows, table.encoding) == (2, name)
    [table] = read_file(b"id,day,sum\n1,2024-01-01,3\x00\n", name="a.csv")
    assert table.rows.column("c2").to_pylist() == ["3"]  # type: ignore[union-attr]
    assert kind_of((b"\x01\x00\x00\x00\x07\x00\x00\x00") * 100) == "unknown"


def test_the_same_content_twice_is_refused_and_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    first, copy, namesake = tmp_path / "o.csv", tmp_path / "copy.csv", tmp_path / "other" / "o.csv"
    first.write_text(LINES, "utf-8")
    copy.write_text(LINES, "utf-8")
    namesake.write_text(LINES.replace("2024", "2025"), "utf-8")
    with pytest.raises(AnalysisError) as refusal:
        read_files([first, copy])
    assert (refusal.value.code, refusal.value.facts) == ("file_twice", {"file": "copy.csv", "first": "o.csv"})
    assert [table.key for table in read_files([first, namesake])] == ["o.csv", "o (2).csv"]


def test_a_folder_stands_for_the_tables_in_it_and_below(tmp_path: Path) -> None:
    for name, year in (("b.csv", 2024), ("2023/a.CSV", 2023), ("_old.csv", 2022), ("~$b.xlsx", 0), (".x/c.csv", 2021)):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(LINES.replace("2024", str(year)), "utf-8")
    (tmp_path / "notes.md").write_text("no table", "utf-8")
    assert [table.file for table in read_files([tmp_path])] == ["a.CSV", "b.csv"]
    (tmp_path / "none").mkdir()
    with pytest.raises(AnalysisError) as refusal:
        read_files([tmp_path / "none"])
    assert (refusal.value.code, refusal.value.facts["folder"]) == ("folder_empty", "none")


def test_an_encoding_given_by_hand_must_fit() -> None:
    [table] = read_file("id,name\n1,é\n".encode("mac_roman"), encoding="mac_roman")
    assert table.rows.column("c1").to_pylist() == ["é"]  # type: ignore[union-attr]
    for wrong in ("utf-8", "no-such-encoding"):
        with pytest.raises(AnalysisError, match="encoding_wrong"):
            read_file("id,name\n1,é\n".encode("cp1252"), encoding=wrong)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs devices and pipes of a file system")
def test_devices_and_pipes_are_no_tables_however_they_are_named(tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(LINES, "utf-8")
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "waits.csv")
    for device in ("/dev/zero", tmp_path / "endless.csv"):
        with pytest.raises(AnalysisError, match="file_not_a_table"):
            read_file(device)
    assert [table.file for table in read_files([tmp_path])] == ["orders.csv"]
