"""What runs in the database can be stopped from another thread."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.engine import (
    StoppedError,
    Stopper,
    allow,
    connect,
    fetch_arrow,
    fetch_frame,
    fetch_row,
    fetch_rows,
    fetch_value,
    file_literal,
    literal,
    literals,
    look,
    quoted_name,
    watched,
)


def test_a_statement_in_the_middle_of_its_work_ends_when_its_stopper_says_so() -> None:
    stopper, ended = Stopper(), []

    def work() -> None:
        with stopper.within():
            cursor = watched(connect().cursor())
            ended.append("begun")
            try:
                cursor.execute("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b").fetchall()
            except Exception as problem:
                ended.append(type(problem).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    while not ended:
        time.sleep(0.01)
    while thread.is_alive():
        stopper.stop()
        thread.join(0.05)
    assert ended == ["begun", "InterruptException"]


def test_no_connection_is_given_to_work_that_is_to_stop_and_other_work_goes_on() -> None:
    stopper = Stopper()
    stopper.stop()
    with stopper.within(), pytest.raises(StoppedError):
        connect()
    assert connect().execute("SELECT 1").fetchall() == [(1,)]


def test_what_has_been_closed_meanwhile_is_passed_over():
    stopper = Stopper()
    with stopper.within(), connect() as first, connect() as second:
        first.close()
        stopper.stop()
        with pytest.raises(StoppedError):
            connect()
        second.close()
        stopper.stop()


ANY_TEXT = st.text(st.one_of(st.sampled_from("'\"\\*?[]{}\0;-\n%_"), st.characters(exclude_categories=["Cs"])))


@given(st.lists(ANY_TEXT, min_size=1, max_size=4))
def test_any_text_comes_back_from_sql_as_it_went_in(texts: list[str]) -> None:
    with connect() as connection:
        assert connection.execute(f"SELECT {literals(texts)}").fetchall() == [tuple(texts)]
        assert connection.execute(f"SELECT {literal(texts[0])} = $1", [texts[0]]).fetchall() == [(True,)]


@given(ANY_TEXT.filter(bool))
def test_any_name_of_a_column_is_found_by_its_own_cells(name: str) -> None:
    with connect() as connection:
        connection.execute(f"CREATE TABLE seen AS SELECT 7 AS {quoted_name(name)}, 8 AS other_than_that")
        assert connection.execute(f"SELECT seen.{quoted_name(name)} FROM seen").fetchall() == [(7,)]
        assert connection.table("seen").columns[0] == name


def test_how_a_text_or_a_name_enters_sql_is_said_in_one_place(root: Path) -> None:
    doubled = re.compile(r"""replace\((?:"'", "''"|'"', '""')\)""")
    at = {
        (file.relative_to(root).as_posix(), len(found))
        for folder in ("analysis", "ui", "texts", "pages")
        for file in (root / folder).rglob("*.py")
        if (found := doubled.findall(file.read_text("utf-8")))
    }
    # Two of the others write the cells of a text file, one the name of a sheet in a link.
    assert at == {
        ("analysis/engine.py", 2),
        ("analysis/exports/set_aside.py", 1),
        ("analysis/intake/reading/text_file.py", 1),
        ("analysis/reports/writers/sheets.py", 1),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SELECT * FROM read_parquet('s3://shop/x.parquet')",
        "SELECT * FROM 'other.csv'",
        "COPY (SELECT 1) TO 'other.csv'",
        "ATTACH 'other.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET allowed_directories = ['/']",
    ],
)
def test_sql_reaches_no_file_but_those_allowed_and_changes_no_setting(
    statement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other.csv").write_text("a\n1\n")
    with connect() as connection, pytest.raises(duckdb.Error):
        connection.execute(statement)
    assert [path.name for path in tmp_path.iterdir()] == ["other.csv"]


def test_one_file_that_is_allowed_opens_neither_its_neighbours_nor_what_its_name_stands_for(tmp_path: Path) -> None:
    for name in ("a*b.csv", "axb.csv"):
        (tmp_path / name).write_text(f"a\n{name}\n")
    allow(tmp_path / "a*b.csv")
    with connect() as connection:
        read = f"SELECT a FROM read_csv({file_literal(tmp_path / 'a*b.csv')})"
        assert connection.execute(read).fetchall() == [("a*b.csv",)]
        with pytest.raises(duckdb.PermissionException):
            connection.execute(f"SELECT a FROM read_csv({file_literal(tmp_path / 'axb.csv')})")


def test_what_a_query_finds_comes_as_rows_a_row_a_value_a_frame_or_an_arrow_table() -> None:
    query = "SELECT x, x * ? AS y FROM range(3) numbers(x) ORDER BY x DESC"
    with connect() as connection:
        assert fetch_rows(connection, query, [2]) == [(2, 4), (1, 2), (0, 0)]
        assert fetch_row(connection, query, [2]) == (2, 4)
        assert fetch_value(connection, query, [2]) == 2
        assert fetch_frame(connection, query, [2]).to_dict("list") == {"x": [2, 1, 0], "y": [4, 2, 0]}
        assert fetch_arrow(connection, query, [2]).to_pydict() == {"x": [2, 1, 0], "y": [4, 2, 0]}
        assert fetch_rows(connection, "SELECT 1 WHERE false") == []


def test_looks_at_once_share_a_database_and_see_nothing_of_each_other() -> None:
    with look() as one, look() as other:
        one.execute("CREATE TEMP TABLE seen AS SELECT 1 AS x")
        one.register("rows", pd.DataFrame({"x": [1]}))
        for name in ("seen", "rows"):
            with pytest.raises(duckdb.CatalogException):
                other.execute(f"FROM {name}")
        with pytest.raises((duckdb.InvalidInputException, duckdb.PermissionException)):
            other.execute("SET threads = 1")
        assert one.execute("FROM seen").fetchall() == [(1,)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, which Windows does not have")
def test_a_process_made_by_a_fork_looks_with_a_database_of_its_own() -> None:
    code = (
        "import os\nfrom analysis.engine import look\n"
        "def seen():\n    with look() as c:\n"
        "        return c.execute('SELECT sum(x) FROM range(99999) t(x)').fetchone()\n"
        "first = seen()\nchild = os.fork()\n"
        "if child == 0:\n    os._exit(0 if seen() == first else 1)\n"
        "raise SystemExit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=120).returncode == 0
