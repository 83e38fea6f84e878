"""Join the customers table to what the orders say: every customer of either becomes one row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING, cast

from analysis.errors import AnalysisError
from analysis.intake.questions import last_day_of
from analysis.intake.roles import roles
from analysis.intake.standard import mapped
from analysis.intake.suggesting.personal import personal_column
from analysis.notes import Note
from analysis.privacy.consent import FEATURE as MAY_CONTACT
from analysis.profiles.basic import FROM_LINES
from analysis.profiles.people import add_people
from analysis.profiles.result import DIMENSIONS, Dimension, Feature, Origin, Profiles, Unit, ValueKind

if TYPE_CHECKING:
    import pandas as pd

    from analysis.intake.tables import StandardTables

UNITS: dict[str, Unit] = {
    "recency_days": "days", "n_orders": "count", "spend": "money", "age": "years", "birth_year": "year",
    "income": "money", "complaints": "count", "referrals": "count", "visits": "count",
}  # fmt: skip
KINDS: dict[str, ValueKind] = {
    "number": "number", "date": "date", "category": "category", "text": "text", "id": "text", "phone": "text",
    "email": "text", "id_number": "text",
}  # fmt: skip
# Someone without a record has none: zero, not unknown.
COUNTED = {
    "visits_last_30_days", "visits_last_90_days", "n_features_used", "n_ratings", "n_complaints", "referrals_made",
    "referrals_converted", "contacts_sent", "contacts_answered",
}  # fmt: skip
SEGMENTS = re.compile("segment_[a-z]+")  # columns that exports add to the profiles
LEAST_TO_COMPARE, RISES = 30, 0.4  # customers, and rank correlation of orders with days since the last one
FEW = 30  # a text of the customers table with at most this many values is a category


def latest_day(standard: StandardTables) -> date:
    """Return the day after the last order or sign-up that a customers table knows, else after the last event.

    Customers without any of them are those of today, whatever day feedback on them is of; so the day does not go back
    when such a table is added. Other records alone are of the day after the last one.
    """
    for role in ("last_order_date", "signup_date"):
        if role in standard.customer_roles:
            last = last_day_of(standard, "customers", role)
            if last is not None:
                return last + timedelta(days=1)
    known = {kind: last_day_of(standard, kind, "date") for kind in standard.record_roles}
    days = [day for day in known.values() if day is not None]
    if not days:
        return date.today()
    last = max(days) + timedelta(days=1)
    return last if known.get("events") or not standard.customer_roles else max(last, date.today())


def refuse_more(n_customers: int) -> None:
    """Refuse to make profiles of more customers than ``MOST_CUSTOMERS``."""
    if n_customers > mapped.MOST_CUSTOMERS:
        raise AnalysisError("too_many_customers", n=n_customers, most=mapped.MOST_CUSTOMERS)


def attach_members(
    standard: StandardTables,
    orders: pd.DataFrame | None,
    features: tuple[Feature, ...],
    records: Sequence[tuple[pd.DataFrame, tuple[Feature, ...]]] = (),
    *,
    as_of: date,
    n_after_as_of: int,
) -> Profiles:
    """Join on the customer id; a value of the customers table wins over one read from order lines.

    Customers of the table without an order stay in the profiles with no orders and no spend.
    """
    import pandas as pd

    members = standard.customers().set_index("customer_id")
    extras = dict(standard.extras)
    member_features = _member_features(members, extras, {feature.key for feature in features})
    members = members.rename(columns={feature.key_in_table: feature.key for feature in member_features})
    described = {feature.key: feature.feature for feature in member_features}
    turned: tuple[Note, ...] = ()
    if orders is None:
        joined = members
        _complete_rfm(joined, as_of, described)
        turned = recency_right_way(joined)
    else:
        joined = orders.reindex(orders.index.union(members.index))
        joined.index.name = "customer_id"
        for key in members.columns:
            column = members[key].reindex(joined.index)
            if key in ("n_orders", "spend", "recency_days", "last_order_date") and key in orders:
                described.pop(key, None)  # counted from the orders themselves, which say more than a summary
                continue
            joined[key] = column.combine_first(joined[key]) if key in joined else column
    for frame, found in records:
        # Who only said whether they may be contacted is no customer, where others are known.
        if MAY_CONTACT not in frame or not len(joined):
            joined = joined.reindex(joined.index.union(frame.index))
        joined.index.name = "customer_id"
        for key in (feature.key for feature in found):
            joined[key] = frame[key].reindex(joined.index)
            if key in COUNTED:
                joined[key] = joined[key].fillna(0).astype("int64")
        described |= {feature.key: feature for feature in _worked_out(found, "records", as_of)}
    if orders is not None:
        _without_orders(joined)
    if len(joined) == 0:
        raise AnalysisError("no_customers")
    refuse_more(len(joined))
    people, notes = add_people(joined, as_of=as_of)
    from_orders = _worked_out(features, "orders", as_of)
    kept = {feature.key: feature for feature in from_orders} | described
    kept |= {feature.key: feature for feature in _worked_out(people, "attributes", as_of)}
    ordered = sorted(kept.values(), key=lambda feature: DIMENSIONS.index(feature.dimension))
    joined = joined.sort_index().reset_index()
    for feature in ordered:
        if feature.kind == "date":
            joined[feature.key] = pd.to_datetime(joined[feature.key])
    frame = joined[["customer_id", *[feature.key for feature in ordered]]]
    return Profiles(frame, tuple(ordered), as_of, n_after_as_of, (*notes, *turned))


def recency_right_way(members: pd.DataFrame) -> tuple[Note, ...]:
    """Turn days since the last order that are counted below zero; say when they may be counted the other way round."""
    if "recency_days" not in members or not len(members):
        return ()
    days = members["recency_days"]
    least, most = days.min(), days.max()
    if least < 0 and most <= 0:
        members["recency_days"] = -days
        return (Note("recency_negative", {"least": float(least), "most": float(most)}, "check"),)
    if "n_orders" in members and len(members) >= LEAST_TO_COMPARE:
        together = days.corr(members["n_orders"], method="spearman")
        if together >= RISES:
            return (Note("recency_reversed", {}, "check"),)
    return ()


def _without_orders(joined: pd.DataFrame) -> None:
    """A customer without an order has ordered nothing: counts and spend are zero, not unknown."""
    for key in ("n_orders", "active_months", "orders_last_90_days", "orders_90_days_before"):
        joined[key] = joined[key].fillna(0).astype("int64")
    if "spend" in joined:
        joined["spend"] = joined["spend"].fillna(0.0)


def _worked_out(features: Iterable[Feature], origin: Origin, as_of: date) -> list[Feature]:
    """Say of features what they were worked out from; attributes that stand on order lines are columns as they are."""
    return [
        feature if feature.key in FROM_LINES and origin == "orders" else replace(feature, origin=origin, as_of=as_of)
        for feature in features
    ]


class _Member:
    """A column of the customers table: its stored name, and the feature it becomes."""

    def __init__(self, key_in_table: str, feature: Feature) -> None:
        self.key_in_table = key_in_table
        self.feature = feature
        self.key = feature.key


def _member_features(members: pd.DataFrame, extras: dict[str, str], computed: set[str]) -> list[_Member]:
    import pandas as pd

    taken = set(roles()) | computed
    found = []

    def is_free(key: str) -> bool:
        return key not in taken and not SEGMENTS.fullmatch(key)

    for name in members.columns:
        if name in extras:
            header = extras[name]
            key = next(key for key in chain([header], (f"{header} ({n})" for n in count(2))) if is_free(key))
            taken.add(key)
            kind = _kind_of(members[name])
            cells = members[name].dropna().drop_duplicates().astype("str") if kind == "category" else ()
            held = personal_column(header, list(cells))
            personal = held.kind if held else None
            if held and (personal or held.inside):
                kind = "text"  # no value of it is told as that of a group
            found.append(_Member(name, Feature(key, "basic", kind, header=header, personal=personal)))
            continue
        role = roles()[name]
        dimension = cast(Dimension, role.dimension or "basic")
        kind = "flag" if pd.api.types.is_bool_dtype(members[name]) else KINDS[role.kind]
        if kind == "text" and role.personal is None and members[name].nunique() <= FEW:
            kind = "category"
        found.append(_Member(name, Feature(name, dimension, kind, UNITS.get(name, "none"), personal=role.personal)))
    return found


def _kind_of(column: pd.Series) -> ValueKind:
    from pandas.api import types

    if types.is_bool_dtype(column):
        return "flag"
    if types.is_datetime64_any_dtype(column):
        return "date"
    return "number" if types.is_numeric_dtype(column) else "category"


def _complete_rfm(members: pd.DataFrame, as_of: date, described: dict[str, Feature]) -> None:
    """A customers table that knows the last order's date knows the recency too."""
    import pandas as pd

    if "recency_days" not in members and "last_order_date" in members:
        days = (pd.Timestamp(as_of) - pd.to_datetime(members["last_order_date"])).dt.days.astype("float64")
        members["recency_days"] = days
        described["recency_days"] = Feature("recency_days", "risk", "number", "days", origin="attributes", as_of=as_of)
