"""The files that a command is given: one bad file does not hide the others."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from analysis.intake.reading.sources import Sources
    from analysis.intake.tables import RawTable
    from analysis.recipe import Recipe
    from commands.voice import Voice
    from texts import Translator

DONE, SOME_FAILED, FAILED, ASKED = 0, 1, 2, 3
STDIN = "-"
APART = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet")


# What the steps after reading want, in their order.
AHEAD = ("pyarrow.compute", "duckdb", "analysis.intake.suggesting.suggest")


def prepare(files: Sequence[str], *later: str) -> None:
    """Begin what takes time before the first file can be read: its reader, and packages of the later steps beside it.

    A workbook is read without the interpreter of this process. The command may end before all is loaded: then the
    package under way is the last, and Python waits for it. A thread that still ran while Python is taken down would
    collect garbage in it, and a library's destructor aborts there.
    """
    import importlib
    import threading
    from contextlib import suppress

    def load() -> None:
        if any(file.lower().endswith(APART) for file in files):
            from analysis.intake.reading import apart

            apart.warm()
        for module in (*AHEAD, *later):
            if not threading.main_thread().is_alive():
                return
            with suppress(Exception):  # whoever needs it meets the error, and says it
                importlib.import_module(module)

    threading.Thread(target=load, name="ahead").start()


def add_files(parser: argparse.ArgumentParser, t: Translator) -> None:
    """Let a command take files."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=t("help.files"))


def read(files: Sequence[str], voice: Voice, recipe: Recipe | None = None) -> Sources:
    """Read what can be read; say what was passed over, and why the rest cannot be read."""
    from analysis.intake.reading.sources import read_sources

    found = read_sources(_named(files), recipe)
    for key, passed in (("command.passed_over", found.others), ("command.passed_over_own", found.own)):
        if passed:
            voice.say(voice.t(key, files=voice.names(passed)))
    for refused in found.refused:
        print(voice.named(refused), file=sys.stderr, flush=True)
    return found


def read_all(files: Sequence[str], voice: Voice, recipe: Recipe | None = None) -> list[RawTable]:
    """Read every source, for work that is another with one missing; ``study_incomplete``."""
    from analysis.errors import AnalysisError

    found = read(files, voice, recipe)
    if found.refused or not found.tables:
        raise AnalysisError("study_incomplete")
    return list(found.tables)


def load_recipe(path: str | None) -> Recipe | None:
    """Read a recipe file; ``file_missing`` (file)."""
    if path is None:
        return None
    from analysis.errors import AnalysisError
    from analysis.exports.files import recipe_from_yaml

    try:
        return recipe_from_yaml(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        raise AnalysisError("file_missing", file=Path(path).name) from problem


def _named(files: Sequence[str]) -> list[Any]:
    if STDIN not in files:
        return list(files)
    from analysis.errors import AnalysisError
    from analysis.intake.reading.frames import Named

    if files.count(STDIN) > 1:
        raise AnalysisError("stdin_twice")
    return [Named("stdin", sys.stdin.buffer.read()) if file == STDIN else file for file in files]


def exit_code(found: Sources) -> int:
    """Return 0 when every source was used, 1 when some were, 2 when none was."""
    return FAILED if not found.tables else SOME_FAILED if found.refused else DONE
