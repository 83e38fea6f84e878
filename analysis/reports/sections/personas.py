"""Personas: who is in a segment, as a story with its evidence; what is supposed says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.exports.contents import persona_cards
from analysis.reports.content import Figure, Page
from analysis.reports.parts import finding

if TYPE_CHECKING:
    from analysis.personas.words import Card
    from analysis.reports.material import Material
    from analysis.translate import Translate

MOST, BESIDE_CHANGES = 2, 1  # of a deck of at most 15 slides; an analyst gets them all


def pages(material: Material, t: Translate) -> tuple[Page, ...]:
    """Return a page for each persona of the methods that are told of."""
    told = [
        (card, int(material.result.edited[method].segmentation.segments["customers"].sum()))
        for method, card, _ in persona_cards(material.result, t, edits=material.persona_edits)
        if method in material.methods and card.too_few is None
    ]
    most = MOST if material.brief is None else BESIDE_CHANGES
    return tuple(_page(card, n, t) for card, n in (told if material.is_full else told[:most]))


def _page(card: Card, n: int, t: Translate) -> Page:
    title = finding(t("report.persona", name=card.name, size=card.size.rstrip(".。")), n, t)
    supposed = [
        t("persona.titled", title=t(f"personas.{key}"), text=getattr(card, key))
        for key in ("goals", "pains")
        if getattr(card, key)
    ]
    if supposed:
        supposed = [t("report.supposed", text=text) for text in supposed]
    return Page(
        title,
        tuple(text for text in (card.who, card.story) if text),
        tuple(Figure(fact.name, fact.value) for fact in card.facts),
        points=(*card.apart, *card.company, *supposed),
        notes=card.evidence,
    )
