from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.errors import AnalysisError
from analysis.stats.groups import association, kruskal_wallis, one_way, welch_anova
from tests.thorough import examples

# R's data set PlantGrowth.
PLANTS = (
    [4.17, 5.58, 5.18, 6.11, 4.5, 4.61, 5.17, 4.53, 5.33, 5.14],
    [4.81, 4.17, 4.41, 3.59, 5.87, 3.83, 6.03, 4.89, 4.32, 4.69],
    [6.31, 5.12, 5.54, 5.5, 5.37, 5.29, 4.92, 6.15, 5.8, 5.26],
)


def moments(groups):
    return tuple(np.array([f(np.array(g)) for g in groups]) for f in (len, np.mean, lambda g: np.std(g, ddof=1)))


def flat(groups):
    return np.concatenate([np.array(g, float) for g in groups]), np.repeat(range(len(groups)), [len(g) for g in groups])


def test_variance_of_plant_growth_is_that_of_r():
    found = one_way(*moments(PLANTS))  # SG-06: R anova(lm(weight ~ group, PlantGrowth)), effectsize
    expected = (4.84608786238014, 0.0159099583256229, 3.76634, 10.49209, 0.26414829683212)
    assert (found.f, found.p, found.ss_between, found.ss_within, found.eta2) == pytest.approx(expected, abs=1e-6)
    assert (found.omega2, found.epsilon2) == pytest.approx((0.204078845989971, 0.209640763264129), abs=1e-6)


def test_unequal_variances_of_plant_growth_are_those_of_r():
    found = welch_anova(*moments(PLANTS))  # SG-07: R oneway.test
    expected = (5.18097240811319, 17.1284186166441, 0.01739282149017)
    assert (found.f, found.df2, found.p) == pytest.approx(expected, abs=1e-6)


def test_ranks_of_plant_growth_are_those_of_r():
    found = kruskal_wallis(*flat(PLANTS))  # SG-10: R kruskal.test, effectsize rank_epsilon_squared
    assert (found.h, found.p) == pytest.approx((7.98822874944372, 0.018423755731472), abs=1e-6)
    assert (found.epsilon2, found.eta2_h) == pytest.approx((0.27545616377392135, 0.22178624997939703), abs=1e-6)


def test_arthritis_table_is_that_of_r():
    found = association(np.array([[29, 7, 7], [13, 7, 21]]))  # SG-02: R vcd assocstats
    assert (found.chi2, found.lr_chi2, found.df) == pytest.approx((13.0550198525241, 13.5298071293579, 2), abs=1e-6)
    assert (found.p, found.p_lr) == pytest.approx((0.00146264340895264, 0.00115355873272227), abs=1e-6)
    assert (found.contingency, found.v) == pytest.approx((0.366758144522235, 0.394229505499321), abs=1e-6)


def test_corrected_v_is_that_of_effectsize():
    found = association(np.array([[762, 327, 468], [484, 239, 477]]))  # SG-05: R effectsize cramers_v(adjust=TRUE)
    assert (found.v, found.v_adjusted) == pytest.approx((0.104435802356468, 0.100919982784409), abs=1e-6)


@examples(30)
@given(st.lists(st.lists(st.integers(-20, 20), min_size=3, max_size=12), min_size=2, max_size=5), st.integers(0, 999))
def test_tests_equal_scipy_on_raw_values(groups, seed):
    noise = np.random.default_rng(seed)
    noisy = [np.array(g) + noise.normal(size=len(g)) for g in groups]
    found, expected = one_way(*moments(noisy)), stats.f_oneway(*noisy)
    assert (found.f, found.p) == pytest.approx((expected.statistic, expected.pvalue), rel=1e-6, abs=1e-9)
    assert 0 <= found.eta2 <= 1
    values, codes = flat(groups)
    if len(np.unique(values)) > 1:
        ranked, oracle = kruskal_wallis(values, codes), stats.kruskal(*groups)
        assert (ranked.h, ranked.p) == pytest.approx((oracle.statistic, oracle.pvalue), rel=1e-6, abs=1e-9)


@examples(30)
@given(st.lists(st.lists(st.integers(1, 50), min_size=3, max_size=3), min_size=2, max_size=5))
def test_association_equals_scipy_and_the_correction_never_raises_it_beyond_one(cells):
    found = association(np.array(cells))
    chi2, p, df, _ = stats.chi2_contingency(np.array(cells), correction=False)
    assert (found.chi2, found.p, found.df) == pytest.approx((chi2, p, df), rel=1e-6, abs=1e-9)
    assert found.v == pytest.approx(stats.contingency.association(np.array(cells), method="cramer"))
    assert 0 <= found.v_adjusted <= 1


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: one_way(np.array([5]), np.array([1.0]), np.array([1.0])), "groups_too_few"),
        (lambda: one_way(np.array([3, 3]), np.array([1.0, 2.0]), np.array([0.0, 0.0])), "groups_constant"),
        (lambda: welch_anova(np.array([3, 1]), np.array([1.0, 2.0]), np.array([1.0, np.nan])), "groups_constant"),
        (lambda: kruskal_wallis(np.ones(6), np.array([0, 0, 0, 1, 1, 1])), "groups_constant"),
        (lambda: association(np.array([[3, 0], [2, 0]])), "groups_constant"),
        (lambda: association(np.array([[3, 1], [0, 0]])), "groups_too_few"),
    ],
)
def test_what_cannot_be_tested_is_refused(call, code):
    with pytest.raises(AnalysisError) as raised:
        call()
    assert raised.value.code == code
