"""Why a customer is in a segment, as lines of a list: what decided it, or where nothing did so alone, what marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analysis.compare.surrogate import meets_one
from analysis.compare.words import condition_text
from analysis.conditions import Condition
from analysis.segments.names import segment_meaning
from analysis.segments.rule_reason import Reason, part_words, reasons
from analysis.segments.rules import segment_key
from ui import compute, explain, segments, session, show

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles


def lines(study: compute.Study, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
    """Return why the customer at ``row`` is where it is, as Markdown list items."""
    if view.method == "rules":
        return _own_rule(study, profiles, view, row)
    if view.method == "rfm":
        return _scores(study, profiles, view, row)
    if view.method == "tiers":
        return _tier(study, profiles, view, row)
    t = session.t()
    meaning = segment_meaning(view.base.labels.iloc[row], t) if view.method == "movement" else None
    return [_item(meaning)] if meaning else _near_rule(study, profiles, view, row)


def _own_rule(study: compute.Study, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
    t = session.t()
    params: Any = segments.plan_of(study, "rules").params
    label = view.base.labels.iloc[row]
    rule = next((rule for rule in params.rules if segment_key(rule) == label), None)
    if rule is None:
        return [_item(t("card.no_rule", n=len(params.rules)))]
    whole, *parts = reasons(rule, profiles, row)
    name = rule.name or view.names.get(label) or segments.word(label)
    first = t("card.rule", segment=name, what=part_words(whole.part, profiles.features, t))
    return [_item(first), *(_item(_part(one, profiles), one.depth) for one in parts)]


def _part(one: Reason, profiles: Profiles) -> str:
    t = session.t()
    words = part_words(one.part, profiles.features, t)
    if isinstance(one.part, Condition):
        return t("card.met" if one.met else "card.not_met", condition=words)
    return t("card.group_met" if one.met else "card.group_not_met", what=words)


def _scores(study: compute.Study, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
    result, _ = compute.segmentation(study, profiles, segments.plan_of(study, "rfm"))
    customer: dict[str, Any] = result.customers.iloc[int(view.base.labels.iloc[:row].notna().sum())].to_dict()
    facts = {key: int(customer[key]) for key in "rfm"} | {f"n_{key}": result.n_scores[key] for key in "rfm"}
    facts |= {"days": customer["recency_days"], "orders": customer["n_orders"], "spend": customer["spend"]}
    return [_item(session.t()("card.rfm", **facts))]


def _tier(study: compute.Study, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
    t = session.t()
    result, _ = compute.segmentation(study, profiles, segments.plan_of(study, "tiers"))
    label = view.base.labels.iloc[row]
    border = result.borders[result.borders["segment"] == label]
    if len(border) == 0:
        meaning = segment_meaning(label, t)
        return [_item(meaning)] if meaning else []
    facts = {name: float(border[name].iloc[0]) for name in ("lowest", "highest")}
    name = view.names.get(label) or segments.word(label)
    return [_item(t("card.tier", spend=float(profiles.customers["spend"].iloc[row]), segment=name, **facts))]


def _near_rule(study: compute.Study, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
    t = session.t()
    rule = explain.rules_of(study, profiles, view).get(view.edited.segmentation.labels.iloc[row])
    if rule is None:
        return []
    customer = profiles.customers.iloc[[row]]
    found = [_item(t("card.near_rule"))]
    for condition in rule.conditions:
        words = condition_text(condition, profiles.features, t)
        key = "card.met" if meets_one(customer, condition)[0] else "card.not_met"
        found.append(_item(t(key, condition=words), 1))
    return found


def _item(text: str, depth: int = 0) -> str:
    return f"{'  ' * depth}- {show.md_escape(text)}"
