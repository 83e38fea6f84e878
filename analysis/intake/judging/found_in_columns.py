"""Findings about columns: dates that cannot be, one value written in several ways, columns that say nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING

from analysis.engine import fetch_rows
from analysis.intake.cells.categories import MOST_VALUES, merged
from analysis.intake.cells.units import header_scale, said_scale
from analysis.intake.cells.values import column_style, half_width, is_nothing, number
from analysis.intake.fixes import AsOfFix, CleaningFix
from analysis.intake.judging.finding import Finding, Look, cleaning_finding
from analysis.intake.reading.encodings import decode, readings
from analysis.intake.roles import EXTRA, IGNORE, roles
from analysis.intake.standard.clean import impossible_age, impossible_birth
from analysis.intake.standard.order_headers import ORDER_HEADERS
from analysis.intake.standard.typed import is_native
from analysis.intake.suggesting.guess import missing_roles

if TYPE_CHECKING:
    from analysis.intake.mapped import Mapped

ALMOST_EMPTY = 0.05
GAPS = (ALMOST_EMPTY, 0.95)  # between these fills a column of customers can be completed
OLDEST = "1990-01-01"  # before shops kept their orders in tables
UNMARKED = (
    "gb18030", "gbk", "big5", "shift_jis", "euc_jp", "euc_kr", "cp1252", "mac_roman", "cp932", "latin-1", "iso-8859-1",
    "cp1250", "cp1251", "koi8_r", "cp1254", "cp874", "cp1256",
)  # fmt: skip
PLAUSIBLE = 0.85
SAMPLE_CELLS = 400
SAMPLE_WORDS = 4
TWO_DIGIT_YEAR = r"^\s*\d{1,2}[-/.]\d{1,2}[-/.]\d{2}(\D|$)"


def found_in_columns(look: Look) -> Iterator[Finding]:
    """Find what is wrong or worth knowing about the columns of every table in use."""
    for kind, finders in (("orders", ORDER_FINDERS), (ORDER_HEADERS, HEAD_FINDERS), ("customers", CUSTOMER_FINDERS)):
        for one in look.of_kind(kind):
            for find in finders:
                yield from find(look, one)


def _future(look: Look, one: Mapped) -> Iterator[Finding]:
    if (latest := look.latest(one)) is None or latest <= look.today:
        return
    n, line, money, last = look.one(
        "SELECT count(*), arg_max(line, order_date), coalesce(sum(amount), 0), max(order_date) "
        f"FROM {look.orders(one)} WHERE order_date > ?",
        [look.today],
    )
    header = look.header(one, "order_date")
    last_real = look.one("SELECT max(order_date) FROM orders WHERE order_date <= ?", [look.today])[0]
    fixed = look.recipe.as_of != "latest" and look.recipe.as_of <= look.today
    yield Finding(
        "dates_future", rows=int(n), money=float(money), facts={"n": int(n), "day": last}, line=line,
        example=look.cell(one, header, line) if header else None, **look.about(one, header),
        fix=None if fixed or last_real is None else AsOfFix(value=last_real + timedelta(days=1)),
        undo=AsOfFix(value="latest") if fixed else None,
        status="fixed" if fixed else "open", everyone=look.recipe.as_of == "latest",
    )  # fmt: skip


def _old(look: Look, one: Mapped) -> Iterator[Finding]:
    n, line, money, first = look.one(
        "SELECT count(*), arg_min(line, order_date), coalesce(sum(amount), 0), min(order_date) "
        f"FROM {look.orders(one)} WHERE order_date < DATE '{OLDEST}'"
    )
    if n:
        header = look.header(one, "order_date")
        yield Finding(
            "dates_old", rows=int(n), money=float(money), facts={"n": int(n), "day": first}, line=line,
            example=look.cell(one, header, line) if header else None, **look.about(one, header),
        )  # fmt: skip


def _short_years(look: Look, one: Mapped) -> Iterator[Finding]:
    raw, header = one.raw("order_date"), look.header(one, "order_date")
    if raw is None or is_native(one, raw, "date"):
        return
    n, line = look.one(
        f"SELECT count(*), min(line) FROM {one.view} "
        f"WHERE regexp_matches(CASE WHEN strlen({raw}) = length({raw}) THEN {raw} ELSE {half_width(raw)} END, "
        f"'{TWO_DIGIT_YEAR}')"
    )
    if n and header:
        yield Finding(
            "years_two_digits", rows=int(n), facts={"n": int(n)}, line=line, example=look.cell(one, header, line),
            **look.about(one, header),
        )  # fmt: skip


def _categories(look: Look, one: Mapped) -> Iterator[Finding]:
    """Values written in several ways: merged by themselves, and others that may mean the same."""
    for column, reading in look.categories[one.index]:
        values = {value: n for value, n in reading.counts.items() if value not in reading.nothing}
        by_itself = merged(values, column.role) if len(values) <= MOST_VALUES else {}
        if by_itself:
            changed = [value for value in by_itself if value in values]
            rows = sum(values[value] for value in changed)
            first = max(changed, key=lambda value: (values[value], value))
            chosen = look.recipe.cleaning.categories == "merge"
            yield Finding(
                "category_variants", rows=rows, status="fixed" if chosen else "open",
                facts={"n": len(changed), "rows": rows, "value": first, "into": by_itself[first]},
                example=f"{first} → {by_itself[first]}", **look.about(one, column.name),
                fix=None if chosen else CleaningFix(field="categories", value="merge"),
                undo=CleaningFix(field="categories", value="keep") if chosen else None,
            )  # fmt: skip
        read = {value: n for value, n in values.items() if value not in reading.mapping}
        maybe = merged(read, column.role, suggested=True) if len(values) <= MOST_VALUES else {}
        if maybe:
            rows = sum(read[value] for value in maybe)
            first = max(maybe, key=lambda value: (read[value], value))
            yield Finding(
                "category_synonyms", rows=rows, **look.about(one, column.name),
                facts={"n": len(maybe), "rows": rows, "value": first, "into": maybe[first]},
                example=f"{first} → {maybe[first]}",
                fix=look.fix(one, column.name, "merges", (*column.merges, *sorted(maybe.items()))),
            )  # fmt: skip
        elif column.merges:
            rows = sum(values.get(value, 0) for value, _ in column.merges)
            value, into = column.merges[0]
            yield Finding(
                "category_synonyms", rows=rows, status="fixed", **look.about(one, column.name),
                facts={"n": len(column.merges), "rows": rows, "value": value, "into": into},
                example=f"{value} → {into}", undo=look.fix(one, column.name, "merges", ()),
            )  # fmt: skip


def _ages(look: Look, one: Mapped) -> Iterator[Finding]:
    for role in ("age", "birth_year", "birth_date"):
        raw, header = one.raw(role), look.header(one, role)
        if raw is None or header is None:
            continue
        if role == "birth_date":
            found = f"try_cast(regexp_extract({half_width(raw)}, '\\b(1[0-8]\\d\\d)\\b', 1) AS INTEGER) IS NOT NULL"
        else:
            value = number(raw, decimal=column_style(look.connection, one.view, raw))
            found = impossible_age(value) if role == "age" else impossible_birth(value, kind="number")
        n, line = look.one(f"SELECT count(*), min(line) FROM {one.view} WHERE {found}")
        if n:
            yield cleaning_finding(
                look, "ages", "blank", code="ages_impossible", rows=int(n), facts={"n": int(n)}, line=line,
                example=look.cell(one, header, line), **look.about(one, header),
            )  # fmt: skip


def _useless(look: Look, one: Mapped) -> Iterator[Finding]:
    """Columns in use that are empty, almost empty or all the same; those that a table needs are left alone."""
    assert one.source is not None
    used = {column.role for column in one.source.columns}
    seen = dict(zip(one.table.columns, look.evidence[one.table.key], strict=True))
    for column in one.source.columns:
        evidence = seen.get(column.name)
        needed = missing_roles(one.source.kind, used - {column.role})
        if evidence is None or column.role == IGNORE or needed or evidence.n_rows < 2:
            continue
        code = (
            None if look.is_ticked(one, column.name)
            else "column_almost_empty" if evidence.fill < ALMOST_EMPTY
            else "column_constant" if evidence.n_distinct == 1 and evidence.fill == 1
            else None
        )  # fmt: skip
        if code:
            kind = look.personal(one, column.name)
            example = evidence.examples[0] if evidence.examples and not kind else None
            yield Finding(
                code, rows=evidence.n_rows - evidence.n_filled, facts={"filled": evidence.n_filled}, example=example,
                fix=look.fix(one, column.name, "role", IGNORE), **look.about(one, column.name),
            )  # fmt: skip


def _gaps(look: Look, one: Mapped) -> Iterator[Finding]:
    """Columns of customers with gaps: left as they are unless a person says how to fill them."""
    assert one.source is not None
    seen = dict(zip(one.table.columns, look.evidence[one.table.key], strict=True))
    for column in one.source.columns:
        evidence = seen.get(column.name)
        if evidence is None or column.role in (IGNORE, "customer_id") or look.personal(one, column.name):
            continue
        if look.is_ticked(one, column.name):
            continue
        kind = evidence.kind if column.role == EXTRA else roles()[column.role].kind
        if evidence.says_flag:
            kind = "category"  # with its blanks a value of their own, yes and no are two of three
        if not GAPS[0] <= evidence.fill < GAPS[1] or kind not in ("number", "category"):
            continue
        n = evidence.n_rows - evidence.n_filled
        filling = "unknown" if kind == "category" else "median"
        chosen = column.missing != "leave"
        yield Finding(
            f"gaps_{kind}", rows=n, facts={"n": n, "share": n / evidence.n_rows}, **look.about(one, column.name),
            fix=None if chosen else look.fix(one, column.name, "missing", filling),
            undo=look.fix(one, column.name, "missing", "leave") if chosen else None,
            status="fixed" if chosen else "open",
        )  # fmt: skip


def _left_customers(look: Look, one: Mapped) -> Iterator[Finding]:
    count = next(count for count in look.standard.counts if count.table == one.table.key)
    for reason in ("no_customer", "duplicate_customer", "too_many_fields"):
        n = count.set_aside.get(reason, 0)
        if not n:
            continue
        line = look.one(f"SELECT min(line) FROM {look.aside(one)} WHERE reason = '{reason}'")[0]
        code = "member_without_id" if reason == "no_customer" else reason
        yield Finding(
            code, rows=n, facts={"n": n}, line=line, example=None if line is None else look.row(one, line),
            **look.about(one, look.header(one, "customer_id")),
        )  # fmt: skip


def _left_heads(look: Look, one: Mapped) -> Iterator[Finding]:
    """Orders of which no line tells what was paid, and numbers that stand in the table again."""
    count = next(count for count in look.standard.counts if count.table == one.table.key)
    for reason, code in (("no_amount", "head_without_lines"), ("duplicate_order", "duplicate_order")):
        if n := count.set_aside.get(reason, 0):
            line = look.one(f"SELECT min(line) FROM {look.aside(one)} WHERE reason = '{reason}'")[0]
            yield Finding(
                code, rows=n, facts={"n": n}, line=line, example=look.row(one, line),
                **look.about(one, look.header(one, "order_id")),
            )  # fmt: skip


def _encoding(look: Look, one: Mapped) -> Iterator[Finding]:
    """A file without a mark of its encoding: decode its own words again, and see whether the guess holds."""
    assert one.source is not None
    encoding = one.table.encoding.lower()
    chosen = one.source.encoding is not None and one.source.encoding.lower() == encoding
    if not chosen and encoding not in UNMARKED:
        return
    headers, cells = _beyond_ascii(look, one)
    words = [*headers, *cells]
    sample = [*headers[:SAMPLE_WORDS], *cells[:SAMPLE_WORDS]]
    example = " · ".join(sample) or None
    if chosen:
        yield Finding(
            "encoding_chosen", rows=one.table.n_rows, facts={"encoding": encoding}, example=example, status="fixed",
            **look.about(one),
        )  # fmt: skip
    elif words:
        try:
            again = decode("\n".join(words).encode(encoding))
        except UnicodeEncodeError:
            return
        if again.encoding != encoding or again.plausibility < PLAUSIBLE:
            yield Finding(
                "encoding_unsure", rows=one.table.n_rows, facts={"encoding": encoding}, example=example,
                readings=readings(sample, encoding), **look.about(one),
            )  # fmt: skip


def _damaged(look: Look, one: Mapped) -> Iterator[Finding]:
    """Cells with the sign that stands for bytes no encoding reads: a file cut off or put together from two."""
    if not one.table.encoding or one.table.plausibility == 1:
        return
    holds = " OR ".join(f"coalesce(contains(c{index}, chr(65533)), false)" for index in range(len(one.table.columns)))
    n, line = look.one(f"SELECT count(*), min(line) FROM {one.view} WHERE {holds}")
    if n:
        yield Finding(
            "characters_lost", rows=int(n), facts={"n": int(n)}, line=line, example=look.row(one, line),
            **look.about(one),
        )  # fmt: skip


def _beyond_ascii(look: Look, one: Mapped) -> tuple[list[str], list[str]]:
    """Return headers and cells with characters that ASCII lacks; cells of columns that are not personal, by turns."""
    columns: list[list[str]] = []
    for index, header in enumerate(one.table.columns):
        if look.personal(one, header) is None:
            raw = f"c{index}"
            found = fetch_rows(
                look.connection,
                f"SELECT DISTINCT {raw} FROM (SELECT {raw} FROM {one.view} WHERE strlen({raw}) <> length({raw}) "
                f"LIMIT {SAMPLE_CELLS}) ORDER BY 1 LIMIT 50",
            )
            columns.append([cell for (cell,) in found])
    cells = [cell for turn in zip_longest(*columns) for cell in turn if cell is not None]
    return [header for header in one.table.columns if not header.isascii()], cells


def _date_order(look: Look, one: Mapped) -> Iterator[Finding]:
    for note in look.standard.notes:
        if note.code == "date_order_undecided" and note.facts.get("table") == one.table.key:
            header = note.facts["column"]
            raw = f"c{one.table.columns.index(header)}"
            rows = look.one(f"SELECT count(*) FROM {one.view} WHERE NOT {is_nothing(raw)}")[0]
            money = None if one.source is None or one.source.kind == "customers" else look.totals[1]
            yield Finding(
                "date_order_undecided", rows=int(rows), money=money, ask=True, example=note.facts["example"],
                facts={"n": note.facts["n"], "example": note.facts["example"]}, **look.about(one, header),
                fix=look.fix(one, header, "date_order", "mdy"),
            )  # fmt: skip


def _units(look: Look, one: Mapped) -> Iterator[Finding]:
    """Numbers that a header, or a row above it, says are to be multiplied: done, and taken back by a click."""
    assert one.source is not None
    seen = dict(zip(one.table.columns, look.evidence[one.table.key], strict=True))
    for column in one.source.columns:
        times = said_scale(one.table, column.name, column.role)
        if times == 1:
            continue
        raw = f"c{one.table.columns.index(column.name)}"
        example, line = look.one(f"SELECT arg_min({raw}, line), min(line) FROM {one.view} WHERE NOT {is_nothing(raw)}")
        chosen = column.scale == "header"
        said = column.name if header_scale(column.name) != 1 else one.table.unit
        yield Finding(
            "header_unit" if chosen else "header_unit_ignored", rows=seen[column.name].n_filled, everyone=True,
            facts={"times": times, "unit": said}, example=example, line=line, **look.about(one, column.name),
            fix=None if chosen else look.fix(one, column.name, "scale", "header"),
            undo=look.fix(one, column.name, "scale", "none") if chosen else None,
            status="fixed" if chosen else "open",
        )  # fmt: skip


Finder = Callable[[Look, "Mapped"], Iterator[Finding]]
ORDER_FINDERS: tuple[Finder, ...] = (
    _date_order, _units, _future, _old, _short_years, _categories, _ages, _useless, _encoding,
    _damaged,
)  # fmt: skip
HEAD_FINDERS: tuple[Finder, ...] = (_date_order, _short_years, _categories, _useless, _left_heads, _encoding, _damaged)


def _answers(look: Look, one: Mapped) -> Iterator[Finding]:
    """Several answers in one cell, each of which became a yes or no."""
    for note in look.standard.notes:
        if note.code == "answers_split" and note.facts["table"] == one.table.key:
            header = str(note.facts["column"])
            facts = {"n": note.facts["n"], "answers": note.facts["answers"]}
            yield Finding(
                "answers_split", facts=facts, status="fixed", undo=look.fix(one, header, "answers", "one"),
                **look.about(one, header),
            )  # fmt: skip


CUSTOMER_FINDERS: tuple[Finder, ...] = (
    _date_order, _units, _categories, _ages, _useless, _gaps, _left_customers, _encoding, _damaged, _answers,
)  # fmt: skip
