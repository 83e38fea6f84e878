"""Clusters of 10,000 customers by five numbers and five categories: with the number given, and with it suggested."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, report

N_CUSTOMERS, N_GROUPS, SEED = 10_000, 4, 20240305
LEVELS = (3, 6, 9, 12, 15)


def customers() -> pd.DataFrame:
    """Return customers in four groups that show in every column."""
    random = np.random.default_rng(SEED)
    group = random.integers(0, N_GROUPS, N_CUSTOMERS)
    columns: dict[str, object] = {"customer_id": [f"c{i:05d}" for i in range(N_CUSTOMERS)]}
    for i in range(5):
        columns[f"number_{i}"] = random.normal(size=N_CUSTOMERS) + 3 * ((group >> (i % 2)) & 1)
    for i, n in enumerate(LEVELS):
        own = random.random(N_CUSTOMERS) < 0.6
        columns[f"category_{i}"] = [f"level {v}" for v in np.where(own, group % n, random.integers(0, n, N_CUSTOMERS))]
    return pd.DataFrame(columns)


def gower_average(frame: pd.DataFrame) -> np.ndarray:
    """Group by the whole matrix of Gower distances and average linkage, as scripts without a package do."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    numbers = frame.filter(like="number_").to_numpy()
    codes = np.column_stack([pd.factorize(frame[key])[0] for key in frame.columns if key.startswith("category_")])
    distances = pdist(numbers / np.ptp(numbers, axis=0), "cityblock")
    distances += codes.shape[1] * pdist(codes, "hamming")
    return fcluster(linkage(distances / (numbers.shape[1] + codes.shape[1]), "average"), N_GROUPS, "maxclust")


def main() -> None:
    """Print the seconds, and the ratio to Gower distances with average linkage."""
    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.clustering.clusters import clusters
    from analysis.segments.params import ClusterParams

    frame = customers()
    kinds = {"n": "number", "c": "category"}
    features = tuple(Feature(key, "basic", kinds[key[0]]) for key in frame.columns[1:])  # pyright: ignore
    profiles = Profiles(frame, features, date(2024, 1, 1))
    given = ClusterParams(method="mixed", features=tuple(frame.columns[1:]), k=N_GROUPS)
    suggested = given.model_copy(update={"k": None})
    costs = in_turns(
        {
            "number suggested": lambda: clusters(profiles, suggested),
            "number given": lambda: clusters(profiles, given),
            "Gower, average linkage, number given": lambda: gower_average(frame),
        },
        runs=3,
    )
    report(costs, ours="number suggested")


if __name__ == "__main__":
    main()
