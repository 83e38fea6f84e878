"""Behaviour 行为特征: how active a customer is, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

FEATURES = (
    Feature("first_order_date", "behaviour", "date"),
    Feature("last_order_date", "behaviour", "date"),
    Feature("tenure_days", "behaviour", "number", "days"),
    Feature("active_months", "behaviour", "number", "count"),
    Feature("mean_gap_days", "behaviour", "number", "days"),
    Feature("gap_spread_days", "behaviour", "number", "days"),
    Feature("favourite_weekday", "behaviour", "category"),
    Feature("favourite_hours", "behaviour", "category"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = ("night", "morning", "afternoon", "evening")  # the quarters of the day, from midnight
# Read in this order when two are equally frequent: the words' own order, so that the answer never depends on the rows.
HOURS_BY_NAME = tuple(sorted(range(4), key=HOURS.__getitem__))


def part(lines: Lines) -> Part:
    """Dates of the first and last order, gaps, months with an order, and the usual weekday and time of day."""
    sold_on = nw.when(nw.col("sale")).then(nw.col("order_date"))
    gap, orders, weekday = nw.col("gap"), nw.col("orders"), nw.col("order_date").dt.weekday()
    days = [
        Ask("active_months", nw.col("new_month"), "sum", "count"),
        Ask("n_days", nw.lit(1), "sum", "count"),
        Ask("gaps", gap, "sum", "number"),
        Ask("squared_gaps", gap * gap, "sum", "number"),
        *(
            Ask(f"on_{name}", nw.when(weekday == place).then(orders).otherwise(nw.lit(0)), "sum", "count")
            for place, name in enumerate(WEEKDAYS, start=1)
        ),
    ]
    if lines.has_time:
        days += [Ask(f"hour_{place}", nw.col(f"hour_{place}"), "sum", "count") for place in range(4)]
    return Part(
        lines=(Ask("first_order_date", sold_on, "min"), Ask("last_order_date", sold_on, "max")), days=tuple(days)
    )


def finish(profiles: pd.DataFrame, lines: Lines) -> None:
    """Add tenure, the mean and the spread of the gaps, and the most frequent weekday and time of day."""
    import numpy as np
    import pandas as pd

    for key in ("first_order_date", "last_order_date"):
        profiles[key] = pd.to_datetime(profiles[key]).astype("datetime64[us]")
    today = pd.Timestamp(lines.as_of)
    profiles["tenure_days"] = (today - profiles["first_order_date"]).dt.days.astype("float64")
    n_gaps = profiles["n_days"] - 1
    mean = (profiles["gaps"] / n_gaps).where(n_gaps > 0)
    profiles["mean_gap_days"] = mean
    # The sample standard deviation; sums of whole days are exact, so nothing cancels here but what should.
    variance = (profiles["squared_gaps"] - profiles["gaps"] ** 2 / n_gaps.where(n_gaps > 0)) / (n_gaps - 1)
    profiles["gap_spread_days"] = np.sqrt(variance.where(n_gaps > 1).clip(lower=0))
    profiles["favourite_weekday"] = _most(profiles, [f"on_{name}" for name in WEEKDAYS], WEEKDAYS)
    if lines.has_time:
        columns = [f"hour_{place}" for place in HOURS_BY_NAME]
        profiles["favourite_hours"] = _most(profiles, columns, [HOURS[place] for place in HOURS_BY_NAME])


def _most(profiles: pd.DataFrame, columns: list[str], names: tuple[str, ...] | list[str]) -> pd.Categorical:
    """Return the name of the largest of several counts, the first of equal ones; missing when all are zero."""
    import numpy as np
    import pandas as pd

    best, code = np.zeros(len(profiles)), np.full(len(profiles), -1, dtype="int8")
    for place, column in enumerate(columns):
        counts = profiles[column].fillna(0).to_numpy()
        larger = counts > best
        best[larger], code[larger] = counts[larger], place
    return pd.Categorical.from_codes(code, categories=list(names))
