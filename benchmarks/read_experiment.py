"""One million rows, 20 segments and 3 metrics, from the table to the effects by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, report

N_ROWS, SEED = 1_000_000, 20240305


def rows(n: int = N_ROWS) -> pd.DataFrame:
    """Return customers of an experiment in 20 cities."""
    rng = np.random.default_rng(SEED)
    arm, visits = rng.choice(["A", "B"], n), rng.poisson(3, n) + 1
    return pd.DataFrame(
        {
            "customer_id": np.arange(n),
            "arm": arm,
            "city": rng.choice([f"city {i:02d}" for i in range(20)], n),
            "bought": rng.binomial(1, np.where(arm == "B", 0.105, 0.1)),
            "spend": np.where(rng.random(n) < 0.3, rng.lognormal(3, 0.8, n), 0.0),
            "visits": visits,
        }
    )


METRICS = ("bought", "spend", "ratio")


def main() -> None:
    """Print the ratio to a loop over statsmodels that gives the same results, checked to be the same."""
    from analysis.experiments.reading.health import check_experiment
    from analysis.experiments.reading.results import read_results
    from analysis.experiments.reading.segments import read_segments
    from analysis.experiments.rows.read import Metric, ReadParams, read_experiment

    table = rows()
    metrics = (Metric(column="bought"), Metric(column="spend", kind="mean"))
    metrics += (Metric(column="spend", kind="ratio", denominator="visits"),)
    params = ReadParams(arm="arm", unit="customer_id", segment="city", metrics=metrics)

    def ours() -> tuple:
        data = read_experiment(table, params)
        by_segment = [read_segments(data, metric=metric.name, treatment="B") for metric in metrics]
        return check_experiment(data), read_results(data), by_segment

    check_same(ours(), loop(table))
    costs = in_turns({"read, check, results, segments": ours, "the same by a statsmodels loop": lambda: loop(table)},
                     runs=3)  # fmt: skip
    report(costs, ours="read, check, results, segments")


@dataclass(frozen=True)
class Compared:
    """One metric in one segment, or over all: p, effect, its interval, and that of the lift."""

    effect: float
    se: float
    p: float
    low: float
    high: float
    lift: tuple[float, float, float]


def loop(table: pd.DataFrame) -> tuple[list[Compared], dict[str, list[Compared]], dict[str, tuple], list[float]]:
    """Read the experiment as one does with statsmodels: metric by metric, segment by segment.

    The same as the reading of the lab: customers in two arms left out, effects and lifts with intervals for all metrics
    and, at the level of one among twenty, for all segments; Holm over the goals and over the segments; the interaction
    test; sample ratio, mix of the segments, missing values, few conversions, a value that carries a total.
    """
    from scipy.stats import chi2, chi2_contingency, chisquare
    from statsmodels.stats.meta_analysis import combine_effects
    from statsmodels.stats.multitest import multipletests

    arms = table.groupby("customer_id")["arm"].nunique()
    if (arms > 1).any():
        table = table[~table["customer_id"].isin(arms.index[arms > 1])]
    cities = sorted(table["city"].unique())
    whole, by_segment, tests = [], {}, {}
    for metric in METRICS:
        whole.append(compare(table, metric, 0.05))
        by_segment[metric] = [compare(table[table["city"] == city], metric, 0.05 / len(cities)) for city in cities]
        parts = by_segment[metric]
        corrected = multipletests([part.p for part in parts], method="holm")[1]
        pooled = combine_effects(np.array([part.effect for part in parts]), np.array([part.se**2 for part in parts]))
        tests[metric] = (corrected, pooled.q, chi2.sf(pooled.q, len(parts) - 1))
    sizes = table["arm"].value_counts()
    health = [chisquare(sizes).pvalue, chi2_contingency(pd.crosstab(table["arm"], table["city"])).pvalue]
    for metric in ("bought", "spend", "visits"):
        health += [float(table[metric].isna().groupby(table["arm"]).mean().max())]
    health += [float(table.groupby("arm")["bought"].sum().min())]
    health += [float((table.groupby("arm")["spend"].max() / table.groupby("arm")["spend"].sum()).max())]
    return whole, by_segment, {"goals": multipletests([one.p for one in whole], method="holm")[1], **tests}, health


def compare(part: pd.DataFrame, metric: str, alpha: float) -> Compared:
    """Compare the arms of some customers in one metric."""
    from scipy.stats import norm
    from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    control, treatment = part[part["arm"] == "A"], part[part["arm"] == "B"]
    if metric == "bought":
        counts, sizes = [int(arm["bought"].sum()) for arm in (treatment, control)], [len(treatment), len(control)]
        p = proportions_ztest(counts, sizes)[1]
        low, high = confint_proportions_2indep(
            counts[0], sizes[0], counts[1], sizes[1], compare="diff", method="score", correction=True, alpha=alpha
        )
        means = [count / size for count, size in zip(counts, sizes, strict=True)]
        errors = [mean * (1 - mean) / size for mean, size in zip(means, sizes, strict=True)]
    elif metric == "spend":
        both = CompareMeans(DescrStatsW(treatment["spend"]), DescrStatsW(control["spend"]))
        p = both.ttest_ind(usevar="unequal")[1]
        low, high = both.tconfint_diff(alpha=alpha, usevar="unequal")
        means, errors = [both.d1.mean, both.d2.mean], [both.d1.std_mean**2, both.d2.std_mean**2]
    else:
        # The ratio of totals by what each customer adds to it (the delta method, linearised).
        means = [arm["spend"].sum() / arm["visits"].sum() for arm in (treatment, control)]
        linear = [
            (arm["spend"] - mean * arm["visits"]) / arm["visits"].mean()
            for arm, mean in zip((treatment, control), means, strict=True)
        ]
        errors = [DescrStatsW(values).std_mean ** 2 for values in linear]
        half = norm.isf(alpha / 2) * sum(errors) ** 0.5
        low, high = means[0] - means[1] - half, means[0] - means[1] + half
        p = 2 * norm.sf(abs(means[0] - means[1]) / sum(errors) ** 0.5)
    if metric == "bought":
        ends = confint_proportions_2indep(
            counts[0], sizes[0], counts[1], sizes[1], compare="ratio", method="score", correction=False, alpha=alpha
        )
        lift = means[0] / means[1] - 1
        effect, se = means[0] - means[1], sum(errors) ** 0.5
        return Compared(effect, se, float(p), float(low), float(high), (lift, float(ends[0]) - 1, float(ends[1]) - 1))
    lift, spread = means[0] / means[1] - 1, (errors[0] + errors[1] * (means[0] / means[1]) ** 2) ** 0.5 / means[1]
    wide = norm.isf(alpha / 2) * spread
    ends = lift - wide, lift + wide
    if metric == "spend":  # Fieller's: the ratios that the t test does not reject
        z2 = norm.isf(alpha / 2) ** 2
        a = means[1] ** 2 - z2 * errors[1]
        root = ((means[0] * means[1]) ** 2 - a * (means[0] ** 2 - z2 * errors[0])) ** 0.5
        ends = (means[0] * means[1] - root) / a - 1, (means[0] * means[1] + root) / a - 1
    return Compared(means[0] - means[1], sum(errors) ** 0.5, float(p), float(low), float(high), (lift, *ends))


def check_same(ours: tuple, theirs: tuple) -> None:
    """Stop when both do not say the same: what is compared must be the same work."""
    _, results, by_segment = ours
    whole, parts, tests, _ = theirs
    for result, one, corrected in zip(results.results, whole, tests["goals"], strict=True):
        found = result.reading
        loose = 5e-3 if result.metric.name == "bought" else 1e-4
        _close(
            (found.absolute.value, found.absolute.low, found.absolute.high), (one.effect, one.low, one.high), rtol=loose
        )
        _close((found.test.p, result.p_corrected), (one.p, corrected))
        _close((found.relative.value, found.relative.low, found.relative.high), one.lift, rtol=loose)
    for found, metric in zip(by_segment, METRICS, strict=True):
        corrected, q, p = tests[metric]
        _close((found.interaction.statistic, found.interaction.p), (q, p))
        ordered = sorted(found.effects, key=lambda effect: effect.segment)
        for effect, one, holm in zip(ordered, parts[metric], corrected, strict=True):
            interval = effect.absolute
            # statsmodels finds the ends of score intervals to some three digits only.
            loose = 5e-3 if metric == "bought" else 1e-4
            _close((interval.value, interval.low, interval.high), (one.effect, one.low, one.high), rtol=loose)
            _close((effect.p, effect.p_corrected), (one.p, holm))


def _close(ours: tuple, theirs: tuple, *, rtol: float = 1e-4) -> None:
    if not np.allclose(ours, theirs, rtol=rtol, atol=1e-9):
        raise SystemExit(f"not the same: {ours} and {theirs}")


if __name__ == "__main__":
    main()
