from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
import scipy.stats

from analysis.errors import AnalysisError
from analysis.profiles.result import Feature, Profiles
from analysis.segments.clustering.features import suggest_features
from analysis.segments.clustering.prepare import MAP_ROWS, SAMPLE_ROWS, prepare
from analysis.segments.params import Preparation


def number(key, unit="none", dimension="basic", **more):
    return Feature(key, dimension, "number", unit, **more)


def profiles(features, **columns) -> Profiles:
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({"customer_id": [f"c{i:06}" for i in range(n)], **columns})
    return Profiles(frame, tuple(features), date(2024, 1, 1))


def code(*args, **kwargs):
    with pytest.raises(AnalysisError) as raised:
        prepare(*args, **kwargs)
    return raised.value.code


def test_the_matrix_is_standardised_with_n():
    rng = np.random.default_rng(0)
    base = profiles([number("a"), number("b")], a=rng.normal(5, 2, 200), b=rng.normal(0, 9, 200))
    prepared = prepare(base, ("a", "b"))
    assert prepared.matrix.mean(axis=0) == pytest.approx([0, 0], abs=1e-12)
    assert prepared.matrix.std(axis=0) == pytest.approx([1, 1])
    assert prepared.logged == (False, False)


def test_suggestions_leave_out_constant_empty_personal_and_repeated_columns_and_keep_the_preferred_first():
    rng = np.random.default_rng(0)
    n = 300
    orders = rng.poisson(3, n) + 1
    spend = orders * rng.lognormal(3, 0.8, n)
    base = profiles(
        [
            *(number(key, "money", "value") for key in ("twice_spend", "spend")),
            number("n_orders", "count", "behaviour"),
            number("recency_days", "days", "risk"),
            *(number(key) for key in ("flat", "gaps")),
            number("id", personal="phone"),
            number("age", "years"),
        ],
        twice_spend=spend * 2, spend=spend, n_orders=orders, recency_days=rng.integers(0, 300, n), flat=[7] * n,
        gaps=np.where(rng.random(n) < 0.5, np.nan, rng.normal(size=n)), id=np.arange(n), age=rng.normal(40, 9, n),
    )  # fmt: skip
    assert suggest_features(base) == ("recency_days", "n_orders", "spend", "age")


def test_at_most_eight_features_are_suggested():
    rng = np.random.default_rng(0)
    keys = [f"x{i}" for i in range(12)]
    base = profiles([number(key) for key in keys], **{key: rng.normal(size=50) for key in keys})
    assert suggest_features(base) == tuple(keys[:8])


def test_skewed_money_is_logged_and_its_currency_does_not_matter():
    spend = np.random.default_rng(0).lognormal(3, 1.2, 400)
    cents, wan = (profiles([number("spend", "money", "value")], spend=spend * f) for f in (100.0, 1e-4))
    one, two = prepare(cents, ("spend",)), prepare(wan, ("spend",))
    assert one.logged == (True,)
    assert one.matrix == pytest.approx(two.matrix)


def test_missing_values_become_the_median_and_are_noted():
    base = profiles([number("a"), number("b")], a=[1.0, 2, 3, 4, 5, 6, 7, 8, 9, np.nan, 11], b=np.arange(11.0))
    prepared = prepare(base, ("a", "b"))
    note, alike = prepared.notes
    assert (alike.code, alike.facts["other"]) == ("clusters_correlated", "a")
    assert (note.code, note.facts["feature"], note.facts["n"]) == ("clusters_filled", "a", 1)
    assert note.facts["share"] == pytest.approx(1 / 11)
    order = np.argsort(prepared.matrix[:, 0])
    assert order[5] in (4, 9) or order[4] in (4, 9)
    assert np.isnan(prepared.original[9, 0])


def test_one_giant_value_is_pulled_in_so_that_the_others_stay_apart():
    values = np.concatenate([np.random.default_rng(0).normal(size=499), [1e12]])
    prepared = prepare(profiles([number("a", "years")], a=values), ("a",))
    assert [(n.code, n.facts["n"]) for n in prepared.notes] == [("clusters_pulled_in", 1)]
    assert np.abs(prepared.matrix).max() < 12


