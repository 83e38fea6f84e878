"""Rules to start from, chosen by the goal of the study, with borders taken from the data and rounded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.conditions import AllOf, Condition
from analysis.segments.by_rule.holding import holds
from analysis.segments.params import SegmentRule

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

# Key of each rule, and its conditions: feature, comparison, and what to compare with: the quantile (0..1), the number,
# or how many times the days that usually pass between two orders in this shop.
_Q, _GAPS = "quantile", "gaps"
# Where nobody came back and no gap is known, the share of customers whose last order is younger.
_WITHOUT_GAPS = {1.0: 0.5, 2.0: 0.6, 4.0: 0.8}
_Asked = tuple[str, str, str, float]
_STARTERS: dict[str, tuple[tuple[str, tuple[_Asked, ...]], ...]] = {
    "win_back": (
        ("valuable_away", (("spend", "ge", _Q, 0.75), ("recency_days", "gt", _GAPS, 2.0))),
        ("away", (("recency_days", "gt", _GAPS, 2.0),)),
        ("active", (("n_orders", "ge", "number", 1),)),
    ),
    "repurchase": (
        ("first_order_recent", (("n_orders", "eq", "number", 1), ("recency_days", "le", _GAPS, 1.0))),
        ("first_order_old", (("n_orders", "eq", "number", 1),)),
        ("repeat", (("n_orders", "ge", "number", 2),)),
    ),
    "best_customers": (
        ("best", (("spend", "ge", _Q, 0.9), ("n_orders", "ge", "number", 2))),
        ("rising", (("spend", "ge", _Q, 0.6), ("recency_days", "le", _GAPS, 1.0))),
        ("active", (("n_orders", "ge", "number", 1),)),
    ),
    "launch": (
        ("early", (("recency_days", "le", _GAPS, 1.0), ("n_orders", "ge", "number", 2))),
        ("curious", (("n_categories", "ge", "number", 2),)),
        ("active", (("n_orders", "ge", "number", 1),)),
    ),
    "cut_waste": (
        ("long_gone", (("recency_days", "gt", _GAPS, 4.0), ("n_orders", "eq", "number", 1))),
        ("discount_only", (("discount_share", "ge", "number", 0.5),)),
        ("active", (("n_orders", "ge", "number", 1),)),
    ),
}
_PLAIN = (
    ("first_order_recent", (("n_orders", "eq", "number", 1), ("recency_days", "le", _GAPS, 1.0))),
    ("valuable_away", (("spend", "ge", _Q, 0.75), ("recency_days", "gt", _GAPS, 2.0))),
    ("best", (("spend", "ge", _Q, 0.9),)),
)


def starter_rules(profiles: Profiles, goal: str | None = None) -> tuple[SegmentRule, ...]:
    """Return rules to start from.

    Parameters
    ----------
    profiles : Profiles
    goal : str, optional
        A goal of the recipe; another one or none gives rules for any shop.

    Returns
    -------
    tuple of SegmentRule
        Those whose features the profiles have and that take customers whom no rule above them takes, with borders from
        the data. Without any, one rule on the first feature with two values; empty when there is none.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abc"), "n_orders": [1, 2, 5]}),
    ...                 (Feature("n_orders", "value", "number", "count"),), date(2024, 1, 1))
    >>> [rule.key for rule in starter_rules(base, "repurchase")]
    ['first_order_old', 'repeat']
    """
    import numpy as np

    found = []
    free = np.ones(len(profiles.customers), dtype=bool)
    for key, asked in _STARTERS.get(goal or "", _PLAIN):
        rule = _taking_somebody(key, asked, profiles, free)
        if rule is not None:
            found.append(rule)
            free &= ~holds(rule.when, profiles)
    return tuple(found) or _any_rule(profiles)


def _taking_somebody(key: str, asked: tuple[_Asked, ...], profiles: Profiles, free: np.ndarray) -> SegmentRule | None:
    """Return a rule that takes one of the ``free`` customers or more, whom no rule above takes; None without one.

    Its borders are quantiles of all customers; where these meet nobody, of the free ones who meet the other conditions.
    """
    import numpy as np

    for among_all in (True, False):
        met = free.copy()
        parts: dict[int, Condition] = {}
        # Borders that come from the data look at those who meet what is fixed.
        for place in sorted(range(len(asked)), key=lambda place: asked[place][2] == _Q):
            pool = np.ones(len(met), dtype=bool) if among_all else met
            condition = _condition(profiles, *asked[place], pool)
            if condition is None:
                return None
            parts[place] = condition
            met &= holds(condition, profiles)
        if met.any():
            return SegmentRule(key=key, when=AllOf(parts=tuple(parts[place] for place in sorted(parts))))
    return None


def _condition(
    profiles: Profiles, feature: str, op: str, what: str, value: float, pool: np.ndarray
) -> Condition | None:
    known = profiles.feature(feature)
    if known is None or known.kind != "number" or feature not in profiles.customers.columns:
        return None
    column = profiles.customers[feature][pool].astype("float64").dropna()
    if len(column) == 0:
        return None
    if what == _GAPS:
        gap = usual_gap(profiles)
        what, value = (_Q, _WITHOUT_GAPS[value]) if gap is None else ("number", round(gap * value))
    if what == _Q:
        value = _rounded(float(column.quantile(value)), known)
    return Condition(feature=feature, op=op, values=(value,))  # pyright: ignore


def usual_gap(profiles: Profiles) -> float | None:
    """Return the days that usually pass between two orders: the median over customers who came back, or None."""
    if "mean_gap_days" not in profiles.customers.columns:
        return None
    gaps = profiles.customers["mean_gap_days"].astype("float64").dropna()
    return max(float(gaps.median()), 1.0) if len(gaps) else None


def border_at(profiles: Profiles, feature: str, quantile: float) -> float | None:
    """Return a quantile (0..1) of a number, rounded as a person would write it; None where no customer has one."""
    known = profiles.feature(feature)
    if known is None or known.kind != "number" or feature not in profiles.customers.columns:
        return None
    column = profiles.customers[feature].astype("float64").dropna()
    return _rounded(float(column.quantile(quantile)), known) if len(column) else None


def _rounded(value: float, feature: Feature) -> float:
    value = float(f"{value:.2g}")
    return float(round(value)) if feature.unit in ("days", "count") else value


def _any_rule(profiles: Profiles) -> tuple[SegmentRule, ...]:
    """Return one rule that takes some customers and leaves some; none where every feature says the same of all."""
    for feature in profiles.features:
        if feature.personal or feature.key not in profiles.customers.columns:
            continue
        condition = _halving(profiles.customers[feature.key].dropna(), feature)
        if condition is not None and 0 < holds(condition, profiles).sum() < len(profiles.customers):
            return (SegmentRule(key="1", when=AllOf(parts=(condition,))),)
    return ()


def _halving(column: pd.Series, feature: Feature) -> Condition | None:
    if column.nunique() < 2:
        return None
    if feature.kind == "number":
        numbers = column.astype("float64")
        middle, most = float(numbers.median()), float(numbers.max())
        above = float(numbers[numbers > middle].min()) if most > middle else most
        # A rounded border may lie above everybody, and most may have the middle itself.
        borders = (float(f"{middle:.3g}"), middle, above)
        border = next((one for one in borders if 0 < (numbers >= one).sum() < len(numbers)), None)
        return None if border is None else Condition(feature=feature.key, op="ge", values=(border,))
    if feature.kind == "category":
        return Condition(feature=feature.key, op="in", values=(str(column.mode().iloc[0]),))
    return Condition(feature=feature.key, op="yes") if feature.kind == "flag" else None
