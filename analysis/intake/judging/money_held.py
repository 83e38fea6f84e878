"""What an amount holds beside the goods, or what is not taken off it, where no better column stands in the file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING

from analysis.intake.known.known_export import AMOUNT, alike
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import WHOLE_HEADER, header_score, normal, roles
from analysis.intake.suggesting.arithmetic import numbers_of, reduced_of
from analysis.intake.suggesting.by_headers import DUE, INVOICE
from analysis.intake.suggesting.other_money import is_other_money, is_tax, lessened
from analysis.intake.suggesting.receipts import BILLED, CENT, came_in, open_beside, paid_of
from analysis.notes import Note

NAMED = 0.5  # score of a heading that names a discount

if TYPE_CHECKING:
    from analysis.intake.judging.asked import Used
    from analysis.intake.suggesting.column_guess import ColumnGuess

LEAST_IN_PART = 2  # rows
LEAST_APART = 0.01  # of the money: which of two sums counts, where they differ by less, changes nothing


def said_by_export(one: Used) -> Iterator[Note]:
    """Name the columns of money that a known export lacks, and the one that it is known to have where it was taken.

    A column that another one plays is not missing.
    """
    known = alike(one.guess.table.columns)
    if known is None:
        return
    present = {column.role for column in one.source.columns}
    for header, role in known[1].items():
        if role == AMOUNT or role not in present:
            yield Note("known_without", {"export": known[0].name, "header": header})
    for column in one.guess.columns:
        if column.reason == "known":
            yield Note("known_amount", {"export": known[0].name, "header": column.name})


def held_beside(one: Used, header: str) -> Iterator[Note]:
    """Say what an amount holds or lacks by its own words and by the columns beside it; of known exports it is known."""
    words, present = words_of("amounts"), {column.role for column in one.source.columns}
    known = alike(one.guess.table.columns)
    if known is not None and normal(header) in map(normal, known[0].money):
        return
    others = [column for column in one.guess.columns if column.name != header and column.evidence.n_filled]
    better = {meaning for meaning in ("goods", "received") if any(words.says(other.name, meaning) for other in others)}
    if words.says(header, "before_refunds") and "refunded" not in present:
        yield Note("before_refunds", {"header": header})
    if words.says(header, "before_discounts"):
        yield Note("before_discounts", {"header": header})
    if "goods" not in better and "unit_price" not in present:
        if words.says(header, "with_shipping"):
            yield Note("with_shipping", {"header": header})
        elif words.says(header, "total") and not words.says(header, "goods"):
            beside = (other for other in others if _is_shipping(other))
            yield from (Note("shipping_beside", {"header": header, "other": other.name}) for other in list(beside)[:1])
    if "received" not in better and words.says(header, "by_buyer"):
        paid = (other for other in others if words.says(other.name, "by_platform") and _is_some_money(other))
        yield from (Note("platform_paid", {"header": header, "other": other.name}) for other in list(paid)[:1])


def _is_shipping(column: ColumnGuess) -> bool:
    return header_score(column.name, roles()["shipping"]) >= WHOLE_HEADER and _is_some_money(column)


def _is_some_money(column: ColumnGuess) -> bool:
    """Say whether a column holds figures, and others than nought."""
    seen = column.evidence
    return seen.number_share > WHOLE_HEADER and any(any(sign in "123456789" for sign in cell) for cell in seen.examples)


def before_taxes(one: Used, header: str) -> tuple[Note, tuple[str, ...], str] | None:
    """Return what rows say of an amount that a discount and taxes made of a list sum, the sums without them, and a tax.

    The tax is "" where one of the sums lacks nothing else.
    """
    columns = {column.name: column.evidence for column in one.guess.columns}
    found = reduced_of(one.guess.table, columns)
    if found is not None and header == found.total and found.net != found.total:
        note = Note("adds_up", {"formula": found.formula, "n": found.n, "of": found.of})
        return note, tuple(filter(None, (found.net, found.start))), "" if found.net else found.taxes[0]
    return _less_than_listed(one, header)


def _less_than_listed(one: Used, header: str) -> tuple[Note, tuple[str, ...], str] | None:
    """Return what rows say of an amount whose tax is that of less than a sum beside it, that sum, and the tax."""
    figures = {column.name: column.evidence for column in one.guess.columns if column.evidence.kind == "number"}
    taxes = [name for name in figures if is_tax(name) and name != header]
    listed = [
        name for name in figures
        if name not in (header, *taxes) and header_score(name, roles()["amount"]) >= WHOLE_HEADER
    ]  # fmt: skip
    reduced = any(header_score(name, roles()["discount"]) >= NAMED for name in figures)  # a column holds what came off
    if header not in figures or not taxes or not listed or reduced or came_in(header):
        return None
    numbers = numbers_of(one.guess.table, {name: figures[name] for name in (header, *taxes, *listed)})
    for tax, name in product(taxes, listed):
        if {header, tax, name} <= numbers.keys():
            n = lessened(numbers[name], numbers[tax], numbers[header])
            if n:
                return Note("less_than_listed", {"header": header, "tax": tax, "other": name, "n": n}), (name,), tax
    return None


def _proven(one: Used, header: str) -> tuple[str, str]:
    """Name what was paid where the rows show it as a part of a total, and the rest of it beside; else nothing."""
    seen = {column.name: column.evidence for column in one.guess.columns if column.evidence.kind == "number"}
    order = one.guess.column("order_id")
    if header not in seen or (order and order.evidence.n_distinct < WHOLE_HEADER * order.evidence.n_filled):
        return "", ""
    for name in seen:
        found = open_beside(one.guess.table, seen, name, meanings=("open", "means")) if name != header else None
        if found and found[0] == header:
            return name, found[1]
    return "", ""


def still_open(one: Used, header: str) -> tuple[str, str] | None:
    """Name the total and the rest where an amount is only what came in so far, by the rows of a table themselves."""
    seen = {column.name: column.evidence for column in one.guess.columns if column.evidence.kind == "number"}
    discount = one.source.column("discount")
    if header not in seen or not came_in(header):
        return None
    return open_beside(one.guess.table, seen, header, discount.name if discount else None)


def _in_part(one: Used, paid: str, total: str) -> bool:
    """Say whether some rows are paid in part, which no state of the whole tells."""
    import numpy as np

    seen = {column.name: column.evidence for column in one.guess.columns if column.name in (paid, total)}
    numbers = {name: np.abs(np.nan_to_num(values)) for name, values in numbers_of(one.guess.table, seen).items()}
    return int(((numbers[paid] > 0) & (numbers[paid] < numbers[total] - CENT)).sum()) >= LEAST_IN_PART


def _matters(one: Used, paid: str, total: str) -> bool:
    """Say whether two columns of money differ by more than next to nothing."""
    import numpy as np

    seen = {column.name: column.evidence for column in one.guess.columns if column.name in (paid, total)}
    sums = [float(np.nansum(values)) for values in numbers_of(one.guess.table, seen).values()]
    return abs(max(sums) - min(sums)) > LEAST_APART * max(map(abs, sums))


def paid_beside(one: Used, header: str) -> str:
    """Name the other of what invoices are over and what was paid of them so far, where no state says unpaid.

    Also what was paid of any document where the rows show its total as that and what is open, or all of it was paid in
    most rows and less in some; and where a state says unpaid, if some are paid in part. Nothing where the two make next
    to no difference, or where the rest was paid as well: by a gift card, or in advance.
    """
    order, state = one.source.column("order_id"), one.guess.column("status") or one.guess.column("payment_state")
    proven, rest = _proven(one, header)
    if proven and not words_of("paying").says(rest, "open"):
        return ""
    unpaid = state is not None and any(words_of("states").meaning(cell) == "unpaid" for cell in state.evidence.examples)
    if proven and (not unpaid or _in_part(one, proven, header)):
        return proven if _matters(one, proven, header) else ""
    are_invoices = order is not None and INVOICE.search(order.name) is not None
    paid = came_in(header)
    documents = are_invoices or any(DUE.search(column.name) for column in one.guess.columns)
    if not documents and (paid or one.source.column("sale_type") is not None):  # rows of payments are none of orders
        return ""
    if unpaid:
        return ""
    words, seen = words_of("amounts"), {column.name: column.evidence for column in one.guess.columns}
    others = [
        name for name in seen
        if name != header and seen[name].kind == "number" and not is_other_money(name)
        and (words.says(name, "total") or words.says(name, "asked") or BILLED.search(name) if paid else came_in(name))
    ]  # fmt: skip
    numbers = numbers_of(one.guess.table, {name: seen[name] for name in (header, *others)}) if others else {}
    for name in others:
        if {name, header} <= numbers.keys() and paid_of(
            *(numbers[each] for each in ((header, name) if paid else (name, header)))
        ):
            return name if _matters(one, name, header) else ""
    return ""
