"""Odd but honest files run to the end, and useless ones say why: through the whole engine, not one stage."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import AnalysisError, read, run
from analysis.intake.reading.read import read_file

HEADER = "customer id,order date,amount"


def table(path: Path, lines: list[str], header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def orders(n: int, *, amount: str = "10") -> list[str]:
    paid = [str(5 + i * 7 % 90) if amount == "vary" else amount for i in range(n)]
    return [f"c{i % 40},2024-{1 + i % 12:02}-{1 + i % 28:02},{paid[i]}" for i in range(n)]


def test_one_customer_has_a_profile_and_each_segmentation_says_why_not(tmp_path):
    result = run(read(table(tmp_path / "one.csv", ["c1,2024-01-05,10", "c1,2024-02-05,20"])))
    assert len(result.profiles.customers) == 1
    assert set(result.problems) == {"rfm", "clusters"}
    assert all(isinstance(problem, AnalysisError) for problem in result.problems.values())


def test_fewer_customers_than_scores_are_refused_with_the_numbers(tmp_path):
    lines = [f"c{i},2024-01-0{1 + i},{10 + i}" for i in range(3)]
    problem = run(read(table(tmp_path / "few.csv", lines))).problems["rfm"]
    assert problem.code == "rfm_too_few_customers"
    assert (problem.facts["n_customers"], problem.facts["n_scores"]) == (3, 5)


def test_equal_amounts_still_give_segments_by_recency_and_frequency(tmp_path):
    result = run(read(table(tmp_path / "equal.csv", orders(200))))
    assert "rfm" in result.segmentations
    assert result.edited["rfm"].segmentation.segments["customers"].sum() == 40


def test_a_column_of_one_value_changes_nothing(tmp_path):
    plain = run(read(table(tmp_path / "plain.csv", orders(200, amount="vary"))))
    lines = [f"{line},same" for line in orders(200, amount="vary")]
    constant = run(read(table(tmp_path / "constant.csv", lines, HEADER + ",note")))
    assert constant.profiles.customers.equals(plain.profiles.customers)


def test_300_columns_are_read_and_the_right_three_are_used(tmp_path):
    more = [f"extra {i}" for i in range(297)]
    lines = [line + "," + ",".join(f"v{i}" for i in range(297)) for line in orders(80, amount="vary")]
    result = run(read(table(tmp_path / "wide.csv", lines, HEADER + "," + ",".join(more))))
    assert len(result.standard.raws[0].columns) == 300
    assert len(result.profiles.customers) == 40


def test_emoji_and_markup_in_names_stay_as_they_are(tmp_path):
    names = ["<script>alert(1)</script>", "🦊 Fox", "=1+1", "Ann [x](http://example.com)"]
    lines = [f"c{i},{names[i % 4]},2024-01-{1 + i % 28:02},{10 + i}" for i in range(40)]
    result = run(read(table(tmp_path / "names.csv", lines, "customer id,customer name,order date,amount")))
    assert set(result.profiles.customers["name"]) == set(names)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"customer id,order date,amount\n", "file_only_header"),
        (b"PK\x03\x04 and then nothing of a workbook", "file_damaged"),
        (b"%PDF-1.7 a report", "file_is_pdf"),
    ],
)
def test_a_file_that_is_no_table_is_refused_by_name(content, code):
    with pytest.raises(AnalysisError) as refused:
        read_file(content, name="file.csv")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("header", "row", "code"),
    [
        ("colour,order date,amount", "red,2024-01-05,10.50", "no_customer_column"),
        ("customer id,colour,amount", "c1,red,10.50", "no_date_column"),
        ("customer id,order date,colour", "c1,2024-01-05,red", "no_amount_column"),
        (HEADER, "c1,soon,10.50", "dates_unreadable"),
    ],
)
def test_a_table_without_what_is_needed_says_what_it_lacks(tmp_path, header, row, code):
    with pytest.raises(AnalysisError) as refused:
        run(read(table(tmp_path / "lacking.csv", [row] * 30, header)))
    assert refused.value.code == code


def test_the_same_file_twice_is_refused(tmp_path):
    first = table(tmp_path / "a.csv", orders(20))
    second = tmp_path / "b.csv"
    second.write_bytes(first.read_bytes())
    with pytest.raises(AnalysisError) as refused:
        read(first, second)
    assert refused.value.code == "file_twice"
