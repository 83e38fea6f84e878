"""A whole reading: every metric of every treatment against control, corrected for their number, with the health of it.

What each number means and where it comes from: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from analysis.errors import AnalysisError
from analysis.experiments.bayes import (
    ArmBelief,
    BetaPrior,
    EffectBelief,
    NormalPrior,
    believe_effect,
    believe_proportions,
)
from analysis.experiments.cuped import Cuped, compare_adjusted
from analysis.experiments.health import check_before, check_experiment, sample_ratio
from analysis.experiments.means import MeanTest, compare_means, compare_ratios
from analysis.experiments.proportions import (
    FEW_EXPECTED,
    ProportionTest,
    RatioInterval,
    compare_proportions,
    expected_least,
)
from analysis.experiments.read import ExperimentData, MetricKind, statistic_of
from analysis.experiments.result import ALPHA, Estimate, Reading, Significance, check_alpha, interval
from analysis.experiments.sequential import TUNING, Day, always_valid, day_by_day
from analysis.experiments.statistics import (
    MeanStatistic,
    ProportionStatistic,
    RatioStatistic,
    Statistic,
    standard_error,
)
from analysis.notes import Note
from analysis.params import Params
from analysis.stats.multiplicity import benjamini_hochberg, holm

if TYPE_CHECKING:
    from datetime import date

Role = Literal["goal", "secondary", "guardrail"]
Side = Literal["better", "worse", "unclear"]


class Measured(Params):
    """The place of one metric: ``metric`` is its name; a metric that is not named is a goal, and more is better."""

    metric: str
    role: Role = "goal"
    more_is_better: bool = True


class EvaluateParams(Params):
    """How to read.

    Attributes
    ----------
    proportion_test : str
        ``"auto"`` is the pooled z test, and Fisher's where a cell expects fewer than five customers.
    correction : str
        For the p values of goal and secondary metrics over all treatments together. Guardrails are not corrected:
        there the dear mistake is to overlook harm.
    prior : BetaPrior
        Of the share of every arm.
    effect_prior : NormalPrior
        Of the effect on a mean or ratio, in its unit; more is better or not makes no difference to it.
    shares : tuple of (label, planned share), optional
        Equal arms without it.
    """

    alpha: float = ALPHA
    measured: tuple[Measured, ...] = ()
    proportion_test: Literal["auto"] | ProportionTest = "auto"
    ratio_interval: RatioInterval = "delta"
    mean_test: MeanTest = "welch_t"
    correction: Literal["holm", "benjamini_hochberg"] = "holm"
    prior: BetaPrior = BetaPrior()
    effect_prior: NormalPrior = NormalPrior()
    tuning: int = TUNING
    shares: tuple[tuple[str, float], ...] | None = None

    def of(self, metric: str) -> Measured:
        """Return the place of a metric."""
        return next((found for found in self.measured if found.metric == metric), Measured(metric=metric))


@dataclass(frozen=True)
class ArmValue:
    """One arm's share or mean with its interval (Wilson for a share, Student's t for a mean, else normal)."""

    metric: str
    arm: str
    n: int
    value: Estimate


@dataclass(frozen=True)
class Effect:
    """One metric of one treatment against control.

    Attributes
    ----------
    p_corrected : float or None
        None for a guardrail.
    side : str
        ``better`` or ``worse`` when the (corrected) p lies below alpha, turned so that better is what is wanted.
    always, always_p : Estimate and Significance, or None
        What may be believed however often one looks.
    chance : float or None
        How likely the treatment is better than control, all data and the prior considered; ``loss`` is what choosing it
        costs on average when it is not (in the unit of the metric); ``best`` how likely it is the best arm of all.
    credible : Estimate or None
        Of the share of the arm, or of the effect on a mean.
    cuped : Cuped or None
        The reading adjusted by the covariate, when there is one.
    """

    metric: str
    kind: MetricKind
    role: Role
    more_is_better: bool
    treatment: str
    reading: Reading
    p_corrected: float | None
    side: Side
    always: Estimate | None = None
    always_p: Significance | None = None
    chance: float | None = None
    best: float | None = None
    loss: float | None = None
    credible: Estimate | None = None
    cuped: Cuped | None = None


@dataclass(frozen=True)
class Refused:
    """A comparison that could not be made, and why."""

    metric: str
    treatment: str
    problem: AnalysisError


@dataclass(frozen=True)
class Evaluation:
    """A whole reading; ``arms`` has control first, ``n_tests`` is how many p values were corrected together."""

    arms: tuple[str, ...]
    sizes: dict[str, int]
    values: tuple[ArmValue, ...]
    effects: tuple[Effect, ...]
    refused: tuple[Refused, ...]
    mismatch: Significance
    health: tuple[Note, ...]
    params: EvaluateParams
    n_tests: int
    is_alarm: bool = field(default=False)

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return self.arms[0]

    def effect(self, metric: str, treatment: str) -> Effect | None:
        """Return one comparison, or None when it could not be made."""
        return next((e for e in self.effects if (e.metric, e.treatment) == (metric, treatment)), None)

    @property
    def main(self) -> Effect | None:
        """The comparison the reading is about: the goal's, of the treatment that looks best."""
        goals = [effect for effect in self.effects if effect.role == "goal"] or list(self.effects)
        first = [effect for effect in goals if effect.metric == goals[0].metric] if goals else []
        return max(first, key=lambda effect: wanted(effect.reading.absolute, effect.more_is_better).value, default=None)


