"""Rows that may be no income although they count: ticked as free, not paid yet, or vouchers that were sold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from analysis.booleans import MOST_CELLS, read_flags
from analysis.engine import fetch_rows, literal, look
from analysis.intake.cells.values import NOTHING, TOTAL_TEXT, is_nothing, one_of
from analysis.intake.decision import Alternative, Decision, Subject
from analysis.intake.fixes import AnyFix, CleaningFix, ColumnFix, SourceFix
from analysis.intake.judging.asked import exactly, money_cell, planned_of, revenue_of, tables_of, tried
from analysis.intake.known.known_export import alike
from analysis.intake.meaning.paying import WAYS_TO_PAY, tells_ways
from analysis.intake.meaning.words import word_parts, words_of
from analysis.intake.roles import IGNORE
from analysis.intake.standard.states import left_out_states, state_meanings, waiting_states
from analysis.intake.standard.worth.excluded import are_invoices, suggested_states
from analysis.intake.suggesting.by_headers import is_statement
from analysis.intake.suggesting.describe import scan
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Asked, Used
    from analysis.intake.suggesting.column_guess import ColumnGuess

OF_ANOTHER = re.compile(
    r"commission|provision|deposit|acompte|anzahlung|acconto|anticipo|tax|vat|mwst|shipping|payout|supplier|salary|"
    r"佣金|提成|定金|押金|供应商|运费|税",
    re.IGNORECASE,
)  # paid by or to somebody else, or a part of what a row is worth
LEAST_SHARE = 0.005  # of the revenue: less changes no figure that anybody reads
MOST_SAID = 6  # words in a sentence

SOLD_BESIDE = re.compile(
    r"extend|plus|plan\b|verlänger|prolong|ampliad|estes|延长|延保|shipping|versand|delivery|运费|配送|送料",
    re.IGNORECASE,
)  # what is paid for, or costs nothing beside what is


def _ticked(asked: Asked) -> Iterator[Decision]:
    """Rows with a tick under a heading of what is not paid for."""
    for one in asked.used:
        if one.source.kind != "orders" or asked.standard is None or one.source.column("cancelled_flag") is not None:
            continue
        ignored = {column.name for column in one.source.columns if column.role == IGNORE}
        for column in one.guess.columns:
            if column.name not in ignored or not column.evidence.flag:
                continue
            if words_of("row_types").meaning(column.name) != "unpaid" or SOLD_BESIDE.search(column.name):
                continue
            flags = read_flags(
                cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS + 1}"), nothing=NOTHING, asked=True
            )
            ticks = tuple(sorted(flags.yes)) if flags else ()
            n, money = _kept(asked, one, column.name, partial(_test, words=ticks)) if ticks else (0, 0.0)
            revenue = revenue_of(asked, one)
            if not n or not money or revenue is None:
                continue
            left = {"revenue": round(revenue - money, 6)}
            yield Decision(
                "row_type", "sold", "low", (Note("ticked_rows", {"header": column.name, "n": n}),),
                {"rows": one.guess.table.n_rows, "revenue": round(revenue, 6)},
                (
                    Alternative(
                        "kinds_left_out", left,
                        SourceFix(source=one.place, roles=((column.name, "cancelled_flag"),)),
                    ),
                ),
                "guessed", column=column.name, **one.about,
            )  # fmt: skip


def _kept(asked: Asked, one: Used, header: str, test: Callable[[str], str]) -> tuple[int, float]:
    """Return the kept rows that a test of a column's cells finds, and their money."""
    assert asked.standard is not None
    n, total = 0, 0.0
    with asked.standard.cursor() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            with scan(cursor, table) as rows:
                found: Any = fetch_rows(
                    cursor,
                    f"SELECT count(*), coalesce(sum(o.amount), 0) FROM orders o JOIN {rows} r ON r.line = o.line "
                    f"WHERE o.source = {place} AND {test(f'r.c{table.columns.index(header)}')}",
                )[0]
            n, total = n + int(found[0]), total + float(found[1])
    return n, total


def _unpaid(asked: Asked) -> Iterator[Decision]:
    """Rows that were not paid, as their states say, else a yes or no, or the day of a payment that is missing."""
    for one in without_meaning(asked):
        stated = list(_unpaid_states(asked, one))
        yield from stated
        for column in one.guess.columns if not stated else ():
            words = _unpaid_cells(asked, one, column) if _role(one, column.name) == IGNORE else ()
            if words:
                yield from _left_out("unpaid", asked, one, column.name, words)


