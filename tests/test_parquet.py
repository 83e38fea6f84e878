"""Parquet goes through one door, and a file is the one of its name, whatever stands in it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from analysis import parquet
from analysis.engine import allow, connect
from analysis.intake.reading.large import read_large_parquet, read_large_text
from analysis.study import read

NAMES = ("a*b", "axb", "a?b", "a[x]b", "a[!x]b", "a{x}b", "a'b", "[", "**")


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_read_without_those_that_its_name_could_stand_for(tmp_path: Path, name: str) -> None:
    place = tmp_path / "year=2024" / "c[d]e*"  # neither do folders add columns
    place.mkdir(parents=True)
    (tmp_path / "year=2024" / "cdef").mkdir()
    allow(tmp_path)
    with connect() as connection:
        for one in NAMES:
            for folder in (place, place.with_name("cdef")):
                parquet.copy(connection, f"SELECT {len(one)} AS n FROM range(2)", folder / f"{one}.parquet")
        path = place / f"{name}.parquet"
        found = connection.execute(f"SELECT * FROM {parquet.scan(path)}")
        assert [column[0] for column in found.description or ()] == ["n"]
        assert found.fetchall() == [(len(name),)] * 2
        numbered = connection.execute(f"SELECT file_row_number FROM {parquet.scan(path, numbered=True)} ORDER BY 1")
        assert numbered.fetchall() == [(0,), (1,)]
    assert parquet.read_table(path).to_pydict() == {"n": [len(name)] * 2}
    assert parquet.read_frame(path)["n"].tolist() == [len(name)] * 2
    assert list(parquet.read_frame(path)) == ["n"]
    table = read_large_parquet(path, file="it.parquet")
    assert (table.columns, table.n_rows) == (("n",), 2)


@pytest.mark.parametrize("name", ["a*b.csv", "a?b.csv", "a[x]b.csv"])
def test_a_large_text_file_is_read_without_those_that_its_name_could_stand_for(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "shop=9"
    folder.mkdir()
    for one in ("axb.csv", "a-b.csv", name):
        (folder / one).write_text("who,paid\n" + "".join(f"c{line},{line}\n" for line in range(3)))
    [table] = [read_large_text(folder / name, file=name)]
    assert table is not None
    assert (table.columns, table.n_rows) == (("who", "paid"), 3)
    with connect() as connection:
        assert connection.execute(f"SELECT c0, c1 FROM ({table.scan_sql()}) ORDER BY line").fetchall()[2] == ("c2", "2")
    assert [(one.file, one.n_rows) for one in read(folder / name)] == [(name, 3)]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", None], "b": pd.to_datetime(["2024-01-01", None])})
    parquet.write_frame(frame, tmp_path / "f.parquet")
    pd.testing.assert_frame_equal(parquet.read_frame(tmp_path / "f.parquet"), frame)
    buffer = io.BytesIO()
    parquet.write_frame(frame, buffer)
    assert parquet.read_table(io.BytesIO(buffer.getvalue())).num_rows == 2
    table = pa.table({"a": [1, 2]})
    parquet.write_table(table, tmp_path / "t.parquet")
    assert parquet.read_table(tmp_path / "t.parquet").equals(table)
    with parquet.opened(tmp_path / "t.parquet") as file:
        assert file.metadata.num_rows == 2


def test_no_other_room_reads_or_writes_parquet(root: Path) -> None:
    calls = re.compile(
        r"pyarrow\.parquet|pyarrow import parquet|\.(?:to|read)_parquet\(|FROM read_parquet|FORMAT parquet"
    )
    rooms = ("analysis", "commands", "ui", "pages", "texts")
    files = [root / "cli.py", *(file for room in rooms for file in (root / room).rglob("*.py"))]
    doors = {file.relative_to(root).as_posix() for file in files if calls.search(file.read_text("utf-8"))}
    # What is sealed is the lower half of the door; the last only imports it ahead of time.
    assert doors == {"analysis/parquet.py", "analysis/sealed/columns.py", "ui/warm.py"}
