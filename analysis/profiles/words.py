"""The words for the coded values of profile features: weekdays and times of day; other values stand as in the file."""

from __future__ import annotations

from typing import Protocol

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
    "nps_class": ("nps_class", ("promoter", "passive", "detractor")),
}  # fmt: skip


class Translate(Protocol):
    """What turns a key into words; ``texts.Translator`` is one."""

    def __call__(self, key: str, **facts: object) -> str:
        """Return the text of a key."""
        ...


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
