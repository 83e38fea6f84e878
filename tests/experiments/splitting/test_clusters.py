"""Whole stores to arms: shares, sizes, chance, newcomers, and what is said of it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import AnalysisError
from analysis.experiments.choices import ArmChoice, SplitChoices
from analysis.experiments.plan_words import balance_answer, came_text, enough_text, split_answer
from analysis.experiments.planning.clusters import Clusters
from analysis.experiments.planning.plan import ProportionPlan
from analysis.experiments.record import Experiment, KeptPlan
from analysis.experiments.split_experiment import kept_assignment, split_experiment, split_newcomers
from analysis.experiments.splitting.clusters import assign_clusters
from analysis.exports.experiment.summary import split_summary
from tests.thorough import examples
from texts import Translator

EQUAL = {"A": 1.0, "B": 1.0}


def stores(sizes):
    return [f"s{at}" for at, size in enumerate(sizes) for _ in range(size)]


@given(
    sizes=st.lists(st.integers(1, 300), min_size=40, max_size=90),
    weights=st.sampled_from([EQUAL, {"A": 2, "B": 1}, {"A": 1, "B": 1, "C": 1}, {"A": 45, "B": 45, "C": 10}]),
    seed=st.text("abc", min_size=1, max_size=4),
)
@examples(40)
def test_every_arm_gets_its_share_of_the_stores(sizes, weights, seed):
    customers = stores(sizes)
    arms = assign_clusters(customers, weights, seed=seed)
    assert set(arms) == set(customers)
    counts = Counter(arms.values())
    for arm, weight in weights.items():
        assert abs(counts[arm] - len(sizes) * weight / sum(weights.values())) <= 1.5
    assert arms == assign_clusters(customers[::-1], weights, seed=seed)


def test_arms_are_more_alike_in_size_than_chance_alone_makes_them():
    sizes = np.random.default_rng(1).lognormal(4, 1, 16).astype(int) + 1
    customers, rng = stores(sizes), np.random.default_rng(2)
    apart, alone = [], []
    for seed in range(60):
        arms = assign_clusters(customers, EQUAL, seed=str(seed))
        sign = np.array([1 if arms[f"s{at}"] == "A" else -1 for at in range(16)])
        apart.append(abs(sign @ sizes))
        alone.append(abs(rng.permutation(sign) @ sizes))
    assert np.mean(apart) < 0.6 * np.mean(alone)


def test_each_store_is_as_likely_to_be_treated_and_two_are_not_tied_together():
    customers = stores(range(20, 36))
    drawn = [assign_clusters(customers, {"A": 3, "B": 1}, seed=str(seed)) for seed in range(600)]
    for at in range(16):
        assert 0.18 < np.mean([arms[f"s{at}"] == "B" for arms in drawn]) < 0.32
    both = np.mean([arms["s0"] == arms["s9"] == "B" for arms in drawn])
    assert 0.02 < both < 0.12


def test_stores_that_have_an_arm_keep_it_and_new_ones_fill_what_is_missing():
    kept = {f"s{at}": "A" for at in range(5)} | {f"s{at}": "B" for at in range(5, 8)}
    arms = assign_clusters(stores([9] * 12), EQUAL, seed="x", kept=kept)
    assert {one: arms[one] for one in kept} == kept
    assert Counter(arms.values()) == {"A": 6, "B": 6}


@pytest.mark.parametrize(
    ("sizes", "weights", "code"),
    [
        ([5] * 7, EQUAL, "experiment_few_clusters"),
        ([5] * 12, {"A": 9, "B": 1}, "experiment_few_clusters"),
        ([], EQUAL, "experiment_no_customers"),
        ([5] * 12, {"A": 1}, "experiment_one_arm"),
        ([5] * 12, {"A": 1, "B": 0}, "experiment_bad_weights"),
    ],
)
def test_a_split_of_stores_that_could_not_be_read_is_refused(sizes, weights, code):
    with pytest.raises(AnalysisError, match=code):
        assign_clusters(stores(sizes), weights, seed="x")


def shop(n=120, cities=12):
    return pd.DataFrame(
        {
            "customer_id": [f"c{at}" for at in range(n)],
            "city": [f"town {at % cities}" for at in range(n)],
            "n": range(n),
        }
    )


BY_CITY = SplitChoices(seed="spring", cluster="city")


def test_all_customers_of_a_city_get_the_same_and_those_without_one_nothing():
    customers = shop()
    customers.loc[:4, "city"] = None
    found = split_experiment(customers, BY_CITY)
    arms = found.to_frame().merge(customers, on="customer_id")
    assert (arms.groupby("city")["arm"].nunique() == 1).all()
    assert (len(found.rows), found.n_without_cluster) == (115, 5)
    assert found.cluster_sizes == {"control": 6, "treatment": 6}
    summary = split_summary(found)
    assert (summary["clusters"], summary["without_cluster"]) == ({"control": 6, "treatment": 6}, 5)
    for language in ("en", "zh"):
        t = Translator(language)
        said = " ".join(split_answer(found, None, t, by="Town"))
        assert "Town" in said
        assert t("split.without_cluster", n=5, by="Town") in said
        assert t("plan.clusters_few", least=6) not in said
        few = split_experiment(shop(cities=11), BY_CITY)
        assert t("plan.clusters_few", least=6) in split_answer(few, None, t)
    assert split_experiment(customers, SplitChoices(seed="spring")).cluster_sizes is None


def test_newcomers_get_what_their_city_has():
    before = shop()
    found = split_experiment(before, BY_CITY)
    kept = kept_assignment(found, digest="0" * 64, now=pd.Timestamp("2026-01-01", tz="UTC").to_pydatetime())
    assert (kept.cluster, kept.clusters) == ("city", {"control": 6, "treatment": 6})
    after = pd.concat([before, shop(160).iloc[120:]], ignore_index=True)
    known = dict(zip(found.customers, found.arms, strict=True))
    arms = [known.get(one) for one in after["customer_id"]]
    more = split_newcomers(after, Experiment(name="Spring", assignment=kept), arms)
    assert more is not None
    by_city = dict(zip(before["city"], [known[one] for one in before["customer_id"]], strict=True))
    assert [by_city[city] for city in after["city"]] == list(more.arms)


@pytest.mark.parametrize(
    ("update", "code"),
    [
        ({"strata": ("n",)}, "experiment_cluster_strata"),
        ({"cluster": "shop"}, "experiment_unknown_column"),
        ({"cluster": "empty"}, "experiment_no_clusters"),
        ({"hold_out": 10.0}, "experiment_few_clusters"),
        ({"arms": (ArmChoice(name="A", share=9), ArmChoice(name="B", share=1))}, "experiment_few_clusters"),
    ],
)
def test_what_cannot_be_split_by_city_is_refused(update, code):
    with pytest.raises(AnalysisError, match=code):
        split_experiment(shop().assign(empty=None), BY_CITY.model_copy(update=update))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_split_and_a_reading_are_held_against_a_plan_of_the_same_kind(language):
    t = Translator(language)
    alone = KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.05))
    whole = KeptPlan(choices=ProportionPlan(baseline=0.2, effect=0.2, clusters=Clusters(size=50, icc=0.05)))
    sizes, units = {"control": 600, "treatment": 600}, {"control": 12, "treatment": 12}
    assert enough_text(sizes, whole, t, units=units) == [t("split.as_planned_clusters", control=7, treatment=7)]
    few = {"control": 4, "treatment": 12}
    assert enough_text(sizes, whole, t, units=few) == [t("split.too_few_clusters", control=7, treatment=7)]
    assert enough_text(sizes, alone, t, units=units) == [t("split.plan_by_customer")]
    assert enough_text(sizes, whole, t) == [t("split.plan_by_cluster")]
    assert came_text(units, whole, t, by_cluster=True) == []
    assert "4" in came_text(few, whole, t, by_cluster=True)[0]
    assert came_text(sizes, whole, t) == [t("read.plan_by_cluster")]
    said = balance_answer(9, 3, 12, t, whole=True)
    assert said.endswith(t("split.by_chance_clusters", n=12, size=1.96 * (2 / 12) ** 0.5))
    assert came_text(units, alone, t, by_cluster=True) == [t("read.plan_by_customer")]
