"""Order states in many languages: which of them no sale stands behind, and which nobody knows.

What each word means stands in ``intake/meaning/states.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from analysis.engine import fetch_rows, look
from analysis.intake.meaning.words import UNKNOWN, folded, words_of
from analysis.intake.tables import RawTable

State = Literal[
    "stands", "partial", "lost", "won", "refunded", "cancelled", "open", "unpaid", "sale", "unknown"
]  # fmt: skip
MOST_STATES = 1000
UNDONE = ("cancelled", "refunded", "lost")
# Beside these, open is what was ordered and not sent yet; beside those that follow, what was not paid. What was
# delivered alone says neither.
_SENT = re.compile(
    r"back.?order|partial|part.?ship|credit.?hold|ruckstand|teillief|teilweise|parcial|partiel|parzial|gedeeltelijk|"
    r"nalever|czesciow|частичн|kismi|缺货|欠货|部分发货|部分出库|分批|一部出荷|부분"
)
_PAID = re.compile(
    r"paid|pay|bezahlt|zahl|pagad|pagat|\bpag[oa]s?\b|betaa?l|oplac|zaplac|оплач|odend|付款|支付|已付|入金|결제|입금|invoice|fakt"
)
_OPEN = re.compile(r"open|offen|ouverte?|abiert[oa]|apert[oa]|abert[oa]|openstaand|otwarte")


def state_meanings(states: Iterable[str], *, known: dict[str, str] | None = None) -> dict[str, State]:
    """Return what each state of a column means.

    In a column of offers, of which one stage says that they were won, every stage that is not known is still open.
    Where others say what was sent, and none what was paid, open is what was sold and waits to be sent.

    Parameters
    ----------
    known : dict, optional
        Meanings of states that a known export gives them, by the state in small letters.

    Examples
    --------
    >>> state_meanings(["Bezahlt", "Storniert", "Offen", "Phase 3"])
    {'Bezahlt': 'sale', 'Storniert': 'cancelled', 'Offen': 'unpaid', 'Phase 3': 'unknown'}
    >>> state_meanings(["Closed won", "Sent to legal"])["Sent to legal"]
    'open'
    >>> state_meanings(["Offen", "Teillieferung"])["Offen"], state_meanings(["Offen", "Geliefert"])["Offen"]
    ('sale', 'unpaid')
    """
    words = words_of("states")
    found = {state: (known or {}).get(state.strip().lower()) or words.meaning(state) for state in states}
    if "won" in found.values():
        found = {state: "open" if said in (UNKNOWN, "unpaid") else said for state, said in found.items()}
    return found | dict.fromkeys(_waiting(found), "sale")  # pyright: ignore[reportReturnType]


def waiting_states(states: Iterable[str]) -> tuple[str, ...]:
    """Return the states that only say open, of orders that wait to be sent.

    Examples
    --------
    >>> waiting_states(["Open", "Backordered", "Cancelled"]), waiting_states(["Open", "Shipped", "Overdue"])
    (('Open',), ())
    """
    words = words_of("states")
    found = {state: words.meaning(state) for state in states}
    return () if "won" in found.values() else _waiting(found)


def _waiting(found: Mapping[str, str]) -> tuple[str, ...]:
    is_open = tuple(state for state, said in found.items() if said == "unpaid" and _OPEN.fullmatch(folded(state)))
    if not is_open or any(said == "unpaid" and state not in is_open for state, said in found.items()):
        return ()
    others = [folded(state) for state, said in found.items() if said in ("sale", "partial")]
    if any(map(_PAID.search, others)) or not any(map(_SENT.search, others)):
        return ()
    return is_open


def says_undone(state: str) -> bool:
    """Say whether an order state means cancelled, refunded or lost.

    Examples
    --------
    >>> [says_undone(state) for state in ("付款以后用户退款成功，交易自动关闭", "交易成功", "Cancelled", "退款失败")]
    [True, False, True, False]
    >>> [says_undone(state) for state in ("TRADE_CLOSED_BY_TAOBAO", "訂單已取消", "TRADE_FINISHED", "无售后或售后取消")]
    [True, True, False, False]
    """
    return words_of("states").meaning(state) in UNDONE


def left_out_states(
    states: Iterable[str], *, invoices: bool = False, known: dict[str, str] | None = None
) -> tuple[str, ...]:
    """Return the states that no sale stands behind, sorted: undone, not sold yet, and not paid.

    Parameters
    ----------
    invoices : bool
        The rows are invoices, which count when they are written and not when they are paid.

    Examples
    --------
    >>> left_out_states(["Draft", "Paid", "Voided", "Overdue"])
    ('Draft', 'Overdue', 'Voided')
    >>> left_out_states(["Draft", "Paid", "Voided", "Overdue"], invoices=True)
    ('Draft', 'Voided')
    """
    not_sold = (*UNDONE, "open") if invoices else (*UNDONE, "open", "unpaid")
    return tuple(sorted(state for state, said in state_meanings(states, known=known).items() if said in not_sold))


def count_states(columns: Sequence[tuple[RawTable, str]]) -> list[tuple[str, int]]:
    """Return the order states of columns, given as table and header, with the rows of each, most frequent first.

    Examples
    --------
    >>> from analysis.intake.reading.read import read_file
    >>> [table] = read_file("id,state\\n1,Paid\\n2,Refunded\\n3, Paid \\n".encode(), name="a.csv")
    >>> count_states([(table, "state")])
    [('Paid', 2), ('Refunded', 1)]
    """
    from analysis.intake.cells.values import category
    from analysis.intake.suggesting.describe import scan

    found: dict[str, int] = {}
    with look() as connection:
        for table, header in columns:
            state = category(f"c{table.columns.index(header)}")
            with scan(connection, table) as rows:
                counts = fetch_rows(
                    connection,
                    f"SELECT {state} AS state, count(*) FROM {rows} GROUP BY state HAVING state IS NOT NULL "
                    f"ORDER BY count(*) DESC, state LIMIT {MOST_STATES}",
                )
            for name, n in counts:
                found[name] = found.get(name, 0) + int(n)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))
