"""Findings about what rows mean for the revenue: states, refunds, discounts, and rows that are no sale."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_rows
from analysis.intake.cells.values import category, number, one_of
from analysis.intake.fixes import CleaningFix
from analysis.intake.judging.finding import Finding, Look
from analysis.intake.meaning.words import words_of
from analysis.intake.standard.order_headers import ORDER_HEADERS
from analysis.intake.standard.states import UNDONE, count_states, state_meanings
from analysis.intake.standard.typed import chosen_decimal, read_numbers
from analysis.intake.standard.worth.excluded import suggested_states, types_of

if TYPE_CHECKING:
    from analysis.intake.mapped import Mapped

MOST_NAMED = 6  # states in one sentence
STATE_ROLES = ("status", "payment_state")
MOVED = ("not_a_sale", "other_level")


def found_in_money(look: Look) -> Iterator[Finding]:
    """Find what changed the revenue of every table of orders, and what a person should know of it."""
    yield from _currencies(look)
    for one in look.of_kind("orders"):
        for find in FINDERS:
            yield from find(look, one)


def _moved(look: Look, one: Mapped) -> Iterator[Finding]:
    """Rows that move money without a sale, or that tell one again."""
    said = {note.code: note.facts for note in look.standard.notes if note.facts.get("table") == one.table.key}
    words = ", ".join(said[code]["words"] for code in ("rows_by_type", "rows_by_direction") if code in said)
    for reason in MOVED:
        n, line, money = look.one(
            f"SELECT count(*), min(s.line), {look.worth(one)} FROM {look.aside(one)} s "
            f"JOIN {one.view} r ON r.line = s.line WHERE s.reason = '{reason}'"
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
    back = read_numbers(look.connection, one, [])["refunded"]
    n, line, money = look.one(
        f"SELECT count(*), min(o.line), sum(abs(r.back)) FROM {look.orders(one)} o "
        f"JOIN (SELECT line, {back} AS back FROM {one.view}) r "
        f"ON r.line = o.line WHERE abs(r.back) > 0"
    )
    if n:
        yield Finding(
            "refunds_taken_off", rows=int(n), money=float(money), line=line, status="fixed", facts={"n": int(n)},
            example=look.row(one, line, also=[header]), undo=look.fix(one, header, "role", "ignore"),
            **look.about(one, header),
        )  # fmt: skip
    for note in look.standard.notes:
        if note.code == "refunds_taken_off" and note.facts["table"] == one.table.key and note.facts.get("part"):
            paid, n = str(note.facts["paid"]), int(note.facts["part"])
            yield Finding("part_paid", rows=n, facts={"n": n, "back": header}, status="fixed", **look.about(one, paid))


def _shipping(look: Look, one: Mapped) -> Iterator[Finding]:
    """Shipping that an amount of goods alone leaves out."""
    header, amount, raw = look.header(one, "shipping"), look.header(one, "amount"), one.raw("shipping")
    words = words_of("amounts")
    if header is None or amount is None or raw is None or not words.says(amount, "goods"):
        return
    read = number(raw, decimal=chosen_decimal(look.connection, one, "shipping", raw))
    n, line, money = look.one(
        f"SELECT count(*), min(o.line), sum(r.sent) FROM {look.orders(one)} o "
        f"JOIN (SELECT line, {read} AS sent FROM {one.view}) r "
        f"ON r.line = o.line WHERE r.sent > 0"
    )
    if n:
        yield Finding(
            "shipping_left_out", rows=int(n), money=float(money), line=line, facts={"n": int(n), "amount": amount},
            fix=look.fix(one, header, "role", "added"), status="open", **look.about(one, header),
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
            f"FROM {look.orders(one)} WHERE NOT is_return) "
            "WHERE abs(less) > 0.000001"
        )
        if n:
            yield Finding(
                f"discount_{note.facts['as']}", rows=int(n), money=float(money), line=line, status="fixed",
                facts={"n": int(n)}, example=look.row(one, line, also=[header]), **look.about(one, header),
                undo=look.fix(one, header, "role", "ignore"),
            )  # fmt: skip


def _overlaps(look: Look, one: Mapped) -> Iterator[Finding]:
    for note in look.standard.notes:
        if note.code == "orders_in_two_files" and note.facts.get("table") == one.table.key:
            n, other = int(note.facts["n"]), str(note.facts["other"])
            yield Finding(
                "orders_in_two_files", rows=n, money=float(note.facts["money"]), status="fixed", **look.about(one),
                facts={"n": n, "other": other}, undo=CleaningFix(field="overlaps", value="keep"),
            )  # fmt: skip


def _gone(look: Look, one: Mapped) -> Iterator[Finding]:
    """Orders that a later export of the same days does not tell any more."""
    for note in look.standard.notes:
        if note.code == "orders_gone" and note.facts.get("table") == one.table.key:
            n, other, rows = int(note.facts["n"]), str(note.facts["other"]), int(note.facts["rows"])
            money = float(note.facts["money"])
            facts = {"n": n, "other": other, "money": money}
            yield Finding("orders_gone", rows=rows, money=money, facts=facts, **look.about(one))


def _cents(look: Look, one: Mapped) -> Iterator[Finding]:
    for note in look.standard.notes:
        if note.code == "minor_units" and note.facts.get("table") == one.table.key:
            header = str(note.facts["column"])
            yield Finding(
                "minor_units", status="fixed", everyone=True, **look.about(one, header),
                undo=look.fix(one, header, "scale", "none"),
            )  # fmt: skip


def _currencies(look: Look) -> Iterator[Finding]:
    """Several currencies are never added up: one counts, and the others are converted or left out."""
    for note in look.standard.notes:
        if note.code != "currencies_mixed":
            continue
        chosen, lines, money = str(note.facts["chosen"]), note.facts["lines"], note.facts["money"]
        others = [code for code in sorted(lines, key=lambda code: -lines[code]) if code != chosen]
        said = ", ".join(f"{code} {money[code]:,.2f} ({lines[code]})" for code in (chosen, *others))
        by_person = bool(note.facts["by_person"])
        yield Finding(
            "currencies_converted" if note.facts["by_column"] else "currency_guessed",
            rows=int(note.facts["n"]), ask=note.level == "ask",
            facts={"n": int(note.facts["n"]), "chosen": chosen, "said": said},
            status="fixed" if by_person or not note.facts["n"] else "open",
            fix=None if by_person else CleaningFix(field="only_currency", value=others[0]),
            undo=CleaningFix(field="only_currency", value="auto") if by_person else None,
        )  # fmt: skip


def _states(look: Look, one: Mapped) -> Iterator[Finding]:
    """States that count although nobody has paid, or although nobody knows what they mean."""
    header = look.header(one, "status")
    if header is None or look.recipe.cleaning.excluded_states != "auto":
        return
    rows = fetch_rows(
        look.connection,
        f"SELECT status, count(*), coalesce(sum(amount), 0), min(line) FROM {look.orders(one)} "
        "WHERE status IS NOT NULL GROUP BY status ORDER BY count(*) DESC, status LIMIT 1000",
    )
    kept = {state: (int(n), float(money), line) for state, n, money, line in rows}
    said = state_meanings(state for state, _ in count_states([(one.table, header)]))
    unpaid = [state for state in kept if said.get(state) == "unpaid"]
    if unpaid:
        n, money = (sum(kept[state][part] for state in unpaid) for part in (0, 1))
        facts = {"states": unpaid, "doubted": unpaid, "n": int(n), "money": money}
        yield _leaving_out(look, one, header, "unpaid_states", facts | {"line": min(kept[s][2] for s in unpaid)})
    for note in look.standard.notes:
        if note.code == "states_unknown" and note.facts.get("table") == one.table.key:
            ran_out = set(note.facts["states"]) <= set(note.facts["ended"])
            yield _leaving_out(look, one, header, "state_ran_out" if ran_out else "state_guessed", note.facts)
        if note.code == "state_of_most" and note.facts.get("table") == one.table.key:
            facts = {name: note.facts[name] for name in ("state", "n", "of")}
            yield Finding("state_of_most", facts=facts, status="fixed", **look.about(one, header))


def _row_types(look: Look, one: Mapped) -> Iterator[Finding]:
    """Rows of kinds that nobody knows, which count as sales."""
    for note in look.standard.notes:
        if note.code == "types_unknown" and note.facts.get("table") == one.table.key:
            facts, line = note.facts, note.facts["line"]
            yield Finding(
                "row_type_guessed", rows=facts["n"], money=facts["money"], line=line, ask=note.level == "ask",
                example=look.row(one, line), facts={"n": facts["n"], "words": named(facts["doubted"])},
                fix=CleaningFix(field="left_out_types", value=tuple(facts["doubted"])),
                **look.about(one, look.header(one, "sale_type")),
            )  # fmt: skip


def _leaving_out(look: Look, one: Mapped, header: str, code: str, facts: Mapping[str, Any]) -> Finding:
    """Offer to leave out the states that are in doubt."""
    n, line = facts["n"], facts["line"]
    return Finding(
        code, rows=n, money=facts["money"], line=line, ask=code == "state_guessed", example=look.row(one, line),
        facts={"n": n, "states": named(facts["states"])}, **look.about(one, header),
        fix=CleaningFix(field="excluded_states", value=tuple(sorted({*suggested(look), *facts["doubted"]}))),
    )  # fmt: skip


def named(states: list[str]) -> str:
    """Return states in one line, the first few of many."""
    return ", ".join(states[:MOST_NAMED]) + (", …" if len(states) > MOST_NAMED else "")


def left_out(look: Look, one: Mapped) -> dict[str, str]:
    """Return the states of the rows that were left out for theirs, with the rows of each, every row once.

    A row of which two columns say it counts by the first; a flag is told with its heading. ``undone`` are those that
    were called off or paid back, ``waiting`` those that are not sold or paid yet; ``form`` names the one there is.
    """
    chosen = look.recipe.cleaning.excluded_states
    states = suggested(look) if chosen == "auto" else tuple(chosen)
    parts, before = list[tuple[str, str]](), "false"
    for role in (*STATE_ROLES, "cancelled_flag"):
        if raw := one.raw(role):
            cell = category("r." + raw)
            test = "true" if role not in STATE_ROLES else one_of(cell, states) if states else "false"
            rows = fetch_rows(
                look.connection,
                f"SELECT {cell} AS state, count(*) FROM {look.aside(one)} s "
                f"JOIN {one.view} r ON r.line = s.line WHERE s.reason = 'excluded_state' "
                f"AND {test} AND NOT {before} GROUP BY 1 HAVING state IS NOT NULL ORDER BY 2 DESC, 1",
            )
            before = f"({before} OR coalesce({test}, false))"
            heading = f"{look.header(one, role)}: " if role not in STATE_ROLES else ""
            said = state_meanings(state for state, _ in rows)
            parts += [("undone" if heading else said[state], f"{heading}{state} ({n})") for state, n in rows]
    undone = [part for meaning, part in parts if meaning in ("undone", *UNDONE)]
    waiting = [part for meaning, part in parts if meaning in ("open", "unpaid")]
    told = {"states": named([part for _, part in parts]), "undone": named(undone), "waiting": named(waiting)}
    if not parts or len(undone) + len(waiting) < len(parts):
        return told
    return told | {"form": "both" if undone and waiting else "undone" if undone else "waiting"}


def would_count(look: Look, one: Mapped) -> str:
    """Write the test, as SQL of raw rows ``r``, that no state of a row says that it is left out."""
    cleaning = look.recipe.cleaning
    chosen = cleaning.excluded_states
    states = (*(suggested(look) if chosen == "auto" else chosen), *cleaning.not_sold)
    cells = [category(f"r.{raw}") for role in STATE_ROLES if (raw := one.raw(role))]
    return " AND ".join(f"NOT coalesce({one_of(cell, states)}, false)" for cell in cells if states) or "true"


def suggested(look: Look) -> tuple[str, ...]:
    """Return the states that are left out unless a person says otherwise, of all tables."""
    tables = [*look.of_kind("orders"), *look.of_kind(ORDER_HEADERS)]
    found: set[str] = set()
    for one in tables:
        columns = [(one.table, header) for role in STATE_ROLES if (header := look.header(one, role))]
        states, types = (state for state, _ in count_states(columns)), types_of(one.table, one.source)
        found |= set(suggested_states(states, one.source, types).states)
    return tuple(sorted(found))


FINDERS: tuple[Callable[[Look, Mapped], Iterator[Finding]], ...] = (
    _moved, _refunds, _shipping, _discounts, _overlaps, _gone, _cents, _states, _row_types,
)  # fmt: skip
