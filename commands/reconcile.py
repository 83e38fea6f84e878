"""``portrait reconcile``: why the shop's own report shows another revenue."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from commands.reading import FAILED, add_files, exit_code, load_recipe, read
from commands.voice import Voice

if TYPE_CHECKING:
    import argparse

    from texts import Translator


def add(commands: Any, t: Translator) -> None:
    """Declare the command."""
    parser = commands.add_parser("reconcile", help=t("help.reconcile"))
    add_files(parser, t)
    parser.add_argument("--total", required=True, metavar="MONEY", help=t("help.reconcile.total"))
    parser.add_argument("--since", metavar="DAY", help=t("help.reconcile.since"))
    parser.add_argument("--until", metavar="DAY", help=t("help.reconcile.until"))
    parser.add_argument("--recipe", metavar="recipe.yaml", help=t("help.run.recipe"))
    parser.add_argument("--json", action="store_true", help=t("help.reconcile.json"))
    parser.set_defaults(command=reconcile, serves=False)


def reconcile(arguments: argparse.Namespace) -> int:
    """Print what explains the difference."""
    voice = Voice.of(arguments)
    since, until = _day(arguments.since), _day(arguments.until)
    recipe = load_recipe(arguments.recipe)
    found = read(arguments.files, voice, recipe)
    if not found.tables:
        return FAILED
    from analysis.intake.reconcile.reconcile import reconcile as explain
    from analysis.intake.reconcile.words import reconcile_dict, reconcile_lines
    from analysis.study import suggest
    from texts import translator

    recipe = recipe or suggest(found.tables)
    result = explain(found.tables, recipe, total=arguments.total, since=since, until=until)
    lines = reconcile_lines(result, translator(voice.language, recipe.money_in))
    if arguments.json:
        told = {**reconcile_dict(result), "said": lines}
        print(json.dumps(told, ensure_ascii=False, indent=2, allow_nan=False))
    else:
        print("\n".join(lines))
    return exit_code(found)


def _day(written: str | None) -> date | None:
    from analysis.errors import AnalysisError

    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as problem:
        raise AnalysisError("reconcile_no_day", value=written[:40]) from problem
