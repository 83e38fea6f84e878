"""Calculators for people who have only two or four numbers: no table, no experiment to keep.

Each takes the same closed choices and gives what the engine gives for them anywhere else. Methods, sources and limits:
``docs/methods/experiments-calculators.md``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import ArmBelief, believe_proportions
from analysis.experiments.arms.lead import LeadDesign, judge_lead, lead_design
from analysis.experiments.arms.one_share import OneShare, compare_with_value
from analysis.experiments.arms.proportions import compare_proportions
from analysis.experiments.arms.rates import RateReading, RateStatistic, chance_of_more, compare_rates
from analysis.experiments.arms.result import Estimate, Reading, Significance
from analysis.experiments.arms.sequential import always_valid_arms
from analysis.experiments.arms.spending import FUTILE, Look, conditional_power, spending_bounds
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.planning.cohen import effect_size_h, rule_of_thumb
from analysis.experiments.planning.midway import Midway, more_customers
from analysis.experiments.planning.plan import (
    Planned,
    ProportionFormula,
    ProportionPlan,
    power_of,
    sample_size,
    smallest_effect,
)
from analysis.params import Params

Calculator = Literal["size", "power", "significance", "interval", "sequential", "looks", "rates", "bayesian"]
CALCULATORS: tuple[Calculator, ...] = get_args(Calculator)
_Number = Annotated[float | None, Field(allow_inf_nan=False)]
_BETWEEN = re.compile(r"[\s,;，；、]+")


class CalculatorChoices(Params):
    """What was typed, in the units of the screen.

    ``baseline``, ``alpha``, ``power``, ``value`` and ``lift`` are in percent, ``points`` in percentage points, the rest
    are whole numbers of customers and conversions, or events and what they were counted over (days, customers); None is
    a field left empty. ``earlier`` are the customers in all at each look before, as typed: ``"800, 1400"``.
    """

    baseline: _Number = 20.0
    points: _Number = 5.0
    alpha: _Number = 5.0
    power: _Number = 80.0
    n: _Number = 1000
    n_control: _Number = 1000
    conversions_control: _Number = 200
    n_treatment: _Number = 1000
    conversions_treatment: _Number = 250
    value: _Number = 20.0
    lift: _Number = 20.0
    planned: _Number = 4000
    earlier: Annotated[str, Field(max_length=400)] = ""
    events_control: _Number = 60
    exposure_control: _Number = 28
    events_treatment: _Number = 80
    exposure_treatment: _Number = 28


@dataclass(frozen=True)
class SizeNeeded:
    """Customers for each of two arms: ``planned`` by the pooled average, ``others`` by formula, and Lehr's rule."""

    planned: Planned
    others: tuple[tuple[ProportionFormula, int], ...]
    rule_of_thumb: float


@dataclass(frozen=True)
class PowerThere:
    """The power with ``n`` customers in each arm, the smallest effect seen with the power wanted, and Cohen's h.

    ``smallest`` (0..1) is None where even the largest effect would be missed.
    """

    n: int
    power: float
    smallest: float | None
    h: float


@dataclass(frozen=True)
class Looked:
    """A test that is looked at before its end.

    ``always`` and ``test`` hold however often one looks; ``midway`` is what the test lacks for ``points``; ``lead`` the
    design that needs conversions only, and ``says`` what it says of those so far.
    """

    always: Estimate
    test: Significance
    midway: Midway
    lead: LeadDesign
    says: Literal["treatment_wins", "no_winner", "keep_running"]


@dataclass(frozen=True)
class UnplannedLook:
    """A look that nobody planned, paid for out of the error rate (Lan–DeMets, O'Brien–Fleming spending).

    ``look`` is this one, ``n_before`` how many there were before it; ``clear`` says whether the bound is reached.
    ``power_trend`` is the chance that treatment is clearly better at the end if what was seen goes on,
    ``power_points`` if the true difference is the one worth seeing (both None when all customers are in); ``futile``
    says that both are small.
    """

    look: Look
    n_before: int
    test: Significance
    clear: bool
    power_trend: float | None
    power_points: float | None
    futile: bool


@dataclass(frozen=True)
class RatesCompared:
    """Two rates and the chance that treatment's is the higher one."""

    reading: RateReading
    chance: float


