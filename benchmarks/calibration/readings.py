"""Whole readings: by segment, at a margin, with what was known before, and the remarks on sound tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.experiments.arms.statistics import SUMS, MeanStatistic, ProportionStatistic
from analysis.experiments.reading.health import check_experiment, sample_ratio
from analysis.experiments.reading.margins import read_margin
from analysis.experiments.reading.quasi import difference_in_differences
from analysis.experiments.reading.results import read_results
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.reading.targets import whom_to_send
from analysis.experiments.rows.read import ExperimentData, Metric, ReadParams, RowCounts, read_experiment
from analysis.experiments.rows.typed import data_of_statistics
from benchmarks.calibration.arms import covers, said
from benchmarks.calibration.kept import ALPHA, Draw

SEGMENTS = 10


def known_before(rng: np.random.Generator) -> dict[str, bool]:
    """Two numbers of before, one of them missing for a fifth of 400 customers, from the rows."""
    n = 400
    before, age = rng.normal(100, 10, n), rng.normal(40, 5, n)
    spend = 0.8 * before + 0.5 * age + rng.normal(0, 6, n)
    before[rng.random(n) < 0.2] = np.nan
    rows = pd.DataFrame({"arm": rng.choice(["A", "B"], n), "spend": spend, "before": before, "age": age})
    metrics = (Metric(column="spend", kind="mean"),)
    params = ReadParams(arm="arm", metrics=metrics, covariates=("before", "age"))
    return said(read_results(read_experiment(rows, params)).results[0].reading)


def clusters(n_control: int, n_treatment: int) -> Draw:
    """Stores of 10 to 600 customers whose shares of some 10 % differ (correlation .05), no effect."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        sizes = np.clip(rng.lognormal(4, 0.8, n_control + n_treatment), 10, 600).astype(int)
        means = rng.binomial(sizes, rng.beta(1.9, 17.1, len(sizes))) / sizes
        sides = zip("AB", np.split(means, [n_control]), strict=True)
        data = data_of_statistics({arm: MeanStatistic.from_values(part) for arm, part in sides}, metric="bought")
        return said(read_results(replace(data, cluster="store")).results[0].reading)

    return draw


def segments(rng: np.random.Generator) -> dict[str, bool]:
    """Ten segments without an effect but one: of the others none should be called."""
    size, rows = 200, []
    for i in range(SEGMENTS):
        for arm in "AB":
            share = 0.45 if arm == "B" and i == 0 else 0.3
            hits = float(rng.binomial(size, share))
            rows.append((f"s{i}", arm, size, hits))
    found = read_segments(as_data(rows), metric="bought", treatment="B")
    others = [effect for effect in found.effects if effect.segment != "s0"]
    outside = [not covers(effect.absolute, 0.15 if effect.segment == "s0" else 0.0) for effect in found.effects]
    return {
        "calls one without an effect": any(effect.significant for effect in others),
        "one interval or more misses": any(outside),
    }


def rare_segments(share: float) -> Draw:
    """Eight segments of 900 against 100 without an effect: none is sent to, and every interval holds."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        sizes = ("A", 900), ("B", 100)
        rows = [(f"s{i}", arm, n, float(rng.binomial(n, share))) for i in range(8) for arm, n in sizes]
        found = read_segments(as_data(rows), metric="bought", treatment="B")
        return {
            "one interval or more misses": any(not covers(effect.absolute) for effect in found.effects),
            "sends to one": whom_to_send(found, value_per_unit=1.0).chosen is not None,
        }

    return draw


def five_arms(share: float, control: int) -> Draw:
    """Five treatments, each a tenth of control, none with an effect."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        sizes = {"A": control} | {f"B{i}": control // 10 for i in range(5)}
        arms = {arm: ProportionStatistic(n, int(rng.binomial(n, share))) for arm, n in sizes.items()}
        found = read_results(data_of_statistics(arms, metric="bought"))
        return {"calls one": any(one.direction != "unclear" for one in found.results)}

    return draw


def alike(rng: np.random.Generator) -> dict[str, bool]:
    """Ten segments with the same effect: they do not differ."""
    rows = [
        (f"s{i}", arm, 200, float(rng.binomial(200, 0.3 + 0.05 * (arm == "B"))))
        for i in range(SEGMENTS)
        for arm in "AB"
    ]
    found = read_segments(as_data(rows), metric="bought", treatment="B").interaction
    return {"finds an interaction": found is not None and found.p < ALPHA}


