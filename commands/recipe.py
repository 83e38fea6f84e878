"""``portrait recipe``: every choice that the app would make for these files, as a file to edit and to run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.reading import ASKED, FAILED, add_files, exit_code, read
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from texts import Translator


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("recipe", help=t("help.recipe"))
    add_files(parser, t)
    parser.add_argument("-o", "--out", metavar="recipe.yaml", help=t("help.recipe.out"))
    parser.set_defaults(command=recipe, serves=False)


def recipe(arguments: argparse.Namespace) -> int:
    """Print or write the suggested recipe."""
    voice = Voice.of(arguments)
    found = read(arguments.files, voice)
    if not found.tables:
        return FAILED
    from analysis.exports.files import recipe_to_yaml

    suggested, is_whole = _suggested(found.tables, voice)
    text, code = recipe_to_yaml(suggested), exit_code(found) if is_whole else ASKED
    if arguments.out:
        path = Path(arguments.out).resolve()  # what a link points at is written, and the link stays
        if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
            path.write_text(text, "utf-8")
            return code
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_text(text, "utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    else:
        sys.stdout.write(text)
    return code


def _suggested(tables: Sequence[RawTable], voice: Voice) -> tuple[Recipe, bool]:
    """Return the suggested recipe; where a column is lacking, one to be finished, with the lines that finish it."""
    from analysis.errors import AnalysisError
    from analysis.intake.suggesting.suggest import inspect
    from analysis.mapping import suggest_recipe, unfinished_recipe
    from commands.asking import ways_out

    guesses = inspect(tables)
    try:
        return suggest_recipe(guesses), True
    except AnalysisError as problem:
        unfinished = unfinished_recipe(guesses, problem)
        if unfinished is None:
            raise
        voice.refuse(problem)
        voice.tell(ways_out(tables, problem, voice.of_tables(tables, unfinished)))
        return unfinished, False
