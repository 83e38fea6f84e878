"""Which features customers are clustered by, and who takes part: those who have a place on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.segments.clustering.scale import standardised

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.params import Preparation

MAX_SUGGESTED = 8
MIN_FILL = 0.8
SAME = 0.95
PREFERRED = ("recency_days", "n_orders", "spend", "average_order_value")
DIMENSION_ORDER = ("value", "behaviour", "risk", "preference", "channel", "social", "basic")
# Of feedback that not nearly everybody gave, groups would say who answered, not what customers are like.
_OF_FEEDBACK = ("n_ratings", "mean_rating", "n_complaints", "days_since_feedback", "satisfaction", "nps_class")
NEARLY_ALL = 0.95
# A customer without a purchase has no place on these; on attributes of the person he has.
FROM_PURCHASES = ("value", "behaviour", "risk", "preference", "channel")


def suggest_features(profiles: Profiles) -> tuple[str, ...]:
    """Choose at most eight features to cluster by: numbers that vary, are well filled and do not repeat each other.

    Returns
    -------
    tuple of str
        Feature keys: recency, orders, spend and average order value where the profiles hold all four, otherwise the
        preferred ones first; empty when no feature qualifies.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "x": [1, 5, 2, 9.0], "y": [2, 10, 4, 18.0], "z": [1] * 4})
    >>> suggest_features(Profiles(base, tuple(Feature(k, "basic", "number") for k in "xyz"), date(2024, 1, 1)))
    ('x',)
    """
    import numpy as np

    from analysis.segments.params import Preparation

    frame = profiles.customers
    inside = _takes_part(profiles, profiles.features)
    order = {key: i for i, key in enumerate(PREFERRED)}
    # Every further feature of purchases repeats these in part and blurs the groups; a person may add what matters here.
    measured = {feature.key for feature in profiles.features if feature.header is None} >= set(PREFERRED)
    candidates = sorted(
        (
            feature
            for feature in profiles.features
            if feature.kind == "number" and not feature.personal and (not measured or feature.key in PREFERRED)
        ),
        key=lambda feature: (order.get(feature.key, len(order)), DIMENSION_ORDER.index(feature.dimension)),
    )
    chosen: list[str] = []
    columns: list[np.ndarray] = []
    left_out = says_who_answered(profiles)
    for feature in candidates:
        if feature.key in left_out:
            continue
        values = column_of(frame, feature.key)[inside]
        filled = np.isfinite(values)
        if len(values) == 0 or filled.mean() < MIN_FILL or np.ptp(values[filled]) == 0:
            continue
        column = standardised(values, feature, Preparation())[0]
        if column is None or any(abs(float((column * other).mean())) >= SAME for other in columns):
            continue
        chosen.append(feature.key)
        columns.append(column)
        if len(chosen) == MAX_SUGGESTED:
            break
    return tuple(chosen)


def says_who_answered(profiles: Profiles) -> set[str]:
    """Return the features of feedback that not nearly everybody gave: they say who answered."""
    since = profiles.customers.get("days_since_feedback")
    if since is not None and len(since) and since.notna().mean() >= NEARLY_ALL:
        return set()
    return {one.key for one in profiles.features if one.key in _OF_FEEDBACK and one.origin == "records"}


def values_inside(
    profiles: Profiles, features: Sequence[Feature], preparation: Preparation
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return the values of features of all customers (NaN where missing), who takes part, and how many lack values."""
    import numpy as np

    takes_part = _takes_part(profiles, features)
    values = np.column_stack([column_of(profiles.customers, feature.key) for feature in features])
    filled = np.isfinite(values)
    known = filled.all(axis=1) if preparation.missing == "leave_out" else filled.any(axis=1)
    return values, takes_part & known, int((takes_part & ~known).sum())


def chosen_features(profiles: Profiles, features: Sequence[str]) -> list[Feature]:
    """Return the features asked for, or the suggested ones; refuses as ``prepare``."""
    keys = tuple(dict.fromkeys(features)) or suggest_features(profiles)
    if not keys:
        raise no_features(profiles)
    chosen = []
    for key in keys:
        feature = profiles.feature(key)
        if feature is None or key not in profiles.customers.columns:
            known = tuple(each.key for each in profiles.features if each.kind in ("number", "flag"))
            raise AnalysisError("clusters_unknown_feature", feature=key, known=known)
        if feature.kind not in ("number", "flag"):
            raise AnalysisError("clusters_not_a_number", feature=feature.header or key)
        chosen.append(feature)
    return chosen


def no_features(profiles: Profiles) -> AnalysisError:
    """Return the refusal of profiles that hold nothing to cluster by."""
    n = sum(feature.kind == "number" and not feature.personal for feature in profiles.features)
    return AnalysisError("clusters_no_features", n_numbers=n, n_customers=len(profiles.customers))


def column_of(frame: pd.DataFrame, key: str) -> np.ndarray:
    """Return a feature as numbers, NaN where it is missing or not finite."""
    import numpy as np

    values = frame[key].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _takes_part(profiles: Profiles, features: Sequence[Feature]) -> np.ndarray:
    import numpy as np

    frame = profiles.customers
    purchases = any(feature.header is None and feature.dimension in FROM_PURCHASES for feature in features)
    if purchases and "n_orders" in frame.columns:
        return column_of(frame, "n_orders") > 0
    return np.ones(len(frame), dtype=bool)
