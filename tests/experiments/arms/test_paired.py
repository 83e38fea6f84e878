"""The same customers twice: Student's own data, SciPy beside it, how often chance is called, each refusal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ttest_1samp, ttest_rel, wilcoxon

from analysis.errors import AnalysisError
from analysis.experiments.arms.paired import compare_paired, compare_with_mean
from analysis.experiments.arms.quantiles import QuantileStatistic

# Student (1908), Cushny and Peebles' sleep data (R's `sleep`): t = -4.0621, df = 9, p = 0.002833.
DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
OTHER = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_students_own_data_give_what_r_prints():
    found = compare_paired(DRUG, OTHER)
    assert (found.test.statistic, found.test.df, found.test.p) == pytest.approx((4.0621, 9, 0.002833), abs=5e-5)
    assert (found.effect.low, found.effect.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
def test_tests_are_those_of_scipy_with_every_side(alternative):
    rng = np.random.default_rng(1)
    before = rng.exponential(10, 60)
    after = np.where(rng.random(60) < 0.2, before, before + rng.normal(1, 4, 60))
    found = compare_paired(before, after, alternative=alternative)
    theirs = ttest_rel(after, before, alternative=alternative)
    assert (found.test.statistic, found.test.p) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert found.ranks is not None
    ranks = wilcoxon(after - before, zero_method="pratt", alternative=alternative)
    assert found.ranks.p == pytest.approx(ranks.pvalue)
    assert found.d == pytest.approx((after - before).mean() / (after - before).std(ddof=1))
    assert (found.effect.low is None, found.effect.high is None) == (alternative == "less", alternative == "greater")


def test_a_group_against_a_value_is_scipys_one_sample_test():
    values = np.random.default_rng(2).lognormal(3, 0.4, 40)
    found, theirs = compare_with_mean(values, 18.0), ttest_1samp(values, 18.0)
    assert found.test.p == pytest.approx(theirs.pvalue)
    assert (found.effect.low, found.effect.high) == pytest.approx(
        tuple(end - 18.0 for end in theirs.confidence_interval(0.95))
    )


def test_what_each_customer_is_like_does_not_hide_a_change_that_two_groups_would():
    rng = np.random.default_rng(3)
    before = rng.normal(100, 30, 80)
    assert compare_paired(before, before + rng.normal(2, 4, 80)).test.p < 0.01


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("experiment_unequal_lengths", [1, 2, 3], [1, 2]),
        ("experiment_too_few", [1], [2]),
        ("experiment_no_variation", [1, 2, 3], [2, 3, 4]),
        ("experiment_not_a_number", [1, float("nan")], [2, 3]),
        ("experiment_empty_arm", [], []),
    ],
)
def test_what_are_no_pairs_is_refused(code, before, after):
    with pytest.raises(AnalysisError, match=code):
        compare_paired(before, after)


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(AnalysisError, match="experiment_not_a_number"):
        compare_with_mean([1, 2, 3], float("inf"))


@pytest.mark.parametrize(
    "call",
    [
        lambda: compare_paired(["MARK", "2"], [1, 2]),
        lambda: compare_with_mean(["MARK", 2], 3.0),
        lambda: compare_with_mean([1, 2], "MARK"),  # type: ignore[arg-type]
        lambda: QuantileStatistic.from_values(["MARK"] * 3, 0.5),
    ],
)
def test_what_is_no_number_is_refused_and_quoted_nowhere(call):
    with pytest.raises(AnalysisError, match="experiment_not_a_number") as refused:
        call()
    assert "MARK" not in str(refused.value) and refused.value.__cause__ is None
