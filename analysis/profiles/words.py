"""The words for profile features: their names, their values in their unit, and their coded values."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.privacy.consent import STATES
from analysis.translate import unique_words, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from analysis.intake.choices import Choices
    from analysis.profiles.result import Feature, Profiles
    from analysis.translate import Translate

# Roles that take in different things: what the file calls its column says which (plan, tier; NPS, stars; sessions).
BROAD = frozenset({
    "level", "rating", "region", "channel", "complaints", "visits", "referrals", "income", "annual_revenue",
    "company_size", "preferred_channel",
})  # fmt: skip
_ONLY_CHINESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # for an English reader no word
WHOLE_DAYS = 3  # from here on a mean of days is written whole
MONTHS_FROM, YEARS_FROM = 61, 730
MONTH, YEAR = 30.44, 365.25  # days
# In the order in which they are read, which is not that of their size.
CODED: dict[str, tuple[str, tuple[str, ...]]] = {
    "favourite_weekday": (
        "weekday", ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ),
    "favourite_hours": ("hours", ("morning", "afternoon", "evening", "night")),
    "active_hours": ("hours", ("morning", "afternoon", "evening", "night")),
    "generation": (
        "generation",
        ("generation_alpha", "generation_z", "millennials", "generation_x", "boomers", "silent", "greatest"),
    ),
    "city_tier": ("city_tier", ("tier_1", "new_tier_1", "tier_2", "other")),
    "satisfaction": ("satisfaction", ("satisfied", "neutral", "dissatisfied")),
    "may_contact": ("may_contact", STATES),
    "feedback_complaint": (
        "aspect",
        (
            "delivery", "taste", "service", "price", "packaging", "quality", "amount", "hygiene", "waiting", "returns",
            "using", "looks",
        ),
    ),
    "order_shape": ("shape", ("rising", "steady", "seasonal", "fading", "burst")),
    "nps_class": ("nps_class", ("promoter", "passive", "detractor")),
    "tag_stage": ("stage", ("stage_new", "stage_active", "stage_fading", "stage_lost")),
    "tag_worth": ("worth", ("worth_heavy", "worth_medium", "worth_light", "worth_none")),
}  # fmt: skip


def coded_value(feature: str, value: str, t: Translate) -> str:
    """Return the words of a value: translated when the engine made it, as it stands when a file did.

    Examples
    --------
    >>> from texts import Translator
    >>> coded_value("favourite_weekday", "monday", Translator("zh")), coded_value("region", "monday", Translator("zh"))
    ('周一', 'monday')
    """
    group, known = CODED.get(feature, ("", ()))
    return t(f"value.{group}.{value}") if value in known else value


def coded_values(values: pd.Series, feature: Feature, t: Translate) -> pd.Series:
    """Return the values of a feature with those that the engine made in words; others stand as they are."""
    if feature.kind != "category" or feature.header is not None:
        return values
    return values.map({value: coded_value(feature.key, str(value), t) for value in values.dropna().unique()})


def feature_name(feature: Feature, t: Translate) -> str:
    """Return a feature's words: the name of a tag, the header of the user's own column or its heading where the reader
    can read it, else the text ``feature.<key>``, else the key.

    Examples
    --------
    >>> from analysis.profiles.result import Feature
    >>> from texts import Translator
    >>> feature_name(Feature("spend", "value", "number"), Translator("en"))
    'Spend'
    """
    if feature.named is not None:
        return t("tags.as_feature", name=feature.named[t.language == "zh"])
    if feature.origin == "tag":
        return t("tags.as_feature", name=tag_name(feature.key.removeprefix("tag_"), None, t))
    if feature.header:
        return feature.header
    general, heading = word(t, f"feature.{feature.key}", feature.key), feature.heading
    if heading is None or (t.language == "en" and _ONLY_CHINESE.search(heading)):
        return general
    return general if heading.replace("_", " ").casefold() == general.casefold() else heading


def with_headings(profiles: Profiles, choices: Choices) -> Profiles:
    """Return profiles that know what the user's file calls the columns of broad roles, where it is one name."""

    def named(feature: Feature) -> Feature:
        if feature.key not in BROAD or feature.header is not None or feature.origin != "column":
            return feature
        columns = (column for source in choices.sources if source.kind != "ignore" for column in source.columns)
        headings = {column.name.strip() for column in columns if column.role == feature.key}
        [heading, *others] = headings or {""}
        return replace(feature, heading=heading) if heading and not others else feature

    return replace(profiles, features=tuple(named(feature) for feature in profiles.features))