def test_customers_without_an_order_are_outside_when_features_come_from_purchases():
    n_orders = np.array([0.0] * 3 + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    columns = {"n_orders": n_orders, "age": np.arange(13.0)}
    features = [number("n_orders", "count", "behaviour"), number("age", "years", header="Age")]
    assert prepare(profiles(features, **columns), ("n_orders",)).rows.tolist() == list(range(3, 13))
    assert len(prepare(profiles(features, **columns), ("age",)).rows) == 13


def test_samples_are_bounded_and_the_map_is_part_of_the_sample():
    rng = np.random.default_rng(0)
    base = profiles([number("a"), number("b")], a=rng.normal(size=6000), b=rng.normal(size=6000))
    prepared = prepare(base, ("a", "b"))
    assert len(prepared.sample) == SAMPLE_ROWS
    assert len(prepared.map_points) == MAP_ROWS
    assert set(prepared.map_rows) <= set(prepared.sample)
    assert sum(prepared.map_shares) == pytest.approx(1)


def test_the_axes_of_the_map_are_the_principal_components():
    from sklearn.decomposition import PCA

    matrix = (
        np.random.default_rng(0).normal(size=(200, 3))
        @ np.diag([1, 2, 5])
        @ np.array([[1, 0.5, 0], [0, 1, 0.3], [0, 0, 1]])
    )
    base = profiles([number(k) for k in "abc"], **{k: matrix[:, i] for i, k in enumerate("abc")})
    prepared = prepare(base, tuple("abc"))
    pca = PCA(2).fit(prepared.matrix)
    assert prepared.map_shares == pytest.approx(pca.explained_variance_ratio_)
    assert np.abs(prepared.map_points) == pytest.approx(np.abs(pca.transform(prepared.matrix)), abs=1e-9)


def test_distinct_rows_are_counted():
    base = profiles([number("a"), number("b")], a=[1.0, 2, 3] * 10, b=[5.0, 5, 6] * 10)
    assert prepare(base, ("a", "b")).n_distinct == 3


def test_what_cannot_be_prepared_is_refused():
    city = Feature("city", "basic", "category")
    base = profiles([number("a"), number("flat"), city], a=np.arange(20.0), flat=[1.0] * 20, city=["x"] * 20)
    assert code(base, ("gone",)) == "clusters_unknown_feature"
    assert code(base, ("city",)) == "clusters_not_a_number"
    assert code(base, ("flat",)) == "clusters_all_constant"
    assert code(profiles([city], city=["x"] * 20)) == "clusters_no_features"
    assert code(profiles([number("a")], a=[1.0, 2, 3])) == "clusters_too_few_customers"
    assert [n.code for n in prepare(base, ("a", "flat")).notes] == ["clusters_constant_left_out"]


def test_a_feature_that_repeats_another_is_left_out_when_asked_and_said_either_way():
    rng = np.random.default_rng(2)
    a = rng.normal(size=200)
    base = profiles([number(key) for key in "abc"], a=a, b=2 * a + 0.1 * rng.normal(size=200), c=rng.normal(size=200))
    r = np.corrcoef(base.customers["a"], base.customers["b"])[0, 1]
    kept = prepare(base, tuple("abc"))
    [note] = kept.notes
    assert (note.code, note.facts["feature"], note.facts["other"]) == ("clusters_correlated", "b", "a")
    assert note.facts["r"] == pytest.approx(r)
    assert [feature.key for feature in kept.features] == list("abc")
    left = prepare(base, tuple("abc"), preparation=Preparation(correlated="leave_out"))
    assert [feature.key for feature in left.features] == list("ac")
    assert left.notes[0].code == "clusters_correlated_left_out"
    wide = prepare(base, tuple("abc"), preparation=Preparation(correlated="leave_out", alike=1.0))
    assert len(wide.features) == 3 and not wide.notes


def test_each_step_of_the_preparation_is_told():
    rng = np.random.default_rng(4)
    spend = rng.lognormal(3, 1.2, 300)
    age = np.where(np.arange(300) < 6, np.nan, rng.normal(40, 5, 300))
    age[299] = 900.0
    base = profiles([number("spend", "money", "value"), number("age")], spend=spend, age=age)
    weighted = prepare(base, ("spend", "age"), preparation=Preparation(skew="none", weights={"age": 4.0}))
    step = weighted.steps[1]
    assert (step.n_missing, step.n_capped, step.weight, step.alike) == (6, 1, 4.0, "spend")
    assert weighted.steps[0].skewness == pytest.approx(scipy.stats.skew(spend))
    assert weighted.matrix[:, 1].std() == pytest.approx(2.0)
    assert prepare(base, ("spend", "age")).steps[0].treatment == "log"
    changed = prepare(base, ("spend",), preparation=Preparation(skew="yeo_johnson"))
    assert changed.steps[0].treatment == "yeo_johnson"
