"""One million rows, 20 segments and 3 metrics, from the table to the effects by segment."""

from __future__ import annotations

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


def main() -> None:
    """Print the ratio to a loop over statsmodels, written as one writes it and written with care."""
    from analysis.experiments.health import check_experiment
    from analysis.experiments.read import Metric, ReadParams, read_experiment
    from analysis.experiments.results import read_results
    from analysis.experiments.segments import read_segments

    table = rows()
    metrics = (Metric(column="bought"), Metric(column="spend", kind="mean"))
    metrics += (Metric(column="spend", kind="ratio", denominator="visits"),)
    params = ReadParams(arm="arm", unit="customer_id", segment="city", metrics=metrics)

    def ours() -> object:
        data = read_experiment(table, params)
        return (
            check_experiment(data),
            read_results(data),
            [read_segments(data, metric=metric.name, treatment="B") for metric in metrics],
        )

    costs = in_turns({"read, check, results, segments": ours, "statsmodels, OLS in a loop": lambda: loop(table),
                      "statsmodels, DescrStatsW on groups": lambda: careful(table)}, runs=3)  # fmt: skip
    report(costs, ours="read, check, results, segments")


def loop(table: pd.DataFrame) -> list[object]:
    """Fit arm on each metric in each segment and over all, errors as of Welch: the loop of a notebook."""
    import statsmodels.formula.api as smf

    # The ratio of totals as a mean of what each customer adds to it (the delta method, linearised).
    linear = table["spend"] / table["visits"].mean()
    ratio = table["spend"].sum() / table["visits"].sum()
    table = table.assign(ratio=linear - ratio * table["visits"] / table["visits"].mean())
    found = []
    for metric in ("bought", "spend", "ratio"):
        for part in (table, *(table[table["city"] == city] for city in sorted(table["city"].unique()))):
            fit = smf.ols(f"{metric} ~ C(arm)", part).fit(cov_type="HC2")
            found.append((fit.params.iloc[1], fit.pvalues.iloc[1], *fit.conf_int().iloc[1]))
    return found


def careful(table: pd.DataFrame) -> list[object]:
    """Compare means on groups taken once: about the least that statsmodels can do."""
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    linear = table["spend"] / table["visits"].mean()
    ratio = table["spend"].sum() / table["visits"].sum()
    table = table.assign(ratio=linear - ratio * table["visits"] / table["visits"].mean())
    found = []
    assert table["customer_id"].is_unique
    for _, part in (("all", table), *table.groupby("city")):
        arms = dict(iter(part.groupby("arm")))
        for metric in ("bought", "spend", "ratio"):
            both = CompareMeans(*(DescrStatsW(arms[arm][metric].to_numpy(dtype=float)) for arm in "BA"))
            found.append((both.ttest_ind(usevar="unequal"), both.tconfint_diff(usevar="unequal")))
    return found


if __name__ == "__main__":
    main()
