"""The feature dictionary: what every column of the profiles means, and for how many customers it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analysis.profiles.result import Dimension, Origin, Profiles, Unit, ValueKind


@dataclass(frozen=True)
class Entry:
    """One feature: ``name_key`` and ``definition_key`` name its texts, None for the user's own column
    (``header``, which a column of a broad role has as well) and for a tag, which its own dictionary defines.

    ``coverage`` is the share 0..1 of the customers with a value; ``origin`` and ``as_of`` are the feature's.
    """

    key: str
    dimension: Dimension
    kind: ValueKind
    unit: Unit
    coverage: float
    header: str | None
    name_key: str | None
    definition_key: str | None
    origin: Origin
    as_of: date | None


def feature_dictionary(profiles: Profiles) -> tuple[Entry, ...]:
    """Describe every feature of the profiles, in their order.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature
    >>> base = pd.DataFrame({"customer_id": ["a", "b"], "spend": [1.0, None]})
    >>> [entry] = feature_dictionary(Profiles(base, (Feature("spend", "value", "number", "money"),), date(2024, 1, 1)))
    >>> entry.name_key, entry.definition_key, entry.coverage
    ('feature.spend', 'feature.spend.help', 0.5)
    """
    found = []
    for feature in profiles.features:
        own, tag = feature.header is not None, feature.origin == "tag"
        found.append(
            Entry(
                feature.key,
                feature.dimension,
                feature.kind,
                feature.unit,
                float(profiles.customers[feature.key].notna().mean()),
                feature.header or feature.heading,
                None if own or tag else f"feature.{feature.key}",
                None if own or tag else f"feature.{feature.key}.help",
                feature.origin,
                feature.as_of,
            )
        )
    return tuple(found)
