"""SQL stands in intake, and what a sale is stands there once."""

from __future__ import annotations

import re
from pathlib import Path

import narwhals as nw
import pytest

from analysis.engine import connect
from analysis.intake.sales import SALE, add_sales, sale

# Outside intake: the floor that opens the database and the one door for Parquet, the quick form of the lines that
# profiles read (whose cursor `build` holds), the tables that the workspace keeps (its other statements are
# SQLAlchemy's), seals personal columns of and takes a forgotten person out of, and an experiment's own rows, which are
# no standard tables.
ASKS = {
    "analysis/answers/asked.py",  # takes a table from the rows that are kept
    "analysis/workspace/stores/answers.py",  # and writes them
    "analysis/engine.py", "analysis/parquet.py", "analysis/sums.py", "analysis/profiles/build.py",
    "analysis/profiles/compact.py", "analysis/profiles/lines.py", "analysis/workspace/runs.py",
    "analysis/workspace/stores/forgetting.py", "analysis/sealed/columns.py", "analysis/workspace/raw.py",
    "analysis/workspace/sealing/personal.py",
}  # fmt: skip


def python_files(root: Path, *rooms: str) -> list[Path]:
    return [file for room in rooms for file in (root / room).rglob("*.py")]


def test_no_later_stage_writes_sql(root: Path) -> None:
    asks = re.compile(r"\bSELECT |\.cursor\(|\bcursor\.execute\(|\bcon\.execute\(")
    inside = {"analysis/intake", "analysis/experiments"}
    found = {
        name
        for file in python_files(root, "analysis", "ui", "pages", "texts")
        if asks.search(file.read_text("utf-8"))
        and not any((name := file.relative_to(root).as_posix()).startswith(f"{room}/") for room in inside)
    }
    database = "analysis/workspace/database.py"  # a pragma on the workspace's own connection
    steps = {name for name in found if name.startswith("analysis/workspace/migrations/")}  # its schema of then
    assert found - {database} - steps == ASKS


def test_experiments_ask_the_standard_tables_nothing_in_sql(root: Path) -> None:
    for file in python_files(root, "analysis/experiments"):
        assert "FROM orders" not in file.read_text("utf-8"), file.name


def test_what_a_sale_is_stands_in_one_place(root: Path) -> None:
    says = re.compile(r"NOT is_return|~nw\.col\(\"is_return\"\)")
    # The others look for lines of one sign among all: they ask for rows that are no return, whatever their amount.
    found = {
        file.relative_to(root).as_posix()
        for file in python_files(root, "analysis", "ui", "pages")
        if any(says.search(line) and "amount > 0" in line for line in file.read_text("utf-8").splitlines())
        or (says.search(file.read_text("utf-8")) and file.name == "sales.py")
    }
    assert found == {"analysis/intake/sales.py"}


@pytest.mark.parametrize(
    ("back", "amount", "sold"), [(False, 1.0, True), (False, 0.0, False), (True, 1.0, False), (False, -1.0, False)]
)
def test_a_sale_is_the_same_in_sql_in_the_view_and_in_narwhals(back: bool, amount: float, sold: bool) -> None:
    with connect() as connection:
        connection.execute(f"CREATE TABLE orders AS SELECT {back} AS is_return, {amount}::DECIMAL(24,6) AS amount")
        add_sales(connection)
        assert connection.execute(f"SELECT {SALE} FROM orders").fetchall() == [(sold,)]
        assert connection.execute("SELECT count(*) FROM sales").fetchall() == [(int(sold),)]
        lines = nw.from_native(connection.table("orders")).lazy().filter(sale())
        assert len(lines.collect("pyarrow")) == int(sold)