def as_data(rows: list[tuple[str, str, int, float]]) -> ExperimentData:
    """Return an experiment from (segment, arm, customers, conversions)."""
    cells = pd.DataFrame(rows, columns=["segment", "arm", "n", "top"])
    sums = {"bottom": cells["n"].astype(float), "bottom_squares": cells["n"].astype(float)}
    rest = dict.fromkeys(
        ("away", "about", "third", *(name for name in SUMS if name.startswith("adjusted"))), float("nan")
    )
    cells = cells.assign(
        metric="bought", top_squares=cells["top"], products=cells["top"], largest=1.0, missing=0.0, **sums, **rest
    )
    n = int(cells["n"].sum())
    days = cells.iloc[:0].rename(columns={"segment": "day"})
    return ExperimentData(("A", "B"), {}, (Metric(column="bought"),), cells, days, RowCounts(n, n, 0, 0, 0, 0, 0))


def worse_shares(control: int, treatment: int) -> Draw:
    """Shares of which treatment is worse by just the margin."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        pair = [ProportionStatistic(n, int(rng.binomial(n, p))) for n, p in ((control, 0.2), (treatment, 0.18))]
        return {"calls it not worse": read_margin(*pair, margin=0.02).shown}

    return draw


def worse_revenue(control: int, treatment: int) -> Draw:
    """Revenue with one in twenty who buys; treatment buys as often, for a tenth less: just the margin."""
    margin = 0.1 * 0.05 * float(np.exp(3.0 + 1.2**2 / 2))

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        a, b = (_revenue(rng, n) for n in (control, treatment))
        pair = MeanStatistic.from_values(a), MeanStatistic.from_values(0.9 * b)
        return {"calls it not worse": read_margin(*pair, margin=margin).shown}

    return draw


def revenue_segments(treated: float) -> Draw:
    """Eight segments of 1,000 customers without an effect, one in twenty buys."""

    def draw(rng: np.random.Generator) -> dict[str, bool]:
        n = 8000
        arm = np.where(rng.random(n) < treated, "B", "A")
        rows = pd.DataFrame({"arm": arm, "city": np.arange(n) % 8, "spend": _revenue(rng, n)})
        choice = ReadParams(arm="arm", control="A", segment="city", metrics=(Metric(column="spend", kind="mean"),))
        found = read_segments(read_experiment(rows, choice), metric="spend", treatment="B")
        return {
            "calls a segment": any(effect.significant for effect in found.effects),
            "finds an interaction": found.interaction is not None and found.interaction.p < ALPHA,
        }

    return draw


def mixed(rng: np.random.Generator) -> dict[str, bool]:
    """Two segments at 10 and 12 %, held by the arms in different parts, without an effect: no reversal is there."""
    sizes = {("low", "A"): 1400, ("high", "A"): 600, ("low", "B"): 600, ("high", "B"): 1400}
    rows = [
        (segment, arm, n, float(rng.binomial(n, 0.1 if segment == "low" else 0.12)))
        for (segment, arm), n in sizes.items()
    ]
    found = read_segments(as_data(rows), metric="bought", treatment="B")
    return {"alarm": any(note.code.startswith("experiment_simpson") for note in found.notes)}


def sound(rng: np.random.Generator) -> dict[str, bool]:
    """4,000 customers, half a percent of whom convert, one in twenty buys: nothing is wrong."""
    n = 4000
    rows = pd.DataFrame(
        {"arm": rng.choice(["A", "B"], n), "bought": rng.binomial(1, 0.005, n).astype(float), "spend": _revenue(rng, n)}
    )
    metrics = (Metric(column="bought"), Metric(column="spend", kind="mean"))
    notes = check_experiment(read_experiment(rows, ReadParams(arm="arm", metrics=metrics)))
    return {
        "alarm": any(note.level == "ask" for note in notes),
        "remark on outliers": any(note.code.startswith("experiment_outlier") for note in notes),
    }


def tiny_arm(rng: np.random.Generator) -> dict[str, bool]:
    """Ten thousand customers, one of a thousand meant for one arm."""
    small = int(rng.binomial(10_000, 0.001))
    return {"alarms": sample_ratio({"a": 10_000 - small, "b": small}, {"a": 999.0, "b": 1.0}).p < ALPHA}


def four_samples(rng: np.random.Generator) -> dict[str, bool]:
    """Differences of differences of five values each, of unlike spread."""
    cells = [MeanStatistic.from_values(rng.normal(10, sd, 5)) for sd in (1.0, 1.0, 3.0, 3.0)]
    return said(difference_in_differences(*cells))


def _revenue(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random(n) < 0.05, rng.lognormal(3.0, 1.2, n), 0.0)
