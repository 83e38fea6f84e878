from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from analysis.stats.intervals import mean_interval, wilson


@pytest.mark.parametrize(("count", "n"), [(0, 10), (10, 10), (3, 10), (120, 4000)])
def test_wilson_equals_statsmodels(count, n):
    low, high = wilson(np.array([count]), np.array([n]))
    expected = proportion_confint(count, n, method="wilson")
    assert (low[0], high[0]) == pytest.approx((max(expected[0], 0), min(expected[1], 1)), abs=1e-12)


def test_the_interval_of_a_mean_equals_scipy():
    values = np.random.default_rng(0).normal(5, 2, 12)
    low, high = mean_interval(*(np.array([x]) for x in (values.mean(), values.std(ddof=1), 12)))
    expected = stats.t.interval(0.95, 11, loc=values.mean(), scale=stats.sem(values))
    assert (low[0], high[0]) == pytest.approx(expected)


def test_one_value_has_no_interval():
    low, high = mean_interval(np.array([5.0]), np.array([np.nan]), np.array([1]))
    assert np.isnan(low[0])
    assert np.isnan(high[0])
