"""Rows set aside: all there, with their line, masked and harmless."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.reading.read import read_file
from analysis.intake.standard.set_aside import mask_sql, set_aside_rows, write_set_aside
from analysis.profiles.personal import mask
from analysis.study import prepare, suggest
from tests.thorough import examples

TEXT = (
    "Report\n\ncustomer id,phone,order date,amount,note\n"
    + "".join(f"c{i % 4},1380000000{i},2024-01-{i + 1:02d},{i}.5,ok\n" for i in range(9))
    + ",13900000001,2024-02-01,5,=1+1\n"
    + '\nc1,13900000002,soon,6,"two\nlines"\n'
    + "c2,13900000003,2024-02-03,,\u200b=cmd\n"
    + "too,many,cells,of,no,kind,at,all\n"
)


def written(tmp_path: Path, *, unmask: bool) -> list[dict[str, str]]:
    tables = read_file(TEXT.encode(), name="a.csv")
    recipe = suggest(tables)
    standard = prepare(tables, recipe).standard
    n = write_set_aside(standard, recipe, tmp_path / "aside.csv", unmask=unmask)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "aside.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == n == sum(sum(count.set_aside.values()) for count in standard.counts) == 4
    assert len(set_aside_rows(standard, recipe)) == 4
    return rows


def test_every_row_is_written_with_its_line_and_reason_masked_and_harmless(tmp_path: Path) -> None:
    rows = written(tmp_path, unmask=False)
    assert [(row["line"], row["reason"]) for row in rows] == [
        ("13", "no_customer"), ("15", "date_unreadable"), ("16", "no_amount"), ("17", "too_many_fields"),
    ]  # fmt: skip
    assert [row["note"] for row in rows[:3]] == ["'=1+1", "two\nlines", "'\u200b=cmd"]
    assert "1390000000" not in str(rows)


def test_unmasked_rows_show_everything(tmp_path: Path) -> None:
    rows = written(tmp_path, unmask=True)
    assert [row["phone"] for row in rows[:3]] == ["13900000001", "13900000002", "13900000003"]
    assert rows[3]["customer id"] == "too,many,cells,of,no,kind,at,all"


@examples(150)
@given(st.text("aé王 @.1234567890-", max_size=20).filter(str.strip))
@pytest.mark.parametrize("kind", ["name", "phone", "email", "id_number", "address"])
def test_masking_in_sql_is_masking_in_python(kind: str, text: str) -> None:
    found = duckdb.execute(f"SELECT {mask_sql('x', kind)} FROM (SELECT ?::VARCHAR AS x)", [text]).fetchall()[0][0]
    assert found == mask(pd.Series([text]), kind)[0]  # type: ignore[arg-type]
