"""What was known before is taken out: gaps filled and told, several at once, ratios, by every reading that decides."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import MeanStatistic, RatioStatistic
from analysis.experiments.choices import ReadChoices, RuleChoice
from analysis.experiments.decide_experiment import decide_experiment
from analysis.experiments.evaluate_experiment import EvaluatedExperiment, ExperimentRows
from analysis.experiments.reading.evaluate import evaluate, running_days
from analysis.experiments.reading.results import read_results
from analysis.experiments.rows.read import ExperimentData, Metric, ReadParams, read_experiment

SPEND = (Metric(column="spend", kind="mean"),)


def made(n: int = 2000, *, gone: float = 0.0, lift: float = 0.0, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    before, age, arm = rng.normal(100, 10, n), rng.normal(40, 5, n), rng.choice(["A", "B"], n)
    spend = 100 + 0.8 * (before - 100) + 0.5 * (age - 40) + rng.normal(0, 6, n) + lift * (arm == "B")
    visits = rng.poisson(3, n) + 1
    frame = pd.DataFrame({"arm": arm, "spend": spend, "before": before, "age": age, "visits": visits})
    frame["orders"] = rng.poisson(0.02 * before)
    frame["bought"] = (spend > 100).astype(int)
    frame["day"] = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 5, n), unit="D")
    return frame.mask(pd.DataFrame({"before": rng.random(n) < gone}).reindex(columns=frame.columns, fill_value=False))


def read(rows: pd.DataFrame, *covariates: str, metrics: tuple[Metric, ...] = SPEND) -> ExperimentData:
    return read_experiment(rows, ReadParams(arm="arm", metrics=metrics, covariates=covariates, day="day"))


def reduction(data: ExperimentData) -> float:
    found = read_results(data).results[0].adjusted
    assert found is not None
    return found.variance_reduction


def test_a_tenth_missing_costs_a_tenth_of_the_help_and_is_said():
    whole, gaps = reduction(read(made(), "before")), read(made(gone=0.1), "before")
    assert 0.85 * whole < reduction(gaps) < whole
    health = evaluate(gaps).health
    [said] = [note for note in health if note.code == "experiment_covariate_filled"]
    assert said.facts["share"] == pytest.approx(0.1, abs=0.02)
    assert said.level == "check"


def test_a_past_missing_in_one_arm_alone_is_an_alarm():
    rows = made()
    rows.loc[(rows["arm"] == "B") & (rows.index % 9 == 0), "before"] = np.nan
    assert "experiment_covariate_gone" in {note.code for note in evaluate(read(rows, "before")).alarms}


def test_several_covariates_with_gaps_are_least_squares_on_all_of_them():
    rows = made(gone=0.1)
    known = rows["before"].notna()
    design = np.column_stack(
        [np.ones(len(rows)), rows["before"].fillna(rows["before"].mean()), ~known, rows["age"]]
    ).astype(float)
    left = sm.OLS(rows["spend"].to_numpy(), design).fit().resid
    data = read(rows, "before", "age")
    [result] = read_results(data).results
    sides = [MeanStatistic.from_values(left[(rows["arm"] == arm).to_numpy()]) for arm in "AB"]
    assert result.reading.absolute.value == pytest.approx(sides[1].mean - sides[0].mean, rel=1e-7)
    assert result.reading.absolute.se == pytest.approx(
        (sides[0].variance / sides[0].n + sides[1].variance / sides[1].n) ** 0.5, rel=1e-7
    )
    assert result.adjusted is not None
    assert result.adjusted.theta is None
    assert reduction(data) > reduction(read(rows, "before"))


def test_the_same_covariate_twice_is_the_covariate_once():
    rows = made().assign(again=lambda frame: 3 * frame["before"] + 1)
    assert reduction(read(rows, "before", "again")) == pytest.approx(reduction(read(rows, "before")), rel=1e-6)


def test_a_ratio_is_read_with_what_its_linear_form_owes_to_the_past():
    metrics = (Metric(column="orders", kind="ratio", denominator="visits"),)
    rows = made()
    [found] = read_results(read(rows, "before", metrics=metrics)).results
    total = rows["orders"].sum() / rows["visits"].sum()
    linear = rows["orders"] - total * rows["visits"]
    slope = np.cov(linear, rows["before"])[0, 1] / rows["before"].var()
    left = rows["orders"] - slope * (rows["before"] - rows["before"].mean())
    arms = [rows["arm"] == arm for arm in "AB"]
    sides = [RatioStatistic.from_values(left[arm], rows["visits"][arm]) for arm in arms]
    assert found.reading.absolute.value == pytest.approx(sides[1].mean - sides[0].mean, rel=1e-7)
    assert found.adjusted is not None
    assert found.reading.absolute.se < found.adjusted.plain.absolute.se


def test_the_rule_and_the_always_valid_interval_take_the_past_out():
    rows = made(lift=1.2, seed=4)
    plain, sharp = (evaluate(read(rows, *names)) for names in ((), ("before", "age")))
    key = ("spend", "B")
    widths = [found.always[key][0].high - found.always[key][0].low for found in (plain, sharp)]  # type: ignore[operator]
    assert widths[1] < 0.8 * widths[0]
    rule = RuleChoice(target=0.5, days=28)
    verdicts = [
        decide_experiment(EvaluatedExperiment(ReadChoices(rule=rule), ExperimentRows(read(rows, *names)), found))
        for names, found in (((), plain), (("before", "age"), sharp))
    ]
    assert [one and one.decision.verdict for one in verdicts] == ["inconclusive", "ship"]
    _, days = running_days(read(rows, "before", "age"), *key)
    assert days[-1].naive.value == pytest.approx(sharp.main.reading.absolute.value)


def test_a_share_of_few_conversions_is_read_as_it_is():
    rows = made().assign(bought=lambda frame: (frame["spend"] > 125).astype(int))
    [found] = read_results(read(rows, "before", metrics=(Metric(column="bought"),))).results
    assert (found.adjusted, found.reading.test.convention) == (None, "z_pooled")
    [many] = read_results(read(made(), "before", metrics=(Metric(column="bought"),))).results
    assert many.adjusted is not None


def test_a_covariate_without_a_value_is_refused_and_one_that_never_varies_helps_nothing():
    with pytest.raises(AnalysisError) as caught:
        read(made().assign(before=np.nan), "before")
    assert (caught.value.code, caught.value.facts["metric"]) == ("experiment_no_values", "before")
    [found] = read_results(read(made().assign(before=3.0), "before")).results
    assert found.adjusted is None


@pytest.mark.parametrize("away", [1e8, -1e8])
def test_squares_of_values_far_from_0_are_right_to_nine_digits_by_segment_and_in_all(away):
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {"arm": ["A", "B"] * 300, "city": list("xyz") * 200, "spend": away + rng.integers(-10, 11, 600) / 10}
    )
    data = read_experiment(rows, ReadParams(arm="arm", metrics=SPEND, segment="city"))
    for arm in "AB":
        for city in (None, "x", "y"):
            part = rows[(rows["arm"] == arm) & ((rows["city"] == city) | (city is None))]["spend"] - away
            found = data.statistic("spend", arm, city)
            assert isinstance(found, MeanStatistic)
            assert found.variance == pytest.approx(part.var(), rel=1e-9)
            assert found.third == pytest.approx(((part - part.mean()) ** 3).sum(), rel=1e-6, abs=1e-6)
