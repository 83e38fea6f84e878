"""Cells that hold several answers become a yes or no for each, and only they."""

from __future__ import annotations

import pytest

from analysis.intake.cells.answers import several_answers
from analysis.intake.fixes import apply_fix
from analysis.intake.reading.read import read_file
from analysis.study import run, suggest

HEAD = "Email,Which do you use?,Town\n"
CELLS = ("Web;Store", "App", "Store; App;Web", "Web", "")


def survey(separator: str = ";"):
    rows = (
        f'p{i}@example.com,"{CELLS[i % 5].replace(";", separator)}","{("Berlin, DE", "Paris, FR")[i % 2]}"\n'
        for i in range(40)
    )
    return read_file((HEAD + "".join(rows)).encode(), name="a.csv")


@pytest.mark.parametrize("separator", [";", "|", ", "])
def test_each_answer_becomes_a_yes_or_no_and_one_click_keeps_the_cell_whole(separator: str) -> None:
    tables = survey(separator)
    recipe = suggest(tables).model_copy(update={"segmentations": ()})
    result = run(tables, recipe)
    customers = result.profiles.customers.set_index("customer_id")
    ticks = {key: customers[f"Which do you use?: {key}"] for key in ("Web", "Store", "App")}
    assert {key: int(found.eq(True).sum()) for key, found in ticks.items()} == {"Web": 24, "Store": 16, "App": 16}
    assert int(ticks["Web"].isna().sum()) == 8  # who gave no answer ticked nothing, and left nothing out either
    assert customers["city"].nunique() == 2
    assert result.quality is not None
    [found] = [one for one in result.quality.findings if one.code == "answers_split"]
    assert found.status == "fixed" and found.undo is not None
    whole = run(tables, apply_fix(recipe, found.undo)).profiles.customers
    assert whole["Which do you use?"].nunique() == 4


@pytest.mark.parametrize(
    "cells",
    [
        {"Berlin, Germany": 6, "Paris, France": 6, "Lyon, France": 3},
        {"Tea; milk": 1, "Rice; beans": 1, "Bread": 20},  # nobody else said so
        {"1;2": 6, "3": 6, "2": 3},
        {"A;B": 2, "A": 9},  # hardly ever together
        {"": 40},
    ],
)
def test_what_only_looks_like_several_answers_stays_one(cells: dict[str, int]) -> None:
    assert several_answers(cells) is None
