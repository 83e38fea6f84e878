"""Kinds of rows that are no sales by what stands in them: money paid in that goes back, and debts that are settled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analysis.engine import fetch_row
from analysis.intake.cells.values import identifier, is_nothing, one_of

if TYPE_CHECKING:
    import duckdb

    from analysis.intake.mapped import Mapped

LEAST_ROWS = 3
LEAST_GOODS = 2  # columns: one gap is no kind of row
MOSTLY = 0.9
HARDLY = 0.05
OF_SALES = ("product", "product_id", "quantity", "unit_price")
# What takes back money that was paid in to be spent later; where that is no sale, neither is this a return of one.
_PAID_IN_BACK = re.compile(
    r"退卡|退(?:充值|储值|余额|预存|预付|会员卡)|(?:充值|储值|余额|预存|预付)[款金卡]?(?:退|返还|撤销|冲正)|"
    r"(?:top[- ]?up|balance|wallet|stored value|prepaid|account credit)[- ](?:refund|return|reversal|cash[- ]?out)|"
    r"refund (?:of|from) (?:top[- ]?up|balance|wallet|stored value|prepaid)|"
    r"guthaben(?:s|-)? ?(?:auszahlung|erstattung|rück)|remboursement (?:du |de )?(?:solde|recharge|avoir carte)|"
    r"(?:reembolso|devoluci[oó]n|devoluç[aã]o) (?:de |del |do )?(?:saldo|recarga)|"
    r"rimborso (?:del )?(?:saldo|ricarica)|チャージ(?:返金|取消|払戻)|충전 ?(?:취소|환불)",
    re.IGNORECASE,
)
_OWED = re.compile(
    r"欠款|应收|挂账|余额|赊|\bowed|\bowing|outstanding|\bbalance|\bdebt|receivable|offen|saldo|\bsolde|\bdeuda|dovuto|"
    r"остат|долг|задолж|残高|売掛|미수|잔액|외상",
    re.IGNORECASE,
)


def gives_back_paid_in(word: str) -> bool:
    """Say whether the type of a row says that money which was paid in to be spent later goes back.

    Examples
    --------
    >>> [gives_back_paid_in(word) for word in ("退卡", "退充值", "Top-up refund", "退货", "Refund")]
    [True, True, True, False, False]
    """
    return _PAID_IN_BACK.search(word) is not None


def bare_words(
    connection: duckdb.DuckDBPyConnection, one: Mapped, cell: str, counts: Mapping[str, int], unknown: Sequence[str]
) -> tuple[str, ...]:
    """Return the words of unknown kinds of rows that settle what was sold before.

    Their rows name no article, quantity or price, as nearly all others do; their customers buy in other rows, and their
    orders are numbered with other letters, or a column tells what is owed.
    """
    goods = [raw for role in OF_SALES if (raw := one.raw(role))]
    customer, order = one.raw("customer_id"), one.raw("order_id")
    if len(goods) < LEAST_GOODS or not unknown or customer is None:
        return ()
    filled = " OR ".join(f"NOT {is_nothing(raw)}" for raw in goods)
    owed = any(_OWED.search(name) for name in one.table.columns)
    found = []
    for word in unknown:
        this = f"coalesce({one_of(cell, [word])}, false)"
        n, told, others, told_of_others = fetch_row(
            connection,
            f"SELECT count(*) FILTER ({this}), count(*) FILTER ({this} AND ({filled})), count(*) FILTER (NOT {this}), "
            f"count(*) FILTER (NOT {this} AND ({filled})) FROM {one.view}",
        )
        if n < LEAST_ROWS or told > HARDLY * n or told_of_others < MOSTLY * others or n > others:
            continue
        who = identifier(customer)
        theirs = f"SELECT {who} FROM {one.view} WHERE NOT {this}"
        [known] = fetch_row(connection, f"SELECT count(*) FROM {one.view} WHERE {this} AND {who} IN ({theirs})")
        if known >= MOSTLY * n and (owed or (order and _numbered_apart(connection, one, order, this))):
            found.append(word)
    return tuple(found)


def _numbered_apart(connection: duckdb.DuckDBPyConnection, one: Mapped, order: str, this: str) -> bool:
    """Say whether the numbers of some rows begin with letters that no other number begins with."""
    letters = f"regexp_extract(trim({order}), '^[^0-9]+')"
    n, apart = fetch_row(
        connection,
        f"SELECT count(*), count(*) FILTER (letters <> '' AND letters NOT IN (SELECT {letters} FROM {one.view} "
        f"WHERE NOT {this} AND {order} IS NOT NULL)) FROM (SELECT {letters} AS letters FROM {one.view} "
        f"WHERE {this} AND {order} IS NOT NULL)",
    )
    return bool(n) and apart >= MOSTLY * n
