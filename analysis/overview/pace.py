"""How the customers of a segment buy: once, regularly, or in one month of the year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.overview.card_result import Pace
from analysis.segments.scores.lifecycle import LifecycleParams, LifecycleResult, lifecycle
from analysis.segments.scores.rhythm import LEAST_YEARLY, YEAR

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

MOST = 0.5
JUST_NOW = 60  # days: of those who bought lately nobody can tell the season from the day of the last order
LEAST_AGAIN = 0.05  # of a segment's customers, who came back in the same month of another year


@dataclass(frozen=True)
class Known:
    """What the lifecycle knows of each customer, aligned with the profiles.

    Attributes
    ----------
    stages : array of Stage
    order_days : array of float
        Days with an order.
    gap_days : array of float
        Mean of the days between two orders, as everywhere it is told of a segment; NaN where nobody knows.
    multiple : array of float
        Days since the last order in rhythms; NaN where nobody knows.
    silent_days : array of float
        Days since the last order.
    months, years : arrays of int, shape (customers, 12)
        On how many days, and in how many years, the customer ordered in each month of the year.
    first_gap_days : float or None
        Days that usually pass from the first order to the second.
    """

    stages: np.ndarray
    order_days: np.ndarray
    gap_days: np.ndarray
    multiple: np.ndarray
    silent_days: np.ndarray
    months: np.ndarray
    years: np.ndarray
    first_gap_days: float | None


def known_of(profiles: Profiles, found: LifecycleResult, days: pd.DataFrame) -> Known:
    """Return what a lifecycle knows of each customer, and in which months they order.

    Parameters
    ----------
    profiles : Profiles
    found : LifecycleResult
    days : DataFrame
        What ``lifecycle.days_of`` says of the profiles.
    """
    import numpy as np

    n = len(profiles.customers)
    row, day = days["row"].to_numpy(), days["day"].to_numpy()
    first = int(day.min()) if len(day) else 1
    dates = [date.fromordinal(one) for one in range(first, int(day.max()) + 1 if len(day) else first)]
    month = np.array([one.month - 1 for one in dates], dtype=int)[day - first]
    year = np.array([one.year for one in dates], dtype=int)[day - first]
    # The days of a customer stand in order, so those of one month of one year stand together.
    again = (row[1:] == row[:-1]) & (month[1:] == month[:-1]) & (year[1:] == year[:-1])
    once = ~np.append(False, again)[: len(row)]
    months, years = (
        np.bincount(row[some] * 12 + month[some], minlength=12 * n).reshape(n, 12) for some in (slice(None), once)
    )
    customers, gaps = found.customers, np.full(n, np.nan)
    if "mean_gap_days" in profiles.customers:
        gaps = profiles.customers["mean_gap_days"].to_numpy(dtype=float, na_value=np.nan)

    def column(name: str) -> np.ndarray:
        return customers[name].to_numpy(dtype=float, na_value=np.nan)

    return Known(
        stages=_stages(found),
        order_days=column("order_days"),
        gap_days=gaps,
        multiple=column("multiple"),
        silent_days=column("silent_days"),
        months=months,
        years=years,
        first_gap_days=None if np.isnan(found.usual_first_gap) else float(found.usual_first_gap),
    )


def _stages(found: LifecycleResult) -> np.ndarray:
    import numpy as np
    import pandas as pd

    codes, keys = pd.factorize(found.segmentation.labels)
    return np.array([str(key).removeprefix("lifecycle_") for key in keys], dtype=object)[codes]


def lifecycle_of(profiles: Profiles, standard: StandardTables, days: pd.DataFrame | None = None) -> LifecycleResult:
    """Return the lifecycle; where too few came back to know a rhythm, by days that are the same for everybody.

    Raises
    ------
    AnalysisError
        ``lifecycle_needs_orders``.
    """
    try:
        return lifecycle(profiles, standard, days=days)
    except AnalysisError as problem:
        if problem.code == "lifecycle_needs_orders":
            raise
        return lifecycle(profiles, standard, LifecycleParams(by="days"), days=days)


def season(known: Known, here: np.ndarray, weights: np.ndarray) -> tuple[int, np.ndarray] | None:
    """Return the month (1..12) in which most of the money of the customers ``here`` comes, and who buys in it.

    One month holds half of their orders or more, weighed by money, and enough of them bought in it in two years: that
    it is the season, and not the day on which they left, is then proven. Who buys in it has half of his orders there.

    Parameters
    ----------
    known : Known
    here : bool array, shape (customers,)
    weights : float array, shape (customers,)
    """
    import numpy as np

    bought = here & (known.order_days > 0)
    weight = weights[bought]
    if weight.sum() <= 0:
        return None
    shares = known.months[bought] / known.months[bought].sum(axis=1, keepdims=True)
    by_month = (shares * weight[:, None]).sum(axis=0) / weight.sum()
    month = int(by_month.argmax())
    came_again = int((known.years[bought][:, month] > 1).sum())
    if by_month[month] < MOST or came_again < max(LEAST_YEARLY, LEAST_AGAIN * bought.sum()):
        return None
    buys = bought.copy()
    buys[bought] = shares[:, month] >= MOST
    buys &= known.silent_days <= YEAR[1]
    if not buys.any() or np.median(known.silent_days[buys]) <= JUST_NOW:
        return None
    return month + 1, buys


def in_season(known: Known, buys: np.ndarray) -> Known:
    """Return the same, with those who buy in a season and have not missed it as active: they are not away."""
    import numpy as np

    return replace(known, stages=np.where(buys, "active", known.stages))


def pace(known: Known, here: np.ndarray, weights: np.ndarray) -> Pace | None:
    """Return how the customers ``here`` buy; None where nobody has ordered or no rhythm is known.

    Parameters
    ----------
    known : Known
    here : bool array, shape (customers,)
    weights : float array, shape (customers,)
        What each counts: money, or 1.
    """
    import numpy as np

    bought = here & (known.order_days > 0)
    if not bought.any():
        return None
    seasonal = season(known, here, weights)
    if weights[bought].sum() <= 0:
        weights = bought.astype(float)

    def share(some: np.ndarray) -> float:
        return float(weights[some].sum() / weights[bought].sum())

    if seasonal is not None and share(seasonal[1]) >= MOST:
        month, buys = seasonal
        return Pace("yearly", int(buys.sum()), share(buys), float("nan"), month)
    once = bought & (known.order_days == 1)
    if once.sum() > MOST * bought.sum():
        return Pace("once", int(once.sum()), share(once), float("nan"))
    again = bought & (known.order_days > 1) & np.isfinite(known.gap_days)
    if not again.any():
        return None
    return Pace("regular", int(again.sum()), share(again), float(np.median(known.gap_days[again])))


def is_due(known: Known, here: np.ndarray, weights: np.ndarray) -> bool:
    """Say whether half of the money or more is with customers whose usual time between two orders has passed."""
    import numpy as np

    told = here & np.isfinite(known.multiple)
    passed = told & (known.multiple >= 1)
    return bool(weights[told].sum() > 0 and weights[passed].sum() >= MOST * weights[told].sum())
