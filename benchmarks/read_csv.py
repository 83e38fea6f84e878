"""Reading a CSV of 45 MB against DuckDB's bare read of it into a table of text; whole processes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.measure import process, report, script, side_by_side
from benchmarks.size import MAKE

ROWS = 800_000  # 45 MB
OURS = "import sys; from analysis.intake.reading.sources import read_files; print(read_files([sys.argv[1]])[0].n_rows)"
BARE = """
import sys, duckdb
duckdb.execute("create table t as select * from read_csv(?, all_varchar = true)", [sys.argv[1]])
"""


def main() -> None:
    """Print both times and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "orders.csv")
        process(script(MAKE, str(ROWS), file))
        print(f"{Path(file).stat().st_size / 1e6:.1f} MB")
        report(side_by_side({"read": script(OURS, file), "DuckDB read_csv": script(BARE, file)}, runs=5), ours="read")


if __name__ == "__main__":
    main()
