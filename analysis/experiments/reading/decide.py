"""The decision, by a rule that was fixed before anything was read.

Method and limits: ``docs/methods/experiments-decide.md``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.errors import AnalysisError
from analysis.experiments.arms.result import Estimate
from analysis.notes import Note
from analysis.params import Params
from analysis.tabular import Tabular

Verdict = Literal["ship", "stop", "keep_running", "inconclusive"]


class Rule(Params):
    """What will count, fixed before reading.

    ``target`` is the smallest effect worth having (absolute, in the unit of the metric, above 0); ``guardrail`` how
    much a guardrail may lose (absolute, 0 or more). Effects are turned so that more is better.
    """

    target: float
    guardrail: float = 0.0
    min_days: int = 7
    max_days: int = 28


@dataclass(frozen=True)
class Decision(
    Tabular,
    columns=("verdict", "reason", "yearly=yearly.value", "yearly_low=yearly.low", "yearly_high=yearly.high"),
):
    """What to do, and why: ``reason`` is a code; ``yearly`` the money of a year when shipped, None without a value."""

    verdict: Verdict
    reason: Literal[
        "unsound", "guardrail_broken", "too_early", "target_met", "target_ruled_out", "not_yet_clear", "time_is_up"
    ]
    yearly: Estimate | None


def decide(
    effect: Estimate,
    rule: Rule,
    *,
    days: int,
    guardrails: Sequence[Estimate] = (),
    health: Sequence[Note] = (),
    customers_per_year: float | None = None,
    value_per_unit: float | None = None,
    yearly_cost: float = 0.0,
) -> Decision:
    """Apply the rule.

    Ship when the interval lies above 0 and the estimate reaches the target; stop when the target lies above the
    interval or a guardrail surely lost more than it may; keep running while neither is so and time is left. Whoever
    decides before the last day uses an always-valid interval.

    Parameters
    ----------
    effect : Estimate
        Absolute effect with a two-sided interval.
    health : sequence of Note
        An alarm (level ``ask``) makes the experiment inconclusive, whatever it shows.
    customers_per_year, value_per_unit : float, optional
        The yearly money is effect × customers × value − cost, its interval that of the effect.

    Raises
    ------
    AnalysisError
        ``experiment_bad_rule`` (target not above 0, days out of order), ``experiment_open_interval``.

    Examples
    --------
    >>> rule = Rule(target=0.01, min_days=7, max_days=28)
    >>> decide(Estimate(0.02, 0.005, 0.035, 0.95, "newcombe"), rule, days=14).verdict
    'ship'
    """
    if not rule.target > 0 or rule.guardrail < 0 or not 0 <= rule.min_days <= rule.max_days:
        raise AnalysisError("experiment_bad_rule")
    if effect.low is None or effect.high is None:
        raise AnalysisError("experiment_open_interval")
    yearly = None
    if customers_per_year is not None and value_per_unit is not None:
        yearly = yearly_money(effect, customers=customers_per_year, value_per_unit=value_per_unit, cost=yearly_cost)
    if any(note.level == "ask" for note in health):
        return Decision("inconclusive", "unsound", yearly)
    # Harm does not wait for the first week to be over.
    if any(found.high is not None and found.high < -rule.guardrail for found in guardrails):
        return Decision("stop", "guardrail_broken", yearly)
    if days < rule.min_days:
        return Decision("keep_running", "too_early", yearly)
    if effect.low > 0 and effect.value >= rule.target:
        return Decision("ship", "target_met", yearly)
    if effect.high < rule.target:
        return Decision("stop", "target_ruled_out", yearly)
    if days < rule.max_days:
        return Decision("keep_running", "not_yet_clear", yearly)
    return Decision("inconclusive", "time_is_up", yearly)


def yearly_money(effect: Estimate, *, customers: float, value_per_unit: float, cost: float = 0.0) -> Estimate:
    """Return what an effect is worth in a year, with the interval of the effect.

    ``value_per_unit`` is the money of one conversion for shares, 1 for an effect already in money. Raises
    ``experiment_bad_rule`` for customers or a value not above 0, ``experiment_too_extreme``.
    """
    if not customers > 0 or not value_per_unit > 0:
        raise AnalysisError("experiment_bad_rule")
    scale = customers * value_per_unit
    ends = [end * scale - cost for end in (effect.value, effect.low or 0.0, effect.high or 0.0)]
    if not all(map(math.isfinite, ends)):
        raise AnalysisError("experiment_too_extreme")
    low = None if effect.low is None else effect.low * scale - cost
    high = None if effect.high is None else effect.high * scale - cost
    return Estimate(effect.value * scale - cost, low, high, effect.level, f"{effect.convention}_yearly")
