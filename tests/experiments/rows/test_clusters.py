"""Tests assigned by store: each counts once, what cannot be read so is refused, and as many are wrong as promised."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_ind

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic
from analysis.experiments.choices import ReadChoices
from analysis.experiments.evaluate_experiment import evaluate_experiment
from analysis.experiments.reading.evaluate import evaluate
from analysis.experiments.reading.segments import read_segments
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment, read_values
from analysis.experiments.rows.suggest import SuggestedColumns
from analysis.experiments.suggest_choices import suggest_test
from analysis.experiments.words import answer, note_text
from texts import Translator

METRICS = (Metric(column="bought"), Metric(column="spend", kind="mean", role="secondary"))
BY_STORE = ReadParams(arm="arm", unit="id", cluster="store", metrics=METRICS)


def made(stores=12, seed=0):
    """Customers of stores of different size and level, some in two rows; every other store is treated."""
    rng = np.random.default_rng(seed)
    drawn = zip(rng.integers(20, 200, stores), rng.uniform(0.1, 0.5, stores), strict=True)
    parts = [
        pd.DataFrame(
            {
                "id": [f"{store}-{i}" for i in range(n)], "store": f"s{store}", "arm": "AB"[store % 2],
                "bought": rng.binomial(1, level, n), "spend": rng.gamma(1, 30 * level, n),
                "city": rng.choice(["x", "y"], n), "visits": 1 + rng.poisson(2, n),
            }
        )
        for store, (n, level) in enumerate(drawn)
    ]  # fmt: skip
    whole = pd.concat(parts, ignore_index=True)
    return pd.concat([whole, whole.iloc[:50]], ignore_index=True)


def test_each_store_counts_once_as_the_mean_of_its_customers():
    rows = made()
    data = read_experiment(rows, BY_STORE)
    people = rows.groupby(["arm", "store", "id"], as_index=False).agg({"bought": "max", "spend": "sum"})
    means = people.groupby(["arm", "store"])[["bought", "spend"]].mean()
    assert data.sizes() == {"A": 6, "B": 6}
    assert data.gathered == people.groupby("arm").size().to_dict()
    for metric in ("bought", "spend"):
        found = data.statistic(metric, "B")
        assert isinstance(found, MeanStatistic)
        assert (found.mean, found.variance) == pytest.approx(
            (means.loc["B", metric].mean(), means.loc["B", metric].var())
        )
    reading = evaluate(data)
    expected = ttest_ind(means.loc["B", "bought"], means.loc["A", "bought"])
    assert reading.main.reading.test.p == pytest.approx(expected.pvalue)
    assert reading.main.reading.test.df == 10
    note = reading.notes[-1]
    assert (note.code, note.facts["cluster"], note.facts["n"]) == ("experiment_by_cluster", "store", 12)
    assert note.facts["customers"] == len(people)
    assert reading.health == ()


def test_a_customer_who_moved_to_a_store_of_the_other_arm_is_left_out_and_counted():
    rows = made()
    people = rows.groupby("store")["id"].first()
    gone = rows["id"].isin(people.iloc[:2])
    rows.loc[gone, "store"] = np.where(rows.loc[gone, "arm"] == "A", "s1", "s0")
    data = read_experiment(rows, BY_STORE)
    assert (data.moved, data.sizes()) == (2, {"A": 6, "B": 6})
    stayed = read_experiment(rows[~gone], BY_STORE)
    assert data.statistic("spend", "A") == stayed.statistic("spend", "A")
    assert data.gathered == stayed.gathered
    for language in ("en", "zh"):
        t = Translator(language)
        assert t("note.experiment_cluster_moved", cluster="store", n=2) in answer(evaluate(data), t)


@pytest.mark.parametrize(("stores", "warned"), [(10, True), (12, False)])
def test_a_handful_of_stores_is_said_to_be_few(stores, warned):
    reading = evaluate(read_experiment(made(stores), BY_STORE))
    few = [note for note in reading.notes if note.code == "experiment_clusters_few"]
    assert bool(few) is warned
    for language in ("en", "zh"):
        t = Translator(language)
        said = answer(reading, t)
        assert any(str(stores) in sentence and "store" in sentence for sentence in said)
        assert not few or note_text(few[0], t) in said


def test_a_test_assigned_by_store_and_read_by_customer_is_an_alarm():
    choices = ReadChoices(source="table", columns=BY_STORE)
    by_customer = choices.model_copy(update={"columns": BY_STORE.model_copy(update={"cluster": None})})
    assert evaluate_experiment(choices, made(), together="Store").found.alarms == ()
    assert evaluate_experiment(by_customer, made()).found.alarms == ()
    found = evaluate_experiment(by_customer, made(), together="Store").found
    assert [note.code for note in found.alarms] == ["experiment_assigned_by_cluster"]
    assert answer(found, Translator("en"))[0] == Translator("en")("experiment.if_sound")


def test_what_was_assigned_as_a_whole_is_suggested_for_reading():
    found = SuggestedColumns("arm", "id", None, "visits", "city", ("bought",), ())
    columns = suggest_test(found, cluster="study.store")
    assert columns is not None
    assert (columns.cluster, columns.segment, columns.covariates) == ("study.store", None, ())


def test_rows_without_a_store_are_counted_apart():
    rows = made()
    rows.loc[:9, "store"] = None
    data = read_experiment(rows, BY_STORE)
    assert data.counts.no_unit == 10
    assert data.counts.read == data.counts.kept + 10


@pytest.mark.parametrize(
    ("rows", "update", "code"),
    [
        (made(), {"segment": "city"}, "experiment_cluster_alone"),
        (made(), {"covariates": ("visits",)}, "experiment_cluster_alone"),
        (
            made(),
            {"metrics": (Metric(column="spend", kind="ratio", denominator="visits"),)},
            "experiment_cluster_alone",
        ),
        (made(), {"metrics": (Metric(column="visits"),)}, "experiment_not_binary"),
        (made(), {"cluster": "city"}, "experiment_cluster_in_two_arms"),
        (made(7), {}, "experiment_few_clusters"),
        (made(), {"cluster": "shop"}, "experiment_unknown_column"),
    ],
)
def test_what_cannot_be_read_by_store_is_refused(rows, update, code):
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, BY_STORE.model_copy(update=update))
    assert caught.value.code == code


def test_values_of_customers_are_no_values_of_stores():
    with pytest.raises(AnalysisError, match="experiment_no_values"):
        read_values(made(), BY_STORE, "spend")
    with pytest.raises(AnalysisError, match="experiment_no_segment_readable"):
        read_segments(read_experiment(made(), BY_STORE), metric="spend", treatment="B")
