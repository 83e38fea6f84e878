"""Many metrics and treatments at once: corrected within their family, guardrails apart, the direction of the metric."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

from analysis.errors import AnalysisError
from analysis.experiments.arms.cuped import compare_adjusted
from analysis.experiments.arms.means import compare_means
from analysis.experiments.arms.proportions import compare_proportions
from analysis.experiments.arms.statistics import MeanStatistic, ProportionStatistic, RatioStatistic
from analysis.experiments.reading.results import compare_statistics, read_results
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment, read_values

pytestmark = pytest.mark.usefixtures("no_collecting")

GOALS = (
    Metric(column="bought"),
    Metric(column="spend", kind="mean"),
    Metric(column="spend", kind="ratio", denominator="visits", role="secondary"),
    Metric(column="returns", kind="mean", role="guardrail", higher_is_better=False),
)


def rows(n=6000, seed=2):
    rng = np.random.default_rng(seed)
    arm = rng.choice(["A", "B", "C"], n)
    past = rng.gamma(2, 10, n)
    return pd.DataFrame(
        {
            "id": np.arange(n),
            "arm": arm,
            "past": past,
            "bought": rng.binomial(1, np.where(arm == "B", 0.36, 0.3)),
            "spend": past + rng.gamma(2, 5, n) + (arm == "C") * 1.0,
            "visits": rng.poisson(3, n) + 1,
            "returns": rng.gamma(1, 2, n) + (arm == "B") * 0.5,
        }
    )


def read(table, **choice):
    return read_experiment(table, ReadParams(**({"arm": "arm", "unit": "id", "metrics": GOALS} | choice)))


def test_goals_are_corrected_together_and_guardrails_not_at_all():
    data = read(rows())
    found = read_results(data).results
    assert [(item.metric.role, item.treatment) for item in found] == [
        *[("goal", arm) for _ in range(2) for arm in "BC"],
        *[("secondary", arm) for arm in "BC"],
        *[("guardrail", arm) for arm in "BC"],
    ]
    for role, family in (("goal", 4), ("secondary", 2)):
        part = [item for item in found if item.metric.role == role]
        wanted = multipletests([item.reading.test.p for item in part], method="holm")[1]
        assert [item.p_corrected for item in part] == pytest.approx(wanted.tolist())
        assert {item.family for item in part} == {family}
        assert {item.simultaneous.level for item in part} == {1 - 0.05 / family}
        assert {item.simultaneous_relative.level for item in part} == {1 - 0.05 / family}
    for item in found[6:]:
        assert item.p_corrected == item.reading.test.p
        assert (item.simultaneous, item.simultaneous_relative) == (item.reading.absolute, item.reading.relative)


def test_more_returns_are_worse_and_more_purchases_better():
    found = {
        (item.metric.column, item.metric.kind, item.treatment): item for item in read_results(read(rows())).results
    }
    assert found["bought", "proportion", "B"].direction == "better"
    assert found["bought", "proportion", "C"].direction == "unclear"
    assert found["returns", "mean", "B"].direction == "worse"


@pytest.mark.parametrize("correction", ["benjamini_hochberg", "hochberg", "bonferroni", "none"])
def test_every_correction_is_that_of_its_name(correction):
    names = {"benjamini_hochberg": "fdr_bh", "hochberg": "simes-hochberg", "bonferroni": "bonferroni"}
    found = [item for item in read_results(read(rows()), correction=correction).results if item.metric.role == "goal"]
    p = [item.reading.test.p for item in found]
    wanted = p if correction == "none" else multipletests(p, method=names[correction])[1].tolist()
    assert [item.p_corrected for item in found] == pytest.approx(wanted)


def test_the_covariate_sharpens_as_the_rows_say():
    table = rows()
    table = table[table["arm"] != "C"]
    found = next(item for item in read_results(read(table, covariates=("past",))).results if item.metric.kind == "mean")
    sides = [table[table["arm"] == arm] for arm in "AB"]
    wanted = compare_adjusted(*(RatioStatistic.from_values(side["spend"], side["past"]) for side in sides))
    assert found.adjusted is not None
    assert found.adjusted.adjusted.absolute.value == pytest.approx(wanted.adjusted.absolute.value)
    assert found.adjusted.variance_reduction == pytest.approx(wanted.variance_reduction)
    assert found.reading == found.adjusted.adjusted
    assert found.reading.absolute.se < found.adjusted.plain.absolute.se / 2
    assert found.adjusted.theta == pytest.approx(wanted.theta)


def test_a_cap_from_the_table_is_the_quantile_of_everybody():
    table = rows()
    metric = Metric(column="spend", kind="mean", cap=0.9)
    data = read(table, metrics=(metric,))
    capped = table["spend"].clip(upper=table["spend"].quantile(0.9))
    found = data.statistic("spend", "B")
    assert found.mean == pytest.approx(capped[table["arm"] == "B"].mean())
    assert found.variance == pytest.approx(capped[table["arm"] == "B"].var())


def test_values_of_events_are_added_up_per_customer():
    table = pd.DataFrame({"id": [1, 1, 2, 3], "arm": list("AABB"), "spend": [2.0, 3.0, None, 7.0]})
    choice = ReadParams(arm="arm", unit="id", metrics=(Metric(column="spend", kind="mean"),))
    assert {arm: list(found) for arm, found in read_values(table, choice, "spend").items()} == {"A": [5.0], "B": [7.0]}


def test_a_metric_without_variation_is_left_out_and_named():
    table = rows().assign(bought=0)
    found = read_results(read(table))
    assert {note.facts["metric"] for note in found.notes} == {"bought"}
    assert {item.metric.name for item in found.results} == {"spend", "spend / visits", "returns"}
    with pytest.raises(AnalysisError) as caught:
        read_results(read(table, metrics=GOALS[:1]))
    assert caught.value.code == "experiment_no_variation"


def test_each_kind_is_compared_by_its_own_test():
    shares = ProportionStatistic(100, 20), ProportionStatistic(100, 30)
    means = MeanStatistic.from_figures(50, 10, 3), MeanStatistic.from_figures(50, 11, 3)
    assert compare_statistics(*shares) == compare_proportions(*shares)
    assert compare_statistics(*means) == compare_means(*means)
    with pytest.raises(AnalysisError) as caught:
        compare_statistics(shares[0], means[0])
    assert caught.value.code == "experiment_mixed_kinds"


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda data: read_results(data, alpha=1.0), "experiment_bad_alpha"),
        (lambda data: data.adjusted_statistic("bought", "A"), "experiment_no_covariate"),
        (lambda data: data.metric("x"), "experiment_unknown_metric"),
        (lambda data: read_values(rows(30), ReadParams(arm="arm", metrics=GOALS), "x"), "experiment_unknown_metric"),
        (
            lambda data: read_values(rows(30), ReadParams(arm="arm", metrics=GOALS), "spend / visits"),
            "experiment_no_values",
        ),
    ],
)
def test_what_has_no_answer_is_refused(call, code):
    with pytest.raises(AnalysisError) as caught:
        call(read(rows(300)))
    assert caught.value.code == code


@pytest.mark.parametrize("correction", ["sidak", "dunnett"])
def test_the_intervals_of_arms_against_one_control_agree_with_their_corrected_p(correction):
    params = ReadParams(arm="arm", metrics=(Metric(column="bought"), Metric(column="spend", kind="mean")))
    closer = set()
    for seed in range(6):
        data = read_experiment(rows(900, seed), params)
        found, plain = (read_results(data, correction=way).results for way in (correction, "bonferroni"))
        for one, other in zip(found, plain, strict=True):
            low, high = one.simultaneous.low, one.simultaneous.high
            assert low is not None
            assert high is not None
            if (
                abs(one.p_corrected - 0.05) > 0.004
            ):  # score interval and pooled z are not the same test to the last digit
                assert (one.p_corrected < 0.05) == (not low <= 0 <= high)
            assert other.simultaneous.low is not None
            closer.add(one.p_corrected < other.p_corrected and low > other.simultaneous.low)
            assert one.p_corrected >= one.reading.test.p
    assert True in closer