def size_needed(choices: CalculatorChoices) -> SizeNeeded:
    """Return how many customers a test of two shares needs.

    Raises ``experiment_figure_missing`` (field), and as ``sample_size``.

    Examples
    --------
    >>> found = size_needed(CalculatorChoices(baseline=20, points=5))
    >>> found.planned.n_control, dict(found.others)["evan_miller"], round(found.rule_of_thumb)
    (1094, 1030, 1024)
    """
    plan = _plan(choices)
    planned = sample_size(plan)
    others = [
        (formula, sample_size(plan.model_copy(update={"formula": formula})).n_control)
        for formula in get_args(ProportionFormula)
        if formula != plan.formula
    ]
    return SizeNeeded(planned, tuple(others), rule_of_thumb(plan.baseline * (1 - plan.baseline), plan.effect))


def power_there(choices: CalculatorChoices) -> PowerThere:
    """Return what a test of two shares can see.

    Raises ``experiment_figure_missing`` (field), and as ``power_of``.

    Examples
    --------
    >>> found = power_there(CalculatorChoices(baseline=20, points=5, n=1094))
    >>> round(found.power, 3), round(found.smallest, 3), round(found.h, 3)
    (0.8, 0.05, 0.12)
    """
    plan, n = _plan(choices), _given(choices, "n")
    power = power_of(plan, n)
    try:
        smallest = smallest_effect(plan, n)
    except AnalysisError as problem:
        if problem.code != "experiment_nothing_detectable":
            raise
        smallest = None
    return PowerThere(int(n), power, smallest, effect_size_h(plan.baseline, plan.baseline + plan.effect))


def significance(choices: CalculatorChoices) -> Reading:
    """Return the test of two shares (pooled z) with the intervals of the difference and of the lift.

    Raises ``experiment_figure_missing`` (field), and as the statistics and ``compare_proportions``.

    Examples
    --------
    >>> round(significance(CalculatorChoices()).test.p, 5)
    0.00742
    """
    return compare_proportions(*_arms(choices), alpha=_given(choices, "alpha") / 100)


def one_share(choices: CalculatorChoices) -> OneShare:
    """Return the share of the first two numbers with its exact interval, and the exact test against ``value``.

    Raises ``experiment_figure_missing`` (field), and as ``compare_with_value``.

    Examples
    --------
    >>> found = one_share(CalculatorChoices(n_control=20, conversions_control=0, value=10))
    >>> round(found.share.high, 4), round(found.test.p, 3)
    (0.1684, 0.255)
    """
    arm = _arm(choices, "control")
    return compare_with_value(arm, _given(choices, "value") / 100, alpha=_given(choices, "alpha") / 100)


def looked_at(choices: CalculatorChoices) -> Looked:
    """Return what may be said of a test that is looked at before its end.

    Raises ``experiment_figure_missing`` (field), and as ``always_valid_arms``, ``more_customers`` and
    ``lead_design``.

    Examples
    --------
    >>> found = looked_at(CalculatorChoices(lift=20))
    >>> round(found.test.p, 4), found.lead.conversions, found.lead.lead, found.says
    (0.1338, 808, 56, 'keep_running')
    """
    arms, alpha = _arms(choices), _given(choices, "alpha") / 100
    power = _given(choices, "power") / 100
    always, test = always_valid_arms(*arms, alpha=alpha)
    se = sum(arm.variance / arm.n for arm in arms) ** 0.5
    n, target = sum(arm.n for arm in arms), _given(choices, "points") / 100
    midway = more_customers(se, n, target=target, power=power, alpha=alpha, sequential=True)
    lead = lead_design(_given(choices, "lift") / 100, alpha=alpha, power=power)
    return Looked(always, test, midway, lead, judge_lead(arms[0].successes, arms[1].successes, lead))


