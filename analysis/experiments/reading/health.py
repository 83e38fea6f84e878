"""Is the experiment itself sound? Asked before any result is read.

Each finding is a ``Note``: level ``ask`` is an alarm (do not read on), ``check`` a remark.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.errors import AnalysisError
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.proportions import compare_many_proportions
from analysis.experiments.arms.result import ALPHA, Significance, p_of_z
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, sums_as_statistic
from analysis.experiments.reading.segments import mix_test
from analysis.notes import Note

if TYPE_CHECKING:
    from analysis.experiments.rows.read import ExperimentData

MISMATCH_ALARM = 0.001
MISMATCH_REMARK = 0.01
FEW_EXPECTED = 100
FEW_CUSTOMERS = 100
FEW_CONVERSIONS = 10
# One day with more than this share of the customers, and three times its fair share.
SPIKE_SHARE = 0.3
OUTLIER_SHARE = 0.5


def sample_ratio(counts: Mapping[str, int], weights: Mapping[str, float] | None = None) -> Significance:
    """Test whether customers fell into the arms as planned: chi-square against the weights (equal without them).

    Where fewer than 100 customers are expected in an arm the test is exact: binomial for two arms; for more, each arm
    against all others, with the smallest p times their number. Chi-square goes too far there, most of all in the tail
    in which the alarm lies.

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``; ``experiment_bad_weights`` when a weight is missing or not above 0;
        ``experiment_negative_count``; ``experiment_not_whole``;
        ``experiment_empty_arm`` when nobody is there at all; ``experiment_too_extreme``.

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
        if not math.isfinite(value):
            raise AnalysisError("experiment_not_a_number", field="n")
        if value < 0:
            raise AnalysisError("experiment_negative_count", field="n", value=value)
        if value != int(value):
            raise AnalysisError("experiment_not_whole", field="n", value=value)
    total, whole = sum(counts.values()), sum(weights[arm] for arm in counts)
    if total == 0:
        raise AnalysisError("experiment_empty_arm")
    expected = {arm: total * weights[arm] / whole for arm in counts}
    if min(expected.values()) == 0 or not (statistic := _chi_square(counts, expected)) < float("inf"):
        raise AnalysisError("experiment_too_extreme")
    if min(expected.values()) < FEW_EXPECTED:
        return Significance(_exact_mismatch(counts, expected), "sample_ratio_exact")
    df = len(counts) - 1
    return Significance(float(chdtrc(df, statistic)), "sample_ratio_chi_square", "two_sided", statistic, df)


def _exact_mismatch(counts: Mapping[str, int], expected: Mapping[str, float]) -> float:
    from scipy.stats import binomtest

    total = sum(counts.values())
    p = [float(binomtest(int(n), int(total), expected[arm] / total).pvalue) for arm, n in counts.items()]
    # Of two arms the one says what the other says.
    return min(min(p) * (1 if len(p) == 2 else len(p)), 1.0)


def _chi_square(counts: Mapping[str, int], expected: Mapping[str, float]) -> float:
    return sum((counts[arm] - expected[arm]) ** 2 / expected[arm] for arm in counts)


def check_sample_ratio(counts: Mapping[str, int], weights: Mapping[str, float] | None = None) -> tuple[Note, ...]:
    """Return an alarm below p = 0.001, a remark below 0.01, else nothing."""
    p = sample_ratio(counts, weights).p
    if p < MISMATCH_ALARM:
        return (Note("experiment_mismatch_alarm", {"p": p}, "ask"),)
    return (Note("experiment_mismatch_remark", {"p": p}, "check"),) if p < MISMATCH_REMARK else ()


def check_experiment(data: ExperimentData, weights: Mapping[str, float] | None = None) -> tuple[Note, ...]:
    """Return what is wrong with an experiment, alarms first."""
    notes = [*check_sample_ratio(data.sizes(), weights), *_assignment(data)]
    if data.cluster is not None:  # what follows looks at customers
        return tuple(sorted(notes, key=lambda note: note.level != "ask"))
    notes += _denominator(data)
    notes += [*_before(data), *_mix(data), *_too_little(data), *_day_spike(data), *_first_day(data)]
    notes += [*_outliers(data), *_carried(data)]
    return tuple(sorted(notes, key=lambda note: note.level != "ask"))


