"""Readings that are none: whose money is gone or below nought, or whose figures are those that stand already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.intake.decision import Alternative, Decision
    from analysis.notes import Note

OF_MONEY = ("amount", "worth", "row_type")
FIGURES = ("rows", "orders", "customers")
LEAST_LEFT = 0.01  # of the revenue: no shop took a hundredth of what its rows say
CENT = 0.005
# Doubts about another column alone: without a reading that would be another figure there is none.
OF_OTHERS: dict[str, str] = {"money_beside": "other", "order_total_beside": "header", "discount_beside": "other"}


def sensible(one: Decision) -> Decision:
    """Return a decision without readings that are none: that leave nothing, or are no revenue.

    One about money is sure where its doubts were about them alone. Whatever has one answer alone is marked, and no
    question.

    Examples
    --------
    >>> from analysis.intake.decision import Alternative, Decision
    >>> nothing = Alternative("a", {"rows": 0})
    >>> one = sensible(Decision("customer", "Who", "low", alternatives=(nothing,), decided="guessed"))
    >>> one.alternatives, one.is_question, one.is_guess
    ((), False, True)
    """
    left = tuple(other for other in one.alternatives if not _is_nothing(other.effect))
    one = one if len(left) == len(one.alternatives) else replace(one, alternatives=left)
    one = _of_money(one) if one.subject in OF_MONEY else one
    return replace(one, confidence="middle") if one.is_question and not one.alternatives else one


def _is_nothing(effect: Mapping[str, object]) -> bool:
    return any(effect.get(figure) == 0 for figure in FIGURES)


def _of_money(one: Decision) -> Decision:
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
