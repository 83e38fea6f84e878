"""One share against a fixed one: as R and statsmodels print it, exact where it says exact."""

from __future__ import annotations

import pytest
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from analysis.errors import AnalysisError
from analysis.experiments.arms.one_share import clopper_pearson, compare_with_value
from analysis.experiments.arms.statistics import ProportionStatistic


def test_mendels_peas_are_those_of_the_documentation_of_r():
    # R: binom.test(682, 925, p = 0.75), p-value = 0.3825, 0.7076683 0.7654066.
    found = compare_with_value(ProportionStatistic(925, 682), 0.75)
    assert found.test.p == pytest.approx(0.3825, abs=5e-5)
    assert (found.share.low, found.share.high) == pytest.approx((0.7076683, 0.7654066), abs=5e-8)


@pytest.mark.parametrize("alternative", ["two_sided", "greater", "less"])
@pytest.mark.parametrize(("n", "x"), [(20, 0), (20, 20), (83, 5), (1000, 231)])
def test_exact_ends_and_p_equal_scipy(n, x, alternative):
    other = binomtest(x, n, 0.3, alternative=alternative.replace("_", "-"))
    found = compare_with_value(ProportionStatistic(n, x), 0.3, alternative=alternative)
    ends = other.proportion_ci(0.95, method="exact")
    assert found.test.p == pytest.approx(other.pvalue)
    assert found.share.low == (None if alternative == "less" else pytest.approx(ends.low, abs=1e-12))
    assert found.share.high == (None if alternative == "greater" else pytest.approx(ends.high, abs=1e-12))


@pytest.mark.parametrize(("test", "variance"), [("z_sample", False), ("z_null", 0.05)])
def test_both_normal_tests_equal_statsmodels(test, variance):
    z, p = proportions_ztest(5, 83, 0.05, prop_var=variance)
    found = compare_with_value(ProportionStatistic(83, 5), 0.05, test=test).test
    assert (found.statistic, found.p) == pytest.approx((z, p))


def test_the_exact_interval_covers_at_least_as_often_as_it_says():
    n = 30
    ends = [clopper_pearson(ProportionStatistic(n, x)) for x in range(n + 1)]
    assert ends[4].low == pytest.approx(proportion_confint(4, n, method="beta")[0])
    for share in (0.01, 0.1, 0.37, 0.5):
        inside = sum(binom.pmf(x, n, share) for x in range(n + 1) if ends[x].low <= share <= ends[x].high)
        assert inside >= 0.95


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: compare_with_value(ProportionStatistic(10, 3), 0.0), "experiment_bad_baseline"),
        (lambda: compare_with_value(ProportionStatistic(10, 0), 0.5, test="z_sample"), "experiment_no_variation"),
        (lambda: compare_with_value(ProportionStatistic(10, 3), 0.5, alpha=0), "experiment_bad_alpha"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
