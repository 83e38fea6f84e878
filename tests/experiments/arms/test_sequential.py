"""Looking early: published tables, the naive error for comparison, simulated peeking."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.crossing import crossing_probability
from analysis.experiments.arms.means import compare_means, relative_test
from analysis.experiments.arms.sequential import (
    always_valid,
    always_valid_arms,
    always_valid_quantile,
    day_by_day,
    group_design,
    one_sided_quantile,
)
from analysis.experiments.arms.statistics import ProportionStatistic


@pytest.mark.parametrize(
    ("kind", "looks", "constant", "inflation"),
    [
        # Jennison and Turnbull (2000), tables 2.1 to 2.4, alpha 0.05, power 0.8.
        ("pocock", 2, 2.178, 1.110),
        ("pocock", 3, 2.289, 1.166),
        ("pocock", 4, 2.361, 1.202),
        ("pocock", 5, 2.413, 1.229),
        ("pocock", 10, 2.555, 1.301),
        ("obrien_fleming", 2, 1.977, 1.008),
        ("obrien_fleming", 3, 2.004, 1.017),
        ("obrien_fleming", 4, 2.024, 1.024),
        ("obrien_fleming", 5, 2.040, 1.028),
        ("obrien_fleming", 10, 2.087, 1.040),
    ],
)
def test_bounds_are_those_of_the_published_tables(kind, looks, constant, inflation):
    design = group_design(kind, looks)
    assert design.constant == pytest.approx(constant, abs=6e-4)
    assert design.inflation == pytest.approx(inflation, abs=6e-4)
    assert crossing_probability(design.bounds) == pytest.approx(0.05, abs=1e-7)


@pytest.mark.parametrize(("looks", "error"), [(1, 0.05), (2, 0.083), (5, 0.142), (10, 0.193), (20, 0.248)])
def test_the_naive_error_grows_with_every_look_as_armitage_found(looks, error):
    # Armitage, McPherson, Rowe (1969), table 2.
    assert crossing_probability([1.959964] * looks) == pytest.approx(error, abs=6e-4)


def test_always_valid_is_wider_than_the_fixed_test():
    reading = compare_means(ProportionStatistic(1000, 200), ProportionStatistic(1000, 250))
    found, test = always_valid(0.05, reading.absolute.se, 2000)
    assert (found.low, found.high) == pytest.approx((-0.00823146525, 0.10823146525), abs=1e-9)
    assert test.p == pytest.approx(0.13253184, abs=1e-7)
    assert reading.test.p < 0.01


def test_growthbooks_own_example_of_a_relative_sequential_test():
    lift, _ = relative_test(ProportionStatistic(3000, 1396), ProportionStatistic(3461, 2422))
    found, test = always_valid(lift.value, lift.se, 6461)
    assert (found.value, found.low, found.high) == pytest.approx((0.50386, 0.40098, 0.60675), abs=6e-6)
    assert test.p < 1e-40


def test_the_p_value_meets_alpha_where_the_interval_touches_nought():
    found, _ = always_valid(0.0, 1.0, 3000)
    assert always_valid(found.high, 1.0, 3000)[1].p == pytest.approx(0.05, abs=1e-12)


def test_twenty_looks_without_effect_keep_the_error_that_the_naive_test_breaks():
    rng = np.random.default_rng(21)
    steps = rng.binomial(200, 0.2, (1000, 2, 20)).cumsum(axis=2)
    naive = always = bounded = 0
    bounds = group_design("obrien_fleming", 20).bounds
    for control, treatment in steps.tolist():
        totals = [
            (ProportionStatistic(200 * (i + 1), a), ProportionStatistic(200 * (i + 1), b))
            for i, (a, b) in enumerate(zip(control, treatment, strict=True))
        ]
        days = day_by_day(totals)
        naive += any(day.naive_p < 0.05 for day in days)
        always += days[-1].always_p < 0.05
        z = [day.naive.value / day.naive.se for day in days]
        bounded += any(abs(value) > bound for value, bound in zip(z, bounds, strict=True))
    assert naive / 1000 == pytest.approx(0.248, abs=0.05)
    assert always <= 50 + 3.3 * 6.9
    assert 50 - 3.3 * 6.9 <= bounded <= 50 + 3.3 * 6.9


def test_days_that_cannot_be_read_are_left_out_and_p_never_rises():
    totals = [(ProportionStatistic(5, 0), ProportionStatistic(5, 0))]
    totals += [(ProportionStatistic(n, n // 5), ProportionStatistic(n, n // 4)) for n in (400, 4000, 4001)]
    days = day_by_day(totals)
    assert [day.n for day in days] == [800, 8000, 8002]
    assert days[0].always_p >= days[1].always_p >= days[2].always_p


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: always_valid(0.1, 0.0, 100), "experiment_no_variation"),
        (lambda: always_valid(0.1, 1.0, 1), "experiment_too_few"),
        (lambda: always_valid(0.1, 1.0, 100, tuning=0), "experiment_bad_tuning"),
        (lambda: always_valid(0.1, 1.0, 100, alpha=2), "experiment_bad_alpha"),
        (lambda: group_design("pocock", 51), "experiment_bad_looks"),
        (lambda: group_design("pocock", 5, power=1), "experiment_bad_power"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


@pytest.mark.parametrize(("share", "per_day"), [(0.02, (900, 100)), (0.005, (950, 50))])
def test_unequal_arms_looked_at_daily_are_wrong_in_one_of_twenty_at_most(share, per_day):
    rng = np.random.default_rng(4)
    wrong, runs = 0, 60
    for _ in range(runs):
        hits = [rng.binomial(n, share, 28).cumsum() for n in per_day]
        for day in range(1, 29, 2):
            arms = [ProportionStatistic(n * (day + 1), int(x[day])) for n, x in zip(per_day, hits, strict=True)]
            if always_valid_arms(*arms)[1].p < 0.05:
                wrong += 1
                break
    assert wrong <= 8  # of 60 at 5 %: more in one of 300 runs; the variance of each arm alone gives 15 to 30


def test_before_ten_conversions_nothing_is_said_of_shares():
    found, test = always_valid_arms(ProportionStatistic(9000, 0), ProportionStatistic(1000, 9))
    assert (found.low, found.high, test.p) == (-1.0, 1.0, 1.0)


def test_with_one_side_the_interval_has_one_end_nearer_than_both_have():
    both, _ = always_valid(0.05, 0.02, 4000)
    above, test = always_valid(0.05, 0.02, 4000, alternative="greater")
    below, other = always_valid(0.05, 0.02, 4000, alternative="smaller")  # type: ignore[arg-type]  # statsmodels' word
    assert above.high is None
    assert below.low is None
    assert both.low is not None
    assert both.high is not None
    assert above.low is not None
    assert below.high is not None
    assert both.low < above.low < 0.05 < below.high < both.high
    assert test.p < 0.5 < other.p
    assert (test.alternative, other.alternative) == ("greater", "less")
    touching, _ = always_valid(0.0, 1.0, 3000, alternative="less")
    assert touching.high is not None
    assert always_valid(touching.high, 1.0, 3000, alternative="greater")[1].p == pytest.approx(0.05, abs=1e-9)


def test_one_side_looked_at_a_hundred_times_is_wrong_in_no_more_than_it_says():
    rng = np.random.default_rng(8)
    n = np.arange(100, 10_001, 100)
    z = rng.normal(size=(2000, len(n))).cumsum(axis=1) / np.sqrt(np.arange(1, len(n) + 1))
    limits = np.array([one_sided_quantile(int(size)) for size in n])
    above = (z > limits).any(axis=1).mean()
    assert above <= 0.05
    # Not more careful than it has to be: two sides at 5 % leave 2.5 % for this one.
    assert above > (z > np.array([always_valid_quantile(int(size)) for size in n])).any(axis=1).mean()


def test_shares_and_means_of_arms_are_read_with_one_side_too():
    shares = ProportionStatistic(4000, 400), ProportionStatistic(4000, 480)
    both, above = (always_valid_arms(*shares, alternative=side)[0] for side in ("two_sided", "greater"))
    assert both.low is not None
    assert above.low is not None
    assert above.high is None
    assert both.low < above.low < both.value
    few, test = always_valid_arms(ProportionStatistic(50, 1), ProportionStatistic(50, 2), alternative="less")
    assert (few.low, few.high, test.p) == (None, 1.0, 1.0)
