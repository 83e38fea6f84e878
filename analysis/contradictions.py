"""Conditions that nobody can fulfil together: an empty range, no category left, missing and known at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from analysis.conditions import COMPARISONS, AllOf, Condition, Described, Expression, described, numbers, parts_of
from analysis.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass
class _Room:
    """What the conditions on one feature leave of its values."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    allowed: set[str] | None = None
    barred: set[str] = field(default_factory=set)
    apart: set[float] = field(default_factory=set)
    states: set[str] = field(default_factory=set)

    def is_empty(self) -> bool:
        if self.low > self.high or (self.low == self.high and (self.low_open or self.high_open)):
            return True
        if self.low == self.high and self.low in self.apart:
            return True
        if {"yes", "no"} <= self.states or ("missing" in self.states and len(self.states) > 1):
            return True
        return self.allowed is not None and not self.allowed - self.barred


def refuse_contradictions(expression: Expression, features: Iterable[Described]) -> None:
    """Refuse conditions that have to hold together and cannot.

    What stands inside one ``all`` (and the ``all`` inside it) is looked at together; ``any`` and ``not`` are looked at
    part by part. What only the data rules out, such as an amount nobody has spent, is no contradiction.

    Parameters
    ----------
    expression : Expression
        Of these features, with values of their kind.
    features : iterable of features

    Raises
    ------
    AnalysisError
        ``conditions_contradict`` (feature).
    """
    features = tuple(features)
    rooms: dict[str, _Room] = {}
    for condition in _together(expression):
        room = rooms.setdefault(condition.feature, _Room())
        _narrow(room, condition, features)
        if room.is_empty():
            raise AnalysisError("conditions_contradict", feature=condition.feature)
    for part in _apart(expression):
        refuse_contradictions(part, features)


def _together(expression: Expression) -> Iterator[Condition]:
    if isinstance(expression, Condition):
        yield expression
    elif isinstance(expression, AllOf):
        for part in expression.parts:
            yield from _together(part)


def _apart(expression: Expression) -> Iterator[Expression]:
    """The parts under ``any`` and ``not``, each a question of its own."""
    if isinstance(expression, AllOf):
        for part in expression.parts:
            yield from _apart(part)
    else:
        yield from parts_of(expression)


def _narrow(room: _Room, condition: Condition, features: tuple[Described, ...]) -> None:
    feature = described(condition, features)
    if condition.op in COMPARISONS:
        room.states.add("known")
        asked = numbers(condition, feature)
        if condition.op == "ne":
            room.apart.add(asked[0])
        if condition.op in ("gt", "ge", "eq", "between"):
            _from(room, asked[0], is_open=condition.op == "gt")
        if condition.op in ("lt", "le", "eq", "between"):
            _to(room, asked[-1], is_open=condition.op == "lt")
    elif condition.op in ("in", "not_in"):
        room.states.add("known")
        words = {str(value) for value in condition.values}
        if condition.op == "not_in":
            room.barred |= words
        else:
            room.allowed = words if room.allowed is None else room.allowed & words
    else:
        states = {"is_missing": {"missing"}, "is_known": {"known"}, "contains": {"known"}}
        room.states |= states.get(condition.op) or {condition.op, "known"}


def _from(room: _Room, value: float, *, is_open: bool) -> None:
    if value > room.low:
        room.low, room.low_open = value, is_open
    elif value == room.low:
        room.low_open = room.low_open or is_open


def _to(room: _Room, value: float, *, is_open: bool) -> None:
    if value < room.high:
        room.high, room.high_open = value, is_open
    elif value == room.high:
        room.high_open = room.high_open or is_open
