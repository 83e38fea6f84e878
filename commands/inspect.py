"""``portrait inspect``: what stands in files, and what their columns seem to mean."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from commands.reading import add_files, exit_code, read
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from analysis.intake.reading.sources import Sources


def add(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("inspect", help="sheets, encoding, header row, columns, types, fill, suggested roles")
    add_files(parser)
    parser.add_argument("--json", action="store_true", help="as JSON, with the quality report")
    parser.set_defaults(command=inspect, serves=False)


def inspect(arguments: argparse.Namespace) -> int:
    """Print what stands in the files."""
    voice = Voice.of(arguments)
    found = read(arguments.files, voice)
    from analysis.intake.suggesting import suggest

    guesses = suggest.inspect(found.tables) if found.tables else []
    tables = [_described(guess) for guess in guesses]
    if arguments.json:
        print(json.dumps(_as_json(found, guesses, tables, voice), ensure_ascii=False, indent=2, allow_nan=False))
        return exit_code(found)
    for table in tables:
        place = ", ".join(part for part in (table["encoding"], f"header in row {table['header_row']}") if part)
        print(f"{table['table']}: {table['kind']}, {table['rows']:,} rows ({place})")
        for column in table["columns"]:
            shown = ", ".join(column["examples"][:2])
            print(f"  {column['name']:<24} {column['kind']:<9} {column['fill']:>5.0%}  {column['role']:<16} {shown}")
    return exit_code(found)


def _as_json(found: Sources, guesses: Any, tables: list[dict[str, Any]], voice: Voice) -> dict[str, Any]:
    return {
        "tables": tables,
        **(_judged(found.tables, guesses, voice) if tables else {"quality": None, "questions": [], "guesses": []}),
        "refused": [
            {"file": one.file, "code": one.problem.code, "sentence": voice.named(one)} for one in found.refused
        ],
        "passed_over": {"no_tables": list(found.others), "own": list(found.own)},
    }


def _judged(tables: Any, guesses: Any, voice: Voice) -> dict[str, Any]:
    """Return the quality report under the suggested recipe, or why there is none, and what is asked and guessed."""
    from analysis.errors import AnalysisError
    from analysis.intake.decision import decision_dict
    from analysis.intake.judging.deciding import decisions
    from analysis.intake.judging.quality import quality, quality_dict
    from analysis.intake.standard.standardise import standardise
    from analysis.plain import plain
    from analysis.study import suggest_recipe

    recipe = standard = None
    try:
        recipe = suggest_recipe(guesses)
        standard = standardise(tables, recipe)
        report: dict[str, Any] = quality_dict(quality(tables, guesses, recipe, standard))
    except AnalysisError as problem:
        report = {"problem": problem.code, "sentence": voice.sentence(problem)}
    made = decisions(tables, guesses, recipe, standard) if recipe else ()
    return {
        "quality": report,
        "questions": plain([decision_dict(one) for one in made if one.is_question]),
        "guesses": plain([decision_dict(one) for one in made if one.is_guess]),
        "decisions": plain([decision_dict(one) for one in made]),
    }


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
                "examples": [] if column.evidence.personal else list(column.evidence.examples),
            }
            for column in guess.columns
        ],
    }
