"""Plausible rows of known exports: every header that recognises one, and every column with a role."""

from __future__ import annotations

from analysis.intake.known.known_export import KnownExport
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import normal

N = 12  # rows of a sample, of four customers
# Blanks: number of the row, customer, day, amount of whole money, the same with shipping and taxes or less a discount.
CELLS = {
    "order_id": "9100{i:04d}", "order_date": "2023-03-{day:02d}", "signup_date": "2023-03-{day:02d}",
    "amount": "{a}.50",
    "quantity": "1", "unit_price": "{a}.50", "refunded": "0.00", "shipping": "5.00", "spend": "{a}.50", "n_orders": "2",
    "email": "k{c}@example.com", "product": "Item {i}", "product_id": "S{i}", "currency": "EUR", "parent_order": "",
    "event_time": "2023-03-{day:02d}", "cancelled_flag": "", "name": "Person {c}", "level": "Plan {p}",
}  # fmt: skip
WORDS = {"payment_state": "states", "status": "states", "direction": "directions", "sale_type": "row_types"}


def rows(
    known: KnownExport, n: int = N, *, undone: tuple[int, ...] = (), refunded: tuple[int, ...] = ()
) -> list[list[str]]:
    """Return the headers and ``n`` rows; ``undone`` ones are no sale, the money of ``refunded`` ones went back.

    Only exports that have a column for it have such rows.
    """
    roles = {headers[0]: role for role, headers in known.roles.items()}
    named = {normal(header) for header in known.headers[0]}
    headers = list(dict.fromkeys([*known.headers[0], *roles]))
    for role, others in known.roles.items():
        if present := [header for header in others if normal(header) in named]:
            roles[present[0]] = role
    bad = _not_sold(known)
    lines = [headers]
    for i in range(n):
        facts = {
            "i": i, "day": i % 28 + (1 if n > N else 11), "a": 20 + i, "more": 25 + i, "less": 17 + i, "p": i % 2,
            "c": i if known.kind == "customers" else i % 4,
        }  # fmt: skip
        line = []
        for header in headers:
            role = roles.get(header, "")
            cell = known.sample.get(header) or CELLS.get(role, "" if role != "customer_id" else "Kunde{c}@example.com")
            if role in bad and i in undone:
                cell = bad[role]
            if role == "refunded" and i in refunded:
                cell = "{a}.50"
            line.append(cell.format(**facts))
        lines.append(line)
    return lines


def _not_sold(known: KnownExport) -> dict[str, str]:
    """Return a word of a row that is no sale, by the role of the column that it stands in."""
    for role in (role for role in WORDS if role in known.roles):
        means = words_of(WORDS[role]).meaning
        # What was refunded would have its money in a column of refunds.
        words = [word for word in known.not_sold if means(word) not in ("unknown", "sale", "refunded")]
        if words:
            return {role: words[0]}
    return {}
