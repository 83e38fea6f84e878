"""Which columns can say who was in which arm, what came of a campaign, and what was known only after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.meaning.words import words_of

if TYPE_CHECKING:
    import pandas as pd

    from analysis.profiles.result import Feature, Profiles

MOST_ARMS = 6
LEAST = 10  # customers with a value before it can say the future
COMMON = 0.9  # share of the customers from which on a value says nothing of the rest


def arms(profiles: Profiles) -> tuple[Feature, ...]:
    """Return flags and categories of two to six levels from the files: who was written to may stand there."""
    return tuple(
        feature
        for feature in profiles.features
        if feature.origin == "column"
        and not feature.personal
        and (
            feature.kind == "flag"
            or (feature.kind == "category" and 2 <= profiles.customers[feature.key].nunique() <= MOST_ARMS)
        )
    )


def levels(profiles: Profiles, arm: str) -> tuple[str, ...]:
    """Return the levels of an arm as text, who was left out first where a word says so, else the last in order."""
    found = sorted(profiles.customers[arm].dropna().astype("string").unique().tolist())
    words = words_of("arms")
    out = [
        level for level in found if level == "False" or any(words.says(level, says) for says in ("control", "nothing"))
    ]
    return tuple(sorted(found, key=lambda level: level not in out[:1]))


def outcomes(profiles: Profiles, arm: str) -> tuple[Feature, ...]:
    """Return flags and numbers of 0 and 1 from the files, but for the arm."""
    return tuple(
        feature
        for feature in profiles.features
        if feature.key != arm and feature.origin == "column" and not feature.personal
        and (feature.kind == "flag" or (feature.kind == "number" and _is_binary(profiles.customers[feature.key])))
    )  # fmt: skip


def known_after(profiles: Profiles, arm: str, outcome: str) -> tuple[str, ...]:
    """Return features that were written after the campaign: those that have a value only where the outcome came.

    Also those without which it never came. A feature that most customers have says nothing.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> n = np.arange(200)
    >>> frame = pd.DataFrame({"customer_id": n.astype(str), "sent": n % 2 == 0, "came": n % 5 == 0, "paid": n % 10 == 0,
    ...                       "old": n % 3 == 0})
    >>> features = tuple(Feature(key, "basic", "flag", header=key) for key in ("sent", "came", "paid", "old"))
    >>> known_after(Profiles(frame, features, date(2024, 1, 1)), "sent", "came")
    ('paid',)
    """
    import pandas as pd

    came = pd.to_numeric(profiles.customers[outcome], errors="coerce").fillna(0) > 0
    found = []
    for feature in profiles.features:
        if feature.key in (arm, outcome) or feature.kind not in ("flag", "number") or feature.personal:
            continue
        has = pd.to_numeric(profiles.customers[feature.key], errors="coerce").fillna(0) > 0
        n = int(has.sum())
        if LEAST <= n <= COMMON * len(has) and came.mean() < COMMON and (came[has].all() or has[came].all()):
            found.append(feature.key)
    return tuple(found)


def _is_binary(values: pd.Series) -> bool:
    import pandas as pd

    numbers = pd.to_numeric(values, errors="coerce").dropna()
    return bool(len(numbers)) and bool(numbers.isin([0, 1]).all()) and numbers.nunique() == 2
