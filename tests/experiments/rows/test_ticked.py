"""Outcomes that say yes in one way or hold nothing count everybody where the header says what happened."""

from __future__ import annotations

import pandas as pd
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.arms.statistics import ProportionStatistic
from analysis.experiments.reading.health import check_experiment
from analysis.experiments.rows.read import Metric, ReadParams, read_experiment
from analysis.experiments.rows.suggest import suggest_columns
from texts import Translator

NOTHING = (None, "", "  ", "n/a")


def table(header: str, *cells: object, nothing: object = None) -> pd.DataFrame:
    column = [cells[i % len(cells)] if i % 5 == 0 else nothing for i in range(200)]
    return pd.DataFrame({"user_id": range(200), "group": ["A", "B"] * 100, header: column})


def read(rows: pd.DataFrame, header: str):
    return read_experiment(rows, ReadParams(arm="group", unit="user_id", metrics=(Metric(column=header),)))


@pytest.mark.parametrize("cells", [("1",), ("yes",), ("X",), (1.0,), ("done",), ("✓", "√")])
@pytest.mark.parametrize("header", ["converted", "是否转化", "Signed up"])
def test_nothing_means_no_under_a_header_of_what_happened_and_is_said(header: str, cells: tuple) -> None:
    rows = table(header, *cells)
    assert suggest_columns(rows).proportions == (header,)
    data = read(rows, header)
    assert [data.statistic(header, arm) for arm in data.arms] == [ProportionStatistic(100, 20)] * 2
    [note] = [note for note in check_experiment(data) if note.code == "experiment_blank_is_no"]
    assert note.facts["n"] == 160
    assert all(str(note.facts["word"]) in Translator(one)(f"note.{note.code}", **note.facts) for one in ("en", "zh"))


@pytest.mark.parametrize("nothing", NOTHING)
def test_every_way_to_write_nothing_is_no(nothing: object) -> None:
    assert read(table("bought", "yes", nothing=nothing), "bought").ticked["bought"] == ("yes", 160)


@pytest.mark.parametrize(("header", "cell"), [("note", "1"), ("score", "X"), ("remark", "yes"), ("converted", "no")])
def test_what_nothing_means_is_not_guessed_under_another_header_or_beside_no(header: str, cell: str) -> None:
    with pytest.raises(AnalysisError) as refused:
        read(table(header, cell), header)
    assert (refused.value.code, refused.value.facts["n"]) == ("experiment_ticked_outcome", 160)


def test_an_outcome_that_says_yes_and_no_has_missing_values_as_before() -> None:
    data = read(table("converted", "yes", "no"), "converted")
    assert data.statistic("converted", "A").n == 20 and data.ticked == {}
