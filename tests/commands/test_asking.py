"""What is asked and guessed is printed with lines of a recipe that answer it once they are pasted at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import cli
from analysis.errors import AnalysisError
from analysis.exports.files import recipe_from_yaml, recipe_to_yaml
from analysis.intake.decision import Decision, decision_dict
from analysis.intake.judging.deciding import decisions
from analysis.intake.reading.read import read_file
from analysis.intake.standard.standardise import standardise
from analysis.intake.suggesting.suggest import inspect
from analysis.intake.tables import RawTable
from analysis.mapping import suggest_recipe
from analysis.recipe import Recipe
from commands.asking import asked
from texts import Language, Translator

N = 24
HEAD = "Order ID,Order date,Customer ID"
ODD = 'Levy: "all" # 1\'s'  # a header with every sign that means something in a recipe


def on(i: int) -> str:
    return f"2024-01-{1 + i:02d},C{i % 5}"


FILES: dict[str, tuple[str, Callable[[int], str]]] = {
    "money beside": (
        f'{HEAD},Total,"{ODD.replace(chr(34), chr(34) * 2)}"',
        lambda i: f"{on(i)},{20 + i}.25,{i % 3}.50",
    ),
    "days": (f"{HEAD},Total", lambda i: f"{1 + i % 9:02d}/{1 + i % 11:02d}/2024,C{i % 5},{20 + i}.25"),
    "states": (f"{HEAD},Total,Status", lambda i: f"{on(i)},{20 + i}.25,{'no' if i % 5 else 'Yonder: x'}"),
    "kinds": (f"{HEAD},Total,Type", lambda i: f"{on(i)},{20 + i}.25,{'S' if i % 5 else 'V'}"),
    "currencies": (f"{HEAD},Total,Currency", lambda i: f"{on(i)},{20 + i}.25,{'EUR' if i % 3 else 'USD'}"),
    "paid": (f"{HEAD},Pledged,Paid", lambda i: f"{on(i)},{20 + i},{20 + i - i % 2}"),
    "phones": (
        "Order ID,Order date,Firm,Mobile,Total",
        lambda i: f"{on(i)[:10]},Oak {i % 5} Ltd,0170 55500{i % 6:02d},{20 + i}.25",
    ),
}


def made_of(tables: Sequence[RawTable], recipe: Recipe) -> list[Decision]:
    return [one for one in decisions(tables, inspect(tables), recipe, standardise(tables, recipe)) if one.is_guess]


@pytest.mark.parametrize("name", FILES)
def test_each_printed_answer_can_be_pasted_at_the_end_of_the_recipe_and_answers(name: str) -> None:
    header, cells = FILES[name]
    tables = read_file("\n".join([header, *(f"R{i},{cells(i)}" for i in range(N))]).encode(), name="x.csv")
    recipe = suggest_recipe(inspect(tables))
    text, open_ones = recipe_to_yaml(recipe), made_of(tables, recipe)
    assert open_ones
    n_open, said = asked(open_ones, (), Translator("en"))
    answers: list[list[str]] = []
    for line in said:
        if line.startswith("  "):
            answers.append([])
        elif answers and ": " in line and line[0] in "as'c":
            answers[-1].append(line)
    assert n_open == sum(one.is_question for one in open_ones)
    offered = sum(1 + len([other for other in one.alternatives if other.fix]) for one in open_ones)
    assert len(answers) == offered and all(answers)
    for lines in answers:
        changed = recipe_from_yaml("\n".join([text, *lines, ""]))
        assert changed != recipe
        assert len(made_of(tables, changed)) < len(open_ones)


def test_answers_of_several_questions_stand_together_and_a_second_acceptance_keeps_the_first() -> None:
    text = recipe_to_yaml(recipe_from_yaml("version: 1\n"))
    lines = [
        'accepted["a:0:x"]: true',
        'accepted["b::"]: true',
        "cleaning.only_currency: EUR",
        "cleaning.outliers: cap",
    ]
    recipe = recipe_from_yaml("\n".join([text, *lines]))
    assert recipe.accepted == ("a:0:x", "b::")
    assert (recipe.cleaning.only_currency, recipe.cleaning.outliers) == ("EUR", "cap")


@pytest.mark.parametrize(
    "line",
    [
        'sources[0].columns["day"].role: amount', "sources[3].kind: orders", "cleaning.: cap",
        'sources["a"].kind: orders', "a.b: 1", "cleaning..outliers: cap", "cleaning[0]x: cap",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_line_that_names_no_place_is_refused_with_the_line(line: str, language: Language) -> None:
    with pytest.raises(AnalysisError) as refused:
        recipe_from_yaml(f"version: 1\n{line}\n")
    assert refused.value.code in ("recipe_line_nowhere", "choice_unknown")
    assert refused.value.sentence(Translator(language))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_inspect_prints_guesses_their_answers_and_why_columns_are_not_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: Language
) -> None:
    header, cells = FILES["money beside"]
    path = tmp_path / "x.csv"
    path.write_text("\n".join([f"{header},Same", *(f"R{i},{cells(i)},1" for i in range(N))]), "utf-8")
    assert cli.main(["inspect", str(path), "--lang", language]) == 0
    told = capsys.readouterr().out
    t = Translator(language)
    assert (
        t("inspect.not_used", why=t("guess.constant")) in told and t("inspect.not_used", why=t("guess.unknown")) in told
    )
    assert t("evidence.money_beside", header="Total", other=ODD, n=N) in told
    assert told.count("role': added") == told.count("role': taken_off") == 1
    assert told.rstrip().endswith(t("command.paste"))


def test_the_answers_of_a_decision_as_json_are_the_same_lines() -> None:
    header, cells = FILES["days"]
    tables = read_file("\n".join([header, *(f"R{i},{cells(i)}" for i in range(N))]).encode(), name="x.csv")
    [one] = made_of(tables, suggest_recipe(inspect(tables)))
    told = decision_dict(one)
    assert told["answer"] == 'accepted["date_order_guessed:0:Order date"]: true'
    assert [other["answer"] for other in told["alternatives"]] == ['sources[0].columns["Order date"].date_order: mdy']


REFUSED = {
    "customer": ("Slot,Vehicle,Charge", lambda i: f"2024-01-{1 + i:02d},AB{i % 7} CDE,{20 + i}.50", "Vehicle"),
    "walks": (
        "Slot,Dog,Charge",
        lambda i: f"2024-01-{1 + i:02d},{('Rex', 'Bo', 'Ace', 'Fay')[i % 4]},{20 + i}.50",
        "Dog",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_refusal_names_lines_that_make_the_table_readable_once_they_are_pasted(
    name: str, language: Language, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header, cells, column = REFUSED[name]
    path, recipe = tmp_path / "x.csv", tmp_path / "recipe.yaml"
    path.write_text("\n".join([header, *(cells(i) for i in range(N))]), "utf-8")
    assert cli.main(["recipe", str(path), "-o", str(recipe), "--lang", language]) == 3
    told = capsys.readouterr().err.splitlines()
    place = next(at for at, line in enumerate(told) if column in line and line.startswith(("portrait: ", "  ")))
    lines = [line for line in told[place + 1 : place + 5] if line.startswith("sources[")]
    assert len(lines) == 2
    recipe.write_text("\n".join([recipe.read_text("utf-8"), *lines, ""]), "utf-8")
    assert cli.main(["run", "--recipe", str(recipe), str(path), "-o", str(tmp_path / "out"), "--only", "csv"]) == 0
