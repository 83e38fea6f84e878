"""Look at every column of a raw table: how full it is, how many values, and what its cells look like."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from itertools import count as counting_up
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.answers.asked import current, remembered, rows_named
from analysis.booleans import MOST_CELLS, Flags, read_flags
from analysis.engine import fetch_arrow, fetch_row, fetch_rows, fetch_value, look
from analysis.intake.cells.dates import date_form, looks_like_date
from analysis.intake.cells.values import (
    NOTHING,
    TOTAL_TEXT,
    decimal_style,
    is_nothing,
    looks_like_number,
    one_of,
    plain,
)
from analysis.intake.roles import Evidence
from analysis.intake.tables import RawTable
from analysis.privacy.forms import kind_by_form

if TYPE_CHECKING:
    from collections.abc import Generator

    import duckdb

SAMPLE = 1500
EXAMPLES = 4
PERSONAL = 0.6  # share of the cells from which a column is taken for personal data
COUNTED_EXACTLY = 200_000
COUNTED_HERE = 2_000  # rows that are counted before a query of as many columns is even planned
COUNTED_TOGETHER = 12  # columns of one query
DRAWN, LEAST_DRAWN = 512, 30  # rows of each of two tables that are compared before all are
NO_WORDS = frozenset(("", *NOTHING))
TYPED = (
    "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "DECIMAL",
    "DATE", "TIMESTAMP",
)  # fmt: skip
_OPENED = counting_up()
_DECIMAL = re.compile(r"\d[.,]\d")
# Numbers as spreadsheets show whole ones: 10042.0, 10,042 and 6.9E+12.
_WHOLE = re.compile(r"[-+(]?\d+\.0+$|[-+(]?\d{1,3}(?:,\d{3})+(?:\.0+)?$|\d(?:\.\d+)?[eE]\+?\d{2}$")
_OLD_YEAR = re.compile(r"(?<!\d)1[89](?:[0-8]\d)(?!\d)|^1[89][0-8]\d[01]\d[0-3]\d$")
_NEGATIVE = re.compile(r"^\s*[^0-9]*[-−(]|-\s*$")


def describe(table: RawTable) -> tuple[Evidence, ...]:
    """Return the evidence of each column, in the table's order.

    Fill and distinct values are counted over all rows (distinct ones to 2 % in tables of more than 200,000); what cells
    look like is judged on a sample of 1,500 filled cells spread evenly over the table. A word for nothing that is the
    "no" of a yes/no column (有 and 无) is a value there.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> [table] = read_file(b"id,day,sum\\n1,2024-01-01,3.5\\n2,2024-01-02,4\\n")
    >>> [column.kind for column in describe(table)]
    ['number', 'date', 'number']
    """

    # A year that is still to come makes no date, so what cells look like depends on the year of today.
    asked = f"columns {date.today().year} {table.content} {table.columns!r}"
    return tuple(Evidence(**seen) for seen in remembered(asked, lambda: [asdict(one) for one in _described(table)]))


def _described(table: RawTable) -> tuple[Evidence, ...]:
    with ThreadPoolExecutor(1) as beside:  # counting all rows needs no interpreter, judging the sample nothing else
        counting = beside.submit(_counts, table)
        with look() as connection, scan(connection, table) as rows:
            cells = _samples(connection, rows, table)
            looks = [_look(_filled(sample)) for sample in cells]
            counts = counting.result()
            flags = [
                _flags(header, sample, table.n_rows - n_filled)
                for header, sample, (n_filled, _) in zip(table.columns, cells, counts, strict=True)
            ]
            for place, found in enumerate(flags):
                looks[place] |= {"flag": found is not None}
                if (
                    found is not None
                    and not found.nothing_is_no
                    and any(cell.strip().lower() in NOTHING for cell in found.no)
                ):
                    counts[place] = _said(connection, rows, f"c{place}", found)
    return tuple(Evidence(table.n_rows, *count, **seen) for count, seen in zip(counts, looks, strict=True))


def samples(table: RawTable) -> list[list[str]]:
    """Return up to 1,500 filled cells of each column, spread over the rows."""

    def look_at() -> list[list[str]]:
        with look() as connection, scan(connection, table) as rows:
            return [_filled(sample) for sample in _samples(connection, rows, table)]

    return remembered(f"samples {table.content}", look_at)


def cut_short(table: RawTable) -> int | None:
    """Return the line of a last row that ends where all others go on, as in a file that is still being copied.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> rows = "day,shop,sum\\n2024-01-01,x,3\\n"
    >>> [cut_short(read_file((rows + last).encode())[0]) for last in ("2024-0", "2024-01-02,x,4")]
    [3, None]
    """
    cells = ", ".join(f"nullif(c{place}, '') IS NULL" for place in range(len(table.columns)))
    with look() as connection, scan(connection, table) as rows:
        last = fetch_rows(connection, f"SELECT line, {cells} FROM {rows} ORDER BY line DESC LIMIT 1")
        if len(table.columns) < 2 or not last or not last[0][-1]:
            return None
        empty = fetch_value(
            connection, f"SELECT count(*) FROM {rows} WHERE nullif(c{len(table.columns) - 1}, '') IS NULL"
        )
    return int(last[0][0]) if empty == 1 else None


@contextmanager
def scan(connection: duckdb.DuckDBPyConnection, table: RawTable) -> Generator[str]:
    """Make the rows of a raw table readable on a connection; yields the SQL that names them."""
    name = rows_named("raw", next(_OPENED), table.content)
    if isinstance(table.rows, Path):
        if current() is None:
            yield f"({table.scan_sql()})"
            return
        connection.execute(f"CREATE TEMP VIEW {name} AS {table.scan_sql()}")
        try:
            yield name
        finally:
            connection.execute(f"DROP VIEW {name}")
        return
    connection.register(name, table.rows)
    try:
        yield name
    finally:
        connection.unregister(name)


def _counts(table: RawTable) -> list[tuple[int, int]]:
    """Count filled and distinct cells; in large tables distinct cells are estimated where it cannot matter.

    Whether a column is a key does matter, so one whose estimate comes near the filled cells is counted exactly.
    """
    if not isinstance(table.rows, Path) and not table.stored and table.n_rows <= COUNTED_HERE:
        return [_counts_here(column.to_pylist()) for column in (table.rows[f"c{i}"] for i in range(len(table.columns)))]
    with look() as connection, scan(connection, table) as rows:
        # What a query with a count of distinct cells costs grows with the square of its columns.
        n = len(table.columns)
        parts = [range(start, min(start + COUNTED_TOGETHER, n)) for start in range(0, n, COUNTED_TOGETHER)]
        return [count for part in parts for count in _counts_of(connection, rows, table, part)]


def _counts_here(cells: Sequence[str | None]) -> tuple[int, int]:
    times = Counter(cells)
    filled = {cell: n for cell, n in times.items() if cell is not None and cell.strip(" ").lower() not in NO_WORDS}
    return sum(filled.values()), len(filled)


def _counts_of(
    connection: duckdb.DuckDBPyConnection, rows: str, table: RawTable, places: range
) -> list[tuple[int, int]]:
    columns, empty = zip(*[filled_cell(table, i) for i in places], strict=True)
    filled = [f"count({c}) FILTER (WHERE NOT {nothing})" for c, nothing in zip(columns, empty, strict=True)]
    exact = [f"count(DISTINCT {c}) FILTER (WHERE NOT {nothing})" for c, nothing in zip(columns, empty, strict=True)]
    n_columns = len(places)
    if table.n_rows <= COUNTED_EXACTLY:
        counts = fetch_row(connection, f"SELECT {', '.join(filled + exact)} FROM {rows}")
    else:
        rough = [f"approx_count_distinct({c})" for c in columns]
        counts = list(fetch_row(connection, f"SELECT {', '.join(filled + rough)} FROM {rows}"))
        near = [i for i in range(n_columns) if counts[n_columns + i] > 0.8 * counts[i]]
        if near:
            found = fetch_row(connection, f"SELECT {', '.join(exact[i] for i in near)} FROM {rows}")
            for i, n in zip(near, found, strict=True):
                counts[n_columns + i] = n
    return [(int(counts[i]), int(counts[n_columns + i])) for i in range(n_columns)]


def filled_cell(table: RawTable, place: int) -> tuple[str, str]:
    """Return the stored column to look at, and the test that a cell holds nothing.

    Numbers and times that the file itself types need not be written out as text, and have no words for nothing.
    """
    kind = table.stored[place][1] if table.stored else ""
    if kind in ("DOUBLE", "FLOAT"):
        return f"t{place}", f"(t{place} IS NULL OR isnan(t{place}))"
    if kind.startswith(TYPED):
        return f"t{place}", f"(t{place} IS NULL)"
    return f"c{place}", is_nothing(f"c{place}")


def _samples(connection: duckdb.DuckDBPyConnection, rows: str, table: RawTable) -> list[list[str]]:
    step = max(1, table.n_rows // (4 * SAMPLE))
    columns = ", ".join(f"c{i}" for i in range(len(table.columns)))
    if isinstance(table.rows, Path) and table.lines_from is not None:
        rows = f"({table.scan_sql(f'(file_row_number + 1) % {step} = 0 OR file_row_number < 200')})"
    else:
        rows = f"(SELECT *, row_number() OVER () AS r FROM {rows}) WHERE r % {step} = 0 OR r <= 200"
    taken = fetch_arrow(connection, f"SELECT {columns} FROM {rows}")
    samples = []
    for index in range(len(table.columns)):
        samples.append([cell for cell in taken.column(index).to_pylist() if cell])
    return samples


def _filled(cells: list[str]) -> list[str]:
    """Return at most ``SAMPLE`` cells that hold something, spread over all of them."""
    cells = [cell for cell in cells if cell.strip().lower() not in NOTHING]
    return cells[:: max(1, len(cells) // SAMPLE)][:SAMPLE]


def _flags(header: str, cells: Sequence[str], n_empty: int) -> Flags | None:
    rows = Counter(cells)
    if len(rows) > MOST_CELLS:
        return None
    return read_flags(rows, header=header, nothing=NOTHING, rows=rows, n_empty=n_empty)


def _said(connection: duckdb.DuckDBPyConnection, rows: str, column: str, flags: Flags) -> tuple[int, int]:
    """Count the cells of a yes/no column that say yes or no, and their different ways of writing."""
    says = one_of(column, sorted(flags.yes | flags.no))
    found = fetch_row(connection, f"SELECT count(*), count(DISTINCT {column}) FROM {rows} WHERE {says}")
    return int(found[0]), int(found[1])


def _look(cells: Sequence[str]) -> dict[str, Any]:
    """Judge what the cells of a sample look like; each different cell is looked at once."""
    n = len(cells)
    if n == 0:
        return {}
    times = Counter(cells)
    bare: Counter[str] = Counter()
    for cell, count in times.items():
        bare[plain(cell)] += count
    numbers = {cell: count for cell, count in bare.items() if looks_like_number(cell)}

    kind = kind_by_form(bare.elements(), least=PERSONAL, checked=False)

    def share(look: Callable[[str], Any], among: Mapping[str, int] = bare) -> float:
        return sum(count for cell, count in among.items() if look(cell)) / n

    return {
        "number_share": sum(numbers.values()) / n,
        "decimal_share": share(lambda cell: _DECIMAL.search(cell) and not _WHOLE.match(cell), numbers),
        "date_share": share(looks_like_date),
        "serial_share": max(share(_is_serial, numbers), _unmarked_dates(list(bare))),
        "negative_share": share(_NEGATIVE.search, numbers),
        "old_share": share(lambda cell: _OLD_YEAR.search(cell) and looks_like_date(cell)),
        "personal": "phone" if kind == "landline" else kind,
        "decimal": decimal_style(cell for cell in bare.elements() if cell in numbers),
        "examples": tuple(times)[:EXAMPLES],
    }


def _unmarked_dates(cells: list[str]) -> float:
    """Return 1 when all cells are days without marks or without a year, which a header must confirm."""
    form = date_form([cell for cell in cells if cell.lower() not in NOTHING and not re.search(TOTAL_TEXT, cell)])
    return float(bool(form.compact) or form.yearless or form.calendar == "roc")


def _is_serial(cell: str) -> bool:
    try:
        number = float(cell)
    except ValueError:
        return False
    return 30_000 <= number <= 60_000 or 9e8 <= number <= 2.5e9 or 9e11 <= number <= 2.5e12 or 9e14 <= number <= 2.5e15


@dataclass(frozen=True)
class LeastRows:
    """The different rows of a table with the smallest hashes, in order: a draw that is the same for equal rows."""

    n_rows: int
    n_different: int
    hashes: tuple[int, ...]

    def may_stand_in(self, other: LeastRows) -> bool:
        """Return False where nearly all rows of this table cannot stand in the other: none does of those drawn in both.

        Each table is read once for it; all pairs of many files would read each of them many times.
        """
        ends = [one.hashes[-1] for one in (self, other) if len(one.hashes) < one.n_different]
        drawn = {one for one in self.hashes if not ends or one <= min(ends)}
        if len(drawn) < LEAST_DRAWN or 2 * self.n_different < self.n_rows:
            return True
        return not drawn.isdisjoint(other.hashes)


def least_rows(connection: duckdb.DuckDBPyConnection, table: RawTable) -> LeastRows:
    """Return some of the different rows of a table, told apart by the columns in the order of their names."""
    with scan(connection, table) as rows:
        found = fetch_rows(
            connection,
            f"SELECT h, count(*) OVER () FROM (SELECT DISTINCT {row_hash(table)} AS h FROM {rows}) "
            f"ORDER BY h LIMIT {DRAWN}",
        )
    return LeastRows(table.n_rows, found[0][1] if found else 0, tuple(int(h) for h, _ in found))


def row_hash(table: RawTable) -> str:
    """Return SQL for a hash of a row, the same for equal rows of tables with the same columns in any order."""
    columns = sorted(range(len(table.columns)), key=lambda index: table.columns[index])
    return f"hash({', '.join(f'c{index}' for index in columns)})"
