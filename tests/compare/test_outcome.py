"""What goes with an outcome that the files hold, asked of its column."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.compare.outcome import influences_on_outcome
from analysis.compare.words import influence_answer
from analysis.errors import AnalysisError
from analysis.figures import summary
from analysis.profiles.result import Feature, Profiles
from analysis.recipe import SegmentationPlan
from analysis.segments.params import ClusterParams
from analysis.study import read, run, suggest
from benchmarks.measure import DATA
from texts import Translator, translator

TELCO = DATA / "predict" / "Telco-Customer-Churn.csv"


def profiles(**columns: Any) -> Profiles:
    """Monthly customers leave 60 of 100, yearly ones 4 of 100."""
    frame = pd.DataFrame(
        {"customer_id": [f"c{i:03}" for i in range(200)], "contract": ["monthly"] * 100 + ["yearly"] * 100}
    )
    frame["status"] = ["churned"] * 60 + ["active"] * 40 + ["churned"] * 4 + ["active"] * 96
    frame = frame.assign(**columns)
    kinds = {"b": "flag", "i": "number", "f": "number"}
    features = tuple(
        Feature(key, "basic", kinds.get(frame[key].dtype.kind, "category"), header=key)  # pyright: ignore[reportArgumentType]
        for key in frame.columns[1:]
    )
    return Profiles(frame, features, date(2024, 1, 1))


LEFT = np.array([True] * 60 + [False] * 40 + [True] * 4 + [False] * 96)


def test_a_contract_says_how_many_times_as_likely_leaving_is():
    found = influences_on_outcome(profiles())
    assert found.outcome is not None
    assert (found.outcome.feature.key, found.outcome.answer, found.n_known, found.n_came) == (
        "status",
        "churned",
        200,
        64,
    )
    [row] = found.rows.to_dict("records")
    assert (row["feature"], row["level"], row["n"], row["count"]) == ("contract", "monthly", 100, 60)
    assert row["ratio"] == pytest.approx((60 / 100) / (4 / 100))
    assert row["low"] < 15 < row["high"]


@pytest.mark.parametrize("column, answer", [("status", "churned"), ("status", None), ("gone", None)])
def test_the_same_outcome_as_a_text_or_as_yes_or_no_gives_the_same_figures(column: str, answer: str | None):
    asked = profiles(gone=LEFT)
    rows = influences_on_outcome(asked, column, answer).rows
    assert rows[["feature", "n", "count"]].values.tolist() == [["contract", 100, 60]]
    assert influences_on_outcome(asked, column, answer).restated == ({"status": "gone", "gone": "status"}[column],)


def test_a_number_is_asked_by_quarters_of_the_customers():
    tenure = np.arange(200)
    found = influences_on_outcome(profiles(tenure=tenure))
    row = found.rows[found.rows["feature"] == "tenure"].iloc[0]
    assert (row["n"], row["count"], row["level"], row["upto"]) == (50, 50, "", 49.0)
    assert np.isnan(row["above"])
    assert row["other_share"] == pytest.approx(14 / 150)


def test_of_a_number_that_most_share_no_quarter_is_empty():
    some = np.where(np.arange(200) < 160, 0.0, 3.0)
    found = influences_on_outcome(profiles(some=some))
    assert set(found.rows.loc[found.rows["feature"] == "some", "n"]) <= {160, 40}


def test_noise_is_said_to_make_nothing_more_likely():
    random = np.random.default_rng(5)
    raised = 0
    for _ in range(20):
        frame = {f"x{i}": random.normal(size=200) for i in range(3)} | {"coin": random.random(200) < 0.5}
        asked = profiles(**frame, contract=random.permutation(["monthly", "yearly"] * 100))
        raised += len(influences_on_outcome(asked).rows) > 0
    assert raised <= 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sentences_say_how_often_the_ratio_its_interval_and_both_shares(language: Any):
    t = Translator(language)
    whole, one, restated = influence_answer(influences_on_outcome(profiles(gone=LEFT)), {}, t)
    assert "32%" in whole and "200" in whole
    for part in ("contract", "monthly", "15", "60%", "100", "4%"):
        assert part in one.replace("4.0%", "4%")
    assert "gone" in restated


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_quarter_is_told_by_its_borders(language: Any):
    middle = np.where(LEFT & (np.arange(200) < 100), 57, np.arange(200) % 2 * 100)
    found = influences_on_outcome(profiles(middle=middle))
    told = [one for one in influence_answer(found, {}, Translator(language)) if "middle" in one]
    assert "57" in told[0]
    row = found.rows[found.rows["feature"] == "middle"].iloc[0]
    assert (row["above"], row["upto"], row["n"]) == (0.0, 57.0, 60)


def test_what_cannot_be_an_outcome_is_refused():
    asked = profiles(tenure=np.arange(200), rare=np.arange(200) < 5)
    with pytest.raises(AnalysisError, match="outcome_unknown"):
        influences_on_outcome(asked, "tenure")
    with pytest.raises(AnalysisError, match="outcome_unknown"):
        influences_on_outcome(asked, "nothing")
    with pytest.raises(AnalysisError, match="outcome_answer"):
        influences_on_outcome(asked, "contract")
    with pytest.raises(AnalysisError, match="outcome_answer"):
        influences_on_outcome(asked, "status", "gone")
    with pytest.raises(AnalysisError, match="outcome_few"):
        influences_on_outcome(asked, "rare")
    with pytest.raises(AnalysisError, match="outcome_not_found"):
        influences_on_outcome(profiles(status=["a", "b"] * 100))


@pytest.mark.skipif(not TELCO.exists(), reason="the real file is not part of the project")
def test_who_leaves_a_telecom_company_is_told_with_the_known_counts():
    tables = read(TELCO)
    two = SegmentationPlan(params=ClusterParams(k=2))
    result = run(tables, suggest(tables).model_copy(update={"segmentations": (two,)}))
    told = summary(result, translator("en"))
    outcome = told["outcome"]
    assert (outcome["feature"], outcome["n"], outcome["share"]) == ("Churn", 7043, 0.26537)
    first = outcome["influences"][0]
    assert (first["feature"], first["level"], first["n"], first["count"]) == ("Contract", "Month-to-month", 3875, 1655)
    assert first["ratio"] == pytest.approx((1655 / 3875) / (214 / 3168), rel=1e-5)
    assert "6.3 times as likely" in told["sentences"]["outcome"][1]
    assert told["segmentations"]["clusters"]["differences"]
    assert len(told["sentences"]["compare"]["clusters"]) >= 2
    assert "sentences" not in summary(result)
