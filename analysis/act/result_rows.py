"""A file of results in its columns: which names the customer, which says who responded, and for how much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError

if TYPE_CHECKING:
    import pandas as pd

MARKS = ("customer", "responded", "amount")
_RESPONDED = re.compile(r"result|respon|answer|convert|order|bought|结果|回应|响应|成交|转化|下单|是否", re.IGNORECASE)
_AMOUNT = re.compile(r"amount|revenue|money|sum|金额|销售额|成交额", re.IGNORECASE)
_YES = frozenset({
    "1", "yes", "y", "true", "ordered", "bought", "converted", "won", "sold", "responded", "success",
    "是", "有", "成交", "已成交", "下单", "已下单", "购买", "已购买", "成功", "回应", "已回应", "√", "✓",
})  # fmt: skip
_NO = frozenset({
    "0", "no", "n", "false", "none", "lost", "no answer", "not interested", "failed", "",
    "否", "无", "未成交", "没有", "未下单", "未购买", "失败", "未接", "未回应", "拒绝", "×",
})  # fmt: skip
_MOST_UNREADABLE = 0.1


@dataclass(frozen=True)
class ResultColumns:
    """The columns that are suggested; None where none fits."""

    customer: str | None
    responded: str | None
    amount: str | None

    def read(self, rows: pd.DataFrame, chosen: Mapping[str, str | None] | None = None) -> pd.DataFrame:
        """Return ``customer_id``, ``responded`` (yes, no) and ``amount`` (money, where a column holds it).

        Raises
        ------
        AnalysisError
            ``act_results_no_customer``; ``act_results_no_answer``: neither who responded nor an amount is chosen;
            ``act_results_unreadable`` (column, n): words that are neither yes nor no.
        """
        import pandas as pd

        used = {mark: (chosen or {}).get(mark, getattr(self, mark)) for mark in MARKS}
        if used["customer"] is None:
            raise AnalysisError("act_results_no_customer")
        if used["responded"] is None and used["amount"] is None:
            raise AnalysisError("act_results_no_answer")
        found = pd.DataFrame({"customer_id": rows[used["customer"]].fillna("").astype("str").str.strip()})
        amount = None if used["amount"] is None else _money(rows[used["amount"]])
        if used["responded"] is not None:
            found["responded"] = _yes(rows[used["responded"]], used["responded"])
        elif amount is not None:
            found["responded"] = amount.fillna(0) > 0
        if amount is not None:
            found["amount"] = amount
        return found[found["customer_id"] != ""].reset_index(drop=True)


def result_rows(rows: pd.DataFrame, known: set[str]) -> ResultColumns:
    """Suggest what the columns of a file of results are: ids by their cells, the others by their headings.

    Parameters
    ----------
    rows : DataFrame of text
    known : set of str
        Ids of the customers.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"编号": ["1", "2"], "结果": ["成交", "未成交"], "成交金额": ["12", ""]})
    >>> found = result_rows(rows, {"1", "2"})
    >>> found, found.read(rows)["responded"].tolist()
    (ResultColumns(customer='编号', responded='结果', amount='成交金额'), [True, False])
    """
    names = [str(name) for name in rows.columns]
    hits = {name: float(rows[name].fillna("").astype("str").str.strip().isin(known).mean()) for name in names}
    customer = max(names, key=lambda name: hits[name], default=None)
    if customer is None or hits[customer] == 0:
        customer = None
    others = [name for name in names if name != customer]
    amount = next((name for name in others if _AMOUNT.search(name)), None)
    responded = next((name for name in others if name != amount and _RESPONDED.search(name)), None)
    return ResultColumns(customer, responded, amount)


def _yes(values: pd.Series, column: str) -> pd.Series:
    plain = values.fillna("").astype("str").str.strip().str.casefold()
    unread = ~plain.isin(_YES | _NO)
    if unread.mean() > _MOST_UNREADABLE or (unread.any() and not plain.isin(_YES).any()):
        raise AnalysisError("act_results_unreadable", column=column, n=int(unread.sum()))
    return plain.isin(_YES)


def _money(values: pd.Series) -> pd.Series:
    import pandas as pd

    plain = values.astype("str").str.replace(r"[^\d.\-]", "", regex=True)
    return pd.to_numeric(plain, errors="coerce")
