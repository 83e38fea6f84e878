"""A file of results in its columns: which names the customer, which says who responded, and for how much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.booleans import read_flags
from analysis.errors import AnalysisError
from analysis.intake.roles import WHOLE_HEADER, header_score, roles

if TYPE_CHECKING:
    import pandas as pd

MARKS = ("customer", "responded", "amount", "day")
# Headings that say by themselves what a column is, in small letters; a list that comes back has them beside
# what it knew of the customer before (orders, 消费金额).
_RESULTS = frozenset(
    {"result", "results", "responded", "response", "outcome", "结果", "是否响应", "是否成交", "是否下单"}
)
_AMOUNTS = frozenset({"amount", "order amount", "revenue", "成交金额", "下单金额", "订单金额", "金额"})
_RESPONDED = re.compile(
    r"result|respon|answer|convert|ordered|bought|purchased|结果|回应|响应|成交|转化|下单|是否", re.IGNORECASE
)
_AMOUNT = re.compile(r"amount|revenue|money|金额|销售额|成交额", re.IGNORECASE)
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
    day: str | None = None

    def read(self, rows: pd.DataFrame, chosen: Mapping[str, str | None] | None = None) -> pd.DataFrame:
        """Return ``customer_id``, ``responded`` (yes, no), and where columns hold them ``amount`` (money) and ``day``.

        Rows that another one repeats in every column count once where a column more than these tells rows apart, or
        where every row stands twice; two orders of one amount are two otherwise.

        Raises
        ------
        AnalysisError
            ``act_results_no_customer``; ``act_results_no_answer``: neither who responded nor an amount is chosen;
            ``act_results_unreadable`` (column, n): words that are neither yes nor no; ``act_results_no_number``,
            ``act_results_no_day`` (column).
        """
        import pandas as pd

        used = self._used(chosen)
        rows = _once(rows, {name for name in used.values() if name is not None})
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
        if used["day"] is not None:
            found["day"] = _days(rows[used["day"]])
        return found[found["customer_id"] != ""].reset_index(drop=True)

    def n_twice(self, rows: pd.DataFrame, chosen: Mapping[str, str | None] | None = None) -> int:
        """Return how many rows ``read`` leaves out since another one is the same."""
        return len(rows) - len(_once(rows, {name for name in self._used(chosen).values() if name is not None}))

    def _used(self, chosen: Mapping[str, str | None] | None) -> dict[str, str | None]:
        return {mark: (chosen or {}).get(mark, getattr(self, mark)) for mark in MARKS}


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
    (ResultColumns(customer='编号', responded='结果', amount='成交金额', day=None), [True, False])
    """
    names = [str(name) for name in rows.columns]
    hits = {name: float(rows[name].fillna("").astype("str").str.strip().isin(known).mean()) for name in names}
    customer = max(names, key=lambda name: hits[name], default=None)
    if customer is None or hits[customer] == 0:
        customer = None
    others = [name for name in names if name != customer]

    def is_one(name: str, *kinds: str) -> bool:
        return _kind(_type(rows[name])) in kinds

    def named(words: frozenset[str], pattern: re.Pattern[str]) -> list[str]:
        plain = [name for name in others if name.strip().casefold() in words]
        return [*plain, *(name for name in reversed(others) if name not in plain and pattern.search(name))]

    amount = next((name for name in named(_AMOUNTS, _AMOUNT) if is_one(name, "number", "empty")), None)
    dated = (name for name in others if header_score(name, roles()["order_date"]) >= WHOLE_HEADER)
    day = next((name for name in dated if is_one(name, "day")), None)
    responded = next(
        (name for name in named(_RESULTS, _RESPONDED) if name not in (amount, day) and _says(rows[name])), None
    )
    return ResultColumns(customer, responded, amount, day)


def _once(rows: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    """Leave out rows that repeat another in every column, where that says that the same thing was written twice."""
    again = rows.duplicated()
    more = len(used) < len(rows.columns)
    every = bool(len(rows)) and not (rows.groupby(list(rows.columns), dropna=False).size() % 2).any()
    return rows[~again].reset_index(drop=True) if more or every else rows


def _says(values: pd.Series) -> bool:
    """Say whether a column says yes and no."""
    try:
        _yes(values, "")
    except AnalysisError:
        return False
    return True


def _yes(values: pd.Series, column: str) -> pd.Series:
    plain = values.fillna("").astype("str").str.strip().str.casefold()
    unread = ~plain.isin(_YES | _NO)
    if unread.mean() > _MOST_UNREADABLE or (unread.any() and not plain.isin(_YES).any()):
        told = read_flags(plain.unique(), nothing=("",))
        if told is None:
            raise AnalysisError("act_results_unreadable", column=column, n=int(unread.sum()))
        return plain.isin(told.yes)
    return plain.isin(_YES)


def _money(values: pd.Series) -> pd.Series:
    """Read amounts as intake reads a column of them, 1.234,56 as well as 1,234.56."""
    typed = _type(values)
    if _kind(typed) not in ("number", "empty"):
        raise AnalysisError("act_results_no_number", column=str(values.name))
    return typed.astype("float64")


def _days(values: pd.Series) -> pd.Series:
    import pandas as pd

    typed = _type(values)
    if _kind(typed) != "day":
        raise AnalysisError("act_results_no_day", column=str(values.name))
    return pd.to_datetime(typed)


def _kind(typed: pd.Series) -> str:
    """Return ``number``, ``day``, ``empty`` or ``other`` for a column that was typed."""
    from datetime import date

    if not typed.notna().any():
        return "empty"
    if typed.dtype.kind in "fi":
        return "number"
    return "day" if isinstance(typed.dropna().iloc[0], date) else "other"


def _type(values: pd.Series) -> pd.Series:
    import pyarrow as pa

    from analysis.experiments.rows.table import type_rows

    told: list[str] = values.fillna("").astype("str").str.strip().tolist()
    cells = pa.table({"cell": pa.array([one or None for one in told], pa.string())})
    return type_rows(cells).to_pandas()["cell"].set_axis(values.index)
