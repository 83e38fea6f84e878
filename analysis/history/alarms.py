"""Alarms: which figures left their usual way from one refresh to the next, one alarm per cause, closed by itself.

The automatic kind is an EWMA chart beside limits for single points; both know how little few points say.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.history.brief import Said, Whom
from analysis.history.earlier import LEFT
from analysis.params import Params
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from analysis.history.matrix import Migration

LEAST_POINTS, LEAST_N = 7, 30
MOST_POINTS = 36  # of a baseline: what was long ago says little of today
WEIGHT, SIGMAS = 0.3, 3.0
ONE_IN = 0.0027  # two-sided chance of a point beyond three sigmas
SPREAD_OF_STEPS = 1.128  # mean distance of two neighbouring points, in sigmas
NEW_LEVEL = 3  # refreshes on another level, after which it is the usual one
YEAR = 12

Measure = Literal["revenue", "buyers", "segment_size", "segment_money", "quality", "promise", "promise_orders"]
# Of those a person makes rules; what predictions promised is watched by itself (``history.promised``).
MEASURES: tuple[Measure, ...] = ("revenue", "buyers", "segment_size", "segment_money", "quality")


class AlarmRule(Params):
    """What a person wants to be told.

    ``measure`` is a figure of the month (``revenue``, ``buyers``), of a segment (``segment_size``, ``segment_money``,
    with ``method`` and ``segment``), the score of the data (``quality``), or, watched by itself, who left or how often
    they bought beside what was foretold (``promise``, ``promise_orders``). ``kind`` is ``auto`` (out of its usual way)
    or ``change`` (from one refresh to the next, against the same month of last year where there is one); ``direction``
    and ``least`` (a share, 0.1 is 10 %) leave out what does not matter.
    """

    measure: Measure
    kind: Literal["auto", "change"] = "auto"
    direction: Literal["down", "up", "both"] = "both"
    least: float = Field(default=0.1, ge=0, le=10)
    method: str = Field(default="", max_length=64)
    segment: str = Field(default="", max_length=200)

    @property
    def cause(self) -> str:
        """What the rule watches: of one cause at most one alarm is open."""
        return "|".join(filter(None, (self.measure, self.method, self.segment, self.direction)))


class ListRule(Params):
    """Whom to list after each refresh: who went from one segment of a method to another (empty: any) meanwhile."""

    name: str = Field(min_length=1, max_length=200)
    method: str = Field(max_length=64)
    before: str = Field(default="", max_length=200)
    now: str = Field(default="", max_length=200)


class AlarmRules(Params):
    """The rules of a study; ``automatic`` watches revenue, buyers and every segment of the cards without a rule."""

    automatic: bool = True
    rules: tuple[AlarmRule, ...] = Field(default=(), max_length=100)
    lists: tuple[ListRule, ...] = Field(default=(), max_length=100)


@dataclass(frozen=True)
class Point:
    """A figure on a day; ``n`` customers stand behind it."""

    day: date
    value: float
    n: int


@dataclass(frozen=True)
class Alarm(
    Tabular, columns=("cause=rule.cause", "opened", "closed", "why", "value", "usual", "low", "high", "points")
):
    """A figure that left its usual way.

    Attributes
    ----------
    rule : AlarmRule
    opened : date
    value, usual, low, high : float
        The figure on that day, what was usual, and the limits of what is.
    points : int
        How many earlier figures that rests on.
    closed : date or None
        When it was back (``why`` is ``"back"``), or had been on its new level for three refreshes (``"level"``).
    """

    rule: AlarmRule
    opened: date
    value: float
    usual: float
    low: float
    high: float
    points: int
    closed: date | None = None
    why: Literal["", "back", "level"] = ""

    @property
    def is_open(self) -> bool:
        """Whether the cause is still there."""
        return self.closed is None

    @property
    def change(self) -> float:
        """What became of the figure, as a share of what was usual."""
        return self.value / self.usual - 1 if self.usual else math.inf


def ewma(values: Sequence[float], target: float, *, weight: float = WEIGHT) -> list[float]:
    """Return the exponentially weighted moving average of values, from a target on.

    References
    ----------
    NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.4.

    Examples
    --------
    >>> [round(one, 2) for one in ewma([52.0, 47.0], 50.0)]
    [50.6, 49.52]
    """
    found, last = [], target
    for value in values:
        last = weight * value + (1 - weight) * last
        found.append(last)
    return found


def ewma_limits(target: float, sd: float, *, weight: float = WEIGHT, sigmas: float = SIGMAS) -> tuple[float, float]:
    """Return the limits of the average in the long run: target ± k·s·√(λ / (2 − λ)).

    Examples
    --------
    >>> [round(one, 4) for one in ewma_limits(50, 2.0539)]
    [47.4116, 52.5884]
    """
    half = sigmas * sd * math.sqrt(weight / (2 - weight))
    return target - half, target + half


def sigmas_of(points: int) -> float:
    """Return how many estimated sigmas a point of few stays within as surely as of many within three."""
    from scipy.special import stdtrit

    return float(stdtrit(points - 1, 1 - ONE_IN / 2)) * math.sqrt(1 + 1 / points)


def alarms_of(rule: AlarmRule, points: Sequence[Point]) -> tuple[Alarm, ...]:
    """Follow a figure from refresh to refresh and return its alarms, the oldest first; at most the last one is open.

    Parameters
    ----------
    rule : AlarmRule
    points : sequence of Point
        In order of their days.

    Examples
    --------
    >>> from datetime import date
    >>> usual = [Point(date(2024, 1 + n, 1), 100 + n % 2, 100) for n in range(9)]
    >>> found = alarms_of(AlarmRule(measure="buyers"), [*usual, Point(date(2024, 10, 1), 70, 70)])
    >>> found[0].opened.isoformat(), round(found[0].change, 2), found[0].is_open
    ('2024-10-01', -0.3, True)
    """
    find = _auto if rule.kind == "auto" else _changed
    found: list[Alarm] = []
    start, opened = 0, None
    for at, point in enumerate(points):
        if opened is None:
            alarm = find(rule, points[start:at], point, points[:at])
            if alarm is not None:
                opened = at
                found.append(alarm)
            continue
        alarm = found[-1]
        if alarm.low <= point.value <= alarm.high:
            found[-1], opened = _closed(alarm, point.day, "back"), None
        elif at - opened >= NEW_LEVEL - 1:
            found[-1], start, opened = _closed(alarm, point.day, "level"), opened, None
    return tuple(found)


def _closed(alarm: Alarm, day: date, why: Any) -> Alarm:
    from dataclasses import replace

    return replace(alarm, closed=day, why=why)


def _auto(rule: AlarmRule, before: Sequence[Point], point: Point, every: Sequence[Point]) -> Alarm | None:
    """Judge a point by those before it, on the scale of shares; beside the same month of last year where both know."""
    usual = [one for one in before if one.n >= LEAST_N and one.value > 0][-MOST_POINTS:]
    if len(usual) < LEAST_POINTS or point.value <= 0:
        return None
    values = [math.log(one.value) for one in usual]
    target = sum(values) / len(values)
    steps = [abs(two - one) for one, two in pairwise(values)]
    spread = math.sqrt(sum((one - target) ** 2 for one in values) / (len(values) - 1))
    sd = max(spread, sum(steps) / len(steps) / SPREAD_OF_STEPS, 1e-9)
    seasons = _seasons(usual)
    season = seasons.get(point.day.month)
    if season is not None:
        target += season - sum(seasons.values()) / len(seasons)
    now, k = math.log(point.value), sigmas_of(len(values))
    low, high = target - k * sd, target + k * sd
    average = ewma([*values[-2:], now], sum(values) / len(values))[-1]
    edges = ewma_limits(sum(values) / len(values), sd, sigmas=k)
    drifts = season is None and not edges[0] <= average <= edges[1] and abs(now - target) > sd
    outside = drifts or not low <= now <= high
    expected = math.exp(target)
    if not outside or not _matters(rule, point.value, expected):
        return None
    border = math.log(1 + rule.least)
    return Alarm(
        rule, point.day, point.value, expected,
        math.exp(min(low, target - border)), math.exp(max(high, target + border)), len(values),
    )  # fmt: skip


def _seasons(points: Sequence[Point]) -> dict[int, float]:
    """Return the level of each month of the year, on the scale of shares, where two years or more are known."""
    if len(points) < 2 * YEAR:
        return {}
    found: dict[int, list[float]] = {}
    for one in points:
        found.setdefault(one.day.month, []).append(math.log(one.value))
    return {month: sum(values) / len(values) for month, values in found.items()} if len(found) == YEAR else {}


def _changed(rule: AlarmRule, before: Sequence[Point], point: Point, every: Sequence[Point]) -> Alarm | None:
    """Judge a point by the same month of last year, else by the one before."""
    year = point.day.year - 1, point.day.month
    last_year = next((one for one in every if (one.day.year, one.day.month) == year), None)
    base = last_year or (every[-1] if every else None)
    if base is None or base.value <= 0 or base.n < LEAST_N or not _matters(rule, point.value, base.value):
        return None
    low, high = base.value * (1 - rule.least), base.value * (1 + rule.least)
    return Alarm(rule, point.day, point.value, base.value, low, high, 1)


def _matters(rule: AlarmRule, value: float, usual: float) -> bool:
    change = value / usual - 1
    if (rule.direction == "down" and change > 0) or (rule.direction == "up" and change < 0):
        return False
    return abs(change) >= rule.least


def can_tell(rule: AlarmRule, points: Sequence[Point]) -> bool:
    """Say whether the newest figure can be judged at all: enough earlier ones lie behind it.

    Examples
    --------
    >>> from datetime import date
    >>> kept = [Point(date(2024, 1 + n, 1), 100, 100) for n in range(8)]
    >>> rule = AlarmRule(measure="buyers")
    >>> can_tell(rule, kept), can_tell(rule, kept[1:]), can_tell(rule.model_copy(update={"kind": "change"}), kept[:2])
    (True, False, True)
    """
    before = [one for one in points[:-1] if one.n >= LEAST_N and one.value > 0]
    return len(before) >= (LEAST_POINTS if rule.kind == "auto" else 1)


def points_of(rule: AlarmRule, runs: Sequence[tuple[date, Mapping[str, Any]]]) -> tuple[Point, ...]:
    """Return a figure at each kept run.

    Parameters
    ----------
    rule : AlarmRule
    runs : sequence of (day, summary)
        Runs of the study, in order of their days, one of each day.
    """
    if rule.measure in ("revenue", "buyers"):
        return _monthly(rule.measure, runs)
    if rule.measure in ("promise", "promise_orders"):
        return ()  # no figure of its own: each run is judged by what one before it told
    found = []
    for day, summary in runs:
        if rule.measure == "quality":
            score = (summary.get("quality") or {}).get("score")
            if score is not None:
                found.append(Point(day, float(score), int(summary.get("customers") or 0)))
            continue
        segments = summary.get("segmentations", {}).get(rule.method, {}).get("segments", ())
        for one in segments:
            if one["key"] == rule.segment:
                value = one["customers"] if rule.measure == "segment_size" else one.get("revenue")
                if value is not None:
                    found.append(Point(day, float(value), int(one["customers"])))
    return tuple(found)


def automatic_rules(method: str, segments: Sequence[str]) -> tuple[AlarmRule, ...]:
    """Return the rules that nobody had to make: revenue, buyers, and the size of every segment."""
    sizes = tuple(AlarmRule(measure="segment_size", method=method, segment=key) for key in segments)
    return (AlarmRule(measure="revenue"), AlarmRule(measure="buyers"), *sizes)


def all_alarms(rules: Sequence[AlarmRule], runs: Sequence[tuple[date, Mapping[str, Any]]]) -> tuple[Alarm, ...]:
    """Return the alarms of every rule, open ones first, then the newest; one for each cause and day."""
    known: dict[tuple[str, date], Alarm] = {}
    for rule in rules:
        for alarm in alarms_of(rule, points_of(rule, runs)):
            known.setdefault((rule.cause, alarm.opened), alarm)
    return in_order(known.values())


def in_order(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Return alarms with the open ones first, then the newest."""
    return tuple(sorted(alarms, key=lambda one: (not one.is_open, -one.opened.toordinal(), one.rule.cause)))


