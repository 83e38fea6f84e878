"""Guess what one table is and which role each of its columns plays, with the confidence and the reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.intake.decision import Confidence
from analysis.intake.meaning.words import words_of
from analysis.intake.record_kinds import RECORDS, missing_record_roles
from analysis.intake.roles import (
    EXTRA,
    IGNORE,
    PLACES,
    WHOLE_HEADER,
    Evidence,
    Role,
    header_score,
    kind_fits,
    normal,
    personal_by_header,
    roles,
    tells_money,
)
from analysis.intake.suggesting.against import (
    describes_people,
    is_net_of_fees,
    is_running_number,
    numbers_each_row,
    speaks_against,
)
from analysis.intake.suggesting.by_headers import (
    lists_accounts,
    lists_subscriptions,
    numbers_orders,
    says_customers,
    visits_are_paid,
)
from analysis.intake.suggesting.by_values import MOSTLY_FILLED, fill_by_values, fill_key
from analysis.intake.suggesting.candidates import Candidate, is_kind, speaks
from analysis.intake.suggesting.column_guess import ColumnGuess as ColumnGuess
from analysis.intake.suggesting.customer import labelled, with_customer, without_customer
from analysis.intake.suggesting.other_money import NO_MONEY, is_other_money, says_whole
from analysis.intake.tables import RawTable
from analysis.tabular import Tabular, under

LEAST_SCORE = 0.5
MOST_UNDONE = 0.9  # share of rows with a reason for being cancelled, from which it says something else
FULL = 0.98  # share of rows that tell a day, from which it is that of the order in all of them
MADE = re.compile(
    r"creat|order|placed|issued|erstell|angelegt|bestell|auftrag|rechnung|beleg|création|créé|commande|creaci|pedido|factura|"
    r"creazione|ordine|fattura|criação|aangemaakt|utworz|zamówien|созда|заказ|oluştur|sipariş|创建|下单|订单|开单|签约|注文|受注|주문|등록|"
    r"ausgestellt|ausstell|émission|emisi[oó]n|emissione|emissão|wystawien",
    re.IGNORECASE,
)
SENT_WITH = re.compile(
    r"快递|物流|运单|tracking|parcel|sendung|送り状|運送|운송장|송장", re.IGNORECASE
)  # numbers of parcels
_NUMBERED = re.compile(r"\s*(?:name|order|number|no\.?)\s*$", re.IGNORECASE)
_OF_DOCUMENT = re.compile(r"(?<!图)[书单]号$")
# Without one of these named by a header, a table is not of the kind.
TELLING = {
    "events": {"event", "feature_used", "session_id"},
    "feedback": {"rating", "nps_score", "feedback_type", "comment", "ticket_answered", "ticket_solved"},
    "referrals": {"referrer_id", "referred_id"},
    "contacts": {"campaign", "answered", "sent", "contact_channel"},
    "consents": {"consented"},
}
MONEY = ("amount", "unit_price", "spend")


@dataclass(frozen=True)
class TableGuess(
    Tabular,
    rows="columns",
    columns=(
        "column=name",
        *under("evidence", ("kind", "fill", "distinct=n_distinct")),
        "role",
        "confidence",
        "reason",
    ),
):  # fmt: skip
    """What one raw table is (``orders``, ``customers``, a kind of ``records.RECORDS``, ``ignore``), and its roles.

    ``repeats`` is the key of another table that holds the same rows or orders, so that this one is not used;
    ``paid_in_for`` that of orders, where this one tells of money paid in to be spent later, or, ``drawn_down``, of the
    use of what they sold, or of the same sales at an earlier stage, ``told_again`` in so many rows.
    ``candidates`` may tell customers apart, the chosen column first (none where a header says it all); ``customer`` and
    ``sure`` say how sure the customer and the kind are.
    """

    table: RawTable
    kind: str
    columns: tuple[ColumnGuess, ...]
    missing: tuple[str, ...] = ()
    repeats: str = ""
    paid_in_for: str = ""
    drawn_down: bool = False
    told_again: int = 0
    candidates: tuple[Candidate, ...] = ()
    customer: Confidence = "high"
    sure: Confidence = "high"

    def column(self, role: str) -> ColumnGuess | None:
        """Return the column with this role, or None."""
        return next((column for column in self.columns if column.role == role), None)


def guess_table(table: RawTable, evidence: Sequence[Evidence]) -> TableGuess:
    """Suggest the kind of a table: orders first, because an orders table says more than a customers table."""
    as_orders = _assign(table, evidence, "orders")
    as_customers = _assign(table, evidence, "customers")
    found: tuple[Candidate, ...] = ()
    customer: Confidence = "high"
    if not set(missing_roles("orders", {column.role for column in as_orders})) - {"customer_id"}:
        as_orders, found, customer = with_customer(table, as_orders)
    as_orders, as_customers = labelled(as_orders), labelled(as_customers)
    missing = missing_roles("orders", {column.role for column in as_orders})
    key = next((column for column in as_orders if column.role == "customer_id"), None)
    once_each = key is not None and key.evidence.n_distinct >= 0.98 * max(1, key.evidence.n_filled)
    member_key = next((column for column in as_customers if column.role == "customer_id"), None)
    tells_apart = member_key is not None and (
        member_key.evidence.n_distinct >= 0.8 * max(1, member_key.evidence.n_filled)
    )
    named_once = tells_apart and member_key is not None and header_score(member_key.name, roles()["customer_id"]) >= 0.9
    records = _best_records(table, evidence)
    if records is not None and records.kind == "events" and missing == ("amount",):
        records = None if visits_are_paid(records.columns, as_orders) else records
    if (
        once_each
        and tells_apart
        and (lists_subscriptions(as_orders) or (named_once and lists_accounts(as_orders, as_customers)))
    ):
        return TableGuess(table, "customers", as_customers)
    if not missing and not ((once_each or named_once) and says_customers(as_orders, as_customers)):
        if records is not None and _says_more(records, as_orders, "orders"):
            return records
        return TableGuess(table, "orders", as_orders, candidates=found, customer=customer)
    if records is not None and (not tells_apart or _says_more(records, as_customers, "customers")):
        return records
    of_orders = bool(missing) and member_key is not None and numbers_orders(member_key, as_orders, as_customers)
    if tells_apart and len(table.columns) > 1 and not of_orders:
        return TableGuess(table, "customers", as_customers)
    sure = describes_people(table, as_customers)
    if sure is not None:
        return TableGuess(table, "customers", tuple(map(_keyless, as_customers)), sure=sure)
    ignored = tuple(
        ColumnGuess(column.name, IGNORE, column.confidence, column.reason, column.evidence) for column in as_orders
    )
    return TableGuess(table, "ignore", ignored, missing)


def _keyless(column: ColumnGuess) -> ColumnGuess:
    """Take from a column the role of a customer's number that its values cannot play."""
    return column if column.role != "customer_id" else replace(column, role=without_customer(column))


