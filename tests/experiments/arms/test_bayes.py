"""Beliefs: the published values, integrals against draws, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import (
    BetaPrior,
    NormalPrior,
    believe_effect,
    believe_proportions,
    beta_best,
    beta_loss,
)
from analysis.experiments.arms.means import relative_test
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from tests.thorough import examples


def belief(a, b):
    return believe_proportions([ProportionStatistic(*a), ProportionStatistic(*b)])


@pytest.mark.parametrize(
    ("a", "b", "beats", "loss_b", "loss_a"),
    [
        ((1000, 200), (1000, 250), 0.9962833291304403, 2.136362680260604e-05, 0.04992156322760101),
        ((200, 120), (200, 100), 0.02241363672784998, 0.09942306494377741, 0.0004131639536783922),
        ((100, 49), (100, 51), 0.6107705226878395, 0.019116461202089253, 0.03872430433934415),
        ((1000, 10), (1000, 15), 0.838121986093339, 0.0004396526498862158, 0.005429672609966056),
    ],
)
def test_two_arms_give_the_closed_form(a, b, beats, loss_b, loss_a):
    first, second = belief(a, b)
    assert second.beats_control == pytest.approx(beats, abs=1e-9)
    assert (first.expected_loss, second.expected_loss) == pytest.approx((loss_a, loss_b), abs=1e-9)


@pytest.mark.parametrize(
    ("shapes", "third"),
    [
        # The chance to be best of three; 0.6818, 0.4229, 0.2121 seen elsewhere are the chance to beat the first only.
        ([(1, 2), (3, 4), (5, 6)], 0.41289592760180993),
        ([(55, 50), (30, 30), (10, 10)], 0.3542120427686422),
        ([(50, 50), (35, 30), (13, 18)], 0.09139305107602849),
    ],
)
def test_three_arms_give_the_true_values(shapes, third):
    assert beta_best(shapes)[2] == pytest.approx(third, abs=1e-9)
    assert sum(beta_best(shapes)) == pytest.approx(1, abs=1e-9)


def millers_sum(a1, b1, a2, b2):
    """Return P(second > first) by Evan Miller's sum, whole numbers only."""

    def log_beta(a, b):
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    return sum(
        math.exp(log_beta(a1 + i, b1 + b2) - math.log(b2 + i) - log_beta(1 + i, b2) - log_beta(a1, b1))
        for i in range(a2)
    )


@examples(40)
@given(*[st.integers(1, 300)] * 4)
def test_the_integral_equals_millers_sum_for_any_whole_shapes(a1, b1, a2, b2):
    assert beta_best([(a1, b1), (a2, b2)])[1] == pytest.approx(millers_sum(a1, b1, a2, b2), abs=1e-8)
    losses = beta_loss([(a1, b1), (a2, b2)])
    assert losses[0] - losses[1] == pytest.approx(a2 / (a2 + b2) - a1 / (a1 + b1), abs=1e-8)


def test_arms_of_very_different_size_and_a_prior_below_one_are_exact_too():
    assert sum(beta_best([(0.5, 0.5), (1e6, 1e6)])) == pytest.approx(1, abs=1e-6)
    assert beta_best([(0.5, 0.5), (1e6, 1e6)])[0] == pytest.approx(0.5, abs=1e-6)


def test_growthbooks_example_of_a_flat_prior_on_the_lift():
    lift, _ = relative_test(ProportionStatistic(100, 49), ProportionStatistic(100, 51))
    found = believe_effect(lift.value, lift.se, unit="relative")
    assert (found.effect.value, found.effect.low, found.effect.high) == pytest.approx(
        (0.04082, -0.24779, 0.32943), abs=6e-6
    )
    assert (found.chance_to_win, found.loss_control, found.loss_treatment) == pytest.approx(
        (0.60918, 0.0814, 0.04058), abs=6e-6
    )


def test_growthbooks_example_of_an_informative_prior():
    lift, _ = relative_test(MeanStatistic(10, 100, 1002.25), MeanStatistic(10, 105, 1111.5))
    found = believe_effect(lift.value, lift.se, prior=NormalPrior(mean=0.1, sd=0.1**0.5))
    assert (found.effect.value, found.effect.se, found.chance_to_win) == pytest.approx(
        (0.05063, 0.03549, 0.92315), abs=6e-6
    )


def test_a_prior_of_many_customers_pulls_the_share():
    found = believe_proportions([ProportionStatistic(10, 5)] * 2, prior=BetaPrior(alpha=10, beta=90))
    assert found[0].share.value == pytest.approx(15 / 110)
    assert found[0].beats_control is None
    assert found[1].beats_control == pytest.approx(0.5)


def test_beliefs_agree_with_draws():
    rng = np.random.default_rng(1)
    draws = rng.beta([[12], [15], [9]], [[40], [41], [30]], (3, 200_000))
    counted = np.bincount(draws.argmax(axis=0), minlength=3) / 200_000
    assert beta_best([(12, 40), (15, 41), (9, 30)]) == pytest.approx(tuple(counted), abs=0.005)
    assert beta_loss([(12, 40), (15, 41), (9, 30)]) == pytest.approx(
        tuple((draws.max(axis=0) - draws).mean(axis=1)), abs=0.001
    )


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: believe_proportions([ProportionStatistic(5, 1)]), "experiment_one_arm"),
        (
            lambda: believe_proportions([ProportionStatistic(5, 1)] * 2, prior=BetaPrior(alpha=0)),
            "experiment_bad_prior",
        ),
        (lambda: believe_effect(0.1, 0.0), "experiment_no_variation"),
        (lambda: believe_effect(0.1, 0.1, prior=NormalPrior(sd=0)), "experiment_bad_prior"),
        (lambda: believe_effect(0.1, 0.1, alpha=1), "experiment_bad_alpha"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


def test_the_best_of_normal_arms_is_that_of_many_draws_and_of_the_closed_form_for_two():
    import numpy as np
    from scipy.stats import norm

    from analysis.experiments.arms.bayes import normal_best

    means, sds = [1.0, 1.3, 0.7], [0.2, 0.5, 0.9]
    draws = np.random.default_rng(4).normal(means, sds, (400_000, 3)).argmax(axis=1)
    found = normal_best(means, sds)
    assert sum(found) == pytest.approx(1, abs=1e-9)
    assert found == pytest.approx([(draws == i).mean() for i in range(3)], abs=3e-3)
    assert normal_best([5.0, 5.4], [0.3, 0.2])[1] == pytest.approx(norm.cdf(0.4 / np.hypot(0.3, 0.2)), abs=1e-9)
