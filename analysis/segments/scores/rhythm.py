"""The rhythm of customers: how many days usually pass between two orders of each, and who comes once a year.

``gaps`` has one row per gap between two order days: ``row`` (of the profiles), ``day`` (ordinal, of its end), ``gap``
(days); ``days`` has the first order day of each customer as well, without a gap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Season = Literal["auto", "never"]
Own: TypeAlias = "tuple[pd.DataFrame, pd.Series]"  # as ``own_gaps`` returns it
# Days of a gap that is a year but for the season's own length, of the bands beside it, and of a season.
YEAR, BESIDE, SEASON = (320, 410), ((229, 319), (411, 501)), 120
LEAST_YEARLY = 10


def yearly_gaps(gaps: pd.DataFrame, season: Season) -> int:
    """Return how many gaps of a year a customer needs to count as one who comes once a year.

    Two are a customer's own proof; one is enough where the shop as a whole has more of them than of the gaps on both
    sides together, which chance does not bring about: longer gaps are rarer.
    """
    n = int(gaps["gap"].between(*YEAR).sum())
    beside = sum(int(gaps["gap"].between(*band).sum()) for band in BESIDE)
    return 1 if season == "auto" and n >= LEAST_YEARLY and n > beside else 2


def own_gaps(days: pd.DataFrame, season: Season, asked: int) -> tuple[pd.DataFrame, pd.Series]:
    """Return ``size`` and ``median`` of each customer's gaps, and the rhythm of those who come once a year, by row."""
    gaps = days[days["gap"].notna()]
    yearly = _once_a_year(gaps, days.groupby("row")["day"].max(), season, asked)
    return gaps[~gaps["row"].isin(yearly.index)].groupby("row")["gap"].agg(["size", "median"]), yearly


def _once_a_year(gaps: pd.DataFrame, last: pd.Series, season: Season, asked: int) -> pd.Series:
    """Return the rhythm, by row, of customers who come once a year and whose latest orders lie in one season."""
    yearly = gaps[gaps["gap"].between(*YEAR)]
    if season == "never":
        yearly = yearly.iloc[:0]
    each = yearly.groupby("row").agg(n=("gap", "size"), rhythm=("gap", "median"), back=("day", "max"))
    kept = each[(each["n"] >= asked) & (last.reindex(each.index) - each["back"] <= SEASON)]
    return kept["rhythm"].astype(float)


def weighed(own: pd.DataFrame, shop: float, shop_gaps: float) -> pd.Series:
    """Return each customer's rhythm: his own median gap and the shop's, weighed; where the shop has none, his own."""
    import numpy as np

    if np.isnan(shop):
        return own["median"].astype(float)
    weight = own["size"] / (own["size"] + shop_gaps)
    return np.exp(weight * np.log(own["median"]) + (1 - weight) * np.log(shop))


def ended(multiples: pd.Series, weights: pd.Series, shares: Sequence[float], least: Sequence[float]) -> np.ndarray:
    """Return the multiples of the rhythm at which the shares of gaps have ended, none below ``least``.

    The smallest multiple at which the share is reached (the inverse of the weighted distribution).
    """
    import numpy as np

    floor = np.array(least)
    if multiples.empty:
        return floor
    order = np.argsort(multiples.to_numpy(), kind="stable")
    reached = np.cumsum(weights.to_numpy()[order])
    at = np.searchsorted(reached / reached[-1], np.array(shares) - 1e-9)
    return np.maximum(multiples.to_numpy()[order][at], floor)
