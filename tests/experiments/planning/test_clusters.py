"""Plans of tests that give arms to whole stores: published figures, simulation, and what they say."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.choices import PlanChoices
from analysis.experiments.plan_experiment import PlanSource, plan_experiment, power_by_customers, segment_effects
from analysis.experiments.plan_words import plan_answer
from analysis.experiments.planning.clusters import Clusters, ClustersSeen, clusters_of
from analysis.experiments.planning.outlook import SegmentOutlook
from analysis.experiments.planning.plan import MeanPlan, ProportionPlan, power_of, sample_size, smallest_effect
from tests.thorough import examples
from texts import Translator

STORES = Clusters(size=60, variation=0.5, icc=0.05)
A_PLAN = ProportionPlan(baseline=0.1, effect=0.05, clusters=STORES)


def test_the_design_effect_is_that_of_the_textbook():
    # Donner and Klar (2000): 1 + (m - 1) ICC; with sizes that differ, the harmonic mean (here of 20 and 60: 30).
    assert Clusters(size=101, icc=0.01).design_effect == pytest.approx(2.0)
    assert Clusters(size=40, variation=math.sqrt(1 / 3), icc=0).design_effect == pytest.approx(40 / 30)


def test_the_correlation_is_the_published_one():
    # Shrout and Fleiss (1979), table 2: six targets, four judges; ICC(1,1) .17 (table 4), 95 % -.13 to .72 (R's psych).
    ratings = np.array([9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7.0])
    seen = clusters_of(ratings, pd.Series(np.repeat(list("abcdef"), 4)))
    told = seen.clusters
    assert (seen.n, seen.customers, told.size, told.variation) == (6, 24, 4, 0)
    assert told.icc == pytest.approx(0.166, abs=5e-4)
    assert told.icc_high == pytest.approx(0.72, abs=5e-3)
    assert told.icc_low == 0  # below 0 counts as 0


def test_unequal_sizes_missing_values_and_rows_without_a_store():
    values = np.array([1.0, 2, 3, 4, 5, 9, np.nan, 7])
    labels = pd.Series(["a", "a", "b", "b", "b", "b", "a", None])
    seen = clusters_of(values, labels)
    # By hand: means 1.5 and 5.25 of two and four values, 4.0 of all six.
    within, between, alike = (0.5 + 20.75) / 4, 2 * 2.5**2 + 4 * 1.25**2, 6 - 20 / 6
    assert seen.clusters.icc == pytest.approx((between - within) / (between + (alike - 1) * within))
    assert (seen.n, seen.customers) == (2, 6)
    assert seen.clusters.size * seen.clusters.of_one == pytest.approx(
        3 * (seen.clusters.icc + (1 - seen.clusters.icc) * (1 / 2 + 1 / 4) / 2)
    )


def test_the_interval_of_the_correlation_covers_it():
    rng, runs, hit = np.random.default_rng(5), 200, 0
    labels = pd.Series(np.repeat(np.arange(20), rng.integers(10, 60, 20)))
    for _ in range(runs):
        values = rng.normal(0, math.sqrt(0.1), 20)[labels] + rng.normal(0, math.sqrt(0.9), len(labels))
        told = clusters_of(values, labels).clusters
        hit += (told.icc_low or 0) <= 0.1 <= (told.icc_high or 1)
    assert 0.91 <= hit / runs <= 0.98


@pytest.mark.parametrize(
    ("values", "labels", "code"),
    [
        ([1.0, 2, 3], ["a", "a", "a"], "experiment_few_clusters_seen"),
        ([1.0, 2, 3], ["a", "b", "c"], "experiment_few_clusters_seen"),
        ([1.0, 1, 1, 1], ["a", "a", "b", "b"], "experiment_no_variation"),
    ],
)
def test_what_says_nothing_about_a_correlation_is_refused(values, labels, code):
    with pytest.raises(AnalysisError, match=code):
        clusters_of(np.array(values), pd.Series(labels))


def test_the_power_is_that_of_a_t_test_of_the_means_of_stores():
    plan = MeanPlan(baseline=50, sd=100, effect=20, clusters=Clusters(size=80, icc=0.03))
    needed = sample_size(plan)
    spread = 100 * math.sqrt(0.03 + 0.97 / 80)
    said = TTestIndPower().power(20 / spread, needed.clusters_control, 0.05)
    assert needed.power == pytest.approx(said, abs=1e-6)
    fewer = TTestIndPower().power(20 / spread, needed.clusters_control - 1, 0.05)
    assert fewer < 0.8 <= said
    assert (needed.n_control, needed.n_total) == (80 * needed.clusters_control, 160 * needed.clusters_control)
    assert needed.formula == "cluster_t"


@pytest.mark.parametrize(
    ("baseline", "effect", "clusters", "split"),
    [
        (0.1, 0.03, STORES, 1.0),
        (0.02, 0.01, Clusters(size=200, variation=0.5, icc=0.01), 1.0),
        (0.1, 0.04, Clusters(size=150, icc=0.05), 1 / 3),
        (0.1, 0.12, STORES, 1.0),
    ],
)
def test_a_plan_keeps_its_power_where_stores_differ(baseline, effect, clusters, split):
    from scipy.stats import t as student

    needed = sample_size(ProportionPlan(baseline=baseline, effect=effect, split=split, clusters=clusters))
    rng, runs = np.random.default_rng(7), 6_000

    def means(stores, share):
        wide = math.sqrt(math.log1p(clusters.variation**2))
        sizes = np.maximum(np.round(rng.lognormal(math.log(clusters.size) - wide**2 / 2, wide, (runs, stores))), 1)
        sharp = (1 - clusters.icc) / clusters.icc
        return rng.binomial(sizes.astype(int), rng.beta(share * sharp, (1 - share) * sharp, sizes.shape)) / sizes

    one, two = needed.clusters_control, needed.clusters_treatment
    a, b = means(one, baseline), means(two, baseline + effect)
    pooled = (a.var(1, ddof=1) * (one - 1) + b.var(1, ddof=1) * (two - 1)) / (one + two - 2)
    found = (b.mean(1) - a.mean(1)) / np.sqrt(pooled * (1 / one + 1 / two)) > student.ppf(0.975, one + two - 2)
    assert found.mean() == pytest.approx(needed.power, abs=0.02)


@given(
    icc=st.floats(0, 0.5), size=st.floats(1, 5000), variation=st.floats(0, 2), effect=st.floats(0.01, 0.3),
    split=st.floats(0.2, 5),
)  # fmt: skip
@examples(60)
def test_more_alike_never_needs_fewer_and_the_smallest_effect_is_found_again(icc, size, variation, effect, split):
    clusters = Clusters(size=size, variation=variation, icc=icc)
    plan = ProportionPlan(baseline=0.2, effect=effect, split=split, clusters=clusters)
    needed = sample_size(plan)
    assert min(needed.clusters_control or 0, needed.clusters_treatment or 0) >= 4
    assert needed.power >= 0.8 - 1e-6
    more = sample_size(plan.model_copy(update={"clusters": clusters.model_copy(update={"icc": icc + 0.1})}))
    assert (more.clusters_control or 0) >= (needed.clusters_control or 0)
    n = needed.clusters_control * clusters.size
    assert smallest_effect(plan, n) <= effect * (1 + 1e-6) + 1e-9
    assert power_of(plan, n) == pytest.approx(needed.power)


@pytest.mark.parametrize(
    ("clusters", "more", "code"),
    [
        (Clusters(size=0.5, icc=0.1), {}, "experiment_bad_cluster_size"),
        (Clusters(size=10, variation=-1, icc=0.1), {}, "experiment_bad_cluster_size"),
        (Clusters(size=10, icc=1.0), {}, "experiment_bad_icc"),
        (Clusters(size=10, icc=-0.1), {}, "experiment_bad_icc"),
        (Clusters(size=float("nan"), icc=0.1), {}, "experiment_bad_cluster_size"),
        (STORES, {"sequential": "pocock"}, "experiment_clusters_looks"),
    ],
)
def test_clusters_without_an_answer_are_refused(clusters, more, code):
    with pytest.raises(AnalysisError, match=code):
        sample_size(ProportionPlan(baseline=0.2, effect=0.05, clusters=clusters, **more))


def test_three_stores_in_an_arm_have_no_power_to_ask_for():
    with pytest.raises(AnalysisError, match="experiment_few_clusters"):
        power_of(A_PLAN, 3 * 60)
    assert 0 < power_of(A_PLAN, 4 * 60) < 1


TYPED = PlanChoices(baseline=10, points=3, cluster_size=60, icc=0.05, customers=9000)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_typed_plan_says_how_many_stores_and_why_so_many(language):
    t = Translator(language)
    found = plan_experiment(TYPED)
    said = " ".join(plan_answer(found, t))
    needed = found.needed
    assert needed.clusters_control == 125
    for figure in ("125", "250", "150", "0.05", "4.2"):
        assert figure in said
    assert t("plan.cluster_typed") in said
    assert found.weeks is None
    assert t("plan.clusters_few", least=6) not in said
    few = plan_experiment(TYPED.model_copy(update={"points": 40.0, "icc": 0.01}))
    assert t("plan.clusters_few", least=6) in " ".join(plan_answer(few, t))
    margin = plan_experiment(TYPED.model_copy(update={"non_inferior": True, "points": 0.0}))
    assert margin.needed.formula == "cluster_t_non_inferiority"
    assert str(margin.needed.clusters_control) in " ".join(plan_answer(margin, t)).replace(",", "")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sizes_that_differ_much_are_marked_where_they_were_typed(language):
    t = Translator(language)
    for variation, marked in ((0.0, False), (0.6, False), (0.61, True), (1.5, True)):
        found = plan_experiment(TYPED.model_copy(update={"cluster_variation": 100 * variation}))
        assert found.plan.clusters is not None and found.plan.clusters.variation == pytest.approx(variation)
        said = " ".join(plan_answer(found, t))
        assert (t("plan.clusters_uneven", variation=found.plan.clusters.variation) in said) == marked


def test_many_tiny_stores_take_power_that_a_typed_variation_does_not_know():
    """The reason for the mark: gamma sizes of variation 1 leave .65 of .80, those of .6 keep it."""
    from scipy.stats import t as student

    rng, runs, left = np.random.default_rng(7), 1_500, {}
    for variation in (0.6, 1.0):
        clusters = Clusters(size=60, variation=variation, icc=0.05)
        stores = sample_size(ProportionPlan(baseline=0.1, effect=0.06, clusters=clusters)).clusters_control
        assert stores is not None
        sides = []
        for share in (0.1, 0.16):
            sizes = np.maximum(np.round(rng.gamma(variation**-2, 60 * variation**2, (runs, stores))), 1)
            beta = rng.beta(share * 19, (1 - share) * 19, sizes.shape)
            sides.append(rng.binomial(sizes.astype(int), beta) / sizes)
        a, b = sides
        error = np.sqrt((a.var(1, ddof=1) + b.var(1, ddof=1)) / stores)
        left[variation] = ((b.mean(1) - a.mean(1)) / error > student.ppf(0.975, 2 * stores - 2)).mean()
    assert left[0.6] > 0.75 and left[1.0] < 0.7


def test_as_many_stores_as_needed_are_enough_and_the_curve_begins_where_a_test_can_be_read():
    found = plan_experiment(TYPED)
    there = plan_experiment(TYPED.model_copy(update={"customers": found.needed.n_total}))
    assert there.weeks == 0
    assert there.power == pytest.approx(0.8, abs=0.01)
    first, _ = power_by_customers(found)[0]
    assert first >= 8 * 60


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"icc": None}, "experiment_field_empty"),
        ({"cluster_variation": None}, "experiment_field_empty"),
        ({"metric": "ratio"}, "experiment_cluster_alone"),
        ({"cluster": "city"}, "experiment_clusters_unseen"),
    ],
)
def test_a_plan_by_store_that_is_not_finished_is_refused(update, code):
    with pytest.raises(AnalysisError, match=code):
        plan_experiment(TYPED.model_copy(update=update))


def of_study(icc=0.02):
    seen = ClustersSeen(30, 900, Clusters(size=30, variation=0.4, icc=icc, icc_low=0.01, icc_high=0.06))
    statistic = ProportionStatistic(n=900, successes=180)
    outlooks = (
        SegmentOutlook("all", 1200, 900, statistic, 5.0, False, (), seen, 40, 1100),
        SegmentOutlook("few", 20, 10, statistic, None, False, (), None, 3, 20),
    )
    return PlanSource("rfm", "all", {"all": "Everyone", "few": "Few"}, outlooks, "City")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_plan_from_a_study_counts_the_stores_of_today_and_says_how_sure_it_is(language):
    t = Translator(language)
    choices = PlanChoices(source="rfm|all", cluster="city", points=5)
    found = plan_experiment(choices, of_study())
    assert found.plan.clusters is not None
    assert (found.plan.clusters.size, found.customers, found.per_week) == (27.5, 1100, None)
    said = " ".join(plan_answer(found, t))
    most = found.plan.model_copy(update={"clusters": found.plan.clusters.model_copy(update={"icc": 0.06})})
    units = sample_size(most).clusters_control * 2
    for figure in ("City", "0.01", "0.06", "40", str(units)):
        assert figure in said
    typed = plan_experiment(choices.model_copy(update={"icc": 0.1}), of_study())
    assert typed.plan.clusters == found.plan.clusters.model_copy(update={"icc": 0.1, "icc_low": None, "icc_high": None})
    _, left_out = segment_effects(found)
    assert left_out == ["few"]
