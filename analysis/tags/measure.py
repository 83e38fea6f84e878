"""What a tag is worth to a goal: how far the goal's measure spreads over its values, and for how many customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from analysis.tabular import Tabular

if TYPE_CHECKING:
    import numpy as np

    from analysis.profiles.result import Feature, Profiles
    from analysis.tags.apply import Tagged
    from analysis.tags.values import TagValues

FEWEST = 30  # customers with a value, for its mean to be looked at
# A goal's measure: the feature that it is read from, and what is asked of it (None: its mean).
Ask = tuple[str, Literal["mean", "le", "ge", "gt"], float]
MEASURES: dict[str, tuple[Ask, ...]] = {
    "win_back": (("recency_days", "le", 90),),
    "repurchase": (("n_orders", "ge", 2),),
    "best_customers": (("spend", "mean", 0), ("n_orders", "mean", 0)),
    "launch": (("orders_last_90_days", "gt", 0),),
    "cut_waste": (("margin", "mean", 0), ("spend", "mean", 0)),
}
USUAL: tuple[Ask, ...] = (("spend", "mean", 0), ("n_orders", "mean", 0))


@dataclass(frozen=True)
class TagEffect(
    Tabular,
    columns=(
        *("key", "feature", "of_share", "high", "low", "at_high", "at_low", "n_high", "n_low"),
        *("spread", "lower", "upper", "coverage", "effect", "by_construction"),
    ),
):
    """How the goal's measure differs between the customers of a tag.

    Attributes
    ----------
    key : str
        The tag.
    feature : str
        What the measure is read from; ``of_share`` says that it is a share of customers, else it is a mean.
    high, low : str
        The values with the highest and the lowest measure; ``""`` stands for the customers without the tag.
    at_high, at_low : float
        The measure there.
    n_high, n_low : int
    spread, lower, upper : float
        Highest less lowest, with an interval that holds for all pairs of values at once (95 %).
    coverage : float
        Share 0..1 of the customers with the tag.
    effect : float
        How far from no difference the interval stays, times the coverage: what tags are ranked by; 0 when the interval
        holds 0.
    by_construction : bool
        The tag is made from the measure: that it differs in it is no finding.
    """

    key: str
    feature: str
    of_share: bool
    high: str
    low: str
    at_high: float
    at_low: float
    n_high: int = field(repr=False)
    n_low: int = field(repr=False)
    spread: float
    lower: float
    upper: float
    coverage: float
    effect: float
    by_construction: bool = field(repr=False)


def goal_measure(profiles: Profiles, goal: str | None) -> tuple[Ask, np.ndarray] | None:
    """Return the measure of a goal and its value per customer (NaN unknown); None where the data has none.

    Who has never ordered is left out of what orders say: tags of orders would all tell that one thing.
    """
    import numpy as np

    ordered = profiles.customers["n_orders"].to_numpy(dtype=float) > 0 if "n_orders" in profiles.customers else None

    for ask in (*MEASURES.get(goal or "", USUAL), *USUAL):
        feature, how, border = ask
        if feature not in profiles.customers.columns:
            continue
        numbers = profiles.customers[feature].to_numpy(dtype=float, na_value=np.nan)
        if ordered is not None:
            numbers = np.where(ordered, numbers, np.nan)
        if how == "mean":
            return ask, numbers
        known = ~np.isnan(numbers)
        with np.errstate(invalid="ignore"):
            met = {"le": numbers <= border, "ge": numbers >= border, "gt": numbers > border}[how]
        return ask, np.where(known, met.astype(float), np.nan)
    from analysis.profiles.outcome import came_about, outcome_of

    outcome = outcome_of(profiles)
    came = came_about(outcome, profiles) if outcome else None
    if outcome is None or came is None:
        return None
    return (outcome.key, "ge", 1), came[0].astype("Float64").to_numpy(dtype=float, na_value=np.nan)


def tag_effects(tagged: Tagged, goal: str | None = None) -> tuple[TagEffect, ...]:
    """Rank tags by what they say about the goal's measure: the best first, those made from it last.

    Parameters
    ----------
    tagged : Tagged
        Profiles with their tags.
    goal : str, optional
        A goal of the recipe; without one, what customers spend, or the outcome of a file without orders.

    Returns
    -------
    tuple of TagEffect
        Empty where the data has no measure; without tags of which fewer than two groups have 30 customers.

    References
    ----------
    Welch (1947) for two means, Newcombe (1998) for two shares; Bonferroni over the pairs of values.
    """
    found = goal_measure(tagged.profiles, goal)
    if found is None:
        return ()
    (feature, how, _), measured = found
    made = {one.key: _all_of(one, tagged.profiles) for one in tagged.profiles.features if one.origin == "tag"}
    effects = []
    for one in tagged.values.values():
        own = feature in made.get(one.tag.column, ())
        effect = _effect(one, measured, feature, how != "mean", own)
        if effect is not None:
            effects.append(effect)
    return tuple(sorted(effects, key=lambda one: (one.by_construction, -one.effect, one.key)))


def _all_of(feature: Feature, profiles: Profiles) -> set[str]:
    """Return what a tag is made of, by way of other tags as well."""
    found = set(feature.made_of)
    for key in feature.made_of:
        other = profiles.feature(key)
        if other is not None and other.origin == "tag":
            found |= _all_of(other, profiles)
    return found


def _effect(one: TagValues, measured: np.ndarray, feature: str, of_share: bool, own: bool) -> TagEffect | None:
    import numpy as np

    from analysis.stats.intervals import difference_of_means, difference_of_shares

    known = ~np.isnan(measured)
    codes = np.where(one.codes < 0, len(one.values), one.codes)[known]
    numbers = measured[known]
    names = (*one.values, "")
    n = np.bincount(codes, minlength=len(names)).astype(float)
    sums = np.bincount(codes, numbers, minlength=len(names))
    squares = np.bincount(codes, numbers**2, minlength=len(names))
    there = np.flatnonzero(n >= FEWEST)
    if len(there) < 2:
        return None
    mean = sums[there] / n[there]
    sd = np.sqrt(np.maximum(squares[there] - n[there] * mean**2, 0) / (n[there] - 1))
    top, bottom = int(mean.argmax()), int(mean.argmin())
    pairs = len(there) * (len(there) - 1) / 2
    at = [np.array([part]) for part in (top, bottom)]
    sizes = [n[there][place] for place in at]
    if of_share:
        counts = [sums[there][place] for place in at]
        lower, upper = difference_of_shares(counts[0], sizes[0], counts[1], sizes[1], alpha=0.05 / pairs)
    else:
        (a, b), (sa, sb) = [mean[place] for place in at], [sd[place] for place in at]
        lower, upper = difference_of_means(a, sa, sizes[0], b, sb, sizes[1], alpha=0.05 / pairs)
    low, high = float(lower[0]), float(upper[0])
    return TagEffect(
        key=one.tag.key, feature=feature, of_share=of_share, high=names[there[top]], low=names[there[bottom]],
        at_high=float(mean[top]), at_low=float(mean[bottom]), n_high=int(n[there][top]), n_low=int(n[there][bottom]),
        spread=float(mean[top] - mean[bottom]), lower=low, upper=high, coverage=one.coverage,
        effect=max(low, 0.0) * one.coverage, by_construction=own,
    )  # fmt: skip
