"""Frames, relations and queries give the cells, and the results, of the file that they would be written to."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.intake.reading.frames import DuckDBQuery, Named, read_frame, read_query
from analysis.intake.reading.sources import read_files, read_sources
from analysis.intake.tables import RawTable
from analysis.recipe import Recipe
from analysis.study import prepare, suggest
from tests.thorough import examples

ORDERS = pd.DataFrame(
    {
        "customer id": [f"{i % 7:03d}" for i in range(40)],
        "order date": pd.date_range("2024-01-31", periods=40, freq="3D"),
        "amount": [round(10.1 * (i % 9) + 0.3, 2) for i in range(40)],
        "quantity": range(1, 41),
    }
)
KINDS = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "lazy polars": lambda frame: pl.from_pandas(frame).lazy(),
    "arrow": lambda frame: pa.Table.from_pandas(frame, preserve_index=False),
    "arrow batch": lambda frame: pa.RecordBatch.from_pandas(frame, preserve_index=False),
    "duckdb relation": lambda frame: duckdb.connect().from_arrow(pa.Table.from_pandas(frame, preserve_index=False)),
}


def cells(table: RawTable) -> list[tuple[Any, ...]]:
    assert isinstance(table.rows, pa.Table)
    return [tuple(row.values())[1:] for row in table.rows.to_pylist()]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_frame_gives_the_same_table(kind: str) -> None:
    [table], [reference] = read_files([Named("orders", KINDS[kind](ORDERS))]), read_files([Named("orders", ORDERS)])
    assert (table.key, table.columns, table.n_rows) == ("orders", tuple(ORDERS.columns), 40)
    assert table.rows == reference.rows and table.fingerprint == reference.fingerprint


def test_a_list_stands_for_what_it_holds(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_text(f"customer,amount\n{name},1\n")
    paths = sorted(tmp_path.glob("*.csv"))
    plain = [table.key for table in read_files(paths)]
    assert plain == ["a.csv", "b.csv"]
    for some in ([paths], [tuple(paths)], [[paths[0], [paths[1]]]], [tmp_path.glob("a*"), paths[1]]):
        assert [table.key for table in read_files(some)] == plain
    with pytest.raises(AnalysisError) as refused:
        read_files([[paths[0], {"a": 1}]])
    assert (refused.value.code, refused.value.facts) == ("source_unknown", {"kind": "dict"})


def test_values_keep_every_digit() -> None:
    exact = {
        "whole": [2**63 - 1, -5, None],
        "money": [Decimal("12345678901234567890.10"), None, Decimal("0.01")],
        "float": [0.1, float("nan"), 1e300],
        "day": [date(1969, 7, 20), None, date(2024, 2, 29)],
        "moment": [datetime(2024, 2, 29, 23, 59, 59, 123456), None, datetime(2024, 1, 1)],
        "flag": [True, False, None],
        "text": ["007", " a ", ""],
        "none": [None, None, None],
    }
    shown = [
        (str(2**63 - 1), "12345678901234567890.10", "0.1", "1969-07-20", "2024-02-29 23:59:59.123456", "true", "007"),
        ("-5", None, None, None, None, "false", "a"),
        (None, "0.01", "1e+300", "2024-02-29", "2024-01-01 00:00:00", None, None),
    ]  # fmt: skip
    for frame in (pa.table(exact), pl.DataFrame(exact, strict=False), pd.DataFrame(exact, dtype=object)):
        assert [row[:7] for row in cells(read_frame(frame, name="x"))] == shown
        assert all(row[7] is None for row in cells(read_frame(frame, name="x")))


def test_a_moment_is_shown_as_the_clock_showed_it_there() -> None:
    moments = pd.to_datetime(["2024-07-01 00:30", "2024-12-01 00:30"]).tz_localize("Europe/Berlin")
    assert cells(read_frame(pd.DataFrame({"on": moments}), name="x")) == [
        ("2024-07-01 00:30:00+02:00",),
        ("2024-12-01 00:30:00+01:00",),
    ]


def test_columns_of_several_kinds_and_odd_names_are_read() -> None:
    mixed = pd.DataFrame([[1, "x"], ["A2", None], [None, 3.5]], columns=pd.Index(["id", 2024]))
    table = read_frame(mixed, name="x")
    assert table.columns == ("id", "2024") and cells(table) == [("1", "x"), ("A2", None), (None, "3.5")]


def test_a_named_index_is_a_column_and_another_is_none() -> None:
    indexed = ORDERS.set_index("customer id")
    assert read_frame(indexed, name="x").columns[0] == "customer id"
    assert read_frame(ORDERS[ORDERS["quantity"] > 5], name="x").columns == tuple(ORDERS.columns)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (pd.DataFrame(), "file_empty"),
        (pd.DataFrame({"a": []}), "file_only_header"),
        (pl.DataFrame({f"c{i}": [1] for i in range(3000)}), "too_many_columns"),
        ({"a": 1}, "source_unknown"),
        (7, "source_unknown"),
    ],
)
def test_what_is_no_table_is_refused(source: Any, code: str) -> None:
    [refused] = read_sources([source]).refused
    assert refused.problem.code == code


IDS = st.sampled_from(["001", "A-2", "张三", "9", "é"])
ROWS = st.lists(
    st.tuples(
        IDS,
        st.dates(date(2021, 1, 1), date(2024, 12, 31)),
        st.one_of(st.none(), st.decimals("-500", "9999.99", places=2)),
        st.one_of(st.none(), st.integers(1, 50)),
        st.booleans(),
    ),
    min_size=6,
    max_size=25,
)


@given(
    rows=ROWS,
    money=st.sampled_from(["decimal", "float"]),
    kind=st.sampled_from(["pandas", "polars", "duckdb relation"]),
)
@examples(12)
def test_a_frame_gives_the_customers_of_the_csv_it_was_written_to(
    rows: list[tuple[Any, ...]], money: str, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    frame = pd.DataFrame(rows, columns=["customer id", "order date", "amount", "quantity", "gift"])
    if money == "float":
        frame["amount"] = frame["amount"].astype("float64")
    frame["quantity"] = frame["quantity"].astype("Int64")
    path = tmp_path_factory.mktemp("csv") / "orders.csv"
    frame.to_csv(path, index=False)
    [written], [direct] = read_files([path]), read_files([Named("orders.csv", KINDS[kind](frame))])
    results = []
    for table in (written, direct):
        try:
            recipe = suggest([table]) if not results or isinstance(results[0], str) else results[0][0]
            profiles = prepare([table], recipe).profiles.customers
            results.append((recipe, profiles))
        except AnalysisError as problem:
            results.append(problem.code)
    if isinstance(results[0], str):
        assert results[0] == results[1]
        return
    pd.testing.assert_frame_equal(results[0][1], results[1][1])


def test_the_suggested_recipe_of_a_frame_is_that_of_its_csv(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    ORDERS.to_csv(path, index=False)
    recipes: list[Recipe] = [suggest(read_files([one])) for one in (path, Named("orders.csv", ORDERS))]
    assert recipes[0] == recipes[1]


def test_two_frames_alike_are_one_too_many_and_two_that_differ_have_two_names() -> None:
    found = read_sources([ORDERS, ORDERS.copy(), ORDERS.head(9)])
    assert [table.key for table in found.tables] == ["frame", "frame (2)"]
    assert [one.problem.code for one in found.refused] == ["file_twice"]


def test_a_large_frame_has_one_fingerprint_however_it_is_cut() -> None:
    whole = pa.table({"a": np.arange(200_000), "b": np.arange(200_000) % 7})
    pieces = pa.concat_tables([whole.slice(0, 5), whole.slice(5, 100_000), whole.slice(100_005)])
    assert read_frame(whole, name="x").fingerprint == read_frame(pieces, name="x").fingerprint


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("db") / "shop.duckdb"
    with duckdb.connect(path) as connection:
        connection.register("frame", ORDERS)
        connection.execute("CREATE TABLE orders AS SELECT * FROM frame")
    return path


def test_a_query_of_a_database_file_is_read(database: Path) -> None:
    [table] = read_files([DuckDBQuery(database, 'SELECT "customer id" AS id, amount FROM orders LIMIT 3;', "top")])
    assert (table.key, table.columns, cells(table)[1]) == ("top", ("id", "amount"), ("001", "10.4"))


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DROP TABLE orders", "query_not_select"),
        ("SELECT 1; DROP TABLE orders", "query_not_select"),
        ("ATTACH 'other.duckdb'", "query_not_select"),
        ("COPY orders TO 'x.csv'", "query_not_select"),
        ("", "query_not_select"),
        ("SELECT * FROM read_csv('/etc/passwd')", "query_failed"),
        ("SELECT * FROM '/etc/passwd'", "query_failed"),
        ("SELECT * FROM nobody", "query_failed"),
        ("SELEC", "query_failed"),
        ("SELECT CAST(\"customer id\" || '_secret' AS INTEGER) FROM orders", "query_failed"),
    ],
)
def test_a_query_reads_its_database_and_nothing_else(sql: str, code: str, database: Path) -> None:
    before = database.read_bytes()
    with pytest.raises(AnalysisError) as refusal:
        read_query(DuckDBQuery(database, sql))
    assert refusal.value.code == code and "_secret'" not in str(refusal.value.facts) and database.read_bytes() == before


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.duckdb").write_text("no database")
    for name, code in (("x.duckdb", "database_unreadable"), ("gone.duckdb", "file_missing")):
        with pytest.raises(AnalysisError) as refusal:
            read_query(DuckDBQuery(tmp_path / name, "SELECT 1"))
        assert refusal.value.code == code


def test_a_database_given_as_a_file_is_named_as_one(database: Path) -> None:
    [refused] = read_sources([database]).refused
    assert refused.problem.code == "file_is_database"