def evaluate(data: ExperimentData, params: EvaluateParams | None = None) -> Evaluation:
    """Read an experiment: health first, then every metric of every treatment.

    Parameters
    ----------
    data : ExperimentData
        A metric of kind ``adjusted`` sharpens the mean of the same column (CUPED) and is no metric of its own.

    Returns
    -------
    Evaluation
        A comparison that cannot be made stands in ``refused`` with its reason; the others are read all the same.

    Raises
    ------
    AnalysisError
        ``experiment_bad_alpha``, ``experiment_bad_weights``, ``experiment_bad_prior``, ``experiment_bad_tuning``; and
        the reason of the first comparison when none at all can be made.

    References
    ----------
    Holm (1979), Benjamini, Hochberg (1995) for the correction; Schultzberg, Ankargren, Frånberg (2024), Risk-aware
    product decisions in A/B tests with multiple metrics, for leaving guardrails out of it.

    Examples
    --------
    >>> from analysis.experiments.statistics import ProportionStatistic
    >>> from analysis.experiments.typed import data_of_statistics
    >>> arms = {"A": ProportionStatistic(1000, 200), "B": ProportionStatistic(1000, 250)}
    >>> found = evaluate(data_of_statistics(arms, metric="bought")).effects[0]
    >>> found.side, round(found.reading.test.p, 5), round(found.chance, 5)
    ('better', 0.00742, 0.99628)
    """
    import numpy as np

    params = params or EvaluateParams()
    check_alpha(params.alpha)
    covariates = {metric.column: metric.name for metric in data.metrics if metric.kind == "adjusted"}
    plain = data.only(tuple(metric for metric in data.metrics if metric.kind != "adjusted"))
    weights = None if params.shares is None else dict(params.shares)
    values, effects, refused = [], [], []
    for metric in plain.metrics:
        values += _values(plain, metric.name, params)
        for treatment in plain.arms[1:]:
            try:
                effect = _effect(plain, metric.name, metric.kind, treatment, params)
            except AnalysisError as problem:
                refused.append(Refused(metric.name, treatment, problem))
                continue
            covariate = covariates.get(metric.column) if metric.kind == "mean" else None
            effects.append(effect if covariate is None else _adjusted(data, covariate, effect, params))
    if not effects:
        raise refused[0].problem
    counted = [i for i, effect in enumerate(effects) if effect.role != "guardrail"]
    correct = holm if params.correction == "holm" else benjamini_hochberg
    adjusted = dict(zip(counted, correct(np.array([effects[i].reading.test.p for i in counted])), strict=True))
    done = []
    for i, effect in enumerate(effects):
        p = float(adjusted[i]) if i in adjusted else None
        done.append(replace(effect, p_corrected=p, side=_side(effect, p, params.alpha)))
    health = (*_before(data, covariates), *check_experiment(plain, weights))
    health = tuple(sorted(health, key=lambda note: note.level != "ask"))
    return Evaluation(
        plain.arms,
        plain.sizes(),
        tuple(values),
        tuple(done),
        tuple(refused),
        sample_ratio(plain.sizes(), weights),
        health,
        params,
        len(counted),
        any(note.level == "ask" for note in health),
    )