def _unpaid_states(asked: Asked, one: Used) -> Iterator[Decision]:
    """Mark what counts though it is not paid or not sent yet: invoices as they are written, orders as they came in."""
    column = one.source.column("status") or one.source.column("payment_state")
    if column is None or asked.recipe.cleaning.excluded_states != "auto":
        return
    kind = one.source.column("sale_type")
    types = cells_of(asked, one, kind.name, f"LIMIT {MOST_CELLS + 1}") if kind else []
    states = cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS + 1}")
    waiting = waiting_states(states)
    unpaid = waiting or tuple(state for state, said in state_meanings(states).items() if said == "unpaid")
    if not waiting and not are_invoices(one.source, types):
        return
    if unpaid and len(states) <= MOST_CELLS:
        left = (*suggested_states(states, one.source, types).states, *unpaid, *planned_of(asked, one))
        fix = CleaningFix(field="excluded_states", value=tuple(sorted(left)))
        yield from _left_out("unpaid", asked, one, column.name, unpaid, fix, told="waiting_rows" if waiting else "")


def _unpaid_cells(asked: Asked, one: Used, column: ColumnGuess) -> tuple[str, ...]:
    """Return the cells of a column, "" for an empty one, whose rows were not paid; none where it says no such thing."""
    seen = column.evidence
    unpaid = words_of("states").meaning(column.name.rstrip("?？ ")) == "unpaid"
    if OF_ANOTHER.search(column.name) or not (unpaid or words_of("paying").says(column.name, "paid")):
        return ()
    if seen.kind == "date":
        return ("",) if not unpaid and 0 < seen.fill < 1 else ()
    cells = tuple(cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS + 1}")) if seen.flag else ()
    n_empty = seen.n_rows - seen.n_filled
    flags = read_flags(cells, nothing=NOTHING, asked=True, n_empty=n_empty) if len(cells) <= MOST_CELLS else None
    if flags is None:
        return ()
    empty = ("",) if not flags.no and seen.fill < 1 else ()
    return tuple(sorted(flags.yes)) if unpaid else (*sorted(flags.no), *empty)


def _vouchers(asked: Asked) -> Iterator[Decision]:
    """Vouchers that were sold: what is bought with them later counts once more, or was paid with them already."""
    like = "|".join(re.escape(word) for word in word_parts("paying", "voucher"))
    for one in without_meaning(asked):
        for column in one.guess.columns:
            role, seen = _role(one, column.name), column.evidence
            kinds = role == IGNORE and seen.kind == "category" and seen.personal is None
            if role in ("product", "category") or kinds:
                found = cells_of(asked, one, column.name, "", like)
                if found and kinds and tells_ways(cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS + 1}")):
                    continue  # they paid for something
                said = [cell for cell in found if words_of("paying").says(cell, "voucher")]
                spent = _taken_off(asked, one, column.name, said)
                words = tuple(sorted(cell for cell in said if cell not in spent))
                told = list(_left_out("voucher", asked, one, column.name, words)) if words else []
                if told:
                    yield told[0]
                    break


def _given_away(asked: Asked) -> Iterator[Decision]:
    """Rows that were given away according to a cell, as what the house paid for, and bear money all the same."""
    for one in without_meaning(asked):
        for column in one.guess.columns:
            role, seen = _role(one, column.name), column.evidence
            if role in (IGNORE, "payment_method") and seen.kind in ("category", "text") and seen.personal is None:
                cells = cells_of(asked, one, column.name, f"LIMIT {MOST_CELLS + 1}")
                said = ("free", "house") if role != IGNORE or WAYS_TO_PAY.search(column.name) else ("free",)
                words = tuple(cell for cell in cells if any(words_of("paying").says(cell, way) for way in said))
                if words and len(cells) <= MOST_CELLS:
                    yield from _left_out("row_type", asked, one, column.name, words, told="free_rows")


