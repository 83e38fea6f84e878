"""The rows of the calibration by their names, and how they are run."""

from __future__ import annotations

import numpy as np

from analysis.experiments.arms.cuped import compare_adjusted, compare_regressed
from benchmarks import chance
from benchmarks.calibration import arms, looks, money, plans, quantiles, readings
from benchmarks.calibration.kept import ALPHA, Kept, Promises, Ratio, Row
from benchmarks.calibration.sides import SIDES

SEED = 20240305
_BOTH: Promises = {"rejects": (ALPHA, "about"), "covers": (1 - ALPHA, "about")}
_COVERS: Promises = {"covers": (1 - ALPHA, "about")}
_SAFE: Promises = {"rejects": (ALPHA, "at_most")}
_LIFT: Promises = {"covers the lift": (1 - ALPHA, "about")}
_LOOKED: Promises = {"rejects as a fixed test looked at": (ALPHA, "shown")}
_MISSES: Promises = {"calls it not worse": (ALPHA / 2, "about")}
_AT_MOST: Promises = {"calls it not worse": (ALPHA / 2, "at_most")}
_AT_LEAST: Promises = {"covers": (1 - ALPHA, "at_least")}
_BY_SEGMENT: Promises = {"calls a segment": (ALPHA, "at_most"), "finds an interaction": (ALPHA, "at_most")}
_BEYOND: Promises = dict.fromkeys(("compare", "explain", "outcome"), (ALPHA, "at_most"))
_QUANTILES: Promises = {**_SAFE, **_AT_LEAST, "covers the lift": (1 - ALPHA, "at_least")}
METHODS: dict[str, Row] = {
    "z, pooled": (arms.shares(test="z_pooled"), _BOTH),
    "z, unpooled": (arms.shares(test="z_unpooled"), _BOTH),
    "chi-square": (arms.shares(test="chi_square"), _BOTH),
    "chi-square, Yates": (arms.shares(test="chi_square_yates"), _SAFE | _COVERS),
    "Fisher": (arms.shares(test="fisher"), _SAFE | _COVERS),
    "lift, delta": (arms.lift("delta"), _COVERS),
    "lift, Katz": (arms.lift("katz"), _COVERS),
    "lift, Fieller": (arms.lift("fieller"), _COVERS),
    "difference, Agresti-Caffo": (arms.interval("agresti_caffo"), _COVERS),
    "difference, Miettinen-Nurminen": (arms.interval("miettinen_nurminen"), _COVERS),
    "one share, Clopper-Pearson": (arms.exact, {"covers": (1 - ALPHA, "at_least")}),
    "Welch": (arms.means("welch_t"), _BOTH | _LIFT),
    "Student": (arms.means("student_pooled_t"), _BOTH | _LIFT),
    "capped mean": (arms.capped, _BOTH),
    "Mann-Whitney": (arms.ranks, {"rejects": (ALPHA, "about")}),
    "bootstrap": (arms.bootstrap, _BOTH),
    "ratio, delta": (arms.ratio, _BOTH),
    "CUPED": (arms.sharpened(lambda a, b: compare_adjusted(a, b).adjusted), _BOTH),
    "CUPED, two covariates, one with gaps (slow)": (readings.known_before, _BOTH),
    "regression on the covariate": (arms.sharpened(compare_regressed), _BOTH),
    "always valid, 20 looks": (looks.peeking, _SAFE | _LOOKED),
    "O'Brien-Fleming, 20 looks": (looks.bounds("obrien_fleming"), {"rejects": (ALPHA, "about")}),
    "Pocock, 20 looks": (looks.bounds("pocock"), {"rejects": (ALPHA, "about")}),
    "ten segments, Holm": (
        readings.segments,
        {"calls one without an effect": (ALPHA, "at_most"), "one interval or more misses": (ALPHA, "at_most")},
    ),
    "ten segments alike": (readings.alike, {"finds an interaction": (ALPHA, "about")}),
    "belief, credible interval": (arms.believed, _COVERS),
    "rare, unequal": (arms.rare, {"covers the lift": (1 - ALPHA, "at_least"), "covers": (1 - ALPHA, "at_least")}),
    "revenue, unequal": (arms.revenue, _SAFE | _AT_LEAST),
    "revenue, few buyers": (arms.few_buyers, {"covers the lift": (1 - ALPHA, "at_least")}),
    "three guardrails, 28 looks (slow)": (looks.guarded, {"stops": (ALPHA, "at_most")}),
    "eight arms, 14 looks": (looks.eight_arms, {"ships one": (ALPHA / 2, "at_most")}),
    "always valid, rare, unequal": (looks.peeking_unequal, _SAFE),
    "not worse by a margin": (readings.worse_shares(3000, 3000), _MISSES),
    "unplanned looks, O'Brien-Fleming": (looks.unplanned("obrien_fleming"), {"rejects": (ALPHA, "about")}),
    "unplanned looks, Pocock": (looks.unplanned("pocock"), {"rejects": (ALPHA, "about")}),
    "split as planned, 999:1": (readings.tiny_arm, {"alarms": (ALPHA, "at_most")}),
    "not worse by a margin, 9,000/1,000": (readings.worse_shares(9000, 1000), _MISSES),
    "not worse by a margin, 1,000/9,000": (readings.worse_shares(1000, 9000), _MISSES),
    "not worse by a margin, revenue 1,800/200": (readings.worse_revenue(1800, 200), _AT_MOST),
    "not worse by a margin, revenue 200/1,800": (readings.worse_revenue(200, 1800), _AT_MOST),
    "revenue by segment, 900/100 (slow)": (readings.revenue_segments(0.1), _BY_SEGMENT),
    "revenue by segment, 100/900 (slow)": (readings.revenue_segments(0.9), _BY_SEGMENT),
    "mixes differ between arms, no effect": (readings.mixed, {"alarm": (ALPHA, "at_most")}),
    "a sound test (slow)": (readings.sound, {"alarm": (ALPHA, "at_most"), "remark on outliers": (ALPHA, "at_most")}),
    "four samples, n = 5": (readings.four_samples, _BOTH),
    "shares, 0.2 to 50 %, 100 to 10,000, 1/19 to 19/1": (
        arms.anywhere,
        {"covers the lift": (1 - ALPHA, "at_least"), "covers": (1 - ALPHA, "at_least")},
    ),
    "mean, lognormal 1.5, n = 30": (
        arms.lognormal_mean,
        {"covers": (0.89, "about"), "Student's covers": (0.79, "shown")},
    ),
    **{f"plan, {name}": (plans.finds(plan), plans.promises(plan)) for name, plan in plans.PLANS.items()},
    **{f"compare, {name} (slow)": (chance.drawn(name), _BEYOND) for name in chance.SETTINGS},
    "median, 200/200": (quantiles.quantile(0.5, 200, 200), _QUANTILES),
    "median, 1,800/200": (quantiles.quantile(0.5, 1800, 200), _QUANTILES),
    "median, rounded amounts, 200/1,800": (quantiles.quantile(0.5, 200, 1800, rounded=True), _QUANTILES),
    "90th percentile, three in ten buy, 200/200": (quantiles.quantile(0.9, 200, 200, buyers=0.3), _QUANTILES),
    "90th percentile, three in ten buy, 1,800/200": (quantiles.quantile(0.9, 1800, 200, buyers=0.3), _QUANTILES),
    **{f"stores, {n}/{m}": (readings.clusters(n, m), _BOTH) for n, m in ((4, 4), (8, 8), (12, 5), (5, 12), (40, 4))},
    **{
        f"shares by segment, 900/100, {share:.0%} (slow)": (
            readings.rare_segments(share),
            {"one interval or more misses": (ALPHA, "at_most"), "sends to one": (ALPHA, "at_most")},
        )
        for share in (0.02, 0.05, 0.1)
    },
    "five arms of a tenth, 2 % (slow)": (readings.five_arms(0.02, 900), {"calls one": (ALPHA, "at_most")}),
    "five arms of a tenth, 0.4 % (slow)": (readings.five_arms(0.004, 5000), {"calls one": (ALPHA, "at_most")}),
    "median, 28 looks, 9/1 (slow)": (quantiles.looked_at, _SAFE),
}
# Sums over many picks: what is said over what is true.
RATIOS = {
    **{f"money of what was shipped, power {power}": money.shipped(power) for power in (0.17, 0.26, 0.5, 0.8, 0.95)},
    "money of eight segments with 1.5 points each, those picked": money.picked_segments(*[0.015] * 8),
    "money of eight segments with 2.5 points each, those picked": money.picked_segments(*[0.025] * 8),
    "money of eight segments, one with 4 points, those picked": money.picked_segments(0.04, *[0.0] * 7),
    "money of eight segments, two with 4 points, those picked": money.picked_segments(0.04, 0.04, *[0.0] * 6),
    "money of eight segments, half with 4 points, those picked": money.picked_segments(*[0.04, 0.0] * 4),
}
NAMES = (*METHODS, *RATIOS, *SIDES)  # a row draws by its place, so new ones stand last
METHODS |= SIDES


def calibrate(name: str, draws: int, slow_draws: int) -> list[Kept | Ratio]:
    """Return what came out of a row: its bootstrap and what is called slow are drawn less often."""
    count = slow_draws if "bootstrap" in name or "slow" in name else draws
    rng = np.random.default_rng([SEED, NAMES.index(name)])
    if name in RATIOS:
        said, true = RATIOS[name](rng, count)
        return [Ratio(name, said, true, count)]
    draw, promises = METHODS[name]
    hits = dict.fromkeys(promises, 0)
    for _ in range(count):
        for what, happened in draw(rng).items():
            hits[what] += happened
    return [Kept(f"{name}: {what}", hits[what], count, *promise) for what, promise in promises.items()]
