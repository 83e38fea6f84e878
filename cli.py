"""The front door for machines: ``portrait app | inspect | recipe | run``. It computes nothing itself."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.errors import AnalysisError
    from analysis.intake.merges import Merges
    from analysis.recipe import Recipe

# In the order in which the steps want them.
AHEAD = (
    "pyarrow.compute",
    "duckdb",
    "analysis.intake.standardise",
    "analysis.intake.suggest",
    "pandas",
    "narwhals",
    "sklearn.cluster",
    "analysis.exports.folder",
    "xlsxwriter",
)


def main(argv: list[str] | None = None) -> int:
    """Run a command; 0 when it worked, 2 with one plain line on stderr when the input cannot be used."""
    arguments = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console or a pipe that knows no Chinese must not stop the work
            stream.reconfigure(errors="backslashreplace")
    from analysis.errors import AnalysisError

    try:
        return arguments.command(arguments)
    except AnalysisError as problem:
        print(_sentence(problem), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except OSError as problem:
        print(f"{problem.strerror or problem}: {problem.filename or ''}".rstrip(": "), file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    from commands import workspace

    parser = argparse.ArgumentParser(prog="portrait", description="Customer profiles and segments from spreadsheets.")
    parser.set_defaults(command=_app, port=None, no_browser=False)
    commands = parser.add_subparsers()
    app = commands.add_parser("app", help="open the app in the browser (also without any command)")
    app.add_argument("--port", type=int)
    app.add_argument("--no-browser", action="store_true", help="start the server only")
    app.set_defaults(command=_app)
    look = commands.add_parser("inspect", help="sheets, encoding, header row, columns, types, fill, suggested roles")
    look.add_argument("files", nargs="+", metavar="FILE", help="a file, or a folder of files")
    look.add_argument("--json", action="store_true")
    look.set_defaults(command=_inspect)
    recipe = commands.add_parser("recipe", help="the recipe that the app would suggest")
    recipe.add_argument("files", nargs="+", metavar="FILE", help="a file, or a folder of files")
    recipe.add_argument("-o", "--out", metavar="recipe.yaml")
    recipe.set_defaults(command=_recipe)
    run = commands.add_parser("run", help="profiles, segments and lists, written to a folder")
    run.add_argument("files", nargs="+", metavar="FILE", help="a file, or a folder of files")
    run.add_argument("--recipe", metavar="recipe.yaml")
    run.add_argument("-o", "--out", required=True, metavar="OUT")
    run.add_argument("--language", choices=("en", "zh"), default=_language(), help="of the workbook")
    run.add_argument("--unmask", action="store_true", help="write names, phones, e-mails and addresses in full")
    run.add_argument("--merges", metavar="merges.json", help="confirmed merges of customers, from the Match page")
    run.set_defaults(command=_run)
    workspace.add(commands)
    return parser


def _language() -> str:
    return "zh" if (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower().startswith("zh") else "en"


def _sentence(problem: AnalysisError) -> str:
    from texts import translator

    return translator(_language())(f"error.{problem.code}", **problem.facts)


def _app(arguments: argparse.Namespace) -> int:
    from ui.launch import launch

    return launch(arguments.port, open_browser=not arguments.no_browser) or 0


def _inspect(arguments: argparse.Namespace) -> int:
    from analysis.study import read

    tables = read(*arguments.files)
    from analysis.intake.suggest import inspect

    guesses = inspect(tables)
    found = [_described(guess) for guess in guesses]
    if arguments.json:
        print(json.dumps({"tables": found, "quality": _quality(tables, guesses)}, ensure_ascii=False, indent=2))
        return 0
    for table in found:
        place = ", ".join(part for part in (table["encoding"], f"header in row {table['header_row']}") if part)
        print(f"{table['table']}: {table['kind']}, {table['rows']:,} rows ({place})")
        for column in table["columns"]:
            shown = ", ".join(column["examples"][:2])
            print(f"  {column['name']:<24} {column['kind']:<9} {column['fill']:>5.0%}  {column['role']:<16} {shown}")
    return 0


def _quality(tables: Any, guesses: Any) -> dict[str, Any]:
    """Return the quality report under the suggested recipe, or why there is none."""
    from analysis.errors import AnalysisError
    from analysis.intake.quality import quality, quality_dict
    from analysis.intake.standardise import standardise
    from analysis.study import suggest_recipe

    try:
        recipe = suggest_recipe(guesses)
        return quality_dict(quality(tables, guesses, recipe, standardise(tables, recipe)))
    except AnalysisError as problem:
        return {"problem": problem.code, "sentence": _sentence(problem)}


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


def _recipe(arguments: argparse.Namespace) -> int:
    from analysis.exports.files import recipe_to_yaml
    from analysis.study import read, suggest

    text = recipe_to_yaml(suggest(read(*arguments.files)))
    if arguments.out:
        Path(arguments.out).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from analysis.study import read, run

    recipe = _load_recipe(arguments.recipe)
    merges = _load_merges(arguments.merges)
    _say("reading " + ", ".join(Path(file).name for file in arguments.files))
    _import_ahead()
    result = run(read(*arguments.files, recipe=recipe), recipe, merges=merges, progress=_say)
    from analysis.exports.folder import write_folder
    from texts import translator

    out = Path(arguments.out)
    _say(f"writing to {out}")
    write_folder(result, out, translator(arguments.language, result.recipe.currency), unmask=arguments.unmask)
    for method, problem in result.problems.items():
        _say(f"{method}: {_sentence(problem)}")
    return 0


def _import_ahead() -> None:
    """Load the packages of the later steps in the background: a workbook is read without the interpreter."""
    import importlib
    import threading

    def load() -> None:
        for module in AHEAD:
            importlib.import_module(module)

    threading.Thread(target=load, daemon=True).start()


def _load_recipe(path: str | None) -> Recipe | None:
    if path is None:
        return None
    from analysis.errors import AnalysisError
    from analysis.exports.files import recipe_from_yaml

    try:
        return recipe_from_yaml(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise AnalysisError("file_missing", file=Path(path).name) from problem


def _load_merges(path: str | None) -> Merges | None:
    if path is None:
        return None
    from pydantic import ValidationError

    from analysis.errors import AnalysisError
    from analysis.intake.merges import Merges

    try:
        return Merges.model_validate_json(Path(path).read_bytes())
    except OSError as problem:
        raise AnalysisError("file_missing", file=Path(path).name) from problem
    except ValidationError as problem:
        raise AnalysisError("merges_unreadable", file=Path(path).name) from problem


def _say(text: str) -> None:
    print(f"portrait: {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
