"""What an action may bring, with its arithmetic: size × reachable × extra response × order − cost.

The range of the extra response is the playbook's guess until campaigns with a hold-out have been read; each moves it as
far as it is sure.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.act.campaign import Expectation
from analysis.errors import AnalysisError

Z90 = 1.6448536269514722  # a range is read as the 90 % interval of a normal belief


@dataclass(frozen=True)
class Seen:
    """An effect that was read against a hold-out: extra share of those written to, its standard error, and how many."""

    effect: float
    se: float
    n: int


@dataclass(frozen=True)
class Assumption:
    """The extra response that is assumed: 90 % of belief lie between ``low`` and ``high`` (shares).

    ``n`` are customers of campaigns that it rests on (0: the playbook alone), ``campaigns`` their number.
    """

    low: float
    high: float
    n: int = 0
    campaigns: int = 0

    @property
    def middle(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class Value:
    """What an action may bring, and how it was reckoned: money, None where nobody knows what an order is worth.

    ``orders_low`` and ``orders_high`` are extra orders; ``cost`` of all contacts, None where nobody knows it, in which
    case ``low`` and ``high`` are before cost.
    """

    size: int
    reached: int
    assumption: Assumption
    order: float | None
    cost: float | None
    orders_low: float
    orders_high: float
    low: float | None
    high: float | None

    def expectation(self) -> Expectation:
        """Return what a campaign keeps of it."""
        return Expectation(
            response_low=self.assumption.low, response_high=self.assumption.high, order=self.order, cost=self.cost,
            low=self.low, high=self.high,
        )  # fmt: skip


def learned(low: float, high: float, seen: Iterable[Seen] = ()) -> Assumption:
    """Return the playbook's range after what campaigns for the same segment and channel showed.

    A normal belief with the range as its 90 % interval, updated by each effect with its standard error: a small
    campaign moves it little, a large one most of the way.

    Parameters
    ----------
    low, high : float, 0..1
    seen : iterable of Seen

    Raises
    ------
    AnalysisError
        ``act_bad_response`` (low, high).

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.5 (normal mean with known variance).

    Examples
    --------
    >>> learned(0.0, 0.04).middle, round(learned(0.0, 0.04, [Seen(0.06, 0.01, 5000)]).middle, 3)
    (0.02, 0.044)
    """
    if not (0 <= low <= high <= 1) or not math.isfinite(low + high):
        raise AnalysisError("act_bad_response", low=low, high=high)
    read = [one for one in seen if one.se > 0 and math.isfinite(one.se)]
    sd = (high - low) / (2 * Z90)
    if not read or sd == 0:
        return Assumption(low, high)
    weight, total = 1 / sd**2, (low + high) / 2 / sd**2
    for one in read:
        weight += 1 / one.se**2
        total += one.effect / one.se**2
    middle, half = total / weight, Z90 / math.sqrt(weight)
    ends = (min(max(middle + sign * half, 0.0), 1.0) for sign in (-1, 1))
    return Assumption(*ends, n=sum(one.n for one in read), campaigns=len(read))


def expected_value(
    size: int, reached: int, assumption: Assumption, *, order: float | None = None, contact_cost: float | None = None
) -> Value:
    """Return what writing to a segment may bring.

    Parameters
    ----------
    size, reached : int
        Customers of the segment, and of them those on the list.
    order : float, optional
        Money of an order of theirs.
    contact_cost : float, optional
        Money of one contact.

    Raises
    ------
    AnalysisError
        ``act_bad_size``: more reached than there are, or none at all; ``act_bad_money``: a cost or order below 0.

    Examples
    --------
    >>> found = expected_value(1000, 800, Assumption(0.01, 0.03), order=50.0, contact_cost=0.1)
    >>> found.low, found.high, found.cost
    (320.0, 1120.0, 80.0)
    """
    if size < 0 or not 0 <= reached <= size:
        raise AnalysisError("act_bad_size", n=size, reached=reached)
    for money in (order, contact_cost):
        if money is not None and not (math.isfinite(money) and money >= 0):
            raise AnalysisError("act_bad_money", value=money)
    low, high = reached * assumption.low, reached * assumption.high
    cost = None if contact_cost is None else reached * contact_cost
    net = [None if order is None else n * order - (cost or 0.0) for n in (low, high)]
    return Value(size, reached, assumption, order, cost, low, high, net[0], net[1])
