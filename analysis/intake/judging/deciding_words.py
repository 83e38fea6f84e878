"""Decisions in words: what was guessed, why, and what else it could be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.intake.fixes import ColumnFix, SourceFix
from analysis.intake.recipe_lines import accepting_line, recipe_line
from analysis.intake.roles import IGNORE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.intake.decision import Alternative, Decision
    from analysis.intake.fixes import AnyFix
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
    if "buyers" in facts and "orders" in facts:
        told = {name: facts[name] for name in ("buyers", "orders", "revenue")}
        return t("decision.effect.buyers", **told)
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
    """Return, for each choice, the choice with its result and the lines of the recipe that choose it.

    Before each line stands what it says in plain words, as a remark that a recipe may hold.
    """
    right = t("decision.answer_right", choice=choice_line(one, one, t))
    said = [(right, _remarked([t("line.accepted")], accepting_line(one.id)))]
    for other in one.alternatives:
        if other.fix is not None:
            said.append((t("decision.answer", choice=choice_line(one, other, t)), "\n".join(fix_lines(other.fix, t))))
    return said


def fix_lines(fix: AnyFix, t: Translate) -> list[str]:
    """Return the lines of the recipe that apply a fix, before each a remark that says what it does."""
    return _remarked(line_sentences(fix, t), recipe_line(fix)).splitlines()


def line_sentences(fix: AnyFix, t: Translate) -> list[str]:
    """Return what each line of the recipe that applies a fix says.

    Examples
    --------
    >>> from analysis.intake.fixes import SourceFix
    >>> from texts import Translator
    >>> line_sentences(SourceFix(source=0, roles=(("Total", "ignore"), ("Paid", "amount"))), Translator("en"))
    ['The column “Total” is not used', 'The column “Paid” is read as: Amount']
    """
    if isinstance(fix, SourceFix):
        kind = [t("line.kind", kind=t(f"table_kind.{fix.value}"))] if fix.value else []
        kind += [] if fix.instead_of is None else [t("line.not_used")]
        return [*kind, *(_role_sentence(name, role, t) for name, role in fix.roles)]
    if isinstance(fix, ColumnFix):
        if fix.field == "role":
            return [_role_sentence(fix.column, str(fix.value), t)]
        return [t(f"line.column_{fix.field}", column=fix.column, value=_value_words(fix.value, t))]
    if fix.kind == "as_of":
        return [t("line.as_of")]
    if fix.field == "not_sold":
        return [t("line.not_sold", state=word) for word in fix.value]
    key = f"line.{fix.field}"
    return [t(key, value=_value_words(fix.value, t)) if t.has(key) else t("line.cleaning")]


def _role_sentence(column: str, role: str, t: Translate) -> str:
    if role == IGNORE:
        return t("line.ignored", column=column)
    return t("line.role", column=column, role=t(f"role.{role}"))


def _value_words(value: object, t: Translate) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(one) if one else t("line.empty") for one in value)
    key = f"decision.choice.{value}"
    return t(key) if t.has(key) else str(value)


def _remarked(sentences: Sequence[str], lines: str) -> str:
    said = [f"# {' '.join(one.split())}" for one in sentences]  # a heading may break its line
    return "\n".join(part for pair in zip(said, lines.splitlines(), strict=True) for part in pair)
