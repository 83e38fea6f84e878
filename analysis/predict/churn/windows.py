"""Two past windows: what was known of the customers on a day, and who ordered in the days after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from analysis.intake.questions import within
from analysis.profiles.build import build_profiles

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from analysis.intake.tables import StandardTables
    from analysis.predict.churn.definition import ChurnDefinition
    from analysis.profiles.result import Feature

# What a customers table says on the day of its export and would have said before: who somebody is, not what they did.
LASTING = frozenset(
    {
        "gender", "age", "age_band", "generation", "birth_year", "region", "city", "city_tier", "country", "occupation",
        "education", "industry", "company_size",
    }
)  # fmt: skip
# What other models say of the future. The chance of being alive that BG/NBD gives is 1 to everybody who ordered once:
# as a churn score it is worse than none (AUC .316 on CDNOW).
PREDICTED = frozenset(
    {
        "p_alive", "probability_alive", "expected_orders", "churn_risk", "lifetime_value", "lifetime_orders",
        "next_order_days", "next_product", "next_category", "campaign_uplift",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Window:
    """What was known up to the evening of a day, and who did not order in the days after.

    Attributes
    ----------
    cut, end : date
        Last day that the features know, and last day of the window behind it.
    customers : DataFrame, one row per customer with an order up to ``cut``
        As ``Profiles.customers`` of that day. Who came later is in no window.
    features : tuple of Feature
        Those that were known on the day.
    left : bool array, shape (customers,)
        No order after ``cut`` up to ``end``; a refund is no order.
    """

    cut: date
    end: date
    customers: pd.DataFrame
    features: tuple[Feature, ...]
    left: np.ndarray


def past_windows(standard: StandardTables, definition: ChurnDefinition) -> tuple[Window, Window]:
    """Return the window before the last and the last one, both whole: the later ends where the orders end."""
    assert definition.days is not None and definition.last is not None
    late = definition.last - timedelta(days=definition.days)
    early = late - timedelta(days=definition.days)
    return window_after(standard, early, definition.days), window_after(standard, late, definition.days)


def window_after(standard: StandardTables, cut: date, days: int) -> Window:
    """Return what was known on a day, and who did not order in so many days after it."""
    profiles = build_profiles(standard, as_of=cut)
    customers = profiles.customers[profiles.customers["n_orders"] > 0].reset_index(drop=True)
    end = cut + timedelta(days=days)
    after = within(standard, (cut + timedelta(days=1), end))
    came = after["n"].reindex(customers["customer_id"]).gt(0).to_numpy()
    features = usable(profiles.features)
    return Window(cut, end, customers, features, ~came)


def usable(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return the features that were known on the day as they stand: no column that the export wrote later.

    Days of the first and the last order are left out, which ``tenure_days`` and ``recency_days`` say as spans.
    """
    return tuple(
        feature
        for feature in features
        if not feature.personal
        and feature.header is None
        and feature.kind in ("number", "flag", "category")
        and feature.key not in PREDICTED
        and (feature.origin in ("orders", "records") or feature.key in LASTING)
    )
