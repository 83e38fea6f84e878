"""Findings about what rows mean for the revenue: states, refunds, discounts, and rows that are no sale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from analysis.intake.cells.values import category
from analysis.intake.fixes import CleaningFix
from analysis.intake.judging.finding import Finding, Look
from analysis.intake.standard.order_headers import ORDER_HEADERS
from analysis.intake.standard.states import count_states, state_meanings, unknown_states
from analysis.intake.standard.typed import read_numbers
from analysis.intake.standard.worth.excluded import suggested_states

if TYPE_CHECKING:
    from analysis.intake.mapped import Mapped

MOST_NAMED = 6  # states in one sentence
MOST_UNKNOWN = 30  # more different words than that are no states
STATE_ROLES = ("status", "payment_state")
MOVED = ("not_a_sale", "other_level")


def found_in_money(look: Look) -> Iterator[Finding]:
    """Find what changed the revenue of every table of orders, and what a person should know of it."""
    for one in look.of_kind("orders"):
        for find in FINDERS:
            yield from find(look, one)


def _moved(look: Look, one: Mapped) -> Iterator[Finding]:
    """Rows that move money without a sale, or that tell one again."""
    said = {note.code: note.facts for note in look.standard.notes if note.facts.get("table") == one.table.key}
    words = ", ".join(said[code]["words"] for code in ("rows_by_type", "rows_by_direction") if code in said)
    for reason in MOVED:
        n, line, money = look.one(
            f"SELECT count(*), min(s.line), sum({look.amount(one)}) FROM set_aside s "
            f"JOIN {one.view} r ON r.line = s.line WHERE s.source = {one.index} AND s.reason = '{reason}'"
        )
        if n:
            yield Finding(
                reason, rows=int(n), money=None if money is None else float(money), line=line, status="fixed",
                facts={"n": int(n), "words": words}, example=look.row(one, line), **look.about(one),
                undo=CleaningFix(field="movements", value="keep"),
            )  # fmt: skip


def _refunds(look: Look, one: Mapped) -> Iterator[Finding]:
    """Money that went back, told in a column of its own beside the full amount."""
    header = look.header(one, "refunded")
    if header is None:
        return
    back = read_numbers(look.connection, one)["refunded"]
    n, line, money = look.one(
        f"SELECT count(*), min(o.line), sum(abs(r.back)) FROM orders o "
        f"JOIN (SELECT line, {back} AS back FROM {one.view}) r "
        f"ON r.line = o.line WHERE o.source = {one.index} AND abs(r.back) > 0"
    )
    if n:
        yield Finding(
            "refunds_taken_off", rows=int(n), money=float(money), line=line, status="fixed", facts={"n": int(n)},
            example=look.row(one, line, also=[header]), undo=look.fix(one, header, "role", "ignore"),
            **look.about(one, header),
        )  # fmt: skip


def _discounts(look: Look, one: Mapped) -> Iterator[Finding]:
    """A discount that quantity times price does not hold yet."""
    for note in look.standard.notes:
        header = look.header(one, "discount")
        if note.code != "discount_taken_off" or note.facts.get("table") != one.table.key or header is None:
            continue
        n, line, money = look.one(
            "SELECT count(*), min(line), sum(less) FROM (SELECT line, "
            f"CAST(quantity AS DOUBLE) * CAST(unit_price AS DOUBLE) - CAST(amount AS DOUBLE) AS less "
            f"FROM orders WHERE source = {one.index} AND NOT is_return) "
            "WHERE abs(less) > 0.000001"
        )
        if n:
            yield Finding(
                f"discount_{note.facts['as']}", rows=int(n), money=float(money), line=line, status="fixed",
                facts={"n": int(n)}, example=look.row(one, line, also=[header]), **look.about(one, header),
                undo=look.fix(one, header, "role", "ignore"),
            )  # fmt: skip


def _states(look: Look, one: Mapped) -> Iterator[Finding]:
    """States that count although nobody has paid, or although nobody knows what they mean."""
    header = look.header(one, "status")
    if header is None or look.recipe.cleaning.excluded_states != "auto":
        return
    rows = look.connection.execute(
        f"SELECT status, count(*), coalesce(sum(amount), 0), min(line) FROM orders WHERE source = {one.index} "
        "AND status IS NOT NULL GROUP BY status ORDER BY count(*) DESC, status LIMIT 1000"
    ).fetchall()
    kept = {state: (int(n), float(money), line) for state, n, money, line in rows}
    everything = [state for state, _ in count_states([(one.table, header)])]
    said = state_meanings(everything)
    unpaid = [state for state in kept if said.get(state) == "unpaid"]
    unknown = [state for state in kept if state in unknown_states(everything)]
    if len(everything) < 2 or len(unknown) > MOST_UNKNOWN or set(everything) == set(unknown):
        unknown = []
    excluded = suggested(look)
    for code, states, ask in (("unpaid_states", unpaid, False), ("unknown_states", unknown, True)):
        if states:
            n, money = (sum(kept[state][part] for state in states) for part in (0, 1))
            line = min(kept[state][2] for state in states)
            yield Finding(
                code, rows=int(n), money=float(money), line=line, ask=ask, example=look.row(one, line),
                facts={"n": int(n), "states": named(states)}, **look.about(one, header),
                fix=CleaningFix(field="excluded_states", value=tuple(sorted({*excluded, *states}))),
            )  # fmt: skip


def named(states: list[str]) -> str:
    """Return states in one line, the first few of many."""
    return ", ".join(states[:MOST_NAMED]) + (", …" if len(states) > MOST_NAMED else "")


def left_out(look: Look, one: Mapped) -> str:
    """Return the states of the rows that were left out for theirs, with the rows of each."""
    parts = []
    for role in STATE_ROLES:
        if raw := one.raw(role):
            rows = look.connection.execute(
                f"SELECT {category('r.' + raw)} AS state, count(*) FROM set_aside s "
                f"JOIN {one.view} r ON r.line = s.line WHERE s.source = {one.index} AND s.reason = 'excluded_state' "
                "GROUP BY 1 HAVING state IS NOT NULL "
                "ORDER BY 2 DESC, 1"
            ).fetchall()
            parts += [f"{state} ({n})" for state, n in rows]
    return named(parts)


def suggested(look: Look) -> tuple[str, ...]:
    """Return the states that are left out unless a person says otherwise, of all tables."""
    tables = [*look.of_kind("orders"), *look.of_kind(ORDER_HEADERS)]
    found: set[str] = set()
    for one in tables:
        columns = [(one.table, header) for role in STATE_ROLES if (header := look.header(one, role))]
        found |= set(suggested_states((state for state, _ in count_states(columns)), one.source).states)
    return tuple(sorted(found))


FINDERS: tuple[Callable[[Look, Mapped], Iterator[Finding]], ...] = (_moved, _refunds, _discounts, _states)
