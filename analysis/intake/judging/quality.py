"""The quality report: how good the data is, by the dimensions that can be measured, and what matters most about it.

Five of the six dimensions of DAMA UK are applied. Accuracy is not: it asks whether a value is true of the real
customer, and no file can say that of itself.

References
----------
DAMA UK Working Group (2013), The Six Primary Dimensions for Data Quality Assessment.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from analysis.intake.cells.dates import timestamp
from analysis.intake.cells.values import is_nothing, number
from analysis.intake.fixes import accept as accept
from analysis.intake.fixes import apply_fix as apply_fix
from analysis.intake.fixes import inverse as inverse
from analysis.intake.fixes import reopen as reopen
from analysis.intake.judging.deciding_notes import CALENDARS, ORDER_NOTES, UNKNOWN_WORDS, UNSURE_TOTALS
from analysis.intake.judging.finding import Finding, Look, looking, masked_finding
from analysis.intake.judging.found_in_columns import OLDEST, found_in_columns
from analysis.intake.judging.found_in_lines import found_in_lines
from analysis.intake.judging.found_in_money import found_in_money
from analysis.intake.judging.found_in_tables import found_in_tables
from analysis.intake.roles import IGNORE, roles
from analysis.intake.standard.typed import chosen_decimal, is_native
from analysis.plain import plain
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from analysis.intake.choices import Choices, Column
    from analysis.intake.judging.finding import Counted
    from analysis.intake.mapped import Mapped
    from analysis.intake.suggesting.guess import TableGuess
    from analysis.intake.tables import RawTable, StandardTables
    from analysis.notes import Note

DIMENSIONS = ("completeness", "validity", "uniqueness", "consistency", "timeliness")
MOST_FIRST = 10
GUESSED = ("_guessed", "customer_rows")  # findings that say what the figures rest on
CAP_GUESSED, CAP_ASKED = 90.0, 60.0
# Notes that a finding of its own says better.
SAID_BY_FINDINGS = {
    "date_order_undecided",
    "duplicate_lines",
    "amounts_capped",
    "answers_split",
    *UNSURE_TOTALS,
    "order_totals_split",
    *ORDER_NOTES,
    "cells_filled_down",
    "credit_numbers",
    "rows_by_type",
    "rows_by_direction",
    "refunds_taken_off",
    "discount_taken_off",
    "orders_in_two_files",
    "orders_gone",
    "minor_units",
    *UNKNOWN_WORDS,
    "refunded_in_part",
    "currencies_mixed",
    "dates_without_year",
    "days_months_exchanged",
    "thousand_dots",
    *CALENDARS,
}


@dataclass(frozen=True)
class ColumnQuality:
    """One column in use; each dimension is a share 0..1, None where it does not apply.

    ``completeness``: filled cells / rows. ``validity``: cells that can be read as the column's kind / filled cells.
    ``uniqueness``: different values / filled cells, of a key. ``consistency``: cells written in the way that stands for
    their value / filled cells, of a category. ``timeliness``: dates from 1990 to today / dates that can be read.
    """

    name: str
    role: str
    rows: int
    filled: int
    completeness: float
    validity: float | None = None
    uniqueness: float | None = None
    consistency: float | None = None
    timeliness: float | None = None


@dataclass(frozen=True)
class TableQuality(
    Tabular,
    rows="columns",
    columns=("name", "role", "rows", "filled", "completeness", "validity", "uniqueness", "consistency", "timeliness"),
):
    """One table in use: the mean of its columns by dimension, and the mean of the dimensions times 100 as its score.

    ``uniqueness`` of orders is the share of rows that are no exact copy of another.
    """

    table: str
    kind: str
    rows: int
    columns: tuple[ColumnQuality, ...]
    dimensions: dict[str, float]

    @property
    def score(self) -> float:
        """Mean of the dimensions, 0..100."""
        return 100 * sum(self.dimensions.values()) / len(self.dimensions)


@dataclass(frozen=True)
class QualityReport(
    Tabular,
    rows="findings",
    columns=("code", "status", "table", "column", "rows", "money", "ask", "everyone", "line", "example", "id"),
):
    """How good the data of a study is.

    Attributes
    ----------
    tables : tuple of TableQuality
        The tables in use.
    findings : tuple of Finding
        Those that matter most first: what must be decided, then by the share of rows or of money that they concern;
        those taken care of and those accepted come last.
    read, kept : int
        Rows; ``read == kept + sum(set_aside.values())``.
    set_aside : dict of reason to rows
    """

    tables: tuple[TableQuality, ...]
    findings: tuple[Finding, ...]
    read: int
    kept: int
    set_aside: dict[str, int]

    @property
    def score(self) -> float:
        """Mean of the tables' scores weighted by their rows, 0..100, and no more than ``cap``."""
        rows = sum(table.rows for table in self.tables)
        return min(sum(table.score * table.rows for table in self.tables) / rows, self.cap) if rows else 0.0

    @property
    def cap(self) -> float:
        """What the worst open guess leaves of 100: clean cells say nothing when they mean something else."""
        guesses = [found for found in self.findings if found.status == "open" and found.code.endswith(GUESSED)]
        return CAP_ASKED if any(found.ask for found in guesses) else CAP_GUESSED if guesses else 100.0

    @property
    def first(self) -> tuple[Finding, ...]:
        """The open findings that matter most."""
        return tuple(found for found in self.findings if found.status == "open")[:MOST_FIRST]


