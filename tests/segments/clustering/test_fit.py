"""How well each customer fits: silhouettes equal scikit-learn's, margins and probabilities say who is on an edge."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from sklearn.metrics import silhouette_samples

from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters, prepare_for
from analysis.segments.clustering.fit import customer_silhouettes, edge_rows, fit_columns, group_silhouettes
from analysis.segments.edit import apply_edits
from analysis.segments.params import ClusterParams, SegmentEdit


def line() -> Profiles:
    """Two groups on a line, and one customer half-way between them."""
    x = [*np.linspace(0, 1, 20), *np.linspace(9, 10, 20), 4.8]
    frame = pd.DataFrame({"customer_id": [f"c{i:02}" for i in range(41)], "x": x})
    return Profiles(frame, (Feature("x", "basic", "number"),), date(2024, 1, 1))


def test_silhouettes_are_those_of_scikit_learn_on_the_prepared_features():
    params = ClusterParams(k=2)
    profiles = line()
    prepared, result = prepare_for(profiles, params), clusters(profiles, params)
    found = customer_silhouettes(prepared, result)
    expected = silhouette_samples(prepared.matrix, result.segmentation.labels.iloc[prepared.rows])
    assert found["row"].tolist() == prepared.rows.tolist()
    np.testing.assert_allclose(found["silhouette"], expected, atol=1e-12)


def test_the_customer_half_way_is_the_first_on_the_edge():
    result = clusters(line(), ClusterParams(k=2))
    assert edge_rows(result, 3)[0] == 40
    columns = fit_columns(result, result.segmentation)
    own = result.segmentation.labels.iloc[40]
    assert columns["nearest"].iloc[40] != own
    assert 0 <= columns["margin"].iloc[40] < 0.2
    assert columns["margin"].iloc[10] > 0.8
    assert "probability" not in columns


def test_a_mixture_says_how_probable_each_membership_is():
    result = clusters(line(), ClusterParams(k=2, method="gaussian"))
    probability = fit_columns(result, result.segmentation)["probability"]
    assert probability.between(0.5, 1).all()
    assert probability.iloc[10] > 0.99


def test_a_neighbour_that_was_merged_stands_for_the_segment_it_was_merged_into():
    result = clusters(line(), ClusterParams(k=3))
    edited = apply_edits(result.segmentation, [SegmentEdit(segment="cluster_3", merge_into="cluster_2")])
    assert set(fit_columns(result, edited.segmentation)["nearest"].dropna()) <= {"cluster_1", "cluster_2"}


def test_the_silhouette_of_a_group_is_the_mean_of_its_customers():
    params = ClusterParams(k=3)
    profiles = line()
    prepared, result = prepare_for(profiles, params), clusters(profiles, params)
    labels = result.segmentation.labels.iloc[prepared.rows].to_numpy()
    each = silhouette_samples(prepared.matrix, labels)
    found = group_silhouettes(customer_silhouettes(prepared, result))
    assert found["silhouette"].is_monotonic_increasing
    for row in found.itertuples():
        own = each[labels == row.segment]
        assert (row.n, row.n_nearer_to_another) == (len(own), (own < 0).sum())
        assert abs(row.silhouette - own.mean()) < 1e-12
    # Together they are the silhouette of the whole.
    assert abs((found["n"] * found["silhouette"]).sum() / found["n"].sum() - result.silhouette) < 1e-9


def test_customers_without_a_silhouette_or_a_group_are_not_counted():
    found = pd.DataFrame({"segment": ["a", "a", None, "b"], "silhouette": [0.4, np.nan, 0.9, 0.1]})
    assert group_silhouettes(found).to_numpy().tolist() == [["b", 1, 0.1, 0], ["a", 1, 0.4, 0]]
    assert len(group_silhouettes(found.iloc[:0])) == 0
