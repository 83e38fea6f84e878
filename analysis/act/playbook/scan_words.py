"""A group that stands out, in a sentence. Words come from ``t``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.profiles.words import coded_value, feature_name

if TYPE_CHECKING:
    from analysis.act.playbook.scan import Group, Trait
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate


def group_words(group: Group, profiles: Profiles, t: Translate) -> str:
    """Return what a group has in common, how many they are and how much more each is worth."""
    traits = t("segments.between").join(_trait(one, profiles, t) for one in group.traits)
    facts = {"traits": traits, "n": group.n, "mean": group.mean, "others": group.others}
    return t("playbook.group", **facts)


def rising_words(group: Group, profiles: Profiles, days: int, t: Translate) -> str:
    """Return what a rising group has in common, and how much more each brought than in as many days before."""
    traits = t("segments.between").join(_trait(one, profiles, t) for one in group.traits)
    return t("playbook.rising", traits=traits, n=group.n, mean=group.mean, others=group.others, days=days)


def _trait(trait: Trait, profiles: Profiles, t: Translate) -> str:
    feature = profiles.feature(trait.feature)
    name = trait.feature if feature is None else feature_name(feature, t)
    if trait.band is not None:
        low, high = trait.band
        return t("playbook.band", feature=name, low=low, high=high)
    if trait.value in ("True", "False"):
        return t("charts.level", feature=name, level=t("workbook.yes" if trait.value == "True" else "workbook.no"))
    return t("charts.level", feature=name, level=coded_value(trait.feature, trait.value, t))