def check_before(control: MeanStatistic, treatment: MeanStatistic, *, tests: int = 1) -> tuple[Note, ...]:
    """Return an alarm when the arms already differed before the start (Welch p < 0.001), a remark below 0.01.

    ``tests`` is how many such pairs are looked at together; p is multiplied by it (Bonferroni).
    """
    p = min(compare_means(control, treatment).test.p * tests, 1.0)
    if p >= MISMATCH_REMARK:
        return ()
    return (Note("experiment_differed_before", {"p": p}, "ask" if p < MISMATCH_ALARM else "check"),)


def _assignment(data: ExperimentData) -> list[Note]:
    counts, notes = data.counts, []
    if data.total_rows:
        notes.append(Note("experiment_total_rows", {"n": len(data.total_rows), "row": data.total_rows[0]}, "check"))
    for slip in sorted(data.strays, key=lambda slip: slip.row):
        facts = {"n": slip.n, "row": slip.row}
        if slip.label is None:
            notes.append(Note("experiment_stray_label", facts, "check"))
        else:
            notes.append(Note("experiment_stray_arm", {"arm": slip.label, **facts}, "check"))
    for metric, (n, row) in sorted(data.stray_cells.items()):
        notes.append(Note("experiment_stray_cells", {"metric": metric, "n": n, "row": row}, "check"))
    for metric, (word, n) in sorted(data.ticked.items()):
        notes.append(Note("experiment_blank_is_no", {"metric": metric, "word": word, "n": n}, "check"))
    for metric, n in sorted(data.converted_before.items()):
        notes.append(Note("experiment_converted_before", {"metric": metric, "n": n}, "check"))
    if data.totals and data.days["day"].nunique() > 1:
        notes.append(Note("experiment_totals_by_day", {"days": int(data.days["day"].nunique())}, "check"))
    if counts.units_in_two_arms:
        notes.append(Note("experiment_in_two_arms", {"n": counts.units_in_two_arms}, "check"))
    without = counts.no_arm - sum(slip.n for slip in data.strays)
    if without > 0:
        notes.append(Note("experiment_no_assignment", {"n": without, "share": without / counts.read}, "check"))
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
        elif (n := int(part["missing"].sum()) - data.stray_cells.get(metric.name, (0, 0))[0]) > 0:
            notes.append(Note("experiment_no_value", {"metric": metric.name, "n": n}, "info"))
    return notes


def _before(data: ExperimentData) -> list[Note]:
    """The covariates of before the start must be alike in all arms, whatever the treatment did, and known as often."""
    if data.covariates is None:
        return []
    notes: list[Note] = []
    tests = len(data.treatments) * data.covariates["covariate"].nunique()
    for name, part in data.covariates.groupby("covariate", sort=False):
        rows: list[Any] = list(part.itertuples())
        by_arm = {str(row.arm): row for row in rows}
        gone = [ProportionStatistic(row.n, row.n - row.known) for row in by_arm.values()]
        share = sum(arm.successes for arm in gone) / sum(arm.n for arm in gone)
        facts = {"covariate": str(name), "share": share}
        if share > 0:
            unlike = compare_many_proportions(gone).p < MISMATCH_ALARM
            code = "experiment_covariate_gone" if unlike else "experiment_covariate_filled"
            notes.append(Note(code, facts, "ask" if unlike else "check"))
        for arm in data.treatments:
            sides = [by_arm[side] for side in (data.control, arm)]
            if min(side.known for side in sides) < 2 or sum(side.sd for side in sides) == 0:
                continue
            one, two = (MeanStatistic.from_figures(side.known, side.mean, side.sd) for side in sides)
            for note in check_before(one, two, tests=tests):
                notes.append(Note(note.code, {**note.facts, "arm": arm}, note.level))
    return notes


