"""Decisions in words: what was guessed, why, and what else it could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.recipe_lines import accepting_line, recipe_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analysis.intake.decision import Alternative, Decision
    from analysis.notes import Note
    from analysis.translate import Translate

MOST_EVIDENCE = 3
MOST_STATES = 6  # in one sentence


def guess_sentence(one: Decision, t: Translate, *, only: bool = False) -> str:
    """Return what was guessed, in one sentence; of the ``only`` table of a study without its name."""
    key = f"decision.{one.subject}"
    if one.evidence and t.has(f"{key}_{one.evidence[0].code}"):  # the sentence for what speaks for it first
        key += f"_{one.evidence[0].code}"
    if (only or not one.table) and t.has(f"{key}_of_all"):
        key += "_of_all"
    return t(
        key,
        choice=choice_words(one.subject, one.choice, t),
        table=one.table,
        column=one.column or "",
    )


def guess_line(one: Decision, t: Translate) -> str:
    """Return what was guessed, and what else it could be with the result that it would give."""
    others = [choice_line(one, other, t) for other in one.alternatives]
    said = guess_sentence(one, t)
    return t("decision.line", guess=said, others="; ".join(others)) if others else said


def choice_line(one: Decision, effect: Alternative | Decision, t: Translate) -> str:
    """Return a choice with the result that it gives, where that is known."""
    words, said = choice_words(one.subject, effect.choice, t), effect_words(effect, t)
    return t("decision.button", choice=words, effect=said) if said else words


def choice_words(subject: str, choice: str, t: Translate) -> str:
    """Return a choice in words: a header as it stands, a kind of table or an order of day and month by its name."""
    key = f"decision.choice.{choice}"
    if subject == "kind":
        return t(f"table_kind.{choice}")
    if t.has(key):
        return t(key)
    return t("decision.choice.state_left_out", state=choice) if subject in ("state", "row_type") else choice


def evidence_sentences(one: Decision, t: Translate) -> list[str]:
    """Return what speaks for a choice, the strongest first."""
    return [evidence_sentence(note, t) for note in one.evidence[:MOST_EVIDENCE]]


def evidence_sentence(note: Note, t: Translate) -> str:
    """Return one piece of evidence in words."""
    return t(f"evidence.{note.code}", **note.facts)


def effect_words(effect: Alternative | Decision, t: Translate) -> str:
    """Return the result that a choice gives, or nothing where it is not known."""
    facts = effect.effect
    if "customers" in facts and "come_back" in facts:
        return t("decision.effect.customers", customers=facts["customers"], come_back=facts["come_back"])
    if "matched" in facts:
        return t("decision.effect.matched", matched=facts["matched"], buyers=facts["buyers"])
    if "example" in facts:
        return t("decision.effect.example", example=facts["example"])
    if "customers" in facts:
        return t("decision.effect.only_customers", customers=facts["customers"])
    if "orders" in facts:
        return t("decision.effect.orders", orders=facts["orders"])
    if parts := facts.get("states") or facts.get("kinds"):
        if facts.get("revenue"):
            return t("decision.effect.parts", revenue=facts["revenue"], parts=_states(parts, t))
        return t("decision.effect.states", rows=facts["rows"], states=_states(parts, t))
    if "revenue" in facts:
        return t("decision.effect.revenue", revenue=facts["revenue"])
    return t("decision.effect.rows", rows=facts["rows"]) if "rows" in facts else ""


def _states(each: Mapping[str, Mapping[str, float]], t: Translate) -> str:
    said = [
        t("decision.effect.state", state=state, rows=one["rows"], money=one["revenue"])
        for state, one in list(each.items())[:MOST_STATES]
    ]
    return ", ".join(said) + (", …" if len(each) > MOST_STATES else "")


def answers(one: Decision, t: Translate) -> list[tuple[str, str]]:
    """Return, for each choice, the choice with its result and the lines of the recipe that choose it."""
    offered = [(one, accepting_line(one.id)), *((other, recipe_line(other.fix)) for other in one.alternatives)]
    return [(t("decision.answer", choice=choice_line(one, choice, t)), lines) for choice, lines in offered if lines]
