from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from analysis.experiments.arms.proportions import compare_proportions, proportion_test
from analysis.experiments.arms.score import (
    difference_of_proportions,
    hybrid_exact,
    ratio_of_proportions,
    score_difference,
)
from analysis.experiments.arms.statistics import ProportionStatistic as P
from analysis.experiments.reading.results import far_tails


def test_koopmans_interval_of_one_of_34_against_seven_of_34():
    # Koopman's own equation, solved for this table with as few conversions as his examples have: 1.2209 to 42.576.
    from analysis.experiments.arms.score import _koopman

    assert _koopman(1, 34, 7, 34, 0.025) == pytest.approx((1.2209, 42.576), abs=0.001)


def test_the_ratio_interval_is_where_the_score_test_stops_to_reject():
    found = ratio_of_proportions(P(400, 40), P(300, 42))
    assert found is not None and found.low is not None and found.high is not None
    for ratio in (1 + found.low, 1 + found.high):
        grid = np.linspace(1e-4, min(1, 1 / ratio) - 1e-4, 400_001)
        log = 40 * np.log(grid) + 360 * np.log1p(-grid) + 42 * np.log(ratio * grid) + 258 * np.log1p(-ratio * grid)
        p1 = grid[log.argmax()]
        p2 = ratio * p1
        z = (42 / 300 - ratio * 40 / 400) / math.sqrt(p2 * (1 - p2) / 300 + ratio**2 * p1 * (1 - p1) / 400)
        assert abs(z) == pytest.approx(1.959964, abs=1e-3)


def test_with_few_conversions_the_ratio_interval_is_the_exact_one_of_their_split():
    found = ratio_of_proportions(P(1800, 6), P(200, 2))
    ends = binomtest(2, 8).proportion_ci(method="exact")
    assert found is not None and found.convention == "binomial_conditional"
    assert (found.low, found.high) == pytest.approx(
        [9 * end / (1 - end) - 1 for end in (ends.low, ends.high)], abs=1e-9
    )


@pytest.mark.parametrize(
    ("a", "b"), [((1800, 9), (200, 0)), ((200, 0), (1800, 9)), ((50, 0), (60, 30)), ((9, 9), (9, 9))]
)
def test_a_lift_is_never_below_minus_all_and_open_where_control_has_none(a, b):
    found = ratio_of_proportions(P(*a), P(*b))
    assert found is not None and found.low is not None and found.low >= -1
    assert (found.high is None) == (a[1] == 0)
    assert found.low <= found.value
    assert found.high is None or found.high > -1


def test_one_sided_intervals_have_one_end_on_both_scales():
    reading = compare_proportions(P(1000, 200), P(1000, 250), alternative="larger")  # type: ignore[arg-type]
    assert reading.relative is not None
    assert (reading.absolute.high, reading.relative.high) == (None, None)
    assert reading.absolute.low > 0 and reading.relative.low > 0  # type: ignore[operator]


def test_hybrid_of_exact_intervals_holds_newcombes():
    exact, score = hybrid_exact(P(60, 3), P(40, 1)), score_difference(P(60, 3), P(40, 1), widened=True)
    assert exact.low <= score.low and exact.high >= score.high  # type: ignore[operator]


@cache  # the same counts come with many rates
def intervals(n1, x1, n2, x2):
    return ratio_of_proportions(P(n1, x1), P(n2, x2)), difference_of_proportions(P(n1, x1), P(n2, x2))


@pytest.mark.parametrize("share", [0.002, 0.01, 0.05, 0.3])
@pytest.mark.parametrize("lift", [0.0, -0.5, 0.5])
@pytest.mark.parametrize(("n1", "n2"), [(95, 5), (50, 50), (10, 90), (270, 30), (475, 25)])
def test_both_intervals_cover_by_enumeration(n1, n2, share, lift):
    """Every count of both arms with its exact chance: no cell below 91 %."""
    ones, twos = (binom.pmf(range(n + 1), n, rate) for n, rate in ((n1, share), (n2, share * (1 + lift))))
    missed, whole = np.zeros(2), 0.0
    for x1, x2 in np.argwhere(np.outer(ones, twos) >= 1e-4).tolist():
        chance = ones[x1] * twos[x2]
        whole += chance
        for place, (found, truth) in enumerate(zip(intervals(n1, x1, n2, x2), (lift, share * lift), strict=True)):
            if found is not None:
                inside = found.low - 1e-12 <= truth and (found.high is None or truth <= found.high + 1e-12)
                missed[place] += 0 if inside else chance
    assert (1 - missed / whole >= 0.91).all()


@pytest.mark.parametrize(("n1", "n2", "share"), [(270, 30, 0.06)])
def test_at_the_levels_of_many_comparisons_rare_and_unequal_arms_keep_the_promise(n1, n2, share):
    # Counted exactly over both counts: the score statistic alone misses 1.6 times as often as alpha says.
    alpha, missed, missed_ratio, rejected = 0.05 / 8, 0.0, 0.0, 0.0
    counts = [[k for k in range(n + 1) if binom.pmf(k, n, share) > 1e-7] for n in (n1, n2)]
    for a in counts[0]:
        for b in counts[1]:
            arms, chance = (P(n1, a), P(n2, b)), binom.pmf(a, n1, share) * binom.pmf(b, n2, share)
            if chance < 1e-8 or a + b == 0:
                continue
            found, ratio = difference_of_proportions(*arms, alpha=alpha), ratio_of_proportions(*arms, alpha=alpha)
            missed += chance * (not found.low <= 0 <= found.high)
            missed_ratio += chance * (not ratio.low <= 0 <= (math.inf if ratio.high is None else ratio.high))
            test = "fisher" if far_tails(*arms, alpha=alpha) else "z_pooled"
            rejected += chance * (proportion_test(*arms, test=test).p < alpha)
    assert missed <= alpha * 1.02
    assert missed_ratio <= alpha * 1.1
    assert rejected <= alpha * 1.02
