"""Clusters as a method: how they are run, told and kept."""

from __future__ import annotations

from typing import Any

from analysis.segments.clustering import words
from analysis.segments.clustering.clusters import choices, clusters
from analysis.segments.clustering.fitted import FittedClusters
from analysis.segments.clustering.frozen import apply, keep, labels
from analysis.segments.clustering.result import ClusterResult
from analysis.segments.method import Basis, Freezing, Method
from analysis.segments.params import ClusterParams


def _run(basis: Basis, params: ClusterParams) -> ClusterResult:
    return clusters(basis.profiles, params)


def _figures(result: ClusterResult) -> dict[str, Any]:
    features = [feature.key for feature in result.features]
    return {"k": result.k, "silhouette": round(result.silhouette, 6), "features": features}


METHOD = Method(
    params=ClusterParams,
    run=_run,
    icon="bubble_chart",
    answer=words.answer,
    freezing=Freezing(FittedClusters, keep=keep, apply=apply, labels=labels, choices=choices),
    column="segment_cluster",
    numbered={"cluster": 0},
    always=True,
    found_anew=True,
    figures=_figures,
)
