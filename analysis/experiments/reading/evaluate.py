"""A whole reading: health first, then every metric of every treatment, what to believe of it, and what holds early.

What each number means and where it comes from: ``docs/methods/experiments-read.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import BetaPrior, NormalPrior, believe_effect, believe_proportions, normal_best
from analysis.experiments.arms.proportions import ProportionTest, RatioInterval
from analysis.experiments.arms.quantiles import QuantileStatistic, quantile_interval
from analysis.experiments.arms.result import ALPHA, RESULT, Estimate, Significance, check_alpha, interval
from analysis.experiments.arms.sequential import TUNING, Day, always_valid_arms, day_by_day
from analysis.experiments.arms.statistics import (
    MeanStatistic,
    ProportionStatistic,
    Statistic,
    standard_error,
    sums_as_statistic,
)
from analysis.experiments.reading.health import check_experiment, sample_ratio
from analysis.experiments.reading.results import Correction, MetricResult, adjusted_sides, read_results
from analysis.experiments.rows.clusters import FEW
from analysis.experiments.rows.read import ExperimentData
from analysis.experiments.rows.table import STUDY
from analysis.notes import Note
from analysis.params import Params
from analysis.tabular import Tabular

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd


class EvaluateParams(Params):
    """How to read.

    Attributes
    ----------
    test, ratio_interval : str
        For shares: what gives p, and the interval of the relative effect.
    correction : str
        Of the p values of goals, and of secondary metrics, each over all treatments together.
    prior : BetaPrior
        Of the share of every arm.
    effect_prior : NormalPrior
        Of the effect on a mean or ratio, in its unit.
    tuning : int
        At how many customers the always-valid interval is narrowest.
    shares : tuple of (label, planned share), optional
        Equal arms without it.
    """

    alpha: float = ALPHA
    test: ProportionTest = "z_pooled"
    ratio_interval: RatioInterval = "koopman"
    correction: Correction = "holm"
    prior: BetaPrior = BetaPrior()
    effect_prior: NormalPrior = NormalPrior()
    tuning: int = TUNING
    shares: tuple[tuple[str, float], ...] | None = None


@dataclass(frozen=True)
class ArmValue:
    """One arm's share, mean or quantile with its interval.

    Wilson's for a share, Student's t for a mean, order statistics for a quantile, else normal.
    """

    metric: str
    arm: str
    n: int
    value: Estimate


@dataclass(frozen=True)
class Belief:
    """What to believe of one treatment in one metric, turned so that better is what is wanted.

    ``chance`` is how likely it is better than control, ``loss`` what choosing it costs on average when it is not (in
    the unit of the metric), ``best`` how likely it is the best arm of all (of means under a flat prior), ``credible``
    the interval of the arm's share, or of the effect on a mean. ``shape`` is the Beta posterior of a share.
    """

    chance: float
    loss: float
    best: float | None
    credible: Estimate
    shape: tuple[float, float] | None = None


@dataclass(frozen=True)
class Evaluation(Tabular, rows="results", columns=RESULT):
    """A whole reading; ``arms`` has control first, beliefs and always-valid readings are by metric and treatment.

    An always-valid interval holds together with those of its family: all treatments in the goals, or in the secondary
    metrics, or in the guardrails.
    """

    arms: tuple[str, ...]
    sizes: Mapping[str, int]
    values: tuple[ArmValue, ...]
    results: tuple[MetricResult, ...]
    beliefs: Mapping[tuple[str, str], Belief]
    always: Mapping[tuple[str, str], tuple[Estimate, Significance]]
    mismatch: Significance
    health: tuple[Note, ...]
    notes: tuple[Note, ...]
    params: EvaluateParams
    control_shapes: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return self.arms[0]

    @property
    def alarms(self) -> tuple[Note, ...]:
        """What forbids to believe the results."""
        return tuple(note for note in self.health if note.level == "ask")

    @property
    def main(self) -> MetricResult:
        """What the reading is about: the first metric, of the treatment that looks best in it."""
        first = [found for found in self.results if found.metric == self.results[0].metric]
        return max(first, key=lambda found: wanted(found.reading.absolute, found.metric.higher_is_better).value)

    def result(self, metric: str, treatment: str) -> MetricResult | None:
        """Return one comparison, or None when it could not be made."""
        return next((r for r in self.results if (r.metric.name, r.treatment) == (metric, treatment)), None)


def evaluate(data: ExperimentData, params: EvaluateParams | None = None) -> Evaluation:
    """Read an experiment: health, every metric of every treatment, beliefs, and what may be said at any time.

    Raises
    ------
    AnalysisError
        ``experiment_bad_alpha``, ``experiment_bad_weights``, ``experiment_bad_prior``, ``experiment_bad_tuning``; and
        the reason of the first comparison when none at all can be made.

    Examples
    --------
    >>> from analysis.experiments.rows.typed import data_of_statistics
    >>> arms = {"A": ProportionStatistic(1000, 200), "B": ProportionStatistic(1000, 250)}
    >>> found = evaluate(data_of_statistics(arms, metric="bought"))
    >>> found.main.direction, round(found.main.reading.test.p, 5), round(found.beliefs["bought", "B"].chance, 5)
    ('better', 0.00742, 0.99628)
    """
    params = params or EvaluateParams()
    check_alpha(params.alpha)
    weights = None if params.shares is None else dict(params.shares)
    found = read_results(
        data, correction=params.correction, test=params.test, ratio=params.ratio_interval, alpha=params.alpha
    )
    beliefs: dict[tuple[str, str], Belief] = {}
    control_shapes: dict[str, tuple[float, float]] = {}
    always = {}
    for result in found.results:
        name, key = result.metric.name, (result.metric.name, result.treatment)
        plain = data.statistic(name, data.control), data.statistic(name, result.treatment)
        control, treatment = (result.adjusted and adjusted_sides(data, *key)) or plain
        se, value = _standard_error(control, treatment), treatment.mean - control.mean
        if isinstance(plain[0], ProportionStatistic):
            if name not in control_shapes:
                control_shapes[name] = _shape(plain[0], params.prior)
                beliefs |= _share_beliefs(data, result, params)
        elif se > 0:
            beliefs[key] = replace(
                _effect_belief(value, se, params, result.metric.higher_is_better), best=_best(data, result)
            )
        if se > 0:
            # As the intervals of all treatments together, and those of all guardrails: each look picks the best arm.
            family = result.family if result.metric.role != "guardrail" else _guardrails(data)
            always[key] = always_valid_arms(control, treatment, alpha=params.alpha / family, tuning=params.tuning)
    return Evaluation(
        data.arms,
        data.sizes(),
        tuple(_values(data, params.alpha)),
        found.results,
        beliefs,
        always,
        sample_ratio(data.sizes(), weights),
        check_experiment(data, weights),
        (*found.notes, *_of_clusters(data)),
        params,
        control_shapes,
    )


def _of_clusters(data: ExperimentData) -> tuple[Note, ...]:
    if data.cluster is None:
        return ()
    sizes = data.sizes()
    name, fewest = data.cluster.removeprefix(STUDY), min(sizes.values())
    facts = {"cluster": name, "n": sum(sizes.values()), "customers": sum(data.gathered.values())}
    notes = [Note("experiment_by_cluster", facts, "info")]
    if data.moved:
        notes.append(Note("experiment_cluster_moved", {"cluster": name, "n": data.moved}, "check"))
    if fewest < FEW:
        notes.append(Note("experiment_clusters_few", {"cluster": name, "n": fewest, "least": FEW}, "check"))
    return tuple(notes)


def _guardrails(data: ExperimentData) -> int:
    return max(sum(metric.role == "guardrail" for metric in data.metrics), 1) * len(data.treatments)


def wanted(estimate: Estimate, higher_is_better: bool) -> Estimate:
    """Return an effect turned so that more is better.

    Examples
    --------
    >>> turned = wanted(Estimate(-2.0, -3.0, -1.0, 0.95, "welch_t"), False)
    >>> turned.value, turned.low, turned.high
    (2.0, 1.0, 3.0)
    """
    if higher_is_better:
        return estimate
    low, high = (None if end is None else -end for end in (estimate.high, estimate.low))
    return replace(estimate, value=-estimate.value, low=low, high=high)


def arm_value(statistic: Statistic, *, alpha: float = ALPHA) -> Estimate:
    """Return an arm's share or mean with its interval; ``experiment_too_few`` for the mean of one customer.

    Examples
    --------
    >>> found = arm_value(ProportionStatistic(10, 8))
    >>> round(found.low, 4), round(found.high, 4), found.convention
    (0.4902, 0.9433, 'wilson')
    """
    import numpy as np

    from analysis.stats.intervals import wilson

    if isinstance(statistic, ProportionStatistic):
        low, high = wilson(np.array([statistic.successes]), np.array([statistic.n]), alpha=alpha)
        return Estimate(statistic.mean, float(low[0]), float(high[0]), 1 - alpha, "wilson")
    if isinstance(statistic, QuantileStatistic):
        return quantile_interval(statistic, alpha=alpha)
    df, name = (statistic.n - 1, "student_t") if isinstance(statistic, MeanStatistic) else (None, "normal")
    se = standard_error(statistic)
    return interval(statistic.mean, se, alpha=alpha, alternative="two_sided", convention=name, df=df)


def running_days(
    data: ExperimentData, metric: str, treatment: str, params: EvaluateParams | None = None
) -> tuple[tuple[date, ...], tuple[Day, ...]]:
    """Return the reading of each day on the running totals, with its date; empty without dates, and of a quantile.

    A customer counts from the first day on, with everything in the table: the table knows the day a customer came, not
    the day of each outcome. Days on which an arm has nobody yet, or nothing varies, are left out. What the covariates
    explain is taken out as in the reading of the whole.
    """
    import pandas as pd

    params = params or EvaluateParams()
    kind = data.metric(metric).kind
    if kind == "quantile":  # no running sum of days has one
        return (), ()
    adjusted = adjusted_sides(data, metric, treatment) is not None
    rows = data.days[(data.days["metric"] == metric) & data.days["day"].notna()]
    dates: list[date] = []
    days: list[Day] = []
    totals: dict[str, Statistic] = {}
    for moment in sorted(rows["day"].unique()):
        today = rows[rows["day"] == moment]
        for arm in (data.control, treatment):
            part = today[today["arm"] == arm]
            if part["n"].sum() > 0:
                added: Any = sums_as_statistic(kind, part, adjusted=adjusted)
                totals[arm] = totals[arm] + added if arm in totals else added
        if len(totals) < 2:
            continue
        pair = (totals[data.control], totals[treatment])
        for found in day_by_day([pair], alpha=params.alpha, tuning=params.tuning):
            # Once it was safe to stop, it stays so.
            least = min(found.always_p, days[-1].always_p) if days else found.always_p
            days.append(replace(found, always_p=least))
            dates.append(pd.Timestamp(moment).date())
    return tuple(dates), tuple(days)


def day_table(dates: Sequence[date], days: Sequence[Day]) -> pd.DataFrame:
    """Return the rows of the day-by-day picture: one per day, with the p values of both ways."""
    import pandas as pd

    return pd.DataFrame(
        {
            "day": list(dates),
            "n": [found.n for found in days],
            "effect": [found.naive.value for found in days],
            "low": [found.always.low for found in days],
            "high": [found.always.high for found in days],
            "always_p": [found.always_p for found in days],
            "once_low": [found.naive.low for found in days],
            "once_high": [found.naive.high for found in days],
            "once_p": [found.naive_p for found in days],
        }
    )


def _values(data: ExperimentData, alpha: float) -> Sequence[ArmValue]:
    found = []
    for metric in data.metrics:
        for arm in data.arms:
            try:
                statistic = data.statistic(metric.name, arm)
                found.append(ArmValue(metric.name, arm, statistic.n, arm_value(statistic, alpha=alpha)))
            except AnalysisError:
                continue  # the comparison says why
    return found


def _standard_error(control: Statistic, treatment: Statistic) -> float:
    return (control.variance / control.n + treatment.variance / treatment.n) ** 0.5


def _shape(statistic: ProportionStatistic, prior: BetaPrior) -> tuple[float, float]:
    return statistic.successes + prior.alpha, statistic.n - statistic.successes + prior.beta


def _share_beliefs(data: ExperimentData, result: MetricResult, params: EvaluateParams) -> dict[tuple[str, str], Belief]:
    """Return the beliefs of every treatment in a share; where less is better, of those who did not convert."""
    name, more = result.metric.name, result.metric.higher_is_better
    arms: dict[str, ProportionStatistic] = {}
    for arm in data.arms:
        try:
            found = data.statistic(name, arm)
        except AnalysisError:
            continue  # an arm without a value
        assert isinstance(found, ProportionStatistic)
        arms[arm] = found
    prior = params.prior if more else BetaPrior(alpha=params.prior.beta, beta=params.prior.alpha)
    turned = [arm if more else ProportionStatistic(arm.n, arm.n - arm.successes) for arm in arms.values()]
    beliefs = {}
    for arm, belief in zip(arms, believe_proportions(turned, prior=prior, alpha=params.alpha), strict=True):
        if belief.beats_control is not None:
            credible = belief.share if more else _complement(belief.share)
            shape = _shape(arms[arm], params.prior)
            beliefs[name, arm] = Belief(belief.beats_control, belief.expected_loss, belief.best, credible, shape)
    return beliefs


def _complement(share: Estimate) -> Estimate:
    low, high = (None if end is None else 1 - end for end in (share.high, share.low))
    return replace(share, value=1 - share.value, low=low, high=high)


def _best(data: ExperimentData, result: MetricResult) -> float | None:
    """Return how likely a treatment has the best mean of all arms, whatever the prior of the effect (flat)."""
    arms: dict[str, tuple[float, float]] = {}
    for arm in data.arms:
        try:
            found = data.statistic(result.metric.name, arm)
            arms[arm] = (found.mean if result.metric.higher_is_better else -found.mean, standard_error(found))
        except AnalysisError:
            continue  # an arm without a value
    if any(sd <= 0 for _, sd in arms.values()):
        return None
    best = normal_best([mean for mean, _ in arms.values()], [sd for _, sd in arms.values()])
    return best[list(arms).index(result.treatment)]


def _effect_belief(value: float, se: float, params: EvaluateParams, more: bool) -> Belief:
    found = believe_effect(value, se, prior=params.effect_prior, alpha=params.alpha)
    chance, loss = found.chance_to_win, found.loss_treatment
    if not more:
        chance, loss = 1 - chance, found.loss_control
    return Belief(chance, loss, None, found.effect)