def quality(
    tables: Sequence[RawTable],
    guesses: Sequence[TableGuess],
    recipe: Choices,
    standard: StandardTables,
    profiles: Counted | None = None,
    *,
    today: date | None = None,
) -> QualityReport:
    """Judge the data of a study and find what matters about it.

    Parameters
    ----------
    tables : sequence of RawTable
    guesses : sequence of TableGuess
        Of these tables.
    recipe : Choices
        The one that ``standard`` was made with; ``accepted`` findings are marked so.
    standard : StandardTables
    profiles : Profiles or anything with ``customers``, optional
        Customers and revenue, for the share of money that a finding concerns.
    today : date, optional
        Dates after it lie in the future; the day of the computer's clock by default.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> from analysis.intake.suggesting.suggest import inspect
    >>> from analysis.intake.standard.standardise import standardise
    >>> from analysis.study import suggest
    >>> lines = "会员号,付款日期,商品,金额\\n甲,2024-01-01,茶,3\\n乙,2024-01-02,测试,4\\n甲,2018-02-29,茶,5\\n"
    >>> tables = read_file(lines.encode())
    >>> recipe = suggest(tables)
    >>> report = quality(tables, inspect(tables), recipe, standardise(tables, recipe))
    >>> [finding.code for finding in report.first]
    ['date_not_existing', 'test_orders']
    """
    day = today or date.today()
    with looking(tables, guesses, recipe, standard, day) as look:
        judged = tuple(_table(look, one) for one in look.tables if one.source is not None and one.table.n_rows)
        found = [
            *found_in_lines(look),
            *found_in_money(look),
            *found_in_columns(look),
            *found_in_tables(look, guesses, profiles),
            *_notes(standard.notes),
        ]
        money = look.totals[1]
    spend = profiles.customers["spend"] if profiles is not None and "spend" in profiles.customers else None
    revenue = abs(float(spend.sum())) if spend is not None else abs(money)
    counts = standard.counts
    reasons: dict[str, int] = {}
    for count in counts:
        for reason, n in count.set_aside.items():
            reasons[reason] = reasons.get(reason, 0) + n
    return QualityReport(
        tables=judged,
        findings=tuple(
            ranked(
                map(masked_finding, found), recipe.accepted, n_rows=sum(count.read for count in counts), revenue=revenue
            )
        ),
        read=sum(count.read for count in counts),
        kept=sum(count.kept for count in counts),
        set_aside=reasons,
    )


def ranked(findings: Iterable[Finding], accepted: Sequence[str], *, n_rows: int, revenue: float) -> list[Finding]:
    """Put findings in order: open ones first, what must be decided before the rest, then the largest share.

    The share is that of the rows read or of the revenue, whichever is larger, and all for what moves the figures of
    every customer; equal ones stand in order of their name.
    """

    def weight(found: Finding) -> float:
        rows = found.rows / n_rows if n_rows else 0.0
        money = abs(found.money) / revenue if found.money and revenue else 0.0
        return max(rows, money, float(found.everyone))

    in_order = sorted(findings, key=lambda found: (not found.ask, -weight(found), found.id, found.table))
    return _marked(in_order, accepted)


def with_accepted(report: QualityReport, accepted: Sequence[str]) -> QualityReport:
    """Return the report with these findings accepted and no others."""
    return replace(report, findings=tuple(_marked(report.findings, accepted)))


def _marked(findings: Iterable[Finding], accepted: Sequence[str]) -> list[Finding]:
    order = {"open": 0, "fixed": 1, "accepted": 2}
    marked = [
        found if found.status == "fixed" else replace(found, status="accepted" if found.id in accepted else "open")
        for found in findings
    ]
    return sorted(marked, key=lambda found: order[found.status])


