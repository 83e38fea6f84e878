"""A persona's card in words: who, a story, facts evidence, and what is supposed, marked as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.compare.compare import YES
from analysis.compare.words import level_name
from analysis.personas.hypothesis import Statement
from analysis.profiles.words import days_text, feature_name, mean_text
from analysis.translate import prose, word

if TYPE_CHECKING:
    from analysis.personas.hypothesis import Op
    from analysis.personas.result import Fact, Persona
    from analysis.profiles.result import Profiles
    from analysis.translate import Translate

EDITABLE = ("name", "goals", "pains", "quote")
LATE = 2  # usual pauses after which an order is late


@dataclass(frozen=True)
class FactLine:
    """One of the facts of a card: what it is, the segment's figure and that of the others, None without others."""

    name: str
    value: str
    rest: str | None


@dataclass(frozen=True)
class Card:
    """What a card says; ``goals``, ``pains`` and ``quote`` are supposed, the rest is from the profiles.

    Attributes
    ----------
    segment, name, size : str
        The segment's name, the persona's, and how many customers with how much money.
    who : str
        Age, gender and place in one line; empty when nothing is known.
    story : str
        How they usually buy, as one text.
    facts : tuple of FactLine
        Up to five.
    apart : tuple of str
        What they favour more than the others.
    company : tuple of str
        For business customers.
    goals, pains, quote : str
        Empty when nothing is supposed.
    evidence : tuple of str
        A sentence per fact, with interval, n and period.
    too_few : str, optional
        Why nothing is told.
    """

    segment: str
    name: str
    size: str
    who: str = ""
    story: str = ""
    facts: tuple[FactLine, ...] = ()
    apart: tuple[str, ...] = ()
    company: tuple[str, ...] = ()
    goals: str = ""
    pains: str = ""
    quote: str = ""
    evidence: tuple[str, ...] = ()
    too_few: str | None = None


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
        return Card(segment, own.get("name", segment), size, too_few=few)
    supposed = {
        key: t(f"persona.{key}.{persona.archetype}") if persona.archetype else "" for key in ("goals", "pains", "quote")
    }
    told = (*persona.facts, *persona.apart, *persona.company, *persona.who)
    return Card(
        segment=segment,
        name=own.get("name") or (t(f"persona.archetype.{persona.archetype}") if persona.archetype else segment),
        size=size,
        who=" · ".join(_level(fact, t) for fact in persona.who),
        story=prose(_story(persona, t), t),
        facts=tuple(_fact_line(fact, t) for fact in persona.facts),
        apart=tuple(_apart(fact, t) for fact in persona.apart),
        company=tuple(_level(fact, t) for fact in persona.company),
        **{key: own.get(key) or text for key, text in supposed.items()},
        evidence=tuple(fact_sentence(fact, persona, t) for fact in told),
    )


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
    write = t.percent if fact.level else lambda value: mean_text(value, fact.feature, t)
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
    facts = {"segment": segment, "n": persona.customers, "share": persona.share}
    if persona.revenue_share != persona.revenue_share:
        return t("persona.size", **facts)
    return t("persona.size_revenue", revenue_share=persona.revenue_share, value=persona.value, **facts)


def _level(fact: Fact, t: Translate) -> str:
    """Return what most of the segment share, with their share."""
    level = level_name(fact.feature, fact.level, t)
    return t("persona.level", feature=feature_name(fact.feature, t), level=level, value=fact.value)


def _apart(fact: Fact, t: Translate) -> str:
    level = level_name(fact.feature, fact.level, t)
    name = feature_name(fact.feature, t)
    return t("persona.apart", feature=name, level=level, value=fact.value, rest=fact.rest)


def _fact_line(fact: Fact, t: Translate) -> FactLine:
    name = word(t, f"persona.label.{fact.feature.key}", feature_name(fact.feature, t))
    if fact.level and fact.level != YES:
        name = t("persona.fact_of", feature=name, level=level_name(fact.feature, fact.level, t))
    rest = None if fact.rest != fact.rest else _figure(fact, fact.rest, t)
    return FactLine(name, _figure(fact, fact.value, t), rest)


def _figure(fact: Fact, value: float, t: Translate) -> str:
    if fact.level:
        return t.percent(value)
    return days_text(value, t) if fact.feature.unit == "days" else mean_text(value, fact.feature, t)


def _story(persona: Persona, t: Translate) -> list[str]:
    """Tell how the customer in the middle buys: how often, when last, how much, for how long."""
    usual = {fact.feature.key: fact.median for fact in persona.usual}
    gap, last, orders = (usual.get(key) for key in ("mean_gap_days", "recency_days", "n_orders"))
    once = orders is not None and orders <= 1
    told: list[str] = []
    if last is not None:
        ago = days_text(last, t)
        if once:
            told.append(t("persona.story.once", ago=ago))
        elif gap and gap >= 1:
            late = "late" if last > LATE * gap else "on_time"
            told.append(t(f"persona.story.{late}", gap=days_text(gap, t), ago=ago))
        else:
            told.append(t("persona.story.last", ago=ago))
    if (basket := usual.get("average_order_value")) is not None:
        told.append(t("persona.story.basket", value=basket))
    if (tenure := usual.get("tenure_days")) is not None and not once:
        told.append(t("persona.story.tenure", span=days_text(tenure, t)))
    if told:
        told.append(t("persona.story.middle"))
    return told


def _period(persona: Persona, t: Translate) -> str:
    if persona.first_day is None:
        return t("persona.as_of", day=persona.as_of)
    return t("persona.period", first=persona.first_day, last=persona.as_of)
