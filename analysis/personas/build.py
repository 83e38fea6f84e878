"""Build personas: one per segment, every fact from the profiles, everything supposed as a code of its own.

Method and limits: ``docs/methods/personas.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analysis.compare.compare import OTHER, YES, Comparison, compare
from analysis.compare.ranked import FEW
from analysis.personas.result import Fact, Form, Persona
from analysis.segments.result import groups_of

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.result import Segmentation, Segmented

BUSINESS = ("industry", "company", "company_size", "annual_revenue", "job_role", "decision_power")
COMPANY = ("industry", "company_size", "annual_revenue", "job_role", "decision_power")
PREFERRED = ("favourite_category", "favourite_channel", "preferred_channel", "favourite_weekday", "favourite_hours")
FACTS = ("spend", "n_orders", "average_order_value", "recency_days", "tenure_days")
USUAL = ("mean_gap_days", "n_orders", "average_order_value", "recency_days", "tenure_days")
AGE, PLACES = ("age_band", "gender"), ("city", "region", "country")
MOST_FACTS = 5
MOST_TRAITS = 4
RARE = 0.05  # share of the customers
MANY = 0.2  # share of the customers from which on an age or a place says something of them
MARKED = 0.3  # standard deviations from the mean of all
# What a trait suggests: name, goal, pain and quote. Nothing of it is known, and cards say so.
ARCHETYPES = {
    ("n_orders", "high"): "regular", ("spend", "high"): "big_spender", ("average_order_value", "high"): "big_basket",
    ("recency_days", "high"): "sleeper", ("tenure_days", "low"): "newcomer", ("discount_share", "high"): "bargain",
    ("n_categories", "high"): "explorer", ("n_orders", "low"): "one_timer", ("recency_days", "low"): "fresh",
    ("tenure_days", "high"): "old_friend", ("average_order_value", "low"): "small_basket",
    ("spend", "low"): "careful", ("mean_gap_days", "high"): "seldom", ("mean_gap_days", "low"): "often",
    ("return_share", "high"): "returner", ("n_complaints", "high"): "critic", ("complaints", "high"): "critic",
    ("referrals", "high"): "recommender", ("visits", "high"): "browser", ("n_categories", "low"): "specialist",
}  # fmt: skip


# Rows of the comparison of one segment, by feature and level.
Shares = dict[str, dict[str, dict[Any, Any]]]


def personas(profiles: Profiles, segmentation: Segmentation | Segmented) -> tuple[Persona, ...]:
    """Return one persona per segment, in display order.

    Parameters
    ----------
    profiles : Profiles
    segmentation : Segmentation, or a result or edited segmentation that holds one
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
    segmentation = groups_of(segmentation)
    keys = segmentation.segments["segment"].tolist()
    found = compare(profiles, segmentation, keys)
    form = form_of(profiles)
    first = _first_day(profiles)
    rows = segmentation.segments.assign(too_few=found.segments["too_few"].to_numpy()).to_dict("records")
    told = [_persona(row, found, profiles, form, first) for row in rows]
    archetypes = assigned([strengths for _, strengths in told])
    return tuple(
        replace(persona, archetype=archetype) for (persona, _), archetype in zip(told, archetypes, strict=True)
    )


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
    row: dict[Any, Any], found: Comparison, profiles: Profiles, form: Form, first: date | None
) -> tuple[Persona, dict[str, float]]:
    """Return a persona without its archetype, and how strongly its traits suggest each."""
    size: dict[str, Any] = {
        "segment": row["segment"], "form": form, "customers": int(row["customers"]), "share": float(row["share"]),
        "revenue_share": float(row["revenue_share"]), "value": float(row["revenue"]) / int(row["customers"]),
        "first_day": first, "as_of": profiles.as_of,
    }  # fmt: skip
    if row["too_few"]:
        return Persona(**size, too_few=True), {}
    # What is known of a few customers only says nothing of the segment.
    numbers, shares = (
        table[(table["segment"] == row["segment"]) & (table["n"] >= FEW)] for table in (found.numbers, found.shares)
    )
    numbers, shares = numbers.set_index("feature"), _by_feature(shares)
    by_key = {feature.key: feature for feature in found.features}
    traits = _traits(numbers)
    differences = found.differences[found.differences["segment"] == row["segment"]]
    who = tuple(fact for fact in _most_frequent(AGE, shares, by_key) if fact.value >= MANY)
    who += tuple(fact for fact in _most_frequent(PLACES, shares, by_key) if fact.value >= MANY)[:1]
    company = _most_frequent(COMPANY, shares, by_key) if form == "b2b" else ()
    apart = tuple(fact for fact in _most_frequent(PREFERRED, shares, by_key) if _sets_apart(fact, differences))
    facts = [_number(key, numbers, by_key) for key in FACTS if key in numbers.index]
    told = {fact.feature.key for fact in (*facts, *apart, *company, *who)}
    values = {fact.level.casefold() for fact in (*apart, *company, *who)}
    for other in differences.to_dict("records"):
        if len(facts) < MOST_FACTS and other["feature"] not in told and _tells(other):
            if is_told_again(by_key[other["feature"]], told, by_key):
                continue
            if (value := str(other["level"]).casefold()) in values - {YES.casefold()}:
                continue  # one fact under two headings
            values |= {value} - {""}
            told.add(other["feature"])
            facts.append(
                _level(shares, by_key[other["feature"]], other["level"])
                if other["level"]
                else _number(other["feature"], numbers, by_key)
            )
    usual = tuple(_number(key, numbers, by_key) for key in USUAL if key in numbers.index)
    return Persona(
        **size, facts=tuple(facts), usual=usual, who=who, apart=apart, company=company,
        traits=tuple(trait for trait, _ in traits[:MOST_TRAITS]),
    ), {ARCHETYPES[trait]: strength for trait, strength in reversed(traits) if trait in ARCHETYPES}  # fmt: skip


