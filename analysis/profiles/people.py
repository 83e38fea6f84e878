"""What follows from a person's attributes, whichever table they stand in: age, band, generation, city tier, sign-up."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.notes import Note
from analysis.privacy.consent import FEATURE as MAY_CONTACT
from analysis.privacy.consent import asks_to_agree, combined, contact_states
from analysis.profiles.result import Feature

if TYPE_CHECKING:
    import pandas as pd

OLDEST = 120
FIRST_DAYS = 7
FEATURES = (
    Feature("age", "basic", "number", "years"),
    Feature("age_band", "basic", "category"),
    Feature("generation", "basic", "category"),
    Feature("city_tier", "basic", "category"),
    Feature("days_to_first_order", "behaviour", "number", "days"),
    Feature("no_order_in_7_days", "risk", "flag"),
    Feature(MAY_CONTACT, "channel", "category"),
)


@cache
def bands() -> dict[str, dict[str, Any]]:
    """Return the tables of ``bands.toml``: ``age_bands``, ``generations`` and ``city_tiers``, each with its source."""
    return tomllib.loads(Path(__file__).with_name("bands.toml").read_text("utf-8"))


def add_people(customers: pd.DataFrame, *, as_of: date) -> tuple[tuple[Feature, ...], tuple[Note, ...]]:
    """Add what follows from attributes to the joined frame in place.

    Returns
    -------
    features, notes
        The features that were added or read anew, and ``ages_impossible`` with the number of customers whose age lies
        outside 0 to 120 years and was left out.
    """
    keys, notes = _ages(customers, as_of)
    if "city" in customers:
        tiers = customers["city"].map(city_tier, na_action="ignore").astype("str")
        if tiers.isin(["tier_1", "new_tier_1", "tier_2"]).any():
            own = customers.get("city_tier")
            customers["city_tier"] = tiers if own is None else own.astype("str").where(own.notna(), tiers)
            keys.append("city_tier")
    states = contact_states(customers, as_of=as_of)
    if MAY_CONTACT in customers:  # from a log of consents
        customers[MAY_CONTACT] = combined(states, customers[MAY_CONTACT], agreed=asks_to_agree(customers))
    elif states is not None:
        customers[MAY_CONTACT] = states
        keys.append(MAY_CONTACT)
    if {"signup_date", "first_order_date"} <= set(customers.columns):
        keys += _first_order(customers, as_of)
    return tuple(feature for feature in FEATURES if feature.key in keys), notes


def _ages(customers: pd.DataFrame, as_of: date) -> tuple[list[str], tuple[Note, ...]]:
    import pandas as pd

    ages = pd.Series(float("nan"), index=customers.index)
    births = pd.Series(float("nan"), index=customers.index)
    if "birth_date" in customers:
        born = pd.to_datetime(customers["birth_date"])
        births = born.dt.year.astype("float64")
        before = (born.dt.month > as_of.month) | ((born.dt.month == as_of.month) & (born.dt.day > as_of.day))
        ages = as_of.year - births - before.astype("float64")
    if "age" in customers:
        stated = pd.to_numeric(customers["age"], errors="coerce").astype("float64")
        ages = ages.where(ages.notna(), stated)
    if "birth_year" in customers:
        year = pd.to_numeric(customers["birth_year"], errors="coerce").astype("float64")
        births = births.where(births.notna(), year)
        ages = ages.where(ages.notna(), as_of.year - year)
    if ages.isna().all():
        return [], ()
    impossible = (ages < 0) | (ages > OLDEST)
    births = births.where(births.notna(), as_of.year - ages).where(~impossible)
    ages = ages.where(~impossible)
    customers["age"] = ages
    keys = ["age"]
    computed = _banded(ages.floordiv(1), bands()["age_bands"]["bands"])
    own = customers.get("age_band")
    customers["age_band"] = computed if own is None else own.astype("str").where(own.notna(), computed)
    customers["generation"] = _banded(births, bands()["generations"]["bands"])
    keys += ["age_band", "generation"]
    n = int(impossible.sum())
    return keys, (Note("ages_impossible", {"n": n, "most": OLDEST}, "check"),) if n else ()


def _banded(values: pd.Series, table: list[list[Any]]) -> pd.Series:
    import pandas as pd

    found = pd.Series(None, index=values.index, dtype="str")
    for low, high, name in table:
        found[(values >= low) & (values <= high)] = name
    return found


def city_tier(city: str) -> str | None:
    """Return the tier of a Chinese city, ``other`` for one that is not listed, None for a city elsewhere.

    Examples
    --------
    >>> [city_tier(city) for city in ("上海市", "成都", "拉萨市", "Paris")]
    ['tier_1', 'new_tier_1', 'other', None]
    """
    name = str(city).strip().removesuffix("市")
    for tier, cities in bands()["city_tiers"].items():
        if tier != "source" and name in cities:
            return tier
    return "other" if any("\u4e00" <= letter <= "\u9fff" for letter in name) else None


def _first_order(customers: pd.DataFrame, as_of: date) -> list[str]:
    """Days from sign-up to the first order, missing when the order came first, and who let the first week pass.

    Within the week after sign-up nobody can say yet: the flag is missing then, unless an order is there already.
    """
    import pandas as pd

    signed = pd.to_datetime(customers["signup_date"])
    waited = (pd.to_datetime(customers["first_order_date"]) - signed).dt.days.astype("float64")
    since = (pd.Timestamp(as_of) - signed).dt.days.astype("float64")
    customers["days_to_first_order"] = waited.where(waited >= 0)
    late = waited.isna() | (waited > FIRST_DAYS)
    known = signed.notna() & ((since > FIRST_DAYS) | ~late)
    customers["no_order_in_7_days"] = late.astype("boolean").where(known)
    return ["days_to_first_order", "no_order_in_7_days"]
