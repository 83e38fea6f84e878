"""2 to 10 groups of 100,000 customers × 8 features with every index and the stability, against the plain loop.

Against Orange3 too, which has no stability, where ``PORTRAIT_ORANGE_PYTHON`` names a Python that has it: its packages
do not go with ours.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time

import numpy as np

from benchmarks.slider import customers

N_REFITS = 20
ORANGE = """
import sys, time
import numpy as np
from Orange.clustering import KMeans
from Orange.data import Table
from sklearn.metrics import silhouette_score
table = Table.from_numpy(None, np.load(sys.argv[1]))
start = time.perf_counter(), time.process_time()
for k in range(2, 11):
    labels = KMeans(n_clusters=k, n_init=10, random_state=0).get_model(table).labels
    silhouette_score(table.X, labels, sample_size=5_000, random_state=0)
print(time.perf_counter() - start[0], time.process_time() - start[1])
"""


def main() -> None:
    """Print the ratio to the loop, the inertia for each number of groups, and the time on 1,000,000 customers.

    ``PORTRAIT_BENCHMARK_QUICK=1`` runs both on 20,000 customers and leaves the million out.
    """
    from datetime import date

    from analysis.profiles.result import Feature, Profiles
    from analysis.segments.clustering.clusters import fit, measure
    from analysis.segments.clustering.prepare import ClusterFeatures, prepare
    from analysis.segments.clustering.trust.howmany import sweep

    quick = bool(os.environ.get("PORTRAIT_BENCHMARK_QUICK"))

    def prepared(n: int) -> ClusterFeatures:
        frame = customers(n)
        keys = [key for key in frame.columns if key != "customer_id"]
        features = tuple(Feature(key, "value", "number", "money") for key in keys)
        return prepare(Profiles(frame, features, date(2024, 1, 1)), keys)

    base = prepared(20_000 if quick else 100_000)
    # Once unmeasured, so that neither side pays for the imports.
    sweep(base.matrix[:500])
    start = time.process_time(), time.perf_counter()
    found = sweep(base.matrix, sample=base.sample)
    ours = time.process_time() - start[0], time.perf_counter() - start[1]
    start = time.process_time(), time.perf_counter()
    inertia = loop(base.matrix)
    theirs = time.process_time() - start[0], time.perf_counter() - start[1]
    n = len(base.matrix)
    print(f"{n:,} customers{' (quick mode)' if quick else ''}: sweep {ours[1]:.2f} s, loop {theirs[1]:.2f} s")
    print(f"sweep / loop: {ours[1] / theirs[1]:.3f} of the time, {ours[0] / theirs[0]:.3f} of the processor time")
    ratios = [row["inertia"] / inertia[row["k"]] for row in found.table.to_dict("records")]
    print("inertia / KMeans(n_init=10), k = 2..10: " + " ".join(f"{ratio:.5f}" for ratio in ratios))
    if python := os.environ.get("PORTRAIT_ORANGE_PYTHON"):
        orange = with_orange(python, base.matrix)
        print(f"Orange3 {orange[0]:.2f} s, processor time {orange[1]:.2f} s")
        print(
            f"sweep / Orange3: {ours[1] / orange[0]:.3f} of the time, {ours[0] / orange[1]:.3f} of the processor time"
        )
    else:
        print("Orange3: skipped, PORTRAIT_ORANGE_PYTHON names no Python that has it")
    if quick:
        return
    million = prepared(1_000_000)
    start_ = time.perf_counter()
    chosen = measure(million).recommended
    between = time.perf_counter()
    fit(million, k=chosen.k)
    end = time.perf_counter()
    print(
        f"1,000,000 customers: number of groups measured on {chosen.n_rows:,} drawn ones in {between - start_:.2f} s, "
        f"all assigned in {end - between:.2f} s"
    )


def with_orange(python: str, points: np.ndarray) -> tuple[float, float]:
    """Return the time and the processor time that Orange3 takes for the same numbers of groups and their silhouette."""
    with tempfile.TemporaryDirectory() as folder:
        np.save(f"{folder}/points.npy", points)
        done = subprocess.run(
            [python, "-c", ORANGE, f"{folder}/points.npy"], check=True, capture_output=True, text=True
        )
    seconds, processor = map(float, done.stdout.split()[-2:])
    return seconds, processor


def loop(points: np.ndarray) -> dict[int, float]:
    """Measure each number of groups one after the other, as one would write it down; return the inertia by k."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

    random = np.random.default_rng(0)
    inertia = {}
    for k in range(2, 11):
        model = KMeans(k, n_init=10, random_state=0).fit(points)
        labels = model.labels_
        silhouette_score(points, labels, sample_size=5_000, random_state=0)
        calinski_harabasz_score(points, labels)
        davies_bouldin_score(points, labels)
        for turn in range(N_REFITS):
            drawn = random.integers(0, len(points), len(points))
            new = KMeans(k, n_init=1, random_state=turn).fit(points[drawn]).labels_
            for own in range(k):
                group = labels[drawn] == own
                max((group & (new == other)).sum() / (group | (new == other)).sum() for other in range(k))
        inertia[k] = float(model.inertia_)
    return inertia


if __name__ == "__main__":
    main()
