"""Figures that others printed for iris, wine, ruspini and mtcars, and plain loops as a second opinion."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.groupers import group_rows, mixture_bics
from analysis.segments.clustering.kmeans import kmeans, refit, separation, silhouettes
from analysis.segments.clustering.prepare import prepare
from analysis.segments.clustering.trust.howmany import sweep
from analysis.segments.clustering.trust.tendency import gap
from analysis.segments.params import Preparation
from analysis.stats.stability import stability

# R's clusGap(scale(iris[, -5]), kmeans, nstart = 25, B = 10) as printed in public notes; log W has no chance in it up
# to k = 3, where every start ends in the same groups. SE.sim as printed.
IRIS_LOG_W = (4.534565, 4.021316, 3.806577)
IRIS_GAP = (
    0.2112157,
    0.4597287,
    0.4805310,
    0.4387785,
    0.4576270,
    0.4489795,
    0.4584031,
    0.4712584,
    0.4914709,
    0.4788863,
)
IRIS_S = (0.024271, 0.023247, 0.022005, 0.022977, 0.018999, 0.013118, 0.011975, 0.008760, 0.007393, 0.009164)
# The same of scale(wine[, -1]): K. Kulma, "Determining optimal number of clusters in your data" (kkulma.github.io,
# 24 April 2017), B = 100.
WINE_LOG_W = (5.377557, 5.203502, 5.066921)
WINE_GAP = (
    0.4865153,
    0.5540456,
    0.6301193,
    0.6185658,
    0.6233751,
    0.6292313,
    0.6231820,
    0.6229379,
    0.6241281,
    0.6295870,
)
WINE_S = (0.012615, 0.013560, 0.014047, 0.014101, 0.013420, 0.013049, 0.012502, 0.012994, 0.012100, 0.013369)
# clusterboot(scale(wine[, -1]), kmeansCBI, krange = 3, B = 100): K. Kulma, "Cluster validation in unsupervised machine
# learning" (10 May 2017).
WINE_JACCARD = (0.9532739, 0.9693787, 0.9784658)


def numbers(shared_data, file, label):
    frame = pd.read_csv(shared_data / "reference" / file)
    return frame.drop(columns=label).to_numpy(float), frame[label]


def scaled(points, *, ddof=1):
    return (points - points.mean(axis=0)) / points.std(axis=0, ddof=ddof)


@pytest.mark.parametrize(
    ("file", "label", "log_w", "printed", "s"),
    [("iris.csv", "Species", IRIS_LOG_W, IRIS_GAP, IRIS_S), ("wine.csv", "target", WINE_LOG_W, WINE_GAP, WINE_S)],
)
def test_gap_of_iris_and_wine_is_that_of_rs_clusgap_within_its_sampling_error(
    shared_data, file, label, log_w, printed, s
):
    points = scaled(numbers(shared_data, file, label)[0])
    found = gap(points, range(2, 11), lambda data, k: refit(data, k, seed=0), n_references=40, power=1)
    assert found.log_w[:3] == pytest.approx(log_w, rel=2e-4)
    # Their mean is of few references and their groups of other starts: two of their printed deviations at most.
    assert (np.abs(found.gap - printed) < np.maximum(2 * np.array(s), 0.02)).all()
    assert found.ks[int(found.gap[:5].argmax())] == 3 == 1 + int(np.argmax(printed[:5]))


def test_stability_of_wine_is_that_of_rs_clusterboot_within_its_sampling_error(shared_data):
    points = scaled(numbers(shared_data, "wine.csv", "target")[0])
    labels = kmeans(points, 3).labels
    found = stability(points, labels, lambda drawn, turn: refit(drawn, 3, seed=turn), n_refits=200)
    assert sorted(found) == pytest.approx(WINE_JACCARD, abs=0.02)


@pytest.mark.parametrize(("file", "label"), [("iris.csv", "Species"), ("wine.csv", "target")])
def test_stability_equals_a_plain_clusterboot(shared_data, file, label):
    points = scaled(numbers(shared_data, file, label)[0])
    k, labels = 3, kmeans(scaled(numbers(shared_data, file, label)[0]), 3).labels
    random, sums, runs = np.random.default_rng(5), np.zeros(3), 60
    for turn in range(runs):
        drawn = sorted(set(random.integers(0, len(points), len(points)).tolist()))
        new = KMeans(k, n_init=4, random_state=turn).fit(points[drawn]).labels_
        for g in range(k):
            own = {row for row in drawn if labels[row] == g}
            others = [{row for row, at in zip(drawn, new, strict=True) if at == h} for h in range(k)]
            sums[g] += max(len(own & other) / len(own | other) for other in others)
    found = stability(points, labels, lambda drawn, turn: refit(drawn, k, seed=turn), n_refits=200)
    assert found == pytest.approx(sums / runs, abs=0.04)


def plain_gap(points, k, *, turns, power, seed):
    """Tibshirani, Walther & Hastie (2001), sections 3 and 4, written down step by step."""

    def log_w(data):
        labels = KMeans(k, n_init=4, random_state=0).fit(data).labels_
        total = 0.0
        for g in range(k):
            rows = data[labels == g]
            total += sum((np.linalg.norm(rows - row, axis=1) ** power).sum() for row in rows) / (2 * len(rows))
        return np.log(total)

    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle)
    turned = (points - middle) @ axes.T
    random = np.random.default_rng(seed)
    draws = [random.uniform(turned.min(axis=0), turned.max(axis=0), turned.shape) @ axes for _ in range(turns)]
    # R halves the sum once more; both sides of the gap do, so that it stays.
    return np.mean([log_w(draw) for draw in draws]) - log_w(points)


@pytest.mark.parametrize("power", [1, 2])
def test_gap_of_iris_equals_the_plain_definition(shared_data, power):
    points = numbers(shared_data, "iris.csv", "Species")[0]
    found = gap(points, [2, 3], lambda data, k: refit(data, k, seed=0), n_references=30, power=power)
    for k in (2, 3):
        plain = plain_gap(points, k, turns=15, power=power, seed=11)
        assert found.gap[k - 1] == pytest.approx(plain, abs=0.03 * power)


def test_silhouette_picks_two_groups_of_iris_and_calinski_harabasz_three(shared_data):
    table = sweep(numbers(shared_data, "iris.csv", "Species")[0], every_stability=False).table.set_index("k")
    assert table["silhouette"].idxmax() == 2
    assert table["calinski_harabasz"].idxmax() == 3
    # The user guide of scikit-learn and R's kmeans: 0.681 and 152.35 for two groups, 0.553 and 78.85 for three.
    assert table.loc[2, ["silhouette", "inertia"]].tolist() == pytest.approx([0.681046, 152.347952], rel=1e-6)
    assert table.loc[3, ["silhouette", "inertia"]].tolist() == pytest.approx([0.552819, 78.851441], rel=1e-6)


def test_scaling_with_n_or_one_less_changes_inertia_and_nothing_else(shared_data):
    points = numbers(shared_data, "iris.csv", "Species")[0]
    one, two = (kmeans(scaled(points, ddof=ddof), 3) for ddof in (0, 1))
    assert (one.inertia, two.inertia) == pytest.approx((139.820, 138.888), abs=5e-4)
    assert (one.labels == two.labels).all()
    values = [silhouettes(scaled(points, ddof=ddof), [one.labels])[0] for ddof in (0, 1)]
    assert values[0] == pytest.approx(values[1], abs=1e-12)


def test_silhouette_prefers_raw_wine_though_its_groups_are_worse(shared_data):
    points, truth = numbers(shared_data, "wine.csv", "target")
    raw, apart = kmeans(points, 3), kmeans(scaled(points), 3)
    found = [silhouettes(points, [raw.labels])[0], adjusted_rand_score(truth, raw.labels)]
    assert found == pytest.approx([0.571, 0.371], abs=5e-4)
    found = [silhouettes(scaled(points), [apart.labels])[0], adjusted_rand_score(truth, apart.labels)]
    assert found == pytest.approx([0.285, 0.897], abs=5e-4)


def test_ruspini_in_four_has_the_silhouette_of_rousseeuw(shared_data):
    points = pd.read_csv(shared_data / "reference" / "ruspini.csv")[["x", "y"]].to_numpy(float)
    grouping = kmeans(points, 4)
    # Kaufman & Rousseeuw (1990) and R's ?silhouette: 20, 23, 17 and 15 points, average width .738 (.74).
    assert sorted(np.bincount(grouping.labels).tolist()) == [15, 17, 20, 23]
    assert grouping.inertia == pytest.approx(12881.05, abs=0.01)
    assert silhouettes(points, [grouping.labels])[0] == pytest.approx(0.7377, abs=5e-5)


def test_mixture_of_iris_has_the_information_criterion_of_mclust(shared_data):
    points = numbers(shared_data, "iris.csv", "Species")[0]
    # mclust prints -829.9782, -574.0178 and -580.8396 for its model VVV (full covariances), higher being better there.
    assert mixture_bics(points, [1, 2, 3]) == pytest.approx([829.9782, 574.0178, 580.8396], abs=0.05)


def test_mixture_on_tied_values_does_not_fall_into_them():
    random = np.random.default_rng(0)
    points = np.column_stack([random.normal(size=600), np.repeat([0.0, 0.0, 1.0], 200) + 0.0])
    found = group_rows(scaled(points), "gaussian", 2)
    assert np.isfinite(found.bic)
    assert found.bic > mixture_bics(scaled(points), [1])[0] - 10 * len(points)


def test_heights_of_wards_tree_are_the_growth_of_the_sum_of_squares(shared_data):
    points = pd.read_csv(shared_data / "reference" / "ruspini.csv")[["x", "y"]].to_numpy(float)
    tree = group_rows(points, "ward", 4).tree
    members = {i: [i] for i in range(len(points))}

    def spread(rows):
        return float(((points[rows] - points[rows].mean(axis=0)) ** 2).sum())

    for step, (one, two, height, size) in enumerate(tree):
        left, right = members.pop(int(one)), members.pop(int(two))
        members[len(points) + step] = left + right
        grown = spread(left + right) - spread(left) - spread(right)
        # ward.D2 of R's hclust, and SciPy: the root of twice the growth.
        assert height == pytest.approx(np.sqrt(2 * grown), rel=1e-9)
        assert size == len(left + right)


@pytest.mark.parametrize(
    ("file", "label", "shares"),
    [
        ("iris.csv", "Species", (0.7296, 0.2285)),  # R's summary(prcomp(iris[, -5], scale. = TRUE))
        ("wine.csv", "target", (0.3620, 0.1921)),  # of the wine data
        ("mtcars.csv", "model", (0.6008, 0.2409)),  # and of mtcars, all as printed
    ],
)
def test_axes_of_the_map_hold_the_variance_that_rs_prcomp_prints(shared_data, file, label, shares):
    frame = pd.read_csv(shared_data / "reference" / file).drop(columns=label)
    base = frame.assign(customer_id=[f"c{i:03}" for i in range(len(frame))])
    features = tuple(Feature(key, "basic", "number") for key in frame.columns)
    plain = Preparation(skew="none", cap=False)
    prepared = prepare(Profiles(base, features, date(2024, 1, 1)), list(frame.columns), preparation=plain)
    assert prepared.map_shares == pytest.approx(shares, abs=6e-5)


@pytest.mark.parametrize("seed", range(3))
def test_separation_equals_the_definitions(seed):
    random = np.random.default_rng(seed)
    points, labels = random.normal(size=(40, 3)) + 100, np.concatenate([np.arange(4), random.integers(0, 4, 36)])
    groups = [points[labels == g] for g in range(4)]
    middles = [group.mean(axis=0) for group in groups]
    within = sum(((group - middle) ** 2).sum() for group, middle in zip(groups, middles, strict=True))
    between = sum(len(group) * ((m - points.mean(axis=0)) ** 2).sum() for group, m in zip(groups, middles, strict=True))
    width = [np.linalg.norm(g - m, axis=1).mean() for g, m in zip(groups, middles, strict=True)]
    worst = [
        max((width[i] + width[j]) / np.linalg.norm(middles[i] - middles[j]) for j in range(4) if j != i)
        for i in range(4)
    ]
    expected = (between / 3 / (within / 36), np.mean(worst))
    assert separation(points, labels) == pytest.approx(expected, rel=1e-9)


def test_separation_of_groups_without_any_spread_is_no_number():
    harabasz, bouldin = separation(np.repeat([[0.1, 0.2], [0.7, 0.9]], 5, axis=0), np.repeat([0, 1], 5))
    assert np.isnan(harabasz)
    assert bouldin == 0
