"""Files as tables of results: cells typed, ids kept as text, customers joined with a study, nothing lost."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pyarrow as pa
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.rows.table import join_study, results_table, type_rows
from analysis.intake.reading.read import read_file
from analysis.profiles.personal import shown_people

MESSY = """编号,分组,消费,下单日期,是否购买,备注
007,A,"1,200.50",2024/3/5,是,好
008,B,¥3,2024年3月6日,否,12
009,b ,,2024-03-07,是,
010,A,(5),2024-03-08,否,x
"""


def table(cells: str, **options):
    [raw] = read_file(cells.encode(), name="results.csv")
    return results_table(raw, **options)


def test_numbers_dates_and_yes_are_typed_and_the_rest_stays_text():
    rows = table(MESSY, text=("编号", "分组")).to_pylist()
    assert rows[0] == {
        "编号": "007", "分组": "A", "消费": 1200.5, "下单日期": date(2024, 3, 5), "是否购买": True, "备注": "好",
    }  # fmt: skip
    assert [row["消费"] for row in rows] == [1200.5, 3.0, None, -5.0]
    assert [row["下单日期"].day for row in rows] == [5, 6, 7, 8]
    assert [row["备注"] for row in rows] == ["好", "12", None, "x"]


def test_one_word_among_numbers_keeps_the_column_as_text_for_the_reading_to_refuse():
    assert table("arm,spend\nA,12\nB,a lot\n")["spend"].type == pa.string()


def test_decimal_commas_are_read_as_such():
    assert table('arm;spend\nA;"1.234,50"\nB;"3,99"\n')["spend"].to_pylist() == [1234.5, 3.99]


@pytest.mark.parametrize("word", ["none", "None", "无"])
def test_an_arm_of_those_who_got_nothing_is_an_arm_and_a_few_such_cells_are_missing(word):
    half = "id,arm\n" + "".join(f"c{i},{word if i % 2 else 'mail'}\n" for i in range(60))
    assert set(table(half, text=("id", "arm"))["arm"].to_pylist()) == {word, "mail"}
    few = half.replace(word, "call") + f"c99,{word}\n{word},call\n,call\n"
    rows = table(few, text=("id", "arm"))
    assert rows["arm"].to_pylist()[-3:] == [None, "call", "call"] and rows["id"].to_pylist()[-2:] == [None, None]


def test_customers_without_an_id_are_not_one_customer():
    rows = table("id,arm\n" + "none,A\n" * 30 + "".join(f"c{i},A\n" for i in range(60)), text=("id", "arm"))
    assert rows["id"].null_count == 30


def test_an_infinite_number_comes_in_for_the_reading_to_refuse_and_what_is_no_number_is_missing():
    assert table("arm,spend\nA,inf\nB,2\nB,nan\n")["spend"].to_pylist() == [float("inf"), 2.0, None]


def test_headers_may_hold_anything():
    rows = type_rows(pa.table({'a "b"': ["1", "2"], "=1+1": ["x", "y"], "c0": ["3", "4"]}))
    assert rows.to_pylist()[1] == {'a "b"': 2.0, "=1+1": "y", "c0": 4.0}


def test_a_table_without_rows_is_refused():
    from dataclasses import replace

    [raw] = read_file(b"a,b\n1,2\n")
    with pytest.raises(AnalysisError, match="experiment_no_rows"):
        results_table(replace(raw, n_rows=0))


def test_every_row_stays_when_joined_with_a_study():
    rows = pa.table({"id": ["1", " 2", "2", "3", None], "spend": [1.0, 2, 3, 4, 5]})
    customers = pd.DataFrame({"customer_id": ["1", "2", "9"], "rfm": ["new", "loyal", "loyal"]})
    found = join_study(rows, "id", customers)
    assert (found.known, found.unknown, found.rows.num_rows) == (2, 1, 5)
    by_spend = {row["spend"]: row["study.rfm"] for row in found.rows.to_pylist()}
    assert by_spend == {1.0: "new", 2.0: "loyal", 3.0: "loyal", 4.0: None, 5.0: None}


def test_a_list_that_was_sent_with_masked_ids_comes_back_with_them():
    phones = pd.Series([f"1380000{place:04d}" for place in range(40)])
    shown = list(shown_people(phones, None, among=phones).values())
    rows = pa.table({"id": [*shown[:3], "1390000****"], "spend": [1.0, 2, 3, 4]})
    customers = pd.DataFrame({"customer_id": phones, "arm": ["A", "B"] * 20})
    found = join_study(rows, "id", customers, everyone="arm", outcomes=("spend",))
    assert (found.known, found.unknown, found.added) == (3, 1, 37)
    assert [row["study.arm"] for row in found.rows.to_pylist()[:3]] == ["A", "B", "A"]


def test_a_table_of_strangers_is_refused():
    with pytest.raises(AnalysisError, match="experiment_no_common_customer"):
        join_study(pa.table({"id": ["x"]}), "id", pd.DataFrame({"customer_id": ["1"], "rfm": ["new"]}))


def test_who_was_assigned_and_did_nothing_counts_with_nought():
    rows = pa.table({"id": ["1", "2"], "spend": [5.0, 7.0], "bought": [True, True]})
    customers = pd.DataFrame({"customer_id": ["1", "2", "3", "4"], "arm": ["A", "B", "B", None]})
    found = join_study(rows, "id", customers, everyone="arm", outcomes=("spend", "bought"))
    assert found.added == 1
    assert found.rows.to_pylist()[-1] == {"id": "3", "spend": 0.0, "bought": 0, "study.arm": "B"}
