"""A ranked list of what to mend for whom: complaints, low ratings, returns and unused features, against everybody else.

Each is a yes or no of a customer, so that one who complains often counts once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import AnalysisError
from analysis.stats.intervals import ALPHA, wilson
from analysis.stats.multiplicity import benjamini_hochberg
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

What = Literal["complaint", "low_rating", "return", "unused"]
LEAST = 20  # customers of a segment
LEAST_CASES = 5
LOW = 0.4  # of the way from the worst to the best rating of the files
MOST_NAMES = 15  # of each kind, the most frequent


@dataclass(frozen=True)
class Item:
    """One thing to mend.

    Attributes
    ----------
    what : str
        ``complaint`` (a kind of feedback), ``low_rating`` or ``return`` of a product or category, ``unused`` feature.
    name : str
        Which one, in the words of the file.
    segment : str
    customers, n : int
        Whom it is about, out of the customers of the segment.
    share, low, high : float
        The same as a share with Wilson's 95 % interval.
    others : float
        The share among all other customers.
    index : float or None
        Share over that of the others, times 100; None where none of the others is one.
    revenue : float or None
        What the customers whom it is about have spent.
    p : float
        Fisher's exact test, one-sided, after Benjamini and Hochberg over all items of all segments.
    """

    what: What
    name: str
    segment: str
    customers: int
    n: int
    share: float
    low: float
    high: float
    others: float
    index: float | None
    revenue: float | None
    p: float


@dataclass(frozen=True)
class Backlog(
    Tabular,
    rows="items",
    columns=("what", "name", "segment", "customers", "share", "low", "high", "others", "index", "revenue", "p"),
):
    """What to mend, the most revenue first (customers, where nobody knows money), and how many were looked at."""

    items: tuple[Item, ...]
    looked_at: int


def backlog(profiles: Profiles, labels: Sequence[str | None], standard: StandardTables) -> Backlog:
    """Rank what troubles a segment more than everybody else.

    Parameters
    ----------
    labels : one segment key per customer, missing for none

    Returns
    -------
    Backlog
        Items above everybody else beyond chance (5 % false ones among those named, Benjamini and Hochberg).

    Raises
    ------
    AnalysisError
        ``act_backlog_nothing``: the files hold no feedback, returns or use of features with names.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import hypergeom

    rows = _rows(profiles, standard)
    if not rows:
        raise AnalysisError("act_backlog_nothing")
    customers = profiles.customers
    keys = pd.Series(list(labels), dtype=object).fillna("").to_numpy(dtype=object)
    spend = customers["spend"].to_numpy(dtype=float, na_value=0.0) if "spend" in customers else None
    total = len(keys)
    found: list[Item] = []
    p: list[float] = []
    for (what, name), has in rows.items():
        yes = int(has.sum())
        for segment in sorted(set(keys.tolist()) - {""}):
            inside = keys == segment
            n, k = int(inside.sum()), int((has & inside).sum())
            if n < LEAST or n == total or k < LEAST_CASES:
                continue
            low, high = wilson(np.array([k]), np.array([n]))
            others = (yes - k) / (total - n)
            p.append(float(hypergeom.sf(k - 1, total, yes, n)))
            revenue = None if spend is None else float(spend[has & inside].sum())
            index = k / n / others * 100 if others else None
            found.append(
                Item(what, name, segment, k, n, k / n, float(low[0]), float(high[0]), others, index, revenue, p[-1])
            )
    if not found:
        return Backlog((), 0)
    corrected = benjamini_hochberg(np.array(p))
    told = [replace(item, p=float(one)) for item, one in zip(found, corrected, strict=True) if one <= ALPHA]
    told.sort(key=lambda one: (-(one.revenue or 0.0), -one.customers, one.what, one.name, one.segment))
    return Backlog(tuple(told), len(found))


def _rows(profiles: Profiles, standard: StandardTables) -> dict[tuple[What, str], np.ndarray]:
    """Return who of the customers each thing is about."""
    found: dict[tuple[What, str], np.ndarray] = {}
    for what, pairs, is_turned in _sources(standard):
        names = pairs["name"].value_counts().head(MOST_NAMES).index
        for name in names:
            ids = set(pairs.loc[pairs["name"] == name, "customer_id"])
            has = profiles.customers["customer_id"].isin(ids).to_numpy(dtype=bool)
            if is_turned:
                has = profiles.customers["customer_id"].isin(set(pairs["customer_id"])).to_numpy(dtype=bool) & ~has
            found[what, str(name)] = has
    return found


def _sources(standard: StandardTables) -> list[tuple[What, pd.DataFrame, bool]]:
    """Return pairs of customer and name of each kind; of features, those who use some and not this one are meant."""
    import narwhals as nw

    found: list[tuple[What, pd.DataFrame, bool]] = []
    feedback = standard.record_roles.get("feedback", frozenset())
    if "feedback_type" in feedback:
        found.append(("complaint", _pairs(standard.records("feedback"), "feedback_type"), False))
    if {"rating", "product"} <= feedback:
        rows: Any = (
            standard.records("feedback").select("customer_id", "product", "rating").collect("pandas").to_native()
        )
        rating = rows["rating"].astype(float)
        cut = rating.min() + LOW * (rating.max() - rating.min())
        low = rows[(rating <= cut) & (rating.max() > rating.min())]
        found.append(("low_rating", low.rename(columns={"product": "name"})[["customer_id", "name"]].dropna(), False))
    by = next((one for one in ("category", "product") if one in standard.order_roles), None)
    if by is not None:
        found.append(("return", _pairs(standard.orders().filter(nw.col("is_return")), by), False))
    if "feature_used" in standard.record_roles.get("events", frozenset()):
        found.append(("unused", _pairs(standard.records("events"), "feature_used"), True))
    return [one for one in found if len(one[1])]


def _pairs(rows: Any, column: str) -> pd.DataFrame:
    found: Any = rows.select("customer_id", name=column).unique().collect("pandas").to_native()
    return found.dropna()
