"""Risk 流失风险: is a customer leaving."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part, how_often, per_customer
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("recency_days", "risk", "number", "days"),
    Feature("orders_last_90_days", "risk", "number", "count"),
    Feature("orders_90_days_before", "risk", "number", "count"),
    Feature("order_trend", "risk", "number", "ratio"),
    Feature("return_share", "risk", "number", "share"),
    Feature("n_ratings", "risk", "number", "count"),
    Feature("mean_rating", "risk", "number", "none"),
    Feature("n_complaints", "risk", "number", "count"),
    Feature("days_since_feedback", "risk", "number", "days"),
    Feature("satisfaction", "risk", "category"),
    Feature("nps_class", "risk", "category"),
)
SCALES = (5, 10, 100)  # a rating is out of the first of these that no rating of the study exceeds
OTHER_SCALES = (1, 2, 3, 4, 6, 7)  # taken where many gave the best of them and nobody more
LEAST_RATINGS, LEAST_AT_TOP = 30, 0.1
COMPLAINT = "complain|dispute|refund|投诉|差评|退款|维权|举报"
WINDOW_DAYS = 90


def part(lines: Lines) -> Part:
    """Orders of the last 90 days and of the 90 before, and the money that came back."""
    day = nw.col("order_date")
    first, second = (lines.moment_of(lines.as_of - n * timedelta(days=WINDOW_DAYS)) for n in (1, 2))
    recent, before = day > first, (day <= first) & (day > second)
    money_back = nw.when(nw.col("is_return")).then(-nw.col("amount"))
    return Part(
        lines=(Ask("returned", money_back, "sum", "number"),) if "amount" in lines.roles else (),
        orders=(
            how_often("orders_last_90_days", recent),
            how_often("orders_90_days_before", before),
        ),
    )


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Add the days since the last order, the trend and the share returned.

    The trend is the change from the 90 days before to the last 90 days as a share of the former; without an order in
    the former there is nothing to compare with, and it is missing.
    """
    import pandas as pd

    profiles["recency_days"] = (pd.Timestamp(lines.as_of) - profiles["last_order_date"]).dt.days.astype("float64")
    before = profiles["orders_90_days_before"]
    profiles["order_trend"] = (profiles["orders_last_90_days"] / before - 1).where(before > 0)
    if "returned" in profiles and (profiles["returned"] > 0).any():
        gross = profiles["gross"].fillna(0)
        profiles["return_share"] = (profiles["returned"].fillna(0) / gross).where(gross > 0).clip(upper=1.0)


def from_feedback(rows: nw.LazyFrame[Any], roles: frozenset[str], as_of: date) -> pd.DataFrame:
    """Ratings, complaints, the days since the last feedback, and how satisfied the latest answer is.

    Satisfied is a latest rating of at least 80 % of the scale, neutral of at least 60 %: 4 and 3 out of 5. The classes
    of the net promoter score are those of Reichheld (Harvard Business Review, December 2003): 9 and 10 promoters, 7 and
    8 passives, 0 to 6 detractors.
    """
    import pandas as pd

    asked = [Ask("last_feedback", nw.col("date"), "max")]
    for role in ("rating", "nps_score"):
        if role in roles:
            asked += [
                Ask(f"latest_{role}", nw.col(role), "max", "number", at=nw.col("time")),
                Ask(f"largest_{role}", nw.col(role), "max", "number"),
            ]
    rated = [role for role in ("rating", "nps_score") if role in roles]
    if rated:
        value = nw.col(rated[0])
        asked += [
            Ask("n_ratings", value, "count", "count"),
            Ask("ratings", value, "sum", "number"),
        ]
    if "feedback_type" in roles:
        said = nw.col("feedback_type").str.to_lowercase().str.contains(COMPLAINT)
        asked.append(how_often("n_complaints", said))
    found = per_customer(rows, asked)
    last = pd.to_datetime(found["last_feedback"])
    result = (pd.Timestamp(as_of) - last).dt.days.astype("float64").rename("days_since_feedback").to_frame()
    if rated:
        result["n_ratings"] = found["n_ratings"].astype("int64")
        result["mean_rating"] = (found["ratings"] / found["n_ratings"]).where(found["n_ratings"] > 0)
    if "n_complaints" in found:
        result["n_complaints"] = found["n_complaints"].astype("int64")
    if "rating" in roles:
        scale = rating_scale(found["latest_rating"], found["largest_rating"].max())
        if scale:
            share = found["latest_rating"] / scale
            result["satisfaction"] = _classed(share, ((0.8, "satisfied"), (0.6, "neutral"), (0.0, "dissatisfied")))
    if "nps_score" in roles and not found["largest_nps_score"].max() > 10:
        score = found["latest_nps_score"]
        result["nps_class"] = _classed(score, ((9, "promoter"), (7, "passive"), (0, "detractor")))
    return result


def rating_scale(ratings: pd.Series, largest: float) -> int | None:
    """Return what ratings are out of; None above 100.

    The first of 5, 10 and 100 that none exceeds, or the largest one itself where a tenth of 30 ratings are it and a
    scale may end there: on one that goes on, so many would not stop at the same mark.

    Examples
    --------
    >>> import pandas as pd
    >>> [rating_scale(pd.Series([1, top] * 20), top) for top in (1, 3, 4.5, 7, 9)]
    [5, 3, 5, 7, 10]
    """
    known = ratings.dropna()
    is_end = largest in OTHER_SCALES and len(known) >= LEAST_RATINGS and known.nunique() > 1
    if is_end and (known == largest).mean() >= LEAST_AT_TOP:
        return int(largest)
    return next((top for top in SCALES if not largest > top), None)


def _classed(values: pd.Series, classes: tuple[tuple[float, str], ...]) -> pd.Series:
    """Name each value by the first class whose least value it reaches."""
    import pandas as pd

    names = pd.Series(None, index=values.index, dtype=object)
    for least, name in classes:
        names = names.where(names.notna() | ~(values >= least), name)
    return names
