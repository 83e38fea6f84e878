"""Studies made from a list of order lines, by the same way that files take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from analysis.study import Prepared, prepare, read, suggest


@pytest.fixture
def study_of(tmp_path: Path) -> Callable[..., Prepared]:
    """Return ``study_of(lines, header)``: tuples of cells as a file, read, cleaned and profiled."""

    def make(lines: Sequence[Sequence[object]], header: str = "customer id,order id,order date,amount") -> Prepared:
        path = tmp_path / "orders.csv"
        rows = [header, *(",".join(str(cell) for cell in line) for line in lines)]
        path.write_text("\n".join(rows) + "\n", "utf-8")
        tables = read(path)
        return prepare(tables, suggest(tables))

    return make
