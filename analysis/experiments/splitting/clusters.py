"""Whole stores, classes or cities to arms: in blocks of like size, so that arms are alike in numbers and sizes.

Method, sources and limits: ``docs/methods/experiments-split.md``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from analysis.errors import AnalysisError
from analysis.experiments.rows.clusters import FEWEST
from analysis.experiments.splitting.split import check_weights, place


def assign_clusters(
    clusters: Sequence[str], weights: Mapping[str, float], *, seed: str, kept: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Assign each cluster as a whole, so that the arms hold the planned shares of clusters to within one.

    The clusters stand in the order of their size, cut into blocks in which every arm has a place; inside a block their
    hashes decide, so that each cluster is as likely as any other of its block to get an arm.

    Parameters
    ----------
    clusters : sequence of str
        The cluster of each customer; the sizes are counted from it.
    weights : mapping of arm to share
        Any positive numbers.
    seed : str
        The experiment's own.
    kept : mapping of cluster to arm, optional
        Earlier assignments: they stay, and new clusters fill what is missing.

    Returns
    -------
    dict of cluster to arm

    Raises
    ------
    AnalysisError
        ``experiment_one_arm``, ``experiment_bad_weights``, ``experiment_no_customers``; ``experiment_few_clusters``
        (n, least) where an arm gets fewer than can be read.

    References
    ----------
    Donner and Klar (2000), Design and analysis of cluster randomization trials, ch. 4 (stratification by size);
    Hayes and Moulton (2017), Cluster randomised trials, ch. 6.

    Examples
    --------
    >>> stores = [f"s{i}" for i in range(8) for _ in range(10 + i)]
    >>> sorted(assign_clusters(stores, {"A": 1, "B": 1}, seed="spring").values())
    ['A', 'A', 'A', 'A', 'B', 'B', 'B', 'B']
    """
    check_weights(weights)
    if not len(clusters):
        raise AnalysisError("experiment_no_customers")
    sizes, total = Counter(clusters), sum(weights.values())
    arms = {one: arm for one, arm in (kept or {}).items() if one in sizes and arm in weights}
    counts = {arm: list(arms.values()).count(arm) for arm in weights}
    # In a block as large as this every arm, also the one with the smallest share, has a place.
    block = max(2, math.ceil(total / min(weights.values()) - 1e-9))
    ordered = sorted((one for one in sizes if one not in arms), key=lambda one: (-sizes[one], place(seed, one)))
    for start in range(0, len(ordered), block):
        inside = sorted(ordered[start : start + block], key=lambda one: place(seed, f"cluster\x1f{one}"))
        first = sorted(weights, key=lambda arm: place(seed, f"block\x1f{start}\x1f{arm}"))
        for one in inside:
            so_far = sum(counts.values()) + 1
            arm = max(first, key=lambda name: so_far * weights[name] / total - counts[name])
            arms[one] = arm
            counts[arm] += 1
    if min(counts.values()) < FEWEST:
        raise AnalysisError("experiment_few_clusters", n=min(counts.values()), least=FEWEST)
    return arms