def _best_records(table: RawTable, evidence: Sequence[Evidence]) -> TableGuess | None:
    """Return the kind of records whose headers the table has most of; none unless two of them say so by themselves."""
    found = []
    for order, kind in enumerate(RECORDS):
        columns = _assign(table, evidence, kind)
        telling = {column.role for column in columns if column.role in TELLING[kind] and column.reason == "header"}
        if telling and not missing_roles(kind, {column.role for column in columns}):
            found.append((_said(columns), -order, TableGuess(table, kind, columns)))
    best = max(found, key=lambda entry: entry[:2], default=None)
    return best[2] if best and best[0] >= 2 else None


def _said(columns: Sequence[ColumnGuess]) -> int:
    """Count the columns whose header names a role, the customer apart: every table has one."""
    return sum(1 for column in columns if column.reason == "header" and column.role not in ("customer_id", IGNORE))


def _says_more(records: TableGuess, others: Sequence[ColumnGuess], kind: str) -> bool:
    """Say whether the headers speak for records rather than for orders or customers.

    An order's number, a quantity or a price speak against it: no other table has them.
    """
    ours, theirs = _said(records.columns), _said(others)
    if kind == "orders":
        only = {column.role for column in others} & {"order_id", "quantity", "unit_price"}
        return ours >= theirs and not only
    return ours > theirs


def guess_as(table: RawTable, evidence: Sequence[Evidence], kind: str) -> TableGuess:
    """Suggest the roles of a table whose kind a person has chosen."""
    if kind not in ("orders", "order_heads", "customers", *RECORDS):
        columns = tuple(
            ColumnGuess(name, IGNORE, 1.0, "unknown", seen) for name, seen in zip(table.columns, evidence, strict=True)
        )
        return TableGuess(table, "ignore", columns)
    columns = _assign(table, evidence, kind)
    found: tuple[Candidate, ...] = ()
    customer: Confidence = "high"
    if kind in ("orders", "order_heads"):
        columns, found, customer = with_customer(table, columns)
    columns = labelled(columns)
    missing = missing_roles(kind, {column.role for column in columns})
    return TableGuess(table, kind, columns, missing, candidates=found, customer=customer)


