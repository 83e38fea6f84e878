"""The tables that intake hands on: raw tables as a file shows them, standard tables as the engine needs them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis import parquet
from analysis.engine import allow, connect, quoted_name, watched
from analysis.notes import Note
from analysis.tabular import Tabular

if TYPE_CHECKING:
    import duckdb
    import narwhals as nw
    import pandas as pd
    import pyarrow as pa

REASONS = (
    "table_not_used", "forgotten", "total_row", "not_a_sale", "other_level", "no_customer", "no_date",
    "date_unreadable", "no_amount", "amount_unreadable",
    "excluded_state", "other_currency", "return",
    "zero_amount", "test_order", "duplicate_line", "repeated_line", "duplicate_customer",
    "duplicate_order",
    "too_many_fields", "note_row", "repeated_header", "heading_row",
)  # fmt: skip


# What a connection of standard tables holds; ``sales`` is a view of orders.
TABLES = ("orders", "customers", "events", "feedback", "referrals", "contacts", "consents", "set_aside", "paid_back")


class LeftOut(NamedTuple):
    """A record of the file that is no row of the table, and so was set aside as it was read.

    ``reason`` is ``too_many_fields``, ``note_row`` (a remark below the table), ``repeated_header``, or of a table that
    was laid out as a report ``heading_row`` (it names the rows below it) and ``total_row``.
    """

    line: int
    text: str
    reason: str = "too_many_fields"


class ReadAs(NamedTuple):
    """Something that a reader decided about a table: the code of a note, its facts but for the table, and its level."""

    code: str
    facts: dict[str, Any]
    level: str = "check"


@dataclass(frozen=True)
class RawTable:
    """One sheet or text file, every cell as text, exactly as the file shows it.

    Attributes
    ----------
    file, sheet : str
        Display names; ``sheet`` is empty for a text file. ``key`` joins them.
    fingerprint : str
        SHA-256 of the file's bytes.
    columns : tuple of str
        Headers, trimmed and made unique. Column ``i`` is stored as ``c<i>``; ``line`` holds the 1-based row of the
        sheet or record of the text file.
    n_rows : int
        Data rows.
    rows : pyarrow.Table or Path
        The rows in memory, or the Parquet file that holds them.
    header_row : int
        1-based row of the header, of the lower one when there are two; 0 when the file has none.
    encoding, delimiter : str
        Of a text file; empty for a workbook.
    plausibility : float
        0..1: the share of the characters beyond ASCII that make sense in this encoding.
    hidden : bool
        The sheet is hidden in the workbook.
    hidden_rows : int
        Rows of ``rows`` that are hidden in the sheet, by hand or by a filter.
    unit : str
        What a row above the header says about the unit of the figures (``单位：万元``), empty when it says nothing.
    read_as : tuple of ReadAs
        What the reader decided, beside where the header is: headings turned into a column, months into rows.
    lines_from : int, optional
        Line of the first row when the stored rows carry no ``line``; rows are then in file order.
    stored : tuple of (name, type), optional
        Columns as a Parquet file of the user's names and types them; they are read where they lie.
    surplus : tuple of LeftOut
        Records that are no row of the table: those with more fields than it has columns, remarks below it, and its
        header repeated between rows. They are set aside, so they count as read.
    """

    file: str
    sheet: str
    fingerprint: str
    columns: tuple[str, ...]
    n_rows: int
    rows: pa.Table | Path = field(repr=False)
    header_row: int = 1
    encoding: str = ""
    delimiter: str = ""
    surplus: tuple[LeftOut, ...] = field(default=(), repr=False)
    lines_from: int | None = None
    stored: tuple[tuple[str, str], ...] = ()
    plausibility: float = 1.0
    hidden: bool = False
    hidden_rows: int = 0
    unit: str = ""
    read_as: tuple[ReadAs, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.rows, Path):
            allow(self.rows)
            parquet.unlock(self.rows)

    def scan_sql(self, some: str = "true") -> str:
        """Write the SQL that reads rows lying in a file: ``line``, ``c<i>`` as text, ``t<i>`` as the file types it.

        ``some`` is a test of ``file_row_number`` where rows carry no line: only those that pass are written as text.
        """
        assert isinstance(self.rows, Path)
        if self.lines_from is None:
            return f"SELECT * FROM {parquet.scan(self.rows)}"
        if not self.stored:
            return (
                f"SELECT file_row_number + {self.lines_from} AS line, * EXCLUDE (file_row_number) "
                f"FROM {parquet.scan(self.rows, numbered=True)} WHERE {some}"
            )
        columns = []
        for index, (name, _) in enumerate(self.stored):
            quoted = quoted_name(name)
            columns.append(f"CAST({quoted} AS VARCHAR) AS c{index}, {quoted} AS t{index}")
        return (
            f"SELECT file_row_number + {self.lines_from} AS line, {', '.join(columns)} "
            f"FROM {parquet.scan(self.rows, numbered=True)} WHERE {some}"
        )

    @property
    def content(self) -> str:
        """What the rows are made of; equal ones are equal rows, whatever their columns are called."""
        parts = (self.fingerprint, self.sheet, self.header_row, self.encoding, self.delimiter, self.n_rows)
        return repr((*parts, len(self.columns), self.lines_from, self.stored, self.read_as, len(self.surplus)))

    @property
    def n_read(self) -> int:
        """Rows read: the data rows and the records that do not fit the columns."""
        return self.n_rows + len(self.surplus)

    @property
    def key(self) -> str:
        """File and sheet in one string, as in ``summary.json``."""
        return f"{self.file}/{self.sheet}" if self.sheet else self.file


@dataclass(frozen=True)
class TableCount:
    """What became of the rows of one raw table; ``read == kept + sum(set_aside.values())``."""

    table: str
    kind: str
    read: int
    kept: int
    set_aside: dict[str, int]

    @property
    def n_set_aside(self) -> int:
        """Rows set aside, for whatever reason."""
        return sum(self.set_aside.values())


@dataclass(frozen=True)
class StandardTables(Tabular, rows="counts", columns=("table", "kind", "read", "kept", "set_aside=n_set_aside")):
    """Order lines, customers and records, cleaned.

    Later stages read ``orders()``, ``sales()``, ``customers()`` and ``records(kind)``, which any engine can carry on
    with, and ask what stands in ``intake.questions``; where the rows lie is the business of intake and of the
    workspace, which keeps them.

    Attributes
    ----------
    connection : duckdb.DuckDBPyConnection
        Holds the tables ``orders``, ``customers`` and ``set_aside`` (any may be empty). Take ``cursor()`` per call.

        ``orders``, one row per kept order line: ``source`` (index), ``line``, ``customer_id``, ``order_id``,
        ``order_time`` (timestamp), ``order_date``, ``quantity``, ``unit_price``, ``amount`` (DECIMAL(24,6), negative
        for a return), ``is_return``, ``discount``, ``cost``, and text columns ``status``, ``product``, ``category``,
        ``brand``, ``channel``, ``region``, ``city``, ``country``, ... (NULL when no column has the role).

        ``customers``, one row per customer id: ``customer_id`` and one column per mapped role or extra feature.

        ``events``, ``feedback``, ``referrals`` and ``contacts``, one row per kept record: ``source``, ``line``,
        ``customer_id`` (the one who referred, for referrals), ``time`` (timestamp), ``date`` and a column per role of
        ``records.RECORDS`` (numbers as DECIMAL(24,6), yes or no as BOOLEAN; NULL when no column has the role).

        ``sales``: the lines of ``orders`` that sold something (``intake.sales``).

        ``set_aside``: ``source``, ``line``, ``reason`` (one of ``REASONS``); the cells stay in the raw table.

        ``paid_back``: those whose money went back, as their state or a column beside the amount says, and returns that
        were set aside, with the columns of ``orders`` (``order_time`` may be NULL).
    counts : tuple of TableCount
    order_roles, customer_roles : frozenset of str
        Roles that have a column behind them.
    record_roles : mapping of kind to frozenset of str
        The same for the kinds of records that the study has: ``events``, ``feedback``, ``referrals``, ``contacts``.
    extras : tuple of (column, header)
        Extra features of the customers table.
    has_time : bool
        Order times carry a time of day.
    notes : tuple of Note
        What was noticed, as codes with facts, most important first.
    raws : tuple of RawTable
        The tables in the order of ``source``.
    """

    connection: duckdb.DuckDBPyConnection = field(repr=False)
    counts: tuple[TableCount, ...]
    order_roles: frozenset[str]
    customer_roles: frozenset[str]
    extras: tuple[tuple[str, str], ...] = ()
    has_time: bool = False
    notes: tuple[Note, ...] = ()
    raws: tuple[RawTable, ...] = field(default=(), repr=False)
    record_roles: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as the rows themselves, in memory: a connection belongs to its process."""
        others = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "connection"}
        with self.cursor() as cursor:
            rows = {table: cursor.table(table).to_arrow_table() for table in TABLES}
        return _arrived, (rows, others)

    def orders(self) -> nw.LazyFrame[Any]:
        """Return the order lines, lazily."""
        return self._lazy("orders")

    def sales(self) -> nw.LazyFrame[Any]:
        """Return the order lines that sold something: no return, an amount above zero."""
        return self._lazy("sales")

    def customers(self) -> pd.DataFrame:
        """Return the customers table, one row per customer id, in no order; yes/no columns are pandas' ``boolean``."""
        with self.cursor() as cursor:
            relation = cursor.table("customers")
            kinds = zip(relation.columns, relation.types, strict=True)
            flags = [name for name, kind in kinds if str(kind) == "BOOLEAN"]
            # Yes, no or missing: pandas' own type for it, which no missing value turns into words.
            return relation.to_df().astype(dict.fromkeys(flags, "boolean"))

    def records(self, kind: str) -> nw.LazyFrame[Any]:
        """Return ``events``, ``feedback``, ``referrals``, ``contacts`` or ``consents``, lazily."""
        return self._lazy(kind)

    def _lazy(self, table: str) -> nw.LazyFrame[Any]:
        import narwhals as nw

        return nw.from_native(self.cursor().table(table)).lazy()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Return a cursor of its own, for intake and the workspace: a connection shared by threads mixes up results."""
        return watched(self.connection.cursor())


def _arrived(rows: Mapping[str, pa.Table], others: Mapping[str, Any]) -> StandardTables:
    """Return standard tables of rows that came from another process."""
    from analysis.intake.sales import add_sales

    connection = connect()
    for name, table in rows.items():
        connection.register("arriving", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM arriving")
        connection.unregister("arriving")
    add_sales(connection)
    return StandardTables(connection=connection, **others)
