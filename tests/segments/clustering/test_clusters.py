from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters, fit
from analysis.segments.clustering.prepare import prepare
from analysis.segments.params import ClusterParams


def blobs(k=4, n=800, seed=0, p=3, spend=True):
    rng = np.random.default_rng(seed)
    corners = np.array([[i // 4 % 2, i // 2 % 2, i % 2] for i in (0, 3, 5, 6, 1, 7)][:k], float)[:, :p] * 10
    truth = rng.integers(0, k, n)
    points = corners[truth] + rng.normal(size=(n, p))
    columns = {f"x{i}": points[:, i] for i in range(p)}
    if spend:
        columns["spend"] = 100.0 * (truth + 1) + rng.normal(size=n)
    frame = pd.DataFrame({"customer_id": [f"c{i:06}" for i in range(n)], **columns})
    features = tuple(Feature(f"x{i}", "basic", "number") for i in range(p))
    return Profiles(frame, features, date(2024, 1, 1)), truth


@pytest.mark.parametrize("k", [2, 3, 4])
def test_planted_groups_are_found_and_their_number_suggested(k):
    profiles, truth = blobs(k)
    result = clusters(profiles)
    assert result.k == k
    assert result.suggested
    assert adjusted_rand_score(truth, result.segmentation.labels) >= 0.99
    assert result.sweep.set_index("k").loc[k, "chosen"]
    assert result.sweep["chosen"].sum() == 1


def test_groups_are_numbered_by_mean_spend():
    profiles, _truth = blobs(4)
    labels = clusters(profiles, ClusterParams(k=4)).segmentation.labels
    spend = profiles.customers.groupby(labels)["spend"].mean()
    assert spend.sort_values(ascending=False).index.tolist() == [f"cluster_{i}" for i in (1, 2, 3, 4)]


def test_without_spend_groups_are_numbered_by_the_first_feature_and_revenue_is_missing():
    profiles, _ = blobs(2, spend=False)
    result = clusters(profiles, ClusterParams(k=2))
    means = profiles.customers.groupby(result.segmentation.labels)[result.features[0].key].mean()
    assert result.segmentation.segments["revenue"].isna().all()
    assert means["cluster_1"] > means["cluster_2"]


def test_row_order_and_repetition_change_nothing():
    profiles, _ = blobs(3, n=300)
    order = np.random.default_rng(9).permutation(300)
    shuffled = Profiles(profiles.customers.iloc[order].reset_index(drop=True), profiles.features, profiles.as_of)
    for k in (None, 5):
        one, again, two = (clusters(p, ClusterParams(k=k)) for p in (profiles, profiles, shuffled))
        assert one.segmentation.labels.equals(again.segmentation.labels)
        assert one.segmentation.labels.iloc[order].tolist() == two.segmentation.labels.tolist()
        assert one.silhouette == two.silhouette


def test_a_slider_move_gives_the_same_as_the_whole_run():
    profiles, _ = blobs(4)
    prepared = prepare(profiles)
    assert fit(prepared, k=5).segmentation.labels.equals(clusters(profiles, ClusterParams(k=5)).segmentation.labels)


def test_silhouette_is_scikit_learns_on_the_sample():
    profiles, _ = blobs(4, n=6000)
    prepared = prepare(profiles)
    result = fit(prepared, k=4)
    labels = result.segmentation.labels.to_numpy()[prepared.rows][prepared.sample]
    assert result.n_silhouette == 5000
    assert result.silhouette == pytest.approx(silhouette_score(prepared.matrix[prepared.sample], labels), abs=1e-9)


def test_centres_are_means_and_medians_in_the_features_own_unit():
    profiles, _ = blobs(3)
    result = clusters(profiles, ClusterParams(k=3))
    by_segment = profiles.customers.groupby(result.segmentation.labels)
    for row in result.centres.itertuples():
        assert row.mean == pytest.approx(by_segment[row.feature].mean()[row.segment])
        assert row.median == pytest.approx(by_segment[row.feature].median()[row.segment])
        assert row.all_mean == pytest.approx(profiles.customers[row.feature].mean())
    weighted = result.centres.merge(result.segmentation.segments, on="segment")
    sums = (weighted["z"] * weighted["share"]).groupby(weighted["feature"]).sum()
    assert sums.tolist() == pytest.approx([0] * len(sums), abs=1e-6)


def test_traits_name_what_lies_half_a_deviation_off():
    profiles, _ = blobs(4)
    result = clusters(profiles, ClusterParams(k=4))
    for key, traits in result.traits.items():
        z = result.centres[result.centres["segment"] == key].set_index("feature")["z"]
        assert all(abs(z[feature]) >= 0.5 and (z[feature] > 0) == (level == "high") for feature, level in traits)
        assert len(traits) == 2


def test_noise_is_said_to_have_no_clear_groups():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"customer_id": [f"c{i:04}" for i in range(900)], **{f"x{i}": rng.random(900) for i in range(6)}}
    )
    result = clusters(Profiles(frame, tuple(Feature(f"x{i}", "basic", "number") for i in range(6)), date(2024, 1, 1)))
    assert [note.code for note in result.notes] == ["clusters_no_groups"]
    assert result.recommended.verdict == "none"


def test_what_was_measured_on_a_sample_says_so_with_both_numbers():
    base = pd.DataFrame({"customer_id": [f"c{i:04}" for i in range(5_200)], "x": np.arange(5_200) % 2 * 9.0})
    base["x"] += np.random.default_rng(0).normal(size=5_200)
    for n, said in ((5_200, [{"n": 5_000, "n_all": 5_200}]), (4_000, [])):
        part = Profiles(base.head(n), (Feature("x", "basic", "number"),), date(2024, 1, 1))
        notes = clusters(part, ClusterParams(features=("x",), k=2)).notes
        assert [note.facts for note in notes if note.code == "clusters_measured"] == said


def test_one_giant_customer_does_not_become_the_only_group():
    profiles, truth = blobs(3, n=600)
    frame = profiles.customers.copy()
    frame.loc[0, ["x0", "x1", "x2"]] = 1e12
    result = clusters(Profiles(frame, profiles.features, profiles.as_of), ClusterParams(k=3))
    assert adjusted_rand_score(truth[1:], result.segmentation.labels[1:]) >= 0.99


def test_two_identical_features_work_and_are_suggested_once():
    profiles, truth = blobs(2, p=3)
    twin = profiles.customers.assign(copy=profiles.customers["x1"])
    both = Profiles(twin, (*profiles.features, Feature("copy", "basic", "number")), profiles.as_of)
    assert not {"x1", "copy"} <= {feature.key for feature in clusters(both).features}
    chosen = clusters(both, ClusterParams(features=("x1", "copy"), k=2))
    assert adjusted_rand_score(truth, chosen.segmentation.labels) >= 0.99


def test_one_feature_is_enough():
    profiles, _ = blobs(2)
    result = clusters(profiles, ClusterParams(features=("x1",), k=2))
    assert result.map_shares == (1.0, 0.0)
    assert len(result.centres) == 2


@pytest.mark.parametrize(("values", "k"), [([1.0, 2.0] * 10, 3), ([1.0, 2.0, 3.0] * 5, 4)])
def test_more_groups_than_different_customers_is_refused(values, k):
    frame = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(len(values))], "x": values})
    base = Profiles(frame, (Feature("x", "basic", "number"),), date(2024, 1, 1))
    with pytest.raises(AnalysisError) as raised:
        clusters(base, ClusterParams(k=k))
    assert (raised.value.code, raised.value.facts) == ("clusters_too_few_distinct", {"n_distinct": k - 1, "k": k})
    assert clusters(base).k == k - 1


def test_a_map_never_holds_more_than_two_thousand_customers():
    profiles, _ = blobs(3, n=5000)
    result = clusters(profiles, ClusterParams(k=3))
    assert len(result.map) == 2000
    assert set(result.map["segment"]) == {"cluster_1", "cluster_2", "cluster_3"}
