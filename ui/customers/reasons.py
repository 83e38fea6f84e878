"""Why a customer is in a segment, as lines of a list: what decided it, or where nothing did so alone, what marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.compare.surrogate import meets_one
from analysis.compare.words import condition_text
from analysis.segments.methods import METHODS
from analysis.segments.names import segment_meaning
from ui import compute, session, show
from ui.segments import explain, segments

if TYPE_CHECKING:
    from analysis.profiles.result import Profiles


def lines(study: compute.LoadedStudy, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
    """Return why the customer at ``row`` is where it is, as Markdown list items."""
    t = session.t()
    method = METHODS[view.method]
    if method.why is not None:
        result, _ = study.run.segmentation(segments.plan_of(study, view.method))
        return [_item(text, depth) for depth, text in method.why(result, profiles, row, view.names, t)]
    meaning = segment_meaning(view.base.labels.iloc[row], t) if method.told_by_meaning else None
    return [_item(meaning)] if meaning else _near_rule(study, profiles, view, row)


def _near_rule(study: compute.LoadedStudy, profiles: Profiles, view: segments.Shown, row: int) -> list[str]:
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
