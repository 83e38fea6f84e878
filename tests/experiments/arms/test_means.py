"""Two means and two ratios: published numbers, other libraries, refusals, calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.errors import AnalysisError
from analysis.experiments.arms.means import (
    bootstrap_means,
    cap_values,
    compare_means,
    compare_ratios,
    mann_whitney,
    relative_test,
)
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic

# Student (1908), the sleep data that R ships.
SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def stat(values):
    return MeanStatistic.from_values(values)


def test_students_sleep_data_give_the_printed_t():
    pooled = compare_means(stat(SLEEP[1]), stat(SLEEP[0]), test="student_pooled_t").test
    assert (pooled.statistic, pooled.df, pooled.p) == pytest.approx((-1.8608, 18, 0.07919), abs=5e-5)
    welch = compare_means(stat(SLEEP[1]), stat(SLEEP[0]))
    # R: t = -1.8608, df = 17.776, p-value = 0.07939, -3.3654832 to 0.2054832.
    assert (welch.test.statistic, welch.test.df, welch.test.p) == pytest.approx((-1.8608, 17.776, 0.07939), abs=5e-4)
    assert (welch.absolute.low, welch.absolute.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)


def test_welch_of_sums_equals_scipy_of_rows():
    rng = np.random.default_rng(3)
    a, b = rng.gamma(1, 20, 90), rng.gamma(1, 24, 300)
    found = compare_means(stat(a), stat(b))
    expected = stats.ttest_ind(b, a, equal_var=False)
    assert (found.test.statistic, found.test.p) == pytest.approx((expected.statistic, expected.pvalue))
    span = expected.confidence_interval()
    assert (found.absolute.low, found.absolute.high) == pytest.approx((span.low, span.high))


def test_the_relative_test_is_not_the_absolute_one():
    lift, test = relative_test(ProportionStatistic(1000, 200), ProportionStatistic(1000, 250))
    assert lift.value == pytest.approx(0.25)
    assert test.p == pytest.approx(0.01692, abs=5e-6)
    absolute = compare_means(ProportionStatistic(1000, 200), ProportionStatistic(1000, 250))
    assert absolute.test.p == pytest.approx(0.00737, abs=5e-6)


def test_ratio_of_ones_is_the_mean_of_the_top():
    rng = np.random.default_rng(4)
    a, b = rng.normal(5, 2, 400), rng.normal(5.2, 2, 500)
    found = compare_ratios(RatioStatistic.from_values(a, np.ones(400)), RatioStatistic.from_values(b, np.ones(500)))
    assert found.absolute.se == pytest.approx(compare_means(stat(a), stat(b)).absolute.se)


def test_mann_whitney_of_the_documentation_of_r():
    x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    y = [1.15, 0.88, 0.9, 0.74, 1.21]
    found = mann_whitney(y, x, exact=True, alternative="greater")
    assert (found.statistic, found.p) == pytest.approx((35, 0.1272), abs=5e-5)
    assert mann_whitney(y, x).p == pytest.approx(0.244623605, abs=1e-8)
    assert mann_whitney(y, x, continuity=False).convention == "mann_whitney_normal"


def test_bootstrap_is_the_same_for_the_same_seed_and_near_welch():
    rng = np.random.default_rng(5)
    a, b = rng.gamma(1, 20, 2000), rng.gamma(1, 24, 2000)
    one, two = bootstrap_means(a, b, seed=7), bootstrap_means(a, b, seed=7)
    assert one == two
    welch = compare_means(stat(a), stat(b))
    assert (one.absolute.low, one.absolute.high) == pytest.approx((welch.absolute.low, welch.absolute.high), abs=0.3)


def test_one_cap_holds_for_both_arms():
    a, b, cap = cap_values([0, 0, 0, 0, 1], [0, 0, 0, 0, 1000], quantile=0.9)
    # Type 7 at 0.9 of ten values: position 8.1, between 1 and 1000.
    assert cap == pytest.approx(1 + 0.1 * 999)
    assert max(b) == cap
    assert max(a) == 1


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: compare_means(stat([1, 1]), stat([1, 1])), "experiment_no_variation"),
        (lambda: compare_means(stat([1]), stat([1, 2])), "experiment_too_few"),
        (lambda: compare_means(stat([1, 2]), stat([1, 2]), alpha=1), "experiment_bad_alpha"),
        (lambda: relative_test(stat([0, 0]), stat([1, 2])), "experiment_zero_baseline"),
        (lambda: mann_whitney([1, 1], [1, 1]), "experiment_no_variation"),
        (lambda: mann_whitney([1, 2], [2, 3], exact=True), "experiment_ties"),
        (lambda: bootstrap_means([1], [1, 2], seed=1), "experiment_too_few"),
        (lambda: bootstrap_means([1, 1], [1, 1], seed=1), "experiment_no_variation"),
        (lambda: cap_values([1], [2], quantile=1), "experiment_bad_quantile"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


def test_a_control_of_nought_has_no_relative_effect():
    reading = compare_means(stat([-1, 1]), stat([1, 2]))
    assert reading.relative is None
    assert "experiment_no_relative" in {note.code for note in reading.notes}


def test_two_thousand_tests_without_effect_keep_their_error():
    rng = np.random.default_rng(12)
    low, high = stats.binom.interval(0.999, 2000, 0.05)
    spend = rng.gamma(2, 10, (2000, 2, 1000))
    visits = rng.poisson(4, (2000, 2, 1000)) + 1.0
    welch = ratio = rank = 0
    for money, seen in zip(spend, visits, strict=True):
        welch += compare_means(stat(money[0]), stat(money[1])).test.p < 0.05
        arms = [RatioStatistic.from_values(money[i] * seen[i], seen[i]) for i in (0, 1)]
        ratio += compare_ratios(*arms).test.p < 0.05
    for money in spend[:500, :, :200]:
        rank += mann_whitney(money[0], money[1]).p < 0.05
    assert low <= welch <= high
    assert low <= ratio <= high
    assert rank <= stats.binom.ppf(0.9995, 500, 0.05)


def test_two_hundred_bootstraps_without_effect_keep_their_error():
    rng = np.random.default_rng(13)
    draws = rng.binomial(1, 0.3, (200, 2, 1000)) * rng.integers(1, 20, (200, 2, 1000))
    rejected = sum(bootstrap_means(a, b, seed=i, rounds=600).test.p < 0.05 for i, (a, b) in enumerate(draws))
    low, high = stats.binom.interval(0.999, 200, 0.05)
    assert low <= rejected <= high


@pytest.mark.slow
def test_hillstrom_visits_of_the_mens_mail(shared_data):
    import pandas as pd

    from analysis.experiments.arms.proportions import compare_proportions

    rows = pd.read_csv(shared_data / "ab" / "hillstrom.csv")
    arms = {
        (key, metric): ProportionStatistic.from_values(part[metric])
        for key, part in rows.groupby("segment")
        for metric in ("visit", "conversion")
    }
    shares = [arms[key, "visit"].mean for key in ("Mens E-Mail", "Womens E-Mail", "No E-Mail")]
    assert shares == pytest.approx([0.1828, 0.1514, 0.1062], abs=5e-5)
    bought = [arms[key, "conversion"].mean for key in ("Mens E-Mail", "Womens E-Mail", "No E-Mail")]
    assert bought == pytest.approx([0.01253, 0.00884, 0.00573], abs=5e-6)
    mens = compare_proportions(arms["No E-Mail", "visit"], arms["Mens E-Mail", "visit"])
    assert mens.test.statistic == pytest.approx(22.486, abs=5e-4)


@pytest.mark.parametrize(("n", "warned"), [(20, True), (49, True), (50, False)])
def test_a_ratio_of_few_customers_is_said_to_be_rough(n, warned):
    rng = np.random.default_rng(3)
    visits = 1 + rng.poisson(3, 180)
    small, large = (RatioStatistic.from_values(rng.binomial(visits[:m], 0.3), visits[:m]) for m in (n, 180))
    codes = [note.code for note in compare_ratios(large, small).notes]
    assert codes == (["experiment_few_customers"] if warned else [])
