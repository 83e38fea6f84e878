"""Build personas: one per segment, every fact from the profiles, everything supposed as a code of its own.

Method and limits: ``docs/methods/personas.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.compare.compare import FEW, OTHER, YES, Comparison, compare
from analysis.personas.result import Fact, Form, Persona

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.result import Segmentation

BUSINESS = ("industry", "company", "company_size", "annual_revenue", "job_role", "decision_power")
COMPANY = ("industry", "company_size", "annual_revenue", "job_role", "decision_power")
PREFERRED = ("favourite_category", "favourite_channel", "preferred_channel", "favourite_weekday", "favourite_hours")
STORY = ("n_orders", "average_order_value", "recency_days", "tenure_days")
STORY_FACTS = 4
MOST_TRAITS = 4
RARE = 0.05  # share of the customers
MARKED = 0.3  # standard deviations from the mean of all
# What a trait suggests, strongest trait first: name, goal, pain. Nothing of it is known, and cards say so.
ARCHETYPES = {
    ("n_orders", "high"): "regular", ("spend", "high"): "big_spender", ("average_order_value", "high"): "big_basket",
    ("recency_days", "high"): "sleeper", ("tenure_days", "low"): "newcomer", ("discount_share", "high"): "bargain",
    ("n_categories", "high"): "explorer", ("n_orders", "low"): "one_timer", ("recency_days", "low"): "fresh",
}  # fmt: skip
GOALS = {
    ("n_orders", "high"): "routine", ("spend", "high"): "valued", ("average_order_value", "high"): "quality",
    ("discount_share", "high"): "save", ("n_categories", "high"): "variety", ("tenure_days", "low"): "trust",
}  # fmt: skip
PAINS = {
    ("recency_days", "high"): "no_reason", ("return_share", "high"): "wrong_item", ("n_complaints", "high"): "service",
    ("complaints", "high"): "service", ("discount_share", "high"): "full_price", ("n_orders", "high"): "reorder",
    ("tenure_days", "low"): "unsure",
}  # fmt: skip


# Rows of the comparison of one segment, by feature and level.
Shares = dict[str, dict[str, dict[Any, Any]]]


def personas(profiles: Profiles, segmentation: Segmentation) -> tuple[Persona, ...]:
    """Return one persona per segment, in display order.

    Parameters
    ----------
    profiles : Profiles
    segmentation : Segmentation
        Aligned with the profiles.

    Raises
    ------
    AnalysisError
        ``compare_no_segment``: no segment has customers.

    Examples
    --------
    >>> from datetime import date
    >>> import numpy as np, pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> from analysis.segments.result import segmentation_of
    >>> base = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(80)], "n_orders": [1, 9] * 40})
    >>> profiles = Profiles(base, (Feature("n_orders", "value", "number", "count"),), date(2024, 1, 1))
    >>> groups = segmentation_of(np.array([0, 1] * 40), ["once", "often"], method="rfm")
    >>> [(persona.segment, persona.archetype) for persona in personas(profiles, groups)]
    [('once', 'one_timer'), ('often', 'regular')]
    """
    keys = segmentation.segments["segment"].tolist()
    found = compare(profiles, segmentation, keys)
    form = form_of(profiles)
    first = _first_day(profiles)
    rows = segmentation.segments.assign(too_few=found.segments["too_few"].to_numpy()).to_dict("records")
    built: list[Persona] = []
    for row in rows:
        taken = {persona.archetype for persona in built}
        built.append(_persona(row, found, profiles, form, first, taken))
    return tuple(built)


def form_of(profiles: Profiles) -> Form:
    """Return ``b2b`` when at least two features describe companies, else ``b2c``."""
    known = {feature.key for feature in profiles.features if feature.key in profiles.customers.columns}
    return "b2b" if len(known & set(BUSINESS)) >= 2 else "b2c"


def _first_day(profiles: Profiles) -> date | None:
    import pandas as pd

    if "first_order_date" not in profiles.customers.columns:
        return None
    first = pd.to_datetime(profiles.customers["first_order_date"]).min()
    return None if pd.isna(first) else first.date()


def _persona(
    row: dict[Any, Any], found: Comparison, profiles: Profiles, form: Form, first: date | None, taken: set[str | None]
) -> Persona:
    size: dict[str, Any] = {
        "segment": row["segment"], "form": form, "customers": int(row["customers"]), "share": float(row["share"]),
        "revenue_share": float(row["revenue_share"]), "value": float(row["revenue"]) / int(row["customers"]),
        "first_day": first, "as_of": profiles.as_of,
    }  # fmt: skip
    if row["too_few"]:
        return Persona(**size, too_few=True)
    # What is known of a few customers only says nothing of the segment.
    numbers, shares = (
        table[(table["segment"] == row["segment"]) & (table["n"] >= FEW)] for table in (found.numbers, found.shares)
    )
    numbers, shares = numbers.set_index("feature"), _by_feature(shares)
    by_key = {feature.key: feature for feature in found.features}
    traits = _traits(numbers)
    preferred = _levels(PREFERRED, shares, by_key)
    story = [_number(key, numbers, by_key) for key in STORY if key in numbers.index]
    company = _levels(COMPANY, shares, by_key) if form == "b2b" else ()
    told = {fact.feature.key for fact in (*story, *preferred, *company)}
    for other in found.differences[found.differences["segment"] == row["segment"]].to_dict("records"):
        if len(story) < STORY_FACTS and other["feature"] not in told and _tells(other):
            told.add(other["feature"])
            story.append(
                _level(shares, by_key[other["feature"]], other["level"])
                if other["level"]
                else _number(other["feature"], numbers, by_key)
            )
    goals = tuple(dict.fromkeys(GOALS[trait] for trait in traits if trait in GOALS))[:2] or ("easy",)
    pains = tuple(dict.fromkeys(PAINS[trait] for trait in traits if trait in PAINS))[:2] or ("time",)
    return Persona(
        **size, story=tuple(story[:STORY_FACTS]), preferred=preferred, company=company, traits=traits[:MOST_TRAITS],
        archetype=_archetype(traits, taken),
        quote=goals[0], goals=goals, pains=pains,
    )  # fmt: skip


def _tells(row: dict[Any, Any]) -> bool:
    """Say whether a difference makes a sentence: known of enough customers, and no chance level of hardly anybody."""
    rare = row["level"] and not row["significant"] and max(row["value"], row["rest_value"]) < RARE
    return row["level"] != OTHER and row["n"] >= FEW and not rare


def _traits(numbers: pd.DataFrame) -> tuple[tuple[str, str], ...]:
    marked = numbers["d_all"].dropna()
    marked = marked[marked.abs() >= MARKED]
    order = marked.abs().round(12).sort_values(ascending=False, kind="stable").index
    return tuple((str(key), "high" if marked[key] > 0 else "low") for key in order)


def _archetype(traits: tuple[tuple[str, str], ...], taken: set[str | None]) -> str | None:
    """Return what the strongest trait suggests that no other segment is called after; None when there is nothing."""
    suggested = [ARCHETYPES[trait] for trait in traits if trait in ARCHETYPES]
    return next((name for name in suggested if name not in taken), None)


def _number(key: str, numbers: pd.DataFrame, features: dict[str, Feature]) -> Fact:
    row: Any = numbers.loc[key]
    value, low, high, rest = (float(row[name]) for name in ("mean", "low", "high", "rest_mean"))
    return Fact(features[key], "", value, low, high, rest, int(row["n"]))


def _by_feature(shares: pd.DataFrame) -> Shares:
    found: Shares = {}
    for row in shares.to_dict("records"):
        found.setdefault(row["feature"], {})[row["level"]] = row
    return found


def _levels(keys: tuple[str, ...], shares: Shares, features: dict[str, Feature]) -> tuple[Fact, ...]:
    facts = []
    for key in keys:
        levels = {level: row for level, row in shares.get(key, {}).items() if level not in (OTHER, YES)}
        if levels:
            facts.append(_level(shares, features[key], max(levels, key=lambda level: levels[level]["share"])))
    return tuple(facts)


def _level(shares: Shares, feature: Feature, level: str) -> Fact:
    row = shares[feature.key][level]
    value, low, high, rest = (float(row[name]) for name in ("share", "low", "high", "rest_share"))
    return Fact(feature, level, value, low, high, rest, int(row["n"]))
