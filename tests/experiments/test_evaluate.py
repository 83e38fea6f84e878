"""A whole reading: the parts agree with the single tests, corrections count what they should, refusals stand beside."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.bayes import believe_proportions
from analysis.experiments.cuped import compare_adjusted
from analysis.experiments.evaluate import EvaluateParams, Measured, evaluate, running_days
from analysis.experiments.means import compare_means
from analysis.experiments.proportions import compare_proportions
from analysis.experiments.read import Metric, ReadParams, read_experiment, read_values
from analysis.experiments.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.experiments.typed import data_of_statistics
from analysis.stats.multiplicity import benjamini_hochberg, holm

ARMS = {"A": ProportionStatistic(1000, 200), "B": ProportionStatistic(1000, 250), "C": ProportionStatistic(990, 231)}


def rows(n=3000, seed=3):
    rng = np.random.default_rng(seed)
    before = rng.gamma(2, 20, n)
    arm = rng.choice(["control", "new"], n)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "arm": arm,
            "before": np.where(rng.random(n) < 0.1, np.nan, before),
            "spend": before * 0.8 + rng.normal(0, 5, n) + (arm == "new") * 2,
            "bought": (rng.random(n) < 0.2 + 0.05 * (arm == "new")).astype(int),
            "returned": (rng.random(n) < 0.05).astype(int),
            "day": pd.Timestamp("2024-05-01") + pd.to_timedelta(rng.integers(0, 10, n), unit="D"),
        }
    )


METRICS = (
    Metric(column="bought"),
    Metric(column="spend", kind="mean"),
    Metric(column="returned"),
    Metric(column="spend", kind="adjusted", denominator="before"),
)
MEASURED = (Measured(metric="returned", role="guardrail", more_is_better=False),)


def read(**changes):
    return read_experiment(rows(), ReadParams(arm="arm", unit="id", day="day", metrics=METRICS, **changes))


def test_each_effect_is_that_of_the_single_test():
    found = evaluate(data_of_statistics(ARMS, metric="bought"))
    for effect in found.effects:
        single = compare_proportions(ARMS["A"], ARMS[effect.treatment])
        assert (effect.reading.absolute, effect.reading.test) == (single.absolute, single.test)
    beliefs = believe_proportions(list(ARMS.values()))
    assert [effect.best for effect in found.effects] == [belief.best for belief in beliefs[1:]]
    assert found.main is not None
    assert found.main.treatment == "B"


@pytest.mark.parametrize(("correction", "by"), [("holm", holm), ("benjamini_hochberg", benjamini_hochberg)])
def test_p_values_of_all_treatments_are_corrected_together(correction, by):
    found = evaluate(data_of_statistics(ARMS, metric="bought"), EvaluateParams(correction=correction))
    p = np.array([effect.reading.test.p for effect in found.effects])
    assert [effect.p_corrected for effect in found.effects] == by(p).tolist()
    assert found.n_tests == 2


def test_guardrails_are_not_corrected_and_turned_when_less_is_better():
    found = evaluate(read(), EvaluateParams(measured=MEASURED))
    guard = found.effect("returned", "new")
    assert guard is not None
    assert guard.p_corrected is None
    assert found.n_tests == 2
    # Fewer returns are better: the chance is that of the lower share.
    shares = [read().statistic("returned", arm) for arm in ("control", "new")]
    assert guard.chance == pytest.approx(1 - believe_proportions(shares)[1].beats_control, abs=1e-9)


def test_the_covariate_sharpens_the_mean_and_a_missing_one_counts_as_zero():
    found = evaluate(read()).effect("spend", "new")
    table = rows()
    sums = [
        RatioStatistic.from_values(part["spend"], part["before"].fillna(0))
        for part in (table[table["arm"] == arm] for arm in ("control", "new"))
    ]
    alone = compare_adjusted(*sums)
    assert found is not None
    assert found.cuped is not None
    assert found.cuped.variance_reduction == pytest.approx(alone.variance_reduction)
    assert found.cuped.adjusted.absolute.value == pytest.approx(alone.adjusted.absolute.value)
    assert found.cuped.variance_reduction > 0.5
    assert all(effect.metric != "spend | before" for effect in evaluate(read()).effects)


def test_a_covariate_that_is_repeated_on_every_row_of_a_customer_counts_once():
    table = rows(600)
    twice = pd.concat([table, table.assign(spend=0.0, bought=0)], ignore_index=True)
    params = ReadParams(arm="arm", unit="id", metrics=METRICS[1:2] + METRICS[3:])
    first, second = (evaluate(read_experiment(found, params)).effects[0].cuped for found in (table, twice))
    assert first is not None
    assert second is not None
    assert second.theta == pytest.approx(first.theta)


def test_arms_that_differed_before_the_start_raise_an_alarm():
    table = rows()
    table.loc[table["arm"] == "new", "before"] += 30
    params = ReadParams(arm="arm", unit="id", metrics=METRICS[1:2] + METRICS[3:])
    found = evaluate(read_experiment(table, params))
    assert found.is_alarm
    assert "experiment_differed_before" in [note.code for note in found.health if note.level == "ask"]


def test_what_cannot_be_compared_stands_beside_what_can():
    table = rows().assign(never=0)
    params = ReadParams(arm="arm", metrics=(Metric(column="never", kind="mean"), Metric(column="bought")))
    found = evaluate(read_experiment(table, params))
    assert [(item.metric, item.problem.code) for item in found.refused] == [("never", "experiment_no_variation")]
    assert [effect.metric for effect in found.effects] == ["bought"]


def test_nothing_to_compare_is_refused():
    with pytest.raises(AnalysisError, match="experiment_no_variation"):
        evaluate(data_of_statistics({"A": MeanStatistic(50, 0, 0), "B": MeanStatistic(50, 0, 0)}, metric="x"))


def test_nobody_converted_anywhere_still_has_an_interval():
    arms = {"A": ProportionStatistic(50, 0), "B": ProportionStatistic(50, 0)}
    effect = evaluate(data_of_statistics(arms, metric="x")).effects[0]
    assert effect.reading.test.p == 1
    assert effect.reading.absolute.high == pytest.approx(0.0713, abs=1e-4)  # Wilson's upper end of 0 of 50
    assert effect.always is None


def test_few_expected_are_read_by_fishers_test():
    arms = {"A": ProportionStatistic(2, 1), "B": ProportionStatistic(1, 1)}
    effect = evaluate(data_of_statistics(arms, metric="x")).effects[0]
    assert effect.reading.test.convention == "fisher_conditional_mle"
    assert effect.reading.test.p == 1.0
    assert effect.side == "unclear"


def test_the_last_day_is_the_whole_reading_and_its_p_is_the_least_so_far():
    days, found = running_days(read(), "spend", "new")
    assert len(days) == len(found) == 10
    assert found[-1].naive.value == pytest.approx(evaluate(read()).effect("spend", "new").reading.absolute.value)
    assert [day.always_p for day in found] == sorted((day.always_p for day in found), reverse=True)
    table = rows()
    early = table[table["day"] <= pd.Timestamp(days[3])]
    arms = [MeanStatistic.from_values(early[early["arm"] == arm]["spend"]) for arm in ("control", "new")]
    assert found[3].naive.value == pytest.approx(compare_means(*arms).absolute.value)


def test_raw_values_add_up_to_the_sums():
    values = read_values(rows(), ReadParams(arm="arm", unit="id", metrics=()), METRICS[1])
    for arm, found in values.items():
        assert MeanStatistic.from_values(found).mean == pytest.approx(read().statistic("spend", arm).mean)


@pytest.mark.parametrize(
    ("arms", "code"),
    [
        ({"A": ProportionStatistic(10, 1)}, "experiment_one_arm"),
        ({"A": ProportionStatistic(10, 1), " a ": ProportionStatistic(10, 1)}, "experiment_one_arm"),
        ({"A": ProportionStatistic(10, 1), "  ": ProportionStatistic(10, 1)}, "experiment_unnamed_arm"),
        ({"A": ProportionStatistic(10, 1), "B": MeanStatistic(10, 1, 1)}, "experiment_mixed_kinds"),
    ],
)
def test_typed_arms_that_are_no_experiment_are_refused(arms, code):
    with pytest.raises(AnalysisError, match=code):
        data_of_statistics(arms, metric="x")


def test_typed_labels_that_differ_by_case_and_spaces_are_added_up():
    arms = {"A": ProportionStatistic(10, 1), "b": ProportionStatistic(20, 2), "B ": ProportionStatistic(30, 3)}
    data = data_of_statistics(arms, metric="x")
    assert data.statistic("x", "b") == ProportionStatistic(50, 5)
    assert data.merged == {"B ": "b"}
