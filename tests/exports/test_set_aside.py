"""Rows set aside as CSV: all there, with their line, masked and harmless."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd

from analysis.exports.csv import csv_safe, formula_safe
from analysis.exports.set_aside import write_set_aside
from analysis.intake.reading.read import read_file
from analysis.intake.standard.set_aside import set_aside_rows
from analysis.study import prepare, suggest

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


RISKY = (
    "=1+1", ";=1+1", "; =1+1", "|=cmd", "a\t=1", "a\n@x", "\u2028=1", "\u202e=1", "\xad=1", "\u180e=1", "\u2063=1",
    "\x0b=1", "\u034f=1", "\u115f=1", "\uffa0=1", "\u2800=1", "＝1", "−1",
    "-2+3+cmd|' /C calc'!A0", "-12.5", "red; blue", "a;-3", "王小明", "it's",
)  # fmt: skip


def test_what_may_run_as_a_formula_is_kept_text_as_in_every_other_csv(tmp_path: Path) -> None:
    out = io.StringIO()
    rows = [(f"c{i % 4}", f"2024-01-{i % 28 + 1:02}", i, "ok") for i in range(200)]
    rows += [("c1", "soon", 5, text) for text in RISKY]
    pd.DataFrame(rows, columns=["customer id", "order date", "amount", ";=a"]).to_csv(out, index=False)
    tables = read_file(out.getvalue().encode(), name=";=1+1.csv")
    recipe = suggest(tables)
    write_set_aside(prepare(tables, recipe).standard, recipe, tmp_path / "aside.csv")
    with (tmp_path / "aside.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *found = csv.reader(file)
    assert header[-1] == ";'=a" and {row[0] for row in found} == {";'=1+1.csv"}
    assert [row[-1] for row in found] == [formula_safe(text) for text in RISKY] == csv_safe(pd.Series(RISKY)).tolist()
    assert formula_safe(RISKY[3]) == "|'=cmd" and formula_safe(RISKY[6]) == "'\u2028=1"
