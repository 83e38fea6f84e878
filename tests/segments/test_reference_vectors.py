"""Every reference entry on clustering, RFM and segment statistics within its tolerance, or the reason why not."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import cdist

from analysis.profiles.result import Profiles
from analysis.segments.clustering.kmeans import kmeans, refit, separation, silhouettes
from analysis.segments.clustering.trust.tendency import gap
from analysis.segments.crosstab import cross
from analysis.segments.params import Box, RfmParams
from analysis.segments.scores.rfm import rfm
from analysis.stats.groups import association, kruskal_wallis, one_way, welch_anova
from analysis.stats.stability import stability

AREAS = {"clustering", "rfm", "segment"}
NOT_COVERED = {
    **dict.fromkeys(("CL-25", "CL-27"), "Hopkins' statistic is not offered: one normal cloud would pass for groups"),
    "SG-12": "pairs of groups are compared by Welch intervals with Holm's correction, not by Tukey's range",
}
# Dunn's index and mutual information are not offered; Rand's index is, corrected for chance.
LEFT_OUT = {"CL-02": {"dunn", "nmi_vs_species"}, "CL-17": {"rand_c2"}}


def table(folder, name):
    return pd.read_csv(folder / "reference" / name)


def numbers(frame, label):
    return frame.drop(columns=label).to_numpy(float)


def rand(truth, labels):
    return cross(pd.Series(truth).astype(str), pd.Series(labels).astype(str)).adjusted_rand


def solution(points, truth, truth_name):
    found = kmeans(points, 3)
    harabasz, bouldin = separation(points, found.labels)
    return found, {
        "inertia": found.inertia,
        "sizes_sorted": sorted(np.bincount(found.labels).tolist()),
        "silhouette": silhouettes(points, [found.labels])[0],
        "calinski_harabasz": harabasz,
        "davies_bouldin": bouldin,
        truth_name: rand(truth, found.labels),
    }


def iris(inputs, folder):
    frame = table(folder, inputs["file"])
    points = numbers(frame, "Species")
    found, values = solution(points, frame["Species"], "ari_vs_species")
    total = float(((points - points.mean(axis=0)) ** 2).sum())
    centres = found.centres[found.centres[:, 0].argsort()].tolist()
    return values | {
        "total_ss": total,
        "between_ss": total - found.inertia,
        "centers_sorted_by_first_col": centres,
    }


def wine(inputs, folder):
    frame = table(folder, inputs["file"])
    points = numbers(frame, "target")
    return solution((points - points.mean(axis=0)) / points.std(axis=0), frame["target"], "ari_vs_class")[1]


def hand_checked(inputs, folder):
    blocks = ([[0, 0], [1, 1]], [[3, 3], [4, 4]], [[0, 4], [1, 3]], [[3, 1], [4, 0]])
    points = np.array([row for block in blocks for row in block * 5], float)
    ch, db = separation(points, np.repeat(range(4), 10))
    small = inputs["small"]
    return {"ch": ch, "db": db, "db_small": separation(np.array(small["X"], float), np.array(small["labels"]))[1]}


def around_medoids(points, k):
    """Partition around medoids (Kaufman & Rousseeuw): build, then the best swap until none helps."""
    distance = cdist(points, points)
    medoids = [int(distance.sum(axis=0).argmin())]
    while len(medoids) < k:
        nearest = distance[:, medoids].min(axis=1)
        medoids.append(int(np.minimum(distance, nearest[:, None]).sum(axis=0).argmin()))
    cost = distance[:, medoids].min(axis=1).sum()
    while True:
        best = (cost - 1e-12, None)
        for i in range(k):
            others = [m for j, m in enumerate(medoids) if j != i]
            nearest = distance[:, others].min(axis=1) if others else np.full(len(points), np.inf)
            costs = np.minimum(distance, nearest[:, None]).sum(axis=0)
            if costs.min() < best[0]:
                best = (costs.min(), (i, int(costs.argmin())))
        if best[1] is None:
            return distance[:, medoids].argmin(axis=1)
        cost, (i, row) = best
        medoids[i] = row


def ruspini(folder):
    return table(folder, "ruspini.csv")[["x", "y"]].to_numpy(float)


def medoid_gap(inputs, folder):
    found = gap(ruspini(folder), range(2, 9), around_medoids, n_references=40, power=inputs["d_power"])
    return {"logW": found.log_w.tolist(), "gap": found.gap.tolist(), "best_k": found.best}


def ruspini_stability(inputs, folder):
    points, k = ruspini(folder), inputs["k"]
    labels = kmeans(points, k).labels
    found = stability(points, labels, lambda drawn, turn: refit(drawn, k, seed=turn), n_refits=inputs["B"])
    return {"means": found.tolist()}


def customers(folder):
    """One row per customer of the orders of R's package rfm, as of its analysis date."""
    orders = pd.read_csv(folder / "reference" / "rfm_data_orders.csv", parse_dates=["order_date"])
    by_customer = orders.groupby("customer_id").agg(
        last=("order_date", "max"), n_orders=("order_date", "size"), spend=("revenue", "sum")
    )
    recency = (pd.Timestamp("2006-12-31") - by_customer["last"]).dt.days
    return Profiles(by_customer.assign(recency_days=recency).reset_index(), (), date(2006, 12, 31))


