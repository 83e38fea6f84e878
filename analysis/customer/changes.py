"""What became of one customer since an earlier run of the study."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from analysis.profiles.result import Feature, Profiles

# Sums that only a run with more orders moves; days and shares move with the calendar alone.
SUMS = ("n_orders", "spend")


@dataclass(frozen=True)
class CustomerThen:
    """A customer as an earlier run left it.

    Attributes
    ----------
    as_of : date
    values : mapping of str, optional
        Columns of the profiles and of the segmentations; None where the run did not know the customer.
    """

    as_of: date
    values: Mapping[str, Any] | None


@dataclass(frozen=True)
class Changed:
    """One thing that changed: ``column`` is a feature's key or a segmentation's column, missing values are None."""

    column: str
    before: Any
    now: Any


@dataclass(frozen=True)
class CustomerChanges:
    """What changed since ``since``; a customer who is new has no changes."""

    since: date
    is_new: bool
    changed: tuple[Changed, ...]


def customer_changes(
    then: CustomerThen, profiles: Profiles, row: int, segments: Mapping[str, str | None]
) -> CustomerChanges:
    """Return what changed: segments first, orders and spend, then tags and the columns of the files.

    Features that move with the calendar alone (days since the last order) are no change, nor are personal ones told.

    Parameters
    ----------
    then : CustomerThen
    profiles : Profiles
        Of today.
    row : int
    segments : mapping of str
        The customer's segment of today by column of the segmentation; those that mean the same in both runs.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": ["a"], "n_orders": [5]})
    >>> shop = Profiles(base, (Feature("n_orders", "value", "number"),), date(2024, 6, 1))
    >>> then = CustomerThen(date(2024, 5, 1), {"n_orders": 3, "segment_rfm": "new"})
    >>> [one.column for one in customer_changes(then, shop, 0, {"segment_rfm": "loyal"}).changed]
    ['segment_rfm', 'n_orders']
    """
    if then.values is None:
        return CustomerChanges(then.as_of, True, ())
    now = profiles.customers.iloc[row]
    pairs = [(column, then.values[column], segment) for column, segment in segments.items() if column in then.values]
    told = [feature for feature in profiles.features if _is_told(feature) and feature.key in then.values]
    told.sort(key=lambda feature: (feature.key not in SUMS, feature.origin != "tag"))
    pairs += [(feature.key, then.values[feature.key], now[feature.key]) for feature in told if feature.key in now]
    plain = [(column, _plain(before), _plain(after)) for column, before, after in pairs]
    return CustomerChanges(
        then.as_of, False, tuple(Changed(column, before, after) for column, before, after in plain if before != after)
    )


def _is_told(feature: Feature) -> bool:
    if feature.personal is not None:
        return False
    own = feature.header is not None and feature.kind in ("category", "flag")
    return feature.key in SUMS or feature.origin == "tag" or own


def _plain(value: Any) -> Any:
    """Return a value for comparison: missing as None, sums without the last digits of their addition."""
    import numpy as np
    import pandas as pd

    if value is None or pd.isna(value):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return round(value, 6) if isinstance(value, float) else value
