"""CUPED: the worked reference, the stated reduction, the error it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analysis.errors import AnalysisError
from analysis.experiments.arms.cuped import compare_adjusted, compare_regressed, slope_within
from analysis.experiments.arms.statistics import RatioStatistic

CONTROL = RatioStatistic.from_values(
    [51.4, 66.5, 46.8, 55.1, 51.2, 36.8, 61.7, 59.9, 56.7, 44.1, 52.5, 59.5],
    [53.0, 72.3, 47.7, 45.7, 44.9, 38.7, 64.9, 63.0, 62.6, 48.8, 53.3, 52.9],
)
TREATMENT = RatioStatistic.from_values(
    [53.2, 70.3, 53.6, 69.1, 48.0, 58.8, 66.7, 59.2, 36.7, 56.0, 58.6, 53.9],
    [56.3, 60.1, 55.1, 63.7, 51.2, 51.0, 67.9, 57.7, 37.5, 52.4, 59.6, 56.2],
)


def test_theta_over_both_arms_gives_the_reference_of_r():
    found = compare_adjusted(CONTROL, TREATMENT)
    assert (found.theta, found.correlation, found.variance_reduction) == pytest.approx(
        (0.864873938498674, 0.849973150931052, 0.849973150931052**2), abs=1e-9
    )
    test, effect = found.adjusted.test, found.adjusted.absolute
    assert (effect.value, effect.low, effect.high) == pytest.approx(
        (1.98534455711, -1.929641709, 5.900330823), abs=1e-8
    )
    assert (test.statistic, test.df, test.p) == pytest.approx((1.05180204743, 21.95971628, 0.304327505), abs=1e-8)


def test_five_hundred_adjusted_tests_without_effect_keep_their_error():
    rng = np.random.default_rng(4)
    before = rng.normal(50, 10, (500, 2, 1000))
    after = before + rng.normal(0, 6, before.shape)
    rejected = sum(
        compare_adjusted(*(RatioStatistic.from_values(y[i], x[i]) for i in (0, 1))).adjusted.test.p < 0.05
        for x, y in zip(before, after, strict=True)
    )
    low, high = stats.binom.interval(0.999, 500, 0.05)
    assert low <= rejected <= high


def test_a_covariate_that_does_not_vary_is_refused():
    flat = RatioStatistic.from_values([1.0, 2.0], [3.0, 3.0])
    with pytest.raises(AnalysisError) as caught:
        compare_adjusted(flat, flat)
    assert caught.value.code == "experiment_no_covariate_variation"


def test_regression_on_the_covariate_equals_least_squares():
    import statsmodels.api as sm

    rng = np.random.default_rng(3)
    pre, arm = rng.normal(50, 10, 60), np.repeat([0.0, 1.0], [25, 35])
    post = 0.8 * pre + 2 * arm + rng.normal(0, 4, 60)
    fit = sm.OLS(post, np.column_stack([np.ones(60), arm, pre])).fit()
    sides = [RatioStatistic.from_values(post[arm == side], pre[arm == side]) for side in (0, 1)]
    found = compare_regressed(*sides)
    assert (found.absolute.value, found.absolute.se) == pytest.approx((fit.params[1], fit.bse[1]))
    assert (found.test.p, found.test.df) == pytest.approx((fit.pvalues[1], fit.df_resid))
    assert (found.absolute.low, found.absolute.high) == pytest.approx(tuple(fit.conf_int()[1]))
    assert slope_within(*sides) == pytest.approx(fit.params[2])


@pytest.mark.parametrize(
    ("post", "pre", "code"),
    [
        (([1.0, 2.0, 3.0], [2.0, 3.0, 5.0]), ([4.0] * 3, [4.0] * 3), "experiment_no_covariate_variation"),
        (([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]), ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]), "experiment_no_variation"),
        (([1.0], [2.0, 3.0]), ([1.0], [1.0, 2.0]), "experiment_too_few"),
    ],
)
def test_a_regression_without_an_answer_is_refused(post, pre, code):
    with pytest.raises(AnalysisError) as caught:
        compare_regressed(*(RatioStatistic.from_values(a, b) for a, b in zip(post, pre, strict=True)))
    assert caught.value.code == code
