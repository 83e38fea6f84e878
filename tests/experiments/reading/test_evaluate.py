"""A whole reading: its parts agree with the single calls, and what is better is what is wanted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.bayes import BetaPrior, NormalPrior, believe_proportions
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic
from analysis.experiments.reading.evaluate import EvaluateParams, evaluate, running_days
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.typed import data_of_statistics

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
    Metric(column="returned", role="guardrail", higher_is_better=False),
)


def read(**changes):
    return read_experiment(rows(), ReadParams(arm="arm", unit="id", day="day", metrics=METRICS, **changes))


def test_the_beliefs_are_those_of_the_single_call():
    found = evaluate(data_of_statistics(ARMS, metric="bought"))
    beliefs = believe_proportions(list(ARMS.values()))
    assert [found.beliefs["bought", arm].best for arm in "BC"] == [belief.best for belief in beliefs[1:]]
    assert [found.beliefs["bought", arm].loss for arm in "BC"] == [belief.expected_loss for belief in beliefs[1:]]
    assert found.main.treatment == "B"


def test_where_less_is_better_the_chance_is_that_of_the_lower_share():
    found = evaluate(read())
    shares = [read().statistic("returned", arm) for arm in ("control", "new")]
    new = believe_proportions(shares)[1]
    belief = found.beliefs["returned", "new"]
    assert belief.chance == pytest.approx(1 - new.beats_control, abs=1e-9)
    assert (belief.credible.value, belief.credible.low) == pytest.approx((new.share.value, new.share.low))


def test_a_prior_pulls_the_share_towards_itself():
    strong = EvaluateParams(prior=BetaPrior(alpha=9000, beta=1000))
    found = evaluate(data_of_statistics(ARMS, metric="bought"), strong)
    assert found.beliefs["bought", "B"].credible.value == pytest.approx((9000 + 250) / 11000)


def test_the_effect_of_a_mean_is_believed_around_its_value():
    found = evaluate(read())
    effect = found.result("spend", "new").reading.absolute
    assert found.beliefs["spend", "new"].credible.value == pytest.approx(effect.value)
    narrow = evaluate(read(), EvaluateParams(effect_prior=NormalPrior(mean=0, sd=0.01)))
    assert abs(narrow.beliefs["spend", "new"].credible.value) < 0.01


def test_the_planned_shares_decide_what_a_mismatch_is():
    arms = {"A": ProportionStatistic(1000, 200), "B": ProportionStatistic(2000, 450)}
    equal = evaluate(data_of_statistics(arms, metric="bought"))
    planned = evaluate(data_of_statistics(arms, metric="bought"), EvaluateParams(shares=(("A", 1.0), ("B", 2.0))))
    assert equal.alarms
    assert not planned.alarms
    assert planned.mismatch.p == 1


def test_nothing_to_compare_is_refused():
    with pytest.raises(AnalysisError, match="experiment_no_variation"):
        evaluate(data_of_statistics({"A": MeanStatistic(50, 0, 0), "B": MeanStatistic(50, 0, 0)}, metric="x"))


def test_the_last_day_is_the_whole_reading_and_its_p_is_the_least_so_far():
    days, found = running_days(read(), "spend", "new")
    assert len(days) == len(found) == 10
    assert found[-1].naive.value == pytest.approx(evaluate(read()).result("spend", "new").reading.absolute.value)
    assert [day.always_p for day in found] == sorted((day.always_p for day in found), reverse=True)
    table = rows()
    early = table[table["day"] <= pd.Timestamp(days[3])]
    arms = [MeanStatistic.from_values(early[early["arm"] == arm]["spend"]) for arm in ("control", "new")]
    assert found[3].naive.value == pytest.approx(compare_means(*arms).absolute.value)


def test_without_dates_there_are_no_days():
    assert running_days(data_of_statistics(ARMS, metric="bought"), "bought", "B") == ((), ())


def test_each_arm_has_its_value_with_an_interval():
    found = evaluate(read())
    assert [(value.metric, value.arm) for value in found.values] == [
        (metric, arm) for metric in ("bought", "spend", "returned") for arm in ("control", "new")
    ]
    assert all(value.value.low < value.value.value < value.value.high for value in found.values)
    assert {value.value.convention for value in found.values} == {"wilson", "student_t"}
