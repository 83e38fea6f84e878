"""Slips of the pen: mistyped arms, cells that are no figure; named by their row, never by what may be a person."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from analysis.errors import AnalysisError
from analysis.experiments.choices import ReadChoices
from analysis.experiments.evaluate_experiment import evaluate_experiment
from analysis.experiments.reading.changes import ChangeParams, read_change
from analysis.experiments.reading.health import check_experiment, sample_ratio
from analysis.experiments.rows.read import Metric, ReadParams, Slip, read_experiment
from analysis.experiments.rows.suggest import suggest_columns
from analysis.experiments.suggest_choices import suggest_roles, suggest_test
from texts import translator


def table(cells, n=4000):
    rng = np.random.default_rng(0)
    arm = np.where(np.arange(n) % 2 == 0, "A", "B").astype(object)
    arm[5] = "Bb"
    bought = rng.binomial(1, 0.1, n).astype(object)
    bought[[10, 99]] = cells
    text = isinstance(cells[0], str)
    return pd.DataFrame({"customer_id": np.arange(n), "arm": arm, "bought": bought.astype(str if text else float)})


@pytest.mark.parametrize("cells", [(2, 7), ("?", "x")])
def test_a_mistyped_arm_and_two_stray_cells_are_named_and_left_out(cells):
    rows = table(cells)
    assert suggest_columns(rows).proportions == ("bought",)
    data = read_experiment(rows, ReadParams(arm="arm", unit="customer_id", metrics=(Metric(column="bought"),)))
    assert (data.arms, data.strays, data.counts.no_arm) == (("A", "B"), (Slip("Bb", 1, 6),), 1)
    assert data.stray_cells["bought"] == (2, 11)
    assert sum(data.statistic("bought", arm).n for arm in data.arms) == 4000 - 3
    notes = check_experiment(data)
    assert {note.code for note in notes} == {"experiment_stray_arm", "experiment_stray_cells"}
    assert all(note.level != "ask" for note in notes)


def test_many_other_cells_are_no_slips():
    rows = table((2, 7))
    rows.loc[rows.index[:40], "bought"] = 3.0
    with pytest.raises(AnalysisError, match="experiment_not_binary"):
        read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="bought"),)))


def test_small_counts_are_tested_exactly():
    # One of ten where one of a thousand was planned: 1 - 0.999^10, by hand.
    assert sample_ratio({"a": 9, "b": 1}, {"a": 999, "b": 1}).p == pytest.approx(1 - 0.999**10)
    three = sample_ratio({"a": 20, "b": 20, "c": 5})
    assert three.convention == "sample_ratio_exact" and 0.001 < three.p < 0.05


def labelled(label: str, n: int, *, arms: tuple[str, ...] = ("control", "treatment"), of: int = 4000) -> pd.DataFrame:
    arm = np.resize(np.array(arms, dtype=object), of)
    arm[7 : 7 + n] = label
    return pd.DataFrame({"arm": arm, "bought": np.arange(of) % 11 == 0})


@pytest.mark.parametrize(
    ("label", "n", "shown"),
    [
        ("tretment", 3, "tretment"),
        (" Tretment ", 12, " Tretment "),
        ("cotnrol", 19, "cotnrol"),
        ("mark3@example.com", 2, None),
        ("王小明", 1, None),
    ],
)
def test_labels_of_hardly_any_row_are_no_arms_and_are_quoted_only_where_they_are_nearly_one(label, n, shown):
    data = read_experiment(labelled(label, n), ReadParams(arm="arm", metrics=(Metric(column="bought"),)))
    assert data.arms == ("control", "treatment")
    assert data.strays == (Slip(shown, n, 8),)
    notes = [note for note in check_experiment(data) if note.level == "ask" or "stray" in note.code]
    assert [note.code for note in notes] == ["experiment_stray_arm" if shown else "experiment_stray_label"]
    for language in ("en", "zh"):
        said = translator(language)(f"note.{notes[0].code}", **notes[0].facts)
        assert (label in said) == (shown is not None) and "8" in said


@pytest.mark.parametrize(
    ("arms", "label", "n"),
    [
        (("control", "treatment"), "tretment", 60),  # as many as these are no slip
        (("mail 1", "mail 2"), "mail 3", 3),
        (("A", "B"), "C", 3),
        (("mail", "no mail"), "mail red", 5),
    ],
)
def test_arms_that_a_number_a_letter_or_a_word_tells_apart_stay_arms(arms, label, n):
    rows = labelled(label, n, arms=arms)
    assert label in read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="bought"),))).arms


def test_what_was_planned_tells_arms_from_slips():
    rows, params = labelled("C", 18), ReadParams(arm="arm", metrics=(Metric(column="bought"),))
    assert read_experiment(rows, params).arms == ("control", "C", "treatment")
    planned = ("control", "treatment")
    assert read_experiment(rows, params, planned=planned).strays == (Slip(None, 18, 8),)
    few = labelled("tretment", 1)
    assert read_experiment(few, params, planned=(*planned, "tretment")).strays == ()
    choices = ReadChoices(source="table", columns=params, how={"shares": (("control", 0.5), ("treatment", 0.5))})
    found = evaluate_experiment(choices, rows).found
    assert (found.arms, found.alarms) == (planned, ())


@pytest.mark.parametrize("word", ["inf", "1e400", float("inf"), float("-inf")])
@pytest.mark.parametrize("role", ["metric", "denominator", "covariate", "change"])
def test_infinite_figures_are_refused_with_their_row(word, role):
    spend = np.arange(40.0).astype(str if isinstance(word, str) else float).astype(object)
    spend[6] = word
    kept = spend if isinstance(word, str) else spend.astype(float)
    rows = pd.DataFrame({"arm": ["A", "B"] * 20, "spend": kept, "n": np.arange(40.0), "at": [1, 2] * 20})
    choices = {
        "metric": ReadParams(arm="arm", metrics=(Metric(column="spend", kind="mean"),)),
        "denominator": ReadParams(arm="arm", metrics=(Metric(column="n", kind="ratio", denominator="spend"),)),
        "covariate": ReadParams(arm="arm", metrics=(Metric(column="n", kind="mean"),), covariates=("spend",)),
    }
    with pytest.raises(AnalysisError) as caught:
        if role == "change":
            read_change(rows, ChangeParams(outcome="spend", kind="mean", when="at", since="2"))
        else:
            read_experiment(rows, choices[role])
    assert (caught.value.code, dict(caught.value.facts)) == (
        "experiment_infinite",
        {"column": "spend", "n": 1, "row": 7},
    )


@pytest.mark.parametrize("kind", ["mean", "quantile"])
def test_customers_without_a_figure_are_counted_however_few(kind):
    rows = pd.DataFrame({"arm": ["A", "B"] * 500, "spend": np.arange(1000.0)})
    rows.loc[[3, 8], "spend"] = np.nan
    metric = Metric(column="spend", kind=kind, quantile=0.5 if kind == "quantile" else None)
    notes = check_experiment(read_experiment(rows, ReadParams(arm="arm", metrics=(metric,))))
    assert [dict(note.facts)["n"] for note in notes if note.code == "experiment_no_value"] == [2]


PERSON = "王小明 mark3@example.com 13812345678"


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"metrics": (Metric(column="who", kind="mean"),)}, "experiment_text_outcome"),
        ({"metrics": (Metric(column="who"),)}, "experiment_text_outcome"),
        ({"metrics": (Metric(column="one"),)}, "experiment_ticked_outcome"),
        ({"covariates": ("who",)}, "experiment_text_outcome"),
        ({"day": "who"}, "experiment_unreadable_days"),
        ({"customers": "who"}, "experiment_text_outcome"),
        ({"arm": "who"}, "experiment_too_many_arms"),
    ],
)
def test_a_column_chosen_by_mistake_is_refused_without_its_cells(choice, code):
    rows = pd.DataFrame({"arm": ["A", "B"] * 20, "bought": [0, 1] * 20, "who": [f"{PERSON}{n}" for n in range(40)]})
    rows["one"] = [PERSON, *[None] * 39]
    params = ReadParams(arm="arm", metrics=(Metric(column="bought"),)).model_copy(update=choice)
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, params)
    assert caught.value.code == code
    for language in ("en", "zh"):
        said = str(caught.value) + caught.value.sentence(translator(language))
        assert not any(part in said for part in PERSON.split())


def test_a_word_that_is_no_usual_yes_is_not_quoted():
    rows = pd.DataFrame({"arm": ["A", "B"] * 20, "paid by": [PERSON, *[None] * 39]})
    data = read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="paid by"),)))
    assert data.ticked == {"paid by": ("…", 39)}


def suggested(**columns):
    """Return a test whose cells are text, and what is suggested of its columns."""
    n = len(next(iter(columns.values())))
    who = {"customer_id": [f"c{at}" for at in range(n)], "group": ["A", "B"] * (n // 2), "city": ["x", "y", "y"] * n}
    cells = {name: [str(value) for value in values[:n]] for name, values in {**who, **columns}.items()}
    rows = pa.table(cells)
    found = suggest_roles(rows)
    params = suggest_test(found)
    assert params is not None
    return rows, found, params


@pytest.mark.parametrize("pair", [("0", "1"), ("no", "yes"), ("否", "是")])
def test_one_word_among_a_few_hundred_cells_leaves_a_share_a_share(pair):
    cells = [pair[at % 7 == 0] for at in range(300)]
    cells[9] = "王小明"
    rows, found, params = suggested(flagged=cells)
    assert (found.proportions, found.segment) == (("flagged",), "city")
    data = read_experiment(rows, params)
    assert data.stray_cells == {"flagged": (1, 10)}
    assert sum(data.statistic("flagged", arm).n for arm in "AB") == 299
    assert sum(data.statistic("flagged", arm).successes for arm in "AB") == cells.count(pair[1])


@pytest.mark.parametrize("sign", ["", "¥"])
def test_a_word_among_amounts_makes_no_segment_but_is_refused_with_its_row(sign):
    cells = [f"{sign}{1 + at % 9:,}" for at in range(300)]
    cells[9] = "王小明"
    rows, found, params = suggested(spend=cells)
    assert (found.means, found.segment) == (("spend",), "city")
    with pytest.raises(AnalysisError) as caught:
        read_experiment(rows, params)
    assert caught.value.code == "experiment_text_outcome"
    assert dict(caught.value.facts) == {"column": "spend", "n": 1, "row": 10}


@pytest.mark.parametrize(("n", "label", "slips"), [(99, "treatmnet", 1), (40, "contrl", 2), (6, "treatmentt", 1)])
def test_a_spelling_near_an_arm_is_a_slip_in_small_tests_too(n, label, slips):
    rows = pd.DataFrame({"arm": ["control", "treatment"] * n + [label] * slips, "bought": [0, 1] * n + [1] * slips})
    data = read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="bought"),)))
    assert (data.arms, data.strays) == (("control", "treatment"), (Slip(label, slips, 2 * n + 1),))


def test_other_words_of_few_rows_stay_arms_in_small_tests():
    rows = pd.DataFrame({"arm": ["control", "treatment"] * 20 + ["letter"] * 2, "bought": [0, 1] * 21})
    data = read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="bought"),)))
    assert (data.arms, data.strays) == (("control", "letter", "treatment"), ())


@pytest.mark.parametrize(("n", "cell", "is_share"), [(999, 3, True), (60, -1, True), (300, 2, True), (60, 2, False)])
def test_a_stray_figure_among_few_zeros_and_ones_is_named_and_a_count_stays_one(n, cell, is_share):
    # One 2 is a slip where one in five bought of 300: a count would hold about six more of them, of 60 hardly one.
    bought = [1 if place % 5 == 0 else 0 for place in range(n)]
    rows = pd.DataFrame(
        {"arm": ["A", "B"] * (n // 2 + 1), "bought": [*bought, *[cell] * (2 - n % 2)][: n // 2 * 2 + 2]}
    )
    rows = rows.iloc[: n + 1]
    assert suggest_columns(rows).proportions == (("bought",) if is_share else ())
    if is_share:
        data = read_experiment(rows, ReadParams(arm="arm", metrics=(Metric(column="bought"),)))
        assert data.stray_cells == {"bought": (1, n + 1)}
