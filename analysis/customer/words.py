"""A customer's card in sentences. Words come from ``t``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from analysis.privacy.masks import mask_text, mask_value
from analysis.profiles.words import coded_value, days_text, feature_name, tag_name
from analysis.translate import prose

if TYPE_CHECKING:
    from datetime import date

    from analysis.customer.card import CustomerCard
    from analysis.customer.changes import Changed, CustomerChanges
    from analysis.customer.timeline import Happening
    from analysis.privacy.kinds import PersonalKind
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

ALMOST_ALL = 0.995  # of the customers: from here on a share is written as 100 %


def answer(card: CustomerCard, as_of: date, t: Translate) -> str:
    """Return in which rhythm the customer buys, when the next order is due, and what it has brought so far."""
    return prose([line for line in (rhythm(card, as_of, t), money(card, t)) if line], t)


def rhythm(card: CustomerCard, as_of: date, t: Translate) -> str:
    """Return how often the customer buys and when the next order is due."""
    if card.stage is None:
        return ""
    if card.silent_days is None:
        return t("customer.no_order")
    ago = days_text(card.silent_days, t)
    if card.rhythm_days is None or card.due is None:
        return t("customer.once" if card.order_days == 1 else "customer.last", ago=ago, n=card.order_days)
    key = "customer.late" if card.due < as_of else "customer.on_time"
    return t(key, gap=days_text(card.rhythm_days, t), ago=ago, due=card.due)


def money(card: CustomerCard, t: Translate) -> str:
    """Return what the customer has spent, and how many spent less."""
    if card.spend is None or card.above is None:
        return ""
    # Nobody has spent more than 100 % of the customers.
    return t("customer.money" if card.above < ALMOST_ALL else "customer.money_top", spend=card.spend, above=card.above)


def next_step(card: CustomerCard, t: Translate) -> str:
    """Return what to do with this customer."""
    return t(f"customer.action.{card.action}")


def changes(
    found: CustomerChanges, profiles: Profiles, segments: Mapping[str, tuple[str, Callable[[str], str]]], t: Translate
) -> str:
    """Return what changed since an earlier run in one sentence; that nothing did is a sentence too.

    Parameters
    ----------
    found : CustomerChanges
    profiles : Profiles
        Where the features are described.
    segments : mapping of (str, callable)
        By column of a segmentation what it is called, and what gives the words of a segment.
    """
    if found.is_new:
        return t("customer.changed_new", day=found.since)
    if not found.changed:
        return t("customer.changed_nothing", day=found.since)
    told = t("customer.changed_between").join(_changed(one, profiles, segments, t) for one in found.changed)
    return t("customer.changed_since", day=found.since, changes=told)


def _changed(
    one: Changed, profiles: Profiles, segments: Mapping[str, tuple[str, Callable[[str], str]]], t: Translate
) -> str:
    if one.column in segments:
        name, word = segments[one.column]
        before, now = (word(key) if key else t("customer.none") for key in (one.before, one.now))
        return t("customer.changed_from", name=name, before=before, now=now)
    feature = profiles.feature(one.column)
    assert feature is not None
    if feature.key in ("n_orders", "spend"):
        more = (one.now or 0) - (one.before or 0)
        way = "more" if more > 0 else "fewer"
        return t(f"customer.changed_{feature.key}_{way}", n=abs(more))
    name = feature_name(feature, t)
    if feature.kind == "flag" and feature.origin == "tag":
        tag = tag_name(feature.key.removeprefix("tag_"), feature.named, t)
        return t("customer.tag_gained" if one.now else "customer.tag_lost", tag=tag)
    before, now = (_value(value, feature, t) for value in (one.before, one.now))
    return t("customer.changed_from", name=name, before=before, now=now)


def _value(value: Any, feature: Any, t: Translate) -> str:
    if value is None:
        return t("customer.none")
    if feature.kind == "flag":
        return t("charts.yes") if value else t("card.no")
    return coded_value(feature.key, str(value), t) if feature.header is None else str(value)


def happening(one: Happening, t: Translate, *, masked: bool, id_kind: PersonalKind | None = None) -> str:
    """Return what an order or a record says in one line; personal values in it are masked unless told otherwise.

    Parameters
    ----------
    one : Happening
    masked : bool
        Mask what is personal inside texts, and the ids of other customers where ids are personal.
    id_kind : PersonalKind, optional
        What kind of personal data customer ids are.
    """

    def shown(role: str, value: str) -> str:
        if value in ("true", "false"):
            return t("charts.yes") if value == "true" else t("card.no")
        if not masked:
            return value
        return mask_value(value, id_kind) if role == "referred_id" and id_kind else mask_text(value)

    if one.kind in ("order", "return"):
        products = ", ".join(shown(role, value) for role, value in one.facts)
        if one.n_more:
            products = t("card.products_more", products=products, n=one.n_more)
        return t("card.returned", products=products) if one.kind == "return" and products else products
    parts = [t("charts.level", feature=t(f"role.{role}"), level=shown(role, value)) for role, value in one.facts]
    return " · ".join(parts)
