"""Findings about the lines of orders: what was left out, what counts twice, what is far from the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from analysis.engine import fetch_rows
from analysis.intake.cells.prices import price_per
from analysis.intake.cells.values import half_width
from analysis.intake.fixes import CleaningFix
from analysis.intake.judging.finding import Finding, Look, cleaning_finding
from analysis.intake.judging.found_in_money import left_out, would_count
from analysis.intake.roles import header_score, roles
from analysis.intake.sales import SALE
from analysis.intake.standard.clean import is_test_order, is_zero, line_identity
from analysis.intake.standard.outliers import usual_amounts
from analysis.intake.standard.set_aside import EXPLAINS
from analysis.intake.standard.standardise import MOST_IN_MEMORY
from analysis.intake.standard.typed import chosen_decimal
from analysis.intake.standard.worth.order_totals import LEAST_TOTALS, TOTALS_ORDERS, differs

if TYPE_CHECKING:
    from analysis.intake.mapped import Mapped

# A date by its form: what cannot be read although it looks like one does not exist.
DATE_FORM = r"^\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}(\D|$)|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})(\D|$)|\d{8}\s*$)"
# Reasons that a choice decides; the others are about cells.
CHOSEN = {
    "return": ("returns", "set_aside"), "zero_amount": ("zero_amounts", "set_aside"),
    "test_order": ("test_orders", "set_aside"), "duplicate_line": ("duplicate_lines", "set_aside"),
    "repeated_line": ("repeated_lines", "set_aside"),
}  # fmt: skip
LEAST_PRICE = 0.9  # a header that is a price and nothing else
UNREAD = ("no_customer", "no_date", "date_unreadable", "no_amount", "amount_unreadable", "too_many_fields")


def found_in_lines(look: Look) -> Iterator[Finding]:
    """Find what is wrong or worth knowing about the lines of every table of orders."""
    for one in look.of_kind("orders"):
        for find in FINDERS:
            yield from find(look, one)


def _set_aside(look: Look, one: Mapped) -> Iterator[Finding]:
    """What was left out, by reason, with the money that is missing for it."""
    count = next(count for count in look.standard.counts if count.table == one.table.key)
    reasons = {reason: n for reason, n in count.set_aside.items() if reason in (*UNREAD, *CHOSEN, "excluded_state")}
    if not reasons:
        return
    found = fetch_rows(
        look.connection,
        f"SELECT s.reason, min(s.line), {look.worth(one)} FROM {look.aside(one)} s "
        f"JOIN {one.view} r ON r.line = s.line "
        "GROUP BY s.reason",
    )
    if "no_customer" in reasons and (counts := would_count(look, one)) != "true":
        found = [row for row in found if row[0] != "no_customer"] + fetch_rows(
            look.connection,
            f"SELECT s.reason, min(s.line), {look.worth(one)} FROM {look.aside(one)} s JOIN {one.view} r "
            f"ON r.line = s.line WHERE s.reason = 'no_customer' AND {counts} GROUP BY s.reason",
        )
    known = {reason: (line, money) for reason, line, money in found}
    for reason, n in reasons.items():
        line, money = known.get(reason, (None, None))
        money = None if money is None else float(money)
        header = look.header(one, EXPLAINS.get(reason, ""))
        if line is None and one.table.surplus:
            line = one.table.surplus[0][0]
            parts: dict[str, Any] = {"line": line}
        else:
            parts = {"line": line, "example": None if line is None else look.row(one, line)}
        parts |= {"rows": n, "money": money, "facts": {"n": n}} | look.about(one)
        if reason == "excluded_state":
            yield from _excluded(look, one, parts)
        elif reason in CHOSEN:
            step, value = CHOSEN[reason]
            if reason == "zero_amount" and look.recipe.cleaning.zero_amounts == "keep":
                step = "returns"  # lines of nothing left with the returns
            yield cleaning_finding(look, step, value, code=f"left_{reason}", **parts)
        elif reason == "date_unreadable":
            yield from _dates(look, one, header)
        else:
            parts |= {"column": header}
            yield Finding(reason, **parts)


def _excluded(look: Look, one: Mapped, parts: dict[str, Any]) -> Iterator[Finding]:
    """Orders that were not sold or went back are left out by themselves; counting them is one click away."""
    told = left_out(look, one)
    parts["facts"] = {**parts["facts"], **told, "states": told["states"] or "–"}
    if look.recipe.cleaning.not_sold:
        undo = CleaningFix(field="not_sold", value=())
    elif look.recipe.cleaning.excluded_states == "auto":
        undo = CleaningFix(field="excluded_states", value=())
    else:
        undo = CleaningFix(field="excluded_states", value="auto")
    yield Finding("excluded_state", status="fixed", undo=undo, **parts)


def _dates(look: Look, one: Mapped, header: str | None) -> Iterator[Finding]:
    """Tell dates that do not exist, such as 29 February 2018, from cells that are no dates."""
    raw = one.raw("order_date")
    looks_right = f"regexp_matches({half_width(f'r.{raw}')}, '{DATE_FORM}')"
    found = fetch_rows(
        look.connection,
        f"SELECT {looks_right} AS date_like, count(*), min(s.line), {look.worth(one)} FROM {look.aside(one)} s "
        f"JOIN {one.view} r ON r.line = s.line WHERE s.reason = 'date_unreadable' GROUP BY 1",
    )
    for date_like, rows, line, money in found:
        place = look.about(one, header)
        yield Finding(
            "date_not_existing" if date_like else "date_unreadable", rows=int(rows), facts={"n": int(rows)}, line=line,
            money=None if money is None else float(money), example=look.cell(one, header, line) if header else None,
            **place,
        )  # fmt: skip


def _duplicates(look: Look, one: Mapped) -> Iterator[Finding]:
    noted = [
        note
        for note in look.standard.notes
        if note.code == "duplicate_lines" and note.facts.get("table") == one.table.key
    ]
    if not noted or look.recipe.cleaning.duplicate_lines != "keep":
        return
    if one.table.n_rows > MOST_IN_MEMORY:  # which copies count is not worth holding that many lines at once
        n = int(noted[0].facts["n"])
        yield cleaning_finding(
            look, "duplicate_lines", "set_aside", code="duplicate_lines", rows=n, facts={"n": n}, **look.about(one)
        )
        return
    cells = ", ".join(f"r.c{index}" for index in range(len(one.table.columns)))
    n, line, money = look.one(
        f"SELECT count(*), min(line), coalesce(sum(amount), 0) FROM (SELECT o.line, o.amount, row_number() OVER "
        f"(PARTITION BY hash({cells}) ORDER BY o.line) AS copy FROM {look.orders(one)} o "
        f"JOIN {one.view} r ON r.line = o.line) WHERE copy > 1"
    )
    if n:
        yield cleaning_finding(
            look, "duplicate_lines", "set_aside", code="duplicate_lines", rows=int(n), money=float(money),
            facts={"n": int(n)}, line=line, example=look.row(one, line), **look.about(one),
        )  # fmt: skip


def _repeated(look: Look, one: Mapped) -> Iterator[Finding]:
    same = line_identity(look.present(one))
    if not same or look.recipe.cleaning.repeated_lines != "keep" or one.table.n_rows > MOST_IN_MEMORY:
        return
    cells = ", ".join(f"r.c{index}" for index in range(len(one.table.columns)))
    # Equal lines of one order stand in few groups: those first, and only their rows are looked at whole.
    again = f"SELECT {', '.join(same)} FROM {look.orders(one)} GROUP BY ALL HAVING count(*) > 1"
    joined = " AND ".join(f"o.{column} IS NOT DISTINCT FROM g.{column}" for column in same)
    n, exact, line, money = look.one(
        f"SELECT count(*), count(*) FILTER (WHERE copy > 1), min(line), coalesce(sum(amount), 0) FROM ("
        "SELECT o.line, o.amount, "
        f"row_number() OVER (PARTITION BY {', '.join(f'o.{column}' for column in same)} ORDER BY o.line) AS again, "
        f"row_number() OVER (PARTITION BY hash({cells}) ORDER BY o.line) AS copy FROM {look.orders(one)} o "
        f"JOIN ({again}) g ON {joined} JOIN {one.view} r ON r.line = o.line) "
        f"WHERE again > 1"
    )
    if n > exact:
        yield cleaning_finding(
            look, "repeated_lines", "set_aside", code="repeated_lines", rows=int(n), money=float(money),
            facts={"n": int(n), "exact": int(exact)}, line=line, example=look.row(one, line), **look.about(one),
        )  # fmt: skip


def _tests(look: Look, one: Mapped) -> Iterator[Finding]:
    yield from _counted(look, one, "test_orders", is_test_order(look.present(one)))


def _zeros(look: Look, one: Mapped) -> Iterator[Finding]:
    yield from _counted(look, one, "zero_amounts", is_zero(look.present(one)))


def _counted(look: Look, one: Mapped, step: str, test: str) -> Iterator[Finding]:
    n, line, money = look.one(
        f"SELECT count(*), min(line), coalesce(sum(amount), 0) FROM {look.orders(one)} WHERE {test}"
    )
    if n:
        yield cleaning_finding(
            look, step, "set_aside", code=step, rows=int(n), money=float(money), facts={"n": int(n)}, line=line,
            example=look.row(one, line), **look.about(one),
        )  # fmt: skip


def _returns(look: Look, one: Mapped) -> Iterator[Finding]:
    n, line, money = look.one(
        f"SELECT count(*), min(line), coalesce(sum(amount), 0) FROM {look.orders(one)} WHERE is_return"
    )
    if n:
        yield cleaning_finding(
            look, "returns", "set_aside", code="returns", rows=int(n), money=float(money), facts={"n": int(n)},
            line=line, example=look.row(one, line), **look.about(one),
        )  # fmt: skip


def _outliers(look: Look, one: Mapped) -> Iterator[Finding]:
    for note in look.standard.notes:
        if note.code == "amounts_capped" and note.facts.get("table") == one.table.key:
            facts = {"n": note.facts["n"], "high": note.facts["cap"]}
            yield cleaning_finding(
                look, "outliers", "cap", code="outliers_capped", rows=int(note.facts["n"]),
                money=float(note.facts["money"]), facts=facts, **look.about(one),
            )  # fmt: skip
    if look.recipe.cleaning.outliers == "cap":
        return
    usual = usual_amounts(look.connection, f"(SELECT amount, line FROM {look.orders(one)} WHERE {SALE})")
    if usual is None:
        return
    n, line, above, money = look.one(
        "SELECT count(*), arg_max(line, amount), coalesce(sum(amount - ?), 0), coalesce(sum(amount), 0) "
        f"FROM {look.orders(one)} WHERE {SALE} AND amount > ?",
        [usual.high, usual.high],
    )
    if n:
        facts = {"n": int(n), "high": usual.high, "above": float(above), "money": float(money)}
        yield cleaning_finding(
            look, "outliers", "cap", code="outliers", rows=int(n), money=float(above), facts=facts, line=line,
            example=look.row(one, line), **look.about(one),
        )  # fmt: skip


def _totals(look: Look, one: Mapped) -> Iterator[Finding]:
    """An amount that stands on every line of its order and is no line's own price is the order's total."""
    present = look.present(one)
    if "order_id" not in present or "amount" not in present:
        return
    for note in look.standard.notes:
        if note.code == "order_totals_split" and note.facts.get("table") == one.table.key:
            yield Finding(
                "order_totals_split", status="fixed", money=float(note.facts["money"]), **look.about(one),
                undo=CleaningFix(field="order_totals", value="each_line"),
            )  # fmt: skip
            return
    said = {note.code for note in look.standard.notes if note.facts.get("table") == one.table.key}
    asked, guessed = "order_totals_few" in said, "order_totals_alike" in said
    own = differs(present)
    n_orders, n_total, rows, money, order = look.one(
        f"SELECT count(*), count(*) FILTER (WHERE total), sum(n) FILTER (WHERE total), "
        f"sum(amount * (n - 1)) FILTER (WHERE total), min(line) FILTER (WHERE total) FROM ("
        f"SELECT count(*) AS n, min(amount) AS amount, min(line) AS line, "
        f"min(amount) = max(amount) AND ({own}) AS total FROM {look.orders(one)} "
        f"WHERE {SALE} GROUP BY customer_id, order_id HAVING count(*) > 1)"
    )
    if asked or guessed or (n_orders >= TOTALS_ORDERS and n_total >= LEAST_TOTALS * n_orders):
        yield cleaning_finding(
            look, "order_totals", "split", code="order_totals_guessed" if asked or guessed else "order_totals",
            ask=asked, rows=int(rows or 0), money=float(money or 0),
            facts={"n": int(n_total), "rows": int(rows or 0)}, line=order,
            example=None if order is None else look.row(one, order),
            **{**look.about(one), "column": look.header(one, "amount")},
        )  # fmt: skip


def _credit_numbers(look: Look, one: Mapped) -> Iterator[Finding]:
    """Positive amounts under numbers of cancelled orders: read as returns, or asked about."""
    for note in look.standard.notes:
        if note.code != "credit_numbers" or note.facts.get("table") != one.table.key:
            continue
        n, line, decided, sure = (note.facts[name] for name in ("n", "line", "decided", "sure"))
        header, chosen = look.header(one, "order_id"), look.recipe.cleaning.credit_numbers
        other = CleaningFix(field="credit_numbers", value="sale" if decided == "return" else "return")
        back = CleaningFix(field="credit_numbers", value="auto") if chosen != "auto" else other
        yield Finding(
            f"credit_numbers_{decided}", rows=int(n), facts={"n": int(n)}, line=line, ask=not sure,
            example=look.row(one, line), **look.about(one, header),
            fix=None if sure else other, undo=back if sure else None, status="fixed" if sure else "open",
        )  # fmt: skip


def _prices(look: Look, one: Mapped) -> Iterator[Finding]:
    """A price beside a quantity may be that of the line already; then it is the amount."""
    quantity, amount, header = one.raw("quantity"), one.raw("amount"), look.header(one, "amount")
    price = one.raw("unit_price")
    if quantity is None or (price is None) == (amount is None):
        return
    header = header or look.header(one, "unit_price")
    raw = amount or price
    assert header is not None and raw is not None
    if header_score(header, roles()["unit_price"]) < LEAST_PRICE:
        return
    per = price_per(
        look.connection, one.view, header=header, price=raw, quantity=quantity,
        article=one.raw("product_id") or one.raw("product"),
        decimal=chosen_decimal(look.connection, one, "amount" if amount else "unit_price", raw),
    )  # fmt: skip
    several, line = look.one(f"SELECT count(*), min(o.line) FROM {look.orders(one)} o WHERE o.quantity > 1")
    parts: dict[str, Any] = {
        "rows": int(several), "facts": {"n": int(several)}, "line": line,
        "example": None if line is None else look.row(one, line), **look.about(one), "column": header,
    }  # fmt: skip
    as_line, as_unit = (look.fix(one, header, "role", role) for role in ("amount", "unit_price"))
    if amount and per != "unit":
        sure = per == "line"
        yield Finding(
            "price_of_line", ask=not sure, fix=None if sure else as_unit, undo=as_unit if sure else None,
            status="fixed" if sure else "open", **parts,
        )  # fmt: skip
    elif price and per != "unit":
        yield Finding("price_per_piece", ask=True, fix=as_line, **parts)


def _prepaid(look: Look, one: Mapped) -> Iterator[Finding]:
    """Visits that were paid before count as orders; their money stands with what was sold then."""
    for note in look.standard.notes:
        n = int(note.facts["n"]) if note.code == "visits_prepaid" else 0
        if n and note.facts["table"] == one.table.key:
            yield Finding(
                "visits_prepaid", status="fixed", rows=n, facts={"n": n}, **look.about(one),
                undo=CleaningFix(field="prepaid", value="paid_only"),
            )  # fmt: skip


def _filled_down(look: Look, one: Mapped) -> Iterator[Finding]:
    for note in look.standard.notes:
        if note.code == "cells_filled_down" and note.facts.get("table") == one.table.key:
            n = int(note.facts["n"])
            yield Finding(
                "cells_filled_down", status="fixed", rows=n, facts={"n": n}, **look.about(one),
                undo=CleaningFix(field="blank_cells", value="leave"),
            )  # fmt: skip


FINDERS: tuple[Callable[[Look, Mapped], Iterator[Finding]], ...] = (
    _set_aside, _duplicates, _repeated, _tests, _zeros, _returns, _outliers, _totals, _credit_numbers, _prices,
    _filled_down, _prepaid,
)  # fmt: skip