def missing_roles(kind: str, present: set[str]) -> tuple[str, ...]:
    """Return the roles a table of this kind cannot do without and does not have."""
    if kind == "customers":
        return ()  # without a number, each row is a customer
    if kind == "order_heads":
        return tuple(role for role in ("order_id", "customer_id", "order_date") if role not in present)
    if kind in RECORDS:
        return missing_record_roles(kind, present)
    missing = [role for role in ("customer_id", "order_date") if role not in present]
    if not tells_money(present) and "refunded" not in present:  # refunds may stand in a table of their own
        missing.append("amount")
    return tuple(missing)


def _assign(table: RawTable, evidence: Sequence[Evidence], kind: str) -> tuple[ColumnGuess, ...]:
    """Give every role to the column that fits it best, best fits first, each column and each role once."""
    scored: list[tuple[float, int, int, Role]] = []
    letters = {"r", "f", "m"} <= {normal(header) for header in table.columns}
    for order, role in enumerate(roles().values()):
        if kind not in role.tables:
            continue
        for index, header in enumerate(table.columns):
            if role.key == "amount" and is_net_of_fees(header, table.columns):
                continue
            score = header_score(header, role)
            if len(header.strip()) == 1 and header.isascii() and score and not letters:
                continue
            if evidence[index].n_distinct == 1 and evidence[index].n_rows > 1 and score < 0.9:
                continue
            if role.key == "cancelled_flag" and evidence[index].fill > MOST_UNDONE and evidence[index].kind != "flag":
                continue  # a remark in every row undoes none
            if score:
                score *= kind_fits(role.kind, evidence[index], places=role.key in PLACES) * _fits_place(
                    role.key, header, index, evidence, kind
                )
            elif (
                kind in ("orders", "order_heads")
                and role.key == "order_id"
                and _NUMBERED.match(header)
                and _are_numbers(evidence[index])
            ):
                score = 0.95  # "Name" over #1001, #1002
            if score >= LEAST_SCORE:
                scored.append((score, order, index, role))
    scored.sort(key=lambda found: (-found[0], found[1], found[2]))
    roles_taken: dict[str, int] = {}
    columns_taken: dict[int, tuple[Role, float]] = {}
    lost: set[int] = set()
    for score, _, index, role in scored:
        if index in columns_taken:
            continue
        if role.key in roles_taken:
            lost.add(index)
            continue
        roles_taken[role.key] = index
        columns_taken[index] = (role, score)
    if "payment_state" in roles_taken and "status" not in roles_taken:
        index = roles_taken["status"] = roles_taken.pop("payment_state")
        columns_taken[index] = (roles()["status"], columns_taken[index][1])
    _not_the_day_of_payment(table, evidence, roles_taken, columns_taken)
    fill_by_values(table, evidence, kind, roles_taken, columns_taken)
    if kind not in ("referrals", "orders", "order_heads"):  # customers of orders are weighed in ``customer``
        fill_key(evidence, roles_taken, columns_taken)
    return tuple(
        _guess(index, table, evidence[index], kind, columns_taken, lost) for index in range(len(table.columns))
    )


def _not_the_day_of_payment(
    table: RawTable,
    evidence: Sequence[Evidence],
    roles_taken: dict[str, int],
    columns_taken: dict[int, tuple[Role, float]],
) -> None:
    """Take the day on which an order was made, where it is always known, rather than that of its payment with gaps.

    That on which a document was closed gives way to that of the document itself, not to that of a record: a deal is
    sold when it is closed, not when it was created.
    """
    day, catalogue, words = roles_taken.get("order_date"), roles(), words_of("paying")
    if day is None:
        return
    closed = words.says(table.columns[day], "closed")
    if not closed and (evidence[day].fill >= FULL or not words.says(table.columns[day], "paid")):
        return
    made = [
        (not words.says(name, "closed"), header_score(name, catalogue["order_date"]), -index)
        for index, name in enumerate(table.columns)
        if index not in columns_taken and evidence[index].kind == "date" and evidence[index].fill >= FULL
        and (words.says(name, "paper") if closed else _tells_making(name))
        and not (closed and words.says(name, "closed"))
        and not words.says(name, "paid") and not speaks_against("order_date", name, evidence[index])
    ]  # fmt: skip
    if made:
        _, score, place = max(made)
        columns_taken.pop(day)
        roles_taken["order_date"] = -place
        columns_taken[-place] = (catalogue["order_date"], max(score, LEAST_SCORE))


def _tells_making(header: str) -> bool:
    return bool(MADE.search(header)) or header_score(header, roles()["order_date"]) >= WHOLE_HEADER


