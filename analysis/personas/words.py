"""A persona's card in words: facts with number, n and period; what is supposed is marked. Words come from ``t``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.compare.compare import YES
from analysis.compare.words import level_name
from analysis.personas.hypothesis import Statement
from analysis.profiles.words import feature_name, value_text

if TYPE_CHECKING:
    from analysis.personas.hypothesis import Op
    from analysis.personas.result import Fact, Persona
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

EDITABLE = ("name", "goals", "pains", "quote")


@dataclass(frozen=True)
class Card:
    """What a card says; ``goals``, ``pains`` and ``quote`` are supposed, the rest is from the profiles."""

    segment: str
    name: str
    size: str
    story: tuple[str, ...]
    preferred: tuple[str, ...]
    company: tuple[str, ...]
    goals: str
    pains: str
    quote: str
    too_few: str | None


def card(persona: Persona, segment: str, t: Translate, *, edits: Mapping[str, str] | None = None) -> Card:
    """Return a persona's card in words.

    Parameters
    ----------
    persona : Persona
    segment : str
        The segment's name.
    t : Translator
    edits : mapping of str, optional
        A person's own ``name``, ``goals``, ``pains`` and ``quote``; they win.
    """
    own = {key: value.strip() for key, value in (edits or {}).items() if key in EDITABLE and value.strip()}
    size = _size(persona, segment, t)
    if persona.too_few:
        few = t("persona.too_few", n=persona.customers)
        return Card(segment, own.get("name", segment), size, (), (), (), "", "", "", few)
    return Card(
        segment=segment,
        name=own.get("name") or (t(f"persona.archetype.{persona.archetype}") if persona.archetype else segment),
        size=size,
        story=(size, *(fact_sentence(fact, persona, t) for fact in persona.story)),
        preferred=tuple(fact_sentence(fact, persona, t) for fact in persona.preferred),
        company=tuple(fact_sentence(fact, persona, t) for fact in persona.company),
        goals=own.get("goals") or _list([t(f"persona.goal.{code}") for code in persona.goals], t),
        pains=own.get("pains") or _list([t(f"persona.pain.{code}") for code in persona.pains], t),
        quote=own.get("quote") or t(f"persona.quote.{persona.quote}"),
        too_few=None,
    )


def answer(shown: Sequence[Persona], t: Translate) -> str:
    """Return how many personas there are."""
    return t("personas.answer", n=len(shown))


def own_words(persona: Persona, segment: str, typed: Mapping[str, str | None], t: Translate) -> dict[str, str]:
    """Return which typed fields of a card are a person's own; a suggestion left as it stands follows the data."""
    plain = card(persona, segment, t)
    given = {key: (text or "").strip() for key, text in typed.items() if key in EDITABLE}
    return {key: text for key, text in given.items() if text and text != getattr(plain, key)}


def read_statement(profiles: Profiles, key: str, op: Op, typed: str, t: Translate) -> Statement | None:
    """Return what a person believes of a feature, from what was typed, or None when that does not fit the feature.

    Parameters
    ----------
    profiles : Profiles
    key : str
        Feature.
    op : str
        ``at_least``, ``at_most`` or ``most_are``.
    typed : str
        A number for a number, where a comma parts thousands; of a category the level in words or as the file wrote it.
    t : Translator
    """
    feature = profiles.feature(key)
    if feature is None:
        return None
    value: float | str = typed.strip()
    try:
        if feature.kind == "number":
            value = float(typed.replace(",", "").strip())
        elif feature.kind == "flag":
            value = YES
        else:
            levels = profiles.customers[key].dropna().astype(str).unique()
            value = next((level for level in levels if typed.strip() in (level, level_name(feature, level, t))), "")
        return Statement(feature=key, op=op, value=value) if value != "" else None
    except ValueError:  # a refusal of the statement is one, too
        return None


def fact_sentence(fact: Fact, persona: Persona, t: Translate) -> str:
    """Return the sentence of a fact, with its interval, the other customers where there are any, n and the period."""
    name, period = feature_name(fact.feature, t), _period(persona, t)
    write = t.percent if fact.level else lambda value: value_text(value, fact.feature, t)
    value, low, high, rest = (write(number) for number in (fact.value, fact.low, fact.high, fact.rest))
    facts = {"value": value, "low": low, "high": high, "n": fact.n, "period": period}
    alone = "" if fact.rest == fact.rest else "_alone"
    if not alone:
        facts["rest"] = rest
    if not fact.level:
        own = f"persona.fact.{fact.feature.key}"
        return t(own, **facts) if t.has(own) and not alone else t(f"persona.fact.mean{alone}", feature=name, **facts)
    if fact.level == YES:
        return t(f"persona.fact.yes{alone}", feature=name, **facts)
    return t(f"persona.fact.share{alone}", feature=name, level=level_name(fact.feature, fact.level, t), **facts)


def _size(persona: Persona, segment: str, t: Translate) -> str:
    facts = {"segment": segment, "n": persona.customers, "share": persona.share, "period": _period(persona, t)}
    if persona.revenue_share != persona.revenue_share:
        return t("persona.size", **facts)
    return t("persona.size_revenue", revenue_share=persona.revenue_share, value=persona.value, **facts)


def _period(persona: Persona, t: Translate) -> str:
    if persona.first_day is None:
        return t("persona.as_of", day=persona.as_of)
    return t("persona.period", first=persona.first_day, last=persona.as_of)


def _list(sentences: list[str], t: Translate) -> str:
    return sentences[0] if len(sentences) == 1 else t("segments.then", first=sentences[0], second=sentences[1])