def with_the_cuts_of_r(profiles, **changes):
    """Score as R's rfm does: it adds 1 to each quantile and scores strictly below, for whole numbers up to ceil."""
    cuts = {key: tuple(float(math.ceil(cut)) for cut in own) for key, own in rfm(profiles).cuts.items()}
    return rfm(
        profiles,
        RfmParams(cuts="own", own_recency=cuts["r"], own_frequency=cuts["f"], own_monetary=cuts["m"], **changes),
    )


def ten_customers(inputs, folder):
    rows = rfm(customers(folder)).customers.set_index("customer_id")
    columns = rows[["recency_days", "n_orders", "spend", "r", "f", "m"]].assign(
        rfm=100 * rows["r"] + 10 * rows["f"] + rows["m"]
    )
    return {name: [int(value) for value in columns.loc[name]] for name in rows.index}


def classic(folder, given):
    boxes = tuple(
        Box(key=f"box_{i}", name=name, **{axis: (given[f"{axis.upper()}_lo"][i], given[f"{axis.upper()}_hi"][i])
            for axis in "rfm"})
        for i, name in enumerate(given["order"])
    )  # fmt: skip
    result = with_the_cuts_of_r(customers(folder), scheme="boxes", boxes=boxes)
    return result.customers.assign(name=result.customers["segment"].map(result.names).fillna("Others"))


def classic_table(inputs, folder):
    rows = classic(folder, inputs["segments"])
    champions = rows[rows["name"] == "Champions"]
    return {
        "customers": rows["name"].value_counts().to_dict(),
        "champions_orders": champions["n_orders"].sum(),
        "champions_revenue": champions["spend"].sum(),
    }


def classic_medians(inputs, folder):
    given = next(e for e in entries_of(folder) if e["id"] == inputs["segments"])["inputs"]["segments"]
    medians = classic(folder, given).groupby("name")[["recency_days", "n_orders", "spend"]].median()
    names = {"champions": "Champions", "lost": "Lost", "at_risk": "At Risk", "potential_loyalist": "Potential Loyalist"}
    return {key: medians.loc[name].tolist() for key, name in names.items()}


def split_ties(inputs, folder):
    """How often scores that split ties, as ntile does, agree with these, which never do."""
    rows = rfm(customers(folder)).customers
    values = {"each_bin": len(rows) / 5}
    for measure, column, sign in (("r", "recency_days", -1), ("f", "n_orders", 1), ("m", "spend", 1)):
        rank = (sign * rows[column]).rank(method="first") - 1
        values[f"agree_{measure.upper()}"] = (np.floor(rank * 5 / len(rows)) + 1 == rows[measure]).mean()
    return values


def tied(inputs, folder):
    found = association(np.array(inputs["table"]))
    return {
        "lr_chisq": found.lr_chi2, "pearson_chisq": found.chi2, "df": found.df, "p_lr": found.p_lr,
        "p_pearson": found.p, "contingency": found.contingency, "cramer": found.v,
    }  # fmt: skip


def corrected(inputs, folder):
    found = association(np.array(inputs["table"]))
    return {"V": found.v, "V_adj": found.v_adjusted}


