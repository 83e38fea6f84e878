"""Headers of money that is not what an order is worth: fees, taxes, refunds, and numbers of something else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.intake.meaning.currency import said_in_heading
from analysis.intake.meaning.words import words_of
from analysis.intake.roles import Evidence, normal

if TYPE_CHECKING:
    import numpy as np

# Headers that name an amount by a part alone, and say with the rest that they hold none or another one.
NO_MONEY = re.compile(
    r"(?:(?<!pa)(?<!gifta)id|no(?<!acono)(?<!owano)(?<!rzymano)|nr|num|number|code|date|time|(?<!dis)count|qty|quantity|doc|document|status|type|reason|编号|单号|号|时间|日期|数量|次数|"
    r"笔数|状态|类型|原因)$"
)
TAX = re.compile(
    r"^(?:mwst|ust|umsatzsteuer|steuer|vat|tax(?!a(?:d[eo])|a$)|salestax|gst|iva|tva|btw|moms|ндс|kdv|税额|税金|消費税|消费税|增值税|부가세|"
    r"[phq]st$|ภาษ|ضريبة|الضريبة|impuesto|imposto|imposta|podatek|vergi|налог)"
)
WRITTEN = re.compile(r"^[^\d]*\d[\d.,'’ ]*[.,]\d\d(?!\d)[^\d%]*$")  # with cents
SIGN = re.compile(r"[$€£¥₹₽₩₺₴฿￥]|\b(?:kr|zł|usd|eur|gbp|cny|rmb|chf)\b", re.IGNORECASE)
MOSTLY, NEARLY, SOME = 0.9, 0.98, 0.2
LEAST_ROWS, LEAST_LESS = 8, 3
CENT = 0.011
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:,\d{3})*$)")  # of whole numbers
FEW_RATES = 8  # different ones in a column
_RATE = re.compile(r"(?:100|\d?\d)(?:\.\d+)?")
_PERCENT = re.compile(r"[%％]|percent|prozent|pourcent|porcent|procent", re.IGNORECASE)
_EARNED = re.compile(
    r"commission|provision|comisi|commissie|prowizj|комисси|提成|佣金|分成|手数料率|수수료율", re.IGNORECASE
)
WHOLE_STEP, LEAST_WHOLE = 10, 100  # whole numbers that may be money are round, and not small
WHOLE = ("with_shipping", "before_refunds", "before_discounts")  # of ``amounts.toml``: a sum, whatever else it names
_OTHER_MONEY = re.compile(
    r"refund|return|fee|tip|discount|shipping|balance|cost|commission|退款|退货|手续费|服务费|优惠|折扣|运费|邮费|余额|成本|佣金|补贴|税额|积分|points?$|"
    r"(?<!incl)(?<!excl)(?<!ing)(?<!ding)(?:tax|vat)(?:es|amount|total)?$|^(?:tax|vat)|erstatt|rabatt|versand|gebühr|steuer$|rembours|remise|"
    r"frais|reembols|descuento|envío|impuesto|rimbors|sconto|giftaid|"
    r"insured|assured|coverage|保额|保险金额|保障额|versicherungssumme|deckungssumme|asegurad|assicurat[oa]$|segurad[oa]$|"
    r"capitalassur|verzekerdbedrag|sumaubezpiecz|страховаясумма|sigortabedeli|保険金额|가입금액"
)


def is_tax(header: str) -> bool:
    """Say whether a header names a tax.

    Examples
    --------
    >>> [is_tax(one) for one in ("Sales Tax", "MwSt.", "税额", "Total incl. tax")]
    [True, True, True, False]
    """
    return bool(TAX.search(normal(header)))


def is_other_money(header: str) -> bool:
    """Say whether a header names a part of the money, such as a fee or a tax, that is not what an order is worth.

    Examples
    --------
    >>> [is_other_money(one) for one in ("Shipping total", "Total incl. shipping", "退款金额", "退款前金额")]
    [True, False, True, False]
    """
    return not says_whole(header) and bool(_OTHER_MONEY.search(normal(header)))


def lessened(amount: np.ndarray, tax: np.ndarray, total: np.ndarray) -> int:
    """Return in how many rows a total with its tax is that of less than an amount, as after a discount nobody wrote.

    Nought unless it is that of the amount in some of the rows, and of more in next to none.

    Examples
    --------
    >>> import numpy as np
    >>> n = np.arange(1.0, 21)
    >>> net = np.where(n % 4 == 0, n * 0.9, n)
    >>> lessened(n, net * 0.2, net * 1.2), lessened(n, n * 0.2, n * 1.2), lessened(n, n * 0.2, n)
    (5, 0, 0)
    """
    import numpy as np

    rows = np.isfinite(amount) & np.isfinite(total) & (np.nan_to_num(tax) != 0)
    listed, rest = np.abs(amount[rows]), np.abs(total[rows] - tax[rows])
    same, below = np.abs(rest - listed) <= CENT, rest < listed - CENT
    few = len(listed) < LEAST_ROWS or same.mean() < SOME or (same | below).mean() < NEARLY
    return 0 if few or below.sum() < LEAST_LESS else int(below.sum())


def says_whole(header: str) -> bool:
    """Say whether a header names a whole sum by a part that is in it still."""
    return any(words_of("amounts").says(header, meaning) for meaning in WHOLE)


def written_as_money(seen: Evidence) -> bool:
    """Say whether the cells of a column are written with cents or a sign of money, or are round and large."""
    cells = [_THOUSANDS.sub("", cell.strip()) for cell in seen.examples if cell.strip()]
    filled = [cell for cell in cells if any(sign in "123456789" for sign in cell)]
    if not filled or any("%" in cell or "％" in cell for cell in cells):
        return False
    if all(WRITTEN.match(cell) or SIGN.search(cell) for cell in filled):
        return True
    if not all(cell.isdigit() for cell in filled):
        return seen.decimal_share > 0 and all(WRITTEN.match(f"{cell}0") for cell in filled if "." in cell)
    return all(int(cell) % WHOLE_STEP == 0 for cell in filled) and max(map(int, filled)) >= LEAST_WHOLE


def written_by_sheet(seen: Evidence) -> bool:
    """Say whether cells are money as a spreadsheet writes its numbers: some with cents, others with a zero cut off.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> [written_by_sheet(SimpleNamespace(examples=cells)) for cells in (["44.9", "14.98", "7"], ["0.1", "0.15"])]
    [True, False]
    """
    cells = [cell for cell in (cell.strip() for cell in seen.examples) if any(sign in "123456789" for sign in cell)]
    cut = [cell if WRITTEN.match(cell) or "." not in cell else f"{cell}0" for cell in cells]
    whole = all(cell.isdigit() or WRITTEN.match(cell) for cell in cut) and any(map(WRITTEN.match, cells))
    return whole and any(cell.split(".")[0].strip("0") for cell in cells)


def is_rate(header: str, seen: Evidence) -> bool:
    """Say whether a column holds a few rates or shares, in percent or as a part of one, as its heading says too.

    Examples
    --------
    >>> rates = Evidence(60, 60, 3, number_share=1, decimal_share=1, examples=("12.5", "7", "19"))
    >>> [is_rate(one, rates) for one in ("VAT", "Share", "Provision %", "税率", "Fee", "Patient")]
    [True, True, True, True, False, False]
    >>> is_rate("VAT", Evidence(60, 60, 55, number_share=1, decimal_share=1, examples=("12.51", "7.90")))
    False
    """
    words = words_of("figures")
    named = is_tax(header) or _PERCENT.search(header) or words.says(header, "no_money") or _EARNED.search(header)
    cells = [cell.strip().rstrip("%％ ").replace(",", ".") for cell in seen.examples if cell.strip()]
    few = seen.n_distinct <= FEW_RATES and seen.n_filled >= FEW_RATES * 2
    return bool(named and few and cells) and all(_RATE.fullmatch(cell) for cell in cells)


def is_unnamed_money(header: str, seen: Evidence) -> bool:
    """Say whether cells are money, and their heading does not say what it is, nor that it is none.

    Examples
    --------
    >>> cells = Evidence(60, 60, 9, number_share=1, decimal_share=1, examples=("3.50", "4.20"))
    >>> [is_unnamed_money(header, cells) for header in ("Kiosk", "Levy", "Weight", "Margin", "VAT", "Order no")]
    [True, True, False, False, False, False]
    """
    if said_in_heading(header) and not is_other_money(header):
        return seen.number_share > MOSTLY
    if is_other_money(header) or NO_MONEY.search(normal(header)) or not written_as_money(seen):
        return False
    return not any(words_of("figures").says(header, meaning) for meaning in ("no_money", "of_shop"))
