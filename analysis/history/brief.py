"""The brief of the month: what happened, what moved, who needs something, what looks wrong, what was learned.

It holds codes and facts; ``history.words`` writes the sentences, pages and reports show them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    from analysis.goals import Goal
    from analysis.history.bridge import Bridges
    from analysis.history.matrix import Migration
    from analysis.profiles.result import Feature

PartKey = Literal["happened", "moved", "needs", "data", "learned"]
PARTS: tuple[PartKey, ...] = ("happened", "moved", "needs", "data", "learned")
# For a goal that is about customers to write to, they come before the figures that moved.
_FIRST: dict[str, tuple[PartKey, ...]] = {
    "win_back": ("happened", "needs", "moved", "data", "learned"),
    "repurchase": ("happened", "needs", "moved", "data", "learned"),
    "launch": ("happened", "needs", "moved", "data", "learned"),
}
MOST_SAID = 4  # of a part, so that the brief is one screen


@dataclass(frozen=True)
class Whom:
    """Customers of a sentence, to be listed: of one segment, or of a cell of the matrix of segments."""

    method: str
    segments: tuple[str, ...] = ()
    before: str | None = None
    now: str | None = None


@dataclass(frozen=True)
class Said:
    """One sentence as a code with its facts.

    Attributes
    ----------
    code : str
        The sentence is ``brief.<code>`` in the texts.
    facts : mapping of str
        Numbers, days and keys; ``segment``, ``was`` and ``now`` are keys of ``method``, ``feature`` is a key.
    level : str
        ``"info"``, or ``"check"`` for what looks wrong.
    whom : Whom or None
        The customers that it is about.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    level: Literal["info", "check"] = "info"
    whom: Whom | None = None


@dataclass(frozen=True)
class BriefPart:
    """One of the five parts; the sentences that matter most come first."""

    key: PartKey
    said: tuple[Said, ...]

    @property
    def first(self) -> tuple[Said, ...]:
        """The sentences that a page of one screen shows."""
        return self.said[:MOST_SAID]


@dataclass(frozen=True)
class Brief(Tabular, rows="rows", columns=("part", "code", "level")):
    """What a month was like, on one screen.

    Attributes
    ----------
    as_of : date
    since : date or None
        The day of the run before; None for the first one, whose brief is of today.
    parts : tuple of BriefPart
        The five parts in the order that the goal asks for; a part with nothing to say is empty.
    goal : Goal or None
    bridge : Bridges or None
        Revenue and customers since, where orders and money are known.
    migration : Migration or None
        Of the segmentation that the study's cards come from.
    names : mapping of method to mapping of str
        Names that persons gave to segments, by key.
    features : tuple of Feature
        Those that sentences name.
    """

    as_of: date
    since: date | None
    parts: tuple[BriefPart, ...]
    goal: Goal | None = None
    bridge: Bridges | None = field(default=None, repr=False)
    migration: Migration | None = field(default=None, repr=False)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    features: tuple[Feature, ...] = field(default=(), repr=False)

    @property
    def rows(self) -> tuple[Any, ...]:
        """Every sentence with its part."""
        return tuple(_Row(part.key, said.code, said.level) for part in self.parts for said in part.said)

    def part(self, key: PartKey) -> BriefPart:
        """Return one of the five parts."""
        return next(part for part in self.parts if part.key == key)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of all sentences."""
        return tuple(said.code for part in self.parts for said in part.said)


@dataclass(frozen=True)
class _Row:
    part: str
    code: str
    level: str


def in_order(said: Mapping[PartKey, list[Said]], goal: Goal | None) -> tuple[BriefPart, ...]:
    """Return the parts in the order that a goal asks for.

    Examples
    --------
    >>> [part.key for part in in_order({}, "win_back")]
    ['happened', 'needs', 'moved', 'data', 'learned']
    """
    return tuple(BriefPart(key, tuple(said.get(key, ()))) for key in _FIRST.get(goal or "", PARTS))
