"""Profiles: every customer in one row, with what the tables say about each of the seven dimensions.

The step from order lines to one row per customer is written once, in narwhals, and runs where the lines live: DuckDB
in the app and on the command line, pandas in a notebook.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from analysis.errors import AnalysisError
from analysis.profiles import basic, behaviour, channel, preference, risk, value
from analysis.profiles.lines import Lines, order_lines
from analysis.profiles.members import attach_members, latest_day
from analysis.profiles.result import DIMENSIONS, Feature, Profiles

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables

DIMENSION_MODULES = (value.value, behaviour.behaviour, preference.preference, risk.risk, channel.channel, basic.basic)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COUNTS = ("n_orders", "active_months", "orders_last_90_days", "orders_90_days_before")


def build_profiles(standard: StandardTables, *, as_of: Literal["latest"] | date = "latest") -> Profiles:
    """Reduce standard tables to one row per customer.

    Parameters
    ----------
    standard : StandardTables
    as_of : date or "latest"
        The day the profiles look back from; ``latest`` is the day after the last order, without orders the day after
        the last date that the customers table knows. Lines after it are left out.

    Returns
    -------
    Profiles

    Raises
    ------
    AnalysisError
        ``as_of_before_data`` when no line lies on or before ``as_of``; ``no_customers`` when no customer is left.
    """
    cursor = standard.cursor()
    try:
        first, last = cursor.execute(
            "SELECT min(order_date), coalesce(max(order_date) FILTER (WHERE NOT is_return AND amount > 0), "
            "max(order_date)) FROM orders"
        ).fetchall()[0]
        if last is None:
            day = as_of if isinstance(as_of, date) else latest_day(cursor, standard)
            orders, after, features = None, 0, ()
        else:
            day = as_of if isinstance(as_of, date) else last + timedelta(days=1)
            if day < first:
                raise AnalysisError("as_of_before_data", as_of=day, first=first)
            after = cursor.execute("SELECT count(*) FROM orders WHERE order_date > ?", [day]).fetchall()[0][0]
            lines = order_lines(
                cursor.table("orders"), as_of=day, roles=standard.order_roles, has_time=standard.has_time
            )
            orders, features = profile_orders(lines)
        return attach_members(cursor, standard, orders, features, as_of=day, n_after_as_of=after)
    finally:
        cursor.close()


def profile_orders(lines: Lines) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Reduce order lines to one row per customer, indexed by ``customer_id``, and say what each column is."""
    frames = [_collected(frame) for build in DIMENSION_MODULES for frame in build(lines)]
    profiles = frames[0].join([*frames[1:]], how="left")
    _finish(profiles, lines.as_of)
    known = {
        feature.key: feature
        for module in (value, behaviour, preference, risk, channel)
        for feature in module.FEATURES
    }
    known |= {feature.key: feature for feature in basic.features(lines.roles)}
    features = tuple(
        sorted((known[key] for key in known if key in profiles.columns), key=lambda f: DIMENSIONS.index(f.dimension))
    )
    return profiles[[feature.key for feature in features]], features


def _collected(frame: Any) -> pd.DataFrame:
    return frame.collect("pandas").to_native().set_index("customer_id")


def _finish(profiles: pd.DataFrame, as_of: date) -> None:
    """Add what follows from the collected columns: ratios, days and gaps; missing where they do not exist."""
    import numpy as np
    import pandas as pd

    today = pd.Timestamp(as_of)
    for key in COUNTS:
        profiles[key] = profiles[key].fillna(0).astype("int64")
    for key in ("first_order_date", "last_order_date"):
        profiles[key] = pd.to_datetime(profiles[key])
    bought = profiles["n_orders"] > 0
    profiles["average_order_value"] = (profiles["gross"] / profiles["n_orders"]).where(bought)
    profiles["recency_days"] = (today - profiles["last_order_date"]).dt.days.astype("float64")
    profiles["tenure_days"] = (today - profiles["first_order_date"]).dt.days.astype("float64")
    span = (profiles["last_order_date"] - profiles["first_order_date"]).dt.days
    profiles["mean_gap_days"] = (span / (profiles["n_days"] - 1)).where(profiles["n_days"] > 1)
    gross = profiles["gross"].fillna(0)
    profiles["return_share"] = (profiles["returned"] / gross).where(gross > 0).clip(upper=1.0)
    if not (profiles["returned"] > 0).any():
        del profiles["return_share"]
    if "favourite_weekday" in profiles:
        names = np.array([None, *WEEKDAYS], dtype=object)
        profiles["favourite_weekday"] = names[profiles["favourite_weekday"].fillna(0).astype(int).to_numpy()]
