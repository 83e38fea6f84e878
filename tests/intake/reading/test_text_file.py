"""Text files: delimiters, quotes, line numbers, and no row lost on the way."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intake.reading.read import read_file
from analysis.intake.reading.text_file import find_delimiter
from analysis.intake.tables import LeftOut
from tests.thorough import examples
from tests.unsegmented import run_unsegmented


def table(text: str):
    [found] = read_file(text.encode(), name="a.csv")
    return found


def cells(text: str) -> list[tuple]:
    found = table(text)
    return [tuple(row.values()) for row in found.rows.to_pylist()]


def test_lines_are_rows_of_the_sheet_with_banner_blank_rows_and_line_breaks_in_quotes() -> None:
    text = '"Report\nof May"\n\nid,day,note\n'
    text += '1,2024-01-01,"two\n\nlines"\n\n2,2024-01-02,x\n1,2,3,4,5\n\n\n3,2024-01-03,"y, ""z"""\n'
    found = table(text)
    records = [
        number
        for number, row in enumerate(csv.reader(io.StringIO(text)), 1)
        if row and row[0] in "123" and len(row) == 3
    ]
    assert found.rows.column("line").to_pylist() == records == [4, 6, 10]
    assert found.rows.column("c2").to_pylist() == ["two\n\nlines", "x", 'y, "z"']
    assert found.surplus == (LeftOut(7, "1,2,3,4,5"),)
    assert (found.header_row, found.n_rows, found.n_read) == (3, 3, 4)


def test_an_empty_first_line_counts() -> None:
    assert cells("\nid,day,sum\n1,2024-01-01,3\n")[0][0] == 3


@pytest.mark.parametrize("place", [1, 5, 10])
def test_a_quote_that_is_never_closed_swallows_no_row(place: int) -> None:
    lines = [f"{i},2024-01-{i:02d},{chr(34) * (i == place)}{i}" for i in range(1, 11)]
    found = table("id,day,sum\n" + "\n".join(lines) + "\n")
    assert found.n_read == 10
    assert found.rows.column("c2").to_pylist()[place - 1] == f'"{place}'


def test_inch_marks_inside_a_cell_are_plain_characters() -> None:
    assert [row[3] for row in cells('id,day,item\n1,2024-01-01,5" pipe\n2,2024-01-02,"3"" pipe"\n')] == [
        '5" pipe',
        '3" pipe',
    ]


@examples(30)
@given(
    st.lists(st.lists(st.text("ab1 ,;\"'\n\t|é中", max_size=6), min_size=3, max_size=3), min_size=1, max_size=15),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_well_written_table_comes_back_cell_for_cell(rows: list[list[str]], delimiter: str, end: str) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["customer", "bought on", "how much"])
    writer.writerows(rows)
    kept = [(number, row) for number, row in enumerate(rows, 2) if any(cell.strip(" ") for cell in row)]
    content = target.getvalue().encode()
    if not kept:
        with pytest.raises(AnalysisError, match="file_only_header"):
            read_file(content, name="a.csv")
        return
    [found] = read_file(content, name="a.csv")
    got = [(row["line"], [row[f"c{i}"] or "" for i in range(3)]) for row in found.rows.to_pylist()]  # type: ignore[union-attr]
    want = [(line, [cell.strip(" ") for cell in row]) for line, row in kept]
    # A last row with one cell of three that reads as a sentence is a remark: it is named, in full, and nothing else is.
    remarks = want[len(got) :]
    assert got == want[: len(got)]
    assert found.surplus == tuple(
        LeftOut(line, " | ".join(cell for cell in row if cell), "note_row") for line, row in remarks
    )
    assert all(sum(1 for cell in row if cell.strip()) == 1 for _, row in remarks)
    assert all(any(map(str.isalpha, "".join(row))) for _, row in remarks)
    assert found.delimiter == delimiter


@examples(40)
@given(st.lists(st.text('a1," x', max_size=12), min_size=1, max_size=12))
def test_every_line_of_a_broken_file_is_read_or_named(lines: list[str]) -> None:
    body = [f"x{i}{line}" for i, line in enumerate(lines)]
    text = "id,day,sum\n1,2024-01-01,3\n" + "\n".join(body) + "\n"
    found = table(text)
    numbers = sorted([*found.rows.column("line").to_pylist(), *(left.line for left in found.surplus)])
    assert len(set(numbers)) == len(numbers)
    whole = " ".join(str(cell) for row in found.rows.to_pylist() for cell in row.values()) + str(found.surplus)
    assert all(f"x{i}" in whole for i in range(len(body)))


def test_a_stray_quote_at_the_end_of_one_cell_and_the_start_of_the_next_swallows_no_line() -> None:
    assert [row[1] for row in cells('id,day,sum\n1,2024-01-01,3\nx0","\nx1\n')] == ["1", 'x0"', "x1"]


def test_a_short_record_with_broken_quotes_at_its_end_is_named_and_stops_nothing() -> None:
    found = table('id,day,sum\n1,2024-01-01,3\n"x" + "y",\n4,2024-01-02,6\n')
    assert [line.line for line in found.surplus] == [3]
    assert found.rows.column("c0").to_pylist() == ["1", "4"]


def test_short_records_are_filled_up_and_long_ones_named() -> None:
    found = table("id,day,sum\n1,2024-01-01\n2,2024-01-02,4,x,y\n3,2024-01-03,5\n")
    assert found.rows.column("c2").to_pylist() == [None, "5"]
    assert found.surplus == (LeftOut(3, "2,2024-01-02,4,x,y"),)


@pytest.mark.parametrize(("text", "delimiter"), [
    ("a;b;c\n1,5;2;3\n", ";"), ("a,b,c\n1,2,3\n" + 5 * "x y\n", ","),
    ("a\tb\n1,2\t3\n", "\t"), ("a|b|c\n1|2|3\n", "|"), ("a，b，c\n1，2，3\n", "，"),
    (" 00004 19970101  1   29.33\n 00004 19970118  2   29.73\n", "spaces"), ('"a,b";c\n"d,e";f\n', ";"),
    ("a\x01b\x01c\n1\x012\x013\n", "\x01"), ("id:day:sum\n1:2024-01-01:3\n2:2024-01-02:4\n", ":"),
    ("a,time\n1,10:00:00\n2,11:00:00\n", ","), ("10:00:01\n10:00:02\n", ","),
    ("id:day:at\n1:2024-01-01:10:00\n2:2024-01-02:4\n", ","),
])  # fmt: skip
def test_the_delimiter_is_the_one_that_cuts_equal_rows(text: str, delimiter: str) -> None:
    assert find_delimiter(text) == delimiter


def test_a_hive_export_is_a_table_and_its_word_for_nothing_is_nothing() -> None:
    rows = "".join(f"k{n % 3}\x012024-01-{n + 1:02d}\x01{n + 0.5}\x01\\N\n" for n in range(9))
    [found] = read_file(f"user_id\x01pay_time\x01amount\x01coupon\n{rows}".encode(), name="000000_0")
    assert (found.columns, found.n_rows, found.delimiter) == (("user_id", "pay_time", "amount", "coupon"), 9, "\x01")
    result = run_unsegmented([found])
    assert result.profiles.customers["spend"].tolist() == [10.5, 13.5, 16.5]
    with pytest.raises(AnalysisError, match="file_not_a_table"):
        read_file(b"\x01\x02\x03binary\x01\n" * 40, name="a.csv")


def test_prose_is_no_table() -> None:
    with pytest.raises(AnalysisError, match="file_not_a_table"):
        read_file(b"12\n13\n14\n", name="a.txt")
