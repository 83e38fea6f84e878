"""What leaving is, chosen from the data: a column that says who left, a day that has passed, no order for too long."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from analysis.booleans import read_flags
from analysis.conditions import Condition
from analysis.errors import AnalysisError
from analysis.intake.questions import gap_quantiles, order_span
from analysis.predict.beginning import beginning, refuse_without_sales
from analysis.profiles.outcome import came_about, too_few_left, who_has_left

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.churn.params import ChurnParams
    from analysis.profiles.result import Feature, Profiles

LEAST_GAPS = 30
LEAST_DAYS = 90  # of orders: two windows, and what went before them
WINDOWS = 4  # as many windows the orders have to cover: two that are looked at, two before them to look back on
LEAST_WINDOW = 7
HAS_LEFT = "has_left"  # the column that says so beside kept profiles
NO = "no"
FEW = 30  # customers on a side, below which nothing is learned
_ENDS = re.compile(
    r"(?<![a-z])(contract|subscription|membership|plan)[ _-]*(end|expir\w*|until)|(end|expiry|expiration|"
    r"cancel\w*|termination|churn\w*|left)[ _-]*(date|day|on|at)(?![a-z])"
    r"|到期|截止日|解约|退订|注销|流失(日|时)|离(开|网)(日|时)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ChurnDefinition:
    """What leaving is.

    Attributes
    ----------
    kind : "status", "ended" or "silence"
        A column of yes or no or of words; a day on or before the as-of day; no order for ``days`` days.
    feature : Feature or None
        The column.
    answer : str
        The words in it that say that a customer left; empty for yes, a day, and silence, and ``NO`` where of yes or no
        the no says it.
    days : int or None
        Of silence.
    n_gaps : int
        Gaps between two order days of one customer, behind ``days``; 0 where a person chose.
    gap_days : float or None
        The 90th percentile of these gaps.
    bounded : bool
        ``days`` is less than the gaps ask for, because the orders cover too few days.
    first, last : date or None
        First day of the orders that count, and the last one that is known whole.
    n_before : int
        Days with orders before ``first``, which a year without one parts from it.
    """

    kind: Literal["status", "ended", "silence"]
    feature: Feature | None = None
    answer: str = ""
    days: int | None = None
    n_gaps: int = 0
    gap_days: float | None = None
    bounded: bool = False
    first: date | None = None
    last: date | None = None
    n_before: int = 0


def churn_definition(standard: StandardTables, profiles: Profiles, params: ChurnParams) -> ChurnDefinition:
    """Choose what leaving is.

    Raises
    ------
    AnalysisError
        ``churn_unknown_column`` (column, known), ``churn_answer`` (column, levels): the column that was chosen says no
        yes or no. ``churn_no_status``: no column says who left. ``churn_no_orders``: nor are there orders.
        ``churn_foretold`` (column, n): the only column tells who will leave.
        ``predict_no_sales`` (n). ``churn_short`` (n_days, least): the orders cover too few days. ``churn_few_gaps`` (n,
        least): too few customers came back for the shop's gaps to say anything. ``churn_days_beyond`` (days, n_days,
        most): the days that were chosen leave no two windows.
    """
    if params.define == "status" or (params.define == "auto" and params.column is not None):
        found = _chosen(profiles, params) if params.column is not None else _status(profiles)
        if found is None:
            raise AnalysisError("churn_no_status")
        return found
    if params.define == "auto" and (found := _status(profiles)) is not None:
        return found
    return _silence(standard, profiles, params)


def who_left(profiles: Profiles, definition: ChurnDefinition) -> pd.Series:
    """Return of each customer whether the column says that they left; missing where it says nothing."""
    import pandas as pd

    feature = definition.feature
    assert feature is not None
    values = profiles.customers[feature.key]
    if feature.kind == "flag":
        answers = values.astype("boolean")
        return ~answers if definition.answer == NO else answers
    if feature.kind == "date":
        return (pd.to_datetime(values) <= pd.Timestamp(profiles.as_of)).astype("boolean")
    words = definition.answer.split(", ")
    said = values.astype("string")
    return (said.isin(words) | said.eq(definition.answer)).astype("boolean").mask(values.isna())


def known_left(profiles: Profiles) -> pd.Series | None:
    """Return of each customer whether a column of the file says that they left; None without such a column.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": ["a", "b"], "x": [False, True]})
    >>> known_left(Profiles(base, (Feature("x", "risk", "flag", header="Churned"),), date(2024, 1, 1))).tolist()
    [False, True]
    """
    if (found := _status(profiles, least=1)) is not None:
        return who_left(profiles, found)
    told = too_few_left(profiles)
    return None if told is None else told.reindex(profiles.customers.index)


def some_left(profiles: Profiles) -> bool:
    """Say whether a column of the file says of anybody that they left.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Profiles
    >>> some_left(Profiles(pd.DataFrame({"customer_id": ["a"]}), (), date(2024, 3, 1)))
    False
    """
    left = known_left(profiles)
    return left is not None and bool(left.fillna(False).any())


def left_by(profiles: Profiles, day: date) -> pd.Series | None:
    """Return of each customer whether they had left by a day; None where no column says since when.

    Examples
    --------
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": ["a", "b"], "x": pd.to_datetime(["2024-02-01", "2024-04-01"])})
    >>> shop = Profiles(base, (Feature("x", "when", "date", header="End date"),), date(2024, 3, 1))
    >>> known_left(shop).tolist(), left_by(shop, date(2024, 1, 1)).tolist()
    ([True, False], [False, False])
    """
    found = _status(profiles, least=1)
    if found is None or found.feature is None or found.feature.kind != "date":
        return None
    return who_left(replace(profiles, as_of=day), found)


def left_among(left: pd.Series | None, inside: np.ndarray) -> np.ndarray | None:
    """Say who of those asked for left; None where nobody did, and where all did: then it is they who are asked for.

    Parameters
    ----------
    left : Series of bool
        As ``known_left`` returns it; missing where nothing is said, which is not leaving.
    inside : array of bool, aligned with it

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> left = pd.Series([True, False, None], dtype="boolean")
    >>> left_among(left, np.array([True, True, True])).tolist(), left_among(left, np.array([True, False, False]))
    ([True, False, False], None)
    """
    if left is None:
        return None
    gone = left.astype("boolean").fillna(False).to_numpy(dtype=bool) & inside
    return gone if gone.any() and not gone[inside].all() else None


def left_when(definition: ChurnDefinition, as_of: date) -> Condition:
    """Return the condition that those who have left meet: whoever is asked for as at risk must not meet it.

    Examples
    --------
    >>> left_when(ChurnDefinition("silence", days=60), date(2024, 3, 5))
    Condition(kind='condition', feature='recency_days', op='gt', values=(60.0,))
    """
    feature = definition.feature
    if feature is None:
        assert definition.days is not None
        return Condition(feature="recency_days", op="gt", values=(float(definition.days),))
    if feature.kind == "flag":
        return Condition(feature=feature.key, op="no" if definition.answer == NO else "yes")
    if feature.kind == "date":
        return Condition(feature=feature.key, op="le", values=(as_of.isoformat(),))
    words = dict.fromkeys((definition.answer, *definition.answer.split(", ")))
    return Condition(feature=feature.key, op="in", values=tuple(words))


def refuse_few(left: np.ndarray) -> None:
    """Refuse where too few left, or too few stayed, to learn what leads to it.

    Raises
    ------
    AnalysisError
        ``churn_few_customers`` (n, least), ``churn_nobody_left`` (n), ``churn_everybody_left`` (n), ``churn_few_left``
        (n_left, n_stayed, least).
    """
    n, n_left = len(left), int(left.sum())
    if n < 2 * FEW:
        raise AnalysisError("churn_few_customers", n=n, least=2 * FEW)
    if n_left == 0:
        raise AnalysisError("churn_nobody_left", n=n)
    if n_left == n:
        raise AnalysisError("churn_everybody_left", n=n)
    if min(n_left, n - n_left) < FEW:
        raise AnalysisError("churn_few_left", n_left=n_left, n_stayed=n - n_left, least=FEW)


def whole_days(gap: float) -> int:
    """Round days up as people count them: to weeks below two months, to thirty days from there on.

    Examples
    --------
    >>> [whole_days(gap) for gap in (3.2, 8, 44, 61, 100)]
    [7, 14, 49, 90, 120]
    """
    step = 7 if gap < 60 else 30
    return max(math.ceil(gap / step) * step, LEAST_WINDOW)


def _status(profiles: Profiles, least: int = FEW) -> ChurnDefinition | None:
    """Return the last column that says who left; a day that has passed for ``least`` where there is none."""
    if (told := who_has_left(profiles)) is not None:
        return ChurnDefinition("status", *told)
    return next((ended for feature in profiles.features if (ended := _ended(feature, profiles, least))), None)


def _ended(feature: Feature, profiles: Profiles, least: int) -> ChurnDefinition | None:
    if feature.kind != "date" or not feature.header or not _ENDS.search(feature.header):
        return None
    found = ChurnDefinition("ended", feature)
    left = who_left(profiles, found)
    return found if min(int(left.sum()), int((~left).sum())) >= least else None


def _chosen(profiles: Profiles, params: ChurnParams) -> ChurnDefinition:
    assert params.column is not None
    feature = profiles.feature(params.column)
    if feature is None or feature.kind not in ("flag", "category", "date") or feature.personal:
        known = tuple(f.key for f in profiles.features if f.kind in ("flag", "category", "date") and not f.personal)
        raise AnalysisError("churn_unknown_column", column=params.column, known=known)
    if feature.kind == "date":
        return ChurnDefinition("ended", feature)
    if feature.kind == "flag":
        return ChurnDefinition("status", feature, _of_flag(feature, params.answer))
    if params.answer is None and (said := came_about(feature, profiles)) is not None:
        return ChurnDefinition("status", feature, said[1])
    levels = sorted(str(level) for level in profiles.customers[feature.key].dropna().unique())
    if params.answer not in levels:
        raise AnalysisError("churn_answer", column=feature.header or feature.key, levels=", ".join(levels[:10]))
    return ChurnDefinition("status", feature, params.answer)


def _of_flag(feature: Feature, answer: str | None) -> str:
    """Return ``NO`` where no means that a customer left, and nothing where yes does."""
    if answer is None:
        return ""
    for pair in (("yes", "no"), ("true", "false"), ("是", "否")):
        said = read_flags([answer, *pair])
        if said is not None and answer in (said.yes | said.no):
            return NO if answer in said.no else ""
    raise AnalysisError("churn_answer", column=feature.header or feature.key, levels="True, False")


def _silence(standard: StandardTables, profiles: Profiles, params: ChurnParams) -> ChurnDefinition:
    lines, first, last = order_span(standard)
    if not lines or first is None or last is None:
        if (foretold := who_has_left(profiles, foretold=True)) is not None:
            raise AnalysisError("churn_foretold", column=foretold[0].header, n=len(profiles.customers))
        if (answers := too_few_left(profiles)) is not None:  # a column says it, and nearly all say the same
            refuse_few(answers.to_numpy(dtype=bool))
        raise AnalysisError("churn_no_orders", n=len(profiles.customers))
    refuse_without_sales(standard)
    last = min(last, profiles.as_of)
    begun = beginning(standard, last)
    first = begun.days[0] if begun.days else first
    n_days = (last - first).days + 1
    if n_days < LEAST_DAYS:
        raise AnalysisError("churn_short", n_days=n_days, least=LEAST_DAYS)
    most = n_days // WINDOWS
    if params.days is not None:
        if params.days > most:
            raise AnalysisError("churn_days_beyond", days=params.days, n_days=n_days, most=most)
        return ChurnDefinition("silence", days=params.days, first=first, last=last, n_before=begun.n_before)
    _, _, gap, n_gaps = gap_quantiles(standard, last)
    if gap is None or n_gaps < LEAST_GAPS:
        raise AnalysisError("churn_few_gaps", n=n_gaps, least=LEAST_GAPS)
    wanted = whole_days(gap)
    step = 7 if most < 60 else 30
    return ChurnDefinition(
        "silence",
        days=min(wanted, most // step * step),
        n_gaps=n_gaps,
        gap_days=float(gap),
        bounded=wanted > most,
        first=first,
        last=last,
        n_before=begun.n_before,
    )
