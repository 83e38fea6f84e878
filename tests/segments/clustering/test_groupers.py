from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters, prepare_for, segment_stability
from analysis.segments.clustering.groupers import WARD_ROWS, group_rows
from analysis.segments.params import ClusterParams, Preparation

METHODS = ("kmeans", "bisecting", "ward", "gaussian", "hdbscan", "mixed")


def planted(n=240, *, far=0, columns=3, seed=0):
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, n)
    points = 12 * np.eye(columns)[truth] + random.normal(size=(n, columns))
    points[:far] = random.uniform(40, 400, (far, columns))
    frame = pd.DataFrame(points, columns=[f"x{i}" for i in range(columns)])
    frame = frame.assign(customer_id=[f"c{i:05}" for i in range(n)], spend=truth * 10.0 + 5)
    return Profiles(frame, tuple(Feature(f"x{i}", "basic", "number") for i in range(columns)), date(2024, 1, 1)), truth


@pytest.mark.parametrize("method", METHODS)
def test_every_method_finds_planted_groups_and_their_number(method):
    profiles, truth = planted()
    params = ClusterParams(method=method, smallest_share=0.05)
    result = clusters(profiles, params)
    labels = result.segmentation.labels
    inside = labels.notna()
    assert result.k == 3
    assert adjusted_rand_score(truth[inside], labels[inside]) >= 0.99
    assert inside.mean() > 0.9
    stable = segment_stability(prepare_for(profiles, params), result)
    assert min(stable.values()) > 0.8


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_the_same_on_every_run(method):
    profiles, _ = planted(90)
    one, two = (clusters(profiles, ClusterParams(method=method, k=3)).segmentation.labels for _ in "ab")
    assert one.equals(two)


def test_hdbscan_leaves_far_customers_in_no_group_and_says_how_many():
    profiles, _ = planted(far=4)
    result = clusters(profiles, ClusterParams(method="hdbscan", preparation=Preparation(cap=False)))
    outside = result.segmentation.labels.isna()
    assert outside[:4].all()
    note = next(note for note in result.notes if note.code == "clusters_no_group")
    assert note.facts["n"] == outside.sum() == result.segmentation.n_outside
    assert (result.nearest[outside] == -1).all()
    assert np.isnan(result.margin[outside]).all()


def test_hdbscan_without_any_dense_place_is_refused_with_the_numbers():
    points = np.random.default_rng(0).random((12, 3))
    with pytest.raises(AnalysisError) as raised:
        group_rows(points, "hdbscan", 2, smallest_share=0.9)
    assert raised.value.code == "clusters_all_outside"
    assert raised.value.facts == {"n": 12, "least": 11}


def test_mixture_says_how_sure_each_customer_belongs():
    profiles, _ = planted()
    result = clusters(profiles, ClusterParams(method="gaussian", k=3))
    assert result.bic is not None
    assert result.probability.min() > 1 / 3
    assert np.median(result.probability) > 0.99


def test_ward_on_a_sample_assigns_the_rest_to_the_nearest_centre_and_says_so():
    profiles, truth = planted(WARD_ROWS + 300)
    result = clusters(profiles, ClusterParams(method="ward", k=3))
    assert adjusted_rand_score(truth, result.segmentation.labels) >= 0.99
    note = next(note for note in result.notes if note.code == "clusters_sampled")
    assert note.facts == {"n_fitted": WARD_ROWS, "n": WARD_ROWS + 300}
    assert result.tree.shape == (WARD_ROWS - 1, 4)


def test_categories_part_customers_whose_numbers_do_not():
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 200)
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(200)], "x": random.normal(size=200)})
    frame["plan"] = np.where(truth == 1, "basic", "pro")
    frame["city"] = np.where(truth == 1, "Rome", "Oslo")
    features = (
        Feature("x", "basic", "number"),
        Feature("plan", "basic", "category"),
        Feature("city", "basic", "category"),
    )
    profiles = Profiles(frame, features, date(2024, 1, 1))
    result = clusters(profiles, ClusterParams(method="mixed", k=2))
    assert adjusted_rand_score(truth, result.segmentation.labels) == 1.0
    assert [feature.key for feature in result.categories] == ["plan", "city"]


def test_weight_decides_which_feature_parts_the_customers():
    random = np.random.default_rng(1)
    sides = random.integers(0, 2, (200, 2))
    frame = pd.DataFrame(10.0 * sides + random.normal(size=(200, 2)), columns=["a", "b"])
    frame["customer_id"] = [f"c{i:03}" for i in range(200)]
    profiles = Profiles(frame, (Feature("a", "basic", "number"), Feature("b", "basic", "number")), date(2024, 1, 1))
    for position, key in enumerate("ab"):
        params = ClusterParams(k=2, preparation=Preparation(weights={key: 9.0}))
        assert adjusted_rand_score(sides[:, position], clusters(profiles, params).segmentation.labels) >= 0.95


def test_preparation_is_what_was_chosen():
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(200)], "x": np.exp(random.normal(size=200) * 2)})
    frame.loc[:4, "x"] = np.nan
    profiles = Profiles(frame, (Feature("x", "basic", "number", "money"),), date(2024, 1, 1))

    def prepared(**changes):
        return prepare_for(profiles, ClusterParams(features=("x",), preparation=Preparation(**changes)))

    def skewness(matrix):
        return abs(float((matrix[:, 0] ** 3).mean()))

    plain = prepared(skew="none", cap=False)
    assert skewness(plain.matrix) > 3
    assert skewness(prepared(skew="yeo_johnson").matrix) < 1
    assert len(plain.rows) == 195  # without any value there is nothing to go by
    assert prepared(scale="robust").matrix.std() != pytest.approx(1)
    assert abs(prepared(skew="none", cap=True).matrix).max() < abs(plain.matrix).max()


def test_customers_with_a_gap_are_left_out_when_asked_and_counted():
    profiles, _ = planted(60)
    frame = profiles.customers.copy()
    frame.loc[:6, "x0"] = np.nan
    holes = Profiles(frame, profiles.features, profiles.as_of)
    result = clusters(holes, ClusterParams(k=3, preparation=Preparation(missing="leave_out")))
    assert result.segmentation.n_outside == 7
    assert ("clusters_left_out_missing", {"n": 7}) in [(note.code, note.facts) for note in result.notes]


def test_identical_and_mostly_missing_features_are_said():
    profiles, _ = planted(60)
    frame = profiles.customers.assign(twin=profiles.customers["x0"])
    frame["rare"] = np.where(np.arange(60) % 20 == 0, np.arange(60.0), np.nan)
    features = (*profiles.features, Feature("twin", "basic", "number"), Feature("rare", "basic", "number"))
    result = clusters(Profiles(frame, features, profiles.as_of), ClusterParams(features=("x0", "twin", "rare"), k=3))
    notes = {note.code: note.facts for note in result.notes}
    assert notes["clusters_identical"] == {"feature": "twin", "other": "x0"}
    assert notes["clusters_mostly_missing"] == {"feature": "rare", "n": 57, "share": 0.95}
