"""Definitions to start from: for each way to make a tag, one that this data carries."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, get_args

from analysis.params import KEY
from analysis.segments.by_rule.rule_edit import first_condition
from analysis.tags.params import (
    Activity,
    Bands,
    Bought,
    Case,
    Cases,
    Edge,
    Favourite,
    FromColumn,
    Imported,
    LookAlike,
    OfSegment,
    Rule,
    Score,
    Top,
)

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Feature, Profiles

WAYS = (
    *("rule", "top", "bands", "column", "favourite", "edge", "activity"),
    *("segment", "cases", "look_alike", "score", "imported"),
)
MOST_LEVELS = 100
LIKELY = ("spend", "n_orders", "recency_days")  # what tags are made of most often
# What look-alikes are compared by before anyone chooses: who somebody is and what they like, not what they spend.
COMPARED = (
    "age",
    "gender",
    "region",
    "city_tier",
    "favourite_category",
    "favourite_channel",
    "n_categories",
    "n_orders",
)


def numbers_of(profiles: Profiles) -> list[Feature]:
    """Return the numbers that can be cut and ranked, those asked for most often first."""
    found = [f for f in profiles.features if f.kind == "number" and not f.personal and f.key in profiles.customers]
    return sorted(found, key=lambda f: LIKELY.index(f.key) if f.key in LIKELY else len(LIKELY))


def worded(profiles: Profiles) -> list[Feature]:
    """Return the features whose values can be those of a tag: few enough, and of nobody alone."""
    return [
        f
        for f in profiles.features
        if f.kind in ("category", "flag", "number")
        and not f.personal
        and f.key in profiles.customers
        and 1 <= profiles.customers[f.key].nunique() <= MOST_LEVELS
    ]


def bought_of(standard: StandardTables | None) -> tuple[Bought, ...]:
    """Return what the order lines say of an order."""
    return () if standard is None else tuple(one for one in get_args(Bought) if one in standard.order_roles)


def first_source(
    way: str, profiles: Profiles, standard: StandardTables | None = None, methods: Collection[str] = ()
) -> Any | None:
    """Return a definition of one of ``WAYS`` that the data carries, None where it carries none.

    Parameters
    ----------
    way : str
    profiles : Profiles
    standard : StandardTables, optional
    methods : collection of str
        Kinds of the segmentations that the study can make.
    """
    numbers, words, bought = numbers_of(profiles), worded(profiles), bought_of(standard)
    if way == "activity" and standard is not None and "order_date" in standard.order_roles:
        return Activity()
    if way in ("favourite", "edge") and bought:
        of = "category" if "category" in bought else bought[0]
        return Favourite(of=of) if way == "favourite" else Edge(of=of)
    if way == "segment" and methods:
        return OfSegment(method=next(iter(methods)))
    if way == "column" and words:
        return FromColumn(feature=words[0].key)
    if way == "imported":
        return Imported()
    if not numbers:
        return None
    first = first_condition(profiles, numbers[0].key)
    if way == "rule":
        return Rule(when=first)
    if way == "cases":
        return Cases(cases=(Case(value="A", when=first),))
    if way == "top":
        return Top(feature=numbers[0].key, share=0.2)
    if way == "bands":
        return Bands(feature=numbers[0].key, quantiles=4)
    if way == "score":
        return Score(feature=numbers[0].key, threshold=float(first.values[0]) if first.values else 0.0)
    if way == "look_alike":
        there = {f.key for f in profiles.features if not f.personal} & set(profiles.customers.columns)
        by = [key for key in COMPARED if key in there] or [f.key for f in numbers[1:6]] or [numbers[0].key]
        return LookAlike(seeds=first, features=tuple(by))
    return None


def free_key(name: str, taken: Iterable[str]) -> str:
    """Return a key for a tag of this name that no other has.

    Examples
    --------
    >>> free_key("Big spender!", ["big_spender"]), free_key("大客户", [])
    ('big_spender_2', 'tag_1')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:34]
    known = set(taken)
    if not re.fullmatch(KEY, plain):
        return next(key for n in range(1, len(known) + 2) if (key := f"tag_{n}") not in known)
    if plain not in known:
        return plain
    return next(key for n in range(2, len(known) + 3) if (key := f"{plain}_{n}") not in known)
