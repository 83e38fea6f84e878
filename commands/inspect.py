"""``portrait inspect``: what stands in files, and what their columns seem to mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from commands.reading import add_files, exit_code, prepare, read
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from analysis.intake.reading.sources import Sources
    from texts import Translator


NOTHING_JUDGED: dict[str, Any] = {"quality": None, "questions": [], "guesses": [], "goals": []}


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("inspect", help=t("help.inspect"))
    add_files(parser, t)
    parser.add_argument("--json", action="store_true", help=t("help.inspect.json"))
    parser.set_defaults(command=inspect, serves=False)


def inspect(arguments: argparse.Namespace) -> int:
    """Print what stands in the files."""
    prepare(arguments.files)
    voice = Voice.of(arguments)
    found = read(arguments.files, voice)
    from analysis.intake.suggesting import suggest

    guesses = suggest.inspect(found.tables) if found.tables else []
    tables = [_described(guess) for guess in guesses]
    if arguments.json:
        print(json.dumps(_as_json(found, guesses, tables, voice), ensure_ascii=False, indent=2, allow_nan=False))
        return exit_code(found)
    if tables:
        _say(found.tables, guesses, tables, voice)
    return exit_code(found)


def _say(tables: Any, guesses: Any, described: list[dict[str, Any]], voice: Voice) -> None:
    """Print the tables, then what is asked and guessed, as a run does, or why nothing can be made of them."""
    from commands.asking import asked, ways_out

    problem, recipe, report, made = _made(tables, guesses)
    t = voice.of_tables(tables, recipe)
    for table in described:
        for line in _lines(table, t):
            print(line)
    for line in asked(made, report.findings if report else (), t)[1]:
        print(line)
    if problem is not None:
        print(voice.sentence(problem, t))
        for line in ways_out(tables, problem, t):
            print(line)


def _lines(table: dict[str, Any], t: Translator) -> Iterator[str]:
    """Yield a table in words, a column a line: what it holds, how full it is, and its role as a recipe names it."""
    hidden = t("inspect.hidden") if table["hidden"] else ""
    place = ", ".join(
        part for part in (table["encoding"], t("inspect.header_row", row=table["header_row"]), hidden) if part
    )
    kind = t(f"table_kind.{table['kind']}")
    yield t("inspect.table", table=table["table"], kind=kind, rows=table["rows"], place=place)
    for column in table["columns"]:
        cells = (
            _wide(column["name"], 24),
            _wide(t(f"column_kind.{column['kind']}"), 9),
            f"{t.percent(column['fill']):>6}",
            _wide(column["role"], 16),
            _wide(t(f"role.{column['role']}"), 24),
            ", ".join(column["examples"][:2]),
        )
        yield f"  {' '.join(cells)}".rstrip()
        if column["role"] == "ignore" and table["kind"] != "ignore":
            yield f"    {t('inspect.not_used', why=t('guess.' + column['reason']))}"


def _wide(text: str, width: int) -> str:
    """Fill a text up with spaces; a Chinese character takes the room of two."""
    from unicodedata import east_asian_width

    return text + " " * (width - sum(2 if east_asian_width(one) in "WF" else 1 for one in text))


def _as_json(found: Sources, guesses: Any, tables: list[dict[str, Any]], voice: Voice) -> dict[str, Any]:
    return {
        "tables": tables,
        **(_judged(found.tables, guesses, voice) if tables else NOTHING_JUDGED),
        "refused": [
            {"file": one.file, "code": one.problem.code, "sentence": voice.named(one)} for one in found.refused
        ],
        "passed_over": {"no_tables": list(found.others), "own": list(found.own)},
    }


def _judged(tables: Any, guesses: Any, voice: Voice) -> dict[str, Any]:
    """Return the quality report under the suggested recipe, or why there is none, and what is asked and guessed."""
    from analysis.goals import goal_answers, goal_dict
    from analysis.intake.decision import decision_dict
    from analysis.intake.judging.quality import quality_dict
    from analysis.plain import plain

    problem, recipe, report, made = _made(tables, guesses)
    t = voice.of_tables(tables, recipe)
    said: dict[str, Any] = quality_dict(report) if report else {}
    if problem is not None:
        said = {"problem": problem.code, "sentence": voice.sentence(problem, t)}
    return {
        "quality": said,
        "questions": plain([decision_dict(one) for one in made if one.is_question]),
        "guesses": plain([decision_dict(one) for one in made if one.is_guess]),
        "goals": [goal_dict(one, t) for one in goal_answers(recipe)] if recipe else [],
        "decisions": plain([decision_dict(one) for one in made]),
    }


def _made(tables: Any, guesses: Any) -> tuple[Any, Any, Any, Any]:
    """Return what cannot be done, the suggested recipe, the quality report and the decisions, as far as they go."""
    from analysis.errors import AnalysisError
    from analysis.intake.judging.deciding import decisions
    from analysis.intake.judging.quality import quality
    from analysis.intake.standard.standardise import standardise
    from analysis.study import suggest_recipe

    recipe = standard = report = problem = None
    try:
        recipe = suggest_recipe(guesses)
        standard = standardise(tables, recipe)
        report = quality(tables, guesses, recipe, standard)
    except AnalysisError as found:
        problem = found
    return problem, recipe, report, decisions(tables, guesses, recipe, standard) if recipe else ()


def _examples(column: Any) -> list[str]:
    """Return a few cells of a column, none of one that names persons, nor a text in which persons are spoken of."""
    from analysis.intake.suggesting.personal import personal_column, personal_kind_of, shown_cell

    cells, evidence = list(column.evidence.examples), column.evidence
    found = personal_column(column.name, cells)
    if personal_kind_of(column.name, column.role, evidence) or (found is not None and found.kind):
        return []
    return list(dict.fromkeys(cells)) if all(shown_cell(column.name, cell) == cell for cell in cells) else []


def _described(guess: Any) -> dict[str, Any]:
    table = guess.table
    return {
        "table": table.key,
        "file": table.file,
        "sheet": table.sheet,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header_row": table.header_row,
        "plausibility": table.plausibility,
        "hidden": table.hidden,
        "rows": table.n_read,
        "kind": guess.kind,
        "missing": list(guess.missing),
        "repeats": guess.repeats,
        "columns": [
            {
                "name": column.name,
                "kind": column.evidence.kind,
                "fill": round(column.evidence.fill, 4),
                "distinct": column.evidence.n_distinct,
                "role": column.role,
                "confidence": column.confidence,
                "reason": column.reason,
                "examples": _examples(column),
            }
            for column in guess.columns
        ],
    }
