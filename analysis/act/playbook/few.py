"""A small budget: the three things worth doing with so much money, or so many hours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from analysis.act.params import Channel
    from analysis.act.playbook.fill import FilledPlay

MOST = 3
# Hours of a person for each customer (a call of six minutes, a personal message of one), and for a list as such.
HOURS: dict[Channel, float] = {"phone": 0.1, "wecom": 1 / 60, "sms": 0.0, "email": 0.0, "other": 0.0}
HOURS_OF_LIST = 0.5
_HELD = 1e-9  # of a customer, that rounding may lose


@dataclass(frozen=True)
class Doing:
    """A thing to do for up to ``n`` customers: what each brings and takes of the budget, and what it takes at all."""

    segment: str
    n: int
    gain: float
    takes: float
    takes_once: float = 0.0


@dataclass(frozen=True)
class Chosen:
    """A thing that is worth doing: for how many customers, what it may bring and what it takes of the budget."""

    segment: str
    n: int
    gain: float
    takes: float


@dataclass(frozen=True)
class Few(Tabular, rows="chosen", columns=("segment", "n", "gain", "takes")):
    """The things worth doing, the one that brings most first."""

    chosen: tuple[Chosen, ...]
    have: float


def worth_doing(options: Sequence[Doing], have: float, *, most: int = MOST) -> Few:
    """Choose the few things that bring most within a budget; of the last one as many customers as it still pays for.

    Every set of up to ``most`` things is tried, and inside a set what brings most for a coin (an hour) goes first: with
    the best set that is the best there is, to within one customer.

    Raises
    ------
    AnalysisError
        ``act_bad_money`` (value): no budget; ``act_budget_no_return``: nothing brings anything.

    Examples
    --------
    >>> few = worth_doing([Doing("a", 100, 5.0, 1.0), Doing("b", 50, 9.0, 6.0), Doing("c", 10, 1.0, 2.0)], 130.0)
    >>> [(one.segment, one.n, one.gain) for one in few.chosen]
    [('a', 100, 500.0), ('b', 5, 45.0)]
    """
    if not math.isfinite(have) or have < 0:
        raise AnalysisError("act_bad_money", value=have)
    useful = [one for one in options if one.gain > 0 and one.n > 0]
    if not useful:
        raise AnalysisError("act_budget_no_return")
    sets = (some for size in range(1, most + 1) for some in combinations(useful, size))
    best = max((_filled(some, have) for some in sets), key=lambda chosen: sum(one.gain for one in chosen))
    return Few(tuple(sorted(best, key=lambda one: -one.gain)), have)


def taking_money(play: FilledPlay) -> Doing | None:
    """Return a play as a thing that takes money; None where nobody knows its cost or what an order is worth."""
    value = play.value
    if value.cost is None or value.order is None or not value.reached:
        return None
    each = value.cost / value.reached
    return Doing(play.segment, value.reached, value.assumption.middle * value.order - each, each)


def taking_hours(play: FilledPlay) -> Doing | None:
    """Return a play as a thing that takes hours; without the worth of an order it brings orders."""
    value = play.value
    if not value.reached or not play.play.channels:
        return None
    cost = 0.0 if value.cost is None else value.cost / value.reached
    gain = value.assumption.middle * value.order - cost if value.order is not None else value.assumption.middle
    return Doing(play.segment, value.reached, gain, HOURS[play.channel], HOURS_OF_LIST)


def _filled(some: Sequence[Doing], have: float) -> tuple[Chosen, ...]:
    left = have - sum(one.takes_once for one in some)
    if left < 0:
        return ()
    chosen: list[Chosen] = []
    for one in sorted(some, key=lambda one: one.gain / one.takes if one.takes else math.inf, reverse=True):
        n = one.n if not one.takes else min(one.n, math.floor(left / one.takes + _HELD))
        if n:
            left -= n * one.takes
            chosen.append(Chosen(one.segment, n, n * one.gain, n * one.takes + one.takes_once))
    return tuple(chosen)
