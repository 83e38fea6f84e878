"""What the tickets of each segment score, on average; customers with many tickets count as one person each."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.arms.means import compare_ratios
from analysis.experiments.arms.statistics import RatioStatistic
from analysis.stats.effects import Z95
from analysis.stats.multiplicity import benjamini_hochberg

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Profiles

LEAST = 20  # customers with a score, in the segment and beside it


@dataclass(frozen=True)
class TicketScore:
    """The mean score of the tickets of a segment, in points of the file.

    Attributes
    ----------
    n, customers : int
        Tickets with a score, and the customers who gave them.
    mean, low, high : float
        With the 95 % interval of a ratio of totals: one customer's tickets are alike.
    others : float
        The mean of all other tickets.
    p : float
        That both are alike, after Benjamini and Hochberg over the segments.
    """

    segment: str
    n: int
    customers: int
    mean: float
    low: float
    high: float
    others: float
    p: float


def ticket_scores(profiles: Profiles, keys: np.ndarray, tickets: pd.DataFrame | None) -> tuple[TicketScore, ...]:
    """Return the mean score of each segment's tickets, the lowest first; none where nobody scored.

    Parameters
    ----------
    keys : array of str, aligned with the profiles
        Segments; empty for customers in none.
    tickets : DataFrame, optional
        ``journey.ticket_rows``.

    References
    ----------
    Deng, Knoblich, Lu (2018), Applying the delta method in metric analytics, KDD (ratio of totals by customer).
    """
    import numpy as np
    import pandas as pd

    if tickets is None or "score" not in tickets:
        return ()
    scored = tickets.dropna(subset=["score"])
    segment_of = pd.Series(keys, index=profiles.customers["customer_id"].astype(object))
    by = scored.groupby("customer_id")["score"].agg(["sum", "count"])
    of = segment_of.reindex(by.index).fillna("").to_numpy(dtype=object)
    found: list[TicketScore] = []
    for segment in sorted({str(one) for one in of} - {""}):
        inside = of == segment
        arms = [RatioStatistic.from_values(by["sum"][who], by["count"][who]) for who in (~inside, inside)]
        if min(one.n for one in arms) < LEAST:
            continue
        try:
            read = compare_ratios(*arms)
        except AnalysisError:  # where all score alike nothing can be told
            continue
        half = Z95 * math.sqrt(arms[1].variance / arms[1].n)
        n, mean = int(by["count"][inside].sum()), arms[1].mean
        found.append(TicketScore(segment, n, arms[1].n, mean, mean - half, mean + half, arms[0].mean, read.test.p))
    corrected = benjamini_hochberg(np.array([one.p for one in found])) if found else []
    told = [replace(one, p=float(p)) for one, p in zip(found, corrected, strict=True)]
    return tuple(sorted(told, key=lambda one: (one.mean, one.segment)))
