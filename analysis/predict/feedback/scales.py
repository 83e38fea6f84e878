"""Net promoter score and satisfaction by month, with intervals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from analysis.profiles.risk import rating_scale
from analysis.stats.intervals import Z95

if TYPE_CHECKING:
    import pandas as pd

PROMOTER, PASSIVE = 9, 7  # Reichheld (2003)
SATISFIED = 0.8  # of the scale, as the profiles have it


def net_promoter(promoters: int, passives: int, detractors: int) -> tuple[float, float, float, float]:
    """Return the net promoter score, its standard error, and its 95 % interval, from −100 to 100.

    The standard error is 100 √((p + d − (p − d)²) / n), with p and d the shares of promoters and detractors.

    Examples
    --------
    >>> score, error, low, high = net_promoter(40, 40, 20)
    >>> score, round(error, 4), round(low, 2), round(high, 2)
    (20.0, 7.4833, 5.33, 34.67)
    """
    n = promoters + passives + detractors
    p, d = promoters / n, detractors / n
    score = 100 * (p - d)
    error = 100 * math.sqrt(max(p + d - (p - d) ** 2, 0.0) / n)
    return score, error, max(score - Z95 * error, -100.0), min(score + Z95 * error, 100.0)


def scale_of(ratings: pd.Series) -> int | None:
    """Return what ratings are out of, as the profiles have it; None above 100."""
    return rating_scale(ratings, float(ratings.max()))


def by_month(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the scores of each month.

    Parameters
    ----------
    rows : DataFrame
        ``day``; ``nps_score`` (0 to 10) and ``rating`` where there are any.

    Returns
    -------
    DataFrame, one row per measure and month with an answer
        ``measure`` (``"nps"``: −100 to 100; ``"csat"``: share satisfied, 0 to 1), ``month``, ``value``, ``low``,
        ``high`` (95 %; Wilson's for the share), ``n``.
    """
    import numpy as np
    import pandas as pd

    from analysis.stats.intervals import wilson

    rows = rows.assign(month=pd.to_datetime(rows["day"]).dt.to_period("M").dt.to_timestamp())
    found = []
    if "nps_score" in rows and rows["nps_score"].between(0, 10).any():
        answers = rows[rows["nps_score"].between(0, 10)]
        for start, group in answers.groupby("month")["nps_score"]:
            promoters, passives = int((group >= PROMOTER).sum()), int(group.between(PASSIVE, PROMOTER - 0.5).sum())
            value, _, low, high = net_promoter(promoters, passives, len(group) - promoters - passives)
            found.append(("nps", start, value, low, high, len(group)))
    if "rating" in rows and rows["rating"].notna().any() and (scale := scale_of(rows["rating"])) is not None:
        answers = rows[rows["rating"].notna()]
        for start, group in answers.groupby("month")["rating"]:
            n, glad = len(group), int((group >= SATISFIED * scale).sum())
            low, high = wilson(np.array([glad]), np.array([n]))
            found.append(("csat", start, glad / n, float(low[0]), float(high[0]), n))
    return pd.DataFrame(found, columns=["measure", "month", "value", "low", "high", "n"])
