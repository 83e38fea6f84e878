"""Tags that are ready: each switches on when its columns are there, with borders taken from the data."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.params import KEY
from analysis.profiles.result import Dimension
from analysis.tags.params import Activity, Bands, Edge, Favourite, FromColumn, Tag, TagType
from analysis.tags.values import Basis, tag_values

if TYPE_CHECKING:
    from analysis.intake.tables import StandardTables
    from analysis.profiles.result import Profiles

FEW_LEVELS, MANY_NUMBERS, MOST_OWN = 12, 20, 30
_TYPE_OF: dict[Dimension, TagType] = {
    "basic": "static",
    "behaviour": "behaviour",
    "preference": "preference",
    "social": "social",
    "value": "value",
    "risk": "lifecycle",
    "channel": "behaviour",
}


@cache
def _written() -> dict[str, dict[str, Any]]:
    import tomllib
    from importlib.resources import files

    return tomllib.loads(files("analysis.tags").joinpath("library.toml").read_text("utf-8"))


def library_keys() -> tuple[str, ...]:
    """Return the keys of all tags of the library."""
    return tuple(_written())


def serves(key: str, goal: str | None) -> bool:
    """Say whether a tag of the library serves a goal; every tag serves a study without one."""
    return goal is None or goal in _written().get(key, {}).get("goals", ())


def ready_tags(profiles: Profiles, standard: StandardTables | None = None) -> tuple[Tag, ...]:
    """Return the tags of the library that the data carries: columns there, and at least one customer with a value.

    Borders in days come from the days that usually pass between two orders of this shop, others from quantiles, both
    rounded: they stand in the tag as numbers and stay what they are until someone changes them.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from analysis.profiles.result import Feature, Profiles
    >>> base = Profiles(pd.DataFrame({"customer_id": list("abc"), "n_orders": [1, 2, 5]}),
    ...                 (Feature("n_orders", "value", "number", "count"),), date(2024, 1, 1))
    >>> [tag.key for tag in ready_tags(base)]
    ['one_time', 'repeat']
    """
    found = []
    for tag in (*(library_tag(key, profiles, standard) for key in _written()), *_of_own_columns(profiles)):
        if tag is None:
            continue
        try:
            values = tag_values(tag, Basis(profiles, standard))
        except AnalysisError:
            continue
        if values.n > 0 and (not values.is_flag or values.n < len(values.codes)):
            found.append(tag)
    return tuple(found)


def _of_own_columns(profiles: Profiles) -> list[Tag]:
    """Return a tag for each column of the user's own that is yes or no, few words, or a number of many values."""
    found = []
    for feature in profiles.features:
        column = profiles.customers.get(feature.key)
        if feature.header is None or feature.personal or column is None or not re.fullmatch(KEY, feature.key):
            continue
        levels = column.nunique()
        source: FromColumn | Bands
        if feature.kind == "flag" or (feature.kind == "category" and 2 <= levels <= FEW_LEVELS):
            source = FromColumn(feature=feature.key)
        elif feature.kind == "number" and levels >= MANY_NUMBERS:
            source = Bands(feature=feature.key, quantiles=4)
        else:
            continue
        name = feature.header[:80]
        kind = _TYPE_OF[feature.dimension]
        found.append(Tag(key=feature.key, name_en=name, name_zh=name, type=kind, source=source, refresh_days=30))
    return found[:MOST_OWN]


def library_tag(key: str, profiles: Profiles, standard: StandardTables | None = None) -> Tag | None:
    """Return one tag of the library for this data, None where its columns are missing."""
    written = _written()[key]
    try:
        source = _filled(written["source"], profiles)
    except LookupError:
        return None
    goals = written.get("goals", ())
    tag = Tag.model_validate(
        {
            "key": key,
            "type": written["type"],
            "goal": goals[0] if goals else None,
            "refresh_days": written.get("refresh"),
            "lives_days": written.get("lives"),
            "source": source,
        }
    )
    of_lines = isinstance(tag.source, (Activity, Edge, Favourite))
    if of_lines and (standard is None or "order_date" not in standard.order_roles):
        return None
    there = {feature.key for feature in profiles.features if not feature.personal} & set(profiles.customers.columns)
    return tag if set(tag.asks) <= there else None


def _filled(source: dict[str, Any], profiles: Profiles) -> dict[str, Any]:
    found = dict(source)
    if "when" in found:
        found["when"] = _expression(found["when"], profiles)
    if "cases" in found:
        found["cases"] = [case | {"when": _expression(case["when"], profiles)} for case in found["cases"]]
    if isinstance(found.get("threshold"), dict):
        found["threshold"] = _border(found["feature"], found["threshold"], profiles)
    return found


def _expression(written: list[list[Any]], profiles: Profiles) -> dict[str, Any]:
    parts = [
        {
            "feature": feature,
            "op": op,
            "values": [_border(feature, one, profiles) if isinstance(one, dict) else one for one in values],
        }
        for feature, op, *values in written
    ]
    parts = [{"kind": "condition"} | part for part in parts]
    return parts[0] if len(parts) == 1 else {"kind": "all", "parts": parts}


def _border(feature: str, written: dict[str, float], profiles: Profiles) -> float:
    """Return a border that the data decides; LookupError where it cannot."""
    from analysis.segments.by_rule.starters import border_at, usual_gap

    if "gaps" in written:
        gap = usual_gap(profiles)
        if gap is None:
            raise LookupError(feature)
        return float(max(1, round(gap * written["gaps"])))
    found = border_at(profiles, feature, written["quantile"])
    if found is None:
        raise LookupError(feature)
    return found
