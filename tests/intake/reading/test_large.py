"""Large files read where they lie say the same as the careful reader, or leave the file to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from analysis import parquet
from analysis.engine import allow, connect
from analysis.errors import AnalysisError
from analysis.intake.reading import apart, large
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.describe import describe, scan
from analysis.intake.tables import RawTable
from analysis.study import suggest

HEAD = "会员号,day,sum,note\n"
BODY = "".join(f"{i:04},2024-01-{i % 28 + 1:02},{i}.50,n{i}\n" for i in range(1, 400))
PLAIN = {
    "plain": HEAD + BODY,
    "line ends of Windows": (HEAD + BODY).replace("\n", "\r\n"),
    "no line end at the end": (HEAD + BODY)[:-1],
    "quoted commas and quotes": HEAD + BODY + '9999,2024-02-01,1,"a, b ""c"""\n',
    "blanks around cells": HEAD + BODY + " 9999 , 2024-02-01 ,1,\t\n",
    "blanks around cells of ASCII": (HEAD + BODY).replace("会员号", "id")
    + ' 9999 ,\t2024-02-01 ," ",x \n,2024-02-01,"",\n',
    "wide blanks around cells": HEAD + BODY + "\u30009999\u3000,2024-02-01,1,\u00a0\n",
    "semicolons": (HEAD + BODY).replace(",", ";"),
    "commas of full width": (HEAD + BODY).replace(",", "，"),
    "ASCII": (HEAD + BODY).replace("会员号", "member"),
    "a blank at an edge far below": (HEAD + BODY).replace("会员号", "member") + "9999,2024-02-01 ,1,x\n",
    "letters beyond ASCII far below": (HEAD + BODY).replace("会员号", "member") + "9999,2024-02-01,1,\u3000x\n",
    "quotes around blanks far below": (HEAD + BODY).replace("会员号", "member") + '9999,2024-02-01,1," "\n',
    "a banner above": "My shop\n" + HEAD + BODY,
    "the header once more": HEAD + BODY + HEAD + "9999,2024-02-01,1,x\n",
    "a remark at the end": HEAD + BODY + "Exported by the till,,,\n",
}
LEFT_TO_CARE = {
    "short rows": HEAD + BODY + "9999,2024-02-01,1\n",
    "a line break inside quotes": HEAD + BODY + '9999,2024-02-01,1,"a\nb"\n',
    "an empty line": HEAD + BODY + "\n9999,2024-02-01,1,x\n",
    "an empty line of Windows": (HEAD + BODY + "\n9999,2024-02-01,1,x\n").replace("\n", "\r\n"),
    "old line ends": (HEAD + BODY).replace("\n", "\r"),
    "NUL": HEAD + BODY + "9999,2024-02-01,1,a\x00b\n",
    "a row too long": HEAD + BODY + "9999,2024-02-01,1,x,y,z\n",
}


def cells(table: RawTable) -> list[tuple]:
    columns = ", ".join(f"c{i}" for i in range(len(table.columns)))
    with connect() as connection, scan(connection, table) as rows:
        return connection.execute(f"SELECT line, {columns} FROM {rows} ORDER BY line").fetchall()


