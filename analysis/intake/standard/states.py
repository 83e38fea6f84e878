"""Order states in both languages: which words say that an order was cancelled or refunded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analysis.engine import connect
from analysis.intake.roles import simplified
from analysis.intake.tables import RawTable

MOST_STATES = 1000

# What the type of a line is called when the line takes a sale back.
RETURN_WORDS = (
    r"(?i)^\s*(?:sales? )?(?:returns?|returned|refunds?|refunded|credit(?: note| memo)?|"
    r"退货|退款|退单|销售退货|退货单|退款单|冲红|红冲)\s*$"
)

_UNDONE = re.compile(
    r"退款成功|已退款|全额退款|退款完成|交易关闭|已关闭|订单关闭|自动关闭|已取消|取消|作废|已退货|退货成功|退货退款|已退|拒收|"
    r"退单|撤销|撤单|失效|无效|(?:支付|付款|交易|订单|扣款)失败|"
    r"\b(?:cancel+(?:ed|ation|lled)?|refunded|refund|returned|void(?:ed)?|declined|failed|charged?.?back|reversed|"
    r"rejected|closed.lost|lost|abandoned|expired|(?:trade|order).closed|storniert|annul[eé]e?|remboursée?|erstattet|"
    r"cancelad[oa]|reembolsad[oa])\b",
    re.I,
)
# Words that take the meaning back: the refund failed or was withdrawn, nothing was returned.
_NOT_UNDONE = re.compile(
    r"退款失败|退款关闭|退款取消|取消退款|撤销退款|无退款|未退款|没有退款|未取消|未退|无退货|无售后|售后取消|售后关闭|退单失败|"
    r"\b(?:not?|un|never)[ -]?(?:cancel+ed|refunded|returned|refund|return)\b|"
    r"refund (?:failed|declined|rejected|cancel+ed)",
    re.I,
)
_UNPAID = re.compile(
    r"待付款|等待.{0,4}付款|未付款|待支付|未支付|等待.{0,4}支付|"
    r"\b(?:unpaid|not paid|(?:pending|awaiting|waiting for) payment|payment (?:pending|due|outstanding))\b",
    re.I,
)
_WHOLE = re.compile(r"退款|退货|关闭|失败|return|closed lost|partially refunded", re.I)


def says_undone(state: str) -> bool:
    """Say whether an order state means cancelled or refunded.

    Examples
    --------
    >>> [says_undone(state) for state in ("付款以后用户退款成功，交易自动关闭", "交易成功", "Cancelled", "退款失败")]
    [True, False, True, False]
    >>> [says_undone(state) for state in ("TRADE_CLOSED_BY_TAOBAO", "訂單已取消", "TRADE_FINISHED", "无售后或售后取消")]
    [True, True, False, False]
    """
    state = simplified(state).replace("_", " ")
    if _NOT_UNDONE.search(state):
        return False
    if re.search(r"partial|部分", state, re.I):
        return False
    return bool(_UNDONE.search(state) or _WHOLE.fullmatch(state.strip()))


def says_unpaid(state: str) -> bool:
    """Say whether an order state means that nobody has paid yet.

    Examples
    --------
    >>> [says_unpaid(state) for state in ("等待买家付款", "Pending payment", "已付款", "Paid")]
    [True, True, False, False]
    """
    return bool(_UNPAID.search(simplified(state).replace("_", " ")))


def undone_states(states: Iterable[str]) -> tuple[str, ...]:
    """Return the states that mean cancelled or refunded, sorted."""
    return tuple(sorted(state for state in states if says_undone(state)))


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
    with connect() as connection:
        for table, header in columns:
            state = category(f"c{table.columns.index(header)}")
            with scan(connection, table) as rows:
                counts = connection.execute(
                    f"SELECT {state} AS state, count(*) FROM {rows} GROUP BY state HAVING state IS NOT NULL "
                    f"ORDER BY count(*) DESC, state LIMIT {MOST_STATES}"
                ).fetchall()
            for name, n in counts:
                found[name] = found.get(name, 0) + int(n)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))