def _notes(notes: Sequence[Note]) -> Iterable[Finding]:
    """What was noticed on the way is a finding too."""
    for note in notes:
        if note.level == "info" or note.code in SAID_BY_FINDINGS:
            continue
        rows = note.facts.get("n", 0)
        yield Finding(
            f"note.{note.code}",
            table=str(note.facts.get("table", "")),
            column=note.facts.get("column"),
            facts=note.facts,
            rows=rows if isinstance(rows, int) else 0,
            example=note.facts.get("example"),
            ask=note.level == "ask",
        )


def _table(look: Look, one: Mapped) -> TableQuality:
    assert one.source is not None
    seen = dict(zip(one.table.columns, look.evidence[one.table.key], strict=True))
    used = [column for column in one.source.columns if column.role != IGNORE and column.name in seen]
    valid = _validity(look, one, used)
    consistent = _consistency(look, one)
    fresh = _timeliness(look, one)
    columns = []
    for column in used:
        evidence = seen[column.name]
        key = one.source.kind == "customers" and column.role == "customer_id"
        columns.append(
            ColumnQuality(
                column.name,
                column.role,
                evidence.n_rows,
                evidence.n_filled,
                evidence.fill,
                validity=valid.get(column.name),
                uniqueness=_share(evidence.n_distinct, evidence.n_filled) if key else None,
                consistency=consistent.get(column.name),
                timeliness=fresh if column.role == "order_date" else None,
            )
        )
    dimensions = {name: mean for name in DIMENSIONS if (mean := _mean(getattr(c, name) for c in columns)) is not None}
    if one.source.kind == "orders":
        copies = sum(
            note.facts["n"]
            for note in look.standard.notes
            if note.code == "duplicate_lines" and note.facts.get("table") == one.table.key
        )
        dimensions["uniqueness"] = 1 - copies / one.table.n_rows
    ordered = {name: dimensions[name] for name in DIMENSIONS if name in dimensions}
    return TableQuality(one.table.key, one.source.kind, one.table.n_rows, tuple(columns), ordered)


def _validity(look: Look, one: Mapped, used: Sequence[Column]) -> dict[str, float]:
    """Count the filled cells of numbers and dates that can be read; columns that the file types need no count."""
    result: dict[str, float] = {}
    for column in used:
        kind = roles()[column.role].kind if column.role in roles() else ""
        if kind not in ("number", "date"):
            continue
        raw = f"c{one.table.columns.index(column.name)}"
        if is_native(one, raw, kind):
            result[column.name] = 1.0
            continue
        if kind == "number":
            read = number(raw, decimal=chosen_decimal(look.connection, one, column.role, raw))
        else:
            read = timestamp(raw, form=look.date_form(one, raw))
        filled, readable = look.one(f"SELECT count(*), count({read}) FROM {one.view} WHERE NOT {is_nothing(raw)}")
        share = _share(readable, filled)
        if share is not None:
            result[column.name] = share
    return result


def _consistency(look: Look, one: Mapped) -> dict[str, float]:
    result = {}
    for column, reading in look.categories[one.index]:
        total = sum(reading.counts.values())
        changed = sum(n for value, n in reading.counts.items() if value in reading.mapping)
        if total:
            result[column.name] = 1 - changed / total
    return result


def _timeliness(look: Look, one: Mapped) -> float | None:
    if one.raw("order_date") is None:
        return None
    n, fresh = look.one(
        f"SELECT count(*), count(*) FILTER (WHERE order_date BETWEEN DATE '{OLDEST}' AND ?) FROM {look.orders(one)}",
        [min(look.today, look.latest(one) or look.today)],  # asked alike next month
    )
    return _share(fresh, n)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def quality_dict(report: QualityReport) -> dict[str, Any]:
    """Return the report as plain numbers and texts, as ``summary.json`` and ``portrait inspect --json`` hold it."""
    figures = {
        "score": round(report.score, 2),
        "rows": {"read": report.read, "kept": report.kept, "set_aside": report.set_aside},
        "tables": {
            table.table: {
                "score": round(table.score, 2),
                "dimensions": {name: round(value, 6) for name, value in table.dimensions.items()},
                "columns": {
                    column.name: {"role": column.role, "rows": column.rows, "filled": column.filled}
                    | {name: round(value, 6) for name in DIMENSIONS if (value := getattr(column, name)) is not None}
                    for column in table.columns
                },
            }
            for table in report.tables
        },
        "findings": [
            {
                "id": found.id,
                "code": found.code,
                "status": found.status,
                "table": found.table,
                "column": found.column,
                "rows": found.rows,
                "money": None if found.money is None else round(found.money, 6),
                "example": found.example,
                "line": found.line,
                "ask": found.ask,
                "fix": None if found.fix is None else found.fix.model_dump(mode="json"),
                "readings": {one.encoding: list(one.sample) for one in found.readings},
                "facts": found.facts,
            }
            for found in report.findings
        ],
    }
    return plain(figures)
