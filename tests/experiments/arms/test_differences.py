"""Intervals of two shares by name, against statsmodels and a plain search."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.errors import AnalysisError
from analysis.experiments.arms.differences import difference_interval, odds_ratio
from analysis.experiments.arms.statistics import ProportionStatistic

TABLES = [
    (1000, 200, 1000, 250),
    (80, 48, 70, 56),
    (20, 0, 20, 0),
    (20, 0, 25, 25),
    (300, 3, 900, 20),
    (50, 50, 40, 12),
]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    ("convention", "name"),
    [("newcombe", "newcomb"), ("agresti_caffo", "agresti-caffo"), ("wald_unpooled", "wald")],
)
def test_closed_intervals_equal_statsmodels(table, convention, name):
    n1, x1, n2, x2 = table
    low, high = confint_proportions_2indep(x2, n2, x1, n1, method=name, compare="diff")
    found = difference_interval(ProportionStatistic(n1, x1), ProportionStatistic(n2, x2), convention=convention)
    assert (found.low, found.high) == pytest.approx((max(low, -1), min(high, 1)), abs=1e-9)
    assert found.convention == convention


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("convention", ["mee", "miettinen_nurminen"])
def test_score_intervals_equal_a_plain_search(table, convention):
    n1, x1, n2, x2 = table
    value = x2 / n2 - x1 / n1
    widened = (n1 + n2) / (n1 + n2 - 1) if convention == "miettinen_nurminen" else 1.0

    def likeliest(d):
        def loss(p):
            logs = np.log(np.clip([p, 1 - p, p + d, 1 - p - d], 1e-300, None))
            return -(x1 * logs[0] + (n1 - x1) * logs[1] + x2 * logs[2] + (n2 - x2) * logs[3])

        return minimize_scalar(loss, bounds=(max(0, -d), min(1, 1 - d)), method="bounded", options={"xatol": 1e-12}).x

    def beyond(d):
        p = likeliest(d)
        spread = (p * (1 - p) / n1 + (p + d) * (1 - p - d) / n2) * widened
        return (value - d) ** 2 - norm.isf(0.025) ** 2 * spread

    def end(edge):
        start = value + np.sign(edge) * 1e-7  # at the estimate itself the score can be 0 by 0
        return edge if abs(start) >= 1 or beyond(edge) <= 0 else brentq(beyond, start, edge)

    found = difference_interval(ProportionStatistic(n1, x1), ProportionStatistic(n2, x2), convention=convention)
    assert (found.low, found.high) == pytest.approx((end(-1 + 1e-9), end(1 - 1e-9)), abs=2e-5)


def test_the_odds_ratio_is_the_root_of_its_own_equation():
    # Tea tasting: weights 1, 16, 36, 16, 1; the likeliest ratio solves t^4 - 36 t^2 - 32 t - 3 = 0.
    found = odds_ratio(ProportionStatistic(4, 1), ProportionStatistic(4, 3))
    t = found.value
    assert t**4 - 36 * t**2 - 32 * t - 3 == pytest.approx(0, abs=1e-8)

    def share(ratio, counts):
        weights = np.array([1, 16, 36, 16, 1]) * ratio ** np.arange(5)
        return weights[counts].sum() / weights.sum()

    assert share(found.low, [3, 4]) == pytest.approx(0.025)
    assert share(found.high, [0, 1, 2, 3]) == pytest.approx(0.025)


def test_an_open_or_missing_side_is_none_or_refused():
    arms = ProportionStatistic(100, 20), ProportionStatistic(100, 30)
    for convention in ("agresti_caffo", "mee", "newcombe", "wald_unpooled"):
        assert difference_interval(*arms, convention=convention, alternative="greater").high is None
        assert difference_interval(*arms, convention=convention, alternative="less").low is None
    with pytest.raises(AnalysisError) as caught:
        odds_ratio(ProportionStatistic(100, 0), ProportionStatistic(100, 30))
    assert caught.value.code == "experiment_no_odds_ratio"
