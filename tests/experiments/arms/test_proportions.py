"""Two shares: published numbers, other libraries, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest

from analysis.errors import AnalysisError
from analysis.experiments.arms.proportions import (
    compare_many_proportions,
    compare_proportions,
    newcombe,
    proportion_test,
    relative_proportion,
    wald,
)
from analysis.experiments.arms.statistics import ProportionStatistic

CONTROL, TREATMENT = ProportionStatistic(1000, 200), ProportionStatistic(1000, 250)


@pytest.mark.parametrize(
    ("test", "p"),
    [
        ("z_pooled", 0.00742),
        ("chi_square", 0.00742),
        ("chi_square_yates", 0.00869),
        ("fisher", 0.00865),
        ("z_unpooled", 0.00731),
    ],
)
def test_each_convention_has_its_own_p_value(test, p):
    assert proportion_test(CONTROL, TREATMENT, test=test).p == pytest.approx(p, abs=6e-6)


@pytest.mark.parametrize(
    ("convention", "low", "high"), [("delta", 0.045, 0.455), ("katz", 0.061, 0.473), ("fieller", 0.062, 0.477)]
)
def test_each_interval_of_the_lift_is_the_published_one(convention, low, high):
    lift = relative_proportion(CONTROL, TREATMENT, convention=convention)
    assert lift.value == pytest.approx(0.25)
    assert (lift.low, lift.high) == pytest.approx((low, high), abs=6e-4)
    assert lift.convention.startswith(convention)


def test_newcombe_is_the_published_interval_and_statsmodels():
    found = newcombe(CONTROL, TREATMENT)
    assert (found.low, found.high) == pytest.approx((0.013395969886, 0.086450994719), abs=1e-9)
    assert (found.low, found.high) == pytest.approx(
        confint_proportions_2indep(250, 1000, 200, 1000, method="newcomb", compare="diff"), abs=1e-9
    )


def test_newcombe_1998_table_of_56_of_70_against_48_of_80():
    # Newcombe (1998), table II, row (a), method 10: 56/70 - 48/80 gives 0.0524 to 0.3339.
    found = newcombe(ProportionStatistic(80, 48), ProportionStatistic(70, 56))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_statsmodels_documentation_example_of_the_z_test():
    found = proportion_test(ProportionStatistic(99, 12), ProportionStatistic(83, 5))
    assert (found.statistic, found.p) == pytest.approx(proportions_ztest([5, 12], [83, 99]))
    assert found.p == pytest.approx(0.159, abs=5e-4)


def test_yates_equals_scipy_also_when_the_difference_is_tiny():
    for a, b in [((10, 3), (12, 5)), ((40, 20), (41, 20)), ((1000, 200), (1000, 250))]:
        arms = ProportionStatistic(*a), ProportionStatistic(*b)
        table = [[arm.successes, arm.n - arm.successes] for arm in arms]
        expected = stats.chi2_contingency(table, correction=True)
        found = proportion_test(*arms, test="chi_square_yates")
        assert (found.statistic, found.p) == pytest.approx((expected.statistic, expected.pvalue), abs=1e-9)


def test_fishers_odds_ratio_is_the_conditional_one():
    # R: fisher.test(matrix(c(3, 1, 1, 3), 2)), the tea tasting: p 0.4857, odds ratio 6.408309 (9 is ad/bc).
    found = proportion_test(ProportionStatistic(4, 1), ProportionStatistic(4, 3), test="fisher")
    assert found.p == pytest.approx(0.4857143, abs=1e-7)
    assert found.statistic == pytest.approx(6.408309, abs=2e-5)
    assert proportion_test(ProportionStatistic(4, 0), ProportionStatistic(4, 3), test="fisher").statistic is None


def test_smokers_in_four_groups_as_in_the_documentation_of_r():
    arms = [ProportionStatistic(n, x) for n, x in zip((86, 93, 136, 82), (83, 90, 129, 70), strict=True)]
    found = compare_many_proportions(arms)
    assert (found.statistic, found.df, found.p) == pytest.approx((12.6004, 3, 0.005585), abs=1e-4)


@pytest.mark.parametrize("word", ["two-sided", "two.sided", "Two_Sided"])
def test_other_spellings_of_two_sided_are_the_same_test(word):
    assert proportion_test(CONTROL, TREATMENT, alternative=word).p == pytest.approx(0.00742, abs=5e-6)
    assert newcombe(CONTROL, TREATMENT, alternative=word) == newcombe(CONTROL, TREATMENT)


@pytest.mark.parametrize(
    "call",
    [
        lambda: proportion_test(CONTROL, TREATMENT, alternative="bigger"),
        lambda: proportion_test(CONTROL, TREATMENT, test="foo"),
        lambda: compare_proportions(CONTROL, TREATMENT, ratio="foo"),
        lambda: newcombe(CONTROL, TREATMENT, alternative=None),
    ],
)
def test_an_unknown_choice_is_refused_by_its_name(call):
    with pytest.raises(AnalysisError, match="experiment_unknown_choice"):
        call()


def test_one_sided_questions_have_one_end():
    reading = compare_proportions(CONTROL, TREATMENT, alternative="greater")
    assert reading.absolute.high is None
    assert reading.test.p == pytest.approx(0.00742 / 2, abs=5e-6)
    assert compare_proportions(CONTROL, TREATMENT, alternative="less").absolute.low is None


def test_a_control_without_conversion_has_a_relative_effect_with_a_lower_end_only_and_says_so():
    reading = compare_proportions(ProportionStatistic(40, 0), ProportionStatistic(40, 3))
    assert reading.relative is not None and reading.relative.high is None
    # Three of three conversions in half of the customers: Clopper and Pearson's 0.2924 of them at least.
    assert reading.relative.low == pytest.approx(0.2924018 / (1 - 0.2924018) - 1, abs=1e-6)
    assert {note.code for note in reading.notes} == {"experiment_relative_open", "experiment_few_expected"}


def test_nobody_at_all_converted_leaves_no_relative_effect():
    reading = compare_proportions(ProportionStatistic(40, 0), ProportionStatistic(40, 0), test="fisher")
    assert reading.relative is None
    assert "experiment_no_relative" in {note.code for note in reading.notes}


@pytest.mark.parametrize("convention", ["katz", "delta", "fieller"])
def test_without_a_conversion_in_treatment_koopmans_interval_stands_in_and_says_so(convention):
    found = relative_proportion(CONTROL, ProportionStatistic(50, 0), convention=convention)
    assert found == relative_proportion(CONTROL, ProportionStatistic(50, 0))
    assert found.convention.startswith("koopman")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: compare_proportions(ProportionStatistic(5, 0), ProportionStatistic(9, 0)), "experiment_no_variation"),
        (lambda: compare_proportions(CONTROL, TREATMENT, alpha=0), "experiment_bad_alpha"),
        (
            lambda: proportion_test(CONTROL, TREATMENT, test="chi_square", alternative="greater"),
            "experiment_two_sided_only",
        ),
        (lambda: compare_many_proportions([CONTROL]), "experiment_one_arm"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code


def test_two_thousand_tests_without_effect_keep_their_error_and_their_cover():
    rng = np.random.default_rng(11)
    draws = rng.binomial(1000, 0.2, (2000, 2))
    rejected = {"z_pooled": 0, "z_unpooled": 0, "chi_square_yates": 0}
    covered = {"newcombe": 0, "wald": 0, "delta": 0, "katz": 0, "fieller": 0}
    for a, b in draws.tolist():
        arms = ProportionStatistic(1000, a), ProportionStatistic(1000, b)
        for test in rejected:
            rejected[test] += proportion_test(*arms, test=test).p < 0.05
        intervals = {"newcombe": newcombe(*arms), "wald": wald(*arms)}
        intervals |= {key: relative_proportion(*arms, convention=key) for key in ("delta", "katz", "fieller")}
        for key, found in intervals.items():
            covered[key] += found.low <= 0 <= found.high
    # The 99.9 % binomial interval of 2,000 draws at 5 %.
    low, high = stats.binom.interval(0.999, 2000, 0.05)
    assert low <= rejected["z_pooled"] <= high
    assert low <= rejected["z_unpooled"] <= high
    assert rejected["chi_square_yates"] <= high
    for key, count in covered.items():
        assert low <= 2000 - count <= high, key


@pytest.mark.slow
def test_cookie_cats_gives_the_known_figures(shared_data):
    import pandas as pd

    rows = pd.read_csv(shared_data / "ab" / "cookie_cats.csv")
    arms = {
        (arm, day): ProportionStatistic.from_values(rows.loc[rows["version"] == arm, f"retention_{day}"])
        for arm in ("gate_30", "gate_40")
        for day in (1, 7)
    }
    first = compare_proportions(arms["gate_30", 1], arms["gate_40", 1])
    assert (first.control, first.treatment) == pytest.approx((0.44819, 0.44228), abs=5e-6)
    assert first.test.p == pytest.approx(0.0744, abs=5e-5)
    seventh = compare_proportions(arms["gate_30", 7], arms["gate_40", 7])
    assert (seventh.control, seventh.treatment) == pytest.approx((0.19020, 0.18200), abs=5e-6)
    assert seventh.test.statistic == pytest.approx(-3.1644, abs=5e-5)
    assert seventh.test.p == pytest.approx(0.00155, abs=5e-6)
