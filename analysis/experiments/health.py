"""Is the experiment itself sound? Asked before any result is read.

Each finding is a ``Note``: level ``ask`` is an alarm (do not read on), ``check`` a remark.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analysis.errors import AnalysisError
from analysis.experiments.means import compare_means
from analysis.experiments.proportions import compare_many_proportions
from analysis.experiments.result import Significance
from analysis.experiments.statistics import MeanStatistic, ProportionStatistic
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.experiments.read import ExperimentData

MISMATCH_ALARM = 0.001
MISMATCH_REMARK = 0.01
FEW_CUSTOMERS = 100
FEW_CONVERSIONS = 10
# One day with more than this share of the customers, and three times its fair share.
SPIKE_SHARE = 0.3


def sample_ratio(counts: Mapping[str, int], weights: Mapping[str, float] | None = None) -> Significance:
    """Test whether customers fell into the arms as planned: chi-square against the weights (equal without them).

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``; ``experiment_bad_weights`` when a weight is missing or not above 0;
        ``experiment_negative_count``; ``experiment_empty_arm`` when nobody is there at all.

    References
    ----------
    Fabijan et al. (2019), Diagnosing sample ratio mismatch in online controlled experiments, KDD.

    Examples
    --------
    >>> round(sample_ratio({"a": 1000, "b": 1100}).p, 6)
    0.029096
    """
    from scipy.special import chdtrc

    if len(counts) < 2:
        raise AnalysisError("experiment_one_arm")
    weights = dict.fromkeys(counts, 1.0) if weights is None else weights
    if any(not 0 < weights.get(arm, 0) < float("inf") for arm in counts):
        raise AnalysisError("experiment_bad_weights")
    for value in counts.values():
        if value < 0:
            raise AnalysisError("experiment_negative_count", field="n", value=value)
    total, whole = sum(counts.values()), sum(weights[arm] for arm in counts)
    if total == 0:
        raise AnalysisError("experiment_empty_arm")
    expected = {arm: total * weights[arm] / whole for arm in counts}
    statistic = sum((counts[arm] - expected[arm]) ** 2 / expected[arm] for arm in counts)
    df = len(counts) - 1
    return Significance(float(chdtrc(df, statistic)), "sample_ratio_chi_square", "two_sided", statistic, df)


def check_sample_ratio(counts: Mapping[str, int], weights: Mapping[str, float] | None = None) -> tuple[Note, ...]:
    """Return an alarm below p = 0.001, a remark below 0.01, else nothing."""
    p = sample_ratio(counts, weights).p
    if p < MISMATCH_ALARM:
        return (Note("experiment_mismatch_alarm", {"p": p}, "ask"),)
    return (Note("experiment_mismatch_remark", {"p": p}, "check"),) if p < MISMATCH_REMARK else ()


def check_experiment(data: ExperimentData, weights: Mapping[str, float] | None = None) -> tuple[Note, ...]:
    """Return what is wrong with an experiment, alarms first."""
    notes = [*check_sample_ratio(data.sizes(), weights), *_assignment(data), *_denominator(data)]
    notes += [*_too_little(data), *_day_spike(data), *_outliers(data)]
    return tuple(sorted(notes, key=lambda note: note.level != "ask"))


def check_before(control: MeanStatistic, treatment: MeanStatistic) -> tuple[Note, ...]:
    """Return an alarm when the arms already differed before the start (Welch p < 0.001), a remark below 0.01."""
    p = compare_means(control, treatment).test.p
    if p >= MISMATCH_REMARK:
        return ()
    return (Note("experiment_differed_before", {"p": p}, "ask" if p < MISMATCH_ALARM else "check"),)


def _assignment(data: ExperimentData) -> list[Note]:
    counts, notes = data.counts, []
    if counts.units_in_two_arms:
        notes.append(Note("experiment_in_two_arms", {"n": counts.units_in_two_arms}, "check"))
    if counts.no_arm:
        notes.append(
            Note("experiment_no_assignment", {"n": counts.no_arm, "share": counts.no_arm / counts.read}, "check")
        )
    if counts.outside_dates:
        notes.append(Note("experiment_outside_dates", {"n": counts.outside_dates}, "info"))
    notes += [Note("experiment_arm_merged", {"found": old, "arm": new}) for old, new in sorted(data.merged.items())]
    return notes


def _denominator(data: ExperimentData) -> list[Note]:
    """Customers without a value: an outcome known of responders only is no test of what was sent."""
    notes = []
    for metric in data.metrics:
        part = data.cells[data.cells["metric"] == metric.name].groupby("arm")[["n", "missing"]].sum()
        if part["missing"].sum() == 0:
            continue
        sizes = part.sum(axis=1)
        share = float(part["missing"].sum() / sizes.sum())
        arms = [ProportionStatistic(int(sizes[arm]), int(part["missing"][arm])) for arm in part.index]
        p = 1.0 if share == 1 else compare_many_proportions(arms).p
        facts = {"metric": metric.name, "share": share}
        if p < MISMATCH_ALARM:
            notes.append(Note("experiment_denominator_alarm", facts, "ask"))
        elif share > 0.01:
            notes.append(Note("experiment_denominator_remark", facts, "check"))
    return notes


def _too_little(data: ExperimentData) -> list[Note]:
    notes = [
        Note("experiment_few_in_arm", {"arm": arm, "n": n, "least": FEW_CUSTOMERS}, "check")
        for arm, n in data.sizes().items()
        if n < FEW_CUSTOMERS
    ]
    for metric in data.metrics:
        if metric.kind == "proportion":
            part = data.cells[data.cells["metric"] == metric.name].groupby("arm")["top"].sum()
            for arm in data.arms:
                if part.get(arm, 0) < FEW_CONVERSIONS:
                    facts = {"arm": arm, "metric": metric.name, "n": int(part.get(arm, 0))}
                    notes.append(Note("experiment_few_conversions", facts, "check"))
    return notes


def _day_spike(data: ExperimentData) -> list[Note]:
    if data.days.empty:
        return []
    first = data.days[data.days["metric"] == data.metrics[0].name]
    sizes = (first["n"] + first["missing"]).groupby(first["day"]).sum().sort_index()
    if len(sizes) < 4:
        return []
    share = float(sizes.iloc[0] / sizes.sum())
    return (
        [Note("experiment_day_one_spike", {"share": share}, "check")]
        if share > max(SPIKE_SHARE, 3 / len(sizes))
        else []
    )


def _outliers(data: ExperimentData) -> list[Note]:
    """One customer whose value is more than a twentieth of an arm's total of a mean."""
    notes = []
    for metric in data.metrics:
        if metric.kind != "mean":
            continue
        part = data.cells[data.cells["metric"] == metric.name].groupby("arm").agg({"top": "sum", "largest": "max"})
        for arm in data.arms:
            total, largest = float(part["top"].get(arm, 0)), float(part["largest"].get(arm, 0))
            if total > 0 and largest / total > 0.05:
                facts = {"arm": arm, "metric": metric.name, "value": largest, "share": largest / total}
                notes.append(Note("experiment_outlier", facts, "check"))
    return notes