def _fits_place(role: str, header: str, index: int, evidence: Sequence[Evidence], kind: str) -> float:
    """Weigh a role down where the table itself speaks against it, 0 to 1.

    The number of an order is no customer's when a phone or an e-mail comes back, and neither is one number for all.
    """
    seen = evidence[index]
    if speaks_against(role, header, seen):
        return 0.0
    by_part = header_score(header, roles()[role]) < WHOLE_HEADER
    if (
        by_part
        and is_other_money(header)
        and (role in PLACES or (roles()[role].kind == "category" and seen.kind == "number"))
    ):
        return 0.0  # a city tax is no city, and what a platform takes no channel
    promised = personal_by_header(header, WHOLE_HEADER)
    if promised is not None and promised not in roles() and role != "customer_id":
        return 0.0  # the number of a device is no kind of device
    if role in (*MONEY, "refunded", "discount", "shipping", "cost") and header_score(header, roles()[role]) < 0.9:
        name = normal(header)
        if NO_MONEY.search(name) or (is_other_money(header) if role in MONEY else says_whole(header)):
            return 0.0
    if role == "customer_id" and header_score(header, roles()[role]) < 1.0 and is_kind(header, seen):
        return 0.0
    if role == "customer_id" and header_score(header, roles()[role]) < 0.9 and speaks(header) == "against":
        return 0.0
    if kind not in ("orders", "order_heads"):
        return 1.0
    if role in ("sms_opt_in", "email_opt_in") and (by_part or normal(header) == "subscribed"):
        return 0.0  # a product may be called so, and a subscription be one to goods
    if role == "name" and _NUMBERED.match(header) and _are_numbers(seen):
        return 0.0
    if role == "order_id" and SENT_WITH.search(header):
        return 0.0
    if role == "order_date" and seen.fill < 0.7:
        return 0.85
    if role == "product_id" and numbers_each_row(seen) and header_score(header, roles()["order_id"]):
        return 0.0
    if role in ("return_flag", "cancelled_flag") and seen.kind == "date" and seen.fill > MOSTLY_FILLED:
        return 0.0  # the day of a refund, where all rows are refunds
    if role == "product_id" and by_part and _OF_DOCUMENT.search(normal(header)):
        return 0.0  # a letter of commission, and no book
    if role == "quantity" and normal(header) == "unit" and seen.decimal_share > 0:
        return 0.9  # a price of one, where another column counts
    if role == "refunded" and seen.kind == "flag":
        return 0.0
    if role in ("status", "payment_state") and seen.kind == "number" and header_score(header, roles()[role]) < 0.9:
        return 0.0  # the money of a quote is no state
    if role == "customer_id" and seen.personal is None:
        once = normal(header) in ("id", "编号", "序号") and seen.n_distinct >= 0.98 * seen.n_filled
        if (once or seen.n_distinct == 1) and any(
            other.personal in ("phone", "email") and 1 < other.n_distinct < 0.9 * other.n_filled for other in evidence
        ):
            return 0.0
    return 1.0


def _are_numbers(seen: Evidence) -> bool:
    return bool(seen.examples) and all(re.fullmatch(r"#\w*\d\w*", cell.strip()) for cell in seen.examples)


def _guess(
    index: int,
    table: RawTable,
    evidence: Evidence,
    kind: str,
    taken: dict[int, tuple[Role, float]],
    lost: set[int],
) -> ColumnGuess:
    name = table.columns[index]
    if index in taken:
        role, score = taken[index]
        by_header = header_score(name, role)
        reason = "header" if by_header >= 0.9 else "header_part" if by_header else "values"
        return ColumnGuess(name, role.key, round(score, 2), reason, evidence)
    if evidence.n_filled == 0:
        return ColumnGuess(name, IGNORE, 1.0, "empty", evidence)
    ticked = kind == "customers" and evidence.flag  # or left empty
    if evidence.n_distinct == 1 and not ticked:
        return ColumnGuess(name, IGNORE, 0.9, "constant", evidence)
    if index in lost:
        return ColumnGuess(name, EXTRA if kind == "customers" else IGNORE, 0.5, "better_elsewhere", evidence)
    if kind == "customers":
        unique_text = is_running_number(name, evidence) or (
            evidence.kind == "text" and evidence.n_distinct > 0.5 * evidence.n_filled
        )
        return ColumnGuess(
            name, IGNORE if unique_text else EXTRA, 0.5, "unique" if unique_text else "unknown", evidence
        )
    return ColumnGuess(name, IGNORE, 0.5, "unknown", evidence)