def wanted(estimate: Estimate, more_is_better: bool) -> Estimate:
    """Return an effect turned so that more is better.

    Examples
    --------
    >>> turned = wanted(Estimate(-2.0, -3.0, -1.0, 0.95, "welch_t"), more_is_better=False)
    >>> turned.value, turned.low, turned.high
    (2.0, 1.0, 3.0)
    """
    if more_is_better:
        return estimate
    low, high = estimate.low, estimate.high
    return replace(
        estimate, value=-estimate.value, low=None if high is None else -high, high=None if low is None else -low
    )


def running_days(
    data: ExperimentData, metric: str, treatment: str, params: EvaluateParams | None = None
) -> tuple[tuple[date, ...], tuple[Day, ...]]:
    """Return the reading of each day on the running totals, with its date; both are empty without dates.

    A day counts the customers who came up to it with all they have done since: their first day is known, not the day
    of each conversion, unless the table holds one row per event and customer.
    """
    import pandas as pd

    params = params or EvaluateParams()
    kind = next(item.kind for item in data.metrics if item.name == metric)
    rows = data.days[(data.days["metric"] == metric) & data.days["day"].notna()]
    totals: list[tuple[Statistic, Statistic]] = []
    dates = []
    for day in sorted(rows["day"].unique()):
        part = rows[rows["day"] <= day]
        try:
            pair = [statistic_of(kind, part[part["arm"] == arm]) for arm in (data.control, treatment)]
        except AnalysisError:  # an arm has nobody yet
            continue
        totals.append((pair[0], pair[1]))
        dates.append(pd.Timestamp(day).date())
    kept_dates, kept = [], []
    least = 1.0
    for day, pair in zip(dates, totals, strict=True):
        found = day_by_day([pair], alpha=params.alpha, tuning=params.tuning)
        if found:
            least = min(least, found[0].always_p)
            kept.append(replace(found[0], always_p=least))
            kept_dates.append(day)
    return tuple(kept_dates), tuple(kept)


def _values(data: ExperimentData, metric: str, params: EvaluateParams) -> list[ArmValue]:
    found = []
    for arm in data.arms:
        try:
            statistic = data.statistic(metric, arm)
            found.append(ArmValue(metric, arm, statistic.n, arm_value(statistic, alpha=params.alpha)))
        except AnalysisError:
            continue  # the comparison says why
    return found


def arm_value(statistic: Statistic, *, alpha: float = ALPHA) -> Estimate:
    """Return an arm's share or mean with its interval; ``experiment_too_few`` for the mean of one customer.

    Examples
    --------
    >>> from analysis.experiments.statistics import ProportionStatistic
    >>> found = arm_value(ProportionStatistic(10, 8))
    >>> round(found.low, 4), round(found.high, 4), found.convention
    (0.4902, 0.9433, 'wilson')
    """
    import numpy as np

    from analysis.stats.intervals import wilson

    if isinstance(statistic, ProportionStatistic):
        low, high = wilson(np.array([statistic.successes]), np.array([statistic.n]), alpha=alpha)
        return Estimate(statistic.mean, float(low[0]), float(high[0]), 1 - alpha, "wilson")
    df = statistic.n - 1 if isinstance(statistic, MeanStatistic) else None
    return interval(
        statistic.mean, standard_error(statistic), alpha=alpha, alternative="two_sided",
        convention="normal" if df is None else "student_t", df=df,
    )  # fmt: skip