def plants(inputs, folder):
    groups = inputs["groups"]
    if isinstance(groups, str):
        groups = next(e for e in entries_of(folder) if e["id"] == groups)["inputs"]["groups"]
    return [np.array(values) for values in groups.values()]


def moments(groups):
    return tuple(np.array(part) for part in zip(*((len(g), g.mean(), g.std(ddof=1)) for g in groups), strict=True))


def variance(inputs, folder):
    found = one_way(*moments(plants(inputs, folder)))
    return {
        "F": found.f, "p": found.p, "eta2": found.eta2, "omega2": found.omega2, "epsilon2": found.epsilon2,
        "ss_between": found.ss_between, "ss_within": found.ss_within,
    }  # fmt: skip


def unequal_variance(inputs, folder):
    found = welch_anova(*moments(plants(inputs, folder)))
    return {"F": found.f, "df2": found.df2, "p": found.p}


def ranks(inputs, folder):
    groups = plants(inputs, folder)
    found = kruskal_wallis(np.concatenate(groups), np.repeat(range(len(groups)), [len(g) for g in groups]))
    return {"H": found.h, "p": found.p, "epsilon2": found.epsilon2, "eta2_H": found.eta2_h}


def pairs_of_partitions(inputs, folder):
    return {f"c{i}": rand(*case) for i, case in enumerate(inputs["cases"], 1)}


COVERED = {
    "CL-02": iris,
    "CL-07": wine,
    "CL-10": hand_checked,
    "CL-15": medoid_gap,
    "CL-17": pairs_of_partitions,
    "CL-20": ruspini_stability,
    "RFM-03": ten_customers,
    "RFM-05": classic_table,
    "RFM-06": classic_medians,
    "RFM-08": split_ties,
    "SG-02": tied,
    "SG-05": corrected,
    "SG-06": variance,
    "SG-07": unequal_variance,
    "SG-10": ranks,
}


def entries_of(folder):
    path = folder / "reference" / "vectors.json"
    if not path.is_file():
        pytest.skip(f"no reference values at {path}")
    return [entry for entry in json.loads(path.read_text("utf-8")) if entry["area"] in AREAS]


@pytest.fixture(scope="module")
def entries(shared_data):
    return {entry["id"]: entry for entry in entries_of(shared_data)}


def test_every_entry_is_covered_or_has_a_reason(entries):
    assert set(entries) <= COVERED.keys() | NOT_COVERED.keys()
    assert not COVERED.keys() & NOT_COVERED.keys()


@pytest.mark.parametrize("key", sorted(COVERED))
def test_entry_comes_out_within_its_tolerance(entries, shared_data, key):
    entry = entries[key]
    found = COVERED[key](entry["inputs"], shared_data)
    wanted = {name: value for name, value in entry["expected"].items() if name not in LEFT_OUT.get(key, set())}
    assert set(wanted) <= set(found)
    for name, value in wanted.items():
        assert_near(found[name], value, name, entry["tolerance"])


def assert_near(found, wanted, name, tolerance):
    if isinstance(wanted, dict):
        assert found == wanted, name
        return
    allowed = {kind: of.get(name, 0) if isinstance(of, dict) else of for kind, of in tolerance.items()}
    if isinstance(wanted, list) and isinstance(wanted[0], list):
        found, wanted = np.array(found), np.array(wanted)
    assert found == pytest.approx(wanted, **{"abs": 0, "rel": 0} | allowed), name


def test_every_one_of_the_995_customers_has_the_scores_of_r(shared_data):
    expected = pd.read_csv(shared_data / "reference" / "rfm_expected_scores_orders.csv").set_index("customer_id")
    rows = with_the_cuts_of_r(customers(shared_data)).customers.set_index("customer_id")
    columns = {"r": "recency_score", "f": "frequency_score", "m": "monetary_score"}
    wanted = expected.loc[rows.index, list(columns.values())].to_numpy()
    assert (rows[list(columns)].to_numpy() == wanted).all()


def test_what_r_adds_to_its_cuts_changes_three_scores_of_995_customers(shared_data):
    plain = rfm(customers(shared_data)).customers[["r", "f", "m"]].to_numpy()
    adding = with_the_cuts_of_r(customers(shared_data)).customers[["r", "f", "m"]].to_numpy()
    assert (plain != adding).sum() == 3
