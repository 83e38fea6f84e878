"""Whatever is asked, an answer holds finite numbers, or there is a refusal with a code: no NaN, nothing infinite."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import analysis.experiments as package
from analysis.errors import AnalysisError
from analysis.experiments.arms import (
    bayes,
    crossing,
    cuped,
    differences,
    lead,
    means,
    one_share,
    paired,
    proportions,
    quantiles,
    rates,
    result,
    score,
    sequential,
    spending,
    statistics,
)
from analysis.experiments.arms.bayes import BetaPrior, NormalPrior
from analysis.experiments.arms.result import Estimate
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.experiments.planning import attained, cohen, midway, outlook, plan
from analysis.experiments.planning.plan import MeanPlan, ProportionPlan
from analysis.experiments.reading import changes, decide, evaluate, health, quasi, results, segments, targets
from analysis.experiments.reading.changes import ChangeParams
from analysis.experiments.rows import read, typed
from analysis.experiments.rows.read import Metric, ReadParams
from analysis.experiments.splitting import split
from tests.experiments.finite import THROUGH_ANOTHER, TINY, ask, number
from tests.thorough import examples
from texts import translator

# Modules without a number of their own: what is kept, its words, the SQL behind read.py, ids and labels.
WITHOUT_FIGURES = {
    "assignment",
    "record",
    "stage",
    "strata",
    "suggest",
    "sums",
    "table",
    "total_rows",
    "totals",
    "words",
}
WITHOUT_FIGURES |= {
    "calculator_words",
    "choices",
    "covariates",
    "total_rows",
    "note_words",
    "plan_words",
    "record_words",
    "suggest_choices",
}
# From choices to the functions asked here; test_doors.py writes their figures as JSON without NaN for drawn choices.
FROM_CHOICES = {"calculators", "plan_experiment", "split_experiment", "evaluate_experiment", "decide_experiment"}


counts = st.one_of(st.integers(0, 5), st.integers(0, 10_000_000))
shares = st.tuples(counts, counts).map(lambda two: (max(two), min(two)))
columns = st.lists(number(), min_size=1, max_size=6)
levels = st.sampled_from([0.05, 0.01, 0.5, 1e-6, 0.0, 1.0, 0.999])
small = examples(30)
ASKED: set[str] = set()


def asked(*functions: Callable[..., Any]):
    """Note which functions a test asks."""
    ASKED.update(function.__name__ for function in functions)
    return lambda test: test


@asked(
    proportions.compare_proportions, proportions.proportion_test, proportions.newcombe, proportions.wald,
    proportions.relative_proportion, proportions.compare_many_proportions, proportions.expected_least,
    differences.difference_interval, differences.odds_ratio, score.difference_of_proportions,
    score.ratio_of_proportions, sequential.always_valid_arms, one_share.compare_with_value, one_share.clopper_pearson,
    bayes.believe_proportions, bayes.beta_best, bayes.beta_loss, results.compare_statistics, health.sample_ratio,
    health.check_sample_ratio, segments.mix_test, evaluate.arm_value, typed.data_of_statistics,
)  # fmt: skip
@small
@given(shares, shares, levels, st.sampled_from(["two_sided", "greater", "less"]), number(-0.5, 1.5))
@example((3, 0), (3, 3), 0.05, "two_sided", 0.5)
@example((10_000_000, 1), (1, 1), 0.05, "two_sided", 0.0)
@example((5, 5), (7, 7), 0.05, "less", 1.0)
@example((2, 0), (1, 0), 0.05, "two_sided", 5e-324)
def test_two_shares(one, two, alpha, alternative, value):
    try:
        a, b = ProportionStatistic(*one), ProportionStatistic(*two)
    except AnalysisError as error:
        assert error.code == "experiment_empty_arm"
        return
    for test in ("z_pooled", "z_unpooled", "chi_square", "chi_square_yates"):
        for ratio in ("koopman", "delta", "katz", "fieller"):
            ask(f"{test} {ratio}", lambda test=test, ratio=ratio: proportions.compare_proportions(
                a, b, test=test, ratio=ratio, alpha=alpha, alternative=alternative))  # fmt: skip
    if max(a.n, b.n) < 100_000:  # exact tests of millions take their time
        ask("fisher", lambda: proportions.compare_proportions(a, b, test="fisher", alpha=alpha))
        ask("odds", lambda: differences.odds_ratio(a, b, alpha=alpha))
    for name in ("wald_unpooled", "agresti_caffo", "miettinen_nurminen", "mee", "hybrid_exact"):
        ask(name, lambda name=name: differences.difference_interval(
            a, b, convention=name, alpha=alpha, alternative=alternative))  # fmt: skip
    for test in ("binomial_exact", "z_null", "z_sample"):
        ask(test, lambda test=test: one_share.compare_with_value(a, value, test=test, alpha=alpha))
    ask("always", lambda: sequential.always_valid_arms(a, b, alpha=alpha, alternative=alternative))
    ask("many", lambda: proportions.compare_many_proportions([a, b, a]))
    ask("beliefs", lambda: bayes.believe_proportions([a, b, a], alpha=alpha))
    ask("strong", lambda: bayes.believe_proportions([a, b], prior=BetaPrior(alpha=abs(value), beta=1e-3), alpha=alpha))
    ask("ratio", lambda: health.sample_ratio({"A": a.n, "B": b.n}, {"A": value, "B": 1.0}))
    ask("notes", lambda: health.check_sample_ratio({"A": a.n, "B": b.n}))
    ask("mix", lambda: segments.mix_test([[a.n, a.successes], [b.n, b.successes]]))
    ask("value", lambda: [evaluate.arm_value(arm, alpha=0.05) for arm in (a, b)])
    ask("all", lambda: evaluate.evaluate(typed.data_of_statistics({"A": a, "B": b}, metric="bought")))


@asked(
    means.compare_means, means.relative_test, means.mann_whitney, means.bootstrap_means, means.compare_ratios,
    cuped.compare_adjusted, cuped.compare_regressed, cuped.slope_within, quasi.compare_before_after,
    quasi.difference_in_differences, quasi.difference_of_changes, sequential.day_by_day, health.check_before,
    statistics.standard_error, outlook.with_baseline, result.relative_delta,
    result.relative_fieller,
)  # fmt: skip
@small
@given(columns, columns, columns, columns, levels, st.sampled_from(["two_sided", "greater", "less"]))
@example([5.0] * 3, [5.0] * 3, [0.0] * 3, [1.0] * 3, 0.05, "two_sided")
@example([1.0, 2.0], [2.0, 4.0], [1.0, -1.0], [1e-12, 0.0], 0.05, "two_sided")
@example([0.0, 1e9, -1e9], [1e-12, 0.0], [1.0, 1.0], [0.0, 0.0], 0.05, "greater")
@example([1.0, 2.0, 5.0], [2.0, 1e-160], [5e-324, 0.0, 0.0], [1e-160, 5e-324], 0.05, "two_sided")
@example([1e-160, 3e-160], [2e-160, 5e-324], [1e-160, 2e-160], [1.0, 1e-300], 0.05, "less")
@example([1e200, 1.0], [2.0, 1e-160], [1e300, 0.0], [1.0, 1.0], 0.05, "two_sided")
def test_two_means_and_ratios(one, two, three, four, alpha, alternative):
    try:
        a, b, c, d = (MeanStatistic.from_values(values) for values in (one, two, three, four))
    except AnalysisError as error:
        assert error.code == "experiment_too_extreme"
        return
    for test in ("welch_t", "student_pooled_t"):
        ask(test, lambda test=test: means.compare_means(a, b, test=test, alpha=alpha, alternative=alternative))
    ask("lift", lambda: means.relative_test(a, b, alpha=alpha, alternative=alternative))
    for exact in (True, False):
        ask("ranks", lambda exact=exact: means.mann_whitney(one, two, exact=exact, alternative=alternative))
    ask("bootstrap", lambda: means.bootstrap_means(one, two, seed=1, rounds=200, alpha=alpha))
    ask("before", lambda: quasi.compare_before_after(a, b, alpha=alpha))
    ask("did", lambda: quasi.difference_in_differences(a, b, c, d, alpha=alpha))
    ask("changes", lambda: quasi.difference_of_changes(a, b, alpha=alpha))
    ask("days", lambda: sequential.day_by_day([(a, b), (a + c, b + d)], alpha=alpha))
    ask("check", lambda: health.check_before(a, b))
    ask("baseline", lambda: outlook.with_baseline(MeanPlan(baseline=1, sd=1, effect=1), a))
    for fun in (result.relative_delta, result.relative_fieller):
        ask(fun.__name__, lambda fun=fun: fun(one[0], two[0], abs(three[0]), abs(four[0]), alpha=0.05))
    size, other = min(len(one), len(three)), min(len(two), len(four))
    try:
        x = RatioStatistic.from_values(one[:size], three[:size])
        y = RatioStatistic.from_values(two[:other], four[:other])
    except AnalysisError as error:
        assert error.code == "experiment_too_extreme"
        return
    ask("error", lambda: [statistics.standard_error(arm) for arm in (x, y)])
    ask("ratios", lambda: means.compare_ratios(x, y, alpha=alpha, alternative=alternative))
    ask("cuped", lambda: cuped.compare_adjusted(x, y, alpha=alpha, alternative=alternative))
    ask("ancova", lambda: cuped.compare_regressed(x, y, alpha=alpha, alternative=alternative))
    ask("slope", lambda: cuped.slope_within(x, y))


@asked(
    plan.sample_size, plan.power_of, plan.smallest_effect, plan.weeks_needed, plan.power_over_weeks,
    attained.attained_power,
    cohen.effect_size_h, cohen.power_of_h, cohen.power_of_d, cohen.power_of_w, cohen.size_for_w, cohen.rule_of_thumb,
    lead.lead_design, lead.crossing, midway.more_customers, sequential.group_design, crossing.crossing_probability,
    sequential.always_valid_quantile, sequential.always_valid,
)  # fmt: skip
@examples(15)
@given(
    number(-0.5, 1.5), number(-2, 2), number(0, 1e4), levels, st.sampled_from([0.8, 0.9, 0.5, 1.0, 0.0, 0.999999]),
    st.sampled_from([1.0, 0.1, 9.0, 0.0, 1e-6, *TINY]), st.integers(0, 4), st.sampled_from([None, 0.0, 0.02, *TINY]),
    st.sampled_from(["fixed", "obrien_fleming", "pocock", "always_valid"]), counts,
    st.sampled_from(["absolute", "relative"]), st.sampled_from([5.0, -5.0, 1e9, 1e-9, *TINY]),
)  # fmt: skip
@example(0.0, 0.05, 1.0, 0.05, 0.8, 1.0, 1, None, "fixed", 3, "absolute", 5.0)
@example(0.2, 0.05, 1.0, 0.05, 1.0, 1.0, 1, None, "fixed", 3, "absolute", 5.0)
@example(0.2, 0.05, 1.0, 0.05, 0.8, 1e-6, 1, None, "always_valid", 3, "absolute", 5.0)
@example(0.2, 1e-160, 5e-324, 0.05, 0.8, 1.0, 1, 1e-160, "fixed", 3, "relative", 5.0)
@example(5e-324, 1e-160, 1e-160, 0.05, 0.8, 5e-324, 2, 5e-324, "pocock", 10_000_000, "absolute", 5.0)
@example(1e-160, 1.0, 1.0, 0.05, 0.8, 1.0, 1, None, "fixed", 100, "absolute", 5.0)
def test_plans(baseline, effect, sd, alpha, power, ratio, treatments, margin, kind, n, unit, skewness):
    shared: dict[str, Any] = {"baseline": baseline, "effect": effect, "effect_kind": unit, "alpha": alpha}
    shared |= {"power": power, "split": ratio, "treatments": treatments, "margin": margin, "sequential": kind}
    share = ProportionPlan(**shared)
    means = (MeanPlan(sd=sd, **shared), MeanPlan(sd=sd, skewness=skewness, **shared))
    for one in (share, share.model_copy(update={"formula": "arcsine"}), *means):
        ask("size", lambda one=one: plan.sample_size(one))
        ask("power", lambda one=one: plan.power_of(one, n))
        ask("attained", lambda one=one: attained.attained_power(one, plan.sample_size(one)))
        ask("smallest", lambda one=one: plan.smallest_effect(one, n))
        ask("weeks", lambda one=one: plan.weeks_needed(plan.sample_size(one), sd))
        ask("curve", lambda one=one: plan.power_over_weeks(one, n, 3))
    ask("h", lambda: cohen.power_of_h(effect, n, sd, alpha=alpha))
    ask("effect h", lambda: cohen.effect_size_h(baseline, effect))
    ask("d", lambda: cohen.power_of_d(effect, n, sd, alpha=alpha))
    ask("w", lambda: cohen.power_of_w(effect, n, treatments, alpha=alpha))
    ask("size w", lambda: cohen.size_for_w(effect, treatments, power=power, alpha=alpha))
    ask("thumb", lambda: cohen.rule_of_thumb(sd, effect))
    ask("lead", lambda: lead.lead_design(effect, alpha=alpha, power=power))
    ask("midway", lambda: midway.more_customers(sd, n, target=effect, power=power, alpha=alpha, treatments=treatments))
    ask("always", lambda: sequential.always_valid(effect, sd, n, alpha=alpha, tuning=treatments))
    ask("believed", lambda: midway.more_customers(
        sd, n, target=effect, power=power, alpha=alpha, prior=NormalPrior(mean=baseline, sd=abs(effect))))  # fmt: skip


@asked(bayes.believe_effect, bayes.normal_best, decide.decide, decide.yearly_money, result.p_of_z, result.p_of_t)
@asked(result.interval)
@small
@given(number(), number(0, 1e9), number(), st.one_of(st.none(), number(0, 1e9)), levels, number())
@example(1e-160, 5e-324, 1e-300, 1e-160, 0.05, 1e9)
@example(1e9, 1e9, 1e300, 1e300, 0.05, 1e300)
def test_beliefs_and_money(value, se, mean, sd, alpha, money):
    prior = NormalPrior(mean=mean, sd=sd)
    ask("belief", lambda: bayes.believe_effect(value, se, prior=prior, alpha=alpha))
    ask("best", lambda: bayes.normal_best([value, mean, 0.0], [se, 1.0, abs(money)]))
    effect = Estimate(value, value - se, value + se, 0.95, "welch_t")
    ask("money", lambda: decide.yearly_money(effect, customers=abs(mean), value_per_unit=money))
    ask("decision", lambda: decide.decide(
        effect, decide.Rule(target=abs(mean)), days=9, customers_per_year=abs(money), value_per_unit=sd))  # fmt: skip


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["A", "B", " a", "C", ""]), st.integers(0, 30), st.sampled_from(["x", "y", ""]),
        st.integers(0, 1), st.one_of(st.none(), number()), number(0, 1e3), number(), st.integers(0, 6),
    ),
    min_size=1, max_size=80,
)  # fmt: skip


@asked(
    read.read_experiment, results.read_results, evaluate.evaluate, segments.read_segments, health.check_experiment,
    targets.whom_to_send, evaluate.running_days, changes.read_change,
)  # fmt: skip
@examples(15)
@given(ROWS)
@example([(arm, i, "x", 1, 5.0, 0.0, 3.0, 0) for i, arm in enumerate("AB" * 40)])
@example([(arm, i, "xy"[i % 3 > 0], i % 2, i * 1e7, 2.0, i, i % 7) for i, arm in enumerate("AAB" * 70)])
def test_whole_readings(rows):
    names = ["arm", "id", "city", "bought", "spend", "visits", "past", "day"]
    table = pd.DataFrame(rows, columns=names)
    table["day"] = [date(2024, 3, 1) + timedelta(days=int(day)) for day in table["day"]]
    table["spend"] = table["spend"].astype(float)
    metrics = (Metric(column="bought"), Metric(column="spend", kind="mean"))
    metrics += (Metric(column="spend", kind="ratio", denominator="visits"),)
    choice = ReadParams(arm="arm", unit="id", segment="city", day="day", covariates=("past",), metrics=metrics)
    try:
        data = read.read_experiment(table, choice)
    except AnalysisError as error:
        assert translator("en").has(f"error.{error.code}")
        return
    for group, treated in ((None, None), ("arm", "A")):
        for when, since in (("day", "2024-03-03"), ("visits", "2")):
            choice = ChangeParams(outcome="spend", when=when, since=since, unit="id", group=group, treated=treated)
            ask("change", lambda choice=choice: changes.read_change(table, choice))
    ask("health", lambda: health.check_experiment(data))
    ask("results", lambda: results.read_results(data))
    ask("evaluation", lambda: evaluate.evaluate(data))
    for metric in metrics:
        for arm in data.treatments:
            ask("days", lambda metric=metric, arm=arm: evaluate.running_days(data, metric.name, arm))
            ask("segments", lambda metric=metric, arm=arm: targets.whom_to_send(
                segments.read_segments(data, metric=metric.name, treatment=arm), value_per_unit=3.0))  # fmt: skip


@asked(split.balance)
@small
@given(st.lists(st.tuples(st.sampled_from("ABC"), st.one_of(st.none(), number()), st.sampled_from("xy")), min_size=1))
@example([("A", 1.0, "x"), ("B", 2.0, "y")])
def test_balance(rows):
    table = pd.DataFrame(rows, columns=["arm", "value", "city"])
    table["value"] = table["value"].astype(float)
    ask("balance", lambda: split.balance(table[["value", "city"]], table["arm"].tolist(), control="A"))


@asked(
    rates.compare_rates, rates.chance_of_more, rates.compare_counts, spending.spending_bounds,
    spending.conditional_power, paired.compare_paired, quantiles.compare_quantiles, quantiles.quantile_interval,
)  # fmt: skip
@small
@given(shares, number(), number(), levels)
@example((10_000_000, 0), 1e-160, 1e9, 0.05)
@example((10_000_000, 1), 1e6, 1e-12, 1e-6)
def test_rates_and_looks(events, one, two, alpha):
    try:
        a, b = rates.RateStatistic(events[0], abs(one)), rates.RateStatistic(events[1], abs(two))
    except AnalysisError as error:
        assert error.code in ("experiment_no_exposure", "experiment_too_extreme")
        return
    ask("rates", lambda: rates.compare_rates(a, b, alpha=alpha))
    ask("chance", lambda: rates.chance_of_more(a, b))
    ask("counts", lambda: rates.compare_counts([events[0], 0, 1], [events[1], 2], alpha=alpha))
    amounts = [one + two * place for place in range(40)]
    arms = [quantiles.QuantileStatistic.from_values([one * x for x in amounts], 0.5) for one in (1.0, 1.5)]
    ask("quantiles", lambda: quantiles.compare_quantiles(*arms, alpha=alpha))
    ask("quantile", lambda: quantiles.quantile_interval(arms[0], alpha=alpha))
    ask("pairs", lambda: paired.compare_paired([one, two, 1.0], [two, one, one], alpha=alpha))
    looks = sorted({min(abs(one), 1.0), min(abs(two), 1.0), 1.0})
    for kind in ("obrien_fleming", "pocock"):
        ask(kind, lambda kind=kind: spending.spending_bounds(looks, kind=kind, alpha=alpha))
    ask("power", lambda: spending.conditional_power(one, looks[0], bound=2.0, drift=two))


@pytest.mark.parametrize("tiny", [5e-324, 1e-288, 1e-160])
@pytest.mark.parametrize("other", [5e-324, 1.0, 1e300])
def test_numbers_so_small_that_their_squares_are_none(tiny, other):
    for fun in (result.relative_delta, result.relative_fieller):
        for pair in ((tiny, other), (other, tiny)):
            ask(fun.__name__, lambda fun=fun, pair=pair: fun(*pair, 1.0, tiny, alpha=0.05))
    for se, sd in ((tiny, other), (other, tiny), (tiny, tiny)):
        for mean in (0.0, other):
            ask("belief", lambda se=se, sd=sd, mean=mean: bayes.believe_effect(
                mean, se, prior=NormalPrior(mean=tiny, sd=sd)))  # fmt: skip


def test_every_public_function_is_asked():
    """A new function is asked here, or stands among those that another answers for, with the reason."""
    public = set()
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if found.ispkg or found.name.rpartition(".")[2] in WITHOUT_FIGURES | FROM_CHOICES:
            continue
        module = importlib.import_module(found.name)
        public |= {
            name for name, value in vars(module).items()
            if inspect.isroutine(value) and value.__module__ == module.__name__ and not name.startswith("_")
        }  # fmt: skip
    public |= {"group_design"}  # cached: no plain routine
    assert sorted(public - ASKED - set(THROUGH_ANOTHER)) == []
    assert sorted((ASKED | set(THROUGH_ANOTHER)) - public) == []


@pytest.mark.parametrize("kind", ["obrien_fleming", "pocock"])
@pytest.mark.parametrize("looks", [1, 2, 20, 51])
@pytest.mark.parametrize("alpha", [1e-6, 0.999])
def test_bounds_of_looks(kind, looks, alpha):
    ask("design", lambda: sequential.group_design(kind, looks, alpha=alpha, power=0.8))