def told(alarms: Sequence[Alarm]) -> tuple[Said, ...]:
    """Return the open alarms as sentences of the brief."""
    return tuple(
        Said(
            f"alarm_{one.rule.measure}_{'up' if one.value > one.usual else 'down'}",
            {"value": one.value, "usual": one.usual, "change": abs(one.change)}
            | ({"method": one.rule.method, "segment": one.rule.segment} if one.rule.segment else {}),
            "check",
            Whom(one.rule.method, segments=(one.rule.segment,)) if one.rule.segment else None,
        )
        for one in alarms
        if one.is_open
    )


def listed(rule: ListRule, moved: Migration) -> list[str]:
    """Return the ids of the customers that a rule asks for.

    Raises
    ------
    AnalysisError
        ``history_method_not_there`` (method, day): the matrix is of another segmentation.
    """
    if rule.method != moved.method:
        raise AnalysisError("history_method_not_there", method=rule.method, day=moved.now, known=(moved.method,))
    who = moved.who(rule.before or None, rule.now or None)
    here = moved.customers.loc[who]
    return [str(one) for one in who[(here["before"] != here["now"]).to_numpy()]]


def _monthly(measure: Measure, runs: Sequence[tuple[date, Mapping[str, Any]]]) -> tuple[Point, ...]:
    """Return each whole month of orders as the newest run tells it; a month that has just begun is no point."""
    if not runs:
        return ()
    as_of, summary = runs[-1]
    left = summary.get(LEFT, {})
    name = "months" if measure == "revenue" else "buyers"
    found = []
    for written, told in sorted(left.get(name, {}).items()):
        day = date.fromisoformat(written)
        end = date(day.year + day.month // YEAR, day.month % YEAR + 1, 1)
        value = told[1] if measure == "revenue" else told
        buyers = left.get("buyers", {}).get(written, 0)
        if end <= as_of and value is not None:
            found.append(Point(end, float(value), int(buyers)))
    return tuple(found)
