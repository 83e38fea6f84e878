"""A persona as others may see it: no fact that tells of fewer than five people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.privacy.small_groups import is_small

if TYPE_CHECKING:
    from analysis.personas.result import Fact, Persona


def persona_for_others(persona: Persona) -> Persona:
    """Return a persona without facts that tell how few have something, or lack it, or have no value at all."""

    def told(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
        return tuple(fact for fact in facts if not _tells_of_few(fact, persona))

    return replace(
        persona,
        facts=told(persona.facts),
        who=told(persona.who),
        apart=told(persona.apart),
        company=told(persona.company),
    )


def _tells_of_few(fact: Fact, persona: Persona) -> bool:
    counts = [persona.customers - fact.n]
    if fact.level:
        others = round(persona.customers / persona.share) - persona.customers if persona.share > 0 else 0
        for share, n in ((fact.value, fact.n), (fact.rest, others)):
            if share == share:
                counts += [round(share * n), n - round(share * n)]
    return any(is_small(n) for n in counts)
