"""Readings that are none: whose money is gone or below nought, or whose figures are those that stand already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.intake.decision import Alternative, Decision
    from analysis.notes import Note

OF_MONEY = ("amount", "worth", "row_type")
LEAST_LEFT = 0.01  # of the revenue: no shop took a hundredth of what its rows say
CENT = 0.005
# Doubts about another column alone: without a reading that would be another figure there is none.
OF_OTHERS: dict[str, str] = {"money_beside": "other", "order_total_beside": "header", "discount_beside": "other"}


def sensible(one: Decision) -> Decision:
    """Return a decision about money without readings that are none; sure, where its doubts were about them alone."""
    if one.subject not in OF_MONEY:
        return one
    kept = tuple(other for other in one.alternatives if _is_reading(other, one.effect))
    if len(kept) == len(one.alternatives):
        return one
    evidence = tuple(note for note in one.evidence if _stands(note, kept))
    if not kept and all(note.code in ("adds_up", "money_unused") for note in evidence):
        return replace(one, alternatives=(), evidence=evidence, confidence="high", decided="found")
    return replace(one, alternatives=kept, evidence=evidence)


def _is_reading(other: Alternative, now: Mapping[str, object]) -> bool:
    money, stands = other.effect.get("revenue"), now.get("revenue")
    if money is None:
        return True
    if not isinstance(stands, (int, float)) or stands <= 0:
        return money > 0
    return money >= LEAST_LEFT * stands and abs(money - stands) > CENT


def _stands(note: Note, kept: tuple[Alternative, ...]) -> bool:
    said = OF_OTHERS.get(note.code)
    return said is None or any(str(note.facts[said]) in other.choice for other in kept)