def tag_name(key: str, named: tuple[str, str] | None, t: Translate) -> str:
    """Return what a tag is called: a person's own name, else that of the library, else its key."""
    return named[t.language == "zh"] if named is not None else word(t, f"tag.{key}", key)


def outcome_name(feature: Feature, answer: str | None, t: Translate) -> str:
    """Return the words of an outcome: the name of its column, with the answer of a column that is not of yes or no."""
    name = feature_name(feature, t)
    return name if answer is None else t("charts.level", feature=name, level=answer)


def feature_names(features: Iterable[Feature], t: Translate) -> dict[str, str]:
    """Return the words of features by key, no two the same: a menu or a chart tells them apart by their words."""
    features = list(features)
    words = unique_words(feature_name(feature, t) for feature in features)
    return {feature.key: name for feature, name in zip(features, words, strict=True)}


def value_text(value: float, feature: Feature, t: Translate) -> str:
    """Write a value of a feature in its unit; a missing one is a dash, a calendar year has no separator.

    Examples
    --------
    >>> from analysis.profiles.result import Feature
    >>> from texts import Translator
    >>> value_text(0.25, Feature("discount_share", "risk", "number", "share"), Translator("en"))
    '25%'
    """
    if value != value:
        return "–"
    if feature.unit == "money":
        return t.money(value)
    if feature.unit == "year":
        return str(round(value))
    return t.percent(value) if feature.unit == "share" else t.number(value)


def with_unit(name: str, unit: str, t: Translate) -> str:
    """Return what an axis or a header is called: the name with its unit, money with the currency where it is known.

    Examples
    --------
    >>> from texts import Translator
    >>> with_unit("Spend", "money", Translator("en", "GBP")), with_unit("Spend", "money", Translator("en"))
    ('Spend (£)', 'Spend')
    """
    key = f"charts.unit.{unit}"
    said = t.currency_sign() if unit == "money" else t(key) if t.has(key) else ""
    return t("charts.with_unit", feature=name, unit=said) if said else name


def mean_text(value: float, feature: Feature, t: Translate) -> str:
    """Write a mean of a feature: nobody counts days and orders in hundredths.

    Examples
    --------
    >>> from analysis.profiles.result import Feature
    >>> from texts import Translator
    >>> t, days = Translator("en"), Feature("recency_days", "risk", "number", "days")
    >>> orders = Feature("n_orders", "value", "number", "count")
    >>> [mean_text(4.43, days, t), mean_text(0.43, days, t), mean_text(4.59, orders, t), mean_text(0.031, orders, t)]
    ['4', '0.43', '4.6', '0.031']
    """
    size = abs(value)
    if feature.unit == "days" and size >= WHOLE_DAYS:
        return t.number(value, 0)
    return t.number(value, 1) if feature.unit in ("days", "count") and size >= 1 else value_text(value, feature, t)


def days_text(days: float, t: Translate) -> str:
    """Write a span of days as a person says it: in days, from two months on in months, from two years on in years.

    Examples
    --------
    >>> from texts import Translator
    >>> [days_text(days, Translator("en")) for days in (1, 4.43, 446, 1000)]
    ['1 day', '4 days', '15 months', '2.7 years']
    """
    if days < MONTHS_FROM:
        return t("span.days", n=round(days))
    return t("span.months", n=round(days / MONTH)) if days < YEARS_FROM else t("span.years", n=round(days / YEAR, 1))
