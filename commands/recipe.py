"""``portrait recipe``: every choice that the app would make for these files, as a file to edit and to run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands.reading import FAILED, add_files, exit_code, read
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from texts import Translator


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("recipe", help=t("help.recipe"))
    add_files(parser, t)
    parser.add_argument("-o", "--out", metavar="recipe.yaml", help=t("help.recipe.out"))
    parser.set_defaults(command=recipe, serves=False)


def recipe(arguments: argparse.Namespace) -> int:
    """Print or write the suggested recipe."""
    found = read(arguments.files, Voice.of(arguments))
    if not found.tables:
        return FAILED
    from analysis.exports.files import recipe_to_yaml
    from analysis.study import suggest

    text = recipe_to_yaml(suggest(found.tables))
    if arguments.out:
        path = Path(arguments.out).resolve()  # what a link points at is written, and the link stays
        if path.exists() and not path.is_file():  # a pipe or a device is written to, never replaced
            path.write_text(text, "utf-8")
            return exit_code(found)
        part = path.with_name(f".{path.name}.part")
        try:
            part.write_text(text, "utf-8")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    else:
        sys.stdout.write(text)
    return exit_code(found)
