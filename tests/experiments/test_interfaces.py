"""What is handed in wrongly is refused: other spellings of the sides are read, unknown names and no numbers are not."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import beta_best, normal_best
from analysis.experiments.arms.differences import difference_interval
from analysis.experiments.arms.lead import LeadDesign, crossing, judge_lead
from analysis.experiments.arms.means import compare_means, mann_whitney, relative_test
from analysis.experiments.arms.one_share import compare_with_value
from analysis.experiments.arms.proportions import compare_proportions
from analysis.experiments.arms.quantiles import QuantileStatistic
from analysis.experiments.arms.score import (
    difference_of_proportions,
    hybrid_exact,
    ratio_of_proportions,
    score_difference,
)
from analysis.experiments.arms.sequential import group_design
from analysis.experiments.arms.spending import spending_bounds
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.planning.cohen import power_of_d, power_of_h
from analysis.experiments.reading.margins import read_margin
from analysis.stats.groups import association, kruskal_wallis, one_way
from analysis.stats.intervals import wilson
from analysis.stats.multiplicity import benjamini_hochberg, bonferroni, hochberg, holm
from texts import translator

ARMS = ProportionStatistic(1000, 200), ProportionStatistic(1000, 250)
MEANS = MeanStatistic.from_figures(50, 10, 3), MeanStatistic.from_figures(50, 11, 3)
BAD = (math.nan, math.inf, -math.inf)


@pytest.mark.parametrize("spelling", ["two-sided", "two.sided", "Two_Sided", " two-sided "])
def test_the_sides_as_scipy_and_r_write_them_are_two_sided(spelling):
    assert compare_proportions(*ARMS, alternative=spelling).test.p == pytest.approx(0.00742, abs=5e-6)
    assert compare_means(*MEANS, alternative=spelling).test.alternative == "two_sided"


@pytest.mark.parametrize(("spelling", "side"), [("larger", "greater"), ("smaller", "less"), ("greater", "greater")])
def test_one_side_as_statsmodels_writes_it_has_one_sided_intervals_of_difference_and_lift(spelling, side):
    for reading in (compare_proportions(*ARMS, alternative=spelling), compare_means(*MEANS, alternative=spelling)):
        assert reading.test.alternative == side
        assert reading.relative is not None
        ends = [(one.low is None, one.high is None) for one in (reading.absolute, reading.relative)]
        assert ends == [(side == "less", side == "greater")] * 2


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "unknown side": (lambda: compare_proportions(*ARMS, alternative="both"), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "unknown test": (lambda: compare_proportions(*ARMS, test="wald"), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "unknown ratio": (lambda: compare_proportions(*ARMS, ratio="x"), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "unknown mean test": (lambda: compare_means(*MEANS, test="z"), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "unknown test of one share": (lambda: compare_with_value(ARMS[0], 0.2, test="z"), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "unknown interval": (lambda: difference_interval(*ARMS, convention="x"), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "unknown bounds": (lambda: group_design("x", 5), "experiment_unknown_choice"),  # type: ignore[arg-type]
    "yes for a count": (lambda: ProportionStatistic(True, True), "experiment_not_a_number"),
    "shape below 0": (lambda: beta_best([(-1, 2), (1, 1)]), "experiment_bad_prior"),
    "share of successes above 1": (lambda: wilson(np.array([3]), np.array([2])), "share_impossible"),
    "share of nobody": (lambda: wilson(np.array([0]), np.array([0])), "share_impossible"),
    "level of 2": (lambda: wilson(np.array([1]), np.array([2]), alpha=2), "level_out_of_range"),
    "count below 0": (lambda: association(np.array([[1, -1], [3, 4]])), "groups_not_numbers"),
    "group of nobody": (lambda: one_way(np.array([0, 5]), np.ones(2), np.ones(2)), "groups_not_numbers"),
    "chance of 2": (lambda: crossing(5, 1, 2.0), "experiment_bad_baseline"),
}
for bad in BAD:
    REFUSED |= {
        f"{bad} customers": (lambda bad=bad: ProportionStatistic(bad, 1), "experiment_not_a_number"),
        f"{bad} as a sum": (lambda bad=bad: MeanStatistic(3, bad, 1.0), "experiment_not_a_number"),
        f"{bad} among values": (lambda bad=bad: mann_whitney([1.0, bad], [2.0, 3.0]), "experiment_not_a_number"),
        f"{bad} as a mean": (lambda bad=bad: normal_best([bad, 1], [1, 1]), "experiment_not_a_number"),
        f"{bad} conversions": (
            lambda bad=bad: judge_lead(bad, 1, LeadDesign(170, 26, 0.05, 0.8)), "experiment_not_a_number"
        ),
        f"{bad} among ranks": (
            lambda bad=bad: kruskal_wallis(np.array([1, bad, 2, 3]), np.array([0, 0, 1, 1])), "groups_not_numbers"
        ),
    }  # fmt: skip
for correct in (holm, hochberg, benjamini_hochberg, bonferroni):
    for p in (1.5, -0.1, math.inf):
        name = f"{correct.__name__} of {p}"
        REFUSED[name] = (lambda correct=correct, p=p: correct(np.array([p, 0.5])), "p_out_of_range")


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_input_is_refused_with_a_sentence(name):
    call, code = REFUSED[name]
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
    for language in ("en", "zh"):
        assert translator(language)(f"error.{code}", **caught.value.facts)


def test_a_lift_of_nothing_at_all_has_no_interval_without_width():
    none = ProportionStatistic(200, 0)
    for ratio in ("koopman", "delta", "fieller", "katz"):
        found = compare_proportions(ProportionStatistic(1800, 9), none, ratio=ratio).relative
        assert found is not None
        assert found.low == -1.0
        assert found.high is not None
        assert found.high > 0
    zeros = MeanStatistic.from_values(np.zeros(30))
    reading = compare_means(MeanStatistic.from_values(np.arange(30.0)), zeros)
    assert reading.relative is None
    assert "experiment_no_relative" in {note.code for note in reading.notes}


@pytest.mark.parametrize(
    "of",
    [difference_of_proportions, ratio_of_proportions, partial(score_difference, widened=True), hybrid_exact],
)
def test_intervals_of_shares_take_every_spelling_of_the_sides_or_refuse_it(of):
    arms = ProportionStatistic(500, 50), ProportionStatistic(500, 70)
    assert of(*arms, alternative="two-sided") == of(*arms)
    assert of(*arms, alternative="larger") == of(*arms, alternative="greater")
    with pytest.raises(AnalysisError, match="experiment_unknown_choice"):
        of(*arms, alternative="one-sided")


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: power_of_h(0.3, 80, 90, sides="two-sided"), "experiment_unknown_choice"),
        (lambda: power_of_d(0.3, 80, 90, sides="greater"), "experiment_unknown_choice"),
        (lambda: QuantileStatistic.from_values([1, 2, 3.0], None), "experiment_not_a_number"),
        (lambda: QuantileStatistic.from_values([1, 2, 3.0], "x"), "experiment_not_a_number"),
        (lambda: read_margin(*[ProportionStatistic(9, 3)] * 2, margin=None), "experiment_not_a_number"),
        (lambda: read_margin(*[ProportionStatistic(9, 3)] * 2, margin="x"), "experiment_not_a_number"),
        (lambda: read_margin(*[ProportionStatistic(9, 3)] * 2, margin=0.1, alpha=None), "experiment_not_a_number"),
        (lambda: spending_bounds(["x"]), "experiment_not_a_number"),
        (lambda: spending_bounds(None), "experiment_not_a_number"),
    ],
)
def test_what_is_no_number_or_no_choice_is_refused_in_words(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
    assert all(translator(language)(f"error.{code}", **caught.value.facts) for language in ("en", "zh"))


def test_a_relative_test_names_its_sides_as_all_do():
    arms = MeanStatistic.from_values([1.0, 2, 3]), MeanStatistic.from_values([2.0, 4, 5])
    assert relative_test(*arms, alternative="two-sided")[1].alternative == "two_sided"
