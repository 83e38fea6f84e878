"""What a running test lacks: the size comes back as power, and simulation agrees."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import NormalPrior, believe_effect
from analysis.experiments.planning.midway import more_customers


def test_the_fixed_test_has_a_closed_answer():
    found = more_customers(0.1, 1000, target=0.05)
    # The other side adds next to nothing: (1.95996 + 0.84162)^2 * 0.01 / 0.0025 times the customers.
    assert found.scale + 1 == pytest.approx((norm.isf(0.025) + norm.isf(0.2)) ** 2 * 4, rel=1e-3)
    assert found.n_more == int(np.ceil(1000 * found.scale))
    assert found.power_now == pytest.approx(norm.sf(norm.isf(0.025) - 0.5) + norm.cdf(-norm.isf(0.025) - 0.5))


def test_more_goals_looking_early_and_corrections_cost_more():
    plain = more_customers(0.1, 1000, target=0.05).scale
    assert more_customers(0.1, 1000, target=0.05, goals=3).scale > plain
    assert more_customers(0.1, 1000, target=0.05, treatments=2, correct=True).scale > plain
    assert more_customers(0.1, 1000, target=0.05, sequential=True).scale > plain


def test_a_test_that_sees_enough_needs_nobody():
    assert more_customers(0.01, 1000, target=0.05).n_more == 0


def test_the_power_of_a_belief_is_that_of_its_simulation():
    prior, rng = NormalPrior(mean=0.02, sd=0.05), np.random.default_rng(1)
    found = more_customers(0.03, 500, target=0.04, prior=prior, power=0.8)
    seen = rng.normal(0.04, 0.03 / (1 + found.scale) ** 0.5, 3000)
    beliefs = [believe_effect(value, 0.03 / (1 + found.scale) ** 0.5, prior=prior).effect for value in seen]
    share = np.mean([belief.low > 0 or belief.high < 0 for belief in beliefs])
    assert share == pytest.approx(0.8, abs=4 * (0.16 / 3000) ** 0.5)


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"se": 0.0}, "experiment_no_variation"),
        ({"n": 1}, "experiment_too_few"),
        ({"target": 0.0}, "experiment_zero_effect"),
        ({"power": 1.0}, "experiment_bad_power"),
        ({"alpha": 1.5}, "experiment_bad_alpha"),
        ({"goals": 0}, "experiment_bad_treatments"),
        ({"target": 1e-9}, "experiment_too_many_needed"),
    ],
)
def test_what_has_no_answer_is_refused(choice, code):
    with pytest.raises(AnalysisError) as caught:
        more_customers(**({"se": 0.1, "n": 1000, "target": 0.05} | choice))
    assert caught.value.code == code
