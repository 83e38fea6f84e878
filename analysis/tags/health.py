"""What is wrong with a tag: nobody uses it, hardly anybody has it, it says nothing, or what another says already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd

    from analysis.tags.apply import Tagged
    from analysis.tags.values import TagValues

Weakness = Literal["failed", "unused", "rare", "constant", "unstable", "double", "says_nothing", "expired"]
UNUSED_FOR = 3  # refreshes
LEAST_COVERAGE, MOST_ALIKE, MOST_ASSOCIATED, LEAST_INFORMATION = 0.05, 0.99, 0.95, 0.02


@dataclass(frozen=True)
class Weak:
    """One reason why a tag is weak, worst first; ``facts`` are those of its sentence ``tags.weak.<why>``."""

    key: str
    why: Weakness
    facts: Mapping[str, object]


def weak_tags(
    tagged: Tagged,
    *,
    goal: str | None = None,
    unused_for: Mapping[str, int] | None = None,
    before: Mapping[str, Mapping[str, int]] | None = None,
) -> tuple[Weak, ...]:
    """Return the tags that do not earn their place, each with every reason.

    Parameters
    ----------
    tagged : Tagged
    goal : str, optional
        The goal of the study: a tag that says nothing about its measure (information value below .02) is weak.
    unused_for : mapping of tag key to int, optional
        For how many refreshes nothing has used a tag.
    before : mapping of tag key to counts by value, optional
        Of an earlier snapshot; ``""`` counts those without the tag. A tag is unstable when its population stability
        index passes the level that chance alone passes in 1 of 20.

    References
    ----------
    Siddiqi (2006) for the information value; Yurdakul (2018) for the alarm level.
    """
    found: list[Weak] = [Weak(key, "failed", {"code": problem.code}) for key, problem in tagged.problems.items()]
    informed = _information(tagged, goal)
    pairs = doubles(tagged)
    for key, one in tagged.values.items():
        n = len(one.codes)
        most = float(one.counts["share"].max()) if len(one.counts) else 0.0
        if one.n_expired and not one.n:
            found.append(Weak(key, "expired", {"n": one.n_expired}))
        elif one.coverage < LEAST_COVERAGE:
            found.append(Weak(key, "rare", {"share": one.coverage, "n": one.n, "customers": n}))
        if most >= MOST_ALIKE:
            found.append(Weak(key, "constant", {"share": most}))
        if (unused_for or {}).get(key, 0) >= UNUSED_FOR:
            found.append(Weak(key, "unused", {"n": (unused_for or {})[key]}))
        if (earlier := (before or {}).get(key)) is not None and (moved := _moved(one, earlier)) is not None:
            found.append(Weak(key, "unstable", {"psi": moved[0], "alarm": moved[1]}))
        for other, v in pairs.get(key, ()):
            found.append(Weak(key, "double", {"other": other, "v": v}))
        if (value := informed.get(key)) is not None and value < LEAST_INFORMATION:
            found.append(Weak(key, "says_nothing", {"value": value}))
    return tuple(found)


def doubles(tagged: Tagged) -> dict[str, list[tuple[str, float]]]:
    """Return, for each tag, the earlier tags that say nearly the same (Cramér's V of .95 or more), by key."""
    found: dict[str, list[tuple[str, float]]] = {}
    every = list(tagged.values.items())
    for place, (key, one) in enumerate(every):
        for other, another in every[:place]:
            v = association_of(one, another)
            if v is not None and v >= MOST_ASSOCIATED:
                found.setdefault(key, []).append((other, v))
    return found


def association_of(one: TagValues, other: TagValues) -> float | None:
    """Return Cramér's V of two tags, customers without one as a value of their own; None where one is constant."""
    from analysis.errors import AnalysisError
    from analysis.stats.groups import association

    try:
        return association(crossed(one, other).to_numpy()).v
    except AnalysisError:
        return None


def crossed(one: TagValues, other: TagValues) -> pd.DataFrame:
    """Return how many customers have which pair of values: rows of ``one``, columns of ``other``; ``""`` without."""
    import numpy as np
    import pandas as pd

    rows, columns = len(one.values) + 1, len(other.values) + 1
    places = (one.codes % rows) * columns + other.codes % columns  # -1 is the last place
    table = np.bincount(places, minlength=rows * columns).reshape(rows, columns)
    return pd.DataFrame(table, index=pd.Index([*one.values, ""]), columns=pd.Index([*other.values, ""]))


def counts_of(one: TagValues) -> dict[str, int]:
    """Return what a snapshot keeps of a tag: customers by value, ``""`` those without."""
    counts = {str(value): int(n) for value, n in zip(one.counts["value"], one.counts["customers"], strict=True)}
    return counts | {"": len(one.codes) - one.n}


def _moved(one: TagValues, earlier: Mapping[str, int]) -> tuple[float, float] | None:
    """Return the stability index and its alarm level, where it is passed."""
    import numpy as np

    from analysis.stats.shift import psi, psi_alarm

    now = counts_of(one)
    keys = list(dict.fromkeys([*earlier, *now]))
    first, second = (np.array([counts.get(key, 0) for key in keys], dtype=float) for counts in (earlier, now))
    if not first.sum() or not second.sum():
        return None
    bands = int(((first > 0) | (second > 0)).sum())
    if bands < 2:
        return None
    index, alarm = psi(first, second), psi_alarm(first.sum(), second.sum(), bands)
    return (index, alarm) if index > alarm else None


def _information(tagged: Tagged, goal: str | None) -> dict[str, float]:
    """Return the information value of each tag for the goal's measure: above its middle, or met, against not."""
    import numpy as np

    from analysis.stats.shift import information_value
    from analysis.tags.measure import FEWEST, goal_measure

    found = goal_measure(tagged.profiles, goal)
    if found is None:
        return {}
    (_, how, _), measured = found
    known = ~np.isnan(measured)
    border = float(np.median(measured[known])) if how == "mean" and known.any() else 0.5
    yes = measured > border
    if min(int((yes & known).sum()), int((~yes & known).sum())) < FEWEST:
        return {}
    values = {}
    for key, one in tagged.values.items():
        codes = one.codes % (len(one.values) + 1)
        events, others = (np.bincount(codes[known & side], minlength=len(one.values) + 1) for side in (yes, ~yes))
        values[key] = information_value(events, others)
    return values
