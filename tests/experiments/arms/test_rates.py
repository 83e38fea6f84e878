"""Rates and counts: published figures, statsmodels beside them, simulated error rates, each refusal."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analysis.errors import AnalysisError
from analysis.experiments.arms.rates import RateStatistic, chance_of_more, compare_counts, compare_rates
from tests.thorough import examples


def test_the_published_example_of_breast_cancer_and_fluoroscopy():
    # Rothman and Greenland (1998), p. 238: 41 cases in 28,010 and 15 in 19,017 person-years; ratio 1.86.
    found = compare_rates(RateStatistic(15, 19017), RateStatistic(41, 28010))
    assert found.relative is not None
    assert found.relative.low is not None
    assert found.relative.high is not None
    assert found.relative.value == pytest.approx(0.8558, abs=1e-3)
    # Their mid-p interval: 1.04 to 3.45.
    assert (1 + found.relative.low, 1 + found.relative.high) == pytest.approx((1.04, 3.45), abs=0.01)


@examples(30)
@given(st.integers(0, 200), st.integers(0, 200), st.floats(0.1, 10))
def test_the_test_and_the_interval_of_the_ratio_agree_and_lie_beside_the_exact_test(a, b, over):
    if a + b == 0:
        return
    found = compare_rates(RateStatistic(a, 10.0), RateStatistic(b, 10.0 * over))
    exact = binomtest(b, a + b, over / (1 + over)).pvalue
    assert found.test.p <= max(2 * exact, 1e-12)  # mid-p is less careful, and doubles the smaller side
    if found.relative is not None and abs(found.test.p - 0.05) > 1e-6:
        assert found.relative.low is not None
        high = np.inf if found.relative.high is None else found.relative.high
        assert (found.test.p > 0.05) == (found.relative.low < 0 < high)
    assert found.absolute.low is not None
    assert found.absolute.high is not None
    assert found.absolute.low <= found.absolute.value <= found.absolute.high


@pytest.mark.parametrize(("mean", "over"), [(4.0, 1.0), (20.0, 0.25)])
def test_rates_without_a_difference_are_called_in_no_more_than_a_twentieth(mean, over):
    rng = np.random.default_rng(int(mean))
    draws = rng.poisson([mean, mean * over], (250, 2)).tolist()
    wrong = sum(
        compare_rates(RateStatistic(a, 1.0), RateStatistic(b, over)).test.p < 0.05 for a, b in draws if a + b > 0
    )
    assert wrong / 250 < 0.104  # 99.9 % of such runs, were it 5 %


def test_the_chance_that_a_rate_is_higher_is_that_of_drawn_rates():
    rng = np.random.default_rng(2)
    for one, two in (((10, 5.0), (20, 8.0)), ((0, 3.0), (2, 1.0))):
        drawn = [rng.gamma(events + 0.5, 1 / exposure, 200_000) for events, exposure in (one, two)]
        found = chance_of_more(RateStatistic(*one), RateStatistic(*two))
        assert found == pytest.approx((drawn[1] > drawn[0]).mean(), abs=0.004)


def test_counts_are_read_as_statsmodels_reads_them():
    rng = np.random.default_rng(1)
    a, b = (rng.negative_binomial(0.7, 0.7 / (0.7 + mean), 400) for mean in (1.5, 2.0))
    found = compare_counts(a, b)
    fit = sm.NegativeBinomial(np.r_[a, b], sm.add_constant(np.repeat([0, 1], 400))).fit(disp=0)
    assert np.log1p(found.relative.value) == pytest.approx(fit.params[1], abs=1e-4)
    assert found.dispersion == pytest.approx(fit.params[2], abs=1e-3)
    assert found.test.p == pytest.approx(fit.pvalues[1], abs=1e-4)


def test_counts_of_which_few_have_most_are_not_called_different_by_chance():
    rng = np.random.default_rng(6)
    wrong = poisson = 0
    for _ in range(120):
        a, b = (rng.poisson(rng.gamma(0.5, 4, 300)) for _ in range(2))
        wrong += compare_counts(a, b).test.p < 0.05
        poisson += compare_rates(RateStatistic(int(a.sum()), 300.0), RateStatistic(int(b.sum()), 300.0)).test.p < 0.05
    assert wrong / 120 < 0.125  # 99.9 % of such runs, were it 5 %
    assert poisson / 120 > 0.2  # what the dispersion is for


def test_counts_that_vary_no_more_than_poissons_have_no_dispersion():
    found = compare_counts([1, 1, 1, 2] * 50, [1, 2, 2, 1] * 50)
    assert (found.dispersion, found.test.convention) == (0.0, "poisson_wald")


def test_without_an_event_in_control_there_is_no_ratio_but_a_difference():
    found = compare_rates(RateStatistic(0, 10), RateStatistic(5, 10))
    assert found.relative is None
    assert found.absolute.low is not None
    assert found.absolute.low > 0
    none = compare_rates(RateStatistic(5, 10), RateStatistic(0, 10)).relative
    assert none is not None
    assert none.low == -1.0


@pytest.mark.parametrize(
    ("code", "events", "exposure"),
    [
        ("experiment_negative_count", -1, 1.0),
        ("experiment_not_whole", 1.5, 1.0),
        ("experiment_no_exposure", 1, 0.0),
        ("experiment_not_a_number", float("nan"), 1.0),
        ("experiment_not_a_number", 1, float("inf")),
        ("experiment_too_extreme", 1, 1e200),
    ],
)
def test_what_is_no_rate_is_refused(code, events, exposure):
    with pytest.raises(AnalysisError, match=code):
        RateStatistic(events, exposure)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("experiment_not_a_count", [1.5, 2]),
        ("experiment_not_a_count", [-1, 2]),
        ("experiment_not_a_number", [float("nan"), 1]),
        ("experiment_empty_arm", []),
        ("experiment_no_variation", [0, 0]),
    ],
)
def test_what_is_no_count_is_refused(code, values):
    with pytest.raises(AnalysisError, match=code):
        compare_counts(values, [1, 2, 3])
    with pytest.raises(AnalysisError, match="experiment_no_variation"):
        compare_rates(RateStatistic(0, 1), RateStatistic(0, 1))