def _mix(data: ExperimentData) -> list[Note]:
    """Segments known before the start must be mixed alike in all arms."""
    first = data.cells[data.cells["metric"] == data.metrics[0].name]
    table = (first["n"] + first["missing"]).groupby([first["arm"], first["segment"]]).sum().unstack(fill_value=0)
    if min(table.shape) < 2:
        return []
    p = mix_test(table.to_numpy().tolist()).p
    if p >= MISMATCH_REMARK:
        return []
    return [Note("experiment_mix_differs", {"p": p}, "ask" if p < MISMATCH_ALARM else "check")]


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


def _first_day(data: ExperimentData) -> list[Note]:
    """The effect of those who came on the first day against the effect of all others: novelty wears off."""
    days = sorted(data.days["day"].dropna().unique()) if len(data.days) else []
    if len(days) < 4:
        return []
    notes = []
    for metric in data.metrics:
        if metric.kind == "quantile":
            continue
        part = data.days[data.days["metric"] == metric.name]
        for arm in data.treatments:
            rows = [(part["arm"] == side, part["day"] == days[0]) for side in (data.control, arm)]
            try:
                early = [sums_as_statistic(metric.kind, part[side & day]) for side, day in rows]
                later = [sums_as_statistic(metric.kind, part[side & ~day]) for side, day in rows]
                if min(arm.n for arm in (*early, *later)) < FEW_CUSTOMERS:
                    continue
                spread = sum(item.variance / item.n for item in (*early, *later))
            except AnalysisError:  # an empty corner has no effect to compare
                continue
            gap = (early[1].mean - early[0].mean) - (later[1].mean - later[0].mean)
            if spread > 0 and p_of_z(gap / spread**0.5, "two_sided") < MISMATCH_ALARM:
                facts = {"metric": metric.name, "arm": arm, "p": p_of_z(gap / spread**0.5, "two_sided")}
                notes.append(Note("experiment_first_day_differs", facts, "check"))
    return notes


def _outliers(data: ExperimentData) -> list[Note]:
    """One customer who alone is half of an arm's total of a mean: skewed amounts alone bring a tenth and more."""
    notes = []
    for metric in data.metrics:
        if metric.kind != "mean":
            continue
        part = data.cells[data.cells["metric"] == metric.name].groupby("arm").agg({"top": "sum", "largest": "max"})
        for arm in data.arms:
            total, largest = float(part["top"].get(arm, 0)), float(part["largest"].get(arm, 0))
            if total > 0 and largest / total > OUTLIER_SHARE:
                facts = {"arm": arm, "metric": metric.name, "value": largest, "share": largest / total}
                notes.append(Note("experiment_outlier", facts, "check"))
    return notes


def _carried(data: ExperimentData) -> list[Note]:
    """One customer who moves the effect by more than half of it and out of what the others say."""
    notes = []
    for metric in data.metrics:
        if metric.kind != "mean":
            continue
        largest = data.cells[data.cells["metric"] == metric.name].groupby("arm")["largest"].max()
        for arm in data.treatments:
            names = (data.control, arm)
            for i, name in enumerate(names):
                facts = _without(data, metric.name, names, i, float(largest[name]))
                if facts is not None:
                    notes.append(
                        Note("experiment_outlier_carries", {"metric": metric.name, "arm": name} | facts, "check")
                    )
    return list({(note.facts["metric"], note.facts["arm"]): note for note in notes}.values())


def _without(
    data: ExperimentData, metric: str, names: tuple[str, str], i: int, value: float
) -> dict[str, float] | None:
    """Return the effect with and without the largest customer of one side when that customer carries it."""
    sides = [data.statistic(metric, name) for name in names]
    whole = sides[i]
    if not isinstance(whole, MeanStatistic) or min(side.n for side in sides) < 3:
        return None
    try:
        full = compare_means(*sides)
        sides[i] = MeanStatistic(whole.n - 1, whole.sum - value, max(whole.sum_squares - value * value, 0.0))
        rest = compare_means(*sides)
    except AnalysisError:  # nothing varies without that customer: the remark on the outlier says enough
        return None
    effect, without = full.absolute.value, rest.absolute.value
    reach = abs((rest.absolute.high or 0.0) - without)
    lost = full.test.p < ALPHA <= rest.test.p
    if abs(effect - without) > abs(effect) / 2 and (lost or abs(effect - without) > reach):
        return {"value": value, "effect": effect, "without": without}
    return None
