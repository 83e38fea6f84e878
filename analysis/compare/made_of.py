"""Which features made a segmentation: that its segments differ in these is no finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analysis.profiles.result import Feature
    from analysis.segments.result import Segmentation

# Kinds counted over a customer's orders: one order has one, and there are more of anything among many. So they follow
# the number of orders, and what adds up with it.
_KINDS = (
    *("favourite_channel_share", "n_channels", "favourite_category_share", "category_entropy", "n_categories"),
    "n_products",
)
# Which one a customer takes most is no count of orders: it is compared among those with as many (``compare.as_many``).
FAVOURITES = frozenset(
    (
        *("favourite_weekday", "favourite_hours", "favourite_channel", "favourite_payment_method"),
        *("favourite_category", "favourite_brand", "favourite_product"),
    )
)
_ADD_UP = frozenset({"recency_days", "n_orders", "spend"})  # over orders
# What is computed from a feature, or is the same number for most customers (who bought once): it follows from it.
FOLLOWS: dict[str, tuple[str, ...]] = {
    "recency_days": ("tenure_days", "orders_last_90_days", "orders_90_days_before", "order_trend", *_KINDS),
    "n_orders": (
        *("average_order_value", "active_months", "mean_gap_days", "gap_spread_days"),
        *("orders_last_90_days", "orders_90_days_before", "order_trend", *_KINDS),
    ),
    "spend": ("average_order_value", "margin", *_KINDS),
    "margin": ("spend",),
    "average_order_value": ("spend",),
    "age": ("age_band", "generation"),
    "city": ("city_tier",),
    "mean_rating": ("satisfaction",),
    "favourite_category_share": ("category_entropy",),
}
# Where a feature is the finer one of two, knowing it is knowing the other; the other way round it says much of it.
_BOTH_WAYS = {
    other: feature
    for feature, others in FOLLOWS.items()
    for other in others
    if _KINDS[0] not in others or other not in _KINDS
}


def of_orders(segmentation: Segmentation) -> bool:
    """Say whether segments are made of what adds up over a customer's orders."""
    return not _ADD_UP.isdisjoint(segmentation.made_of)


def made_of(segmentation: Segmentation, features: Iterable[str], described: Iterable[Feature] = ()) -> tuple[str, ...]:
    """Return which of the features made the segments, or are computed from one that did.

    ``described`` says of features, of tags for instance, what they are made of.

    Examples
    --------
    >>> import numpy as np
    >>> from analysis.segments.result import segmentation_of
    >>> groups = segmentation_of(np.array([0, 1]), ["a", "b"], method="tiers", made_of=("spend",))
    >>> made_of(groups, ["age", "spend", "margin"])
    ('spend', 'margin')
    """
    features = tuple(features)
    made = set(segmentation.made_of)
    if of_orders(segmentation) and "n_orders" not in features:  # nobody is known to have as many
        made |= FAVOURITES
    for feature in segmentation.made_of:
        made.update(FOLLOWS.get(feature, ()))
        if feature in _BOTH_WAYS:
            made.add(_BOTH_WAYS[feature])
    for feature in described:  # in their order: a tag asks only about tags before it
        if made & {*feature.made_of, *(f for each in feature.made_of for f in FOLLOWS.get(each, ()))}:
            made.add(feature.key)
        if feature.key in segmentation.made_of:
            made.update(feature.made_of)
    return tuple(feature for feature in features if feature in made)