def unplanned_look(choices: CalculatorChoices) -> UnplannedLook:
    """Return what a look at a test may claim that was planned for so many customers and not for looks.

    Raises ``experiment_figure_missing`` (field), ``experiment_not_a_number`` (``earlier``), and as
    ``spending_bounds`` and ``compare_proportions``.

    Examples
    --------
    >>> found = unplanned_look(CalculatorChoices(planned=4000, earlier="1000"))
    >>> round(found.look.bound, 3), found.clear, round(found.power_trend, 2)
    (2.963, False, 0.99)
    """
    arms, alpha, planned = _arms(choices), _given(choices, "alpha") / 100, _given(choices, "planned")
    n, before = sum(arm.n for arm in arms), _earlier(choices)
    if not planned > 0:
        raise AnalysisError("experiment_bad_information")
    # More customers than planned are all that is left to spend on.
    planned = max(planned, n)
    test = compare_proportions(*arms, alpha=alpha).test
    looks = spending_bounds([looked / planned for looked in (*before, n)], alpha=alpha)
    z, look = test.statistic or 0.0, looks[-1]
    trend = hoped = None
    if n < planned:
        last = spending_bounds([*(one.information for one in looks), 1.0], alpha=alpha)[-1].bound
        share = (arms[0].successes + arms[1].successes) / n
        se = math.sqrt(share * (1 - share) * (1 / arms[0].n + 1 / arms[1].n) * n / planned)
        drift = _given(choices, "points") / 100 / se if se > 0 else 0.0
        trend = conditional_power(z, look.information, bound=last)
        hoped = conditional_power(z, look.information, bound=last, drift=drift)
    futile = trend is not None and hoped is not None and max(trend, hoped) < FUTILE
    return UnplannedLook(look, len(before), test, abs(z) >= look.bound, trend, hoped, futile)


def rates(choices: CalculatorChoices) -> RatesCompared:
    """Return two counts over time (or customers) compared.

    Raises ``experiment_figure_missing`` (field), and as ``compare_rates``.

    Examples
    --------
    >>> found = rates(CalculatorChoices())
    >>> round(found.reading.relative.value, 3), round(found.reading.test.p, 3), round(found.chance, 3)
    (0.333, 0.092, 0.955)
    """
    control, treatment = (
        RateStatistic(_whole(_given(choices, f"events_{side}")), _given(choices, f"exposure_{side}"))
        for side in ("control", "treatment")
    )
    alpha = _given(choices, "alpha") / 100
    return RatesCompared(compare_rates(control, treatment, alpha=alpha), chance_of_more(control, treatment))


def bayesian(choices: CalculatorChoices) -> tuple[ArmBelief, ...]:
    """Return what to believe of both arms under the flat prior, control first.

    Raises ``experiment_figure_missing`` (field), and as ``believe_proportions``.

    Examples
    --------
    >>> round(bayesian(CalculatorChoices())[1].beats_control, 5)
    0.99628
    """
    return believe_proportions(_arms(choices), alpha=_given(choices, "alpha") / 100)


def _plan(choices: CalculatorChoices) -> ProportionPlan:
    baseline, points, alpha, power = (_given(choices, name) / 100 for name in ("baseline", "points", "alpha", "power"))
    return ProportionPlan(baseline=baseline, effect=points, alpha=alpha, power=power)


def _arms(choices: CalculatorChoices) -> tuple[ProportionStatistic, ProportionStatistic]:
    return _arm(choices, "control"), _arm(choices, "treatment")


def _arm(choices: CalculatorChoices, side: str) -> ProportionStatistic:
    return ProportionStatistic(_whole(_given(choices, f"n_{side}")), _whole(_given(choices, f"conversions_{side}")))


def _whole(figure: float) -> int:
    return int(figure) if figure == int(figure) else figure  # pyright: ignore  # others are refused by the statistics


def _earlier(choices: CalculatorChoices) -> list[float]:
    """Return the customers at each look before, as they were typed."""
    words = [word for word in _BETWEEN.split(choices.earlier) if word]
    try:
        found = [float(word) for word in words]
    except ValueError as error:
        raise AnalysisError("experiment_not_a_number", field="earlier") from error
    if not all(map(math.isfinite, found)):
        raise AnalysisError("experiment_not_a_number", field="earlier")
    return found


def _given(choices: CalculatorChoices, name: str) -> float:
    value = getattr(choices, name)
    if value is None:
        raise AnalysisError("experiment_figure_missing", field=name)
    return value


FUNCTIONS: dict[Calculator, Callable[[CalculatorChoices], object]] = {
    "size": size_needed,
    "power": power_there,
    "significance": significance,
    "interval": one_share,
    "sequential": looked_at,
    "looks": unplanned_look,
    "rates": rates,
    "bayesian": bayesian,
}
