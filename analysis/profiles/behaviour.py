"""Behaviour 行为特征: how active a customer is, and when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import narwhals as nw

from analysis.profiles.lines import Ask, Lines, Part, favourite, how_often, moment, per_customer
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
    Feature("visits_last_30_days", "behaviour", "number", "count"),
    Feature("visits_last_90_days", "behaviour", "number", "count"),
    Feature("days_since_visit", "behaviour", "number", "days"),
    Feature("active_hours", "behaviour", "category"),
    Feature("n_features_used", "behaviour", "number", "count"),
    Feature("favourite_feature", "behaviour", "category"),
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
VISIT_PAUSE_MINUTES = 30  # an event after a longer pause opens a new visit, as web analytics count sessions
HOURS = ("night", "morning", "afternoon", "evening")  # the quarters of the day, from midnight
# Read in this order when two are equally frequent: the words' own order, so that the answer never depends on the rows.
HOURS_BY_NAME = tuple(sorted(range(4), key=HOURS.__getitem__))


def part(lines: Lines) -> Part:
    """Dates of the first and last order, gaps, months with an order, and the usual weekday and time of day."""
    sold_on = nw.when(nw.col("sale")).then(nw.col("order_date"))
    # From the number of the day, the first of which was a Monday: engines begin the week on other days.
    gap, day, hour = nw.col("gap"), nw.col("day"), nw.col("order_time").dt.hour()
    weekday = day - ((day - 1) / 7).floor() * 7
    orders = [
        how_often("active_months", nw.col("new_month")),
        how_often("n_days", nw.col("new_day")),
        Ask("gaps", gap, "sum", "number"),
        Ask("squared_gaps", gap * gap, "sum", "number"),
    ]
    orders += [how_often(f"on_{name}", weekday == place) for place, name in enumerate(WEEKDAYS, start=1)]
    if lines.has_time:
        orders += [how_often(f"hour_{place}", (hour >= 6 * place) & (hour < 6 * place + 6)) for place in range(4)]
    return Part(
        lines=(Ask("first_order_date", sold_on, "min"), Ask("last_order_date", sold_on, "max")),
        orders=tuple(orders),
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


def _most(profiles: pd.DataFrame, columns: list[str], names: tuple[str, ...] | list[str]) -> Any:
    """Return the name of the largest of several counts, the first of equal ones; missing when all are zero."""
    import numpy as np
    import pandas as pd

    best, code = np.zeros(len(profiles)), np.full(len(profiles), -1, dtype="int8")
    for place, column in enumerate(columns):
        counts = profiles[column].fillna(0).to_numpy()
        larger = counts > best
        best[larger], code[larger] = counts[larger], place
    return pd.Categorical.from_codes(code, dtype=pd.CategoricalDtype(list(names)))


def from_events(rows: nw.LazyFrame[Any], roles: frozenset[str], as_of: date) -> pd.DataFrame:
    """Count visits, name the usual time of day, and the features (without such a column, the events) used.

    A visit is a session where the file names sessions, else a run of events without a pause of more than 30 minutes.
    """
    import pandas as pd

    day, time = nw.col("date"), nw.col("time")
    if "session_id" in roles:
        sessions = rows.filter(~nw.col("session_id").is_null()).group_by("customer_id", "session_id")
        visits = sessions.agg(nw.col("date").min()).with_columns(visit=nw.lit(1))
    else:
        timed = rows.with_columns(moment=moment(time))
        before = nw.col("moment").shift(1).over("customer_id", order_by="moment")
        pause = nw.col("moment") - nw.col("before")
        opens = nw.when(pause <= VISIT_PAUSE_MINUTES * 60_000_000).then(nw.lit(0)).otherwise(nw.lit(1))
        visits = timed.with_columns(before=before).with_columns(visit=opens)
    none, visit = nw.lit(0), nw.col("visit")
    hour = time.dt.hour()
    found = per_customer(
        rows,
        (
            Ask("last_visit", day, "max"),
            Ask("latest_minute", hour * 60 + time.dt.minute(), "max", "count"),
            *(how_often(f"hour_{place}", (hour >= 6 * place) & (hour < 6 * place + 6)) for place in range(4)),
        ),
    )
    counted = per_customer(
        visits,
        [
            Ask(
                f"visits_last_{days}_days",
                nw.when(day > as_of - timedelta(days=days)).then(visit).otherwise(none),
                "sum",
                "count",
            )
            for days in (30, 90)
        ],
    ).reindex(found.index, fill_value=0)
    result = counted.astype("int64")
    result["days_since_visit"] = (pd.Timestamp(as_of) - pd.to_datetime(found["last_visit"])).dt.days.astype("float64")
    if (found["latest_minute"] > 0).any():
        columns = [f"hour_{place}" for place in HOURS_BY_NAME]
        result["active_hours"] = _most(found, columns, [HOURS[place] for place in HOURS_BY_NAME])
    used = next((role for role in ("feature_used", "event") if role in roles), None)
    if used:
        tastes = favourite(rows, used).reindex(found.index)
        result["n_features_used"] = tastes[f"n_{used}"].fillna(0).astype("int64")
        result["favourite_feature"] = tastes[f"favourite_{used}"]
    return result
