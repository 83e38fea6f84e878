"""What is wrong with an experiment is found, and a sound one passes in silence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic
from analysis.experiments.reading.health import check_before, check_experiment, check_sample_ratio, sample_ratio
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment


def codes(rows, *metrics, **choice):
    metrics = metrics or (Metric(column="bought"),)
    return {
        note.code for note in check_experiment(read_experiment(rows, ReadParams(arm="arm", metrics=metrics, **choice)))
    }


def sound(n=2000):
    rng = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "arm": np.tile(["A", "B"], n // 2),
            "bought": rng.binomial(1, 0.3, n).astype(float),
            "spend": rng.gamma(2, 5, n),
            "day": pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(n) % 10, unit="D"),
        }
    )


@pytest.mark.parametrize(
    ("counts", "p"),
    [((1000, 1100), 0.029096331741252267), ((10000, 10200), 0.15936954735), ((4950, 5050), 0.31731050786)],
)
def test_mismatch_of_known_cases(counts, p):
    assert sample_ratio(dict(zip("ab", counts, strict=True))).p == pytest.approx(p, abs=1e-9)


def test_cookie_cats_is_a_remark_and_not_an_alarm():
    notes = check_sample_ratio({"gate_30": 44_700, "gate_40": 45_489})
    assert [(note.code, note.level) for note in notes] == [("experiment_mismatch_remark", "check")]
    assert notes[0].facts["p"] == pytest.approx(0.0086, abs=5e-5)
    assert check_sample_ratio({"a": 10_000, "b": 10_600})[0].level == "ask"
    assert check_sample_ratio({"a": 900, "b": 100}, {"a": 9, "b": 1}) == ()


def test_a_sound_experiment_has_nothing_to_say():
    metrics = (Metric(column="bought"), Metric(column="spend", kind="mean"))
    assert codes(sound(), *metrics, unit="id", day="day") == set()


def test_each_fault_is_named():
    rows = sound()
    assert "experiment_in_two_arms" in codes(pd.concat([rows, rows.iloc[:1].assign(arm="B")]), unit="id")
    assert "experiment_no_assignment" in codes(rows.assign(arm=rows["arm"].where(rows.index > 3)))
    assert "experiment_arm_merged" in codes(rows.assign(arm=rows["arm"].where(rows.index > 1, "b ")))
    early = rows.assign(day=rows["day"].where(rows.index > 1500, pd.Timestamp("2024-02-29")))
    assert codes(early, day="day") == {"experiment_day_one_spike"}
    rich = rows.assign(spend=rows["spend"].where(rows.index != 7, 5000.0))
    assert codes(rich, Metric(column="spend", kind="mean")) == {"experiment_outlier_carries"}
    assert {"experiment_few_in_arm", "experiment_few_conversions"} <= codes(rows.iloc[:20])


def test_an_outlier_that_carries_nothing_is_no_carrier():
    # A real effect of 5 on about 10: the richest customer of a gamma does not move it.
    rows = sound()
    rows["spend"] += 5.0 * (rows["arm"] == "B")
    assert codes(rows, Metric(column="spend", kind="mean")) == set()


def test_the_customer_who_carries_the_effect_is_named_with_and_without():
    rows = sound()
    rows.loc[7, "spend"] = 5000.0
    data = read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="spend", kind="mean"),)))
    facts = next(note.facts for note in check_experiment(data) if note.code == "experiment_outlier_carries")
    a, b = rows.loc[rows["arm"] == "A", "spend"], rows.loc[rows["arm"] == "B", "spend"]
    assert facts["effect"] == pytest.approx(b.mean() - a.mean())
    assert facts["without"] == pytest.approx(b.drop(7).mean() - a.mean())
    assert (facts["arm"], facts["value"]) == ("B", 5000.0)


def test_an_effect_of_the_first_day_alone_is_noticed():
    rows = sound(4000)
    rows["day"] = pd.Timestamp("2024-03-01") + pd.to_timedelta(rows.index // 2 % 10, unit="D")
    new = (rows["day"] == rows["day"].min()) & (rows["arm"] == "B")
    found = codes(rows.assign(bought=rows["bought"].mask(new, 1.0)), day="day")
    assert found == {"experiment_first_day_differs"}
    assert codes(rows, day="day") == set()


def test_a_covariate_that_differed_before_is_an_alarm():
    rows = sound().assign(past=np.arange(2000) % 50)
    assert codes(rows, covariates=("past",), unit="id") == set()
    shifted = rows.assign(past=rows["past"] + 10.0 * (rows["arm"] == "B"))
    assert codes(shifted, covariates=("past",)) == {"experiment_differed_before"}


def test_arms_with_another_mix_of_segments_are_an_alarm():
    rows = sound().assign(city=np.where(np.arange(2000) % 4 < 2, "x", "y"))
    assert codes(rows, segment="city") == set()
    moved = rows.assign(city=rows["city"].mask((rows["arm"] == "B") & (rows.index % 3 == 0), "x"))
    assert codes(moved, segment="city") == {"experiment_mix_differs"}


def test_analysing_responders_only_is_an_alarm():
    rows = sound()
    silent = (rows["arm"] == "B") & (rows.index % 3 == 0)
    assert codes(rows.assign(bought=rows["bought"].mask(silent))) == {"experiment_denominator_alarm"}
    assert codes(rows.assign(bought=rows["bought"].mask(rows.index % 40 < 2))) == {"experiment_denominator_remark"}


def test_arms_that_differed_before_are_found():
    same = MeanStatistic.from_figures(1000, 10, 3)
    assert check_before(same, same) == ()
    assert check_before(same, MeanStatistic.from_figures(1000, 11, 3))[0].level == "ask"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: sample_ratio({"a": 5}), "experiment_one_arm"),
        (lambda: sample_ratio({"a": 5, "b": 5}, {"a": 1}), "experiment_bad_weights"),
        (lambda: sample_ratio({"a": 0, "b": 0}), "experiment_empty_arm"),
        (lambda: sample_ratio({"a": -1, "b": 5}), "experiment_negative_count"),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call()
    assert caught.value.code == code