def _effect(data: ExperimentData, metric: str, kind: MetricKind, treatment: str, params: EvaluateParams) -> Effect:
    place = params.of(metric)
    control, other = data.statistic(metric, data.control), data.statistic(metric, treatment)
    reading = compare(control, other, params)
    se = math.sqrt(control.variance / control.n + other.variance / other.n)
    always = always_p = None
    if se > 0:
        always, always_p = always_valid(
            reading.absolute.value, se, control.n + other.n, alpha=params.alpha, tuning=params.tuning
        )
    effect = Effect(
        metric, kind, place.role, place.more_is_better, treatment, reading, None, "unclear", always, always_p
    )
    if isinstance(other, ProportionStatistic):
        return _believed_share(effect, data, params)
    belief = believe_effect(reading.absolute.value, se, prior=params.effect_prior, alpha=params.alpha)
    return _believed_effect(effect, belief)


def compare(control: Statistic, treatment: Statistic, params: EvaluateParams) -> Reading:
    """Compare two arms by the test that the params name for their kind of statistic."""
    if isinstance(control, ProportionStatistic) and isinstance(treatment, ProportionStatistic):
        test = params.proportion_test
        if test == "auto":
            test = "fisher" if expected_least(control, treatment) < FEW_EXPECTED else "z_pooled"
        return compare_proportions(control, treatment, test=test, ratio=params.ratio_interval, alpha=params.alpha)
    if isinstance(control, RatioStatistic) and isinstance(treatment, RatioStatistic):
        return compare_ratios(control, treatment, alpha=params.alpha)
    return compare_means(control, treatment, test=params.mean_test, alpha=params.alpha)


def _believed_share(effect: Effect, data: ExperimentData, params: EvaluateParams) -> Effect:
    """Add the posterior of the share; what is better when there is less of it is believed of those without it."""
    prior, arms = params.prior, []
    for arm in data.arms:
        try:
            found = data.statistic(effect.metric, arm)
        except AnalysisError:
            continue
        assert isinstance(found, ProportionStatistic)
        arms.append((arm, found if effect.more_is_better else ProportionStatistic(found.n, found.n - found.successes)))
    if not effect.more_is_better:
        prior = BetaPrior(alpha=prior.beta, beta=prior.alpha)
    beliefs = believe_proportions([statistic for _, statistic in arms], prior=prior, alpha=params.alpha)
    belief: ArmBelief = beliefs[[arm for arm, _ in arms].index(effect.treatment)]
    share = belief.share
    if not effect.more_is_better:
        assert share.low is not None and share.high is not None
        share = replace(share, value=1 - share.value, low=1 - share.high, high=1 - share.low)
    return replace(effect, chance=belief.beats_control, best=belief.best, loss=belief.expected_loss, credible=share)


def _believed_effect(effect: Effect, belief: EffectBelief) -> Effect:
    chance, loss = belief.chance_to_win, belief.loss_treatment
    if not effect.more_is_better:
        chance, loss = 1 - chance, belief.loss_control
    return replace(effect, chance=chance, loss=loss, credible=belief.effect)


def _adjusted(data: ExperimentData, covariate: str, effect: Effect, params: EvaluateParams) -> Effect:
    control, treatment = (data.statistic(covariate, arm) for arm in (data.control, effect.treatment))
    assert isinstance(control, RatioStatistic) and isinstance(treatment, RatioStatistic)
    try:
        return replace(effect, cuped=compare_adjusted(control, treatment, alpha=params.alpha))
    except AnalysisError:
        return effect


def _before(data: ExperimentData, covariates: dict[str, str]) -> list[Note]:
    """Compare the covariate of the arms: what differs before the start was not brought about by the treatment."""
    notes = []
    for name in list(covariates.values())[:1]:
        before = []
        for arm in data.arms:
            found = data.statistic(name, arm)
            assert isinstance(found, RatioStatistic)
            before.append(MeanStatistic(found.n, found.bottom, found.bottom_squares))
        for other in before[1:]:
            try:
                notes += check_before(before[0], other)
            except AnalysisError:
                continue  # the same for everybody: nothing to differ
    return notes


def _side(effect: Effect, p_corrected: float | None, alpha: float) -> Side:
    p = effect.reading.test.p if p_corrected is None else p_corrected
    if p >= alpha:
        return "unclear"
    return "better" if wanted(effect.reading.absolute, effect.more_is_better).value > 0 else "worse"
