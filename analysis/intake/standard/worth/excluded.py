"""Which states of a table's orders are left out: those a person chose, or those that their words say are no sale."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.engine import fetch_row, fetch_rows, fetch_value
from analysis.intake.cells.values import category, one_of
from analysis.intake.meaning.words import UNKNOWN, folded, words_of
from analysis.intake.standard.states import MOST_STATES, count_states, left_out_states, state_meanings
from analysis.intake.standard.worth.planned import note_planned, planned_states
from analysis.intake.suggesting.by_headers import DUE, INVOICE
from analysis.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    from analysis.intake.choices import Cleaning, Source
    from analysis.intake.mapped import Mapped
    from analysis.intake.tables import RawTable

MOST_UNKNOWN = 30  # more different words than that are no states
MOST_ALL_UNKNOWN = 12  # where none of them is known
NEARLY_ALL = 0.9  # of the rows: what they end in is a sale, whatever it is called
LEAST_MONEY = 0.01  # of the revenue: rows that are worth less are not asked about beside a state of nearly all
# What ran its course, under headings of contracts, or of days that were paid for: it was sold. An offer was not.
_RAN_OUT = re.compile(
    r"\b(?:expired?|ended|ran out|abgelaufen|ausgelaufen|expirée?|échue?|caducad[oa]|expirad[oa]|scadut[oa]|verlopen|"
    r"lapsed|matured|wygas\w*|истек\w*|истёк\w*)\b|过期|到期|过保|失效|满期|満期|만기|만료|期限切れ|หมดอายุ",
    re.I,
)
_CONTRACT = re.compile(
    r"contract|membership|subscription|polic(?:y|ies)\b|合同|会籍|会员卡|卡种|vertrag|mitgliedschaft|abonnement|contrat|"
    r"adhésion|membres[íi]a|suscripci|assinatura|abbonament|umow[ay]|karnet|договор|абонемент|계약|회원권|契約|会員権",
    re.I,
)
_POLICY = re.compile(
    r"保单|保費|保费|投保|被保险|policy ?holder|sum insured|insur(?:ed|er|ance)|versicherung|assurance|póliza|asegurad|"
    r"polizza|assicura|apólice|segurad|verzekering|ubezpiecz|страхов|sigorta|保険|보험",
    re.I,
)
_FROM = re.compile(
    r"\bstart|\bbegin|valid from|开卡|开始|生效|起始|gültig ab|\bdébut|\binicio|\binizio|początek|начал|시작|開始",
    re.I,
)
_UNTIL = re.compile(
    r"expir|\bend(?:s|ing)?\b|valid (?:until|to|thru)|到期|结束|截止|有效期|ablauf|\bende\b|enddatum|gültig bis|"
    r"\bfin\b|\bvence|scadenza|\bfine\b|\bfim\b|validade|einddatum|koniec|оконч|종료|만료|終了|有効期限",
    re.I,
)
_OFFER = re.compile(
    r"quot|estimate|offer|proposal|coupon|voucher|checkout|报价|优惠券|angebot|devis|presupuesto|cotización|preventivo|"
    r"orçamento|oferta|見積|견적",
    re.I,
)


@dataclass(frozen=True)
class ExcludedStates:
    """The states left out; ``back`` are those of money that went back, which a refund itself may bear as well.

    ``payment`` is the raw column of the state of the payment, beside that of the order, which ``has_status`` says there
    is; ``unknown`` are the states that count although nobody knows their words, or what those of ``ended`` stand for;
    ``net`` says that another column tells how much went back, which says more than the state of the payment;
    ``partial`` are the states that count although a part of the money went back, and no column says how much.
    """

    states: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    payment: str = ""
    unknown: tuple[str, ...] = ()
    net: bool = False
    has_status: bool = True
    partial: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()

    def test(self) -> str:
        """Write the test for a typed line, as SQL."""
        tests = ["moved_undone"]
        others = [state for state in self.states if state not in self.back]
        for column in ("status" if self.has_status else "", self.payment):
            if column and others:
                tests.append(one_of(column, others))
            if column and self.back and not (column == self.payment and self.net):
                # What was kept of the money is a sale, where a column says how much went back.
                kept = " AND NOT coalesce(paid_back > 0 AND amount > 0, false)" if self.net else ""
                tests.append(f"({one_of(column, self.back)} AND NOT is_return{kept})")
        return f"({' OR '.join(tests)})"

    def returned(self) -> str:
        """Write the test, as SQL, that a typed line is in a state of those left out that says its money went back."""
        back = [state for state, said in state_meanings(self.states).items() if said == "refunded"]
        columns = ("status" if self.has_status else "", self.payment)
        return " OR ".join(one_of(column, back) for column in columns if column and back) or "false"


def are_invoices(source: Source | None, types: Sequence[str] = ()) -> bool:
    """Say whether the rows of a source are invoices, which count when they are written and not when they are paid.

    The number says it, a day by which to pay, or the ``types`` of rows: each of those that are sales is an invoice.

    Examples
    --------
    >>> from analysis.intake.choices import Column, Source
    >>> are_invoices(Source(kind="orders", columns=(Column(name="Rechnungsnr.", role="order_id"),)))
    True
    >>> papers = Source(kind="orders", columns=(Column(name="Doc No", role="order_id"),))
    >>> [are_invoices(papers, types) for types in (("Rechnung", "Gutschrift"), ("Rechnung", "Bestellung"), ())]
    [True, False, False]
    """
    if source is None:
        return False
    sales = [word for word in types if words_of("row_types").meaning(word) == "sale"]
    if sales and all(INVOICE.search(word) for word in sales):
        return True
    order = source.column("order_id")
    return bool(order and INVOICE.search(order.name)) or any(DUE.search(column.name) for column in source.columns)


def ran_out(states: Iterable[str], source: Source | None) -> tuple[str, ...]:
    """Return the states that say that something ran its course, in a list of contracts, or of days paid for.

    Examples
    --------
    >>> from analysis.intake.choices import Column, Source
    >>> gym, offers = (
    ...     Source(kind="orders", columns=tuple(Column(name=one) for one in names))
    ...     for names in (("Contract", "Ends on"), ("Quote no", "Valid from", "Expires"))
    ... )
    >>> ran_out(["Expired", "Active"], gym), ran_out(["Expired", "Active"], offers)
    (('Expired',), ())
    """
    names = [column.name for column in source.columns] if source else []
    amount = source.column("amount") if source else None
    until = any(map(_UNTIL.search, names))
    paid = amount is not None and words_of("amounts").says(amount.name, "paid")
    contract, begins = (any(map(words.search, names)) for words in (_CONTRACT, _FROM))
    if any(map(_OFFER.search, names)) or not (
        (contract and (until or paid)) or (until and begins and paid) or (begins and any(map(_POLICY.search, names)))
    ):
        return ()
    return tuple(state for state in states if _RAN_OUT.search(state))


def excluded_states(
    connection: duckdb.DuckDBPyConnection, one: Mapped, cleaning: Cleaning, typed_lines: str
) -> ExcludedStates:
    """Return the states that are left out of a table, of which ``typed_lines`` tells days and states."""
    raw, payment = one.raw("status"), one.raw("payment_state")
    cells = [category(column) for column in (raw, payment) if column]
    if "status" in one.lent:
        cells.append("lent_status")
    if not cells:
        return ExcludedStates()
    typed = category(payment) if payment else ""
    net = one.raw("refunded") is not None
    has_status = raw is not None or "status" in one.lent
    each = [_words(connection, cell, one.view) for cell in cells]
    chosen = cleaning.excluded_states
    if chosen == "auto" and raw and payment:
        each[0] = _open_but_paid(each[0], each[1])
    found = [state for states in each for state in states]
    kind = one.raw("sale_type")
    types = _words(connection, category(kind), one.view) if kind else []
    states = suggested_states(found, one.source, types)
    if chosen != "auto":
        states = _chosen(chosen, cleaning.not_sold, states.states)
    if chosen == "auto" and cleaning.not_sold:
        unknown, ended = (
            tuple(one for one in some if one not in cleaning.not_sold) for some in (states.unknown, states.ended)
        )
        back = tuple(one for one in states.back if one not in cleaning.not_sold)
        states = replace(states, states=(*states.states, *cleaning.not_sold), back=back, unknown=unknown, ended=ended)
    if chosen == "auto" and raw:
        planned = [one for one in planned_states(connection, one, each[0], typed_lines) if one not in states.states]
        states = replace(states, states=(*states.states, *planned), planned=tuple(planned))
    partial = () if net else tuple(sorted({state for state in found if _refunded_in_part(state)} - set(states.states)))
    return replace(states, payment=typed, net=net, has_status=has_status, partial=partial)


def _chosen(states: Sequence[str], not_sold: Sequence[str], suggested: Sequence[str]) -> ExcludedStates:
    """Return states that a person named.

    Who leaves out one state more than those that say it themselves changes nothing about these: of money that went
    back, the part that was kept is a sale as before. Who names some of these alone, or each by itself, leaves them out.
    """
    all_states = tuple(dict.fromkeys((*states, *not_sold)))
    said = state_meanings(all_states) if set(states) > set(suggested) else {}
    return ExcludedStates(all_states, tuple(one for one in said if said[one] == "refunded" and one not in not_sold))


def _words(connection: duckdb.DuckDBPyConnection, cell: str, rows: str) -> list[str]:
    """Return the different words of a column that is read as SQL says."""
    found = fetch_rows(connection, f"SELECT DISTINCT {cell} FROM {rows} LIMIT {MOST_STATES}")
    return [text for (text,) in found if text]


def _open_but_paid(states: list[str], payments: list[str]) -> list[str]:
    """Return the states of orders without those that only say open, where another column says who has paid.

    Examples
    --------
    >>> _open_but_paid(["Aberto", "Cancelado"], ["Confirmado", "Pendente"]), _open_but_paid(["Open"], ["Pending"])
    (['Cancelado'], ['Open'])
    """
    if "sale" not in state_meanings(payments).values():
        return states
    said = state_meanings(states)
    return [state for state in states if said[state] != "unpaid" or state in payments]


def _refunded_in_part(state: str) -> bool:
    """Say whether a part of the money went back.

    Examples
    --------
    >>> [_refunded_in_part(state) for state in ("partially_refunded", "部分退款", "Partially paid", "Refunded")]
    [True, True, False, False]
    """
    words, rows = words_of("states"), words_of("row_types")
    return words.meaning(state) == "partial" and (words.says(state, "refunded") or rows.says(state, "return"))


def suggested_states(states: Iterable[str], source: Source | None, types: Sequence[str] = ()) -> ExcludedStates:
    """Return the states that are left out unless a person says otherwise; ``types`` are the words of kinds of rows."""
    states = tuple(states)
    said = state_meanings(states)
    unknown = tuple(state for state, meaning in said.items() if meaning == UNKNOWN)
    most = MOST_UNKNOWN if len(unknown) < len(states) else MOST_ALL_UNKNOWN
    if len(states) < 2 or len(unknown) > most:
        unknown = ()  # no words of states at all
    if source is None or source.column("refunded") is None:
        unknown += _closed_beside_complete(states)
    left = left_out_states(states, invoices=are_invoices(source, types))
    ended = tuple(state for state in ran_out(left, source) if said[state] == "cancelled")
    left = tuple(state for state in left if state not in ended)
    back = tuple(state for state in left if said[state] == "refunded")
    return ExcludedStates(left, back, unknown=(*unknown, *ended), ended=ended)


def types_of(table: RawTable, source: Source | None) -> tuple[str, ...]:
    """Return the words of the type of rows, where a table has such a column."""
    column = source.column("sale_type") if source else None
    if column is None or column.name not in table.columns:
        return ()
    return tuple(word for word, _ in count_states([(table, column.name)]))


def _closed_beside_complete(states: Sequence[str]) -> tuple[str, ...]:
    """Return the states that say closed where others say complete: then closed may be what was paid back (Magento)."""
    said = {state: folded(state) for state in states}
    if not {"complete", "completed"} & set(said.values()):
        return ()
    return tuple(state for state, word in said.items() if word == "closed")


def note_unknown(connection: duckdb.DuckDBPyConnection, one: Mapped, states: ExcludedStates, notes: list[Note]) -> None:
    """Note ``states_unknown`` when lines count whose state nobody knows, with the states, the lines and their money.

    ``each`` holds lines and money by state. ``doubted`` are the states that may not be sold: where no state is known,
    the most frequent one is not among them, or nothing would be left. A state of nearly all rows is the one in which
    orders end: it is noted as ``state_of_most``, and of the others only those that are worth something are asked about.
    Those that lie ahead are noted as well.
    """
    note_planned(connection, one, states.planned, notes)
    if not states.unknown or not states.has_status:
        return
    found = fetch_rows(
        connection,
        f"SELECT status, count(*), sum(amount), min(line) FROM {one.lines} WHERE reason IS NULL "
        f"AND {one_of('status', states.unknown)} GROUP BY status ORDER BY 2 DESC, 1",
    )
    others, rows, money = fetch_row(
        connection,
        f"SELECT count(*) FILTER (reason IS NULL AND NOT {one_of('status', states.unknown)}), count(status), "
        f"sum(amount) FILTER (reason IS NULL) FROM {one.lines}",
    )
    most = [row for row in found[:1] if row[1] >= NEARLY_ALL * rows and row[0] not in states.ended]
    for state, n, _, line in most:
        facts = {"table": one.table.key, "state": str(state), "n": int(n), "of": int(rows), "line": line}
        notes.append(Note("state_of_most", facts))
        found = found[1:]
        if money and abs(float(sum(worth or 0 for *_, worth, _ in found))) < LEAST_MONEY * abs(float(money)):
            return
    others = others or most
    doubted = [str(state) for state, *_ in (found if others else found[1:])]
    if doubted:  # else nothing would be left without them
        facts = {
            "table": one.table.key, "states": [str(state) for state, *_ in found],
            "n": sum(int(n) for _, n, *_ in found),
            "money": float(sum(money or 0 for *_, money, _ in found)), "line": min(line for *_, line in found),
            "each": {str(state): {"rows": int(n), "revenue": float(money or 0)} for state, n, money, _ in found},
            "doubted": doubted,
            "left_out": list(states.states), "ended": list(states.ended),
        }  # fmt: skip
        notes.append(Note("states_unknown", facts, "ask"))


def note_partial(connection: duckdb.DuckDBPyConnection, one: Mapped, states: ExcludedStates, notes: list[Note]) -> None:
    """Note ``refunded_in_part`` when lines count whole of which a part went back, and no column says how much."""
    cells = [category(f"r.{raw}") for role in ("status", "payment_state") if states.partial and (raw := one.raw(role))]
    if not cells:
        return
    test = " OR ".join(one_of(cell, states.partial) for cell in cells)
    n = fetch_value(
        connection,
        f"SELECT count(*) FROM {one.lines} AS l JOIN {one.view} AS r ON r.line = l.line "
        f"WHERE l.reason IS NULL AND l.amount > 0 AND ({test})",
    )
    if n:
        without = sorted({*states.states, *states.partial})
        facts = {"table": one.table.key, "states": ", ".join(states.partial[:6]), "n": int(n), "without": without}
        notes.append(Note("refunded_in_part", facts, "check"))
