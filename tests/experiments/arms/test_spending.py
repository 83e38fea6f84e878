"""Looks that nobody planned: published bounds, what simulation says, and when to give up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from analysis.errors import AnalysisError
from analysis.experiments.arms.crossing import crossing_probability
from analysis.experiments.arms.spending import conditional_power, spending_bounds, spent_by
from tests.thorough import examples


@pytest.mark.parametrize(
    ("kind", "bounds"),
    [
        # R's ldbounds, five equal looks, two-sided 5 %: Lan and DeMets' functions 1 and 2.
        ("obrien_fleming", (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)),
        ("pocock", (2.4380, 2.4268, 2.4101, 2.3966, 2.3859)),
    ],
)
def test_bounds_are_the_published_ones(kind, bounds):
    found = spending_bounds([0.2, 0.4, 0.6, 0.8, 1.0], kind=kind)
    assert [look.bound for look in found] == pytest.approx(bounds, abs=2e-4)


def test_one_look_at_the_end_is_the_fixed_test():
    (only,) = spending_bounds([1.0])
    assert (only.bound, only.level) == pytest.approx((norm.isf(0.025), 0.05))


def test_what_is_spent_does_not_depend_on_how_many_looks_there_were():
    for kind in ("obrien_fleming", "pocock"):
        for looks in ([0.5, 1.0], [0.1, 0.3, 0.31, 0.5, 0.9, 1.0]):
            found = spending_bounds(looks, kind=kind)
            known = [look.information for look in found]
            assert crossing_probability([look.bound for look in found], information=known) == pytest.approx(0.05)
            assert found[-1].spent == 0.05
    assert spent_by(0.5, kind="pocock") == pytest.approx(0.05 * np.log(1 + (np.e - 1) / 2))


def test_unplanned_looks_of_a_test_without_effect_are_wrong_in_a_twentieth():
    rng = np.random.default_rng(3)
    looks = [0.13, 0.2, 0.55, 0.6, 1.0]
    steps = rng.normal(size=(20_000, 5)) * np.sqrt(np.diff([0, *looks]))
    z = np.abs(steps.cumsum(axis=1) / np.sqrt(looks))
    for kind in ("obrien_fleming", "pocock"):
        wrong = (z > np.array([look.bound for look in spending_bounds(looks, kind=kind)])).any(axis=1).mean()
        assert 0.044 < wrong < 0.056  # 99.9 % of such runs, were it 5 %


@examples(30)
@given(st.lists(st.floats(0.001, 1.0), min_size=1, max_size=6, unique=True))
def test_whenever_one_looks_there_is_a_finite_bound_that_is_no_easier_than_the_fixed_test(looks):
    apart = [look for place, look in enumerate(sorted(looks)) if place == 0 or look - sorted(looks)[place - 1] >= 0.005]
    found = spending_bounds(apart)
    assert all(1.9599 <= look.bound < 39 and 0 <= look.level <= 0.0501 for look in found)


@pytest.mark.parametrize(
    "looks", [[0.0, 1.0], [0.5, 0.5], [0.6, 0.4], [0.5, 1.1], [float("nan")], [0.5, 0.5 + 1e-12, 1.0]]
)
def test_looks_out_of_order_are_refused(looks):
    with pytest.raises(AnalysisError, match="experiment_bad_information"):
        spending_bounds(looks)


def test_no_look_and_unknown_kinds_are_refused():
    with pytest.raises(AnalysisError, match="experiment_bad_looks"):
        spending_bounds([])
    with pytest.raises(AnalysisError, match="experiment_unknown_choice"):
        spending_bounds([1.0], kind="haybittle")  # type: ignore[arg-type]


def test_the_chance_to_be_clear_at_the_end_is_that_of_simulated_ends():
    rng = np.random.default_rng(5)
    for z, share, drift in ((1.0, 0.5, None), (1.0, 0.5, 2.8), (-0.4, 0.3, 2.8), (2.5, 0.8, None)):
        effect = z / share**0.5 if drift is None else drift
        ends = z * share**0.5 + effect * (1 - share) + rng.normal(size=40_000) * (1 - share) ** 0.5
        found = conditional_power(z, share, bound=1.96, drift=drift)
        assert found == pytest.approx((ends > 1.96).mean(), abs=0.01)


def test_with_all_the_information_there_is_no_chance_left_to_tell_of():
    with pytest.raises(AnalysisError, match="experiment_bad_information"):
        conditional_power(1.0, 1.0, bound=1.96)