def assigned(strengths: Sequence[Mapping[str, float]]) -> list[str | None]:
    """Give each segment an archetype of its own, so that together they fit best; None where none is left.

    Parameters
    ----------
    strengths : sequence of mapping
        How strongly each archetype is suggested, above 0.

    References
    ----------
    Kuhn, H. W. (1955). The Hungarian method for the assignment problem. Naval Research Logistics Quarterly 2, 83-97.

    Examples
    --------
    >>> assigned([{"regular": 2.0, "fresh": 1.9}, {"regular": 1.0}, {}])
    ['fresh', 'regular', None]
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    names = list(dict.fromkeys(ARCHETYPES.values()))
    weights = np.array([[one.get(name, 0.0) for name in names] for one in strengths]).reshape(len(strengths), -1)
    found: list[str | None] = [None] * len(strengths)
    for place, name in zip(*linear_sum_assignment(weights, maximize=True), strict=True):
        if weights[place, name] > 0:
            found[place] = names[name]
    return found


def _sets_apart(fact: Fact, differences: pd.DataFrame) -> bool:
    same = (differences["feature"] == fact.feature.key) & (differences["level"] == fact.level)
    return bool(fact.value > fact.rest and differences.loc[same, "significant"].any())


def is_told_again(feature: Feature, told: Collection[str], features: Mapping[str, Feature]) -> bool:
    """Say whether a feature tells only what was told: a tag made of it, or the column that a told tag is made of."""
    tags = (features[key] for key in told if features[key].origin == "tag")
    from_told = feature.origin == "tag" and bool(feature.made_of) and set(feature.made_of) <= set(told)
    return from_told or any(tag.made_of == (feature.key,) for tag in tags)


def _tells(row: dict[Any, Any]) -> bool:
    """Say whether a difference makes a sentence: known of enough customers, and no chance level of hardly anybody."""
    rare = row["level"] and not row["significant"] and max(row["value"], row["rest_value"]) < RARE
    return row["level"] != OTHER and row["n"] >= FEW and not rare


def _traits(numbers: pd.DataFrame) -> list[tuple[tuple[str, str], float]]:
    """Return what marks a segment with its distance from all in standard deviations, strongest first."""
    marked = numbers["d_all"].dropna()
    marked = marked[marked.abs() >= MARKED]
    order = marked.abs().round(12).sort_values(ascending=False, kind="stable").index
    return [((str(key), "high" if marked[key] > 0 else "low"), abs(float(marked[key]))) for key in order]


def _number(key: str, numbers: pd.DataFrame, features: dict[str, Feature]) -> Fact:
    row: Any = numbers.loc[key]
    value, low, high, rest, median = (float(row[name]) for name in ("mean", "low", "high", "rest_mean", "median"))
    return Fact(features[key], "", value, low, high, rest, median, int(row["n"]))


def _by_feature(shares: pd.DataFrame) -> Shares:
    found: Shares = {}
    for row in shares.to_dict("records"):
        found.setdefault(row["feature"], {})[row["level"]] = row
    return found


def _most_frequent(keys: tuple[str, ...], shares: Shares, features: dict[str, Feature]) -> tuple[Fact, ...]:
    facts = []
    for key in keys:
        levels = {level: row for level, row in shares.get(key, {}).items() if level not in (OTHER, YES)}
        if levels:
            facts.append(_level(shares, features[key], max(levels, key=lambda level: levels[level]["share"])))
    return tuple(facts)


def _level(shares: Shares, feature: Feature, level: str) -> Fact:
    row = shares[feature.key][level]
    value, low, high, rest = (float(row[name]) for name in ("share", "low", "high", "rest_share"))
    return Fact(feature, level, value, low, high, rest, float("nan"), int(row["n"]))