def both(folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[RawTable, RawTable]:
    file = folder / "orders.csv"
    file.write_bytes(content)
    [careful] = read_file(file)
    monkeypatch.setattr(large, "LARGE", 0)
    monkeypatch.setattr(large, "BLOCK", 1000)
    monkeypatch.setattr(large, "HEAD", 2000)
    monkeypatch.setattr(large, "HEAD", 4000)  # what follows is not seen until the whole file is
    [quick] = read_file(file)
    return careful, quick


def same(careful: RawTable, quick: RawTable) -> None:
    assert (quick.columns, quick.n_rows, quick.n_read) == (careful.columns, careful.n_rows, careful.n_read)
    assert (quick.header_row, quick.delimiter, quick.fingerprint) == (
        careful.header_row,
        careful.delimiter,
        careful.fingerprint,
    )
    assert [(one.line, one.reason) for one in quick.surplus] == [(one.line, one.reason) for one in careful.surplus]
    assert cells(quick) == cells(careful)


@pytest.mark.parametrize("content", PLAIN.values(), ids=PLAIN)
def test_a_plain_file_is_read_where_it_lies_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    careful, quick = both(tmp_path, content.encode(), monkeypatch)
    assert isinstance(quick.rows, Path)
    assert not isinstance(careful.rows, Path)
    same(careful, quick)
    [uploaded] = read_file(content.encode(), name="orders.csv")
    assert isinstance(uploaded.rows, Path)
    same(careful, uploaded)
    if uploaded.lines_from is not None:  # kept with a study, the rows hold their lines themselves
        large.copy_numbered(uploaded, tmp_path / "kept.parquet")
        same(careful, replace(uploaded, rows=tmp_path / "kept.parquet", lines_from=None))


@pytest.mark.parametrize("content", LEFT_TO_CARE.values(), ids=LEFT_TO_CARE)
def test_a_file_that_needs_care_is_left_to_the_careful_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    careful, quick = both(tmp_path, content.encode(), monkeypatch)
    assert not isinstance(quick.rows, Path)
    same(careful, quick)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_other_encodings_are_left_to_the_careful_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    careful, quick = both(tmp_path, (HEAD + BODY).encode(encoding), monkeypatch)
    assert not isinstance(quick.rows, Path)
    same(careful, quick)


def test_reading_that_is_stopped_is_not_begun_again_by_the_careful_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise duckdb.InterruptException("stopped")

    monkeypatch.setattr(large, "LARGE", 0)
    monkeypatch.setattr(large, "_trim_of", stopped)
    with pytest.raises(duckdb.InterruptException):
        read_file((HEAD + BODY).encode(), name="orders.csv")


def test_a_large_parquet_that_is_uploaded_says_the_same_and_is_not_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "orders.parquet"
    allow(tmp_path)
    with connect() as connection:
        connection.execute(
            'COPY (SELECT \' m\' || i % 90 AS "会员号", DATE \'2024-01-01\' + i::INTEGER AS day, i / 3 AS "a ""b""", '
            f"CASE WHEN i % 5 = 0 THEN ' ' END AS note FROM range(5000) t(i)) TO '{file}' (FORMAT parquet)"
        )
    content = file.read_bytes()
    [careful] = read_file(content, name="orders.parquet")
    monkeypatch.setattr(large, "LARGE", 0)
    [uploaded] = read_file(content, name="orders.parquet")
    assert isinstance(uploaded.rows, Path) and uploaded.rows.parent == large.spool()
    assert not isinstance(careful.rows, Path)
    same(careful, uploaded)
    assert not list(large.spool().glob("*.upload"))


def test_a_large_parquet_that_claims_more_rows_than_fit_into_it_is_refused_before_the_work(tmp_path: Path) -> None:
    allow(tmp_path)
    file = tmp_path / "bomb.parquet"
    with connect() as connection:
        rows = "SELECT 'a' AS customer_id, DATE '2024-01-01' AS order_date, 1 AS amount FROM range(20000000)"
        connection.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet, ROW_GROUP_SIZE 5000000)")
    assert file.stat().st_size < 400_000
    with pytest.raises(AnalysisError, match="file_claims_too_much"):
        large.read_large_parquet(file, file="bomb.parquet")


@pytest.mark.parametrize("is_uploaded", [False, True])
def test_a_large_parquet_is_read_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_uploaded: bool) -> None:
    file = tmp_path / "orders.parquet"
    rows = "SELECT 'm' || hash(i) AS who, i AS n FROM range(40000) t(i)"
    allow(tmp_path)
    with connect() as connection:
        parquet.copy(connection, rows, file)
    monkeypatch.setattr(large, "LARGE", 0)
    [table] = read_file(file.read_bytes() if is_uploaded else file, name="o.parquet")
    assert (table.n_rows, table.columns) == (40000, ("who", "n"))
    assert (table.rows == file) is not is_uploaded
    content = bytearray(file.read_bytes())
    content[1000:60_000] = bytes(59_000)  # the end, which says what there is, stays
    file.write_bytes(content)
    with pytest.raises(AnalysisError, match="file_damaged"):
        read_file(bytes(content) if is_uploaded else file, name="o.parquet")
    apart.close_idle()
    with monkeypatch.context() as patched:
        patched.setattr(apart, "_START", "import os; os.abort()")
        with pytest.raises(AnalysisError, match="file_ends_reader"):
            read_file(bytes(content) if is_uploaded else file, name="o.parquet")
    assert not list(large.spool().glob("*.upload"))


def test_lines_of_a_large_parquet_are_set_aside_for_the_reasons_of_a_small_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "orders.parquet"
    allow(tmp_path)
    with connect() as connection:
        connection.execute(
            "COPY (SELECT * FROM (VALUES (1, 'a', TIMESTAMP '2024-01-01', 5.0::DOUBLE), (2, 'b', '2024-01-02', 'nan'), "
            "(3, 'b', '2024-01-02', NULL), (4, 'c', '2024-01-03', 'inf'), (5, NULL, '2024-01-03', 1), "
            "(6, 'Total', NULL, 6), (7, 'C1', NULL, 7)) t(order_id, customer_id, order_date, amount)) "
            f"TO '{file}' (FORMAT parquet)"
        )
    small = read_file(file)
    monkeypatch.setattr(large, "LARGE", 0)
    in_place = read_file(file)
    assert in_place[0].stored
    recipe = suggest(small)
    [expected] = standardise(small, recipe).counts
    [count] = standardise(in_place, recipe).counts
    assert count == expected
    assert count.set_aside == {
        "amount_unreadable": 1, "no_amount": 2, "no_customer": 1, "no_date": 1, "total_row": 1,
    }  # fmt: skip


def test_what_columns_look_like_is_judged_on_the_same_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "orders.csv"
    rows = (f"{i % 700},{'2024-01-02' if i % 3 else 'n/a'},{i / 7:.2f},{i % 11}\n" for i in range(20_000))
    file.write_text("id,day,sum,note\n" + "".join(rows))
    careful = describe(read_file(file)[0])
    monkeypatch.setattr(large, "LARGE", 0)
    [quick] = read_file(file)
    assert quick.lines_from is not None
    assert describe(quick) == careful
