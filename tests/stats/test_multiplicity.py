from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import dunnett as scipy_dunnett
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from analysis.stats.multiplicity import (
    benjamini_hochberg,
    beyond,
    bonferroni,
    dunnett,
    dunnett_level,
    hochberg,
    holm,
    sidak,
    sidak_level,
)
from tests.thorough import examples

pytestmark = pytest.mark.usefixtures("no_collecting")


def by_definition(name: str, p: list[float]) -> list[float]:
    """Write out what each paper says, value by value: the smallest level at which this test is rejected."""
    m, ordered = len(p), sorted(p)
    if name == "bonferroni":
        return [min(1.0, m * one) for one in p]
    if name == "holm":
        return [min(1.0, max((m - j) * ordered[j] for j in range(ordered.index(one) + 1))) for one in p]
    last = {one: m - 1 - ordered[::-1].index(one) for one in p}
    factor = {"hochberg": lambda j: m - j, "benjamini_hochberg": lambda j: m / (j + 1)}[name]
    # Of equal values the one with the smallest factor decides, which is the last of them.
    return [min(1.0, min(factor(j) * ordered[j] for j in range(last[one], m))) for one in p]


@pytest.mark.parametrize("adjust", [holm, hochberg, benjamini_hochberg, bonferroni])
@examples(50)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_values_are_those_of_the_papers_definitions_in_the_order_given(adjust, p):
    assert adjust(np.array(p)) == pytest.approx(by_definition(adjust.__name__, p))


@pytest.mark.parametrize("adjust", [holm, hochberg, benjamini_hochberg, bonferroni])
def test_where_nothing_was_tested_nothing_is_adjusted(adjust):
    assert adjust(np.array([])).tolist() == []
    assert np.isnan(adjust(np.array([np.nan, np.nan]))).all()


def test_missing_p_values_stay_missing_and_are_not_counted():
    adjusted = holm(np.array([0.02, np.nan, 0.04]))
    assert adjusted[[0, 2]].tolist() == [0.04, 0.04]
    assert np.isnan(adjusted[1])


# Benjamini and Hochberg (1995), the fifteen p values of their section 4.
FIFTEEN = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528]
FIFTEEN += [0.759, 1.0]


def test_benjamini_and_hochbergs_own_example_rejects_four_and_bonferroni_three():
    assert (benjamini_hochberg(np.array(FIFTEEN)) <= 0.05).sum() == 4
    assert (bonferroni(np.array(FIFTEEN)) <= 0.05).sum() == 3


@pytest.mark.parametrize(
    ("adjust", "name"),
    [
        (benjamini_hochberg, "fdr_bh"),
        (hochberg, "simes-hochberg"),
        (bonferroni, "bonferroni"),
        (holm, "holm"),
    ],
)
def test_adjusted_values_stand_in_the_order_given_as_in_statsmodels(adjust, name):
    p = np.random.default_rng(0).permutation(FIFTEEN)
    assert adjust(p) == pytest.approx(multipletests(p, method=name)[1])


@pytest.mark.parametrize("adjust", [benjamini_hochberg, hochberg, bonferroni])
def test_missing_values_are_not_counted(adjust):
    with_gap = adjust(np.array([0.01, np.nan, 0.04]))
    assert np.isnan(with_gap[1])
    assert with_gap[[0, 2]] == pytest.approx(adjust(np.array([0.01, 0.04])))


# Dunnett (1955), table 2a, infinite degrees of freedom, two-sided 5 %, arms of one size.
@pytest.mark.parametrize(("arms", "quantile"), [(1, 1.96), (2, 2.21), (3, 2.35), (4, 2.44), (5, 2.51), (9, 2.69)])
def test_dunnetts_quantiles_are_those_of_his_table(arms, quantile):
    equal = np.full(arms, 0.5)
    assert beyond(quantile, equal) == pytest.approx(0.05, abs=1e-3)
    assert dunnett_level(0.05, equal) == pytest.approx(2 * norm.sf(quantile), rel=0.02)


def test_dunnetts_p_is_that_of_scipy_for_unequal_arms_of_many():
    rng = np.random.default_rng(0)
    control, arms = (
        rng.normal(size=3000),
        [rng.normal(shift, 1, n) for shift, n in ((0.06, 1500), (0.05, 4000), (0, 700))],
    )
    shared = np.array([(1 / 3000) / (1 / 3000 + 1 / len(arm)) for arm in arms])
    theirs = scipy_dunnett(*arms, control=control, rng=rng)
    assert dunnett(2 * norm.sf(np.abs(theirs.statistic)), shared) == pytest.approx(theirs.pvalue, abs=1e-3)


@examples(30)
@given(st.lists(st.tuples(st.floats(1e-12, 1), st.floats(0.01, 0.99)), min_size=1, max_size=8))
def test_dunnetts_p_lies_between_its_own_and_sidaks_and_agrees_with_its_level(pairs):
    p, shared = np.array(pairs).T
    found, level = dunnett(p, shared), dunnett_level(0.05, shared)
    assert (found >= p - 1e-9).all()
    assert (found <= sidak(p) + 1e-9).all()
    away = np.abs(p - level) > 1e-9
    assert ((found < 0.05) == (p < level))[away].all()
    assert sidak_level(0.05, len(p)) <= level + 1e-9


def test_sidaks_values_are_those_of_statsmodels_also_of_a_p_of_one():
    p = np.array(FIFTEEN[:-1])
    assert sidak(p) == pytest.approx(multipletests(p, method="sidak")[1])
    assert sidak(np.array([1.0, 0.5])).tolist() == [1.0, 0.75]


def test_sidaks_level_is_where_its_p_meets_alpha():
    level = sidak_level(0.05, 7)
    assert sidak(np.array([level, *[0.9] * 6]))[0] == pytest.approx(0.05)
