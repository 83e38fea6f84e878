"""A sum over segments, each of which brings less and less of a further coin: the same marginal return everywhere.

A segment returns ``scale × √spent``. The best parts put the same marginal return on every segment that is not held by a
limit; parts add up to the sum.

References
----------
Boyd, Vandenberghe (2004), Convex Optimization, section 5.5.3 (Karush-Kuhn-Tucker conditions, water-filling).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.tabular import Tabular

STEPS = 200
_MOST_EXPONENT = 700.0  # what a float can hold


@dataclass(frozen=True)
class Return:
    """How a segment answers money: ``scale × √spent``.

    ``least`` and ``most`` are limits of its part (``most`` None: none); ``seen`` is the largest spending that the scale
    was learned from, beyond which a part is marked.
    """

    segment: str
    scale: float
    least: float = 0.0
    most: float | None = None
    seen: float | None = None


@dataclass(frozen=True)
class Part:
    """What a segment is given, what that returns, what a further coin would, and whether so much was never spent."""

    segment: str
    spent: float
    returned: float
    marginal: float | None
    is_beyond: bool
    at_limit: bool


@dataclass(frozen=True)
class Budget(Tabular, rows="parts", columns=("segment", "spent", "returned", "marginal", "is_beyond", "at_limit")):
    """A sum and its parts; ``marginal`` is the return of a further coin where no limit holds."""

    total: float
    parts: tuple[Part, ...]
    marginal: float

    @property
    def returned(self) -> float:
        """What all parts return together."""
        return sum(part.returned for part in self.parts)


def split_budget(total: float, returns: Sequence[Return]) -> Budget:
    """Split a sum so that no coin would return more in another segment.

    Raises
    ------
    AnalysisError
        ``act_bad_money`` (value): a sum that is none; ``act_budget_no_return``: no segment returns anything;
        ``act_budget_below_limits`` (total, least): the least parts alone need more; ``act_budget_above_limits``
        (total, most): all segments together take less; ``act_budget_bad_limits`` (segment).

    Examples
    --------
    >>> found = split_budget(1000, [Return("a", 10), Return("b", 6), Return("c", 2)])
    >>> [round(part.spent, 2) for part in found.parts], round(found.returned, 3)
    ([714.29, 257.14, 28.57], 374.166)
    """
    if not (math.isfinite(total) and total > 0):
        raise AnalysisError("act_bad_money", value=total)
    for one in returns:
        most = math.inf if one.most is None else one.most
        if not (math.isfinite(one.scale) and one.scale >= 0 and 0 <= one.least <= most):
            raise AnalysisError("act_budget_bad_limits", segment=one.segment)
    if not any(one.scale > 0 for one in returns):
        raise AnalysisError("act_budget_no_return")
    least = sum(one.least for one in returns)
    most = sum(_most(one) for one in returns)
    if total < least:
        raise AnalysisError("act_budget_below_limits", total=total, least=least)
    if total > most:
        raise AnalysisError("act_budget_above_limits", total=total, most=most)
    level = _level(total, returns)
    spent = [_at(one, level) for one in returns]
    parts = tuple(_part(one, part) for one, part in zip(returns, _exact(total, spent, returns), strict=True))
    return Budget(total, parts, math.exp(level))


def _most(one: Return) -> float:
    """Return the most that a segment takes: a segment that returns nothing takes its least and no more."""
    if one.scale == 0:
        return one.least
    return math.inf if one.most is None else one.most


def _at(one: Return, level: float) -> float:
    """Return the part at which a further coin returns so much (the logarithm of it), within the limits."""
    free = math.exp(min(2 * (math.log(one.scale) - math.log(2) - level), _MOST_EXPONENT)) if one.scale else 0.0
    return min(max(free, one.least), _most(one))


def _level(total: float, returns: Sequence[Return]) -> float:
    """Return the logarithm of the marginal return at which the parts add up, by halving."""
    scales = [one.scale for one in returns if one.scale > 0]
    low, high = math.log(min(scales)) - 400, math.log(max(scales)) + 400
    for _ in range(STEPS):
        middle = (low + high) / 2
        if math.fsum(_at(one, middle) for one in returns) > total:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _exact(total: float, spent: list[float], returns: Sequence[Return]) -> list[float]:
    """Put what halving left over on the segments that no limit holds."""
    free = [place for place, one in enumerate(returns) if one.least < spent[place] < _most(one)]
    left = total - math.fsum(spent)
    if free and left:
        whole = math.fsum(spent[place] for place in free)
        for place in free:
            shared = spent[place] + left * spent[place] / whole
            spent[place] = min(max(shared, returns[place].least), _most(returns[place]))
    return spent


def _part(one: Return, spent: float) -> Part:
    marginal = one.scale / (2 * math.sqrt(spent)) if spent > 0 else None
    beyond = one.seen is not None and spent > one.seen
    held = spent <= one.least or spent >= _most(one)
    return Part(one.segment, spent, one.scale * math.sqrt(spent), marginal, beyond, held)
