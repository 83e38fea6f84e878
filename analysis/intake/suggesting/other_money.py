"""Headers of money that is not what an order is worth: fees, taxes, refunds, and numbers of something else."""

from __future__ import annotations

import re

from analysis.intake.meaning.words import words_of
from analysis.intake.roles import normal

# Headers that name an amount by a part alone, and say with the rest that they hold none or another one.
NO_MONEY = re.compile(
    r"(?:(?<!pa)id|no|nr|num|number|code|date|time|(?<!dis)count|qty|quantity|doc|document|status|type|reason|编号|单号|号|时间|日期|数量|次数|"
    r"笔数|状态|类型|原因)$"
)
WHOLE = ("with_shipping", "before_refunds", "before_discounts")  # of ``amounts.toml``: a sum, whatever else it names
_OTHER_MONEY = re.compile(
    r"refund|return|fee|tip|discount|shipping|balance|cost|commission|退款|退货|手续费|服务费|优惠|折扣|运费|邮费|余额|成本|佣金|税额|积分|points?$|"
    r"(?<!incl)(?<!excl)(?<!ing)(?<!ding)(?:tax|vat)(?:es|amount|total)?$|^(?:tax|vat)|erstatt|rabatt|versand|gebühr|steuer$|rembours|remise|"
    r"frais|reembols|descuento|envío|impuesto|rimbors|sconto"
)


def is_other_money(header: str) -> bool:
    """Say whether a header names a part of the money, such as a fee or a tax, that is not what an order is worth.

    Examples
    --------
    >>> [is_other_money(one) for one in ("Shipping total", "Total incl. shipping", "退款金额", "退款前金额")]
    [True, False, True, False]
    """
    return not says_whole(header) and bool(_OTHER_MONEY.search(normal(header)))


def says_whole(header: str) -> bool:
    """Say whether a header names a whole sum by a part that is in it still."""
    return any(words_of("amounts").says(header, meaning) for meaning in WHOLE)
