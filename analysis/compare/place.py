"""Where one customer stands among all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.profiles.result import Feature, Profiles


@dataclass(frozen=True)
class Place:
    """One feature of one customer.

    ``value`` as in the profiles; ``percentile`` (0..1) the share of customers with a value who have a smaller one, ties
    counted half, for a category or flag the share with the same one, None for dates, texts and personal data; ``n``
    customers with a value.
    """

    feature: Feature
    value: Any
    percentile: float | None
    n: int


def places(profiles: Profiles, row: int) -> tuple[Place, ...]:
    """Return what is known of the customer at a row, with the place among all customers.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = pd.DataFrame({"customer_id": list("abcd"), "spend": [1.0, 2.0, 2.0, 9.0]})
    >>> [place] = places(Profiles(base, (Feature("spend", "value", "number"),), date(2024, 1, 1)), 1)
    >>> place.value, place.percentile
    (2.0, 0.5)
    """
    import numpy as np
    import pandas as pd

    found = []
    for feature in profiles.features:
        if feature.key not in profiles.customers.columns:
            continue
        column = profiles.customers[feature.key]
        value = column.iloc[row]
        if pd.isna(value):
            continue
        n = int(column.notna().sum())
        percentile = None
        if feature.kind == "number":
            numbers = column.to_numpy(dtype=float, na_value=np.nan)
            percentile = float(((numbers < value).sum() + (numbers == value).sum() / 2) / n)
        elif feature.kind in ("category", "flag") and not feature.personal:
            percentile = float((column == value).sum() / n)
        plain = value.item() if isinstance(value, np.generic) else value
        found.append(Place(feature, plain, percentile, n))
    return tuple(found)
