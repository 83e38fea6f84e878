"""The decision, by a rule that was fixed before anything was read.

Method and limits: ``docs/methods/experiments-decide.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.experiments.reading.selected import expected_when_picked
from analysis.notes import Note
from analysis.params import Params
from analysis.tabular import Tabular

# Without a margin every true loss, however small, would stop a test of enough customers.
GUARDRAIL_SHARE = 0.02
Goal = Literal["better", "not_worse", "equivalent"]
Verdict = Literal["ship", "stop", "keep_running", "inconclusive"]


class Rule(Params):
    """What will count, fixed before reading.

    ``target`` is the smallest effect worth having (absolute, in the unit of the metric, above 0); ``guardrail_share``
    how much of control's value a guardrail may lose (0 or more): guardrails differ in their units. ``guardrail`` is the
    same in the unit of the guardrail, as earlier rules have it, and goes before. Effects are turned so that more is
    better. With ``goal`` not worse, or equivalent, what counts is ``margin`` (absolute, above 0) in place of the
    target: what may be lost, or differ.
    """

    target: float
    guardrail: float | None = None
    guardrail_share: float = GUARDRAIL_SHARE
    min_days: int = 7
    max_days: int = 28
    goal: Goal = "better"
    margin: float | None = None


DECISION = ("verdict", "reason", "yearly=yearly.value", "yearly_low=yearly.low", "yearly_high=yearly.high")


@dataclass(frozen=True)
class Decision(
    Tabular,
    columns=DECISION,
):
    """What to do, and why: ``reason`` is a code; ``yearly`` the money of a year when shipped, None without a value."""

    verdict: Verdict
    reason: Literal[
        "unsound",
        "guardrail_broken",
        "too_early",
        "target_met",
        "target_ruled_out",
        "not_worse",
        "worse",
        "equivalent",
        "different",
        "not_yet_clear",
        "time_is_up",
    ]
    yearly: Estimate | None


def decide(
    effect: Estimate,
    rule: Rule,
    *,
    days: int,
    guardrails: Sequence[Estimate] = (),
    guardrail_levels: Sequence[float] = (),
    health: Sequence[Note] = (),
    customers_per_year: float | None = None,
    value_per_unit: float | None = None,
    yearly_cost: float = 0.0,
    clear: bool = True,
) -> Decision:
    """Apply the rule.

    Ship when the interval lies above 0 and the estimate reaches the target; stop when the target lies above the
    interval or a guardrail surely lost more than it may; keep running while neither is so and time is left. Whoever
    decides before the last day uses an always-valid interval.

    With the goal not worse: ship when the interval lies above minus the margin, stop when it lies below. With the goal
    equivalent: ship when it lies within the margin on both sides, stop when it lies outside.

    Parameters
    ----------
    effect : Estimate
        Absolute effect with its interval; an end that is open, as that of a quantile of few customers, rules nothing
        out on its side.
    guardrails : sequence of Estimate
        Effects on them with intervals that hold together, whenever one looks.
    guardrail_levels : sequence of float
        Control's value in each, of which the rule allows a share to be lost.
    health : sequence of Note
        An alarm (level ``ask``) makes the experiment inconclusive, whatever it shows.
    customers_per_year, value_per_unit : float, optional
        The yearly money is effect × customers × value − cost, its interval that of the effect. Of an effect that is
        shipped because it looked good it is that to be expected of it (``expected_when_picked``), not the estimate.
    clear : bool
        Whether the test that the reading follows calls the effect better, or within the margin; nothing is shipped
        without, whatever the interval says.

    Raises
    ------
    AnalysisError
        ``experiment_bad_rule`` (target not above 0, days out of order).

    Examples
    --------
    >>> rule = Rule(target=0.01, min_days=7, max_days=28)
    >>> decide(Estimate(0.02, 0.005, 0.035, 0.95, "newcombe"), rule, days=14).verdict
    'ship'
    """
    lost = (rule.guardrail or 0.0, rule.guardrail_share)
    figures = (rule.target, *lost, yearly_cost, rule.margin or 0.0, effect.value, days)
    if not all(math.isfinite(figure) for figure in figures) or days < 0:
        raise AnalysisError("experiment_bad_rule")
    ends = [end for one in (effect, *guardrails) for end in (one.value, one.low, one.high) if end is not None]
    if any(math.isnan(end) for end in ends) or not all(math.isfinite(level) for level in guardrail_levels):
        raise AnalysisError("experiment_bad_rule")
    if rule.guardrail is None and len(guardrail_levels) != len(guardrails):
        raise AnalysisError("experiment_bad_rule")
    if min(lost) < 0 or yearly_cost < 0 or not 0 <= rule.min_days <= rule.max_days:
        raise AnalysisError("experiment_bad_rule")
    if not (rule.target > 0 if rule.goal == "better" else (rule.margin or 0.0) > 0):
        raise AnalysisError("experiment_bad_rule")
    low = -math.inf if effect.low is None else effect.low
    high = math.inf if effect.high is None else effect.high

    def money(effect: Estimate) -> Estimate | None:
        if customers_per_year is None or value_per_unit is None:
            return None
        return yearly_money(effect, customers=customers_per_year, value_per_unit=value_per_unit, cost=yearly_cost)

    yearly = money(effect)
    if any(note.level == "ask" for note in health):
        return Decision("inconclusive", "unsound", yearly)
    # Harm does not wait for the first week to be over.
    may_lose = [rule.guardrail_share * abs(level) for level in guardrail_levels]
    if rule.guardrail is not None:
        may_lose = [rule.guardrail] * len(guardrails)
    if any(found.high is not None and found.high < -most for found, most in zip(guardrails, may_lose, strict=True)):
        return Decision("stop", "guardrail_broken", yearly)
    if days < rule.min_days:
        return Decision("keep_running", "too_early", yearly)
    if rule.goal == "better":
        if clear and low > 0 and effect.value >= rule.target:
            return Decision("ship", "target_met", money(picked(effect, rule.target)))
        if high < rule.target:
            return Decision("stop", "target_ruled_out", yearly)
    elif (done := _within_margin(low, high, rule)) is not None and (clear or done[0] == "stop"):
        return Decision(*done, yearly)
    if days < rule.max_days:
        return Decision("keep_running", "not_yet_clear", yearly)
    return Decision("inconclusive", "time_is_up", yearly)


def picked(effect: Estimate, target: float, *, above: float = 0.0) -> Estimate:
    """Return what to expect of an effect whose interval had to lie above a number, and its estimate to reach a target.

    Raises ``experiment_open_interval``.

    Examples
    --------
    >>> round(picked(Estimate(2.5, 0.54, 4.46, 0.95, "welch_t", 1.0), 0.1).value, 2)
    1.5
    """
    from scipy.special import ndtri

    if effect.low is None:
        raise AnalysisError("experiment_open_interval")
    half = effect.value - effect.low if effect.high is None else (effect.high - effect.low) / 2
    se = effect.se or half / float(ndtri(0.5 + effect.level / 2))
    value = expected_when_picked(effect.value, se, max(target, above + effect.value - effect.low))
    return replace(effect, value=value, low=min(effect.low, value))


def _within_margin(low: float, high: float, rule: Rule) -> tuple[Literal["ship", "stop"], Any] | None:
    margin = rule.margin or 0.0
    if rule.goal == "not_worse":
        return ("ship", "not_worse") if low > -margin else ("stop", "worse") if high < -margin else None
    if -margin < low and high < margin:
        return "ship", "equivalent"
    return ("stop", "different") if low > margin or high < -margin else None


def yearly_money(effect: Estimate, *, customers: float, value_per_unit: float, cost: float = 0.0) -> Estimate:
    """Return what an effect is worth in a year, with the interval of the effect.

    ``value_per_unit`` is the money of one conversion for shares, 1 for an effect already in money. Raises
    ``experiment_bad_rule`` for customers or a value not above 0, ``experiment_too_extreme``.
    """
    figures = (customers, value_per_unit, cost, effect.value)
    if not customers > 0 or not value_per_unit > 0 or cost < 0 or not all(map(math.isfinite, figures)):
        raise AnalysisError("experiment_bad_rule")
    scale = customers * value_per_unit
    ends = [end * scale - cost for end in (effect.value, effect.low or 0.0, effect.high or 0.0)]
    if not all(map(math.isfinite, ends)):
        raise AnalysisError("experiment_too_extreme")
    low = None if effect.low is None else effect.low * scale - cost
    high = None if effect.high is None else effect.high * scale - cost
    return Estimate(effect.value * scale - cost, low, high, effect.level, f"{effect.convention}_yearly")
