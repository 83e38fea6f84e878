"""Profiles: every customer in one row, with what the tables say about each of the seven dimensions.

The step from order lines to one row per customer is written once, in narwhals, and runs where the lines live: DuckDB
in the app and on the command line, pandas in a notebook.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError
from analysis.intake.questions import lines_after, order_span
from analysis.profiles import basic, behaviour, channel, preference, risk, social, value
from analysis.profiles.compact import compact
from analysis.profiles.lines import Lines, favourite, order_lines, per_customer, single_orders
from analysis.profiles.members import attach_members, latest_day, refuse_more
from analysis.profiles.result import DIMENSIONS, Feature, Profiles

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables

# In the order in which they finish: later ones may use what earlier ones added.
DIMENSION_MODULES = (value, behaviour, preference, risk, channel, basic)
COUNTS = ("n_orders", "active_months", "orders_last_90_days", "orders_90_days_before")


def build_profiles(standard: StandardTables, *, as_of: Literal["latest"] | date = "latest") -> Profiles:
    """Reduce standard tables to one row per customer.

    Parameters
    ----------
    standard : StandardTables
    as_of : date or "latest"
        The day the profiles look back from; ``latest`` is the day after the last order or return, without orders the
        day after the last date that the customers table knows. Lines after it are left out.

    Returns
    -------
    Profiles

    Raises
    ------
    AnalysisError
        ``as_of_before_data`` when no line lies on or before ``as_of``; ``no_customers`` when no customer is left;
        ``too_many_customers`` (n, most).
    """
    n_lines, first, last = order_span(standard)
    if first is None or last is None:
        day = as_of if isinstance(as_of, date) else latest_day(standard)
        records = profile_records(standard, None, as_of=day)
        return attach_members(standard, None, (), records, as_of=day, n_after_as_of=0)
    day = as_of if isinstance(as_of, date) else last + timedelta(days=1)
    if day < first:
        raise AnalysisError("as_of_before_data", as_of=day, first=first)
    after = lines_after(standard, day)
    with standard.cursor() as cursor:
        lines = compact(cursor, as_of=day, roles=standard.order_roles, n_lines=n_lines - after)
        refuse_more(len(lines.customers))
        orders, features = profile_orders(
            order_lines(
                relation,
                as_of=day,
                roles=standard.order_roles,
                has_time=standard.has_time,
                texts=lines.texts,
            )
            for relation in lines.slices()
        )
        orders.index = lines.customers.take(orders.index.to_numpy()).rename("customer_id")
    records = profile_records(standard, orders, as_of=day)
    return attach_members(standard, orders, features, records, as_of=day, n_after_as_of=after)


def profile_orders(slices: Iterable[Lines]) -> tuple[pd.DataFrame, tuple[Feature, ...]]:
    """Reduce order lines to one row per customer, indexed by ``customer_id``, and say what each column is.

    All lines of a customer lie in one of the slices, which are alike in all but their rows.
    """
    import pandas as pd

    found: list[pd.DataFrame] = []
    lines = None
    for lines in slices:
        found.append(_answers(lines))
    assert lines is not None  # without a line there is no as-of date on which to ask
    profiles = found[0] if len(found) == 1 else pd.concat(found)
    del found
    for key in COUNTS:
        profiles[key] = profiles[key].fillna(0).astype("int64")
    for module in DIMENSION_MODULES:
        module.finish(profiles, lines)
    known = {
        feature.key: feature for module in (value, behaviour, preference, risk, channel) for feature in module.FEATURES
    }
    known |= {feature.key: feature for feature in basic.features(lines.roles)}
    features = tuple(
        sorted((known[key] for key in known if key in profiles.columns), key=lambda f: DIMENSIONS.index(f.dimension))
    )
    for key in set(profiles.columns) - set(known):
        del profiles[key]
    for key in profiles.columns:
        if profiles[key].dtype == "category":
            profiles[key] = profiles[key].astype("str")
    return profiles[[feature.key for feature in features]], features


def _answers(lines: Lines) -> pd.DataFrame:
    """Answer what the dimensions ask of the lines of some customers."""
    parts = [module.part(lines) for module in DIMENSION_MODULES]
    answers = per_customer(lines.all, [ask for part in parts for ask in part.lines], lines.texts)
    _add(answers, per_customer(single_orders(lines), [ask for part in parts for ask in part.orders]))
    for column in (column for part in parts for column in part.favourites):
        _add(answers, favourite(lines.sales, column, lines.texts))
    return answers


def profile_records(
    standard: StandardTables, orders: pd.DataFrame | None, *, as_of: date
) -> tuple[tuple[pd.DataFrame, tuple[Feature, ...]], ...]:
    """Reduce events, feedback, referrals, contacts and consents up to ``as_of`` to one row per customer each."""
    import narwhals as nw

    found = []
    for kind, roles in standard.record_roles.items():
        rows = standard.records(kind)
        in_time = nw.col("date") <= as_of
        if kind == "referrals":  # one without a date is not known to lie ahead
            rows = rows.filter(in_time | nw.col("date").is_null())
            frame, known = social.from_referrals(rows, roles, orders), social.FEATURES
        elif kind == "events":
            frame, known = behaviour.from_events(rows.filter(in_time), roles, as_of), behaviour.FEATURES
        elif kind == "feedback":
            frame, known = risk.from_feedback(rows.filter(in_time), roles, as_of), risk.FEATURES
        elif kind == "consents":  # a refusal counts whenever it was said
            frame, known = channel.from_consents(rows, roles, as_of), channel.CONSENT_FEATURES
        else:
            frame, known = channel.from_contacts(rows.filter(in_time), roles, as_of), channel.FEATURES
        if frame is not None and len(frame):
            for key in frame.columns[[dtype == "category" for dtype in frame.dtypes]]:
                frame[key] = frame[key].astype("str")
            found.append((frame, tuple(feature for feature in known if feature.key in frame.columns)))
    return tuple(found)


def _add(profiles: pd.DataFrame, frame: pd.DataFrame) -> None:
    """Add columns of some of the customers."""
    places = None if frame.index.equals(profiles.index) else frame.index.get_indexer(profiles.index)
    for key in frame.columns:
        column = frame[key].array
        profiles[key] = column if places is None else column.take(places, allow_fill=True)