def _taken_off(asked: Asked, one: Used, header: str, words: list[str]) -> set[str]:
    """Return the words in whose rows money stands below nought as a rule: a voucher that was spent, and none sold."""
    below = [
        column for column in one.guess.columns if column.evidence.kind == "number" and column.evidence.negative_share
    ]
    counted: dict[str, list[int]] = {word: [0, 0] for word in words}
    with look() as cursor:
        for place in tables_of(asked, one) if below and words else ():
            table = asked.tables[place]
            raw = f"c{table.columns.index(header)}"
            test = " OR ".join(f"{money_cell(table, column.name, column.evidence.decimal)} < 0" for column in below)
            with scan(cursor, table) as rows:
                cells = fetch_rows(
                    cursor,
                    f"SELECT trim({raw}), count(*), count(*) FILTER ({test}) FROM {rows} "
                    f"WHERE {one_of(f'trim({raw})', words)} GROUP BY 1",
                )
            for cell, n, off in cells:
                counted[cell] = [counted[cell][0] + n, counted[cell][1] + off]
    return {word for word, (n, off) in counted.items() if 2 * off > n}


def _paid_in(asked: Asked) -> Iterator[Decision]:
    """Tables of money paid in to be spent later, or of its use, beside the orders: both readings, whichever counts."""
    if asked.standard is None:
        return
    with asked.standard.cursor() as cursor:
        (found,) = fetch_rows(cursor, "SELECT sum(amount) FROM orders")[0]
    revenue = float(found or 0)
    for one in (*asked.left, *(one for one in asked.used if one.guess.paid_in_for and one.as_guessed)):
        counts = one.source.kind != IGNORE
        then = None  # what comes of it in a run, where that says more than what is written
        if one.guess.told_again and not counts:
            then = tried(asked, one, SourceFix(source=one.place, value="orders"))
        money = (revenue_of(asked, one) or 0.0) if counts else then or _written(asked, one)
        if not money:
            continue
        amount = one.guess.column("amount")
        facts = {"n": one.guess.table.n_rows, "money": money, "other": one.guess.paid_in_for}
        others = [Alternative(
            "not_sold" if counts else "sold", {"revenue": round(revenue - money if counts else revenue + money, 6)},
            SourceFix(source=one.place, value=IGNORE if counts else "orders"),
        )]  # fmt: skip
        told = "used_up" if one.guess.drawn_down else "paid_in_beside" if counts else "paid_in_spent"
        beside = asked.of_table(one.guess.paid_in_for)
        if one.guess.told_again and not counts and beside is not None:
            told, facts["n"] = "same_sales", one.guess.told_again
            instead = SourceFix(source=one.place, value="orders", instead_of=beside.place)
            rest = round(revenue - (revenue_of(asked, beside) or 0.0) + money, 6)
            others.insert(0, Alternative("instead", {"revenue": rest}, instead))
        yield Decision(
            "voucher" if told.startswith("paid_in") else "drawdown", "sold" if counts else "not_sold", "middle",
            (Note(told, facts),),
            {"rows": one.guess.table.n_rows, "revenue": round(revenue, 6)}, tuple(others), "guessed",
            column=amount.name if amount else None, **one.about,
        )  # fmt: skip


def _written(asked: Asked, one: Used) -> float:
    """Return the money that a table tells which is not used, but for rows in a state that no sale stands behind."""
    amount, state = one.guess.column("amount"), one.guess.column("status")
    total = 0.0
    if amount is None:
        return total
    for place in tables_of(asked, one):
        table = asked.tables[place]
        typed = money_cell(table, amount.name, amount.evidence.decimal)
        undone = left_out_states(cells_of(asked, one, state.name, f"LIMIT {MOST_CELLS}")) if state else ()
        out = _test(f"c{table.columns.index(state.name)}", undone) if state and undone else "false"
        labelled = f"regexp_matches(coalesce(c0, ''), {literal(TOTAL_TEXT)})"
        with look() as cursor, scan(cursor, table) as rows:
            [(found,)] = fetch_rows(
                cursor,
                f"SELECT coalesce(sum({typed}), 0) FROM {rows} WHERE NOT coalesce({out}, false) AND NOT {labelled}",
            )
        total += float(found)
    return total


def _paid_out(asked: Asked) -> Iterator[Decision]:
    """Money in a bank statement that went out to people who never paid in: suppliers, not customers who sent back."""
    for one in without_meaning(asked):
        if not is_statement([column.name for column in one.guess.columns]):
            continue
        n, people, out, back = _out_alone(asked, one)
        revenue = revenue_of(asked, one)
        if revenue is None or not people or -out < LEAST_SHARE * abs(revenue):
            continue
        amount = one.source.column("amount")
        evidence = Note("paid_out_rows", {"n": n, "people": people, "money": -out})
        yield Decision(
            "direction", "both_directions", "middle", (evidence,),
            {"rows": one.guess.table.n_rows, "revenue": round(revenue, 6)},
            (
                Alternative(
                    "only_received", {"revenue": round(revenue - back, 6)},
                    CleaningFix(field="returns", value="set_aside"),
                ),
            ),
            "guessed", column=amount.name if amount else None, **one.about,
        )  # fmt: skip


