"""One move of the slider: new clusters, profile, map and silhouette.

``python -m benchmarks slider [CUSTOMERS [FEATURES]]``: 100,000 customers × 8 features when nothing is said.
"""

from __future__ import annotations

import statistics
import sys
import time
from datetime import date

import numpy as np
import pandas as pd

from benchmarks.measure import in_turns, report

N_CUSTOMERS, N_FEATURES, SEED = 100_000, 8, 20240305


def customers(n: int = N_CUSTOMERS, n_features: int = N_FEATURES) -> pd.DataFrame:
    """Return customers in five overlapping groups, skewed as money and counts are."""
    random = np.random.default_rng(SEED)
    group = random.integers(0, 5, n)
    centres = random.normal(3.0, 1.0, (5, n_features))
    values = np.exp(centres[group] + random.normal(0.0, 0.6, (n, n_features)))
    frame = pd.DataFrame(values, columns=["spend", *[f"feature_{i}" for i in range(1, n_features)]])
    return frame.assign(customer_id=[f"c{i:07d}" for i in range(n)]).sort_values("customer_id", ignore_index=True)


def main() -> None:
    """Print the ratio to scikit-learn's KMeans(n_init=1) and a silhouette on 5,000 customers."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.clustering.clusters import fit
    from analysis.segments.clustering.prepare import prepare

    given = [int(word) for word in sys.argv[1:] if word.isdigit()][:2]
    n, n_features = (*given, *(N_CUSTOMERS, N_FEATURES)[len(given) :])
    frame = customers(n, n_features)
    features = tuple(Feature(key, "value", "number", "money") for key in frame.columns if key != "customer_id")
    start = time.process_time()
    prepared = prepare(Profiles(frame, features, date(2024, 1, 1)), [feature.key for feature in features])
    print(f"{n:,} customers × {n_features}: prepared once in {time.process_time() - start:.2f} s of processor time")
    state = {"k": 1, "other": 1}

    def ours() -> object:
        state["k"] = 2 + state["k"] % 9
        return fit(prepared, k=state["k"])

    def theirs() -> object:
        state["other"] = 2 + state["other"] % 9
        model = KMeans(state["other"], n_init=1, random_state=0).fit(prepared.matrix)
        return silhouette_score(prepared.matrix, model.labels_, sample_size=5000, random_state=0)

    costs = in_turns(
        {"slider move": ours, "KMeans(n_init=1) + silhouette(5,000)": theirs}, runs=9 if n <= N_CUSTOMERS else 5
    )
    report(costs, ours="slider move")
    ratios = [mine.processor / other.processor for mine, other in zip(*costs.values(), strict=True)]
    print(f"processor time: {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})")
    if n > N_CUSTOMERS:
        return
    worse = []
    for k in range(2, 11):
        other = KMeans(k, n_init=1, random_state=0).fit(prepared.matrix).inertia_
        worse.append(fit(prepared, k=k).inertia / other)
    print("inertia / KMeans(n_init=1), k = 2..10: " + " ".join(f"{ratio:.4f}" for ratio in worse))


if __name__ == "__main__":
    main()
