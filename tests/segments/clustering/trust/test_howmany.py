from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from analysis.errors import AnalysisError
from analysis.segments.clustering.trust.howmany import Limits, sweep
from tests.samples import sample


def planted(k, *, n=400, columns=3, seed=0, apart=7.0):
    random = np.random.default_rng(seed)
    middles = apart * np.array([[i // 4 % 2, i // 2 % 2, i % 2] for i in (0, 3, 5, 6)][:k], float)[:, :columns]
    return middles[random.integers(0, k, n)] + random.normal(size=(n, columns))


@pytest.mark.parametrize(("file", "label"), [("iris.csv", "Species"), ("wine.csv", "target")])
def test_indices_of_iris_and_wine_equal_scikit_learns(shared_data, file, label):
    points = pd.read_csv(shared_data / "reference" / file).drop(columns=label).to_numpy(float)
    found = sweep(points, every_stability=False)
    for row, grouping in zip(found.table.to_dict("records"), found.groupings, strict=True):
        assert row["silhouette"] == pytest.approx(silhouette_score(points, grouping.labels), abs=1e-9)
        assert row["calinski_harabasz"] == pytest.approx(calinski_harabasz_score(points, grouping.labels), abs=1e-9)
        assert row["davies_bouldin"] == pytest.approx(davies_bouldin_score(points, grouping.labels), abs=1e-9)
        assert row["inertia"] <= KMeans(row["k"], n_init=5, random_state=0).fit(points).inertia_ * 1.001


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("k", [2, 3, 4])
def test_planted_groups_are_recommended_and_called_clear(k, seed):
    found = sweep(planted(k, seed=seed), every_stability=False).recommended
    assert (found.k, found.verdict) == (k, "clear")
    assert found.stability.min() > 0.95
    assert [note.code for note in found.reasons] == ["k_apart", "k_agrees"]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("columns", [1, 2, 5])
def test_uniform_noise_is_said_to_hold_no_groups(columns, seed):
    found = sweep(np.random.default_rng(seed).random((300, columns)), every_stability=False).recommended
    assert found.verdict == "none"
    assert found.reasons[0].code == "k_no_groups"


def test_limits_are_kept_and_said():
    points = np.concatenate([planted(4), np.full((6, 3), 60.0) + np.arange(6)[:, None] / 100])
    free = sweep(points, limits=Limits(smallest_share=0.0), every_stability=False)
    assert free.table["smallest_share"].iloc[free.recommended.k - 2] < 0.02
    limited = sweep(points, limits=Limits(smallest_share=0.02, most=3), every_stability=False).recommended
    # The six far rows are a group of their own in every number of groups.
    assert limited.reasons[0].code == "k_none_within_limits"
    most = sweep(planted(4), limits=Limits(most=3), every_stability=False).recommended
    assert most.k <= 3
    assert most.reasons[0].code == "k_apart_within_limits"
    assert most.reasons[0].facts["best"] == 4


def test_measuring_every_stability_recommends_the_same():
    points = planted(3, n=150, apart=3.0)
    few, every = sweep(points, every_stability=False), sweep(points)
    assert few.recommended.k == every.recommended.k
    assert few.recommended.reasons == every.recommended.reasons
    assert every.table["stability"].notna().all()
    assert every.table["least_stability"].le(every.table["stability"]).all()
    there = few.table["stability"].notna()
    assert few.table.loc[there, "stability"].tolist() == every.table.loc[there, "stability"].tolist()


def test_the_highest_number_is_that_of_the_different_rows_and_one_is_refused():
    assert sweep(np.repeat([[0.0], [1.0], [5.0]], 5, axis=0)).table["k"].tolist() == [2, 3]
    with pytest.raises(AnalysisError) as raised:
        sweep(np.ones((20, 2)))
    assert raised.value.facts == {"n_distinct": 1, "k": 2}


@pytest.mark.parametrize(("file", "k"), [("中文店铺", 5), ("subscription_en", 5), ("b2b_crm_en", 4)])
def test_planted_number_of_groups_of_the_sample_businesses_is_recommended(root, file, k):
    result, _ = sample(file).segmentation("clusters")
    truth = pd.read_csv(root / "sample_data" / "truth" / f"{file}.csv", dtype=str)
    assert (result.k, result.recommended.verdict) == (k, "clear")
    assert min(result.stability.values()) > 0.9
    assert sorted(result.segmentation.segments["customers"]) == sorted(truth["group"].value_counts())
