"""Power in textbook units: the examples of R's pwr and of statsmodels, and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.power import GofChisquarePower, NormalIndPower, TTestIndPower

from analysis.errors import AnalysisError
from analysis.experiments.planning.cohen import (
    effect_size_h,
    power_of_d,
    power_of_h,
    power_of_w,
    rule_of_thumb,
    size_for_w,
)
from analysis.experiments.planning.plan import ProportionPlan, power_of


def test_h_is_that_of_statsmodels_and_of_the_arcsine_plan():
    h = effect_size_h(0.2, 0.25)
    other = NormalIndPower().power(h, 500, 0.05, ratio=1.4, alternative="larger")
    assert power_of_h(h, 500, 700, sides="one_sided") == pytest.approx(other)
    plan = ProportionPlan(baseline=0.2, effect=0.05, formula="arcsine", split=1.4)
    assert power_of_h(h, 500, 700) == pytest.approx(power_of(plan, 500))


def test_d_is_the_noncentral_t_of_statsmodels():
    # R: pwr.t2n.test(d = 0.6, n1 = 90, n2 = 60, alternative = "greater"), power = 0.9737262.
    assert power_of_d(0.6, 90, 60, sides="one_sided") == pytest.approx(0.9737262, abs=1e-7)
    other = TTestIndPower().power(0.3, 40, 0.05, ratio=2, alternative="larger")
    assert power_of_d(0.3, 40, 80, sides="one_sided") == pytest.approx(other)


@pytest.mark.parametrize(
    ("w", "df", "n", "alpha", "power"),
    # R: examples of pwr.chisq.test, from Cohen (1988), 7.1 and 7.3.
    [(0.2886751, 3, 100, 0.05, 0.6739834), (0.346, 2, 140, 0.01, 0.8854049)],
)
def test_w_gives_the_published_power(w, df, n, alpha, power):
    assert power_of_w(w, n, df, alpha=alpha) == pytest.approx(power, abs=5e-7)
    assert power_of_w(w, n, df, alpha=alpha) == pytest.approx(GofChisquarePower().power(w, n, alpha, n_bins=df + 1))


def test_the_size_for_w_comes_back_as_power():
    for w, df in ((0.1, 20), (0.3, 1), (0.02, 2)):
        assert power_of_w(w, size_for_w(w, df, power=0.9), df) == pytest.approx(0.9)
    assert size_for_w(0.1, 20) == pytest.approx(2096.079, abs=5e-4)


def test_the_power_of_w_is_what_a_simulated_test_reaches():
    rng, n, shares = np.random.default_rng(0), 400, np.array([0.2, 0.2, 0.2, 0.4])
    w = float(np.sqrt(((shares - 0.25) ** 2 / 0.25).sum())) / 3
    shares = 0.25 + (shares - 0.25) / 3
    counts = rng.multinomial(n, shares, size=4000)
    rejected = (((counts - n / 4) ** 2 / (n / 4)).sum(axis=1) > 7.814728).mean()
    assert rejected == pytest.approx(power_of_w(w, n, 3), abs=4 * np.sqrt(0.25 / 4000))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: power_of_h(0, 100, 100), "experiment_zero_effect"),
        (lambda: power_of_d(0.5, 1, 100), "experiment_too_few"),
        (lambda: power_of_w(0.1, 100, 0), "experiment_one_arm"),
        (lambda: size_for_w(0.1, 2, power=1.0), "experiment_bad_power"),
        (lambda: size_for_w(1e-9, 2), "experiment_too_many_needed"),
        (lambda: effect_size_h(-0.1, 0.5), "experiment_bad_baseline"),
        (lambda: rule_of_thumb(0.0, 1.0), "experiment_bad_sd"),
        (lambda: rule_of_thumb(1.0, 0.0), "experiment_zero_effect"),
        (lambda: power_of_h(0.1, float("nan"), 10), "experiment_not_a_number"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
