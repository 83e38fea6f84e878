"""Money that is paid in to be spent later: which table tells of it, and which column of ways to pay says so."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.intake.meaning.words import words_of

# Headings and sheets of what is used of cards, passes and vouchers: no money comes in with it.
DRAWS_DOWN = re.compile(
    r"消课|耗课|扣课|课消|销课|消次|扣次|划卡|划次|核销|耗卡|redemption|redeem|"
    r"(?:passes|sessions?|credits?|visits?) used|einlös|eingelöst|entwert|utilisées?\b|canjead|riscatt|utilizzat|"
    r"resgat|inwissel|verzilver|wykorzystan|списан|利用回数|使用回数|消化回数|사용횟수|차감",
    re.IGNORECASE,
)
WAYS_TO_PAY = re.compile(
    r"pay|paie|tender|zahl|règl|regl|pago|pagamento|pagam|betaa?l|płat|plat|оплат|ödeme|odeme|支付|付款|结算|收款|支払|決済|결제|지불|"
    r"الدفع|ชำระ|จ่าย|betal|bayar|thanh toán",
    re.IGNORECASE,
)


NEARLY_ALL = 0.66  # of the cells


def pays_in(name: str) -> bool:
    """Say whether a heading, or the name of a table, tells of money that is paid in to be spent later.

    Examples
    --------
    >>> [pays_in(one) for one in ("充值金额", "Top-up date", "Aufladungen", "储值支付", "Gift card redeemed")]
    [True, True, True, False, False]
    """
    words = words_of("paying")
    return (words.says(name, "voucher") or words.says(name, "top_up")) and not words.says(name, "used")


def pays_from_balance(header: str, cells: Iterable[str]) -> bool:
    """Say whether a column of ways to pay holds one that spends what was paid in before.

    Examples
    --------
    >>> pays_from_balance("支付方式", ["微信", "会员卡"]), pays_from_balance("Zahlart", ["bar", "Guthaben"])
    (True, True)
    >>> pays_from_balance("Payment", ["cash", "credit card"]), pays_from_balance("Item", ["Gift card"])
    (False, False)
    """
    return WAYS_TO_PAY.search(header) is not None and any(words_of("paying").says(cell, "balance") for cell in cells)


def tells_ways(cells: Iterable[str]) -> bool:
    """Say whether a column tells how rows were paid, by nearly all of its cells: cash, a card, what was paid in before.

    Examples
    --------
    >>> tells_ways(["Bar", "EC", "Gutschein"]), tells_ways(["储值卡", "微信"]), tells_ways(["Gift card", "T-shirt"])
    (True, True, False)
    >>> tells_ways(["Invoice", "Credit memo", "Check"])
    False
    """
    words, cells = words_of("paying"), tuple(cells)
    ways = [cell for cell in cells if words.says(cell, "way")]
    known = [cell for cell in cells if cell in ways or words.says(cell, "balance") or words.says(cell, "means")]
    return bool(ways) and len(known) >= NEARLY_ALL * len(cells)