def _out_alone(asked: Asked, one: Used) -> tuple[int, int, float, float]:
    """Return the rows, people and money of those whom money only went out to, and all money that is below nought."""
    assert asked.standard is not None
    places = ", ".join(map(str, tables_of(asked, one)))
    with asked.standard.cursor() as cursor:
        found: Any = fetch_rows(
            cursor,
            "SELECT coalesce(sum(n) FILTER (most < 0), 0), count(*) FILTER (most < 0), "
            "coalesce(sum(money) FILTER (most < 0), 0), coalesce(sum(below), 0) FROM (SELECT count(*) AS n, "
            "max(amount) AS most, sum(amount) AS money, sum(amount) FILTER (amount < 0) AS below FROM orders "
            f"WHERE source IN ({places}) GROUP BY customer_id)",
        )[0]
    return int(found[0]), int(found[1]), float(found[2]), float(found[3])


def _left_out(
    subject: Subject,
    asked: Asked,
    one: Used,
    header: str,
    words: tuple[str, ...],
    fix: AnyFix | None = None,
    told: str = "",
) -> Iterator[Decision]:
    """Mark the rows of some cells that count as sales, where they are worth more than next to nothing."""
    fix = fix or ColumnFix(source=one.place, column=header, field="left_out", value=words)
    n, money = _kept(asked, one, header, partial(_test, words=words))
    revenue = revenue_of(asked, one)
    if revenue is None or not n or money < LEAST_SHARE * revenue:
        return
    facts = {"header": header, "n": n, "money": money, "words": ", ".join(word for word in words[:MOST_SAID] if word)}
    yield Decision(
        subject, "sold", "middle", (Note(told or f"{subject}_rows", facts),),
        {"rows": one.guess.table.n_rows, "revenue": round(revenue, 6)},
        (
            Alternative(
                "not_sold", {"revenue": exactly(asked, one, fix, round(revenue - money, 6))}, fix,
            ),
        ),
        "guessed", column=header, **one.about,
    )  # fmt: skip


def without_meaning(asked: Asked) -> Iterator[Used]:
    """Return the tables of orders of which no export tells what their columns mean."""
    for one in asked.used if asked.standard is not None else ():
        if one.source.kind == "orders" and one.as_guessed and alike(one.guess.table.columns) is None:
            yield one


def _role(one: Used, header: str) -> str:
    return next((column.role for column in one.source.columns if column.name == header), IGNORE)


def _test(raw: str, words: tuple[str, ...]) -> str:
    filled = one_of(f"trim({raw})", [word.strip() for word in words if word])
    return f"({filled} OR {is_nothing(raw)})" if "" in words else filled


def cells_of(asked: Asked, one: Used, header: str, limit: str = "", like: str = "") -> list[str]:
    """Return the different cells of a column, of those like a pattern where one is given."""
    found: dict[str, None] = {}
    with look() as cursor:
        for place in tables_of(asked, one):
            table = asked.tables[place]
            raw = f"c{table.columns.index(header)}"
            # Also as it stands: what is an accent of Latin letters makes other letters in Japanese.
            both = (
                f"regexp_matches({cell}, {literal(like)})" for cell in ("lower(cell)", "strip_accents(lower(cell))")
            )
            test = " OR ".join(both) if like else "true"
            with scan(cursor, table) as rows:
                cells = fetch_rows(
                    cursor,
                    f"SELECT cell FROM (SELECT DISTINCT trim({raw}) AS cell FROM {rows} WHERE NOT {is_nothing(raw)}) "
                    f"WHERE {test} ORDER BY cell {limit}",
                )
            found |= dict.fromkeys(str(cell) for (cell,) in cells)
    return list(found)


OF_ROWS: tuple[Callable[[Asked], Iterator[Decision]], ...] = (
    _ticked, _given_away, _unpaid, _vouchers, _paid_in, _paid_out,
)  # fmt: skip
