"""The tree and the silhouettes: what is drawn is what the groups are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.cluster.hierarchy import fcluster

from analysis.charts.clusters import STEPS, dendrogram, silhouette_plot
from analysis.charts.palette import fade
from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.clusters import clusters
from analysis.segments.params import ClusterParams
from texts import Translator


def three(n: int = 60):
    rng = np.random.default_rng(5)
    middle = np.repeat([[0, 0], [10, 0], [0, 10]], n, axis=0)
    points = middle + rng.normal(size=middle.shape)
    frame = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(3 * n)], "x": points[:, 0], "y": points[:, 1]})
    return Profiles(frame, (Feature("x", "basic", "number"), Feature("y", "basic", "number")), date(2024, 1, 1))


@pytest.mark.parametrize("k", [2, 3, 5])
def test_the_line_cuts_as_many_branches_as_there_are_groups(k):
    result = clusters(three(), ClusterParams(method="ward", k=k))
    names = {key: f"Group {i}" for i, key in enumerate(result.segmentation.segments["segment"])}
    chart = dendrogram(result, Translator("en"), names=names)
    assert chart is not None
    lines = chart.layer[1].data
    cut = float(chart.layer[2].data["y"].iloc[0])
    upright = lines[lines["x"] == lines["x2"]]
    assert ((upright["y"] < cut) & (upright["y2"] >= cut)).sum() == k
    # A click on a cross-bar gives the number of groups that a cut just below it has.
    for bar in lines[(lines["y"] == lines["y2"]) & (lines["k"] <= 6)].to_dict("records"):
        below = fcluster(result.tree, bar["y"] - 1e-9, "distance")
        assert len(set(below)) == bar["k"]
    assert set(lines["segment"]) == {"", *names.values()}


def test_other_methods_have_no_tree():
    assert dendrogram(clusters(three(), ClusterParams(k=3)), Translator("en"), names={}) is None


def test_silhouettes_are_drawn_sorted_and_thinned():
    rng = np.random.default_rng(1)
    values = pd.DataFrame({"segment": ["a"] * 500 + ["b"] * 20, "silhouette": rng.uniform(-0.2, 0.9, 520)})
    chart = silhouette_plot(values, Translator("en"), names={"a": "A", "b": "B"}, keys=["a", "b"])
    data = chart.layer[0].data
    assert data.groupby("segment").size().to_dict() == {"A": STEPS, "B": 20}
    own = data[data["segment"] == "A"]["silhouette"]
    assert own.is_monotonic_decreasing
    assert own.iloc[0] == values["silhouette"][:500].max() and own.iloc[-1] == values["silhouette"][:500].min()


def test_a_segment_that_is_looked_at_stands_out_in_every_layer_that_knows_segments():
    values = pd.DataFrame({"segment": ["a", "b"] * 10, "silhouette": np.linspace(0, 1, 20)})
    chart = silhouette_plot(values, Translator("en"), names={"a": "A", "b": "B"}, keys=["a", "b"])
    drawn = fade(chart, "A").to_dict()
    assert drawn["layer"][0]["encoding"]["fillOpacity"]["condition"]["test"] == "(datum['segment'] === 'A')"
    assert "fillOpacity" not in drawn["layer"][1].get("encoding", {})
    assert fade(chart, None) is chart
